"""One step of the real `textgrad` package (arXiv 2406.07496), and nothing of what it does beside that.

Left alone, the package opens a log of all prompts and replies under ``./logs`` when it is imported, and keeps its
engine in a global. Here engines are passed, nothing is cached, and every step has a graph of its own, so that threads
can step side by side. A graph is one node behind the prompt, not one a sample joined by ``textgrad.sum``: that keeps
gradients in sets, which Python walks by memory address, so the same step would ask in another order each time it is
run, and no kept completion would ever be found.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable, Sequence
from typing import Any

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # litellm, which textgrad imports, would go online
with tempfile.TemporaryDirectory() as _folder:
    _before = os.environ.get("TEXTGRAD_LOG_DIR")
    os.environ["TEXTGRAD_LOG_DIR"] = _folder
    import textgrad
    from textgrad.autograd.string_based_ops import StringBasedFunction
    from textgrad.engine import EngineLM

    _log = logging.getLogger("textgrad")
    for _handler in [handler for handler in _log.handlers if isinstance(handler, logging.FileHandler)]:
        _log.removeHandler(_handler)
        _handler.close()
    _log.setLevel(logging.CRITICAL)  # it logs whole talks; what goes wrong is raised as well
    os.environ.pop("TEXTGRAD_LOG_DIR") if _before is None else os.environ.update(TEXTGRAD_LOG_DIR=_before)

Ask = Callable[[str, str], str]
"""Takes the system's text and the user's, and returns the reply."""


class GeneratorEngine(EngineLM):
    """Asks whoever it is bound to; keeps the last reply alone.

    Args:
        name: The model's, for textgrad's records.
        ask: Whom it is bound to.
    """

    def __init__(self, name: str, ask: Ask) -> None:
        self.model_string, self._ask = name, ask
        self.said = ""

    def generate(self, prompt: str, system_prompt: str | None = None, **settings: Any) -> str:
        """Returns the reply; temperature and length are the generator's own settings, not textgrad's."""
        self.said = self._ask(self.system_prompt if system_prompt is None else system_prompt, prompt)
        return self.said

    def __call__(self, prompt: str, system_prompt: str | None = None, **settings: Any) -> str:
        """What textgrad calls."""
        return self.generate(prompt, system_prompt)


class WholeVariable(textgrad.Variable):
    """A prompt that is shown whole: textgrad cuts what has more than twenty words, and has it improved unseen."""

    def get_short_value(self, n_words_offset: int = 10) -> str:
        """Returns the whole value."""
        return str(self.value)


class Descent:
    """A prompt with its gradient, ready to be improved.

    Making one asks the critic once: the loss goes backward to the prompt. Every ``step`` asks the optimizer once.

    Args:
        prompt: The text to improve.
        role: What the text is for; textgrad calls it the role description.
        loss: What the text led to, in words.
        purpose: What the loss measures.
        critic: The engine of the backward pass.
        optimizer: The engine of the step.
        constraints: What a new prompt has to keep to.
    """

    def __init__(
        self,
        prompt: str,
        role: str,
        loss: str,
        purpose: str,
        critic: GeneratorEngine,
        optimizer: GeneratorEngine,
        constraints: Sequence[str] = (),
    ) -> None:
        self._variable = WholeVariable(prompt, requires_grad=True, role_description=role)
        report = StringBasedFunction(lambda prompt: loss, purpose)
        measured = report({"prompt": self._variable}, "report of what the prompt led to")
        measured.backward(critic)
        self._descent = textgrad.TextualGradientDescent(
            engine=optimizer, parameters=[self._variable], constraints=list(constraints)
        )
        self._start, self._optimizer = prompt, optimizer

    def step(self) -> str:
        """Asks for an improved prompt, from the same start each time.

        Returns:
            The prompt in a block ``<prompt>…</prompt>``; the whole reply where textgrad finds no tags of its own in it.
        """
        self._variable.set_value(self._start)
        try:
            self._descent.step()
        except IndexError:
            return self._optimizer.said
        return f"<prompt>{self._variable.value}</prompt>"
