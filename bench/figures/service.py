"""A feedsvc of its own in a folder that is gone afterwards: settings, an empty store, and a folder of articles."""

import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from feedsvc.curation import FILE_NAME
from feedsvc.pipeline import refresh
from feedsvc.settings import load_settings
from feedsvc.store import reading
from feedsvc.store.engine import migrate, open_engine
from feedsvc.store.runs import last_runs
from feedsvc.store.store import Store
from feedsvc.store.tables import lineage
from figures.scores import Found
from figures.table import Progress


class Service:
    """`articles` is the folder that is read, `config` the settings file."""

    def __init__(self, folder: Path, themes: Mapping[str, object], channels: Path | None) -> None:
        self.articles = folder / "articles"
        self.articles.mkdir()
        if channels:
            shutil.copy(channels, folder / FILE_NAME)
        self.config = folder / "feedsvc.toml"
        told = "".join(f"{key} = {json.dumps(value)}\n" for key, value in themes.items())
        source = '[[sources]]\nname = "b"\nkind = "folder"\npath = "articles"\n'
        self.config.write_text(f'[store]\nurl = "sqlite:///b.db"\n[themes]\n{told}{source}', encoding="utf-8")
        self.settings = load_settings(self.config)
        self.store = Store(open_engine(self.settings.store_url))
        migrate(self.store.engine)

    def refresh(self, progress: Progress) -> float:
        """Run the pipe once. Returns the seconds it took."""
        started = time.perf_counter()
        refresh(self.settings, self.store, progress)
        return time.perf_counter() - started

    def channels(self) -> list[Found]:
        """All that stand, by slug."""
        with self.store.reading() as connection:
            lines = sorted(reading.channel_lines(connection), key=lambda line: line.slug)
            return [Found(line.slug, line.origin, reading.channel_members(connection, line.slug)) for line in lines]

    def turns(self) -> Counter[str]:
        """How often channels were born, merged and so on."""
        with self.store.reading() as connection:
            rows = connection.execute(select(lineage.c.turn, func.count()).group_by(lineage.c.turn)).all()
            return Counter(dict(map(tuple, rows)))

    def last_run_s(self) -> float:
        """The seconds of the last run in whatever process, without the start of Python."""
        with self.store.reading() as connection:
            return float(last_runs(connection)[0]["counts"]["seconds"])


@contextmanager
def service(themes: Mapping[str, object] | None = None, channels: Path | None = None) -> Iterator[Service]:
    """With these settings of themes, and this file of curated channels."""
    with tempfile.TemporaryDirectory() as folder:
        made = Service(Path(folder), themes or {}, channels)
        try:
            yield made
        finally:
            made.store.engine.dispose()
