"""Who may import whom. Read from the imports themselves, those within functions too."""

import ast
from pathlib import Path

import pytest

import feedsvc

ROOT = Path(feedsvc.__file__).parent
OUTSIDE = {"requests", "requests_cache", "urllib3", "sqlalchemy", "alembic", "psycopg", "flask", "werkzeug", "granian"}
OUTSIDE |= {
    "apscheduler",
    "os",
    "time",
    "random",
    "secrets",
    "socket",
    "logging",
    "structlog",
    "subprocess",
    "threading",
}
CLOCK = {"now", "today", "utcnow", "uuid1", "uuid4"}
STAGES = {"load", "normalise", "themes", "render", "publish"}
WORDS = {"model", "errors", "settings", "curation", "toml_lines", "datewords"}
# Level 4 parses and calls, 3 joins, 2 touches one outside thing each, 1 is pure, 0 is words.
LEVEL_BY_ROOM = dict.fromkeys(("cli", "schedule", "serve"), 4)
JOINERS = (
    "pipeline",
    "gathering",
    "asides",
    "handing",
    "collecting",
    "weaving",
    "theming",
    "publishing",
    "making",
    "editing",
    "ondemand",
    "explain",
)
LEVEL_BY_ROOM |= dict.fromkeys(JOINERS, 3)
LEVEL_BY_ROOM |= dict.fromkeys(("store", "push", "logs", "report", "reader"), 2)
LEVEL_BY_ROOM |= dict.fromkeys(STAGES, 1) | dict.fromkeys(WORDS, 0)
# The only modules of their stages that read from outside: documents, the network, and the files of a model.
IO_MODULES = {"load.fetch", "themes.semantic"} | {
    f"load.web.{name}" for name in ("answers", "cache", "client", "connect", "exchange", "target", "turns")
}


def modules() -> dict[str, Path]:
    """ "normalise.dates" → its file; "" is the package itself."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path
    return {name: path for name, path in found.items() if not name.startswith("store.migrations")}


MODULES = modules()


def room(name: str) -> str:
    return name.partition(".")[0]


def imports(name: str) -> set[str]:
    """Everything a module imports, as full names: "feedsvc.model", "datetime"."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            module = node.module or ""
            found.add(module)
            # `from feedsvc.store import articles` imports a module too.
            found |= {f"{module}.{alias.name}" for alias in node.names if f"{module}.{alias.name}" in PACKAGES}
    return found


PACKAGES = {f"feedsvc.{name}" for name in MODULES if name}


def our_imports(name: str) -> set[str]:
    return {one.removeprefix("feedsvc.") for one in imports(name) if one in PACKAGES}


PURE = sorted(name for name in MODULES if room(name) in STAGES | {"datewords"} and name not in IO_MODULES)


def test_the_walls_stand_around_something() -> None:
    assert len(PURE) > 25
    assert our_imports("pipeline") >= {"gathering", "normalise.identity", "publishing", "store.articles"}
    assert {"os", "time"} <= imports("pipeline")


@pytest.mark.parametrize("name", [*PURE, "model", "errors"])
def test_pure_modules_touch_nothing_outside(name: str) -> None:
    assert {one.partition(".")[0] for one in imports(name)} & OUTSIDE == set()


@pytest.mark.parametrize("name", [*PURE, "model", "errors", "settings"])
def test_pure_modules_never_ask_for_the_time_or_for_chance(name: str) -> None:
    calls = [
        node for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]
    asked = {node.func.attr for node in calls if isinstance(node.func, ast.Attribute)} & CLOCK
    opened = {node.func.id for node in calls if isinstance(node.func, ast.Name)} & {
        "open",
        "input",
        "print",
        "hash",
        "id",
    }
    # An object's id() tells two objects of one run apart, and goes no further than that.
    assert (asked, opened - ({"id"} if name in ("normalise.identity", "normalise.nodes") else set())) == (set(), set())


@pytest.mark.parametrize("name", sorted(MODULES))
def test_every_module_has_a_level_and_imports_point_down(name: str) -> None:
    if not name:
        assert our_imports(name) == set()
        return
    assert room(name) in LEVEL_BY_ROOM, f"{name} is in no room that house.md names"
    level = LEVEL_BY_ROOM[room(name)]
    up = {one for one in our_imports(name) if LEVEL_BY_ROOM[room(one)] > level}
    aside = (
        {one for one in our_imports(name) if room(one) in STAGES and room(one) != room(name)} if level == 1 else set()
    )
    assert (up, aside) == (set(), set())


@pytest.mark.parametrize("name", sorted(MODULES))
def test_only_the_command_line_and_the_timer_start_the_pipeline(name: str) -> None:
    assert "pipeline" not in our_imports(name) or name in {"cli.running", "schedule", "editing"}


@pytest.mark.parametrize("name", sorted(name for name in MODULES if room(name) == "serve"))
def test_serving_never_reads_renders_or_refreshes(name: str) -> None:
    assert {room(one) for one in our_imports(name)} & {"load", "themes", "pipeline", "schedule"} == set()


@pytest.mark.parametrize("name", sorted(MODULES))
def test_no_module_is_too_long_to_take_in(name: str) -> None:
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("name", sorted(name for name in MODULES if room(name) != name or name in LEVEL_BY_ROOM))
def test_every_module_opens_by_saying_what_it_is(name: str) -> None:
    source = MODULES[name].read_text(encoding="utf-8")
    assert not source.strip() or ast.get_docstring(ast.parse(source))
