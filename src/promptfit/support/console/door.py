"""The one door to the terminal: whatever is printed is text, and a terminal obeys none of it.

Names of fields, files and models, truths, prompts, answers and a server's words come from others. A terminal would take
escape sequences in them for commands (to set the clipboard, or the title), and Rich a bracket for its markup.
"""

from __future__ import annotations

import logging
import re
import shutil
import sys
import threading
import traceback
import warnings
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from promptfit.support.enumerated import start
from promptfit.support.http.secrets import struck

if TYPE_CHECKING:
    from rich.console import Console

LONGEST = 10_000
"""Characters of one text that are printed: a terminal's window has 5,000, and a million take it minutes."""
_FORMATTED = warnings.formatwarning
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control characters but line feed and tab, those that turn the writing around or tag it, and halves of characters."""


def visible(text: str) -> str:
    """Makes text safe to print: a terminal obeys none of it, and control characters are seen as such (␛)."""
    return _UNSEEN.sub(lambda found: _picture(ord(found[0])), text.replace("\r\n", "\n"))


def inert(text: object, longest: int = LONGEST) -> str:
    """Any text as it may be printed: without secrets, safe, and not longer than somebody reads."""
    return visible(start(struck(text), longest))


def say(*lines: object, error: bool = False) -> None:
    """Prints lines, on standard output or standard error, in whatever letters that can take."""
    stream = sys.stderr if error else sys.stdout
    for line in lines:
        print(_encodable(inert(line), stream), file=stream)


def console(error: bool = False) -> Console:
    """Rich's console for tables and bars; where that is no terminal, wide enough that prompts are not cut to pieces."""
    from rich.console import Console
    from rich.segment import Segment
    from rich.text import Text

    class Door(Console):
        """Takes no text for markup, and lets through no control characters but its own."""

        def render_str(self, text: str, **how: Any) -> Text:
            return super().render_str(inert(text), **{**how, "markup": False, "emoji": False, "highlight": False})

        def render(self, renderable: Any, options: Any = None) -> Iterable[Segment]:
            for one in super().render(renderable, options):
                yield one if one.control else Segment(visible(one.text), one.style)

    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() and shutil.get_terminal_size((0, 0)).columns else 160
    return Door(stderr=error, width=width, highlight=False, markup=False, emoji=False)


def open_logs_and_tracebacks() -> None:
    """From now on all log records, warnings and tracebacks of this process go through the door."""
    logging.setLogRecordFactory(_record)
    warnings.formatwarning = lambda *told, **more: f"{inert(_FORMATTED(*told, **more).rstrip())}\n"
    sys.excepthook = _say_traceback
    threading.excepthook = lambda told: _say_traceback(told.exc_type, told.exc_value, told.exc_traceback)


def _record(*args: Any, **more: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **more)
    record.msg, record.args = inert(record.getMessage()), ()
    if record.exc_info and record.exc_info[0]:
        record.exc_text = "\n".join(map(inert, _lines(*record.exc_info)))
    return record


def _say_traceback(kind: type[BaseException], fault: BaseException | None, trace: TracebackType | None) -> None:
    say(*_lines(kind, fault, trace), error=True)


def _lines(kind: Any, fault: Any, trace: Any) -> list[str]:
    return "".join(traceback.format_exception(kind, fault, trace)).rstrip().split("\n")


def _encodable(text: str, stream: Any) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def _picture(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "\N{REPLACEMENT CHARACTER}"
