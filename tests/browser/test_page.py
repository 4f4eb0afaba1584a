"""The brief in Chromium: offline, silent, drawn, fit for both widths, usable by keyboard, free of axe findings."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from counterpact.case.read import read_case
from counterpact.report.html import render
from tests.report import sample

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
LAPTOP, PHONE = (1366, 768), (360, 740)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the dependency group `browser`")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs Chromium")
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield found
        found.close()


@pytest.fixture(scope="module", params=["whole", "public"])
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = sample.brief(read_case("russia-dprk"), public=request.param == "public")
    path = tmp_path_factory.mktemp("page") / "brief.html"
    path.write_text(render(made), encoding="utf-8")
    return path


class Seen:
    """A page with everything it said and asked for."""

    def __init__(self, browser: Any, file: Path, size: tuple[int, int], scheme: str = "light") -> None:
        width, height = size
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, offline=True, bypass_csp=True
        )
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())
        self.page.wait_for_function("document.documentElement.dataset.charts === 'ready'")

    def draw_all(self, which: str = "details") -> None:
        self.page.evaluate(f"document.querySelectorAll('{which}').forEach(d => d.open = true)")
        self.page.evaluate("counterpactCharts.drawAll()")


@pytest.fixture
def opened(browser: Any, file: Path) -> Iterator[Any]:
    found: list[Seen] = []

    def open_page(size: tuple[int, int], scheme: str = "light") -> Seen:
        found.append(Seen(browser, file, size, scheme))
        return found[-1]

    yield open_page
    for one in found:
        one.context.close()


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_it_draws_offline_without_a_request_or_a_complaint(opened: Any, size: tuple[int, int]) -> None:
    seen = opened(size)
    seen.draw_all()
    empty = seen.page.evaluate(
        """[...document.querySelectorAll('.drawing')]
           .filter(d => d.querySelectorAll('svg path, svg text').length < 3).map(d => d.id)"""
    )
    assert empty == []
    assert seen.page.evaluate("document.querySelectorAll('.drawing').length") > 5
    assert [url for url in seen.asked if not url.startswith("file:")] == []
    assert seen.said == []


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_nothing_runs_over_the_edge(opened: Any, size: tuple[int, int]) -> None:
    seen = opened(size)
    seen.draw_all()
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    wide = seen.page.evaluate(
        """[...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll') && !e.closest('svg')
           && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert wide == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened: Any, scheme: str) -> None:
    if not AXE.exists():
        pytest.skip("needs axe-core: npm install in tests/browser")
    seen = opened(PHONE if scheme == "dark" else LAPTOP, scheme)
    seen.draw_all("section:not(#facts) details")
    seen.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = seen.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found["violations"]] == []


def test_a_figure_opens_its_sources_by_mouse_and_by_keyboard(opened: Any) -> None:
    page = opened(LAPTOP).page
    figure = page.locator("main a.fig[data-facts]").first
    figure.click()
    box = page.locator("dialog[open]")
    assert box.locator("h2").inner_text() == figure.inner_text()
    assert box.locator("li").count() >= 1
    assert box.locator("a[href^=http]").count() >= 1
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    figure.focus()
    page.keyboard.press("Enter")
    assert page.locator("dialog[open]").count() == 1


def test_without_scripts_a_figure_leads_to_the_list_of_facts(browser: Any, file: Path) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(file.as_uri())
    href = page.locator("main a.fig[data-facts]").first.get_attribute("href")
    assert page.locator(f"li[id='{href[1:]}']").count() == 1
    context.close()


def test_on_paper_everything_is_unfolded_and_drawn(opened: Any) -> None:
    page = opened(LAPTOP).page
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert page.evaluate("document.querySelectorAll('.drawing:not([data-drawn])').length") == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() > 0
