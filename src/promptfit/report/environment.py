"""Where the templates lie, and how a value gets into a page: always as text, and always to be seen."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from promptfit.report import shades, visible

if TYPE_CHECKING:
    from jinja2 import Environment


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The one environment of all pages; it escapes every value."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("promptfit.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"cut": visible.cut, "character": visible.character, "code_points": visible.code_points}
    made.globals |= {"shade": shades.shade, "span": shades.span, "end": shades.end}
    return made


def text(page: str) -> str:
    """The page as a file can hold it: a broken answer may hold half of a character."""
    return page.encode("utf-8", "replace").decode("utf-8")


def _seen(value: Any) -> Any:
    """Markup comes from templates alone; all else is somebody's text."""
    return visible.visible(value) if type(value) is str else value
