"""CCGbank, which comes from a folder of the user."""

import pytest

from stiltcal.data.lock import read_record
from stiltcal.tasks.spec import TaskError

from .conftest import run


def test_ccg_needs_the_users_copy(tmp_path, mirror):
    with pytest.raises(TaskError, match=r"ccg: not found at the Hub\. Its licence .LDC.*your own copy"):
        run(mirror, tmp_path, "ccg", ["en"], source="hub")
    folder = mirror.folder / "ccg"
    folder.mkdir(parents=True)
    for split in ("train", "validation"):
        (folder / f"{split}.tsv").write_text("A\tnp/n\ngirl\tn\n\nruns\ts\n")
    record = read_record(run(mirror, tmp_path, "ccg", ["en"]))
    assert {name: entry["rows"] for name, entry in record.items()} == dict.fromkeys(
        ("ccg:default:train", "ccg:default:validation"), 2
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_ccg_with_a_byte_order_mark(tmp_path, mirror, encoding):
    folder = mirror.folder / "ccg"
    folder.mkdir(parents=True)
    for split in ("train", "validation"):
        (folder / f"{split}.tsv").write_bytes("café\tn\r\n\r\nruns\ts\r\n".encode(encoding))
    assert read_record(run(mirror, tmp_path, "ccg", ["en"]))["ccg:default:train"]["rows"] == 2


def test_ccg_in_another_encoding(tmp_path, mirror):
    folder = mirror.folder / "ccg"
    folder.mkdir(parents=True)
    for split in ("train", "validation"):
        (folder / f"{split}.tsv").write_bytes("café\tn\n".encode("latin-1"))
    with pytest.raises(TaskError, match=r"ccg/train\.tsv: is not UTF-8 .*iconv"):
        run(mirror, tmp_path, "ccg", ["en"])
