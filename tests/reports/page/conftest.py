"""Fixtures: one Chromium a session, and the pages that it opens."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes import pages as worlds

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
Open = Callable[..., "Page"]


def browser_path() -> str | None:
    """The Chromium of this machine, if there is one."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def refuse(why: str) -> None:
    """Skips where there is no browser; where CI is set it fails, for there nothing is skipped."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


def axe_core() -> Any:
    """What runs axe-core in a page."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        refuse("axe-playwright-python is not installed (pip install --group page)")
    return Axe()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    path = browser_path()
    if path is None:
        refuse("there is no Chromium (apt-get install chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        refuse("playwright is not installed (pip install --group page)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the example project."""
    folder = tmp_path_factory.mktemp("page")
    return worlds.write(worlds.shown(worlds.EXAMPLE), folder / "example.html")


@pytest.fixture(scope="session")
def against(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the example project against a tenant that others have worked on."""
    folder = tmp_path_factory.mktemp("against")
    return worlds.write(worlds.shown(worlds.EXAMPLE, str(worlds.snapshot(folder))), folder / "against.html")


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of fifteen project roles with 2,000 assignments."""
    folder = tmp_path_factory.mktemp("large")
    return worlds.write(worlds.shown(worlds.large(folder)), folder / "large.html")


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens a page file; at the end, nothing may have gone wrong in it, and nothing but the file may have been asked for."""
    contexts = []
    wrong: list[str] = []
    requests: list[str] = []

    def opened(path: Path, width: int = 1280, height: int = 800, scheme: str = "light", fragment: str = "") -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri() + fragment)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []
    assert [each for each in requests if not each.startswith(("file://", "data:,"))] == []
