"""How well channels that an editor has described by words are the themes they are meant for."""

from pathlib import Path

from figures.corpora import Corpora, write
from figures.scores import f1
from figures.service import service
from figures.table import Table

RULES = Path(__file__).resolve().parents[2] / "tests" / "data" / "curation" / "world.toml"
THEMES = {
    "monkeypox": "2022 monkeypox outbreak",
    "covid-19": "COVID-19 pandemic",
    "russia-ukraine-war": "Russo-Ukrainian War",
    "israel-palestine": "Israeli–Palestinian conflict",
}


def show(corpora: Corpora) -> None:
    table = Table("Curated channels", "F1", "precision", "recall", "articles", "floor")
    with table.measuring("curated channels") as progress, service(channels=RULES) as made:
        write(made.articles, corpora.news)
        made.refresh(progress)
        found = {channel.slug: channel.urls for channel in made.channels()}
    for slug, theme in THEMES.items():
        urls = found[slug]
        true = {one["url"] for one in corpora.news if one["theme"] == theme}
        right = len(urls & true)
        scores = (f1(urls, true), right / (len(urls) or 1), right / len(true))
        table.row(slug, *(f"{score:.3f}" for score in scores), str(len(urls)), floor="≥ 0.85")
