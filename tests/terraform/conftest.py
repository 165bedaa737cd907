"""Fixtures: each test that asks for `engine` runs once with every Terraform that can be had."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest

from tests.fakes.terraform.engine import Engine, find_engine, install_provider
from tests.fakes.world import TODAY


@pytest.fixture(scope="session")
def terraform_variables(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The environment of every Terraform run; one plugin folder per session (and per worker of pytest-xdist).

    PIM's schedules begin on the day of the tests, whatever day it is.
    """
    return {**install_provider(tmp_path_factory.mktemp("terraform")), "STANDIN_NOW": f"{TODAY.isoformat()}T12:00:00Z"}


@pytest.fixture(scope="session", params=["path", "embedded"])
def engine(request: pytest.FixtureRequest, terraform_variables: Mapping[str, str]) -> Engine:
    """A Terraform. One that is missing skips its tests; where CI is set it fails them, for there nothing is skipped."""
    found = find_engine(request.param, terraform_variables)
    if isinstance(found, str):
        if os.environ.get("CI"):
            pytest.fail(f"Terraform engine {request.param!r} is missing: {found}")
        pytest.skip(f"Terraform engine {request.param!r}: {found}")
    return found
