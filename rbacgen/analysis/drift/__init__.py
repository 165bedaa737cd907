"""What differs between the access that a project desires and the access that a source holds."""

from rbacgen.analysis.drift.compare import compare, needs_justifications, principals
from rbacgen.analysis.drift.sides import Baseline
from rbacgen.analysis.drift.types import (
    ACCESS_FIELDS,
    AssignmentDrift,
    AssignmentRemark,
    Drift,
    DriftKind,
    ExcludedAssignment,
    ExclusionReason,
    FieldDifference,
    RemarkKind,
    RoleDefinitionDrift,
    Strategy,
    View,
)

__all__ = [
    "ACCESS_FIELDS",
    "AssignmentDrift",
    "AssignmentRemark",
    "Baseline",
    "Drift",
    "DriftKind",
    "ExcludedAssignment",
    "ExclusionReason",
    "FieldDifference",
    "RemarkKind",
    "RoleDefinitionDrift",
    "Strategy",
    "View",
    "compare",
    "needs_justifications",
    "principals",
]
