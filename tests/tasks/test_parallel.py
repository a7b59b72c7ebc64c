"""Sets whose languages hold translations of the same items."""

from dataclasses import replace

from stiltcal.data.prepare import prepare_task
from stiltcal.formats.items import read_items
from stiltcal.tasks.load import load_tasks

from .conftest import ROOT, question, run, squad


def mlqa(mirror, numbers_by_language):
    """Paragraphs of two questions in English; other languages have some of them, and one paragraph for each."""
    squad(mirror)
    for language, numbers in numbers_by_language.items():
        context = "paragraph {} of MLQA" if language == "en" else f"{{}} in {language}"
        rows = []
        for number in numbers:
            text = context.format(number // 2 if language == "en" else number)
            rows.append(question(number, text, text.split()[0], f"Article {number // 2} {language}"))
        mirror.add("google/xtreme", f"MLQA.{language}.{language}", "test", rows)


def test_questions_share_the_paragraph_of_the_english_one(mirror, prepare):
    mlqa(mirror, {"en": range(8), "de": [1, 2, 3, 5], "es": [3, 4]})
    items, _ = prepare("mlqa", ["de", "es"])  # English is not evaluated
    assert set(items) == {"dev/en", "test/de", "test/es"}
    paragraphs = {item["id"]: item["cluster"] for item in items["test/de"]}
    assert paragraphs == {"q1": "q0", "q2": "q2", "q3": "q2", "q5": "q4"}
    assert [item["article"] for item in items["test/es"]] == ["Article 1 en", "Article 2 en"]


def test_samples_of_parallel_sets_are_of_what_all_languages_have(mirror, prepare):
    mlqa(mirror, {"en": range(40), "de": range(20), "es": range(0, 40, 2)})
    items, _ = prepare("mlqa", ["en", "de", "es"], max_test=10)
    common = {f"q{number}" for number in range(0, 20, 2)}
    assert [{item["id"] for item in items[f"test/{code}"]} for code in ("en", "de", "es")] == [common] * 3


def test_a_translated_paragraph_is_one_cluster_where_english_has_two(mirror, prepare):
    mlqa(mirror, {"en": range(4)})
    rows = [question(number, "ein Absatz", "ein", "Artikel") for number in (9, 3, 1)]
    mirror.add("google/xtreme", "MLQA.de.de", "test", rows)
    items, _ = prepare("mlqa", ["de"])
    assert {item["cluster"] for item in items["test/de"]} == {"q2"}, "of q3, the first that English has"


def test_questions_that_are_not_parallel_share_no_name_between_languages(mirror, tmp_path):
    """Row numbers as ids: q0 in German is about another paragraph than q0 in English."""
    squad(mirror)
    fetched = tmp_path / "fetched"
    run(mirror, tmp_path, "xquad", ["en", "de"], out=fetched)
    tasks = load_tasks(ROOT / "tasks")
    own = replace(tasks["xquad"], parallel=False)
    prepare_task(own, tasks, fetched, ["en", "de"], {}, 1, tmp_path / "items", tmp_path / "report.json")
    english, german = (read_items(tmp_path / "items" / "test" / f"{code}.parquet") for code in ("en", "de"))
    assert [item["id"] for item in german[:2]] == ["q0-de", "q1-de"] and german[1]["cluster"] == "q0-de"
    assert not {item["cluster"] for item in english} & {item["cluster"] for item in german}
