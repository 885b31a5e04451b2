"""`promptfit screen web=true`: the same by drag and drop, on a page that only this machine can open."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig

from promptfit.answer.answerer import Answerer
from promptfit.commands.screen import keep, plan, screened, verdict
from promptfit.commands.screen.page_guard import MOST, PageGuard
from promptfit.commands.shared import models, tables
from promptfit.data.images import several_pages
from promptfit.report.page import screen_part
from promptfit.report.screening import VERDICTS, Screening
from promptfit.report.words import words
from promptfit.types import PromptfitError

if TYPE_CHECKING:
    import gradio as gr

HOST = "127.0.0.1"
_FONTS = ["system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]


def serve(cfg: DictConfig, models: Mapping[str, DictConfig]) -> None:
    """Serves the page until Ctrl-C.

    Args:
        cfg: The configuration; `port` and `language` are the page's.
        models: Those that are chosen when the page opens; all of conf/model can be.

    Raises:
        PromptfitError: Gradio is not installed, or the port is taken.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    try:
        import_module("gradio")
    except ImportError as error:
        remedy = "install the extra: uv pip install 'promptfit[web]' (in a checkout: uv pip install -e '.[web]')"
        raise PromptfitError(f"web=true needs gradio, which is not installed; {remedy}") from error
    with TemporaryDirectory(prefix="promptfit-") as uploads:  # a person's documents do not stay behind
        os.environ["GRADIO_TEMP_DIR"] = uploads
        demo = page(Desk(cfg, models))
        _launch(demo, int(cfg.port))
        tables.say(f"screening on http://{HOST}:{cfg.port} (Ctrl-C ends it)")
        with suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)
        demo.close(verbose=False)


def _launch(demo: gr.Blocks, port: int) -> None:
    import gradio as gr
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    guards = [Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"]), Middleware(PageGuard)]
    try:
        demo.launch(
            server_name=HOST,
            server_port=port,
            share=False,
            quiet=True,
            prevent_thread_lock=True,
            ssr_mode=False,
            enable_monitoring=False,
            mcp_server=False,
            footer_links=[],
            max_file_size=MOST,
            app_kwargs={"middleware": guards},
            theme=gr.themes.Default(primary_hue="blue", font=_FONTS, font_mono=["monospace"]),
            css=".gradio-container { max-width: 1180px !important; margin: 0 auto !important; }",
        )
    except OSError as error:
        raise PromptfitError(f"port={port}: {error}; name another one, port=7861") from error


class Desk:
    """What the page does: asks, and keeps verdicts. Answerers stay loaded as long as they are chosen."""

    def __init__(self, cfg: DictConfig, models: Mapping[str, DictConfig]) -> None:
        self.cfg, self.words = cfg, words(cfg.language)
        self.chosen = list(models)
        self._models, self._loaded = dict(models), dict[str, Answerer]()

    @property
    def known(self) -> list[str]:
        """Answerers to choose from."""
        return list(dict.fromkeys([*self.chosen, *models.known()]))

    def ask(self, images: Sequence[Path], questions: Sequence[str], names: Sequence[str]) -> tuple[Screening, Path]:
        """Asks every answerer every question.

        Returns:
            The screening and its page, which is written.

        Raises:
            PromptfitError: No or too many images, no question, no answerer, or an image that can't be read.
        """
        shown = plan.checked(images, questions)
        if said := several_pages(shown.typed):
            import gradio as gr

            gr.Warning(*said)
        if not names:
            raise PromptfitError("no model is chosen; choose at least one")
        self._loaded = {name: answerer for name, answerer in self._loaded.items() if name in names}
        chosen = {name: self._models.get(name) or models.composed("models", name) for name in names}
        self._models.update(chosen)
        candidates = [
            screened.candidate(self.cfg, name, model, shown.questions, partial(self._build, name))
            for name, model in chosen.items()
        ]
        found = Screening(datetime.now().astimezone(), shown.questions, tuple(candidates))
        path = keep.page_of(found)
        keep.write_page(path, found, self.cfg.language)
        return found, path

    def judge(self, found: Screening, path: Path, verdicts: Sequence[str], notes: Sequence[str]) -> Screening:
        """Keeps a verdict and a note for each answerer, in their order."""
        judged = tuple(
            replace(one, verdict=judgement, note=verdict.clean(note))
            for one, judgement, note in zip(found.candidates, verdicts, notes, strict=True)
        )
        found = replace(found, candidates=judged)
        keep.keep(self.cfg, path, found, judged, None)
        return found

    def _build(self, name: str, model: DictConfig) -> Answerer:
        if name not in self._loaded:
            self._loaded[name] = screened.built(model)
        return self._loaded[name]


def page(desk: Desk) -> gr.Blocks:
    """The page itself."""
    import gradio as gr

    w = desk.words

    def ask(gallery: list[tuple[str, str | None]] | None, text: str, names: list[str]) -> tuple[Any, str]:
        try:
            asked = desk.ask([Path(path) for path, _ in gallery or []], _lines(text), names)
        except PromptfitError as fault:
            raise gr.Error(str(fault), print_exception=False) from fault
        return asked, screen_part(asked[0], desk.cfg.language)

    with gr.Blocks(title=w["title"], analytics_enabled=False, fill_width=True) as demo:
        gr.Markdown(f"# {w['title']}")
        state = gr.State(None)
        with gr.Row():
            images = gr.Gallery(
                label=w["drop"],
                type="filepath",
                file_types=["image"],
                interactive=True,
                height=300,
                object_fit="contain",
                columns=3,
                elem_id="images",
            )
            with gr.Column():
                questions = gr.Textbox(label=w["questions"], lines=4, elem_id="questions")
                names = gr.Dropdown(
                    desk.known, value=desk.chosen, multiselect=True, label=w["models"], elem_id="models"
                )
                button = gr.Button(w["ask"], variant="primary", elem_id="ask")
        answers = gr.HTML(elem_id="answers", apply_default_css=False)
        button.click(ask, [images, questions, names], [state, answers], concurrency_limit=1)

        @gr.render(inputs=state)
        def verdicts(asked: tuple[Screening, Path] | None) -> None:
            if asked is None:
                return
            chosen, notes = [], []
            for one in asked[0].candidates:
                with gr.Row(equal_height=True, elem_classes="verdict"):
                    choices = [(w[verdict], verdict) for verdict in VERDICTS]
                    about, why = f"{one.answerer}: {w['verdict']}", f"{one.answerer}: {w['note']}"
                    chosen.append(gr.Radio(choices, value=one.verdict, label=about, interactive=True, min_width=280))
                    notes.append(gr.Textbox(label=why, interactive=True, min_width=280))
            button = gr.Button(w["save"], elem_id="save")
            said = gr.Markdown(elem_id="saved")

            def save(*values: str) -> str:
                half = len(values) // 2
                try:
                    desk.judge(*asked, values[:half], values[half:])
                except PromptfitError as fault:
                    raise gr.Error(str(fault), print_exception=False) from fault
                return f"{w['saved']}; {w['page']}: `{tables.shown(asked[1])}`"

            button.click(save, [*chosen, *notes], said, concurrency_limit=1)

    return demo


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
