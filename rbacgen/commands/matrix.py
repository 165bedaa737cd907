"""The steps of `matrix`: from a project, and a source if one is given, to all that a reviewer needs on one page."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from rbacgen.analysis import matrix
from rbacgen.analysis.matrix import MatrixResult
from rbacgen.commands import check, diff, load
from rbacgen.commands.load import TestOptions
from rbacgen.commands.open_source import Connect
from rbacgen.model.problems import InputError


class MatrixOptions(Struct, frozen=True):
    """The options of a matrix. `source` is what to compare it with; None for the desired state alone."""

    source: str | None = None
    environments: tuple[str, ...] = ()
    within: int = 30


def show(given: str | None, today: date, options: MatrixOptions, connect: Connect) -> MatrixResult:
    """The matrix of a project; with a source, the drift and the findings there as well.

    Access tests are run and what fails is a finding, since a reviewer is to see it. Raises InputError where the files have
    other errors, and RbacgenError where the source could not be read at all.
    """
    checked = load.work_out(given, today, options.within, TestOptions())
    if checked.blocking:
        raise InputError(checked.blocking)
    environments = load.chosen_environments(checked.project, options.environments)
    made = matrix.build(checked.project, checked.desired, checked.catalog, environments, checked.test_results)
    if options.source is None:
        return MatrixResult(made, checked, checked.problems)
    asked = diff.DiffOptions(
        source=options.source, environments=options.environments, within=options.within, denials=True
    )
    compared = diff.compare(checked, today, asked, connect)
    actual = check.actual(checked, compared.drift.source, TestOptions())
    side = matrix.source_side(made, compared.drift, checked.catalog)
    return MatrixResult(made, checked, checked.problems, compared.drift, actual, side)
