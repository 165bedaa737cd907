"""The steps of `who-can`: everyone who can do something, in a project or in a source."""

from __future__ import annotations

from datetime import date

from rbacgen.analysis.results import WhoCanResult
from rbacgen.authorization.who_can import everyone
from rbacgen.commands import query as queries
from rbacgen.commands.open_source import Connect
from rbacgen.commands.query import Query


def who_can(given: str | None, today: date, query: Query, connect: Connect) -> WhoCanResult:
    """Everyone who can do what a query is about: at each of its scopes, below it, and through a bypass.

    Raises RbacgenError where a name is not known, and InputError where the project has errors.
    """
    queries.check_scope(query.on)
    context = queries.prepare(given, today, query.source, query.on, connect)
    requests, notes = queries.requests(context, query)
    places = tuple(
        (environment, everyone(context.access, request, with_bypasses=True)) for environment, request in requests
    )
    return WhoCanResult(
        context.project_name,
        context.source_name,
        places,
        context.access,
        context.project,
        (*notes, *context.notes),
        queries.role_names(context),
    )
