"""Project roles by scope kinds and environments: in each cell the access of a project role, with every assignment behind it."""

from rbacgen.analysis.matrix.build import build, members
from rbacgen.analysis.matrix.cells import resource_type
from rbacgen.analysis.matrix.source_side import source_side
from rbacgen.analysis.matrix.types import (
    AskableOperation,
    Cell,
    CellGrant,
    Limit,
    Matrix,
    MatrixResult,
    OpenedEscalation,
    SourceSide,
    UndesiredAssignment,
    role_key,
)

__all__ = [
    "AskableOperation",
    "Cell",
    "CellGrant",
    "Limit",
    "Matrix",
    "MatrixResult",
    "OpenedEscalation",
    "SourceSide",
    "UndesiredAssignment",
    "build",
    "members",
    "resource_type",
    "role_key",
    "source_side",
]
