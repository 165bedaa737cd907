"""The bench of the page: from opening it to its being ready for a person, in Chromium, the best of several; and its size."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.fakes import pages as worlds
from tests.reports.page.conftest import browser_path

TIMES = 5


def main() -> None:
    """Prints for the example and for large projects how long the page takes to open and to answer, and how big it is."""
    path = browser_path()
    if path is None:
        print("page: there is no Chromium to measure in")
        return
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        made = [("example", worlds.EXAMPLE)]
        for groups in (50, 500):
            home = Path(folder) / str(groups)
            home.mkdir()
            made.append((f"{groups * 40:,}", worlds.large(home, groups)))
        for name, project in made:
            file = worlds.write(worlds.shown(project), Path(folder) / "page.html")
            ready, answered = [], []
            for _ in range(TIMES):
                page = browser.new_page()
                page.goto(file.as_uri())
                ready.append(page.evaluate("performance.getEntriesByName('ready')[0].startTime"))
                page.fill("#query", "who can read secrets")
                answered.append(
                    page.evaluate(
                        """() => { const start = performance.now();
                        document.getElementById('form').requestSubmit(); document.body.offsetHeight;
                        return performance.now() - start; }"""
                    )
                )
                page.close()
            size = file.stat().st_size
            print(
                f"page of {name:>7}: open to ready {min(ready):6.0f} ms, an answer {min(answered):6.0f} ms, "
                f"{size / 1000:7,.0f} KB"
            )
        browser.close()


if __name__ == "__main__":
    main()
