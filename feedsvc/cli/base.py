"""What every command needs: the settings, the store, and how lines are printed."""

import functools
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from feedsvc import logs
from feedsvc.settings import DEFAULT_CONFIG, Settings, load_settings
from feedsvc.store.engine import open_engine, require_migrated
from feedsvc.store.store import Store

F = TypeVar("F", bound=Callable[..., Any])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="feedsvc")
def cli() -> None:
    """Themed feeds from a site's own related links."""


def with_settings(command: F) -> F:
    """Add --config to a command and hand it the settings."""

    @click.option(
        "--config",
        type=click.Path(path_type=Path),
        envvar="FEEDSVC_CONFIG",
        default=DEFAULT_CONFIG,
        show_default=True,
        help="The configuration file.",
    )
    @functools.wraps(command)
    def wrapped(config: Path, **arguments: Any) -> Any:
        settings = load_settings(config)
        logs.configure(settings.log)
        return command(settings, **arguments)

    return wrapped  # type: ignore[return-value]


def store_of(settings: Settings) -> Store:
    engine = open_engine(settings.store_url)
    require_migrated(engine)
    return Store(engine)


def print_json(row: Mapping[str, Any]) -> None:
    click.echo(json.dumps(row, ensure_ascii=False))


def time_text(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
