"""Images of a hub's data set that its rows name by their files there: they are fetched, from that data set alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from promptfit.support.files.image_file import megapixels

_BYTES = 8
_PLACE = "hf://datasets/"


class HubImages:
    """Fetches images of one data set.

    Args:
        name: Its name on the hub.
    """

    def __init__(self, name: str) -> None:
        self._own = (f"{_PLACE}{name}@", f"{_PLACE}{name}/")

    def row(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The row, in which an image that is named by a file of this data set has its bytes."""
        return {name: self._fetched(value) for name, value in said.items()}

    def _fetched(self, value: Any) -> Any:
        if not isinstance(value, Mapping) or value.get("bytes") is not None:
            return value
        path = value.get("path")
        if not isinstance(path, str) or not path.startswith(self._own) or ".." in path.split("/"):
            return value
        from huggingface_hub import HfFileSystem

        with HfFileSystem().open(path, "rb") as file:
            return {"bytes": file.read(int(megapixels() * 1e6 * _BYTES) + 1), "path": path}
