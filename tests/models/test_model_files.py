"""Digests of models: of their own files, whatever Snakemake or a person puts beside them."""

import shutil

import predict
from stiltcal.formats.items import write_items
from stiltcal.models.encoder import model_files
from stiltcal.models.prediction import Predictor

from .made import LENGTHS, SOURCE, make


def test_hidden_files_and_folders_make_no_cell_anew(trained, tmp_path, monkeypatch):
    model = tmp_path / "model"
    shutil.copytree(trained("qa"), model)
    items, asked, predict_cells = str(tmp_path / "items.parquet"), [], Predictor.predict
    write_items(items, "qa", make("qa", 6))

    def counted(self, sources, fitted, tell):
        asked.extend(source.perturbation for source in sources)
        return predict_cells(self, sources, fitted, tell)

    def run() -> list[str]:
        asked.clear()
        predict.predict_target(
            model=str(model),
            dev=[("clean", "en", items)],
            perturbed=[("clean", "en", items)],
            output=str(tmp_path / "predictions.parquet"),
            dev_output=str(tmp_path / "dev.parquet"),
            temperature=str(tmp_path / "t.json"),
            **{"kind": "qa", "lengths": LENGTHS, **SOURCE},
        )
        return list(asked)

    monkeypatch.setattr(Predictor, "predict", counted)
    assert run() == ["clean"]
    (model / ".snakemake_timestamp").touch()
    (model / "notes").mkdir()
    assert run() == []
    assert not {"notes", ".snakemake_timestamp"} & {path.split("/")[-1] for path in model_files(model)}
    (model / "settings.json").write_text("{}")
    assert run() == ["clean"]
