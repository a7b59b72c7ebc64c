"""The record of a job that makes many outputs: what is kept, and a record that is broken."""

import pytest

from stiltcal.support.reuse import outdated


@pytest.fixture
def outputs(tmp_path):
    """Two outputs, the first of which is up to date."""
    wanted = {str(tmp_path / name): f"digest of {name}" for name in ("a", "b")}
    with outdated(tmp_path / "made_from.json", wanted) as missing:
        for path in missing:
            with open(path, "w") as file:
                file.write("x")
    return wanted


def test_what_is_up_to_date_is_kept(tmp_path, outputs):
    changed = outputs | {str(tmp_path / "b"): "another digest"}
    with outdated(tmp_path / "made_from.json", changed) as missing:
        assert missing == [str(tmp_path / "b")]


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_of_a_broken_record_nothing_is_known(tmp_path, outputs, capsys, text):
    record = tmp_path / "made_from.json"
    record.write_text(text)
    with outdated(record, outputs) as missing:
        assert missing == list(outputs)
    assert f"{record}: broken; all outputs are made again" in capsys.readouterr().out
    with outdated(record, outputs) as missing:
        assert missing == []
