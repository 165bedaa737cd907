"""Find the Azure roles that cover a set of needed operations with the least beyond them, alone or together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.operations import Operation
from rbacgen.authorization.excess import Excess, GrantPlace, Universe
from rbacgen.authorization.patterns import is_covered, matches
from rbacgen.authorization.permissions import compiled
from rbacgen.model.assignment import AzureRole, Plane
from rbacgen.model.scope import ScopeLevel

FAR_LESS: Final = 2
"""Roles together are worth an assignment more where they come to less than one part in so many of the best with fewer.
Each assignment is one more to review, to count against the limit of a subscription and to forget: a few reads less do not
pay for it, half of all that is too much does."""

TOGETHER: Final = 6
"""How many roles are put together at most where fewer, or one alone, cover the need as well."""

SHOWN_TOGETHER: Final = 3
"""How many sets of one size are given at most: the least one and the next best."""

MOST_STEPS: Final = 300_000
"""How many sets of roles are weighed before a search gives what it has and says that this is not proven: about a second."""

FEW: Final = 25
"""A provider of which fewer operations are known, and not known to be all, is called little known."""

_WHOLE: Final = (
    # (what an operation begins with, the planes that are known whole): rbacgen/authorization/catalog/SOURCES.md
    ("microsoft.machinelearningservices/", (Plane.CONTROL, Plane.DATA)),
    ("microsoft.keyvault/vaults/", (Plane.CONTROL, Plane.DATA)),
    ("microsoft.storage/", (Plane.DATA,)),
    ("microsoft.search/", (Plane.CONTROL, Plane.DATA)),
)

# Built-in roles that are made for identities of Azure services, by how their names begin or what is in them: those of the operators of
# an OpenShift cluster, of the plans of Defender, and of what calls itself a service role.
# https://learn.microsoft.com/azure/openshift/howto-understand-managed-identities
# https://learn.microsoft.com/azure/defender-for-cloud/permissions
# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
_SERVICE_BEGINNINGS: Final = (
    "ai model scanner ",
    "avere operator",
    "azure red hat openshift ",
    "cosmosdb fleet analytics ",
    "defender ",
)
_SERVICE_NAMES: Final = (" service role", " hub agent role")


class Reservation(StrEnum):
    """What there is to say against a role whatever it grants, from nothing to the gravest.

    `service` are roles that Azure does not list at a subscription, or made for a service's own identities.
    """

    ORDINARY = "ordinary"
    PREVIEW = "preview"
    RETIRING = "retiring"
    SERVICE = "service"


_LAST: Final = (Reservation.RETIRING, Reservation.SERVICE)  # in this order, behind all others


class SuggestedRole(Struct, frozen=True):
    """One role of an option: what of the need it covers, what of that no other role of the option does, and its surplus.

    `partly` are permission strings that it covers a part of, and other roles the rest. `excess` is the role's own weight, `adds` what would fall away of the option's without it. `conditional` says that it
    gives more under a condition in its definition; that counts as surplus and covers nothing.
    """

    role: AzureRole
    standing: Reservation
    covers: tuple[Operation, ...]
    alone: tuple[Operation, ...]
    partly: tuple[Operation, ...]
    excess: int
    adds: int
    conditional: bool


class Option(Struct, frozen=True):
    """Roles that cover the need together.

    `excess` is what can exist at the place that was asked for, `everywhere` the weight of all of it. `levels` are where all of
    them may be assigned; `only_at` holds the scopes where they must be, for roles of a service's own scopes and custom ones.
    """

    parts: tuple[SuggestedRole, ...]
    excess: Excess
    everywhere: int
    levels: tuple[ScopeLevel, ...]
    only_at: tuple[str, ...]

    @property
    def standing(self) -> Reservation:
        """The gravest standing among its roles."""
        return max((part.standing for part in self.parts), key=list(Reservation).index)


class SuggestedCustomRole(Struct, frozen=True):
    """A custom role with exactly the needs.

    `unknown` are operations that are not in the known list: Azure refuses the whole role where no provider has one of them.
    `doubtful` are permission strings with a `*` inside a word, of which nothing says that Azure takes them. `left_out` are
    those that Azure refuses for certain, with two `*`. `instead` names the Azure roles that grant just this, where some do.
    """

    name: str
    actions: tuple[str, ...]
    data_actions: tuple[str, ...]
    assignable_scopes: tuple[str, ...]
    unknown: tuple[Operation, ...]
    doubtful: tuple[Operation, ...]
    left_out: tuple[Operation, ...]
    instead: str

    @property
    def at_management_groups(self) -> bool:
        """Whether it can be assigned there: Azure takes no custom role with data actions at a management group.

        https://learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-limits
        """
        return not self.data_actions


class KnownOperations(Struct, frozen=True):
    """How far the operations of a provider are known on a plane: how many, and whether the list is held to be whole."""

    provider: str
    plane: Plane
    operations: int
    is_whole: bool

    @property
    def is_little(self) -> bool:
        """Whether so little is known that a surplus says nothing."""
        return not self.is_whole and self.operations < FEW


class Suggestion(Struct, frozen=True):
    """What covers a need, best first.

    `uncovered` are needs that no role has; the options cover all others. `unknown` are literal needs that are not in the
    known list, `misplaced` those that cannot exist at the place. `is_proven` says that no set of as many roles is better
    than the ones given; it is false where a search was given up. `covering` counts the roles that cover everything alone.
    """

    needs: tuple[Operation, ...]
    place: GrantPlace | None
    options: tuple[Option, ...]
    covering: int
    uncovered: tuple[Operation, ...]
    unknown: tuple[Operation, ...]
    misplaced: tuple[Operation, ...]
    known: tuple[KnownOperations, ...]
    is_proven: bool


class NeedSuggestion(Struct, frozen=True):
    """A suggestion for a part of what was asked: for a scope kind in some environments, standing or after an activation.

    `scope_kind` is empty, and there are no environments, where operations were asked for and not needs of a mapping.
    """

    scope_kind: str
    environments: tuple[str, ...]
    activated: bool
    suggestion: Suggestion
    custom_role: SuggestedCustomRole | None


class Advice(Struct, frozen=True):
    """All that was found for one question: `asked` says in words where the needs came from."""

    asked: str
    answers: tuple[NeedSuggestion, ...]
    remarks: tuple[str, ...]


def covers_pattern(pattern: str, plane: Plane, roles: Sequence[AzureRole]) -> bool:
    """Whether roles cover every operation of a permission string between them, none of it under a condition."""
    return is_covered(
        pattern, [each for role in roles for each in compiled(role).regions(plane, with_conditions=False)]
    )


def assignable(role: AzureRole) -> tuple[ScopeLevel, ...]:
    """The levels at which a role may be assigned; none for a role of a service's own scopes.

    A custom role of a mapping names no scopes: it is made in the subscriptions of the project.

    A custom role cannot be made for the tenant root, and one with data actions not for management groups
    (https://learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-limits).
    """
    below = (ScopeLevel.SUBSCRIPTION, ScopeLevel.RESOURCE_GROUP, ScopeLevel.RESOURCE)
    if not role.custom and "/" in role.assignable_scopes:
        return tuple(ScopeLevel)
    levels = set() if role.assignable_scopes else set(below)
    for scope in role.assignable_scopes:
        folded = scope.lower().rstrip("/")
        if not folded or folded.startswith("/providers/microsoft.management/managementgroups/"):
            levels |= {ScopeLevel.MANAGEMENT_GROUP, *below}
        elif folded.startswith("/subscriptions/"):
            levels |= set(below[1:] if "/resourcegroups/" in folded else below)
    if role.custom and any(permission.data_actions for permission in role.permissions):
        levels -= {ScopeLevel.TENANT, ScopeLevel.MANAGEMENT_GROUP}
    return tuple(level for level in ScopeLevel if level in levels)


def standing(role: AzureRole, unlisted: frozenset[str]) -> Reservation:
    """What there is to say against a role; `unlisted` are the ids that Azure does not list at a subscription."""
    name = role.name.lower()
    made_for_a_service = name.startswith(_SERVICE_BEGINNINGS) or any(words in name for words in _SERVICE_NAMES)
    if role.id in unlisted or (made_for_a_service and not role.custom):
        return Reservation.SERVICE
    if role.deprecated:
        return Reservation.RETIRING
    return Reservation.PREVIEW if role.preview else Reservation.ORDINARY


class Choice(Struct, frozen=True):
    """A role in a search, as bits: what of the need it covers, and what it grants beyond."""

    covers: int
    excess: int


class SearchResult(Struct, frozen=True):
    """What a search gave: sets of choices by index, the least first, how many it weighed, and whether it went to its end."""

    sets: tuple[tuple[int, ...], ...]
    steps: int
    is_proven: bool


def least(
    needed: int,
    choices: Sequence[Choice],
    size: int,
    keep: int,
    weigh: Callable[[int], int],
    is_whole: Callable[[tuple[int, ...]], bool] = lambda chosen: True,
    steps: int = MOST_STEPS,
) -> SearchResult:
    """The `keep` sets of exactly `size` choices that cover `needed` with the least weight of what they grant together.

    Branch and bound: the operation that the fewest choices cover is taken, each choice that has it is tried, and a branch is
    cut where its weight is beyond the best so far, since what a union grants only grows, or where the operations that are
    left take more choices than there may be. A choice that was tried is left out of the branches beside it, so that each set
    is met once. Sets of which a part would do are not given. `is_whole` has the last word on a set that covers everything;
    more choices must never turn its yes into a no. Equal weights come in the order of the choices.
    """
    search = _Search(needed, choices, size, keep, weigh, is_whole, steps)
    search.go(needed, 0, (), frozenset())
    return SearchResult(tuple(chosen for _, chosen in search.best), steps - max(search.steps, 0), search.steps >= 0)


class _Search:
    def __init__(
        self,
        needed: int,
        choices: Sequence[Choice],
        size: int,
        keep: int,
        weigh: Callable[[int], int],
        is_whole: Callable[[tuple[int, ...]], bool],
        steps: int,
    ) -> None:
        self.needed = needed
        self.choices = choices
        self.size = size
        self.keep = keep
        self.weigh = weigh
        self.is_whole = is_whole
        self.steps = steps
        self.best: list[tuple[int, tuple[int, ...]]] = []
        self.having: dict[int, tuple[int, ...]] = {}
        self.reach: dict[int, int] = {}  # what a choice that covers this operation may cover at most
        for bit in bits_of(needed):
            self.having[bit] = tuple(index for index, each in enumerate(choices) if each.covers & bit)
            self.reach[bit] = 0
            for index in self.having[bit]:
                self.reach[bit] |= choices[index].covers

    def go(self, uncovered: int, union: int, chosen: tuple[int, ...], tried: frozenset[int]) -> None:
        if not uncovered and self.is_whole(chosen):
            self.record(union, chosen)
            return
        left = self.size - len(chosen)
        if not left or not self.is_enough(uncovered, left):
            return
        for weight, index in self.branches(uncovered, union, chosen, tried, left):
            if self.steps < 0 or (len(self.best) == self.keep and weight > self.best[-1][0]):
                return
            choice = self.choices[index]
            self.go(uncovered & ~choice.covers, union | choice.excess, (*chosen, index), tried)
            tried |= {index}

    def is_enough(self, uncovered: int, left: int) -> bool:
        """Whether so many choices may cover what is left: operations that no choice has in common take one each."""
        while uncovered:
            left -= 1
            if left < 0:
                return False
            uncovered &= ~self.reach[uncovered & -uncovered] & ~(uncovered & -uncovered)
        return True

    def branches(
        self, uncovered: int, union: int, chosen: tuple[int, ...], tried: frozenset[int], left: int
    ) -> list[tuple[int, int]]:
        """The choices to try next with the weight of the union, the least first."""
        if not uncovered:  # every known operation is covered, but not some permission string: anything may help
            candidates = [index for index in range(len(self.choices)) if index not in tried and index not in chosen]
        else:
            allowed = ([each for each in self.having[bit] if each not in tried] for bit in bits_of(uncovered))
            candidates = min(allowed, key=len)
        if left == 1:
            candidates = [index for index in candidates if not uncovered & ~self.choices[index].covers]
        self.steps -= len(candidates)
        return sorted((self.weigh(union | self.choices[index].excess), index) for index in candidates)

    def record(self, union: int, chosen: tuple[int, ...]) -> None:
        if len(chosen) == self.size and self.is_tight(chosen):
            self.best.append((self.weigh(union), tuple(sorted(chosen))))
            self.best.sort()
            del self.best[self.keep :]

    def is_tight(self, chosen: tuple[int, ...]) -> bool:
        """Whether none of the choices could be left out."""
        for left_out in chosen:
            rest = tuple(each for each in chosen if each != left_out)
            covered = 0
            for index in rest:
                covered |= self.choices[index].covers
            if not self.needed & ~covered and self.is_whole(rest):
                return False
        return True


def greedy(
    needed: int, choices: Sequence[Choice], weigh: Callable[[int], int], is_whole: Callable[[tuple[int, ...]], bool]
) -> tuple[int, ...]:
    """Some set of choices that covers `needed`, not the least, for where that cannot be found; none where all do not.

    What covers most for its weight is taken each time; what turns out to be superfluous is left out, the heaviest first.
    """
    chosen: list[int] = []
    uncovered, union = needed, 0
    while uncovered:
        gains = [
            ((weigh(union | each.excess) - weigh(union) + 1) / (each.covers & uncovered).bit_count(), index)
            for index, each in enumerate(choices)
            if each.covers & uncovered
        ]
        if not gains:
            return ()
        index = min(gains)[1]
        chosen.append(index)
        uncovered &= ~choices[index].covers
        union |= choices[index].excess
    chosen += [index for index in range(len(choices)) if index not in chosen and not is_whole(tuple(chosen))]
    for index in sorted(chosen, key=lambda each: (-weigh(choices[each].excess), each)):
        rest = tuple(each for each in chosen if each != index)
        covered = 0
        for each in rest:
            covered |= choices[each].covers
        if rest and not needed & ~covered and is_whole(rest):
            chosen = list(rest)
    return tuple(sorted(chosen)) if is_whole(tuple(chosen)) else ()


def bits_of(bits: int) -> Iterator[int]:
    """Each bit that is set, alone, the lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest
        bits ^= lowest


class _Candidate(Struct, frozen=True):
    """A role that has something of the need: `excess` at the place, `everywhere` at any."""

    role: AzureRole
    standing: Reservation
    covers: int
    excess: int
    weight: int
    everywhere: int

    @property
    def order(self) -> tuple[int, int, int, int, int, int, str, str]:
        """By weight; of equal ones the less wide, the sounder, and what says it in fewer and shorter words: the general."""
        strings = sum(len(each.actions) + len(each.data_actions) for each in self.role.permissions)
        return (
            self.weight,
            self.everywhere.bit_count(),
            list(Reservation).index(self.standing),
            strings,
            len(self.role.permissions),
            len(self.role.name),
            self.role.name.lower(),
            self.role.id,
        )


class _Question:
    """A need as bits, and the roles that have something of it."""

    def __init__(
        self,
        needs: tuple[Operation, ...],
        universe: Universe,
        roles: Iterable[AzureRole],
        catalog: Catalog,
        place: GrantPlace | None,
    ) -> None:
        self.universe = universe
        self.needs = needs
        self.bits = {need: universe.expand(need.name, need.plane) for need in needs}
        self.patterns = tuple(need for need in needs if "*" in need.name)
        self.needed = 0
        for bits in self.bits.values():
            self.needed |= bits
        possible = universe.possible_at(place) if place is not None else -1
        self.candidates: list[_Candidate] = []
        for role in roles:
            granted = universe.granted(role)
            if not granted & self.needed:
                continue
            covers = granted & self.needed
            if any(permission.condition for permission in role.permissions):
                covers = universe.granted(role, conditions=False) & self.needed
            if covers and (place is None or place.level in assignable(role)):
                beyond = granted & ~self.needed
                here = beyond & possible
                of = standing(role, catalog.unlisted)
                self.candidates.append(_Candidate(role, of, covers, here, universe.weight(here), beyond))
        self.candidates.sort(key=lambda each: each.order)

    def covered(self, roles: Sequence[AzureRole], bits: int) -> tuple[Operation, ...]:
        """The needs that are covered by roles which have these operations."""
        return tuple(
            need
            for need in self.needs
            if not self.bits[need] & ~bits
            and (need not in self.patterns or covers_pattern(need.name, need.plane, roles))
        )

    def whole(self, candidates: Sequence[_Candidate], needs: Iterable[Operation]) -> bool:
        """Whether roles that have all known operations cover those needs that are permission strings, too."""
        roles = [each.role for each in candidates]
        return all(covers_pattern(need.name, need.plane, roles) for need in needs if need in self.patterns)

    def option(self, candidates: Sequence[_Candidate]) -> Option:
        """An option out of roles that cover together."""
        parts = []
        union = everywhere = 0
        for each in candidates:
            union |= each.excess
            everywhere |= each.everywhere
        for each in candidates:
            rest_covers = rest_excess = 0
            for other in candidates:
                if other is not each:
                    rest_covers |= other.covers
                    rest_excess |= other.excess
            others = set(self.covered([other.role for other in candidates if other is not each], rest_covers))
            covers = self.covered([each.role], each.covers)
            parts.append(
                SuggestedRole(
                    role=each.role,
                    standing=each.standing,
                    covers=covers,
                    alone=tuple(need for need in covers if need not in others),
                    partly=tuple(
                        need for need in self.patterns if need not in covers and each.covers & self.bits[need]
                    ),
                    excess=each.weight,
                    adds=self.universe.weight(union & ~rest_excess),
                    conditional=any(permission.condition for permission in each.role.permissions),
                )
            )
        levels = [assignable(each.role) for each in candidates]
        scopes = (scope for each in candidates for scope in each.role.assignable_scopes if scope != "/")
        return Option(
            parts=tuple(sorted(parts, key=lambda part: (-len(part.covers), part.role.name.lower()))),
            excess=self.universe.excess(union, self.needed),
            everywhere=self.universe.weight(everywhere),
            levels=tuple(level for level in ScopeLevel if all(level in each for each in levels)),
            only_at=tuple(sorted(set(scopes))),
        )


def suggest(
    needs: Iterable[Operation],
    catalog: Catalog,
    universe: Universe,
    place: GrantPlace | None = None,
    roles: Iterable[AzureRole] = (),
) -> Suggestion:
    """The Azure roles that cover `needs`, best first: those of the catalogue, and `roles` beside it.

    `universe` has to know the needs (`Universe.of(catalog, needs)`); `place` leaves operations that cannot exist there out of
    the surplus. Single roles are all given; sets of them where no single role covers the need, or where they are `FAR_LESS`
    than the best of fewer, up to `TOGETHER`, and more only where nothing less covers. The first set of a size is the least
    of all there are, proven; the others are the next best of roles of which none is worse in everything. Roles that are being retired, and those made for services, come last, and
    take part in sets only where the others cannot cover the need.
    """
    desired = tuple(sorted(set(needs), key=lambda need: (list(Plane).index(need.plane), need.name.lower())))
    own = {role.name.lower(): role for role in roles}
    everyone = (*(role for role in catalog if role.name.lower() not in own), *own.values())
    question = _Question(desired, universe, everyone, catalog, place)
    available = 0
    for candidate in question.candidates:
        available |= candidate.covers
    covered = question.covered([candidate.role for candidate in question.candidates], available)
    target = 0
    for need in covered:
        target |= question.bits[need]
    singles: list[_Candidate] = []
    together: list[tuple[_Candidate, ...]] = []
    is_proven = True
    if covered:
        singles = [
            each for each in question.candidates if not target & ~each.covers and question.whole([each], covered)
        ]
        together, is_proven = _together(question, target, covered, singles)
    ranked = sorted([*((each,) for each in singles), *together], key=lambda each: _rank(question, each))
    return Suggestion(
        needs=desired,
        place=place,
        options=tuple(question.option(each) for each in ranked),
        covering=len(singles),
        uncovered=tuple(need for need in desired if need not in covered),
        unknown=tuple(need for need in desired if is_unknown(need, catalog)),
        misplaced=_misplaced(desired, question, place),
        known=_known(desired, catalog),
        is_proven=is_proven,
    )


def _rank(question: _Question, candidates: tuple[_Candidate, ...]) -> tuple[object, ...]:
    last = max((_LAST.index(each.standing) + 1 for each in candidates if each.standing in _LAST), default=0)
    return (last, _weight(question, candidates), len(candidates), [each.order for each in candidates])


def _together(
    question: _Question, target: int, needs: Sequence[Operation], singles: Sequence[_Candidate]
) -> tuple[list[tuple[_Candidate, ...]], bool]:
    """Sets of two and more roles that are worth it, and whether the searches went to their ends."""
    best = next((each.weight for each in singles if each.standing not in _LAST), None)
    for allowed in ((), (Reservation.RETIRING,), _LAST):
        pool = [
            each
            for each in question.candidates
            if each.covers & target
            and (each.standing not in _LAST or each.standing in allowed)
            and (target & ~each.covers or not question.whole([each], needs))
        ]
        covers = 0
        for each in pool:
            covers |= each.covers
        if not target & ~covers and question.whole(pool, needs):
            return _sets(question, _undominated(question, pool, target, needs), target, needs, best)
        if best is not None:
            break  # what is left comes last, and one role alone does already
    return [], True


def _sets(
    question: _Question, pool: list[_Candidate], target: int, needs: Sequence[Operation], best: int | None
) -> tuple[list[tuple[_Candidate, ...]], bool]:
    """The sets out of these roles, by size as far as they are worth it; `best` is the weight of the best single role."""
    choices = [Choice(each.covers & target, each.excess) for each in pool]
    weigh = question.universe.weight
    given: list[tuple[_Candidate, ...]] = []
    is_proven = True
    steps = MOST_STEPS

    def is_whole(chosen: tuple[int, ...]) -> bool:
        return question.whole([pool[index] for index in chosen], needs)

    for size in range(2, len(pool) + 1):
        if steps <= 0 or (size > TOGETHER and best is not None):
            break
        found = least(target, choices, size, SHOWN_TOGETHER, weigh, is_whole, steps)
        steps -= found.steps
        is_proven = is_proven and found.is_proven
        sets = [tuple(pool[index] for index in chosen) for chosen in found.sets]
        given += [each for each in sets if best is None or _weight(question, each) * FAR_LESS < best]
        if sets:
            best = min(_weight(question, sets[0]), best) if best is not None else _weight(question, sets[0])
    if best is None:
        fallback = greedy(target, choices, weigh, is_whole)
        return ([tuple(pool[index] for index in fallback)] if fallback else []), False
    return given, is_proven


def _weight(question: _Question, candidates: Iterable[_Candidate]) -> int:
    union = 0
    for each in candidates:
        union |= each.excess
    return question.universe.weight(union)


def _undominated(
    question: _Question, pool: list[_Candidate], target: int, needs: Sequence[Operation]
) -> list[_Candidate]:
    """The roles of which no other covers at least as much of the need and grants nothing else beyond it.

    Where the need has permission strings, only a role that covers each of them whole, as far as the other one has any of it,
    stands in for it. Of two that are equal the first is kept.
    """
    patterns = [need for need in needs if need in question.patterns]
    kept: list[_Candidate] = []
    for each in pool:  # by weight, so that what is better comes before what is worse
        covers, excess = each.covers & target, each.excess
        for other in kept:
            if covers & ~other.covers or other.excess & ~excess:
                continue
            if all(
                not covers & question.bits[need] or covers_pattern(need.name, need.plane, [other.role])
                for need in patterns
            ):
                break
        else:
            kept.append(each)
    return kept


def is_unknown(need: Operation, catalog: Catalog) -> bool:
    """Whether a need is a literal operation that is not in the known list; it may exist all the same."""
    return "*" not in need.name and not catalog.operations.known(need.name, need.plane)


def _misplaced(needs: tuple[Operation, ...], question: _Question, place: GrantPlace | None) -> tuple[Operation, ...]:
    if place is None:
        return ()
    possible = question.universe.possible_at(place)
    return tuple(need for need in needs if not question.bits[need] & possible)


def _known(needs: tuple[Operation, ...], catalog: Catalog) -> tuple[KnownOperations, ...]:
    """How far the providers of the needs are known, by name."""
    asked: dict[tuple[str, Plane], list[Operation]] = {}
    for need in needs:
        provider = need.name.partition("/")[0]
        if "*" not in provider:
            asked.setdefault((provider.lower(), need.plane), []).append(need)
    found = []
    for (_, plane), those in sorted(asked.items(), key=lambda item: (item[0][0], list(Plane).index(item[0][1]))):
        provider = those[0].name.partition("/")[0]
        operations = sum(1 for each in catalog.operations.in_provider(provider) if each.plane is plane)
        is_whole = all(
            any(need.name.lower().startswith(beginning) and plane in planes for beginning, planes in _WHOLE)
            for need in those
        )
        found.append(KnownOperations(provider, plane, operations, is_whole))
    return tuple(found)


def custom_role(name: str, found: Suggestion, catalog: Catalog, scopes: Iterable[str]) -> SuggestedCustomRole:
    """A custom role that grants the needs of a suggestion and nothing else, as far as Azure takes them.

    Needs that another of them covers are left out, for they add nothing. Azure takes at most one `*` in a string
    (https://learn.microsoft.com/azure/role-based-access-control/custom-roles#wildcard-permissions).
    """
    desired = found.needs
    refused = [need for need in desired if need.name.count("*") > 1]
    taken = [need for need in desired if need not in refused]
    spelled = {
        need: _spelling(need, catalog)
        for need in taken
        if not any(_stands_for(other, need) for other in taken if other != need)
    }
    same = [each for each in found.options[:1] if not found.uncovered and not each.everywhere]
    return SuggestedCustomRole(
        name=name,
        actions=tuple(text for need, text in spelled.items() if need.plane is Plane.CONTROL),
        data_actions=tuple(text for need, text in spelled.items() if need.plane is Plane.DATA),
        assignable_scopes=tuple(sorted(set(scopes))),
        unknown=tuple(need for need in spelled if is_unknown(need, catalog)),
        doubtful=tuple(need for need in spelled if any(part != "*" and "*" in part for part in need.name.split("/"))),
        left_out=tuple(refused),
        instead=" and ".join(part.role.name for each in same for part in each.parts),
    )


def _stands_for(one: Operation, other: Operation) -> bool:
    """Whether a permission string says all that another does; of two that say the same, the one without `/*/`."""
    return one.plane is other.plane and "*" in one.name and matches(one.name, other.name)


def _spelling(need: Operation, catalog: Catalog) -> str:
    """The operation as the known list spells it: logs shout."""
    if "*" in need.name:
        return need.name
    found = catalog.operations.matching(need.name, need.plane)
    return found[0] if found else need.name


PLACEHOLDER: Final = "/subscriptions/00000000-0000-0000-0000-000000000000"
"""Stands in a custom role for the subscription that nobody has named."""


def az_definition(role: SuggestedCustomRole) -> Mapping[str, object]:
    """The role as `az role definition create --role-definition @FILE` takes it.

    https://learn.microsoft.com/cli/azure/role/definition#az-role-definition-create
    """
    return {
        "Name": role.name,
        "IsCustom": True,
        "Description": _SAYS,
        "Actions": list(role.actions),
        "NotActions": [],
        "DataActions": list(role.data_actions),
        "NotDataActions": [],
        "AssignableScopes": list(role.assignable_scopes or (PLACEHOLDER,)),
    }


def mapping_entry(role: SuggestedCustomRole) -> str:
    """The role as an entry of a mapping's `custom_roles.yaml`."""
    why = f"{role.instead} would do as well." if role.instead else "No Azure role grants just this."
    lines = [f"{_scalar(role.name)}:", f"  says: {_SAYS}", f"  why: {_scalar(why)}"]
    for key, operations in (("actions", role.actions), ("data_actions", role.data_actions)):
        if operations:
            lines += [f"  {key}:", *(f"    - {_scalar(each)}" for each in operations)]
    return "\n".join(lines) + "\n"


_SAYS: Final = "Exactly the operations that are needed, and nothing else."


def _scalar(text: str) -> str:
    """A text as YAML takes it: as it stands where nothing in it means anything, else between quotes."""
    plain = text.replace("/", "").replace(".", "").replace(" ", "").replace("_", "").replace("-", "")
    is_plain = (
        plain.isascii() and plain.isalnum() and not plain.isdigit() and text[:1].isalpha() and text == text.strip()
    )
    if is_plain and text.lower() not in ("true", "false", "null", "yes", "no", "on", "off"):
        return text
    return json.dumps(text, ensure_ascii=False)
