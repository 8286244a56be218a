"""What of a text is not the story: page furniture, the headline said again, "About …" blocks, source and contact lines.

Works on whole lines and gives spans; :func:`strip` leaves them out. Read the issuer before stripping: it may stand in a source line.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from twinwire.normalise.text import same_headline
from twinwire.records import Text

_FIRST = 6          # lines at the beginning in which the headline may be said again
_MOST = 2_000       # lines looked at
_SHORT = 200        # characters: longer lines are paragraphs, whatever they begin with

# A line that is nothing but one of these, in the wires' languages.
_ALONE = re.compile(  # once, or over and over
    r"(award banner|advertisement|anzeige|werbung|publicité|publicidad|pubblicità|advertentie|reklama|реклама|広告|广告|광고|إعلان|"
    r"share(?: this(?: article| story| page)?)?|share on .{2,20}|tweet|pin it|e-?mail(?: this)?|print(?: this)?|drucken|teilen|"
    r"artikel teilen|merken|partager(?: cet article)?|imprimer|compartir|imprimir|condividi|stampa|delen|udostępnij|paylaş|поделиться|"
    r"分享(?:到|至)?[：:]?.{0,12}|打印|关闭|字号.{0,10}|シェア(?:する)?|ツイート|印刷|공유(?:하기)?|인쇄|스크랩|شارك|مشاركة|facebook|"
    r"twitter|linkedin|whatsapp|telegram|x|wechat|weibo|copy link|link kopieren|copier le lien|like|follow us(?: on .{2,40})?|"
    r"suivez-nous.{0,40}|folgen sie uns.{0,40}|síguenos.{0,40}|subscribe(?: now| to .{2,60})?|abonnieren|sign up(?: for .{2,60})?|"
    r"newsletter.{0,40}|log ?in|sign in|menu|home|search|skip to (?:main )?content|back to top|load more|next|previous|read more|"
    r"weiterlesen|lire la suite|leer más|leggi (?:tutto|anche)|mehr lesen|read also.{0,120}|also read.{0,120}|lire aussi.{0,120}|"
    r"lesen sie auch.{0,120}|lee también.{0,120}|lees ook.{0,120}|leia também.{0,120}|czytaj także.{0,120}|читайте также.{0,120}|"
    r"相关(?:阅读|新闻|链接)[：:]?|【?関連記事】?|관련기사|اقرأ أيضا.{0,120}|trending(?: now)?|most read|"
    r"related (?:links|articles|stories|news)|comments?(?: \(\d+\))?|leave a (?:comment|reply)|#{2,5}|-{2,5}|\*{2,5}|"
    r"-? ?(?:end|ends|ende|fin) ?-?|cision|logo|photo|image|video|multimedia|tags?:?|loading\.{0,3}|\d{1,2} min(?:ute)?s? read)"
    r"(?: \1){0,9}",
    re.IGNORECASE)
# A short line that begins like one of these.
_BEGINS = re.compile(
    r"(?:this (?:web)?site (?:is best viewed|uses cookies)|best viewed|we (?:and our partners )?use cookies|"
    r"by (?:continuing|using) (?:to|this)|diese (?:web)?seite (?:verwendet|nutzt) cookies|wir (?:verwenden|nutzen) cookies|"
    r"ce site utilise|nous utilisons des cookies|este sitio (?:web )?utiliza|utilizamos cookies|questo sito utilizza|"
    r"accept (?:all )?cookies|cookie(?:s|-)|please enable (?:javascript|cookies)|your browser|(?:©|\(c\)|copyright\b).{0,80}\d{4}|"
    r".{0,60}all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos|photo ?[-–:] ?https?:|"
    r"logo ?[-–:] ?https?:|video ?[-–:] ?https?:|view original content|to view the original|original[- ](?:content von|text)|"
    r"for more information,? (?:please )?visit|https?://\S+$|www\.\S+$|责任编辑|（责编|责编|编辑[：:]|校对[：:]|审核[：:]|【纠错】|"
    r"저작권자|ⓒ|<저작권|무단 ?전재|\[?email[ \xa0]protected|source:? |sources? ?:|quelle ?:|fuente ?:|fonte ?:|источник ?:|来源[：:]|"
    r"來源[：:]|출처 ?[:：]|المصدر ?:|bron ?:|ots-originaltext|click here|hier klicken|cliquez ici|haga clic|get the latest|"
    r"download (?:our|the) app|join our|stay (?:up to date|informed))",
    re.IGNORECASE)
_SOURCE = re.compile(r"SOURCES? \S")
# From such a line on, everything is about the sender.
_BLOCK = re.compile(
    r"(?:About (?:us|(?:the )?[A-Z0-9“][^.!?]{0,85}(?:(?:Inc|Ltd|Co|Corp)\.)?):?|"
    r"Über (?:die |den |das |uns\b)?[A-ZÄÖÜ][^.!?]{0,80}:?|À propos d[eu'’][^.!?]{0,80}:?|"
    r"Acerca de [^.!?]{2,80}:?|Sobre (?:a |o |la |el )?[A-Z][^.!?]{1,60}:|"
    r"Informazioni su [^.!?]{2,80}:?|О компании.{0,60}|关于\S{2,30}[：:]?|(?:Media|Press|Investor|News) (?:Contacts?|Relations|"
    r"Inquiries)(?: .{0,40})?:?|Contacts?:.{0,80}|Contact Information:?|"
    r"Pressekontakt:?.{0,60}|Kontakt:.{0,60}|Rückfragen(?: (?:&|und) Kontakt)?:?.{0,60}|Contact presse ?:?.{0,60}|"
    r"Contacto(?: de prensa)?:.{0,60}|Contatti(?: stampa)?:.{0,60}|"
    r"(?:Safe Harbor|Forward[- ]Looking|Cautionary)(?: \w+){0,3}(?: Statements?)?.{0,40}|Disclaimer:?.{0,40}|Notes? to [Ee]ditors?:?)")
_BLOCK_LINE = 110   # characters of a heading that opens a block
_BLOCK_AFTER = 2    # paragraphs of story that must stand before


class Span(NamedTuple):
    """A stretch of ``getattr(text, field)`` that is not the story: whole lines, half-open, with why."""

    field: str
    start: int
    stop: int
    rule: str            # furniture | headline | block | source


def spans(text: Text) -> tuple[Span, ...]:
    """What to leave out of summary and body, in order. Never all of a field that has a line which is none of this."""
    return tuple(s for name in ("summary", "body") for s in _of_field(name, getattr(text, name), text.title))


def strip(text: Text) -> Text:
    """``text`` without what :func:`spans` finds: lines are left out, none is changed."""
    found = spans(text)
    if not found:
        return text
    return replace(text, **{name: _without(getattr(text, name), [s for s in found if s.field == name]) for name in ("summary", "body")})


def _without(value: str, left_out: list[Span]) -> str:
    if not left_out:
        return value
    kept, at = [], 0
    for span in left_out:
        kept.append(value[at : span.start])
        at = span.stop
    return "".join((*kept, value[at:])).strip("\n")


def _of_field(name: str, value: str, title: str) -> list[Span]:
    if "\n" not in value:  # a single line is the story, whatever it looks like
        return []
    lines = value.split("\n", _MOST)
    found, at, told, block = [], 0, 0, False
    for n, line in enumerate(lines):
        stop = min(at + len(line) + 1, len(value))
        rule = "block" if block else _rule(line.strip(), title if n < _FIRST else "")
        if rule is None and told >= _BLOCK_AFTER and len(line) <= _BLOCK_LINE and _BLOCK.fullmatch(line.strip()):
            rule, block = "block", True
        if rule:
            if at < stop:  # a text that ends with a line break has an empty last line
                found.append(Span(name, at, stop, rule))
        elif line.strip():
            told += 1
        at = stop
    return found if told else []


def _rule(line: str, title: str) -> str | None:
    if not line or len(line) > _SHORT:
        return None
    if _SOURCE.match(line):
        return "source"
    if _BEGINS.match(line) or (len(line) <= 140 and _ALONE.fullmatch(line)):
        return "furniture"
    return "headline" if title and same_headline(title, line) else None
