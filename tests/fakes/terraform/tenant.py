"""A tenant in a JSON file: what Azure itself stores, refuses and changes about role assignments.

The file holds one object; every key may be absent:

    assignments       role assignment id -> its properties              what `azurerm_role_assignment` reads and writes
                      (`role_definition_id` and `principal_id` are enough for one that is there from the start)
    eligible, active  scope|role definition id|principal -> properties  the two kinds of PIM schedule
    definitions       GUID -> custom role definition                    what `azurerm_role_definition` reads and writes
    places            resource id -> the resource's attributes          resource groups, identities, vaults
    scopes            list of scope ids in Azure's own letter case
    principals        object id -> User, Group or ServicePrincipal; where it is given, Azure knows no others
    ends_required     true: PIM wants an end of everything, as its default policy does (azurerm issue 22766)

Every change takes an exclusive lock, so that Terraform's parallel calls and several runs can share one tenant.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Record = dict[str, Any]
"""A JSON object, be it a whole tenant or one thing in it."""

ASSIGNMENT = "/providers/Microsoft.Authorization/roleAssignments/"
DEFINITION = "/providers/Microsoft.Authorization/roleDefinitions/"

_SUBSCRIPTION = re.compile(r"(/subscriptions/[^/]+)(?:/|\Z)", re.IGNORECASE)
_MANAGEMENT_GROUP = re.compile(r"/providers/Microsoft\.Management/managementGroups/[^/]+\Z", re.IGNORECASE)
_RESOURCE_GROUPS = re.compile(r"(/subscriptions/[^/]+)/resourcegroups(/|\Z)", re.IGNORECASE)


class RefusedError(Exception):
    """What Azure, or the provider in its name, answers in place of doing what it was asked."""


_read: dict[str, tuple[tuple[int, int, int], Record]] = {}


def seen(path: str) -> Record:
    """The tenant in the file at `path`, to look at and not to change; parsed anew only where the file is a new one."""
    if not path or not Path(path).exists():
        return {}
    status = Path(path).stat()
    signature = (status.st_ino, status.st_mtime_ns, status.st_size)
    if path not in _read or _read[path][0] != signature:
        _read[path] = (signature, json.loads(Path(path).read_text()))
    return _read[path][1]


@contextmanager
def opened(path: str) -> Iterator[Record]:
    """Give the tenant in the file at `path` to change, and write it back; no path is a tenant of one use.

    Nothing is written where the body raises. The file is replaced at once, so that who only looks needs no lock.
    """
    if not path:
        yield {}
        return
    with Path(f"{path}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        file = Path(path)
        tenant: Record = json.loads(file.read_text()) if file.exists() else {}
        yield tenant
        written = Path(f"{path}.{os.getpid()}")
        written.write_text(json.dumps(tenant, sort_keys=True))
        written.replace(file)


def is_scope(text: str) -> bool:
    """Whether a role can be assigned at `text`: root, a management group, or pairs of segments below a subscription."""
    if text == "/" or _MANAGEMENT_GROUP.match(text) or text.startswith("/providers/Microsoft.Subscription"):
        return True
    segments = text.strip("/").split("/")
    return bool(_SUBSCRIPTION.match(text)) and len(segments) % 2 == 0 and all(segments)


def spelled(tenant: Record, scope: str) -> str:
    """`scope` as Azure gives it back: its own letter case, for the scope or for the nearest one above that it knows.

    The provider itself rights one segment only, `resourceGroups` (azurerm issues 24434, 22076, 16213).
    """
    scope = _RESOURCE_GROUPS.sub(r"\1/resourceGroups\2", scope)
    known = {own.lower(): own for own in tenant.get("scopes", [])}
    for end in [len(scope), *(place for place in range(len(scope) - 1, 0, -1) if scope[place] == "/")]:
        own = known.get(scope[:end].lower())
        if own:
            return str(own) + scope[end:]
    return scope


def role_guid(role_definition_id: str) -> str:
    """The GUID that a role definition id ends in, in lower case."""
    return role_definition_id.rsplit("/", 1)[-1].lower()


def role_definition_id(scope: str, guid: str) -> str:
    """The id that Azure gives a role definition when it is asked at `scope`: prefixed under a subscription, else bare.

    Azure-wide behaviour, the cause of azurerm issues 4847, 4258, 3398, 13993 and 19847.
    """
    subscription = _SUBSCRIPTION.match(scope)
    return (subscription.group(1) if subscription else "") + DEFINITION + guid


def assignment_id(scope: str, name: str) -> str:
    """The id of a role assignment; at root it begins with two slashes, as azurerm writes it."""
    return scope + ASSIGNMENT + name


def principal_type(tenant: Record, principal: str, asked: str) -> str:
    """The type that Azure gives the principal back with; refuses principals that a tenant with a directory lacks.

    The provider repeats its call until its create timeout is over when it gets PrincipalNotFound (azurerm issue 18113);
    this stand-in gives up at once.
    """
    directory = tenant.get("principals")
    if directory is None:
        return asked or "User"
    kind = {key.lower(): value for key, value in directory.items()}.get(principal.lower())
    if kind is None:
        raise RefusedError(
            "unexpected status 400 (400 Bad Request) with error: PrincipalNotFound: "
            f"Principal {principal.replace('-', '')} does not exist in the directory."
        )
    if asked and asked != kind:
        raise RefusedError(
            "unexpected status 400 (400 Bad Request) with error: UnmatchedPrincipalType: "
            f"The PrincipalId '{principal}' has type '{kind}', which is different from specified PrincipalType "
            f"'{asked}'."
        )
    return str(kind)


def refuse_existing(kind: str, id_: str) -> None:
    """Refuse to create what is there: the provider's own answer after its look before a create."""
    raise RefusedError(
        f'A resource with the ID "{id_}" already exists - to be managed via Terraform this resource needs to be '
        f'imported into the State. Please see the resource documentation for "{kind}" for more information.'
    )


def assign(tenant: Record, desired: Record) -> str:
    """Put a role assignment into the tenant and give its id; the checks come in the provider's and Azure's order."""
    scope, name = desired["scope"], desired["name"]
    id_ = assignment_id(scope, name)
    assignments: Record = tenant.setdefault("assignments", {})
    by_id = {key.lower(): value for key, value in assignments.items()}
    if id_.lower() in by_id:
        refuse_existing("azurerm_role_assignment", id_)
    if not is_scope(scope):
        raise RefusedError(f"Azure knows no scope {scope!r} (the stand-in's own words).")
    if not is_uuid(desired["principal_id"]):
        raise RefusedError(
            "unexpected status 400 (400 Bad Request) with error: InvalidPrincipalId: "
            f"The Principal ID '{desired['principal_id']}' is not valid. Principal ID must be a GUID."
        )
    kept = spelled(tenant, scope)
    tuple_ = (kept.lower(), role_guid(desired["role_definition_id"]), desired["principal_id"].lower())
    for other in map(whole, assignments, assignments.values()):
        if other["name"].lower() == name.lower():
            raise RefusedError(
                "unexpected status 400 (400 Bad Request) with error: RoleAssignmentUpdateNotPermitted: Tenant ID, "
                "application ID, principal ID, and scope are not allowed to be updated."
            )
        if tuple_ == (other["scope"].lower(), role_guid(other["role_definition_id"]), other["principal_id"].lower()):
            raise RefusedError(
                "unexpected status 409 (409 Conflict) with error: RoleAssignmentExists: "
                "The role assignment already exists."
            )
    kind = principal_type(tenant, desired["principal_id"], desired["principal_type"])
    assignments[assignment_id(kept, name)] = {**desired, "scope": kept, "principal_type": kind}
    return id_


def whole(id_: str, assignment: Record) -> Record:
    """A role assignment with every property: name and scope follow from its id, and what is not set is null."""
    scope, _, name = id_.partition(ASSIGNMENT)
    optional = ("delegated_managed_identity_resource_id", "description", "condition", "condition_version")
    return dict.fromkeys(optional) | {"name": name, "scope": scope or "/", "principal_type": "User"} | assignment


def found(records: Record, id_: str) -> Record | None:
    """The record under an id, whatever the letter case of the two."""
    if id_ in records:
        exact: Record = records[id_]
        return exact
    return next((record for key, record in records.items() if key.lower() == id_.lower()), None)


def forget(records: Record, id_: str) -> None:
    """Remove the record under an id, whatever the letter case; nothing happens where there is none."""
    for key in [key for key in records if key.lower() == id_.lower()]:
        del records[key]


def is_uuid(text: str) -> bool:
    """Whether text is a GUID in the form with hyphens."""
    return bool(re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text))


def identifier(*words: str) -> str:
    """A GUID that the same words give every time; for the ids that Azure would draw."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(words).lower()))
