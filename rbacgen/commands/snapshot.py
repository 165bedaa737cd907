"""The steps of `snapshot`: reading what Azure holds, whether there is a project or not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from rbacgen.commands import load
from rbacgen.commands.open_source import LIVE, Connect, Reader
from rbacgen.model.problems import InputError
from rbacgen.model.source import Ask, Source
from rbacgen.model.state import Part
from rbacgen.project import managed_scopes


def snapshot(given: str | None, today: date, subscriptions: Iterable[str], connect: Connect) -> Source:
    """All access in Azure at the scopes of the project, or in these subscriptions, for which no project is needed.

    Raises InputError if the project has errors, and RbacgenError if nothing could be read at all.
    """
    named = tuple(dict.fromkeys(each.lower() for each in subscriptions))
    if named:
        roles = load.catalog_here(given)
        cloud = tenant = ""
        asked = Ask(subscriptions=named)
    else:
        checked = load.work_out(given, today, 0)
        if checked.blocking:
            raise InputError(checked.blocking)
        roles, cloud, tenant = checked.catalog, checked.project.cloud, checked.project.tenant
        asked = managed_scopes.ask(checked.project, checked.desired)
    reader = Reader(connect, cloud, roles)
    source = reader.read(LIVE, replace(asked, parts=frozenset(Part), all_definitions=True, mark=""), tenant)
    source = reader.with_justifications(source)
    return reader.with_directory(source, source.principals())
