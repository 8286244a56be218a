"""One ingest over real feeds replayed from disk, then the same again. Run: python benchmarks/replay.py [FOLDER]

FOLDER (default ../shared/data/feeds) holds rss/, atom/, rdf/ and jsonfeed/. Every file is served by a local server with
an ETag. Prints entries, kept, seconds, CPU seconds and memory for the first run and for the second, which finds nothing new.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
KINDS = ("rss", "atom", "rdf", "jsonfeed")


def main(folder: Path) -> None:
    """Serve, run twice, print a table."""
    from feedserver import FeedServer

    files = [p for kind in KINDS for p in sorted((folder / kind).glob("*")) if p.is_file()]
    if not files:
        print(f"{folder}: no feeds there")
        return
    with FeedServer.replaying(folder) as server, tempfile.TemporaryDirectory() as work:
        config, data = Path(work, "config"), Path(work, "data")
        config.mkdir()
        sources = [{"id": f"f{i:03}", "name": p.name[:80], "url": server.url("/" + p.relative_to(folder).as_posix()), "allow_private": True}
                   for i, p in enumerate(files)]
        (config / "sources.yaml").write_text(yaml.safe_dump({"sources": sources}), encoding="utf-8")
        (config / "settings.yaml").write_text("fetch: {per_host: 8}\n", encoding="utf-8")
        print(f"{len(files)} documents, {sum(p.stat().st_size for p in files) / 1e6:.1f} MB")
        print(f"{'':8}{'read':>6}{'unch.':>7}{'failed':>8}{'entries':>9}{'kept':>6}{'rejected':>10}{'dup.':>6}{'quar.':>7}"
              f"{'wall s':>8}{'CPU s':>7}{'MB':>6}")
        for name in ("first", "second"):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run([sys.executable, "-m", "twinwire", "run", "--config", config, "--data", data, "--json"],
                                  capture_output=True, text=True, check=False)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            if done.returncode:
                sys.exit(f"exit {done.returncode}: {done.stderr[-500:]}")
            told = json.loads(done.stdout)
            s, e = told["sources"], told["entries"]
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(f"{name:8}{s['read']:>6}{s['unchanged']:>7}{s['failed']:>8}{e['seen']:>9}{e['kept_new']:>6}{e['rejected']:>10}"
                  f"{e['duplicate']:>6}{e['quarantined']:>7}{told['duration_s']:>8.2f}{cpu:>7.2f}{after.ru_maxrss // 1024:>6}")
            for f in told["failures"]:
                print(f"        {f['source']} {f['stage']} {f['class']}: {f['message']}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data" / "feeds")
