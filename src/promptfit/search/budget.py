"""What a search may spend, split over the fields before it starts."""

from __future__ import annotations

from collections.abc import Collection

from promptfit.types import Field


class Budget:
    """Logical requests (kept or new), a share for every field; one field never spends another's.

    Args:
        requests: Requests of the whole search. Every field gets the same share, the first ones one more
            where it does not divide evenly.
        fields: Who gets a share.
    """

    def __init__(self, requests: int, fields: Collection[Field]) -> None:
        self.requests = requests
        share, over = divmod(requests, max(1, len(fields)))
        self._left = {field: share + (place < over) for place, field in enumerate(fields)}
        self._spent = dict.fromkeys(fields, 0)

    def left(self, field: Field) -> int:
        """Returns the requests that the field may still spend."""
        return self._left[field]

    def spent(self, field: Field | None = None) -> int:
        """Returns what one field has spent, or all of them."""
        return sum(self._spent.values()) if field is None else self._spent[field]

    def share(self, field: Field) -> int:
        """Returns what the field had at first."""
        return self._left[field] + self._spent[field]

    def spend(self, field: Field, requests: int) -> None:
        """Takes requests from the field's share, before they are asked.

        Raises:
            ValueError: The share does not hold them; the caller asks ``left`` first.
        """
        if requests > self._left[field]:
            raise ValueError(f"{requests} requests for {field.name!r} with {self._left[field]} left")
        self._left[field] -= requests
        self._spent[field] += requests
