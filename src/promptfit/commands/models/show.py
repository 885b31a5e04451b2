"""The table of what is shipped, and what its servers say that they serve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from rich.table import Table

from promptfit.commands.models.plan import Shipped
from promptfit.commands.shared import tables
from promptfit.support.http.faults import Permanent, Temporary
from promptfit.support.http.listing import listings
from promptfit.support.http.model_names import is_snapshot, same

Said = list[dict[str, Any]] | Temporary | Permanent
"""The models that an address lists, or why it does not say."""


def table(title: str, entries: Sequence[Shipped], said: Mapping[str, Said] | None) -> Table:
    """One row a YAML.

    Args:
        title: What they are.
        entries: The YAMLs.
        said: What addresses serve; None where nobody was asked.
    """
    columns = ("name", "kind", "model", "where", "key", "price in, out", "ends")
    made = tables.headed(title, *columns, *(["served now"] if said is not None else []))
    for one in entries:
        row = (one.name, one.kind, one.model, _where(one), _key(one), _price(one), one.ends)
        made.add_row(*row, *([_served(one, said)] if said is not None else []))
    return made


def ask(entries: Sequence[Shipped]) -> dict[str, Said]:
    """Asks each address once, of those whose key is there."""
    said: dict[str, Said] = {}
    for access in (one.access for one in entries if one.access and one.has_key):
        if set(access.addresses) - said.keys():
            said |= listings(access)
    return said


def ended(entries: Sequence[Shipped], today: date) -> list[str]:
    """A word on each of those whose end is past."""
    return [
        f"careful: {one.access.config}: {one.model} was announced to end on {one.ends}; another model may answer "
        "in its place, or nobody: name one that is served"
        for one in entries
        if one.access and one.ends and one.ends <= today.isoformat()
    ]


def _where(one: Shipped) -> str:
    return ", ".join(urlsplit(address).netloc for address in one.access.addresses) if one.access else ""


def _key(one: Shipped) -> str:
    if one.access is None or one.access.variable is None:
        return ""
    return f"{one.access.variable} ({'present' if one.has_key else 'not set'})"


def _price(one: Shipped) -> str:
    if one.access is None:
        return ""
    return f"{one.price.input:g}, {one.price.output:g}" if one.price else "not known"


def _served(one: Shipped, said: Mapping[str, Said]) -> str:
    if one.access is None:
        return ""
    if not one.has_key:
        return "not asked: no key"
    told = dict.fromkeys(_of(one.model, said[address]) for address in one.access.addresses)
    return "; ".join(told)


def _of(model: str, listed: Said) -> str:
    if isinstance(listed, Temporary | Permanent):
        return f"does not say ({listed})"
    names = [str(one.get("id", "")) for one in listed]
    if any(same(model, name) for name in names):
        return "yes"
    if dated := [name for name in names if is_snapshot(model, name)]:
        return f"as {', '.join(dated)}"
    near = get_close_matches(model, names, n=3, cutoff=0.5)
    return f"no, of {len(names)}" + (f"; near it: {', '.join(near)}" if near else "")
