"""A state: assignments by key, and how far they were read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from msgspec import Meta, Struct, field

from rbacgen.model.assignment import Assignment, Key
from rbacgen.model.scope import Scope, is_scope


class Part(StrEnum):
    """What is read of a scope, each part separately: one can fail while the others are complete."""

    ASSIGNMENTS = "assignments"
    ELIGIBILITIES = "eligibilities"
    ACTIVATIONS = "activations"
    DEFINITIONS = "definitions"
    DENIALS = "denials"
    DIRECTORY = "directory"


class Unread(Struct, frozen=True, order=True):
    """Something that could not be read: which part of which scope, why, and what to do about it."""

    scope: Annotated[str, Meta(description="The scope, or the file, that was not read.")]
    part: Annotated[Part, Meta(description="The part of it that was not read.")]
    why: Annotated[str, Meta(description="Why it was not read.")]
    remedy: Annotated[str, Meta(description="What to do about it.")]


class Coverage(Struct, frozen=True):
    """How far a reading reaches. What it does not cover was not read: its absence proves nothing.

    `below` has, for each part, the scopes (in lower case) that were read with everything below them, `alone` those that were
    read without what is below. `everything` is for states that are complete by themselves, such as the desired one. A text
    that is not a scope is refused (ValueError): `/subscriptions` would cover all of them.
    """

    below: Mapping[Part, frozenset[str]] = field(default_factory=dict)
    alone: Mapping[Part, frozenset[str]] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()
    everything: bool = False

    def __post_init__(self) -> None:
        for scopes in (*self.below.values(), *self.alone.values()):
            for each in scopes:
                if not is_scope(each):
                    raise ValueError(f"`{each}` is not a scope")

    def covers(self, part: Part, scope: Scope) -> bool:
        """Whether this part of this scope was read."""
        if self.everything:
            return True
        if scope.folded in self.alone.get(part, ()):
            return True
        roots = self.below.get(part)
        if not roots:
            return False
        folded = scope.folded
        while folded not in roots:
            folded = folded.rpartition("/")[0]
            if not folded:
                return False
        return True


EVERYTHING = Coverage(everything=True)


class State:
    """Assignments by key, sorted once: the one form of the desired and of the actual access.

    `coverage` says how far a reading reached; a desired state is complete.
    """

    __slots__ = ("_by_key", "coverage")

    def __init__(self, assignments: Iterable[Assignment], coverage: Coverage = EVERYTHING) -> None:
        keyed = {assignment.key: assignment for assignment in assignments}
        order = sorted(keyed, key=lambda key: (key.scope, key.role_id, key.principal_id, key.activation))
        self._by_key: Mapping[Key, Assignment] = MappingProxyType({key: keyed[key] for key in order})
        self.coverage = coverage

    def __iter__(self) -> Iterator[Assignment]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def __contains__(self, key: Key) -> bool:
        return key in self._by_key

    def get(self, key: Key) -> Assignment | None:
        """The assignment with this key, or None."""
        return self._by_key.get(key)

    def with_unread(self, *unread: Unread) -> State:
        """The same assignments, with more unread parts."""
        coverage = self.coverage
        return State(self, Coverage(coverage.below, coverage.alone, (*coverage.unread, *unread), coverage.everything))

    def items(self) -> Iterable[tuple[Key, Assignment]]:
        """Every key with its assignment, sorted."""
        return self._by_key.items()
