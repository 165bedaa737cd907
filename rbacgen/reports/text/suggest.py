"""Suggestions as text for people: what covers the need, what it gives beyond, and what is not known."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence

from rbacgen.authorization.catalog.operations import Operation
from rbacgen.authorization.excess import WEIGHTS, GrantPlace, OperationClass
from rbacgen.authorization.suggest import (
    Advice,
    NeedSuggestion,
    Option,
    Reservation,
    SuggestedCustomRole,
    SuggestedRole,
    Suggestion,
    az_definition,
    mapping_entry,
)
from rbacgen.model.assignment import Plane
from rbacgen.model.scope import ScopeLevel
from rbacgen.model.wording import counted
from rbacgen.reports.text import safe

NEEDS_SHOWN = 8
SENSITIVE_SHOWN = 5
"""How many needs, and how many sensitive operations of an option, are named; JSON holds all."""

_CLASSES = {
    OperationClass.SENSITIVE: "sensitive",
    OperationClass.DATA_WRITE: "data writes or actions",
    OperationClass.DATA_READ: "data reads",
    OperationClass.CONTROL_WRITE: "writes or actions",
    OperationClass.CONTROL_READ: "reads",
}
_SINGULAR = {
    OperationClass.SENSITIVE: "sensitive",
    OperationClass.DATA_WRITE: "data write or action",
    OperationClass.DATA_READ: "data read",
    OperationClass.CONTROL_WRITE: "write or action",
    OperationClass.CONTROL_READ: "read",
}
_RESERVATIONS = {
    Reservation.ORDINARY: "",
    Reservation.PREVIEW: "preview",
    Reservation.RETIRING: "being retired",
    Reservation.SERVICE: "made for a service",
}


def report(advice: Advice, most: int, width: int = 80) -> str:
    """All answers, each with at most `most` options, then what there is to know."""
    page = _SuggestionPage(width)
    page.wrap(f"{advice.asked}: the Azure roles that cover it, least excess first")
    weights = ", ".join(f"{_SINGULAR[kind]} {weight}" for kind, weight in reversed(tuple(WEIGHTS.items())))
    page.wrap(f"Excess is what roles give beyond the need, weighed: {weights}.")
    for answer in advice.answers:
        page.answer(answer, most)
    page.closing(advice)
    return "\n".join(page.lines) + "\n"


class _SuggestionPage:
    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[str] = []

    def wrap(self, text: str, first: str = "", rest: str | None = None) -> None:
        """A paragraph; names longer than a line are not cut."""
        self.lines += textwrap.wrap(
            safe(text),
            self.width,
            initial_indent=first,
            subsequent_indent=first if rest is None else rest,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def gap(self) -> None:
        """One empty line, unless there is one."""
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def answer(self, answer: NeedSuggestion, most: int) -> None:
        found = answer.suggestion
        self.gap()
        if answer.scope_kind:
            activated = ", after an activation" if answer.activated else ""
            self.wrap(f"on {answer.scope_kind} in {', '.join(answer.environments)}{activated}", "", "  ")
        elif found.place is not None:
            self.wrap(f"on {_where(found.place)}")
        self.wrap(f"{counted(len(found.needs), 'operation')} needed", "  ")
        self.operations(found.needs, NEEDS_SHOWN)
        if found.uncovered:
            verb = "is" if len(found.uncovered) == 1 else "are"
            self.wrap(f"no Azure role has what follows, and it {verb} left out of what is suggested:", "  ")
            self.operations(found.uncovered, NEEDS_SHOWN)
        if found.misplaced:
            assert found.place is not None
            self.wrap(f"cannot exist on {_where(found.place)}, so that a role there does not give it:", "  ")
            self.operations(found.misplaced, NEEDS_SHOWN)
        if not found.options:
            self.wrap("no role covers any of it, alone or together", "  ")
        for rank, option in enumerate(found.options[:most], 1):
            self.option(rank, option, found)
        self.rest(found, most)
        if answer.custom_role is not None:
            self.custom_role(answer.custom_role)

    def operations(self, operations: Sequence[Operation], shown: int, indent: str = "    ") -> None:
        for each in operations[: shown if len(operations) > shown + 1 else None]:
            self.wrap(f"{each.name}{' (data)' if each.plane is Plane.DATA else ''}", indent, indent + "  ")
        if len(operations) > shown + 1:
            self.wrap(f"and {len(operations) - shown} more", indent)

    def option(self, rank: int, option: Option, found: Suggestion) -> None:
        excess = option.excess
        self.lines.append("")
        head = f"{rank:>3}. "
        self.wrap(" + ".join(_named(part) for part in option.parts), head, " " * len(head))
        self.wrap(f"excess {excess.weight:,}{_counts(option)}", "     ", "       ")
        if excess.sensitive:
            names = [each.name for each in excess.sensitive]
            shown = names[: SENSITIVE_SHOWN if len(names) > SENSITIVE_SHOWN + 1 else None]
            more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
            self.wrap(f"sensitive: {', '.join(shown)}{more}", "     ", "       ")
        if excess.unknown:
            example = excess.unknown[0].name
            what = counted(len(excess.unknown), "permission string")
            self.wrap(f"at least: of {what} no operation is known ({example})", "     ", "       ")
        if len(option.parts) > 1:
            for part in option.parts:
                self.part(part, len(found.needs) - len(found.uncovered))
        if any(part.conditional for part in option.parts):
            self.wrap("some of it under a condition in the role's definition; counted as excess", "     ", "       ")
        if option.only_at:
            self.wrap(f"can be assigned only at {', '.join(option.only_at)}", "     ", "       ")
        elif len(option.levels) < len(ScopeLevel):
            levels = ", ".join(level.replace("_", " ") for level in option.levels) or "no common level"
            self.wrap(f"can be assigned at: {levels}", "     ", "       ")

    def part(self, part: SuggestedRole, needs: int) -> None:
        """What a role contributes to an option of several."""
        alone = part.alone
        if len(alone) == 1:
            what = f"alone has {alone[0].name}"
        else:
            what = f"alone has {len(alone)}"
        partly = f" and a part of {len(part.partly)}" if part.partly else ""
        self.wrap(
            f"{part.role.name}: covers {len(part.covers)} of {needs}{partly}, {what}; without it {part.adds:,} less excess",
            "     - ",
            "       ",
        )

    def rest(self, found: Suggestion, most: int) -> None:
        left = len(found.options) - most
        if left > 0:
            self.lines.append("")
            self.wrap(f"{left} more (--most {len(found.options)} shows them)", "  ")
        if not found.is_proven:
            self.wrap("a search for roles together was given up: a better set of them may exist", "  ")

    def custom_role(self, role: SuggestedCustomRole) -> None:
        """The custom role in both forms, with what may be wrong with it."""
        self.gap()
        if role.actions or role.data_actions:
            self.wrap("a custom role with exactly this, excess 0: save as role.json and run", "  ")
            self.lines += ["  az role definition create --role-definition @role.json", ""]
            definition = json.dumps(az_definition(role), indent=2, ensure_ascii=False)
            self.lines += [safe(line) for line in definition.splitlines()]
            self.lines += ["", "  or, in a mapping, as an entry of custom_roles.yaml:", ""]
            self.lines += [safe(line) for line in mapping_entry(role).splitlines()]
            self.lines.append("")
        else:
            self.wrap("a custom role would hold nothing that Azure takes", "  ")
        if role.instead:
            self.wrap(f"{role.instead} grants just this: no custom role is needed", "  - ", "    ")
        if not role.assignable_scopes:
            self.wrap("put your subscription in AssignableScopes, in place of the zeros", "  - ", "    ")
        if not role.at_management_groups:
            self.wrap("it has data actions, so it cannot be assigned at a management group", "  - ", "    ")
        for each in role.unknown:
            self.wrap(
                f"{each.name} is not in the known list; Azure refuses a custom role with an operation that no provider has",
                "  - ",
                "    ",
            )
        for each in role.doubtful:
            self.wrap(f"{each.name} has a * inside a word: no page documents that Azure accepts that", "  - ", "    ")
        for each in role.left_out:
            self.wrap(f"{each.name} has more than one *, which Azure refuses: it is left out", "  - ", "    ")

    def closing(self, advice: Advice) -> None:
        """What is not known, and what to bear in mind."""
        remarks = [*advice.remarks, *_unknown(advice)]
        if any(len(option.parts) > 1 for each in advice.answers for option in each.suggestion.options):
            remarks.append(
                "roles together are the least there is by weight; one that is made for another product may change with it, "
                "and a custom role does not (--custom-role NAME)"
            )
        self.gap()
        self.lines.append("to bear in mind")
        for each in remarks:
            self.wrap(each, "  - ", "    ")


def _unknown(advice: Advice) -> Iterable[str]:
    little = sorted(
        {
            f"{known.provider} ({known.operations or 'none'} known on the {known.plane} plane)"
            for answer in advice.answers
            for known in answer.suggestion.known
            if known.is_little
        }
    )
    partial = any(not known.is_whole for answer in advice.answers for known in answer.suggestion.known)
    if little:
        yield f"few operations of {', '.join(little)} are known, so the excess there means little; look the roles up with `rbacgen roles`"
    if partial:
        yield (
            "the list of operations is incomplete, provider by provider: the true excess is at least what is shown, and more "
            "for roles with wide patterns"
        )
    else:
        yield "the true excess of roles with wide patterns is more: the list of operations is whole for what is needed only"


def _where(place: GrantPlace) -> str:
    if place.type and place.name != place.type:
        return f"{place.name} ({place.type})"
    return place.name.replace("_", " ")


def _named(part: SuggestedRole) -> str:
    marks = [
        *(["custom"] if part.role.custom else []),
        *([_RESERVATIONS[part.reservation]] if _RESERVATIONS[part.reservation] else []),
    ]
    return f"{part.role.name} ({', '.join(marks)})" if marks else part.role.name


def _counts(option: Option) -> str:
    counts = option.excess.counts
    phrase = [
        f"{counts[kind]:,} {(_SINGULAR if counts[kind] == 1 else _CLASSES)[kind]}" for kind in WEIGHTS if counts[kind]
    ]
    here = ", ".join(phrase) or "nothing beyond the need"
    if option.everywhere == option.excess.weight:
        return f": {here}"
    return f": {here}; {option.everywhere:,} where it is assigned above"
