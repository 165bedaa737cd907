"""What Azure offers: its roles, its operations, and the operations that lead to more access."""

from __future__ import annotations

from rbacgen.authorization.catalog.roles import Catalog, CatalogError, load

__all__ = ["Catalog", "CatalogError", "load"]
