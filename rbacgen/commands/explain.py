"""The steps of `explain`: all access of a subject, an Azure role or a capability, in a project or in a source."""

from __future__ import annotations

from datetime import date

from rbacgen.analysis import explain as explanation
from rbacgen.analysis import subjects
from rbacgen.analysis.explain import Explanation
from rbacgen.analysis.results import ExplainResult
from rbacgen.commands import query as queries
from rbacgen.commands.open_source import Connect
from rbacgen.commands.query import QueryContext
from rbacgen.model.assignment import AzureRole
from rbacgen.model.problems import RbacgenError


def explain(given: str | None, today: date, about: str, source: str | None, connect: Connect) -> ExplainResult:
    """All access of a project role, a principal, an Azure role or a capability.

    Raises RbacgenError where `about` is none of them, and InputError where the project has errors.
    """
    context = queries.prepare(given, today, source, "", connect)
    is_complete = context.source is None or not context.source.state.coverage.unread
    return ExplainResult(_explanation(context, about), is_complete, context.project)


def _explanation(context: QueryContext, about: str) -> Explanation:
    project, access, places, catalog = context.project, context.access, context.places, context.catalog
    try:
        named = subjects.find(project, about)
    except subjects.UnknownSubjectError as error:
        role = _azure_role(context, about)
        if role is not None:
            return explanation.of_azure_role(role, project, access, places, catalog)
        if project is not None and about in project.mapping.capabilities:
            assert places is not None
            return explanation.of_capability(project.mapping.capabilities[about], project, access, places, catalog)
        raise RbacgenError(error.message, f"{error.hint}; or an Azure role, or a capability") from None
    if named.is_everyone:
        raise RbacgenError(
            "`explain` is about one subject, not everyone", "use `rbacgen matrix` for all of them, or `rbacgen who-can`"
        )
    if named.project_role is not None:
        assert project is not None
        assert context.alone is not None
        assert places is not None
        return explanation.of_project_role(named.project_role, project, context.alone, places, catalog)
    assert named.principal is not None
    principal = queries.known_principal(named.principal, access)
    return explanation.of_principal(principal, project, access, places, catalog)


def _azure_role(context: QueryContext, name: str) -> AzureRole | None:
    if context.project is not None:
        for known, custom in context.project.mapping.custom_roles.items():
            if known.casefold() == name.casefold():
                return custom.role
    return context.catalog.find(name)
