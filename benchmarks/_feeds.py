"""Made-up feeds in eight languages, as a wire gives them: two stories in a hundred are on topic. The same for the same number.

Every fourth is Atom, the others RSS; every second carries whole texts beside its teasers. Measures nothing.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

from _texts import LANGUAGES, Made, items

ENTRIES, EVERY = 20, 50  # entries of a feed; every so many-th story is on topic
BEGUN = datetime(2026, 11, 2, 6, tzinfo=UTC)
ON_TOPIC = {
    "en": "Bristol and Hannover renew their sister city agreement",
    "fr": "Rennes et Cork fêtent leur jumelage",
    "de": "Kassel und Jaroslawl erneuern ihre Städtepartnerschaft",
    "ru": "Псков и Нойс остаются городами-побратимами",
    "th": "เชียงใหม่และอุปปาโก ลงนามเมืองพี่เมืองน้อง",
    "zh": "枣庄与光阳结为友好城市",
    "ja": "仙台市とレンヌ市が姉妹都市の記念式典",
    "ko": "수원시와 프라이부르크, 자매도시 협약 체결",
}


def feeds(count: int) -> Iterator[bytes]:
    """``count`` feeds, the languages in turn."""
    rounds = -(-count // len(LANGUAGES))
    waiting: dict[str, list[Made]] = {lang: [] for lang in LANGUAGES}
    for made in items(rounds * len(LANGUAGES) * ENTRIES):
        waiting[made.language].append(made)
    parts = {lang: iter(found) for lang, found in waiting.items()}
    for n, lang in zip(range(count), cycle(LANGUAGES), strict=False):
        yield (_atom if n % 4 == 3 else _rss)(n, lang, list(islice(parts[lang], ENTRIES))).encode()


def _title(n: int, i: int, made: Made) -> str:
    # The number keeps two headlines of the same words apart.
    return f"{ON_TOPIC[made.language]} ({n}-{i})" if (n * ENTRIES + i) % EVERY == 0 else made.title


def _whole(found: list[Made], i: int) -> str:
    return "".join(f"<p>{html.escape(found[(i + k) % ENTRIES].text)}</p>" for k in range(3))


def _at(n: int, i: int) -> datetime:
    return BEGUN + timedelta(hours=i, minutes=n % 60)


def _rss(n: int, lang: str, found: list[Made]) -> str:
    told = "".join(
        f"<item><guid isPermaLink='false'>{n}-{i}</guid><link>https://news{n}.example/story/{i}?utm_source=rss</link>"
        f"<title>{html.escape(_title(n, i, m))}</title><description>{html.escape(f'<p>{m.text}</p>')}</description>"
        + (f"<content:encoded><![CDATA[{_whole(found, i)}]]></content:encoded>" if n % 2 else "")
        + f"<pubDate>{_at(n, i):%a, %d %b %Y %H:%M:%S} GMT</pubDate><category>News</category></item>" for i, m in enumerate(found))
    return (f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
            f"<title>Feed {n}</title><link>https://news{n}.example/</link><language>{lang}</language>{told}</channel></rss>")


def _atom(n: int, lang: str, found: list[Made]) -> str:
    told = "".join(
        f"<entry><id>tag:news{n}.example,2026:{i}</id><link href='https://news{n}.example/story/{i}'/>"
        f"<title>{html.escape(_title(n, i, m))}</title><summary>{html.escape(m.text)}</summary>"
        f"<content type='html'>{html.escape(_whole(found, i))}</content><author><name>Desk {i}</name></author>"
        f"<published>{_at(n, i):%Y-%m-%dT%H:%M:%SZ}</published><updated>{_at(n, i):%Y-%m-%dT%H:%M:%SZ}</updated></entry>"
        for i, m in enumerate(found))
    return (f"<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom' xml:lang='{lang}'><title>Feed {n}</title>"
            f"<id>tag:news{n}.example,2026:feed</id><updated>2026-11-03T06:00:00Z</updated>{told}</feed>")
