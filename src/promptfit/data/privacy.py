"""What must not leave this machine in one run. Every way out asks here: answerers, generators, MLflow."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from promptfit.data.marks import is_public
from promptfit.data.private_images import PrivateImages
from promptfit.paths import home
from promptfit.support.files.image_file import content_of
from promptfit.support.files.unfit_image import UnfitImage
from promptfit.support.http.hosts import OWN
from promptfit.types import PromptfitError

log = logging.getLogger(__name__)

REGISTER = ".promptfit/private.sqlite"


class Privacy:
    """Decides by the data itself: where an image lies, and whether its bytes are a private image's.

    Args:
        private: Whether the run's data set is private, truths and all; None where it has none, or nobody said.
        allowed: Whether the person let private data go, in this run.
    """

    def __init__(self, private: bool | None = None, allowed: bool = False) -> None:
        self._private, self._allowed = private, allowed
        self._told = set[str]()
        self._kept = cache(_why)

    @property
    def stays(self) -> bool:
        """Whether the run's data, truths and answers must stay; so must all that nobody said a word on."""
        return self._private is not False and not self._allowed

    def stays_with(self, images: Iterable[Path]) -> bool:
        """Whether a run of these images and, if there is one, of the data set must stay on this machine."""
        return not self._allowed and (bool(self._private) or any(map(self._why, images)))

    def keep_data(self, who: str) -> None:
        """Refuses to tell somebody elsewhere of the run's data: true answers, mistakes, predictions.

        Raises:
            PromptfitError: The data must stay.
        """
        self._refuse("" if self._private is False else "the data set is private", who)

    def keep_images(self, who: str, images: Iterable[Path] = ()) -> None:
        """Refuses to show somebody elsewhere an image, or any where the run's data set is private.

        Args:
            who: Is elsewhere.
            images: What it would be shown.

        Raises:
            PromptfitError: An image must stay, or nobody can say.
        """
        why = "the data set is private" if self._private else next(filter(None, map(self._why, images)), "")
        self._refuse(why, who)

    def _why(self, image: Path) -> str:
        try:
            stat = image.stat()
        except OSError:
            return ""  # nobody can be shown it; whoever tries says so
        return self._kept(image, stat.st_ino, stat.st_ctime_ns, stat.st_size)

    def _refuse(self, why: str, who: str) -> None:
        if why and not self._allowed:
            raise PromptfitError(
                f"{why}, and {who} is not on this machine: it would be told of images and true answers. Take one here, "
                "or say allow_private=true on the command line; a data set that anybody may see has a file PUBLIC "
                f"beside its annotation.csv, and another machine of yours is named in the environment variable {OWN}"
            )
        if why and who not in self._told:
            log.warning("allow_private=true: %s, and %s, which is not on this machine, is told of it", why, who)
            self._told.add(who)


def why_private(folder: Path, digests: Sequence[str], data: str) -> str:
    """Why a data set is private; empty where it is not. From now on its images are known by what they hold.

    Args:
        folder: The data set's.
        digests: Of its images.
        data: The data set's digest.
    """
    register = PrivateImages(home() / REGISTER)
    register.note(folder, digests, data)
    why = _why_folder(register, folder, digests)
    register.judge(folder, data, public=not why)
    return why


def _why_folder(register: PrivateImages, folder: Path, digests: Sequence[str]) -> str:
    if not is_public(folder):
        return "nothing says that anybody may see it"
    try:
        known = register.keepers(digests)
    except PromptfitError as fault:
        return str(fault)
    return f"{len(known)} of its images are private ones of {', '.join(sorted(set(known.values())))}" if known else ""


def is_known_public(data: Iterable[str]) -> bool:
    """Whether results may leave this machine: all data sets that they are of were seen here, and are public.

    Args:
        data: The data sets' digests.
    """
    register = PrivateImages(home() / REGISTER)
    return all(map(register.knows_public, data))


def leaves(who: str, model: object) -> bool:
    """Whether what an answerer or generator is shown leaves this machine.

    Raises:
        PromptfitError: It does not say.
    """
    remote = getattr(model, "remote", None)
    if not isinstance(remote, bool):
        raise PromptfitError(
            f"{who}: {type(model).__name__} does not say whether images leave this machine; give it `remote`, true or "
            "false, or private data would have to be taken for safe with it"
        )
    return remote


def _why(image: Path, *_state: int) -> str:
    """Why an image is private; empty where it is not. Its bytes are those that lie there now."""
    if not is_public(image):
        return f"{image.name} is not of a public data set"
    try:
        digest = sha256(content_of(image)).hexdigest()
    except (OSError, UnfitImage):
        return ""  # as above
    keeper = PrivateImages(home() / REGISTER).keepers([digest]).get(digest, "")
    return keeper and f"{image.name} is a private image of {keeper} ({REGISTER} knows it)"
