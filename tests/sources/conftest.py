"""What the tests of sources share: the catalogue."""

from __future__ import annotations

import pytest

from rbacgen.authorization import catalog
from rbacgen.authorization.catalog import Catalog


@pytest.fixture(scope="session")
def roles() -> Catalog:
    """The shipped catalogue of Azure roles."""
    return catalog.load()
