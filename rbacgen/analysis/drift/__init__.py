"""What differs between the access that a project wants and the access that a source holds, told from the operator's side."""

from rbacgen.analysis.drift.compare import compare, needs_justifications, principals
from rbacgen.analysis.drift.types import (
    Aside,
    Change,
    Difference,
    Drift,
    Kind,
    Note,
    Remarked,
    RoleChange,
    SetAside,
    Strategy,
    View,
)

__all__ = [
    "Aside",
    "Change",
    "Difference",
    "Drift",
    "Kind",
    "Note",
    "Remarked",
    "RoleChange",
    "SetAside",
    "Strategy",
    "View",
    "compare",
    "needs_justifications",
    "principals",
]
