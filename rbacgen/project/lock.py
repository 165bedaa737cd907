"""What only Azure knows, kept in `rbacgen.lock`: object ids, Azure's spelling of scopes, members of groups, and Azure roles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from rbacgen.authorization.catalog.encoding import PATTERN_LISTS, role_of, role_value
from rbacgen.authorization.groups import DirectMember, MemberKind
from rbacgen.model import rules
from rbacgen.model.assignment import AzureRole, PrincipalType
from rbacgen.model.problems import Position, Problem
from rbacgen.model.scope import GUID

FORMAT_VERSION = 1
MEMBER_KINDS = ("group", "user", "service_principal", "managed_identity")
TYPES = {
    "group": PrincipalType.GROUP,
    "user": PrincipalType.USER,
    "service_principal": PrincipalType.SERVICE_PRINCIPAL,
    "managed_identity": PrincipalType.SERVICE_PRINCIPAL,
}
_CONFLICT = re.compile(r"^(<{7}|\|{7}|={7}|>{7})( |$)", re.MULTILINE)
# A damaged lock is never written over: only what it holds shows that a group was made anew under an old name.
_ANEW = "or delete the file, and `rbacgen lock` starts anew"


class Lock(Struct, frozen=True):
    """The lock file as read; an absent file is an empty lock.

    `principals` maps (kind, name without case) to (object id, name as written); `scopes` maps a scope id without case
    to Azure's own spelling of it. `members` are the direct members of groups by the group's object id, sorted; nothing is
    known of a group that is not in it. `group_names` are what the directory calls those of them that the project does not name,
    by object id: groups in groups. `azure_roles` are the built-in Azure roles that the project used when it was locked,
    by GUID, with what they granted then; a lock of an earlier rbacgen has none.
    """

    file: str = "rbacgen.lock"
    tenant: str = ""
    principals: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    scopes: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, tuple[DirectMember, ...]] = field(default_factory=dict)
    azure_roles: Mapping[str, AzureRole] = field(default_factory=dict)
    group_names: Mapping[str, str] = field(default_factory=dict)

    def object_id(self, kind: str, name: str) -> str:
        """The Entra object id of a named principal, or an empty string where the lock does not have it."""
        return self.principals.get((kind, name.casefold()), ("", ""))[0]

    def spelled(self, scope_id: str) -> str:
        """The scope id as Azure spells it, where the lock knows; else as given."""
        return self.scopes.get(scope_id.lower(), scope_id)


class Named(Struct, frozen=True):
    """Somebody whom the project names: `given` is the object id in the file, empty where it is to be looked up."""

    kind: str
    name: str
    given: str
    at: Position

    @property
    def key(self) -> tuple[str, str]:
        """The kind and the name without case: whoever has the same one is the same."""
        return self.kind, self.name.casefold()

    def __str__(self) -> str:
        return f"the {words(self.kind)} `{self.name}`"


class LockChange(Struct, frozen=True):
    """One entry that comes into the lock or is taken out: a name with its object id, a scope, a member or an Azure role.

    Of a member, `group` is the object id of its group and `name` what the group is called. An Azure role that is in both locks
    and is not what it was comes as one that is new and with what it `was`.
    """

    is_new: bool
    kind: str
    name: str
    id: str = ""
    group: str = ""
    was: AzureRole | None = None
    role: AzureRole | None = None


def words(kind: str) -> str:
    """The kind of a member in words: `service principal`."""
    return kind.replace("_", " ")


def plural(kind: str) -> str:
    """Several of a kind in words: `managed identities`."""
    return "managed identities" if kind == "managed_identity" else f"{words(kind)}s"


def parse(text: str, file: str) -> tuple[Lock, tuple[Problem, ...]]:
    """The lock in this text; a damaged one comes out empty, with what is wrong and where."""
    twice: list[str] = []

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        members = dict(pairs)
        if len(members) < len(pairs):
            names = [name for name, _ in pairs]
            twice.extend(name for name in members if names.count(name) > 1)
        return members

    try:
        content = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:  # RecursionError: too deep; ValueError: also a number of 5,000 digits
        at = Position(file, getattr(error, "lineno", 1), getattr(error, "colno", 1))
        why = getattr(error, "msg", "too deep or too long")
        message = f"not valid JSON ({why}): restore it, {_ANEW}"
        if _CONFLICT.search(text):
            message = f"it holds a merge conflict: resolve it, {_ANEW}"
        return Lock(file), (rules.problem("json-syntax", at, message),)
    if twice:
        message = f"`{twice[0]}` is a duplicate key: keep the right one, {_ANEW}"
        return Lock(file), (rules.problem("duplicate-key", Position(file, 1, 1), message),)
    fault = _fault(content)
    if fault:
        message = f"{fault}, {_ANEW}"
        return Lock(file), (rules.problem("wrong-value", Position(file, 1, 1), message),)
    principals = {
        (kind, name.casefold()): (object_id.lower(), name)
        for kind, named in content.get("principals", {}).items()
        for name, object_id in named.items()
    }
    scopes = {scope.lower(): scope for scope in content.get("scopes", [])}
    members = {
        group.lower(): tuple(
            sorted({DirectMember(MemberKind(kind), each.lower()) for kind, ids in by_kind.items() for each in ids})
        )
        for group, by_kind in content.get("members", {}).items()
    }
    azure_roles = {
        role_id.lower(): role_of(role_id.lower(), value["name"], (), value)
        for role_id, value in content.get("azure_roles", {}).items()
    }
    group_names = {group.lower(): name for group, name in content.get("group_names", {}).items()}
    tenant = str(content.get("tenant", "")).lower()
    return Lock(file, tenant, principals, scopes, members, azure_roles, group_names), ()


def _fault(content: object) -> str:
    """What is wrong with the lock, and how it is mended; empty where nothing is."""
    version = content.get("format_version") if isinstance(content, dict) else None
    if isinstance(version, int) and version > FORMAT_VERSION:
        return f"a newer rbacgen wrote it, in format_version {version}: use that one"
    if not isinstance(content, dict) or version != FORMAT_VERSION:
        return f"expected a lock file of format_version {FORMAT_VERSION}: restore it"
    fault = _fault_in(content)
    return fault and f"{fault}: restore it"


def _fault_in(content: dict[str, object]) -> str:
    principals = content.get("principals", {})
    if not isinstance(principals, dict) or not set(principals) <= set(MEMBER_KINDS):
        return f"`principals` holds {', '.join(MEMBER_KINDS)}, each with names and object ids"
    for kind, named in principals.items():
        if not isinstance(named, dict):
            return f"`principals.{kind}` is no mapping of names to object ids"
        for name, object_id in named.items():
            if not isinstance(object_id, str) or not GUID.match(object_id):
                return f"the object id of {kind} `{name}` is no GUID"
        if len({name.casefold() for name in named}) < len(named):
            return f"`principals.{kind}` has a name twice, in other letter case"
    if not isinstance(content.get("tenant", ""), str):
        return "`tenant` is no text"
    scopes = content.get("scopes", [])
    if not isinstance(scopes, list) or not all(isinstance(each, str) and each.startswith("/") for each in scopes):
        return "`scopes` is no list of scope ids"
    return (
        _fault_in_members(content.get("members", {}))
        or _fault_in_names(content.get("group_names", {}))
        or _fault_in_roles(content.get("azure_roles", {}))
    )


def _fault_in_members(members: object) -> str:
    if not isinstance(members, dict):
        return "`members` is no mapping of object ids of groups"
    for group, by_kind in members.items():
        if not GUID.match(group):
            return f"`members` has `{group}`, which is no object id of a group"
        if not isinstance(by_kind, dict) or not by_kind.keys() <= set(MemberKind):
            return f"`members.{group}` holds {', '.join(MemberKind)}, each with object ids"
        for kind, ids in by_kind.items():
            if not _is_texts(ids) or not all(GUID.match(each) for each in ids):
                return f"`members.{group}.{kind}` is no list of object ids"
    if len({group.lower() for group in members}) < len(members):
        return "`members` has a group twice, in other letter case"
    return ""


def _fault_in_names(names: object) -> str:
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        return "`group_names` is no mapping of object ids of groups to names"
    for group in names:
        if not GUID.match(group):
            return f"`group_names` has `{group}`, which is no object id of a group"
    return ""


def _fault_in_roles(roles: object) -> str:
    if not isinstance(roles, dict):
        return "`azure_roles` is no mapping of GUIDs to Azure roles"
    for role_id, role in roles.items():
        if not GUID.match(role_id):
            return f"`azure_roles` has `{role_id}`, which is no GUID"
        if not isinstance(role, dict) or not isinstance(role.get("name"), str) or not role["name"]:
            return f"`azure_roles.{role_id}` has no name"
        if not _is_texts(role.get("assignable_scopes", [])):
            return f"`azure_roles.{role_id}.assignable_scopes` is no list of scopes"
        permissions = role.get("permissions")
        if not isinstance(permissions, list) or not all(_is_permission(each) for each in permissions):
            return f"`azure_roles.{role_id}.permissions` is no list of permissions"
    if len({role_id.lower() for role_id in roles}) < len(roles):
        return "`azure_roles` has a role twice, in other letter case"
    return ""


def _is_permission(value: object) -> bool:
    """Whether this is a permission object: lists of permission strings, and perhaps a condition."""
    return (
        isinstance(value, dict)
        and value.keys() <= {*PATTERN_LISTS, "condition", "condition_version"}
        and all(_is_texts(value.get(each, [])) for each in PATTERN_LISTS)
        and all(isinstance(value.get(each, ""), str) for each in ("condition", "condition_version"))
    )


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def dump(lock: Lock) -> str:
    """The text of a lock file: sorted, so that one more name is one more line; `parse` gives the same lock back.

    What was never asked for has no key: a lock without members is the same text as before there were any.
    """
    principals: dict[str, dict[str, str]] = {}
    for kind, folded in sorted(lock.principals):
        object_id, name = lock.principals[kind, folded]
        principals.setdefault(kind, {})[name] = object_id
    content: dict[str, object] = {
        "format_version": FORMAT_VERSION,
        "tenant": lock.tenant,
        "principals": principals,
        "scopes": [lock.scopes[folded] for folded in sorted(lock.scopes)],
    }
    if lock.members:
        content["members"] = {group: _by_kind(lock.members[group]) for group in sorted(lock.members)}
    if lock.group_names:
        content["group_names"] = {group: lock.group_names[group] for group in sorted(lock.group_names)}
    if lock.azure_roles:
        content["azure_roles"] = {role_id: _kept(lock.azure_roles[role_id]) for role_id in sorted(lock.azure_roles)}
    text = json.dumps(content, indent=2, ensure_ascii=False)
    # Marks that show nothing or turn the direction of text are written out: a reviewer must see what is there.
    return "".join(_shown(character) for character in text) + "\n"


def _by_kind(members: Iterable[DirectMember]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in sorted(members):
        found.setdefault(each.kind, []).append(each.id)
    return found


def kept(role: AzureRole) -> AzureRole:
    """An Azure role as a lock keeps it: what it is called and what it grants where, its permission objects in one order."""
    permissions = tuple(
        sorted(role.permissions, key=lambda each: tuple(getattr(each, name) for name in _PERMISSION_PARTS))
    )
    return AzureRole(role.id, role.name, permissions, assignable_scopes=role.assignable_scopes)


_PERMISSION_PARTS = (*PATTERN_LISTS, "condition", "condition_version")


def _kept(role: AzureRole) -> dict[str, object]:
    return {"name": role.name, **role_value(kept(role))}


def changes(before: Lock, after: Lock) -> tuple[LockChange, ...]:
    """What one lock has more and less than the other, principals first; what is taken out before what comes in."""
    found: list[LockChange] = []
    for key in sorted({*before.principals, *after.principals}):
        was, now = before.principals.get(key), after.principals.get(key)
        if was is not None and (now is None or now[0] != was[0]):
            found.append(LockChange(False, key[0], was[1], was[0]))
        if now is not None and (was is None or now[0] != was[0]):
            found.append(LockChange(True, key[0], now[1], now[0]))
    for folded in sorted({*before.scopes, *after.scopes}):
        old, new = before.scopes.get(folded, ""), after.scopes.get(folded, "")
        if old != new:
            found += [LockChange(is_new, "scope", scope) for is_new, scope in ((False, old), (True, new)) if scope]
    return (*found, *_name_changes(before, after), *_member_changes(before, after), *_role_changes(before, after))


def _name_changes(before: Lock, after: Lock) -> list[LockChange]:
    """The names of groups that were known before and after, and are not what they were; others come with their members."""
    found: list[LockChange] = []
    for group in sorted(before.members.keys() & after.members.keys()):
        old, new = before.group_names.get(group, ""), after.group_names.get(group, "")
        if old != new:
            found += [
                LockChange(is_new, "group_name", name, group) for is_new, name in ((False, old), (True, new)) if name
            ]
    return found


def _member_changes(before: Lock, after: Lock) -> list[LockChange]:
    names = {**before.group_names, **after.group_names}
    names |= {object_id: name for lock in (before, after) for object_id, name in lock.principals.values()}
    found: list[LockChange] = []
    for group in sorted({*before.members, *after.members}):
        name = names.get(group, group)
        was, now = set(before.members.get(group, ())), set(after.members.get(group, ()))
        found += [LockChange(False, each.kind, name, each.id, group) for each in sorted(was - now)]
        found += [LockChange(True, each.kind, name, each.id, group) for each in sorted(now - was)]
    return found


def _role_changes(before: Lock, after: Lock) -> list[LockChange]:
    found: list[LockChange] = []
    for role_id in sorted({*before.azure_roles, *after.azure_roles}):
        was, now = before.azure_roles.get(role_id), after.azure_roles.get(role_id)
        if now is None:
            assert was is not None
            found.append(LockChange(False, "azure_role", was.name, role_id))
        elif was is None or kept(was) != kept(now):
            found.append(LockChange(True, "azure_role", now.name, role_id, was=was, role=now))
    return found


def _shown(character: str) -> str:
    return character if character.isprintable() or character == "\n" else json.dumps(character)[1:-1]


def quoted(name: str) -> str:
    """The name as a shell takes it for one word."""
    plain = all(character.isalnum() or character in "-_.@#" for character in name)
    return name if plain else "'" + name.replace("'", "'\\''") + "'"
