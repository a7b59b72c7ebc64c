"""The whole workflow on a tiny study: it runs, has nothing more to do, and reruns what a change touches and no more."""

import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from stiltcal.formats.items import read_items

ROOT = Path(__file__).parents[2]
TINY = {
    "intermediates": ["none", "mnli", "squad_v1"],
    "targets": ["xquad", "mlqa", "xnli", "udpos", "panx", "bucc", "tatoeba"],
    "languages": {"default": ["qaa", "qab", "qaf"]},
    "perturbations": ["clean", "shuffle_local-0.5", "mirror_tree-1.0", "reorder_like-qaf@V-1.0", "swap_arguments-1.0"],
    "miniature": {
        "sizes": {
            "default": {"train": 60, "dev": 20, "test": 20},
            "pawsx": {"train": 60},
            **{name: {"test": 20} for name in ("xquad", "mlqa", "udpos", "panx")},
        },
        "training": {
            "intermediate": {name: {"max_steps": 3} for name in ("default", "squad_v1")},
            "target": {name: {"max_steps": 3} for name in ("default", "squad_v1", "udpos", "panx")},
        },
    },
    "scores": {
        "resamples": 100,
        "metrics": ["ece_width_15", "brier"],
        "scalings": ["none", "source", "target", "mixed", "perturbed", "platt", "vector"],
        "correctness": ["exact_match", "f1"],
    },
    "report": {"perturbation": "mirror_tree-1.0"},
}


def snakemake(folder: Path, config: dict, *arguments: str) -> str:
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "--directory", str(folder), "--configfile", str(path), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout + done.stderr


def planned(text: str) -> set[str]:
    """The rules of a dry run, without the ending that names a task or train set."""
    endings = "|".join(path.stem for path in (ROOT / "tasks").glob("*.yaml"))
    return {re.sub(rf"_({endings}|encoder|all)$", "", name) for name in re.findall(r"rule (\w+):", text)}


@contextmanager
def moved_away(*paths: Path) -> Iterator[None]:
    """Rename files and folders inside this block. A plan that fails takes nothing away from the tests that follow."""
    with ExitStack() as back:
        for path in paths:
            back.callback(path.rename(path.with_suffix(".moved")).rename, path)
        yield


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    snakemake(folder, TINY, "--cores", "2", "--quiet")
    return folder


@pytest.mark.slow
def test_study_runs_to_its_report(finished):
    results = finished / "results"
    for name in (
        "primary.csv",
        "contrasts.csv",
        "scores.csv",
        "comparisons.csv",
        "claims.csv",
        "claims.md",
        "best_per_target.csv",
        "finding.md",
        "report.html",
        "tables/scores.tex",
    ):
        assert (results / name).stat().st_size > 0, name
    assert (results / "figures" / "calibration_change.pdf").read_bytes().startswith(b"%PDF")
    header, *rows = (results / "scores.csv").read_text(encoding="utf-8").splitlines()
    assert header == (
        "intermediate,target,perturbation,language,seed,unit,scaling,metric,value,estimate,low,high,n,languages"
    )
    assert {row.split(",")[1] for row in rows} == set(TINY["targets"])
    assert not [row for row in rows if "nan" in row.lower()]


@pytest.mark.slow
def test_labels_that_a_contrast_changed_are_the_gold_ones(finished):
    """And other perturbations keep them; `confidence` and `correct` are about the label in the perturbed item."""
    table = pq.read_table(finished / "results" / "predictions" / "none" / "xnli" / "seed1.parquet")
    gold = defaultdict(dict)
    for row in table.to_pylist():
        gold[row["perturbation"]][row["language"], row["id"]] = row["gold"]
        assert row["correct"] == (row["gold"] == row["prediction"])
    assert gold["mirror_tree-1.0"] == gold["clean"]
    swapped = {key: (gold["clean"][key], new) for key, new in gold["swap_arguments-1.0"].items()}
    assert ("entailment", "contradiction") in swapped.values()
    for language in TINY["languages"]["default"]:
        for item in read_items(
            finished / "results" / "perturbed" / "xnli" / "swap_arguments-1.0" / f"{language}.parquet"
        ):
            key = language, item["id"]
            assert (key in swapped) == (item["status"] == "kept")
            if key in swapped:
                assert swapped[key][1] == item["label"] and (swapped[key][0] != item["label"]) <= item["changed"]


@pytest.mark.slow
def test_gallery_has_a_page_for_each_target_and_language(finished):
    page = (finished / "results" / "gallery" / "xquad" / "qab.html").read_text(encoding="utf-8")
    assert 'id="mirror_tree-1.0"' in page and 'id="swap_arguments-1.0"' not in page


@pytest.mark.slow
def test_new_perturbation_computes_itself_alone(tmp_path):
    folder, command = tmp_path / "results" / "perturbed" / "bucc", ("--cores", "1", "--quiet", "--")
    snakemake(tmp_path, TINY, *command, "results/perturbed/bucc/made_from.json")
    (folder / "mirror_tree-1.0" / "qab.parquet").write_bytes(b"kept as it is")
    checksums = tmp_path / ".snakemake" / "checksums" / folder.relative_to(tmp_path)
    (checksums / "mirror_tree-1.0" / "qab.parquet.sha256").unlink()  # or it would be damaged
    config = {**TINY, "perturbations": [*TINY["perturbations"], "reverse-1.0"]}
    snakemake(tmp_path, config, *command, "results/perturbed/bucc/reverse-1.0/qab.parquet")
    assert (folder / "mirror_tree-1.0" / "qab.parquet").read_bytes() == b"kept as it is"
    assert read_items(folder / "reverse-1.0" / "qab.parquet")
    log = (tmp_path / "logs" / "perturb_items" / "bucc" / "test.log").read_text(encoding="utf-8")
    assert log.startswith("2 of 10 files are made")


@pytest.mark.slow
def test_text_is_parsed_where_there_is_a_parser(tmp_path):
    """The jobs of a study of real text, planned: one parser trained, one fetched, one language without any; and what is
    looked for in training sets."""
    for name in ("train", "dev"):
        (tmp_path / f"{name}.conllu").write_text("1\tgo\tgo\tVERB\t_\t_\t0\troot\t_\t_\n\n", encoding="utf-8")
    treebank = {name: str(tmp_path / f"{name}.conllu") for name in ("train", "dev")}
    config = {
        **TINY,
        "data": {"source": {"default": "hub"}, "lock": str(tmp_path / "lock.json")},
        "encoder": {"source": {"folder": None, "hub": "FacebookAI/xlm-roberta-base", "revision": "main"}},
        "source_language": "en",
        "languages": {"default": ["en", "tr", "th"]},
        "targets": ["xquad", "xnli"],
        "trees": "stanza",
        "parsers": {"en": "fetch", "tr": "train"},
        "treebanks": {"tr": treebank},
        "perturbations": ["clean", "mirror_tree-1.0", "typos-reorder_like-tr@NV-1.0"],
        "scores": {"scalings": ["none", "perturbed"]},
    }
    wanted = [
        f"results/perturbed/{target}/{split}made_from.json" for target in config["targets"] for split in ("", "dev/")
    ]
    plan = snakemake(tmp_path, config, "--dry-run", "--", *wanted, "results/contamination.csv")
    jobs = Counter(re.findall(r"^rule (\w+):", plan, re.MULTILINE))
    assert (jobs["fetch_parser"], jobs["train_parser"], jobs["measure_word_order"]) == (1, 1, 1)
    assert jobs["parse_text"] == 4 and "trees/xquad/th.conllu" not in plan
    assert jobs["parse_dev_text"] == 2 and "trees/xquad/dev/en.conllu" in plan
    assert (jobs["perturb_items_xquad"], jobs["perturb_dev_items_xnli"]) == (1, 1)
    compared = re.search(r"^rule check_contamination:\n    input: (.*)", plan, re.MULTILINE)[1]
    sets = ("squad_v1/train/en", "xquad/test/th", "xquad/dev/en", "xnli/dev/en")
    assert all(compared.count(f"results/data/{name}.parquet") == 1 for name in sets)


@pytest.mark.slow
def test_second_run_has_nothing_to_do(finished):
    assert "Nothing to be done" in snakemake(finished, TINY, "--cores", "2")


@pytest.mark.slow
def test_perturbed_file_is_made_again_where_it_and_the_note_are_gone(finished):
    """Predictions do not name perturbed files one by one."""
    folder, wanted = finished / "results" / "perturbed" / "xnli" / "dev", "results/predictions/none/xnli/seed1.parquet"
    present = (folder / "complete", folder / "mirror_tree-1.0" / "qaa.parquet")
    with moved_away(*present):
        plan = snakemake(finished, TINY, "--dry-run", "--forcerun", "predict", "--", wanted)
    assert planned(plan) == {"perturb_dev_items", "complete_dev_items", "predict"}
    assert "Nothing to be done" in snakemake(finished, TINY, "--dry-run", "--", wanted)


@pytest.mark.slow
def test_figures_are_made_again_where_they_and_all_models_are_gone(finished):
    """Models are large: once there are predictions they may be deleted."""
    results = finished / "results"
    gone = (results / "models", results / "figures" / "reliability_xnli.pdf", results / "tables" / "scores.tex")
    with moved_away(*gone):
        plan = snakemake(finished, TINY, "--dry-run")
    assert planned(plan) == {"plot_reliability", "make_tables", "render_report", "all"}


FIGURES = {"plot_effects", "plot_comparisons", "plot_scores", "plot_reliability", "plot_losses"}


@pytest.mark.slow
def test_another_colour_draws_the_figures_again_and_makes_nothing_else(finished):
    config = {**TINY, "report": {**TINY["report"], "colours": {"with": "#009E73"}}}
    assert planned(snakemake(finished, config, "--dry-run")) == {*FIGURES, "render_report", "all"}


@pytest.mark.slow
def test_a_selection_is_drawn_beside_the_study(finished):
    config = {**TINY, "report": {**TINY["report"], "name": "qa", "show": {"targets": ["xquad", "mlqa"]}}}
    plan = snakemake(finished, config, "--dry-run", "--", "figures")
    assert planned(plan) == {*FIGURES, "make_tables", "render_report", "figures"}
    assert "results/selections/qa/figures/reliability_mlqa.pdf" in plan and "reliability_xnli" not in plan


@pytest.mark.slow
def test_figures_tables_and_page_need_tables_and_predictions_alone(finished):
    """As `make figures` asks for them, in a folder without data, perturbed text and models."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    rules = re.search(r"REPORT_RULES := (.+?[^\\])\n", makefile, re.DOTALL)[1].replace("\\\n", " ").split()
    results = finished / "results"
    names = ("data", "perturbed", "trees", "models", "figures", "tables", "report.html")
    gone = [results / name for name in names]
    with moved_away(*gone):
        plan = snakemake(finished, TINY, "--dry-run", "--allowed-rules", *rules, "--", "figures")
    assert planned(plan) == {*FIGURES, "make_tables", "render_report", "figures"}


@pytest.mark.slow
def test_changed_resamples_rerun_only_scores_and_what_reads_them(finished):
    config = {**TINY, "scores": {**TINY["scores"], "resamples": 150}}
    rules = planned(snakemake(finished, config, "--dry-run"))
    assert {"score_predictions", "gather_table", "write_finding"} <= rules
    assert not rules & {"generate_items", "perturb_items", "train_intermediate", "train_target", "predict"}


@pytest.mark.slow
def test_another_folder_and_one_core_give_the_same_bytes(finished, tmp_path):
    snakemake(tmp_path, TINY, "--cores", "1", "--quiet")
    here, there = (
        {path.relative_to(results): path.read_bytes() for path in results.rglob("*") if path.is_file()}
        for results in (tmp_path / "results", finished / "results")
    )
    assert [name for name in {*here, *there} if here.get(name) != there.get(name)] == []
