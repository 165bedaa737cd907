"""The order of steps of `matrix`: from a project, and a source if one is given, to all that a reviewer wants on one page."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from rbacgen import checking, checks, comparison, matrix, proof, workflow
from rbacgen.access_tests import Trial
from rbacgen.matrix import Shown
from rbacgen.outcome import Outcome
from rbacgen.problems import InputError, Problem, Severity, in_order
from rbacgen.reading import Connect
from rbacgen.workflow import Proving


class Options(Struct, frozen=True):
    """How a matrix is asked for. `source` is what to hold it against; None for the wanted state alone."""

    source: str | None = None
    environments: tuple[str, ...] = ()
    within: int = 30


def show(given: str | None, today: date, options: Options, connect: Connect) -> Shown:
    """The matrix of a project; with a source, the drift and the findings there as well.

    Access tests are run and what fails is a finding, since a reviewer is to see it. Raises InputError where the files have
    other errors, and RbacgenError where the source could not be read at all.
    """
    outcome = workflow.work_out(given, today, options.within)
    errors = outcome.of(Severity.ERROR)
    if errors:
        raise InputError(errors)
    environments = workflow.chosen_environments(outcome.project, options.environments)
    findings, trials = _findings(outcome)
    made = matrix.build(outcome.project, outcome.desired, outcome.catalog, environments, trials)
    if options.source is None:
        return Shown(made, outcome, findings)
    asked = comparison.Options(
        source=options.source, environments=options.environments, within=options.within, denials=True
    )
    compared = comparison.compare(outcome, today, asked, connect)
    held = checking.held(outcome, compared.drift.source, Proving())
    return Shown(made, outcome, findings, compared.drift, held)


def _findings(outcome: Outcome) -> tuple[tuple[Problem, ...], tuple[Trial, ...]]:
    proven = proof.prove(outcome.project, outcome.desired, outcome.catalog)
    kept, _ = checks.without_switched_off((*outcome.problems, *proven.problems), outcome.project)
    return in_order(kept), proven.trials
