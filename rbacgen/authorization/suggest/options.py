"""Find the Azure roles that cover a set of needed operations with the least beyond them, alone or together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.operations import Operation
from rbacgen.authorization.excess import GrantPlace, Universe
from rbacgen.authorization.suggest.candidates import Candidate, NeededAccess
from rbacgen.authorization.suggest.pattern_cover import PatternCover
from rbacgen.authorization.suggest.results import KnownOperations, Reservation, Suggestion
from rbacgen.authorization.suggest.set_search import MOST_STEPS, Choice, distinct_bits, greedy, least
from rbacgen.model.assignment import AzureRole, Plane

FAR_LESS: Final = 2
"""A set of roles is worth one more assignment where its excess is less than one part in so many of the best set with fewer.
Each assignment is one more to review, to count against the limit of a subscription and to forget: a few reads less are
not worth it, half of all the excess is."""

TOGETHER: Final = 6
"""How many roles a set has at most where fewer roles, or one alone, cover the need as well."""

SHOWN_TOGETHER: Final = 3
"""How many sets of one size are suggested at most: the least one and the next best."""


_WHOLE: Final = (
    # (the beginning of operations, the planes on which all of them are known): rbacgen/authorization/catalog/SOURCES.md
    ("microsoft.machinelearningservices/", (Plane.CONTROL, Plane.DATA)),
    ("microsoft.keyvault/vaults/", (Plane.CONTROL, Plane.DATA)),
    ("microsoft.storage/", (Plane.DATA,)),
    ("microsoft.search/", (Plane.CONTROL, Plane.DATA)),
)


_LAST: Final = (Reservation.RETIRING, Reservation.SERVICE)  # in this order, behind all others


def suggest(
    needs: Iterable[Operation],
    catalog: Catalog,
    universe: Universe,
    place: GrantPlace | None = None,
    roles: Iterable[AzureRole] = (),
) -> Suggestion:
    """The Azure roles that cover `needs`, best first: those of the catalogue, and `roles` beside it.

    `universe` has to know the needs (`Universe.of(catalog, needs)`); `place` leaves operations that cannot exist there
    out of the excess. All single roles are suggested; sets of roles where no single role covers the need, or where their
    excess is far less (`FAR_LESS`) than that of the best with fewer, up to `TOGETHER` roles, and more only where nothing
    less covers. The first set of a size is the least of all there are, proven; the others are the next best of roles of
    which none is worse in everything. Roles that are being retired, and those made for services, come last, and take
    part in sets only where the others cannot cover the need.
    """
    needed = tuple(sorted(set(needs), key=lambda need: (list(Plane).index(need.plane), need.name.lower())))
    own = {role.name.lower(): role for role in roles}
    everyone = (*(role for role in catalog if role.name.lower() not in own), *own.values())
    access = NeededAccess(needed, universe, everyone, catalog, place)
    available = 0
    for candidate in access.candidates:
        available |= candidate.covers
    covered = access.covered([candidate.role for candidate in access.candidates], available)
    target = 0
    for need in covered:
        target |= access.bits[need]
    singles: list[Candidate] = []
    together: list[tuple[Candidate, ...]] = []
    is_proven = True
    if covered:
        singles = [
            each for each in access.candidates if not target & ~each.covers and access.covers_patterns([each], covered)
        ]
        together, is_proven = _together(access, target, covered, singles)
    ranked = sorted([*((each,) for each in singles), *together], key=lambda each: _rank(access, each))
    return Suggestion(
        needs=needed,
        place=place,
        options=tuple(access.option(each) for each in ranked),
        covering=len(singles),
        uncovered=tuple(need for need in needed if need not in covered),
        unknown=tuple(need for need in needed if is_unknown(need, catalog)),
        misplaced=_misplaced(needed, access, place),
        known=_known(needed, catalog),
        is_proven=is_proven,
    )


def _rank(access: NeededAccess, candidates: tuple[Candidate, ...]) -> tuple[object, ...]:
    last = max((_LAST.index(each.reservation) + 1 for each in candidates if each.reservation in _LAST), default=0)
    return (last, _weight(access, candidates), len(candidates), [each.order for each in candidates])


def _together(
    access: NeededAccess, target: int, needs: Sequence[Operation], singles: Sequence[Candidate]
) -> tuple[list[tuple[Candidate, ...]], bool]:
    """Sets of two and more roles that are worth it, and whether the searches were completed."""
    best = next((each.weight for each in singles if each.reservation not in _LAST), None)
    for allowed in ((), (Reservation.RETIRING,), _LAST):
        pool = [
            each
            for each in access.candidates
            if each.covers & target
            and (each.reservation not in _LAST or each.reservation in allowed)
            and (target & ~each.covers or not access.covers_patterns([each], needs))
        ]
        covers = 0
        for each in pool:
            covers |= each.covers
        if not target & ~covers and access.covers_patterns(pool, needs):
            return _sets(access, _undominated(access, pool, target, needs), target, needs, best)
        if best is not None:
            break  # what is left comes last, and one role alone does already
    return [], True


def _sets(
    access: NeededAccess, pool: list[Candidate], target: int, needs: Sequence[Operation], best: int | None
) -> tuple[list[tuple[Candidate, ...]], bool]:
    """The sets out of these roles, by size as far as they are worth it; `best` is the weight of the best single role."""
    cover = PatternCover([need for need in needs if need in access.patterns], [each.role for each in pool])
    for index in range(len(pool)):
        cover.helpers((index,))
    # An operation that shows that a role does not cover a pattern is one more bit of the need.
    first = target.bit_length()
    shown = [(1 << (first + number), roles) for number, roles in enumerate(cover.granted_by)]
    choices = [
        Choice(each.covers & target | sum(bit for bit, roles in shown if index in roles), each.excess)
        for index, each in enumerate(pool)
    ]
    target = distinct_bits(target | sum(bit for bit, _ in shown), choices)
    weigh = access.universe.weight
    given: list[tuple[Candidate, ...]] = []
    is_proven = True
    steps = MOST_STEPS
    for size in range(2, len(pool) + 1):
        if steps <= 0 or (size > TOGETHER and best is not None):
            break
        found = least(target, choices, size, SHOWN_TOGETHER, weigh, cover.helpers, best, steps)
        steps -= found.steps
        is_proven = is_proven and found.is_proven
        sets = [tuple(pool[index] for index in chosen) for chosen in found.sets]
        given += [each for each in sets if best is None or _weight(access, each) * FAR_LESS < best]
        if sets:
            best = min(_weight(access, sets[0]), best) if best is not None else _weight(access, sets[0])
    if best is None:
        fallback = greedy(target, choices, weigh, cover.helpers)
        return ([tuple(pool[index] for index in fallback)] if fallback else []), False
    return given, is_proven


def _weight(access: NeededAccess, candidates: Iterable[Candidate]) -> int:
    union = 0
    for each in candidates:
        union |= each.excess
    return access.universe.weight(union)


def _undominated(
    access: NeededAccess, pool: list[Candidate], target: int, needs: Sequence[Operation]
) -> list[Candidate]:
    """The roles of which no other covers at least as much of the need and grants nothing else beyond it.

    Where the need has permission strings, another role counts only if it covers each string whole of which the role
    grants anything. Of two equal roles the first is kept.
    """
    kept: list[Candidate] = []
    for each in pool:  # by weight, so that what is better comes before what is worse
        covers, excess = each.covers & target, each.excess
        touched = [need for need in needs if need in access.patterns and covers & access.bits[need]]
        if not any(
            not covers & ~other.covers and not other.excess & ~excess and access.covers_patterns([other], touched)
            for other in kept
        ):
            kept.append(each)
    return kept


def is_unknown(need: Operation, catalog: Catalog) -> bool:
    """Whether a need is a literal operation that is not in the known list; it may exist all the same."""
    return "*" not in need.name and not catalog.operations.known(need.name, need.plane)


def _misplaced(needs: tuple[Operation, ...], access: NeededAccess, place: GrantPlace | None) -> tuple[Operation, ...]:
    if place is None:
        return ()
    possible = access.universe.possible_at(place)
    return tuple(need for need in needs if not access.bits[need] & possible)


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
