"""HTML out of the templates beside this file; whatever was answered stays text, since every value is escaped."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from promptfit.report.pictures import embedded
from promptfit.report.screening import Screening
from promptfit.report.words import words

if TYPE_CHECKING:
    from jinja2 import Environment


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
        _environment()
        .get_template(template)
        .render(
            screening=screening,
            groups=groups,
            language=language,
            w=said,
            number=lambda value, digits: f"{value:.{digits}f}".replace(".", said["point"]),
        )
    )
    # a broken answer may hold half of a character, which no file can
    return page.encode("utf-8", "replace").decode("utf-8")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("promptfit.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
