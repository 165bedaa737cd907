"""The steps of `can`: whether a subject can do something, in a project or in a source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rbacgen.analysis.access_tests import cases, isolated_roles
from rbacgen.analysis.results import CanResult
from rbacgen.analysis.subjects import NamedSubject
from rbacgen.authorization.evaluator import Evaluator
from rbacgen.authorization.request import Decision, Subject
from rbacgen.commands import query as queries
from rbacgen.commands.open_source import Connect
from rbacgen.commands.query import Query, QueryContext
from rbacgen.model.assignment import Verdict
from rbacgen.model.problems import RbacgenError


def can(given: str | None, today: date, person: str, query: Query, connect: Connect) -> CanResult:
    """The decisions on a query for the subject that `person` names, one for each environment and plane.

    Raises RbacgenError where a name is not known, and InputError where the project has errors.
    """
    queries.check_scope(query.on)
    context = queries.prepare(given, today, query.source, query.on, connect)
    named = queries.named_subject(context, person)
    if named.is_everyone:
        raise RbacgenError("`can` is about one subject", "use `rbacgen who-can` for everyone")
    requests, notes = queries.requests(context, query)
    decisions = tuple(
        (environment, access.evaluate(subject, request))
        for environment, request in requests
        for access, subject in _subjects(context, named, environment)
    )
    if not decisions:
        raise RbacgenError(f"nobody has the role {named.name} there", "query the project itself, without --source")
    return CanResult(
        context.project_name,
        context.source_name,
        decisions,
        query.accepted | {Verdict.ALLOWED},
        context.project,
        (*notes, *_unused_attributes(decisions, query), *context.notes),
        queries.role_names(context),
    )


def _unused_attributes(decisions: tuple[tuple[str, Decision], ...], query: Query) -> Iterator[str]:
    """A note for each given attribute that no condition of a permit or a near miss uses."""
    roles = [
        (each.assignment.condition, each.role)
        for _, decision in decisions
        for each in (*decision.permits, *decision.unknown_memberships)
    ]
    roles += [(each.assignment.condition, each.role) for _, decision in decisions for each in decision.near_misses]
    texts = [" ".join((text, *(each.condition for each in role.permissions))).casefold() for text, role in roles]
    for name in query.attributes:
        if not any(name.casefold() in text for text in texts):
            yield f"no condition here uses `{name}`, so it had no effect"


def _subjects(context: QueryContext, named: NamedSubject, environment: str) -> Iterator[tuple[Evaluator, Subject]]:
    """The subjects that a name means, each with its access: in the project a role by itself, in a source all its members."""
    if named.principal is not None:
        yield context.access, context.access.subject(queries.known_principal(named.principal, context.access))
        return
    assert named.project_role is not None
    assert context.checked is not None
    if context.source is None:
        assert context.alone is not None
        yield context.alone, context.alone.subject(isolated_roles.stand_in(named.project_role))
        return
    project = context.checked.project
    team = project.team.get(named.project_role.id, ())
    here = next((each for each in project.environments if each.name == environment), None)
    for team_member in team if here is None else cases.team_members(project, named.project_role.id, here):
        if not team_member.principal.reference:
            yield context.access, context.access.subject(team_member.principal)
