"""What a lock asks Azure and its directory, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct, field

from rbacgen.authorization.groups import DirectMember
from rbacgen.model.problems import Position
from rbacgen.model.source import Entry
from rbacgen.project.lock import Named


class BoundScope(Struct, frozen=True):
    """A literal scope that the project binds or desires, as it is written there, and where."""

    scope: str
    at: Position


class FoundPrincipal(Struct, frozen=True):
    """Somebody whom Azure has under a name: the object id in lower case, and what distinguishes it (`distinguished_by`) from a namesake."""

    id: str
    distinguished_by: str = ""


class LookupAnswer(Struct, frozen=True):
    """What Azure answered to one question: who has a name, or whether a scope is there and how Azure spells it.

    `hint` says what is there instead. Where `why` is not empty it could not be asked, and `remedy` says what to do.
    """

    found: tuple[FoundPrincipal, ...] = ()
    spelled: str = ""
    hint: str = ""
    why: str = ""
    remedy: str = ""


class Listing(Struct, frozen=True):
    """The direct members of a group as the directory has them, or why they could not be read whole, and the remedy.

    `name` is what the directory calls the group, empty where it does not say.
    """

    members: tuple[DirectMember, ...] = ()
    why: str = ""
    remedy: str = ""
    name: str = ""


class LookupAnswers(Struct, frozen=True):
    """Everything that Azure answered.

    `names` are by `Named.key`; `directory` holds what is known of object ids; one that is not in it could not be asked for,
    for the reason and with the remedy in `refused`; `hints` says what an id is that the directory does not have as an object;
    `scopes` are by scope in lower case.
    """

    names: Mapping[tuple[str, str], LookupAnswer] = field(default_factory=dict)
    directory: Mapping[str, Entry] = field(default_factory=dict)
    refused: tuple[str, str] = ("", "")
    hints: Mapping[str, str] = field(default_factory=dict)
    scopes: Mapping[str, LookupAnswer] = field(default_factory=dict)


class Lookup(Protocol):
    """Azure and its directory, to be asked for names and scopes. There is nothing here that writes."""

    def tenant(self) -> str:
        """The tenant that the login is for, in lower case; empty where that is not known."""
        ...

    def names(self, named: tuple[Named, ...]) -> Mapping[tuple[str, str], LookupAnswer]:
        """Who has each of these names, by `Named.key`."""
        ...

    def directory(self, object_ids: frozenset[str]) -> Mapping[str, Entry]:
        """What the directory says of each of these ids; raises RbacgenError where it may not be asked."""
        ...

    def hints(self, object_ids: frozenset[str]) -> Mapping[str, str]:
        """What ids are that the directory has no object for, as far as it knows: an application's id, for one."""
        ...

    def scopes(self, scope_ids: tuple[str, ...], tenant: str) -> Mapping[str, LookupAnswer]:
        """Each of these scopes as Azure spells it, by the scope in lower case; those of another tenant are not there."""
        ...

    def members(self, group_ids: frozenset[str]) -> Mapping[str, Listing]:
        """The direct members of each of these groups, by the group's object id."""
        ...
