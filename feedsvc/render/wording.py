"""The few sentences that this service itself says in a feed, in the languages it knows. Pure."""

from typing import NamedTuple

from feedsvc.render.edge import language_tag


class Wording(NamedTuple):
    """`title` and `notice` stand in place of a withdrawn article, `correction` before an operator's note."""

    title: str
    notice: str
    correction: str


_ENGLISH = Wording("Withdrawn", "This article has been withdrawn and is no longer available.", "Correction:")
_WORDINGS = {
    "de": Wording("Zurückgezogen", "Dieser Artikel wurde zurückgezogen und ist nicht mehr verfügbar.", "Berichtigung:"),
    "en": _ENGLISH,
    "es": Wording("Retirado", "Este artículo ha sido retirado y ya no está disponible.", "Corrección:"),
    "fr": Wording("Retiré", "Cet article a été retiré et n’est plus disponible.", "Rectificatif :"),
    "it": Wording("Ritirato", "Questo articolo è stato ritirato e non è più disponibile.", "Rettifica:"),
    "nl": Wording("Ingetrokken", "Dit artikel is ingetrokken en niet meer beschikbaar.", "Correctie:"),
    "pl": Wording("Wycofano", "Ten artykuł został wycofany i nie jest już dostępny.", "Sprostowanie:"),
    "pt": Wording("Retirado", "Este artigo foi retirado e já não está disponível.", "Correção:"),
    "uk": Wording("Відкликано", "Цю статтю відкликано, вона більше не доступна.", "Виправлення:"),
}


def wording(language: str | None) -> Wording:
    """The words for a language tag; English for a language that is not known here."""
    primary = (language_tag(language) or "").partition("-")[0].lower()
    return _WORDINGS.get(primary, _ENGLISH)
