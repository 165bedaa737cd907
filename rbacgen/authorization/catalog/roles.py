"""The catalogue of Azure roles: found by id, name or former name, and decoded one at a time, when needed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import takewhile
from os.path import dirname, join
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rbacgen.authorization.catalog.encoding import role_of
from rbacgen.authorization.permissions import role_allows
from rbacgen.model.assignment import AzureRole, Plane
from rbacgen.model.problems import RbacgenError

if TYPE_CHECKING:
    from rbacgen.authorization.catalog.escalations import Escalation
    from rbacgen.authorization.catalog.operations import Operations

# By path, and without pathlib: importing that, or importlib.resources, takes longer than all that is done here.
FOLDER = dirname(__file__)


class Definitions:
    """The part of the shipped file that holds, a line each and by id, the JSON of all but the names of a role.

    Read on first use and kept as bytes: a role is found by bisection, and only its line is decoded.
    """

    __slots__ = ("_path", "_start", "_text")

    def __init__(self, path: str, start: int) -> None:
        self._path = path
        self._start = start
        self._text = b""

    def parse(self, role_id: str, name: str, former_names: tuple[str, ...]) -> AzureRole:
        """The role of an id that is there."""
        if not self._text:
            with open(self._path, "rb") as file:
                file.seek(self._start)
                self._text = file.read()
        text, desired = self._text, role_id.encode()
        low, high = 0, len(text)
        while low < high:
            start = text.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = text.find(b"\n", start) + 1 or len(text)
            found = text[start : start + len(desired)]
            if found == desired:
                return role_of(role_id, name, former_names, json.loads(text[start + len(desired) : end]))
            low, high = (end, high) if found < desired else (low, start)
        raise KeyError(role_id)


Row = tuple[str, tuple[str, ...], Definitions]
"""A role not yet parsed: its name, its former names, and where the rest is to be had."""


class CatalogError(RbacgenError):
    """Roles that cannot be in one catalogue."""


class Catalog:
    """Azure roles by id and by name. Never changes; it only remembers the roles that it has parsed.

    `date` is the day (ISO 8601) on which the built-in roles were listed. `unlisted` holds the ids of the built-in roles
    that `az role definition list` does not show at a subscription: those of a service's own scopes, and internal ones.
    """

    __slots__ = ("_entries", "_former_names", "_names", "date", "unlisted")

    def __init__(self, entries: Mapping[str, AzureRole | Row], date: str, unlisted: frozenset[str]) -> None:
        self.date = date
        self.unlisted = unlisted
        self._entries = dict(entries)
        self._names: dict[str, str] = {}
        self._former_names: dict[str, str] = {}
        for role_id in self._entries:
            name, former_names = self._called(role_id)
            self._names[name.lower()] = role_id
            for former_name in former_names:
                self._former_names[former_name.lower()] = role_id

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[AzureRole]:
        """Every role, parsed, by name."""
        return iter([self._role(role_id) for role_id in self._ids_by_name()])

    def __contains__(self, role_id: str) -> bool:
        return role_id.lower() in self._entries

    def _called(self, role_id: str) -> tuple[str, tuple[str, ...]]:
        entry = self._entries[role_id]
        return (entry.name, entry.former_names) if isinstance(entry, AzureRole) else (entry[0], entry[1])

    def _ids_by_name(self) -> list[str]:
        return sorted(self._entries, key=lambda role_id: (self._called(role_id)[0].lower(), role_id))

    def _role(self, role_id: str) -> AzureRole:
        entry = self._entries[role_id]
        if isinstance(entry, AzureRole):
            return entry
        name, former_names, definitions = entry
        role = self._entries[role_id] = definitions.parse(role_id, name, former_names)
        return role

    def find(self, text: str) -> AzureRole | None:
        """The role of this GUID, full role definition id, name or former name, without regard to case; None for none.

        A name that some role has today wins over the same name that another one had before.
        """
        folded = text.strip().lower()
        container, _, last = folded.rpartition("/roledefinitions/")
        role_id = last if container.endswith("providers/microsoft.authorization") else folded
        if role_id not in self._entries:
            role_id = self._names.get(folded) or self._former_names.get(folded, "")
        return self._role(role_id) if role_id else None

    def near(self, text: str, n: int = 3) -> tuple[str, ...]:
        """Up to `n` present names of roles that `text` may have meant, nearest first; former names are understood."""
        # Imported here, because only a mistake needs it.
        from difflib import get_close_matches

        by_name = self._former_names | self._names
        close = get_close_matches(text.strip().lower(), by_name, n=n + 3)
        return tuple(dict.fromkeys(self._called(by_name[name])[0] for name in close))[:n]

    def search(self, words: str, plane: Plane | None = None) -> tuple[AzureRole, ...]:
        """Roles, by name, whose name holds all the words, or, for an operation (`Provider/type/verb`), that grant it.

        An operation is looked for on the plane that is named, else on those where it is known, else on both.
        """
        if "/" in words and len(words.split()) == 1 and not self._words_found(words):
            operation = words.strip()
            known = tuple(each for each in Plane if self.operations.known(operation, each))
            planes = (plane,) if plane is not None else known or tuple(Plane)
            return tuple(role for role in self if any(role_allows(role, operation, each) for each in planes))
        return tuple(self._role(role_id) for role_id in self._words_found(words))

    def _words_found(self, words: str) -> list[str]:
        desired = words.lower().split()
        return [
            role_id
            for role_id in self._ids_by_name()
            if all(word in name for name in [self._called(role_id)[0].lower()] for word in desired)
        ]

    def names(self) -> tuple[str, ...]:
        """The present names of all roles, sorted."""
        return tuple(self._called(role_id)[0] for role_id in self._ids_by_name())

    def with_roles(self, roles: Iterable[AzureRole]) -> Catalog:
        """This catalogue with roles added; one with an id that is already there takes that role's place.

        A role that takes a place keeps what a listing does not contain: former names (the replaced name becomes one), and
        the preview and deprecation marks.

        Raises:
            CatalogError: a custom role has the name of another role. Azure refuses that as well, and a grant that names
                its role would mean either.
        """
        entries = dict(self._entries)
        joined: dict[str, AzureRole] = {}
        for role in roles:
            # A custom role that Azure has not created yet has no id; its name has to do.
            key = role.id or f"name {role.name.lower()}"
            joined[key] = _succeed(self._role(key), role) if key in entries else role
        for key in joined:
            entries.pop(key, None)
        # Last, so that they hold their names, should Azure have given one built-in role the name of another.
        merged = Catalog(entries | joined, self.date, self.unlisted)
        for key in merged._entries:
            subject = merged._names[merged._called(key)[0].lower()]
            if subject != key:
                _refuse_namesakes(merged._role(subject), merged._role(key))
        return merged

    def without(self, role_ids: Iterable[str]) -> Catalog:
        """This catalogue without the roles of these ids; ids that it does not have are passed over."""
        gone = {role_id.lower() for role_id in role_ids}
        kept = {role_id: entry for role_id, entry in self._entries.items() if role_id not in gone}
        return Catalog(kept, self.date, self.unlisted - gone)

    @property
    def operations(self) -> Operations:
        """The known operations of Azure, read from the package once."""
        from rbacgen.authorization.catalog.operations import load as load_operations

        return load_operations()

    def escalations(self) -> tuple[Escalation, ...]:
        """The operations that lead to more access, read from the package once."""
        from rbacgen.authorization.catalog.escalations import load as load_escalations

        return load_escalations()


def by_name(roles: Iterable[AzureRole]) -> tuple[AzureRole, ...]:
    """The roles by name without case; those of one name by id."""
    return tuple(sorted(roles, key=lambda role: (role.name.lower(), role.id)))


def _succeed(before: AzureRole, role: AzureRole) -> AzureRole:
    """A role with what was known of it before and a listing does not contain."""
    names = {name.lower(): name for name in (*before.former_names, before.name, *role.former_names)}
    names.pop(role.name.lower(), None)
    return replace(
        role,
        former_names=tuple(names[folded] for folded in sorted(names)),
        preview=role.preview or before.preview,
        deprecated=role.deprecated or before.deprecated,
    )


def _refuse_namesakes(one: AzureRole, other: AzureRole) -> None:
    custom, namesake = (one, other) if one.custom else (other, one)
    if not custom.custom:
        return
    kind = "custom" if namesake.custom else "built-in"
    raise CatalogError(
        f"the custom role {custom.name!r} ({custom.id or 'no id yet'}) has the name of "
        f"the {kind} role {namesake.name!r} ({namesake.id or 'no id yet'})",
        "names of Azure roles are unique without regard to case; give the custom role another name",
    )


@cache
def load() -> Catalog:
    """The catalogue that ships with rbacgen: Azure's built-in roles, as of its `date`."""
    path = join(FOLDER, "azure_roles.txt")
    with open(path, "rb") as file:
        about = json.loads(file.readline())
        names = [*takewhile(bytes.strip, file)]
        definitions = Definitions(path, file.tell())
    entries: dict[str, AzureRole | Row] = {}
    for line in names:
        role_id, name, *former_names = line.decode().rstrip().split("\t")
        entries[role_id] = (name, tuple(former_names), definitions)
    return Catalog(entries, about["date"], frozenset(about["unlisted"]))


class Roles:
    """Azure roles by their GUID, whoever knows them: the source's own definitions first, then the catalogue.

    One that neither knows comes out with its id and without a name.
    """

    __slots__ = ("_catalog", "_known")

    def __init__(self, catalog: Catalog, definitions: Iterable[AzureRole] = ()) -> None:
        self._catalog = catalog
        self._known = {role.id: role for role in definitions}

    def of(self, role_id: str) -> AzureRole:
        """The role of this GUID (lower case), the same object at every call."""
        role = self._known.get(role_id)
        if role is None:
            found = self._catalog.find(role_id) if role_id in self._catalog else None
            role = self._known[role_id] = found or AzureRole(role_id, "")
        return role
