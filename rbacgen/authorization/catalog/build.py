"""Write the catalogue that ships with rbacgen from listings of Azure.

Run as `python -m rbacgen.authorization.catalog.build ROLES OPERATIONS ESCALATIONS OUT`.

ROLES is JSON in one of two forms. The plain output of `az role definition list -o json` brings the shipped catalogue
up to date: former names, marks and the roles that such a list never shows are kept, and `--date` says its day.
An object `{"source": {"date": ...}, "roles": [...], "service_scoped": [...]}` is a whole catalogue, whose roles have
`name`, `id` (the GUID), `permissions` as in Azure, and where it applies `assignableScopes`, `formerNames`, `preview`
and `deprecated`. OPERATIONS is the output of `az provider operation list -o json`, or `{"providers": {namespace:
[[name, is_data_action, ...], ...]}}`, or the shipped `azure_operations.txt` itself. ESCALATIONS is written by hand, in
the form of the shipped `escalations.json`, which may be given itself.

The files depend on nothing but the input: the same bytes on every machine.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from rbacgen.authorization.catalog.definitions import read_definitions
from rbacgen.authorization.catalog.encoding import each_once, role_value
from rbacgen.authorization.catalog.escalations import EscalationCategory
from rbacgen.authorization.catalog.operations import MARKS, Operations
from rbacgen.authorization.catalog.overlay import apply, overlay_of
from rbacgen.authorization.catalog.roles import Catalog, load
from rbacgen.authorization.patterns import is_operation, matches_nothing
from rbacgen.model.assignment import AzureRole, Plane
from rbacgen.model.problems import InputError, RbacgenError

VERBS = frozenset(("read", "write", "delete", "action"))
"""How the name of an operation ends; what ends otherwise is no operation, though a role may name it."""


def read_roles(text: str, where: str, date: str = "") -> Catalog:
    """The catalogue that a listing makes.

    Raises:
        InputError: the listing is not as it should be.
        RbacgenError: the listing is a filtered one, or of no known day.
    """
    value = json.loads(text)
    if isinstance(value, dict) and "roles" in value:
        date = date or value["source"]["date"]
        hidden = _whole(value.get("service_scoped", ()), where)
        roles = (*_whole(value["roles"], where), *hidden)
        unlisted = frozenset(role.id for role in hidden)
    else:
        shipped = load()
        definitions = tuple(role for role in read_definitions(text, where) if not role.custom)
        listed = {role.id for role in shipped} - shipped.unlisted
        if len(listed & {role.id for role in definitions}) * 2 <= len(listed):
            raise RbacgenError(f"{where} holds less than half of the built-in roles", "list them without a filter")
        roles = tuple(apply(shipped, overlay_of(shipped, definitions)))
        unlisted = shipped.unlisted - {role.id for role in definitions}
    if not date:
        raise RbacgenError(f"{where} does not say of which day it is", "give the day with --date")
    # A catalogue of them refuses what could not be looked up by name later.
    return Catalog({}, date, unlisted).with_roles(roles)


def build_roles(catalog: Catalog) -> str:
    """The text of `azure_roles.txt`."""
    about = {"format_version": 1, "date": catalog.date, "unlisted": sorted(catalog.unlisted)}
    head = json.dumps(about, separators=(",", ":"))
    names = ["\t".join((role.id, role.name, *role.former_names)) for role in catalog]
    rest = [
        f"{role.id}\t{json.dumps(role_value(replace(role, description='')), separators=(',', ':'))}" for role in catalog
    ]
    # A table of names, quickly read, and the definitions by id, decoded one by one when they are needed.
    return "\n".join([head, *names, "", *sorted(rest)]) + "\n"


def _whole(values: Sequence[Mapping[str, Any]], where: str) -> tuple[AzureRole, ...]:
    """The roles of a whole catalogue, checked by the reader of Azure's own form."""
    definitions = [
        {
            "roleName": value["name"],
            "name": value["id"],
            "roleType": "BuiltInRole",
            "assignableScopes": value.get("assignableScopes", ["/"]),
            "permissions": value["permissions"],
        }
        for value in values
    ]
    marks = {value["id"].lower(): value for value in values}
    return tuple(
        replace(
            role,
            former_names=each_once(marks[role.id].get("formerNames", ())),
            preview=role.preview or marks[role.id].get("preview", False),
            deprecated=marks[role.id].get("deprecated", "") or role.deprecated,
        )
        for role in read_definitions(json.dumps(definitions), where)
    )


def _named_operations(text: str, shipped_form: bool) -> list[tuple[str, Plane]]:
    if shipped_form:
        operations = Operations(text)
        return [
            (each.name, each.plane) for provider in operations.providers() for each in operations.in_provider(provider)
        ]
    value = json.loads(text)
    if isinstance(value, dict):
        pairs = [(name, data) for listed in value["providers"].values() for name, data, *_ in listed]
    else:
        subjects = [subject for provider in value for subject in (provider, *provider.get("resourceTypes", ()))]
        pairs = [
            (each["name"], each.get("isDataAction")) for subject in subjects for each in subject.get("operations", ())
        ]
    return [(name, Plane.DATA if data else Plane.CONTROL) for name, data in pairs]


def _granted(roles: Iterable[AzureRole]) -> Iterator[tuple[str, Plane]]:
    """The permission strings of roles with their plane, by role."""
    for role in roles:
        for permission in role.permissions:
            for plane, granted in ((Plane.CONTROL, permission.actions), (Plane.DATA, permission.data_actions)):
                yield from ((each, plane) for each in granted)


def _wide(granted: Iterable[tuple[str, Plane]], known: Operations) -> Iterator[tuple[str, Plane]]:
    """The permission strings with a `*`, of one provider, that may match something and match nothing known."""
    for pattern, plane in granted:
        provider, slash, _ = pattern.partition("/")
        of_one_provider = slash and "*" in pattern and "*" not in provider
        if of_one_provider and not matches_nothing(pattern) and not known.matching(pattern, plane):
            yield pattern, plane


def build_operations(
    text: str,
    escalations: Iterable[Mapping[str, Any]],
    shipped_form: bool = False,
    roles: Iterable[AzureRole] = (),
) -> str:
    """The text of `azure_operations.txt`: the operations of a listing, and those of the escalations and of the roles.

    What a role names without a `*` is an operation of the plane that it grants it on: no listing is as complete, and a
    plane that is not known would not be evaluated. The same is true of a permission string that matches no known operation.
    """
    mark_of = {plane: mark for mark, plane in MARKS.items()}
    named = _named_operations(text, shipped_form)
    named += [(value["operation"], Plane(value["plane"])) for value in escalations]
    granted = [*_granted(roles)]
    named += [each for each in granted if is_operation(each[0])]
    found: dict[str, dict[tuple[str, Plane], str]] = {}
    spelling: dict[str, str] = {}
    for name, plane in named:
        namespace, _, rest = name.strip().partition("/")
        if rest.rpartition("/")[2].lower() not in VERBS:
            continue
        spelling.setdefault(namespace.lower(), namespace)
        found.setdefault(namespace.lower(), {}).setdefault((rest.lower(), plane), rest)

    def written() -> str:
        lines = [
            "# Operations by provider, data actions marked !. Written by rbacgen.authorization.catalog.build; sources in SOURCES.md."
        ]
        for namespace in sorted(found):
            lines.append(spelling[namespace])
            lines += [mark_of[key[1]] + found[namespace][key] for key in sorted(found[namespace])]
        return "\n".join(lines) + "\n"

    for pattern, plane in [*_wide(granted, Operations(written()))]:
        namespace, _, rest = pattern.partition("/")
        spelling.setdefault(namespace.lower(), namespace)
        found.setdefault(namespace.lower(), {}).setdefault((rest.lower(), plane), rest)
    return written()


def build_escalations(values: Iterable[Mapping[str, Any]]) -> str:
    """The text of `escalations.json`, the gravest category first."""
    order = list(EscalationCategory)
    escalations = [
        {
            "operation": value["operation"],
            "plane": Plane(value["plane"]).value,
            "category": EscalationCategory(value["category"]).value,
            "why": value["why"],
            "sources": sorted(value["sources"]),
        }
        for value in values
    ]
    escalations.sort(key=lambda value: (order.index(value["category"]), value["operation"].lower(), value["plane"]))
    return json.dumps({"format_version": 1, "escalations": escalations}, indent=1, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the three files into the folder OUT; 0 when it is done, 1 with reasons on stderr for wrong input."""
    parser = argparse.ArgumentParser(
        prog="python -m rbacgen.authorization.catalog.build", description=__doc__.splitlines()[0]
    )
    for name in ("roles", "operations", "escalations", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--date", default="", help="the day of the listing of roles, such as 2026-08-22")
    given = parser.parse_args(arguments)
    escalations = json.loads(given.escalations.read_text(encoding="utf-8"))["escalations"]
    operations = given.operations.read_text(encoding="utf-8")
    is_shipped = given.operations.suffix == ".txt"
    try:
        catalog = read_roles(given.roles.read_text(encoding="utf-8"), str(given.roles), given.date)
        texts = {
            "azure_roles.txt": build_roles(catalog),
            "azure_operations.txt": build_operations(operations, escalations, is_shipped, catalog),
            "escalations.json": build_escalations(escalations),
        }
    except RbacgenError as error:
        problems = error.problems if isinstance(error, InputError) else ()
        lines = [str(problem) for problem in problems] or [f"error: {error} ({error.hint})"]
        print(*lines, sep="\n", file=sys.stderr)
        return 1
    given.out.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (given.out / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
