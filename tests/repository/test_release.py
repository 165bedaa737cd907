"""What `make release-check` proves holds today; the index itself is asked for nothing."""

from __future__ import annotations

import importlib.util
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

import rbacgen
from tests import release
from tests.pipelines.conftest import refuse_or_skip

ROOT = Path(__file__).parents[2]
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())


@pytest.mark.slow
def test_a_release_is_the_same_bytes_and_does_the_main_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Built twice, checked, installed and tried; the packages of these tests stand in for the index."""
    files = release.build_twice(tmp_path)
    wheel, source = files
    assert (wheel.suffix, source.suffixes[-2:]) == (".whl", [".tar", ".gz"])
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"PKG-INFO", "rbacgen/__init__.py", "tests/release.py", "CHANGELOG.md", "LICENSE"} <= names
    with zipfile.ZipFile(wheel) as archive:
        assert "rbacgen/__init__.py" in archive.namelist()
    if importlib.util.find_spec("twine") is None:
        refuse_or_skip("twine is not installed: `make check` once installs it")
    release.check_metadata(files)
    monkeypatch.setenv("PIP_NO_DEPS", "1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    program = release.install(wheel, tmp_path / "environment")
    release.try_out(program, tmp_path, {"PYTHONPATH": sysconfig.get_path("purelib")})


@pytest.mark.parametrize("tag", ["", "v", rbacgen.__version__, f"v{rbacgen.__version__}.1", f"V{rbacgen.__version__}"])
def test_another_tag_than_the_version_is_refused(tag: str) -> None:
    """The version is said in one place, and the tag repeats it."""
    release.check_tag(f"v{rbacgen.__version__}")
    with pytest.raises(release.ReleaseError, match="says"):
        release.check_tag(tag)


def test_only_the_job_that_publishes_has_an_identity() -> None:
    """And it runs nothing of the repository, in an environment that an owner guards, after the tests and the build."""
    assert WORKFLOW["permissions"] == {}
    jobs = WORKFLOW["jobs"]
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "test": {"contents": "read"},
        "build": {"contents": "read"},
        "publish": {"id-token": "write"},
    }
    publish = jobs["publish"]
    assert (publish["needs"], publish["environment"]) == (["test", "build"], "pypi")
    assert [step["uses"].partition("@")[0] for step in publish["steps"]] == [
        "actions/download-artifact",
        "pypa/gh-action-pypi-publish",
    ]
    assert publish["steps"][-1]["with"]["attestations"] is True
    assert not any("run" in step for step in publish["steps"])


def test_nothing_of_an_owner_is_invented() -> None:
    """As long as the one place says that an owner has to fill it in, nothing is filled in."""
    rows = (ROOT / ".github" / "PUBLISHING.md").read_text(encoding="utf-8").splitlines()
    waiting = [row for row in rows if row.endswith("| *open* |")]
    has_urls = "[project.urls]" in (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("\n")
    assert has_urls is not any("[project.urls]" in row for row in waiting)
    assert (ROOT / ".github" / "CODEOWNERS").exists() is not any("CODEOWNERS" in row for row in waiting)
