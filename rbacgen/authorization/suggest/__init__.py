"""The Azure roles that cover a need with the least beyond it: suggestions, and custom roles with exactly the needs."""

from __future__ import annotations

from rbacgen.authorization.suggest.candidates import assignable
from rbacgen.authorization.suggest.custom_roles import PLACEHOLDER, az_definition, custom_role, mapping_entry
from rbacgen.authorization.suggest.options import FAR_LESS, TOGETHER, is_unknown, suggest
from rbacgen.authorization.suggest.results import (
    Advice,
    KnownOperations,
    NeedSuggestion,
    Option,
    Reservation,
    SuggestedCustomRole,
    SuggestedRole,
    Suggestion,
)

__all__ = [
    "FAR_LESS",
    "PLACEHOLDER",
    "TOGETHER",
    "Advice",
    "KnownOperations",
    "NeedSuggestion",
    "Option",
    "Reservation",
    "SuggestedCustomRole",
    "SuggestedRole",
    "Suggestion",
    "assignable",
    "az_definition",
    "custom_role",
    "is_unknown",
    "mapping_entry",
    "suggest",
]
