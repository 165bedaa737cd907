"""Makes the pictures of the page that the README shows: the example against a tenant that others have worked on.

Needs Chromium and `pip install --group page`; run it as `make pictures` and look at what it made.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from tests.page import worlds  # noqa: E402
from tests.page.conftest import browser_path  # noqa: E402

PICTURES = ROOT / "examples" / "pictures"
MOST_BYTES = 150_000
WIDTH, HEIGHT = 1200, 720
TAKEN = "2026-11-23T12:00:00Z"  # and not the moment of the run


def main() -> None:
    """Writes the pictures; fails where there is no browser, or where one has grown too big for a README."""
    path = browser_path()
    if path is None:
        raise SystemExit("there is no Chromium: apt-get install chromium")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(shutil.copytree(worlds.EXAMPLE, Path(folder) / "fraud-detection"))
        os.chdir(home)  # so that places are named as a user sees them
        taken = json.loads(worlds.snapshot(home).read_text(encoding="utf-8"))
        Path("azure.json").write_text(json.dumps({**taken, "taken": TAKEN}), encoding="utf-8")
        plain = worlds.write(worlds.shown(home), home / "plain.html")
        against = worlds.write(worlds.shown(home, "azure.json"), home / "against.html")
        browser = playwright.chromium.launch(executable_path=path)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(plain.as_uri())
        page.select_option("#family", "Data science, ML and development")
        page.evaluate("document.getElementById('ask').scrollIntoView()")
        picture(page, "matrix")
        page.locator("tr.role:has(#role-mlops_engineer) .chip").first.click()
        picture(page, "chain", "#chain")
        page.goto(against.as_uri())
        picture(page, "drift")
        browser.close()


def picture(page: Page, name: str, part: str = "") -> None:
    """What the page, or a part of it, shows just now, as a PNG."""
    file = PICTURES / f"{name}.png"
    file.write_bytes(page.locator(part).screenshot() if part else page.screenshot())
    size = file.stat().st_size
    print(f"{file.relative_to(ROOT)}: {size / 1000:,.0f} KB")
    if size > MOST_BYTES:
        raise SystemExit(f"{file.name} is bigger than {MOST_BYTES / 1000:,.0f} KB")


if __name__ == "__main__":
    main()
