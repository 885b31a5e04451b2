"""What is said of checkpoints that cannot be loaded, before any weights are."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from transformers import AutoModelForImageTextToText

from parted import answered
from promptfit.answer.local import loadable, loading, loading_word
from promptfit.answer.local.loaded import Loaded
from promptfit.answer.local.local_answerer import LocalAnswerer
from promptfit.answer.vllm.offline_answerer import OfflineAnswerer
from promptfit.types import PromptfitError, Request

needs_peft = pytest.mark.skipif(find_spec("peft") is None, reason="peft is not installed")
needs_accelerate = pytest.mark.skipif(find_spec("accelerate") is None, reason="accelerate is not installed")


@pytest.fixture
def copy(tiny: Callable[[str], Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny("qwen2_vl"), tmp_path / "model"))


def _change(folder: Path, **more: Any) -> Path:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | more))
    return folder


def _load(folder: Path, **settings: Any) -> Loaded:
    told: dict[str, Any] = {"device": "cpu", "max_new_tokens": 4} | settings
    return Loaded(LocalAnswerer(str(folder), **told))


def _weights(folder: Path) -> Path:
    return folder / "model.safetensors"


def _cut(folder: Path) -> None:
    _weights(folder).write_bytes(_weights(folder).read_bytes()[:-1])


def _cut_in_the_header(folder: Path) -> None:
    _weights(folder).write_bytes(_weights(folder).read_bytes()[:100])


def _empty(folder: Path) -> None:
    _weights(folder).write_bytes(b"")


def _pointer(folder: Path) -> None:
    _weights(folder).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")


def _shard_missing(folder: Path) -> None:
    index = {"weight_map": {"a": "model.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def _half_a_download(folder: Path) -> None:
    (folder / ".cache/huggingface/download").mkdir(parents=True)
    (folder / ".cache/huggingface/download/x.incomplete").touch()


HALVES: dict[Callable[[Path], None], str] = {
    _cut: r"model.safetensors has [\d,]+ of its [\d,]+ bytes",
    _cut_in_the_header: r"model.safetensors \(100 bytes\) is cut off",
    _empty: "cut off or no safetensors file",
    _pointer: "git lfs pull",
    _shard_missing: "model-00002-of-00002.safetensors is missing",
    _half_a_download: "x.incomplete is half a download",
}


@pytest.mark.parametrize("harm", HALVES, ids=lambda harm: str(harm.__name__))
def test_half_a_download_is_named(copy: Path, harm: Callable[[Path], None]) -> None:
    loadable.check_loadable(LocalAnswerer(str(copy), device="cpu"), {})
    harm(copy)
    with pytest.raises(PromptfitError, match=f"not all of it is here: .*{HALVES[harm]}.*go on with its download"):
        _load(copy)
    with pytest.raises(PromptfitError, match="not all of it is here"):
        loadable.check_loadable(OfflineAnswerer(str(copy)), {})


def test_a_checkpoint_for_text_is_refused_on_either_back_end(copy: Path) -> None:
    _change(copy, model_type="qwen2")
    for settings in (LocalAnswerer(str(copy), device="cpu"), OfflineAnswerer(str(copy))):
        with pytest.raises(PromptfitError, match="a qwen2 is no vision-language model"):
            loadable.check_loadable(settings, {})


def test_a_newer_transformers_is_named(copy: Path) -> None:
    _change(copy, model_type="qwen9_vl", transformers_version="9.1.0")
    with pytest.raises(PromptfitError, match=r"saved by transformers 9.1.0, and here is \d.*install -U transformers"):
        _load(copy)


METHODS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "awq": ({"bits": 4, "group_size": 16, "zero_point": True}, ["gptqmodel", "accelerate"]),
    "gptq": ({"bits": 4, "group_size": 16}, ["optimum", "gptqmodel", "accelerate"]),
    "fp8": ({"activation_scheme": "dynamic", "weight_block_size": [16, 16]}, ["accelerate"]),
    "bitsandbytes": ({"load_in_4bit": True}, ["bitsandbytes", "accelerate"]),
    "compressed-tensors": ({"format": "float-quantized"}, ["compressed-tensors", "accelerate"]),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("nested", [False, True])
def test_what_quantised_weights_need_is_named_at_once(
    method: str, nested: bool, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loadable, "find_spec", lambda name: None)
    more, packages = METHODS[method]
    told = {"quantization_config": more | {"quant_method": method}}
    text = json.loads((copy / "config.json").read_text("utf-8"))["text_config"]
    _change(copy, **({"text_config": text | told} if nested else told))
    with pytest.raises(
        PromptfitError, match=f"quantised by {method}; install .*: uv pip install {' '.join(packages)}$"
    ):
        _load(copy)


def test_a_method_that_transformers_does_not_know_is_refused(copy: Path) -> None:
    """It would warn only, take the weights for plain ones, and answer nonsense."""
    _change(copy, quantization_config={"quant_method": "of my own"})
    with pytest.raises(PromptfitError, match=r"by of my own, which transformers does not know; it knows .*awq"):
        _load(copy)


@needs_accelerate
def test_fp8_is_loaded(copy: Path, picture: Callable[..., tuple[Path, str]]) -> None:
    _change(copy, quantization_config=METHODS["fp8"][0] | {"quant_method": "fp8"})
    answers = LocalAnswerer(str(copy), device="cpu", max_new_tokens=2).answer([Request(*picture(1), "Номер")])
    assert answered(answers)[0].tokens_out


def _adapter(folder: Path, kind: str = "LORA") -> Path:
    """Weights for the value projections of qwen2_vl's two layers."""
    folder.mkdir()
    base = "base_model.model.model.language_model.layers"
    generator = torch.Generator().manual_seed(0)
    tensors = {
        f"{base}.{layer}.self_attn.v_proj.lora_{part}.weight": torch.randn(shape, generator=generator)
        for layer in range(2)
        for part, shape in (("A", (2, 48)), ("B", (48, 2)))
    }
    save_file(tensors, folder / "adapter_model.safetensors")
    told = {"peft_type": kind, "r": 2, "lora_alpha": 2, "target_modules": ["v_proj"], "base_model_name_or_path": "a/b"}
    (folder / "adapter_config.json").write_text(json.dumps(told))
    return folder


def test_an_adapter_is_no_checkpoint(tmp_path: Path) -> None:
    folder = _adapter(tmp_path / "lora")
    with pytest.raises(PromptfitError, match=f"is an adapter, no model: say `checkpoint: a/b` and `adapter: {folder}`"):
        _ = LocalAnswerer(str(folder), device="cpu").identity


def test_an_adapter_is_a_part_of_the_identity(copy: Path, tmp_path: Path) -> None:
    folder = _adapter(tmp_path / "lora")
    for back_end in (LocalAnswerer, OfflineAnswerer):
        plain, adapted = back_end(str(copy)).identity, back_end(str(copy), adapter=str(folder)).identity
        assert "adapter" not in json.loads(plain) and json.loads(adapted)["adapter"][0] == "lora"
        (folder / "adapter_config.json").write_text((folder / "adapter_config.json").read_text() + " ")
        assert back_end(str(copy), adapter=str(folder)).identity != adapted


def test_adapters_of_another_kind_and_missing_ones_are_named(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(PromptfitError, match="a LOHA adapter; both back ends take LoRA only"):
        _load(copy, adapter=str(_adapter(tmp_path / "loha", "LOHA")))
    with pytest.raises(PromptfitError, match="no adapter"):
        _load(copy, adapter=str(copy))


def test_peft_is_named_where_it_is_missing(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loadable, "find_spec", lambda name: None)
    with pytest.raises(PromptfitError, match="it has an adapter; install peft"):
        _load(copy, adapter=str(_adapter(tmp_path / "lora")))


@needs_peft
def test_an_adapter_changes_answers_alike_with_and_without_reuse(
    copy: Path, tmp_path: Path, picture: Callable[..., tuple[Path, str]]
) -> None:
    asked = [Request(*picture(1), prompt) for prompt in ("Номер", "Напиши Фамилия", "Дата")]

    def said(**settings: Any) -> list[str]:
        answerer = LocalAnswerer(str(copy), device="cpu", max_new_tokens=8, **settings)
        return [answer.text for _, answer in sorted(answered(answerer.answer(asked)).items())]

    adapter = str(_adapter(tmp_path / "lora"))
    assert said(adapter=adapter) != said()
    assert said(adapter=adapter, reuse_image=True) == said(adapter=adapter)


def test_a_folder_has_no_revisions(copy: Path) -> None:
    with pytest.raises(PromptfitError, match="a folder has no revisions"):
        _ = LocalAnswerer(str(copy), device="cpu", revision="v1").identity


def test_a_gpu_that_others_fill_is_told_before_gigabytes_are_read(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "check_driver", lambda otherwise: None)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (1000, 80 * 2**30))
    with pytest.raises(PromptfitError, match=r"cuda:1 has no room for it \(0.0 of its 80.0 GiB are free.*nvidia-smi"):
        _load(copy, device="cuda:1", dtype="float32")


@pytest.mark.parametrize(("dtype", "fits"), [("float32", False), ("bfloat16", True)])
def test_the_room_is_that_of_the_number_format(
    copy: Path, dtype: str, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The weights are saved in float32; a little over half of that is free."""
    free = _weights(copy).stat().st_size * 6 // 10
    monkeypatch.setattr(loading, "check_driver", lambda otherwise: None)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free, free))
    with pytest.raises(PromptfitError, match="cannot be loaded" if fits else "has no room for it"):
        _load(copy, device="cuda", dtype=dtype)  # there is none here


def test_memory_that_runs_out_while_loading_is_named(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB (scripted). GPU 0 has …")

    monkeypatch.setattr(AutoModelForImageTextToText, "from_pretrained", full)
    with pytest.raises(PromptfitError, match=r"cpu has no room for it \(CUDA out of memory\)"):
        _load(copy)


def test_a_large_model_is_announced_and_watched(
    copy: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO):
        _load(copy)
    assert not caplog.messages, "a small one needs no word"
    monkeypatch.setattr(loading_word, "GIB", 2**17)
    monkeypatch.setattr(loading_word, "EVERY", 0.0)
    with caplog.at_level(logging.INFO):
        _load(copy)
    assert caplog.messages[0].startswith("loading model: ") and "of weights, to cpu in float32" in caplog.messages[0]
    assert any(line.startswith("Loading weights: ") and line.endswith(" %") for line in caplog.messages)
    assert caplog.messages[-1].startswith("loaded in ")
    assert "Loading weights" not in capfd.readouterr().err, "the libraries' own bars would write into the search's"


def test_one_model_over_several_gpus_shares_no_image() -> None:
    with pytest.raises(PromptfitError, match="reuse_image: false"):
        LocalAnswerer("x", device="balanced", reuse_image=True)


@needs_accelerate
def test_one_model_over_several_devices_is_laid_out_by_accelerate(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "check_driver", lambda otherwise: None)
    assert _load(copy, device="balanced", dtype="float32").model.device.type == "cpu", "all that there is here"
