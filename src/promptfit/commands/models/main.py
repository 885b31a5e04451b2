"""`promptfit models`: what is shipped, who has a key, what it costs, what is announced to end, what is served now."""

from __future__ import annotations

from datetime import UTC, datetime

from omegaconf import DictConfig

from promptfit.commands.models import show
from promptfit.commands.models.plan import Shipped, shipped
from promptfit.commands.shared import tables


def main(cfg: DictConfig) -> list[Shipped]:
    """Lists the YAMLs of conf/model and conf/generator; with `live=true` asks servers and APIs what they serve.

    Only those are asked whose key is there, or who want none; nothing of any data set is sent.
    """
    found = shipped()
    said = show.ask(found) if cfg.live else None
    for group, title in (("model", "Answerers (model=)"), ("generator", "Generators (generator=)")):
        tables.console().print(show.table(title, [one for one in found if one.group == group], said))
    tables.say(
        "price: of a million tokens, from the YAML or litellm's table; ends: as that table has it announced, or empty"
    )
    tables.say(*show.ended(found, datetime.now(UTC).date()))
    return found
