"""The commands in the order of work, each with the words and keys that are its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Key:
    """A key that one command has, beside those of conf/config.yaml."""

    help: str
    default: str = "null"
    """As Hydra reads it."""


@dataclass(frozen=True, slots=True)
class Command:
    """A stage, imported when it is chosen."""

    stage: str
    """A module with `main(cfg)`."""
    help: str
    words: tuple[str, ...] = ()
    """Keys that may be given as bare words, in this order."""
    rest: str = ""
    """A key that takes all further bare words, as a list."""
    keys: Mapping[str, Key] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    config: str = "config"
    """The file in conf/ that is composed."""
    group: str = ""
    """A group of configurations whose keys may be said without its name: `image=` for `format.image=`."""
    shows: bool = False
    """Whether `show=true` is the stage's own, instead of printing the composed configuration."""


_INTO = Key("the folder to write to; the data set's or collection's own name is kept unless name= is given")

COMMANDS: dict[str, Command] = {
    "synth": Command(
        "promptfit.commands.synth",
        "draw the data sets data/mini, data/large and data/diverse anew",
        examples=("promptfit synth && dvc commit data.dvc",),
    ),
    "train": Command(
        "promptfit.commands.train",
        "train the built-in model docvlm-tiny (hours on a CPU; goes on where it was stopped)",
        examples=("promptfit train",),
        config="train",
    ),
    "import": Command(
        "promptfit.commands.convert.import_",
        "take over a data set (of tables, Label Studio, SROIE, FUNSD, …) or a prompt collection",
        words=("format", "source"),
        keys={
            "source": Key("a file or a folder; of huggingface a name of the hub, too"),
            "into": _INTO,
            "name": Key("its new name"),
        },
        examples=(
            "promptfit import table scans.xlsx dry_run=true",
            "promptfit import table scans.xlsx image=Файл fields=[Фамилия,Имя] doc_type=паспорт",
            "promptfit import table values.csv images='scans/{Номер}_*.jpg' field=Поле answer=Значение",
            "promptfit import label_studio export.json images=scans",
            "promptfit import vlmhyperbench ~/VLMHyperBench/data/SNILS",
            "promptfit import table --help",
        ),
        config="import",
        group="format",
    ),
    "check": Command(
        "promptfit.commands.check.main",
        "what is odd in a data set (images, true values, boxes, types, copies), as a table and a page with images",
        words=("source",),
        keys={
            "source": Key("a data set's folder; the one of dataset= if none is given"),
            "ocr": Key("true looks each true value up on its page by tesseract; null does so where it is installed"),
            "languages": Key("ocr: of the pages, as tesseract names them", "[rus, eng]"),
            "pages": Key("ocr: how many pages at most, the first ones", "300"),
            "language": Key("of the page: ru or en", "ru"),
            "strike": Key("rows to move out of annotation.csv into struck.csv, by their numbers"),
            "state": Key("strike: of the annotation that has these numbers; the page says it"),
        },
        examples=(
            "promptfit check datasets/SNILS",
            "promptfit check datasets/SNILS ocr=false language=en",
            "promptfit check datasets/SNILS strike=[3,17] state=1a2b3c4d",
        ),
    ),
    "export": Command(
        "promptfit.commands.convert.export",
        "hand a data set or a prompt collection over to another format",
        words=("format", "source"),
        keys={
            "source": Key("a data set's folder, or a collection's CSV"),
            "into": _INTO,
            "name": Key("its new name"),
        },
        examples=("promptfit export vlmhyperbench prompts/docvlm-tiny/docvlm-tiny_sep_edits.csv",),
        config="export",
    ),
    "schema": Command(
        "promptfit.commands.schema",
        "what the fields of a data set are (dates, sums, codes, …), as a schema.yaml to be corrected",
        words=("source",),
        keys={
            "source": Key("a data set's folder; the one of dataset= if none is given"),
            "like": Key("a JSON Schema's file, or a Pydantic model by its dotted name, whose module is run"),
            "doc_type": Key("like: the document type that it is of, where there are several"),
        },
        examples=(
            "promptfit schema",
            "promptfit schema data/mini > schema.yaml",
            "promptfit schema datasets/SNILS like=snils.schema.json",
            "promptfit schema datasets/passports like=shop.models.Passport doc_type=passport",
        ),
    ),
    "models": Command(
        "promptfit.commands.models.main",
        "the answerers and generators that there are: where, whose key, what they cost, what is announced to end",
        keys={"live": Key("ask servers, and APIs whose key is there, what they serve now", "false")},
        examples=("promptfit models", "promptfit models live=true"),
    ),
    "screen": Command(
        "promptfit.commands.screen.main",
        "stage 0: look at what models make of one to three images; keep whether they are worth more",
        rest="what",
        keys={
            "what": Key("images and questions as bare words: what is a file, or ends like an image, is an image"),
            "images": Key("one image or a list of up to three; images of the data set if none is given"),
            "questions": Key("one question or a list of them; the data set's own if none is given"),
            "count": Key("how many images of the data set, if none is given: 1 to 3", "3"),
            "models": Key("a name or a list of names out of conf/model to compare; model= if none is given"),
            "verdict": Key("y, n or ? (or a list, one a model); asked at the terminal if it is not given"),
            "note": Key("why; asked at the terminal, too"),
            "language": Key("of the page: ru or en", "ru"),
            "web": Key("a page on this machine instead, to drop images on (needs the extra `web`)", "false"),
            "port": Key("web: where to serve it", "7860"),
        },
        examples=(
            "promptfit screen",
            'promptfit screen photo.jpg "Какая фамилия указана в документе?" models=[docvlm-tiny,Qwen2-VL-2B]',
            'promptfit screen field="passport Фамилия" count=1 verdict=y note="читает фамилии"',
            "promptfit screen ask=record count=1",
            "promptfit screen web=true",
        ),
    ),
    "try": Command(
        "promptfit.commands.try_",
        "measure one prompt, or a whole collection, at once; save=<label> keeps it",
        words=("prompt",),
        keys={
            "prompt": Key("the text to try; a bare word is taken for it"),
            "collection": Key("a CSV of prompts to try instead"),
            "save": Key("measure on the holdout, once, and keep under this label"),
            "worst": Key("how many of the worst answers to show", "5"),
        },
        examples=(
            'promptfit try "Напиши Фамилия" field="passport Фамилия"',
            'promptfit try "Напиши СНИЛС. Только цифры" field=СНИЛС save=мой-ярлык',
            "promptfit try collection=prompts/docvlm-tiny/docvlm-tiny_sep_edits.csv",
            'promptfit try "Верни JSON. Только JSON" field="passport *"',
        ),
    ),
    "search": Command(
        "promptfit.commands.search.main",
        "stage 1: search the best prompt of every field for one answerer",
        examples=(
            "promptfit search model=docvlm-tiny generator=edits",
            "promptfit search generator=GPT4o budget.money=2 dry_run=true",
            "promptfit search -m generator=GPT4o,DeepSeek,Qwen2-VL-72B strategy=feedback,textgrad",
            "promptfit search generator=paste generator.name=ChatGPT",
            'promptfit search field="passport Фамилия" budget.per_field=800',
            "promptfit search ask=record",
            "promptfit search -m model=docvlm-tiny,Qwen2-VL-2B",
            "promptfit search -m seed=0,1,2 label='edits-${seed}' hydra/launcher=joblib hydra.launcher.n_jobs=2",
            "promptfit search model=Qwen2-VL-7B model.answerer.batch_size=4 dry_run=true",
        ),
    ),
    "compare": Command(
        "promptfit.commands.compare.main",
        "the searches of one answerer side by side: fields x labels, what each took, and which is best where",
        keys={
            "labels": Key("one label or a list of them; null is all; the table goes to prompts/<model>/compare.md, too")
        },
        examples=(
            "promptfit compare",
            "promptfit compare model=Qwen2-VL-2B labels=[GPT4o,GPT4o+textgrad,edits]",
            'promptfit compare field="passport Фамилия"',
        ),
    ),
    "select": Command(
        "promptfit.commands.select.main",
        "stage 2: choose the best prompt of every field out of all collections of one answerer, on large data",
        examples=(
            "promptfit select dry_run=true",
            "promptfit select model=docvlm-tiny",
            "promptfit select labels=[edits,GPT4o] collections=[prompts/handwritten/short.csv]",
            'promptfit select field="passport Фамилия" racing=off',
            "promptfit select ask=both",
            "promptfit select -m model=docvlm-tiny,Qwen2-VL-2B",
        ),
        config="select",
    ),
    "read": Command(
        "promptfit.commands.read.main",
        "read new documents with the best prompts: a row a document, as CSV, JSON lines or Excel",
        words=("source", "out"),
        keys={
            "source": Key("an image, or a folder of images; folders in it may be named by document types"),
            "out": Key("where to write: .csv, .jsonl or .xlsx"),
        },
        examples=(
            "promptfit read scans/ read.csv doc_type=passport",
            "promptfit read scans/ read.jsonl ask=both",
            "promptfit read scan.jpg read.xlsx collection=prompts/docvlm-tiny/docvlm-tiny_sep_edits.csv",
        ),
        config="read",
    ),
    "leaderboard": Command(
        "promptfit.commands.leaderboard.main",
        "the answerers ranked by their best prompts, from selection/*/selection.json",
        keys={"models": Key("one answerer or a list of them; null is all; the table goes to selection/, too")},
        examples=("promptfit leaderboard", "promptfit leaderboard models=[docvlm-tiny,Qwen2-VL-2B]"),
    ),
    "augment": Command(
        "promptfit.commands.augment",
        "the image operations: list them, or draw the contact sheet of all of them at every severity",
        keys={
            "image": Key("an image to work on; one of the data set if none is given"),
            "into": Key("where the sheet goes", "augmentations.png"),
        },
        examples=("promptfit augment", "promptfit augment show=true", "promptfit augment show=true image=скан.jpg"),
        config="stress",
        shows=True,
    ),
    "stress": Command(
        "promptfit.commands.stress.main",
        "stage 3: what blur, noise, glare, folds and less resolution cost the best prompts; which errors, and why",
        examples=(
            "promptfit stress dry_run=true",
            "promptfit stress model=docvlm-tiny documents=10 severities=[1,3,5]",
            "promptfit stress augmentation=[defocus,glare] baseline=tesseract",
            "promptfit stress -m augmentation=defocus,glare,fold",
        ),
        config="stress",
    ),
    "look": Command(
        "promptfit.commands.look.main",
        "stage 3: does the model look at the right place, and does the answer depend on it",
        examples=("promptfit look dry_run=true", "promptfit look model=docvlm-tiny documents=20 fills=[gray,blur]"),
        config="look",
    ),
    "report": Command(
        "promptfit.commands.report",
        "one page to sit down with: prompts, errors, weak points and growth points, from the stages' files alone",
        keys={
            "language": Key("of the page: ru, en or a list", "[ru, en]"),
            "partial": Key("make the page without the studies that are missing; it says so", "false"),
        },
        examples=("promptfit report", "promptfit report model=docvlm-tiny language=en"),
        config="report",
    ),
    "store": Command(
        "promptfit.commands.store",
        "the kept answers and completions: size and hits; `prune` forgets, `merge FILE` takes over another host's",
        words=("action", "source"),
        keys={
            "action": Key("show, prune or merge", "show"),
            "source": Key("merge: another store's file"),
            "what": Key("prune: answers of the answerer model=, or completions of generator=", "answers"),
            "older_than_days": Key("prune: only what is older than so many days"),
            "all": Key("prune: everybody's, not only those of the one that model= or generator= names", "false"),
        },
        examples=(
            "promptfit store",
            "promptfit store merge answers-of-node7.sqlite",
            "promptfit store prune what=completions all=true older_than_days=90",
        ),
    ),
    "ui": Command(
        "promptfit.commands.ui",
        "open MLflow's pages on this machine",
        keys={"port": Key("where to serve them", "5000")},
        examples=("promptfit ui", "promptfit ui port=5001"),
    ),
}
