"""What a search needs to ask a generator, out of its configuration; and what that may take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple

from omegaconf import DictConfig

from promptfit.build import instantiate
from promptfit.commands.shared import composed
from promptfit.commands.shared.private_results import privacy_of
from promptfit.commands.shared.racing import racing_of
from promptfit.data.reader import Dataset
from promptfit.data.schemas.dataset_schema import Schema
from promptfit.data.schemas.described import described
from promptfit.generate.author import Author
from promptfit.generate.brief import brief_of
from promptfit.generate.cached_generator import CachedGenerator, CompletionCache
from promptfit.generate.generator import Generator
from promptfit.generate.spending import Limits, Spending
from promptfit.generate.start import read_start
from promptfit.paths import resolve
from promptfit.search.search_rules import SearchRacing, SearchRules
from promptfit.types import Field, Prompt, PromptfitError, Sample


def kept_generator(cfg: DictConfig, data: Dataset) -> CachedGenerator:
    """The generator, with what it has completed before.

    Raises:
        PromptfitError: The data set is private and the generator elsewhere.
    """
    generator: Generator = instantiate(cfg.generator)
    return CachedGenerator(generator, CompletionCache(resolve(cfg.store)), privacy_of(cfg, data))


def author_of(
    cfg: DictConfig, generator: CachedGenerator, samples: Mapping[Field, Sequence[Sample]], schema: Schema
) -> Author:
    """Who asks the generator for the fields of the search split.

    Raises:
        PromptfitError: The generator is not shown as many images as `mistake_images=` says.
    """
    limits = Limits(cfg.budget.calls, cfg.budget.tokens, cfg.budget.money)
    told = {field: described(schema, field.doc_type) if field.is_record else [] for field in samples}
    briefs = {
        field: brief_of(field, cfg.model.name, own, cfg.seed, vision=generator.vision, schema=told[field])
        for field, own in samples.items()
    }
    asking, spending = instantiate(cfg.metaprompt), Spending(limits, list(samples))
    return Author(generator, asking, spending, briefs, mistake_images=_mistake_images(cfg))


def _mistake_images(cfg: DictConfig) -> int:
    if isinstance(cfg.mistake_images, bool) or not isinstance(cfg.mistake_images, int):
        raise PromptfitError(f"mistake_images={cfg.mistake_images}: a number of images, 0 or more")
    return cfg.mistake_images


def start_of(cfg: DictConfig, data: Dataset, fields: Sequence[Field]) -> dict[Field, tuple[Prompt, ...]]:
    """The prompts that fields start from, out of the collections that the generator's configuration names."""
    return read_start([str(path) for path in cfg.generator.start or ()], data, fields)


def rules_of(cfg: DictConfig) -> SearchRules:
    """How the search decides.

    Raises:
        PromptfitError: A figure is out of its range, or the racing is not a search's.
    """
    if not (0 <= cfg.indifference < 1 and 0 <= cfg.margin < 1 and min(cfg.sample.runs, cfg.sample.least) >= 1):
        raise PromptfitError(
            f"indifference={cfg.indifference} margin={cfg.margin} sample.runs={cfg.sample.runs} "
            f"sample.least={cfg.sample.least}: a CER and a share from 0 to below 1, one run and one document or more"
        )
    racing = racing_of(cfg, "search", SearchRacing)
    return SearchRules(racing, cfg.indifference, cfg.margin, cfg.sample.runs, cfg.sample.least)


def estimate(cfg: DictConfig, author: Author, calls: int) -> str:
    """What the generator may take, in words.

    Args:
        cfg: The search's configuration.
        author: Knows what a first call of each field takes at most.
        calls: Calls a field, at most.
    """
    if not calls:
        return "a generator: none is asked"
    quotes = author.quotes().values()
    allowed = [calls * len(quotes), *([cfg.budget.calls] if cfg.budget.calls is not None else [])]
    share = min(allowed) / len(quotes)
    tokens = min(sum(one.tokens_in + one.tokens_out for one in quotes) * share, cfg.budget.tokens or float("inf"))
    money = min(sum(one.cost for one in quotes) * share, cfg.budget.money or float("inf"))
    return (
        f"{cfg.generator.name}: at most {min(allowed)} calls, some {tokens:,.0f} tokens, money {money:.2f} in the "
        "currency of its price (calls of the first round, times the rounds; later ones also hold mistakes)"
    )


def figures(author: Author) -> dict[str, float]:
    """What the generator took, and its useless replies by fault, as the run's metrics."""
    took = author.spending.spent()
    replies = {f"replies_{name.replace(' ', '_')}": float(count) for name, count in author.replies.items()}
    cut = {"replies_cut": float(author.cut)} if author.cut else {}
    return {**{f"generator_{name}": float(value) for name, value in asdict(took).items()}, **replies, **cut}


def summary(cfg: DictConfig, generator: CachedGenerator, author: Author, leaked: int) -> list[str]:
    """The same for the person; nothing where nobody was asked."""
    took = author.spending.spent()
    lines = [f"{leaked} proposed prompts gave a true answer away and were not asked"] if leaked else []
    if took.calls:
        tokens = took.tokens_in + took.tokens_out
        lines.append(
            f"{generator.name}: {took.calls} calls ({generator.kept} kept from before), {tokens} tokens, "
            f"{took.seconds:.0f} s, money {took.cost:.4f}"
        )
    if author.replies:
        lines.append("replies at fault: " + ", ".join(f"{count} {name}" for name, count in author.replies.items()))
    if author.cut:
        limit, file = cfg.generator.get("max_tokens"), composed.choice("generator", str(cfg.generator.name))
        lines.append(
            f"{author.cut} of {took.calls} replies were cut off at max_tokens={limit}, which a model's thoughts use "
            f"up, too: raise it (generator.max_tokens=, or max_tokens in conf/generator/{file}.yaml)"
        )
    return lines


CALLS = ("field", "asked", "images", "replied", "tokens_in", "tokens_out", "seconds", "cost", "ended", "model")


def calls(author: Author) -> list[list[object]]:
    """Every call with its reply and price, as rows of the run's table; ``CALLS`` are its columns."""
    return [[one.field.name, one.asked, one.images, *astuple(one.completion)] for one in author.calls()]
