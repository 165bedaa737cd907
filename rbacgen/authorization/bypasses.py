"""Ways round the roles: a storage key, an access policy, and whoever can use them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from rbacgen.authorization.catalog.bypasses import KnownBypass
from rbacgen.authorization.patterns import matches, overlaps
from rbacgen.authorization.request import STRENGTH, AccessRequest, Bypass, Decision
from rbacgen.model.assignment import Plane, Verdict


def possible_bypasses(
    known: Iterable[KnownBypass], request: AccessRequest, whole: bool = False
) -> Iterator[tuple[KnownBypass, AccessRequest | None]]:
    """The bypasses of what is requested, each with the request for the operation that makes it possible.

    That request is None for a bypass that no permission makes possible. With `whole`, only bypasses of all that a pattern covers.
    """
    fits = matches if whole else overlaps
    for bypass in known:
        if bypass.plane is request.plane and any(fits(pattern, request.operation) for pattern in bypass.operations):
            if not bypass.opened_by:
                yield bypass, None
            elif (scope := bypass.place(request.scope)) is not None:
                yield bypass, AccessRequest(bypass.opened_by, Plane.CONTROL, scope)


def bypasses_of(
    known: Iterable[KnownBypass], decision: Decision, decide: Callable[[AccessRequest], Decision]
) -> Iterator[Bypass]:
    """The bypasses that the subject can use of a decision. `decide` gives the subject's decision on another request."""
    # Where some of a pattern is permitted, a bypass of a part of it may lead to that same part, and gives nothing more.
    for bypass, request in possible_bypasses(known, decision.request, whole=bool(decision.permits)):
        if request is None:
            yield Bypass(bypass)
            continue
        opened = decide(request)
        if opened.verdict is not Verdict.DENIED:
            yield Bypass(bypass, opened.verdict, opened.permits[0], opened.only_eligible)


def gives_more(opened: Decision, known: Decision | None, whole: bool) -> bool:
    """Whether a bypass gives a subject more than the roles do; `whole` means that it leads to all that is requested."""
    if known is None:
        return True
    return whole and STRENGTH[opened.verdict] < STRENGTH[known.verdict]
