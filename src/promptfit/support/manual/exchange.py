"""A talk by copy and paste with a model that exists on a web page only: a person carries the texts."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from promptfit.paths import resolve
from promptfit.support.files import pixels
from promptfit.support.files.writing import replace_file
from promptfit.support.manual.pasted_reply import LONGEST, BadReply, ReplyFile, checked
from promptfit.support.manual.terminal import QUIET, Terminal, is_at_hand, taken_over
from promptfit.support.manual.typed import Typed
from promptfit.types import PromptfitError

_UNENDED = 15
"""Moments of quiet after which a person is told that a reply was not ended."""


class Exchange:
    """Hands a text and images to a person, and waits for the reply.

    Every exchange has a file, ``<number>-<id>.txt``, that holds exactly what to paste. The reply is pasted into the
    terminal, or saved beside it as ``<number>-<id>.reply.txt``, now or days later.

    Args:
        page: The web page's or model's name.
        folder: Where the files go, relative to the project's root; ``.promptfit/paste/<page>`` if left out.
    """

    def __init__(self, page: str, folder: str | None = None) -> None:
        self.page = page
        self.folder = resolve(folder or Path(".promptfit/paste") / (re.sub(r"[^\w.-]", "_", page).lstrip(".") or "_"))
        self._lock = threading.Lock()  # there is one person and one terminal

    def ask(self, digest: str, text: str, images: Sequence[Path] = (), note: str = "") -> str:
        """Waits for the reply to a text; one that lies in the folder already is read at once.

        Args:
            digest: What tells this exchange from every other, in hex.
            text: Exactly what to paste.
            images: What to attach to it.
            note: What else to tell the person.

        Raises:
            KeyboardInterrupt: The person left; earlier replies are the caller's to keep.
            PromptfitError: An image is missing; or there is no terminal, and no reply in the folder.
        """
        if missing := [image for image in images if not image.is_file()]:
            raise PromptfitError(f"{missing[0]}: the image is missing; check the data set or run `dvc pull`")
        with self._lock:
            sheet = self._sheet(digest[:12])
            replace_file(sheet, text.encode("utf-8", "replace"))
            attached = [str(image.absolute()) for image in images]
            drop, refused = ReplyFile(sheet.with_name(f"{sheet.stem}.reply.txt")), ""
            try:
                if (data := drop.wait(QUIET)) is not None:
                    return checked(data)
            except BadReply as fault:
                refused = _refused(drop, fault)
            if not is_at_hand():
                raise PromptfitError(refused or _errand(self.page, sheet, attached, drop.path))
            with taken_over() as terminal:
                terminal.say("", f"{self.page}, exchange {sheet.name.partition('-')[0]}{note and f' ({note})'}")
                _explain(terminal, sheet, text, attached, drop.path)
                terminal.say(*[refused] * bool(refused))
                reply = _awaited(terminal, drop)
                terminal.say("", f"Taken: {len(reply)} characters.")
                return reply

    def attachable(self, image: Path) -> Path:
        """A file in which a web page sees what every other part sees: the image's own, or a PNG of it in the folder.

        Raises:
            PromptfitError: The image cannot be read.
        """
        if pixels.plain(image):
            return image
        png = io.BytesIO()
        pixels.read(image).save(png, "PNG")
        path = self.folder / f"image-{sha256(png.getvalue()).hexdigest()[:12]}.png"
        replace_file(path, png.getvalue())
        return path

    def _sheet(self, name: str) -> Path:
        """The exchange's file: the one that an earlier run made, or the next number."""
        numbers = [0]
        for path in sorted(self.folder.glob("*-*.txt")):
            number, _, rest = path.name.partition("-")
            if rest == f"{name}.txt":
                return path
            numbers.append(int(number) if number.isdecimal() else 0)
        return self.folder / f"{max(numbers) + 1:04d}-{name}.txt"


def _awaited(terminal: Terminal, drop: ReplyFile) -> str:
    """Whatever comes first: a reply in the terminal, or the file."""
    typed, quiet = Typed(), 0
    while True:
        if data := terminal.read():
            terminal.echo(typed.add(data))
            quiet = 0
            continue
        quiet += 1
        if typed.left():
            raise KeyboardInterrupt
        if quiet == _UNENDED and typed.open:
            terminal.say(
                "", "The reply has no end yet: type a line that has only . (or press Ctrl-D); q and Enter leaves."
            )
        try:
            if typed.giant:
                raise BadReply(f"it has more than {LONGEST:,} bytes, which is no reply")
            if typed.ended:
                return checked(typed.data)
        except BadReply as fault:
            typed = Typed()
            terminal.say("", f"What was pasted is not taken: {fault}. Paste the reply again, with a . line at its end.")
        try:
            if (dropped := drop.look()) is not None:
                return checked(dropped)
        except BadReply as fault:
            terminal.say("", _refused(drop, fault))


def _explain(terminal: Terminal, sheet: Path, text: str, images: Sequence[str], reply: Path) -> None:
    if images:
        terminal.say("Begin a new chat on its page and attach", *(f"    {image}" for image in images))
        terminal.say("then paste what stands between the lines; it is also in", f"    {sheet}")
    else:
        terminal.say("Begin a new chat on its page and paste what stands between the lines; it is also in")
        terminal.say(f"    {sheet}")
    terminal.ruled(text)
    terminal.say(
        "Then paste the reply here and end it with a line that has only . (or press Ctrl-D), or save it as",
        f"    {reply}",
        "q and Enter leaves; the same command goes on from here, days later, too.",
    )


def _refused(drop: ReplyFile, fault: BadReply) -> str:
    return f"{drop.path}: {fault}; save the reply there as text in UTF-8, or remove the file, and run again"


def _errand(page: str, sheet: Path, images: Sequence[str], reply: Path) -> str:
    """What to do where nobody sits at a terminal."""
    attach = f" with {', '.join(images)} attached" if images else ""
    return (
        f"{page} waits for a person, and standard input is no terminal: paste {sheet} into its page{attach}, "
        f"save the reply as {reply} and run the same command again"
    )
