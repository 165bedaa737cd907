"""Decide which Azure operations a permission string, a permission object and a role definition cover."""

from __future__ import annotations

from functools import lru_cache

from rbacgen.model import AzureRole, Permission, Plane


@lru_cache(maxsize=16384)
def _cut(pattern: str) -> tuple[str, str, int, bool]:
    """A pattern in lower case: the text before its first `*` and after its last, how many, if it fills a segment."""
    folded = pattern.lower()
    prefix, star, rest = folded.partition("*")
    if not star:
        return folded, folded, 0, False
    suffix = rest.rpartition("*")[2]
    return prefix, suffix, folded.count("*"), prefix.endswith("/") and suffix.startswith("/")


def _matches_many(pattern: str, operation: str) -> bool:
    """`matches` for several `*`: the places of the pattern that each character of the operation can lead to.

    No regular expression, because a row of `.*` takes polynomial time on hostile input.
    """
    end = len(pattern)

    def settled(places: set[int], previous: str) -> set[int]:
        pending = list(places)
        while pending:
            place = pending.pop()
            if place == end or pattern[place] != "*":
                continue
            steps = [place + 1]
            if previous == "/" and pattern[place - 1 : place] == "/" and pattern[place + 1 : place + 2] == "/":
                steps.append(place + 2)
            for step in steps:
                if step not in places:
                    places.add(step)
                    pending.append(step)
        return places

    places = settled({0}, "")
    for character in operation:
        moved = {
            place if pattern[place] == "*" else place + 1
            for place in places
            if place < end and pattern[place] in ("*", character)
        }
        if not moved:
            return False
        places = settled(moved, character)
    return end in places


def matches(pattern: str, operation: str) -> bool:
    """Whether a permission string covers an operation, as Azure decides it.

    Compared without case; `*` stands for any run of characters, slashes included
    (https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions-format). A `*` that fills a
    whole segment inside the string (`/*/`) stands for nothing as well, so that `a/*/b` covers `a/b`. No page says so,
    but roles depend on it: Managed Identity Operator holds `userAssignedIdentities/*/assign/action` where Azure
    Resource Manager asks for `userAssignedIdentities/assign/action`, and Container Apps Contributor writes container
    apps with nothing but `containerApps/*/write`.
    """
    prefix, suffix, stars, fills = _cut(pattern)
    folded = operation.lower()
    if stars == 0:
        return prefix == folded
    if not (folded.startswith(prefix) and folded.endswith(suffix)):
        return False
    if stars > 1:
        return _matches_many(pattern.lower(), folded)
    spare = len(folded) - len(prefix) - len(suffix)
    return spare >= 0 or (fills and spare == -1)


def overlaps(one: str, other: str) -> bool:
    """Whether some text is matched by both permission strings; each may hold any number of `*`.

    Two literals overlap when they are equal, a literal and a pattern when the pattern matches it. Two patterns overlap
    exactly when their beginnings up to the first `*` agree as far as the shorter goes, and their ends after the last
    `*` too: the longer beginning, everything between the stars of both, and the longer end, written one after the
    other, is matched by both. That `/*/` may stand for nothing adds no case, since what it then matches begins and
    ends the same.
    """
    one_prefix, one_suffix, one_stars, _ = _cut(one)
    other_prefix, other_suffix, other_stars, _ = _cut(other)
    if not one_stars:
        return matches(other, one)
    if not other_stars:
        return matches(one, other)
    return (one_prefix.startswith(other_prefix) or other_prefix.startswith(one_prefix)) and (
        one_suffix.endswith(other_suffix) or other_suffix.endswith(one_suffix)
    )


def allows(permission: Permission, operation: str, plane: Plane) -> bool:
    """Whether one permission object grants an operation: its actions of that plane, minus its notActions of that plane.

    A condition of the object is not looked at: under it, the answer means "at most".
    """
    if plane is Plane.CONTROL:
        granted, taken_out = permission.actions, permission.not_actions
    else:
        granted, taken_out = permission.data_actions, permission.not_data_actions
    return any(matches(pattern, operation) for pattern in granted) and not any(
        matches(pattern, operation) for pattern in taken_out
    )


def role_allows(role: AzureRole, operation: str, plane: Plane) -> bool:
    """Whether a role grants an operation: any of its permission objects does; notActions of one never bind another."""
    return any(allows(permission, operation, plane) for permission in role.permissions)
