"""Mining is slow: each cell is mined once, however often thresholds, scalings and rows ask for its pairs."""

import predict
from stiltcal.formats.items import write_items
from stiltcal.models import retrieval

from .made import LENGTHS, make


def test_each_cell_is_mined_once(word_encoder, tmp_path, monkeypatch):
    mined, mine = [], retrieval.mine

    def counted(foreign, source):
        mined.append(len(foreign))
        return mine(foreign, source)

    monkeypatch.setattr(retrieval, "mine", counted)
    for name, number in (("dev", 12), ("test", 20)):
        write_items(tmp_path / f"{name}.parquet", "mining", make("mining", number))
    predict.predict_target(
        model=word_encoder,
        dev=[("clean", language, str(tmp_path / "dev.parquet")) for language in ("en", "qaa")],
        perturbed=[("clean", language, str(tmp_path / "test.parquet")) for language in ("en", "qaa")],
        output=str(tmp_path / "predictions.parquet"),
        dev_output=str(tmp_path / "dev_predictions.parquet"),
        temperature=str(tmp_path / "t.json"),
        kind="mining",
        lengths=LENGTHS,
        scalings=["source", "target", "platt"],
        dev_languages=["en", "qaa"],
    )
    assert sorted(mined) == [12, 12, 20, 20]
