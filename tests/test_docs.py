"""The manuals say what is so: commands, keys, tables, outputs. Judges no prose."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
import typer
import yaml
from batches import data_folder
from twinwire_flows import deployments
from typer.testing import CliRunner

from twinwire import config, errors
from twinwire.cli.app import app
from twinwire.config.settings import Settings
from twinwire.pipeline import Ingest, Options, run
from twinwire.warehouse.dictionary import dictionary, write
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.store import Store

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
RUNNING = ROOT / "docs" / "running.md"
PAGES = [README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "examples" / "edition" / "README.md"]
SAFE = ("sql", "search", "sources list", "explain --text")  # ask, change nothing, need no network
# Manuals ahead of the program. Each is strict: it fails, and is to be taken out, once the two agree.
AHEAD: dict[str, str] = {}


def code(page: Path, language: str = r"\w*") -> list[str]:
    """Fenced blocks of a page."""
    return re.findall(rf"^[ ]*```{language}\n(.*?)^[ ]*```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def snippets(page: Path) -> list[str]:
    """All code of a page: spans, and lines of fenced blocks that hold more than a picture of folders."""
    prose = re.sub(r"^[ ]*```.*?^[ ]*```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [" ".join(s.split()) for s in re.findall(r"`([^`]+)`", prose)] + [line for block in code(page) for line in block.splitlines()]


def commands() -> dict[str, click.Command]:
    """Every command of the program by its full name."""
    return dict(_leaves(typer.main.get_command(app), ""))


def _leaves(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    below = getattr(command, "commands", None)
    if below is None:
        yield name, command
    for part, child in (below or {}).items():
        yield from _leaves(child, f"{name} {part}".strip())


def named(page: Path) -> list[str]:
    """Commands a page names: ``twinwire x`` wherever it stands in code, and ``sources x`` alone."""
    known = commands()
    groups = {c.split()[0] for c in known if " " in c}
    found = []
    for text in snippets(page):
        for first, second in re.findall(r"(?:(?<![\w./-])|(?<=bin/))twinwire ([a-z]+)(?: ([a-z]+))?", text):
            found.append(f"{first} {second}" if first in groups else first)
        found += [" ".join(m) for m in re.findall(r"^(sources) ([a-z]+)$", text)]
    return found


def asked(page: Path) -> list[str]:
    """Lines of a page that a reader may type without harm."""
    lines = [line for block in code(page, "sh") for line in block.splitlines() if line.startswith("twinwire ")]
    return [line for line in lines if line.removeprefix("twinwire ").startswith(SAFE)]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample edition, read."""
    data = tmp_path_factory.mktemp("sample")
    run(Ingest(config.load(ROOT / "examples" / "edition"), DataFolder(data), Options(), lambda: datetime.now(UTC)))
    return data


@pytest.fixture
def typed(sample: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Type a line of a manual in the project's folder; gives what it prints."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("TWINWIRE_DATA", str(sample))

    def type_(line: str) -> str:
        told = CliRunner().invoke(app, shlex.split(line.replace("data/sample", shlex.quote(str(sample))))[1:])
        assert told.exit_code == 0, f"{line}\n{told.output}\n{told.exception}"
        return told.stdout

    return type_


def test_the_data_dictionary_is_that_of_the_schema(tmp_path: Path) -> None:
    """docs/data-dictionary.md is what `make docs` makes of this version."""
    write(tmp_path / "made.md")
    assert (tmp_path / "made.md").read_text(encoding="utf-8") == (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")


def test_the_dictionary_names_every_column(tmp_path: Path) -> None:
    """Tables and views with all their columns and types; a table's column has its comment, and so has a view's that passes it on."""
    with Store(data_folder(tmp_path)) as store:
        store.con.execute("CREATE VIEW passing AS SELECT topic, count(*) AS score FROM item_topics GROUP BY topic")
        text = dictionary(store.con)
        columns = store.con.execute("SELECT column_name, data_type FROM duckdb_columns() WHERE NOT internal").fetchall()
    assert {c for c, t in columns if f"| `{c}` | {t} |" not in text} == set()
    passing = text.split("\n## passing\n")[1].split("\n## ")[0]
    assert "| `topic` | VARCHAR | Topic as named in topics.yaml |" in passing
    assert "| `score` | BIGINT |  |" in passing, "a count of scores is no score"


def test_every_base_column_is_explained(tmp_path: Path) -> None:
    """No table of the schema, and no column of one, is without a comment."""
    with Store(data_folder(tmp_path)) as store:
        bare = store.con.execute(
            "SELECT table_name, column_name FROM duckdb_columns() JOIN duckdb_tables() USING (schema_name, table_name)"
            " WHERE duckdb_columns.comment IS NULL AND NOT duckdb_tables.internal"
            " UNION ALL SELECT view_name, '' FROM duckdb_views() WHERE NOT internal AND comment IS NULL").fetchall()
    assert bare == []
    page = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \| .* \|\s+\|$", page, re.MULTILINE) == [], "a view's computed column has no meaning"


@pytest.mark.parametrize("page", [pytest.param(p, id=p.name, marks=pytest.mark.xfail(reason=AHEAD[p.name], strict=True)
                                               if p.name in AHEAD else ()) for p in PAGES if p.parent.name != "edition"])
def test_every_command_named_is_there(page: Path) -> None:
    """No manual names a command that the program does not have."""
    assert sorted(set(named(page)) - set(commands())) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_make_target_named_is_there(page: Path) -> None:
    """No manual names a target that the Makefile does not have."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {t for s in snippets(page) for t in re.findall(r"^make ([a-z]+)", s)} - targets == set()


def test_every_command_stands_in_the_readme() -> None:
    """The table of commands has one row per command, in the program's order, and no other."""
    rows = re.findall(r"^\| `twinwire ([a-z ]+)` \|", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(commands())


def test_every_option_named_is_there() -> None:
    """Lines to type use options their command has."""
    known = commands()
    for page in (README, RUNNING):
        for line in (line for block in code(page, "sh") for line in block.splitlines() if line.startswith("twinwire ")):
            words = shlex.split(line, comments=True)[1:]
            name = " ".join(words[:2]) if " ".join(words[:2]) in known else words[0]
            options = {o for p in known[name].params for o in p.opts}
            assert {w for w in words if w.startswith("--")} <= options, line


def test_exit_codes_are_those_of_the_errors() -> None:
    """The README has a row for 0, for 130 and for the code of every error."""
    rows = {int(c) for c in re.findall(r"^\| (\d+) \|", README.read_text(encoding="utf-8"), re.MULTILINE)}
    assert rows == {0, 130, errors.TwinwireError.exit_code, *(e.exit_code for e in errors.TwinwireError.__subclasses__())}


def test_the_questions_give_what_the_readme_shows(typed: Callable[[str], str]) -> None:
    """Each question that is followed by a picture of its answer gives that answer, rows and columns."""
    text = README.read_text(encoding="utf-8")
    shown = re.findall(r"```sh\n(twinwire sql [^\n]+)\n```\n\n```text\n(.*?)```", text, re.DOTALL)
    assert len(shown) == 3
    for line, answer in shown:
        assert _letters(typed(line)) == _letters(answer), line


def _letters(text: str) -> str:
    return re.sub(r"[\s\u2500-\u257f]", "", text)


@pytest.mark.parametrize("line", asked(README) + asked(RUNNING))
def test_what_can_be_typed_works(line: str, typed: Callable[[str], str]) -> None:
    """Questions of the manuals are answered, with something."""
    assert typed(line).strip()


def test_there_is_something_to_type() -> None:
    """The manuals show each kind of harmless command."""
    assert {s for s in SAFE if any(line.startswith(f"twinwire {s}") for line in asked(README) + asked(RUNNING))} == set(SAFE)


def test_the_python_example_works(sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The warehouse opens as docs/running.md says."""
    monkeypatch.chdir(ROOT)
    for block in code(RUNNING, "python"):
        exec(compile(block.replace('"data/warehouse.duckdb"', repr(str(sample / "warehouse.duckdb"))), "running.md", "exec"), {})
    assert "title" in capsys.readouterr().out


def test_the_yaml_example_is_a_source(tmp_path: Path) -> None:
    """The source of the README is read without complaint."""
    (tmp_path / "sources.yaml").write_text(code(README, "yaml")[0], encoding="utf-8")
    assert config.load(tmp_path).sources[0].id == "example-city"


def test_sources_named_are_in_the_catalogue() -> None:
    """`--source ID` and `sources=["ID"]` name sources that are there and on."""
    on = {s.id for s in config.load(ROOT / "config").sources if s.enabled}
    text = README.read_text(encoding="utf-8") + RUNNING.read_text(encoding="utf-8")
    found = {a or b for a, b in re.findall(r'--source ([\w-]+)|sources=\["([\w-]+)"\]', text)}
    assert found
    assert found <= on


def test_every_table_is_in_the_readme(tmp_path: Path) -> None:
    """Every table and view of the warehouse is in the README's list, and no other."""
    with Store(data_folder(tmp_path)) as store:
        there = {n if s == "main" else f"{s}.{n}" for s, n in store.con.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal"
            " UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
    table = README.read_text(encoding="utf-8").split("| table or view |")[1].split("\n\n")[0]
    assert {n for row in table.splitlines() for n in re.findall(r"`([\w.]+)`", row.split(" | ")[0])} == there


def test_every_class_of_failure_is_explained() -> None:
    """docs/running.md has one row per class, in the order of the code."""
    table = RUNNING.read_text(encoding="utf-8").split("| class |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE) == [k.value for k in errors.Kind]


def test_every_setting_named_is_there() -> None:
    """Settings and variables that docs/running.md names exist."""
    sections = {name: set(field.annotation.model_fields) for name, field in Settings.model_fields.items()}  # type: ignore[union-attr]
    text = RUNNING.read_text(encoding="utf-8")
    assert {f"{s}.{k}" for s, k in re.findall(r"`([a-z]+)\.([a-z_]+)`", text) if s in sections and k not in sections[s]} == set()
    known = {f"TWINWIRE_{s}_{k}".upper() for s, keys in sections.items() for k in keys}
    known |= {"TWINWIRE_DATA", "TWINWIRE_CONFIG", "TWINWIRE_SECTION_KEY", "TWINWIRE_CACHE"}
    assert set(re.findall(r"TWINWIRE_[A-Z_]*[A-Z]", text)) - known == set()


def test_the_changelog_begins_with_what_is_unreleased() -> None:
    """Users find what is new on top."""
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_links_lead_somewhere(page: Path) -> None:
    """Links inside the project lead to a file, and to a heading of it where they name one."""
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if link.startswith(("http:", "https:")):
            continue
        path, _, heading = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if heading:
            assert heading in _anchors(target), link


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.fixture(scope="module")
def pool() -> dict[str, dict[str, object]]:
    """Deployments of the ingest in prefect.yaml by name."""
    found = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    return {d["name"]: d for d in found if d["entrypoint"].endswith(".ingest")}


def test_the_work_pool_has_every_flow_for_the_hand() -> None:
    """Each flow of flows/ that a person may start has a deployment without a schedule, under the flow's own name."""
    found = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    by_hand = {d["entrypoint"] for d in found if d["name"] == "by-hand" and d["schedules"] == []}
    assert by_hand == {f"twinwire_flows.{name}.{name}" for name in ("ingest", "rescreen", "backfill")}
    assert {d["concurrency_limit"]["collision_strategy"] for d in found} == {"CANCEL_NEW"}


def test_the_work_pool_has_the_same_schedules(pool: dict[str, dict[str, object]]) -> None:
    """prefect.yaml has the deployments of flows/deployments.py: names, crons in UTC, tags, parameters; and one by hand."""
    crons = {name: [s["cron"] for s in d["schedules"]] for name, d in pool.items()}  # type: ignore[index, attr-defined]
    assert crons == {name: [cron] for name, cron in deployments.CRON.items()} | {"by-hand": []}
    assert {s["timezone"] for d in pool.values() for s in d["schedules"]} == {"UTC"}  # type: ignore[index, attr-defined]
    assert {n: d["tags"] for n, d in pool.items()} == {n: ["twinwire", n] for n in pool}
    assert {n: d["parameters"] for n, d in pool.items()} == {n: {"schedule": "all" if n == "by-hand" else n} for n in pool}


def test_the_work_pool_has_the_same_limits(pool: dict[str, dict[str, object]]) -> None:
    """One run of a deployment at a time; a slot that meets a run is cancelled, as in flows/deployments.py."""
    assert {(d["concurrency_limit"]["limit"], d["concurrency_limit"]["collision_strategy"]) for d in pool.values()} == {(1, "CANCEL_NEW")}  # type: ignore[index]
    source = (ROOT / "flows" / "deployments.py").read_text(encoding="utf-8")
    assert "ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)" in source


def test_the_work_pool_finds_the_flow(pool: dict[str, dict[str, object]]) -> None:
    """The entry point is a flow of flows/ingest.py that takes the parameters, whatever folder the worker starts in."""
    assert {d["entrypoint"] for d in pool.values()} == {"twinwire_flows.ingest.ingest"}
    tree = ast.parse((ROOT / "flows" / "ingest.py").read_text(encoding="utf-8"))
    flow = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "ingest")
    assert any(isinstance(d, ast.Call) and getattr(d.func, "id", "") == "flow" for d in flow.decorator_list)
    assert {p for d in pool.values() for p in d["parameters"]} <= {a.arg for a in flow.args.args}  # type: ignore[attr-defined]
