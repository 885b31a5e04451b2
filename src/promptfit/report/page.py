"""HTML out of the templates beside this file; whatever was answered stays text, since every value is escaped."""

from __future__ import annotations

from functools import partial

from promptfit.report.embedded import embedded
from promptfit.report.environment import environment, text
from promptfit.report.screening import Screening
from promptfit.report.words import words

LONGEST = 20_000
"""Characters of a text that a page holds: a page of a document has 3,000, and a browser hangs on a million."""


def screen_page(screening: Screening, language: str) -> str:
    """The whole page of a screening: one file, no script, no address outside of it.

    Raises:
        PromptfitError: There is no such language.
    """
    return _render("screen.html", screening, language)


def screen_part(screening: Screening, language: str) -> str:
    """The answers alone, with their style, to be put into a page that is there."""
    return _render("part.html", screening, language)


def _render(template: str, screening: Screening, language: str) -> str:
    said = words(language)
    numbered = list(enumerate(screening.questions))
    groups = [
        (path, embedded(path), [(index, question) for index, question in numbered if question.image == path])
        for path in screening.images
    ]
    page = (
        environment()
        .get_template(template)
        .render(
            screening=screening,
            groups=groups,
            language=language,
            w=said,
            whole=partial(_whole, more=said["more"]),
            number=lambda value, digits: f"{value:.{digits}f}".replace(".", said["point"]),
        )
    )
    return text(page)


def _whole(value: str, more: str) -> str:
    """A text, but for what no page has room for."""
    return value if len(value) <= LONGEST else value[:LONGEST] + more.format(f"{len(value) - LONGEST:,}")
