"""What is shipped is listed: where, whose key, at what price, until when; and, when asked, what is served now."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import yaml

import scripted_server
from promptfit.cli import main
from promptfit.commands.models.plan import shipped
from promptfit.commands.models.show import ended
from promptfit.support.http import price_table

KEY = "sk-planted-7f3e9c1b5a"


def row(out: str, name: str) -> str:
    """The cells of a YAML's row, which may go over several lines."""
    lines = out.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith(f"│ {name} "))
    more = next(place for place, line in enumerate(lines[start + 1 :]) if not line.startswith("│  "))
    cells = zip(*(line.strip("│").split("│") for line in lines[start : start + 1 + more]), strict=True)
    return "|".join("".join(part.strip() for part in parts) for parts in cells)


def write(home: Path, group: str, name: str, **settings: object) -> None:
    own = settings if group == "generator" else {"answerer": settings}
    node = {"defaults": ["_chat", "_self_"], "name": name, **own}
    (home / "conf" / group / f"{name}.yaml").write_text(yaml.safe_dump(node), "utf-8")


def test_every_yaml_is_listed_with_what_there_is_to_know(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENROUTER_API_KEY", raising=False)
    write(home, "model", "Unpriced", model="nobody-s", base_url="https://api.example.org/v1")
    assert main(["models"]) == 0
    out = capsys.readouterr().out
    for group in ("model", "generator"):
        assert all(f"│ {path.stem}" in out for path in (home / "conf" / group).glob("[!_]*.yaml"))
    assert row(out, "GPT4o") == "GPT4o|API|gpt-4o|api.openai.com|OPENAI_API_KEY (present)|2.5, 10|2027-01-14"
    assert row(out, "Unpriced") == "Unpriced|API|nobody-s|api.example.org||not known|"
    assert row(out, "docvlm-tiny") == "docvlm-tiny|transformers|models/docvlm-tiny||||"
    assert "(notset)" in row(out, "Qwen3-VL-235B").replace(" ", "") and "0, 0" in row(out, "server")
    assert KEY not in out and "served now" not in out


def test_whoever_can_be_asked_says_what_is_served_now(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for entry in shipped():
        if entry.access:  # nothing but the test's own server is asked
            (home / "conf" / entry.group / f"{entry.name}.yaml").unlink()
    with scripted_server.running() as server:
        monkeypatch.setenv("PLANTED_KEY", KEY)
        write(home, "model", "one", model="scripted", base_url=server.url, key_variable="PLANTED_KEY")
        write(home, "model", "retired", model="scripted-4.5", base_url=server.url)
        write(home, "generator", "keyless", model="scripted", base_url=server.url, key_variable="NO_SUCH_KEY")
        write(home, "generator", "away", model="scripted", base_url="http://127.0.0.1:9/v1")
        assert main(["models", "live=true"]) == 0
        assert not server.calls(), "no call of a model"
    out = capsys.readouterr().out
    assert row(out, "one").endswith("|yes")
    assert row(out, "retired").replace(" ", "").endswith("|no,of1;nearit:scripted")
    assert row(out, "keyless").replace(" ", "").endswith("|notasked:nokey")
    assert "doesnotsay(nobodyisthere" in row(out, "away").replace(" ", "")
    assert KEY not in out


def test_what_has_ended_is_told(home: Path) -> None:
    write(home, "model", "old", model="gpt-4-turbo")
    assert [one for one in ended(shipped(), date(2026, 11, 26)) if "gpt-4-turbo was announced to end on" in one]
    assert not ended(shipped(), date(2025, 1, 1))


def test_nothing_that_is_shipped_has_ended_or_lacks_a_price(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMPTFIT_HOME", str(Path(__file__).parents[2]))
    behind = [one for one in shipped() if one.access]
    assert len(behind) > 15 and all(one.price for one in behind)
    assert not ended(behind, date(2026, 11, 26))


def test_an_alias_ends_with_the_last_of_its_snapshots(monkeypatch: pytest.MonkeyPatch) -> None:
    dates = {
        "a-2024-05-13": "2026-10-23",
        "a-2024-08-06": "2027-01-14",
        "b-2025-01-01": "2026-12-11",
        "b-2025-02-02": "",
    }
    known = {name: {"deprecation_date": end} for name, end in dates.items()} | {"c": {"deprecation_date": "2027-04-01"}}
    monkeypatch.setattr(price_table, "table", lambda: json.loads(json.dumps(known)))
    assert [price_table.announced_end(name) for name in ("a", "b", "c", "d")] == ["2027-01-14", "", "2027-04-01", ""]


def test_a_yaml_that_can_not_be_read_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "conf/generator/broken.yaml").write_text("name: [", "utf-8")
    assert main(["models"]) == 1
    assert "broken.yaml: cannot be read" in capsys.readouterr().err
