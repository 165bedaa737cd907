"""Makes the pictures of the page that the README shows: the example against a tenant that others have worked on.

Needs Chromium and `pip install --group page`; run it as `make pictures` and look at what it made.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.fakes import pages as worlds  # noqa: E402
from tests.reports.page.conftest import browser_path  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PICTURES = ROOT / "examples" / "pictures"
WORDS = PICTURES / "words.json"  # what each picture shows: tests/reports/page holds the page of the day against it
MOST_BYTES = 300_000
WIDTH, HEIGHT = 1200, 720
TALL = 1280  # the drift, and the matrix begun below it
TAKEN = "2026-11-23T12:00:00Z"  # and not the moment of the run


def main() -> None:
    """Writes the pictures; fails where there is no browser, or where one has grown too big for a README."""
    from playwright.sync_api import sync_playwright

    path = browser_path()
    if path is None:
        raise SystemExit("there is no Chromium: apt-get install chromium")
    PICTURES.mkdir(exist_ok=True)
    words = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        for name, words_shown, png in taken(browser):
            words[name] = words_shown
            (PICTURES / f"{name}.png").write_bytes(png)
            print(f"examples/pictures/{name}.png: {len(png) / 1000:,.0f} KB")
            if len(png) > MOST_BYTES:
                raise SystemExit(f"{name}.png is bigger than {MOST_BYTES / 1000:,.0f} KB")
        browser.close()
    WORDS.write_text(json.dumps(words, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def taken(browser: Browser) -> Iterator[tuple[str, list[str], bytes]]:
    """Each picture: its name, the words of the page or the part that it is taken of, and the PNG."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(shutil.copytree(worlds.EXAMPLE, Path(folder) / "fraud-detection"))
        os.chdir(home)  # so that places are named as a user sees them
        try:
            actual = json.loads(worlds.snapshot(home).read_text(encoding="utf-8"))
            Path("azure.json").write_text(json.dumps({**actual, "taken": TAKEN}), encoding="utf-8")
            plain = worlds.write(worlds.shown(home), home / "plain.html")
            against = worlds.write(worlds.shown(home, "azure.json"), home / "against.html")
        finally:
            os.chdir(before)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")

        def picture(name: str, part: str = "") -> tuple[str, list[str], bytes]:
            lines = page.inner_text(part or "body").splitlines()
            png = page.locator(part).screenshot() if part else page.screenshot()
            return name, [" ".join(each.split()) for each in lines if each.strip()], png

        page.set_viewport_size({"width": WIDTH, "height": TALL})
        page.goto(against.as_uri())
        yield picture("drift")
        page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        page.goto(plain.as_uri())
        page.select_option("#family", "Data science, ML and development")
        page.evaluate("document.getElementById('ask').scrollIntoView()")
        yield picture("matrix")
        page.locator("tr.role:has(#role-mlops_engineer) .chip").first.click()
        yield picture("chain", "#chain")
        page.close()


if __name__ == "__main__":
    main()
