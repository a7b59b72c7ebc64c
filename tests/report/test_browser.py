"""report.html in a real browser, without its window: filters, sorting, keyboard, sources, phone, dark and print."""

import pandas as pd
import pytest
from benchmarks.chromium import browser, find

from .test_page import render

pytestmark = [pytest.mark.slow, pytest.mark.skipif(find() is None, reason="no chromium is installed")]
#: Texts of the cells of a column of the table, by its `data-label`.
COLUMN = "[...document.querySelectorAll('#rows td[data-label=\"{}\"]')].map(cell => cell.textContent)"


@pytest.fixture(scope="module")
def address(report, results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    render(report, results, folder)
    return (folder / "report.html").as_uri()


@pytest.fixture(scope="module")
def window():
    with browser() as page:
        yield page


@pytest.fixture
def page(window, address):
    """The page as it opens, in a wide window."""
    window.requests.clear()
    window.messages.clear()
    window.resize(1280, 900)
    window.emulate()
    window.open("about:blank")
    window.open(address)
    return window


@pytest.fixture
def table(results):
    """Comparisons by intermediate training of the calibration error, in the main unit of each target."""
    rows = pd.read_csv(results.comparisons)
    rows = rows[(rows.effect == "intermediate") & (rows.metric == "ece_width_15") & (rows.unit != "token")]
    return rows[rows.scaling == "none"]


def choose(page, **filters) -> None:
    """Choose options as a person does: the form hears of it."""
    for name, value in filters.items():
        page.run(f"form.{name}.value = {value!r}; form.{name}.dispatchEvent(new Event('change', {{bubbles: true}}))")
    page.run("show()")


def column(page, name) -> list[str]:
    return page.run(COLUMN.format(name))


def numbers(texts) -> list[float]:
    return [float(text.replace("\N{MINUS SIGN}", "-").rstrip(" \N{MULTIPLICATION SIGN}")) for text in texts]


def test_it_asks_nobody_for_anything_and_the_console_is_silent(page, address):
    choose(page, target="xquad", language="each")
    page.run("document.querySelector('a.n').click()")
    page.run("readSources()")
    outside = [each for each in page.requests if each != address and not each.startswith(("data:", "about:", "blob:"))]
    assert outside == [] and page.messages == []


def test_a_request_that_a_script_would_make_is_refused(page):
    assert page.run("fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused')") == "refused"
    assert any("Content Security Policy" in message for message in page.messages)


def test_it_opens_with_the_means_of_the_first_target(page, table):
    shown = table[(table.language == "zero_shot") & (table.target == "xquad")]
    assert page.run("byId('count').textContent") == f"{len(shown)} rows"
    assert sorted(numbers(column(page, "estimate"))) == pytest.approx(sorted(shown.estimate), abs=0.0006)


def test_table_map_and_figures_follow_the_filters(page, table):
    choose(page, target="xquad", intermediate="squad_v1", language="each")
    shown = table[(table.target == "xquad") & (table.intermediate == "squad_v1")]
    shown = shown[~shown.language.isin(["zero_shot", "all"])]
    assert sorted(numbers(column(page, "estimate"))) == pytest.approx(sorted(shown.estimate), abs=0.0006)
    assert set(column(page, "target")) == {"XQuAD"} and set(column(page, "language")) == set(shown.language)
    assert page.run("document.querySelectorAll('#map table').length") == 0, "no map of several languages"
    choose(page, target="xnli", intermediate="", language="qab")
    captions = page.run("[...document.querySelectorAll('#map caption')].map(each => each.textContent)")
    assert captions == ["XNLI"]
    assert page.run("document.querySelectorAll('#map td[tabindex]').length") == 9, "three texts, three tasks"
    assert page.run("[...document.querySelectorAll('img[data-target=xquad]')].every(each => each.hidden)")


def test_scores_metrics_and_scalings_can_be_chosen(page, results):
    choose(page, table="scores", metric="brier", scaling="source", target="xquad", language="all")
    rows = pd.read_csv(results.scores)
    rows = rows[(rows.metric == "brier") & (rows.scaling == "source") & (rows.target == "xquad")]
    rows = rows[rows.language == "all"]
    assert sorted(numbers(column(page, "estimate"))) == pytest.approx(sorted(rows.estimate), abs=0.0006)
    assert page.run("getComputedStyle(document.querySelector('#rows td.p')).display") == "none"
    choose(page, metric="exact_match")
    assert page.run("form.scaling.value") == "none", "the task score has no other"


def test_what_the_study_lacks_is_said(page):
    choose(page, target="bucc", perturbation="mirror_tree-1.0")
    assert page.run("byId('count').textContent") == "No cell of the study has these filters."


@pytest.mark.parametrize("key", ["estimate", "p_holm"])
def test_a_head_sorts_its_column_up_and_down(page, key):
    choose(page, target="", language="each")
    head = f"document.querySelector('#explorer th[data-key={key}]')"
    shown = "state.rows.places.map((place, k) => state.columns.{key}[place])".replace("{key}", key)
    order = f"[...sorted(state.rows, state.columns, '{key}', state.descending)].map(k => ({shown})[k])"
    for direction, expected in (("ascending", sorted), ("descending", lambda values: sorted(values, reverse=True))):
        page.run(f"{head}.firstElementChild.click()")
        values = page.run(order)
        assert values == expected(values) and len(set(values)) > 1
        assert page.run(f"{head}.getAttribute('aria-sort')") == direction
    first = page.run("document.querySelector('#rows tr').outerHTML")
    page.run(f"{head}.firstElementChild.click()")
    assert page.run("document.querySelector('#rows tr').outerHTML") != first


def test_everything_can_be_done_with_the_keyboard(page):
    page.run("form.target.focus()")
    page.press("ArrowDown")
    page.run("show()")
    assert page.run("form.target.value") == "xnli" and set(column(page, "target")) == {"XNLI"}
    page.press("Tab")
    assert page.run("document.activeElement.name") == "intermediate", "fields come in their order"
    page.run("document.querySelector('#map td[tabindex=\"0\"]').focus()")
    page.press("ArrowRight", "ArrowDown")
    assert page.run("byId('readout').textContent").startswith("XNLI, SQuAD v1, reverse, zero-shot mean: ")
    page.press("Enter")
    page.run("show()")
    assert page.run("[form.intermediate.value, form.perturbation.value]") == ["squad_v1", "reverse-1.0"]
    assert len(column(page, "estimate")) == 1
    page.run("document.querySelector('th[data-key=estimate] button').focus()")
    page.press("Enter")
    assert page.run("state.sort") == "estimate"


def test_a_number_opens_the_row_that_it_is_read_from(page):
    page.run("document.querySelector('#answer a.n').focus()")
    page.press("Enter")
    page.run("readSources().then(() => new Promise(done => setTimeout(done)))")
    assert page.run("byId('source').open")
    text, title = page.run("[document.querySelector('#answer a.n').textContent, byId('source-title').textContent]")
    assert title == f"{text}: primary.csv"
    here = page.run("document.querySelector('#source td.here').textContent")
    assert numbers([text]) == pytest.approx([float(here)], abs=0.0006)
    page.press("Escape")
    assert not page.run("byId('source').open")
    assert page.run("document.activeElement.className") == "n", "the reader is back at the number"


def test_a_count_opens_the_rows_that_were_counted(page):
    page.run(
        "window.counted = [...document.querySelectorAll('#exploratory td a.n')].find(each => each.textContent > 1);"
        "counted.click()"
    )
    page.run("readSources().then(() => new Promise(done => setTimeout(done)))")
    rows = page.run("document.querySelectorAll('#source tbody tr').length")
    assert page.run("byId('source-title').textContent").endswith(": comparisons.csv")
    assert rows == page.run("Number(counted.textContent)")


def test_cells_lead_to_the_gallery_and_the_gallery_back(page, address):
    choose(page, target="xquad", language="qab", perturbation="reverse-1.0")
    links = page.run("[...document.querySelectorAll('#rows a')].map(each => each.getAttribute('href'))")
    assert set(links) == {"gallery/xquad/qab.html#reverse-1.0"}
    choose(page, language="zero_shot")
    assert page.run("document.querySelector('#rows a').getAttribute('href')") == "gallery/xquad/qab.html#reverse-1.0"
    page.open("about:blank")
    page.open(f"{address}#explore?target=xnli&language=qac&perturbation=mirror_tree-1.0")
    assert page.run("[form.target.value, form.language.value]") == ["xnli", "qac"]
    assert set(column(page, "perturbation")) == {"mirror tree"}
    assert page.run("byId('explore').getBoundingClientRect().top") < 100


def test_an_address_of_another_study_shows_the_start(page, address):
    page.open("about:blank")
    page.open(f"{address}#explore?target=nothing&table=<b>")
    assert page.run("[form.target.value, form.table.value]") == ["xquad", "intermediate"] and page.messages == []


@pytest.mark.parametrize("width", [400, 320])
def test_a_phone_scrolls_down_only_and_can_be_read(page, width):
    page.resize(width, 800, mobile=True)
    choose(page, language="zero_shot")
    assert page.run("document.scrollingElement.scrollWidth") <= width
    cell = page.run("(({width}) => width)(document.querySelector('#map td[tabindex]').getBoundingClientRect())")
    letters = page.run("parseFloat(getComputedStyle(document.querySelector('#map td[tabindex]')).fontSize)")
    assert cell >= 16 and letters >= 10
    wide = page.run("document.querySelector('#rows tr').getBoundingClientRect().width")
    assert wide <= width, "a row is a card"


def test_dark_and_print(page):
    colour = "getComputedStyle(document.body).backgroundColor"
    assert page.run(colour) == "rgb(255, 255, 255)"
    page.emulate(scheme="dark")
    assert max(map(int, page.run(f"{colour}.match(/\\d+/g)"))) < 60
    page.emulate(scheme="dark", medium="print")
    assert page.run(colour) == "rgb(255, 255, 255)", "paper is white"
    assert page.run("getComputedStyle(form).display") == "none"


def test_without_scripts_the_page_is_whole(page, address):
    """What a reader must see stands in the HTML itself."""
    page.run("document.querySelectorAll('script').forEach(each => each.remove())")
    text = page.run("document.body.textContent")
    assert "Question answering." in text and "What was not tested" in text
