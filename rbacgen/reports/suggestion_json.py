"""Suggestions as JSON: the one form of them for programs, `suggest --format json`."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, json

from rbacgen.catalog.operations import Operation
from rbacgen.suggestion import Advice, Answer, CustomRole, Option, Part, Suggestion, az_definition, mapping_entry
from rbacgen.surplus import WEIGHTS

FORMAT_VERSION = 1


class OperationRow(Struct, frozen=True):
    """An operation or a permission string.

    Attributes:
        operation: its name, as it was asked for or as the known list spells it
        plane: `control` or `data`; the same name may be on both
    """

    operation: str
    plane: str


class SurplusRow(Struct, frozen=True):
    """What is granted beyond the need.

    Attributes:
        weight: the sum of the operations' weights (see `weights` of the whole)
        operations: how many operations it is
        counts: how many of them by class: `sensitive`, `data_write`, `data_read`, `control_write`, `control_read`
        sensitive: the sensitive ones, by name
        unknown: permission strings of which no operation is known; each counts as one operation and may be many
    """

    weight: int
    operations: int
    counts: Mapping[str, int]
    sensitive: tuple[OperationRow, ...]
    unknown: tuple[OperationRow, ...]


class RoleRow(Struct, frozen=True):
    """One Azure role of an option.

    Attributes:
        id: the GUID of its definition; empty for a custom role of the mapping that Azure does not have yet
        name: its display name
        custom: whether it is a custom role
        standing: `ordinary`, `preview`, `retiring`, or `service` (made for a service, or not listed at subscriptions)
        covers: the needs that it covers
        covers_alone: those of them that no other role of the option covers
        covers_partly: needed permission strings of which it covers a part, and other roles of the option the rest
        surplus: the weight of all that it grants beyond the need
        adds: how much of the option's weight would go with it
        conditional: whether it grants more under a condition of its definition, which counts as surplus and covers nothing
    """

    id: str
    name: str
    custom: bool
    standing: str
    covers: tuple[OperationRow, ...]
    covers_alone: tuple[OperationRow, ...]
    covers_partly: tuple[OperationRow, ...]
    surplus: int
    adds: int
    conditional: bool


class OptionRow(Struct, frozen=True):
    """Roles that cover the need together, or one that does alone.

    Attributes:
        rank: from 1, the best
        standing: the gravest of its roles
        roles: the roles; what covers most comes first
        surplus: what they grant together beyond the need and that can exist at the place
        everywhere: the weight of all that they grant beyond the need, wherever it can exist
        assignable_at: the levels of Azure's hierarchy at which all of them may be assigned
        only_at: scopes that a role of them is bound to; empty where there are none
    """

    rank: int
    standing: str
    roles: tuple[RoleRow, ...]
    surplus: SurplusRow
    everywhere: int
    assignable_at: tuple[str, ...]
    only_at: tuple[str, ...]


class KnownRow(Struct, frozen=True):
    """How far the operations of a needed provider are known.

    Attributes:
        provider: its namespace
        plane: `control` or `data`
        operations: how many of its operations on that plane are known
        complete: whether the list is held to be whole for what is needed
    """

    provider: str
    plane: str
    operations: int
    complete: bool


class CustomRoleRow(Struct, frozen=True):
    """A custom role with exactly the needs.

    Attributes:
        az: what `az role definition create --role-definition @FILE` takes
        mapping: an entry of `custom_roles.yaml`, as YAML
        has_placeholder: whether `az` holds a placeholder where a subscription has to stand
        assignable_at_management_groups: false where it has data actions
        unknown: operations that are not in the known list; Azure refuses the role if no provider has one of them
        doubtful: permission strings with a `*` inside a word, of which no page says that Azure takes them
        left_out: permission strings with more than one `*`, which Azure refuses
        instead: the Azure roles that grant just this, so that no custom role is needed; empty where none do
    """

    az: Mapping[str, object]
    mapping: str
    has_placeholder: bool
    assignable_at_management_groups: bool
    unknown: tuple[OperationRow, ...]
    doubtful: tuple[OperationRow, ...]
    left_out: tuple[OperationRow, ...]
    instead: str


class PlaceRow(Struct, frozen=True):
    """Where the access is to be given.

    Attributes:
        name: the scope kind, resource type or level as it was asked for
        level: the level of Azure's hierarchy
        type: the resource type; empty above resources
    """

    name: str
    level: str
    type: str


class AnswerRow(Struct, frozen=True):
    """The suggestions for one set of needs.

    Attributes:
        scope_kind: the scope kind of the mapping that they are on; empty where operations were asked for
        environments: the environments of the mapping that need the same there
        activated: whether they are needed only after an activation
        place: where the surplus was counted; null for everywhere
        needs: the needed operations
        options: the options, best first, no more than were asked for
        options_in_all: how many there are
        covering: how many roles cover everything alone
        proven: false where a search for roles together was given up, and a better set may exist
        uncovered: needs that no role has; the options cover the others
        unknown: literal needs that are not in the known list
        misplaced: needs that cannot exist at the place
        known: how far the providers of the needs are known
        custom_role: the custom role, where one was asked for
    """

    scope_kind: str
    environments: tuple[str, ...]
    activated: bool
    place: PlaceRow | None
    needs: tuple[OperationRow, ...]
    options: tuple[OptionRow, ...]
    options_in_all: int
    covering: int
    proven: bool
    uncovered: tuple[OperationRow, ...]
    unknown: tuple[OperationRow, ...]
    misplaced: tuple[OperationRow, ...]
    known: tuple[KnownRow, ...]
    custom_role: CustomRoleRow | None


class Form(Struct, frozen=True):
    """All that `suggest` found.

    Attributes:
        format_version: 1; it changes when a field goes or changes its meaning
        asked: in words, where the needs are from
        weights: how much one operation beyond the need weighs, by class
        answers: one for each set of needs: a scope kind and environments that need the same
        remarks: what there is to know of the needs and their source
    """

    format_version: int
    asked: str
    weights: Mapping[str, int]
    answers: tuple[AnswerRow, ...]
    remarks: tuple[str, ...]


def form(advice: Advice, most: int) -> Form:
    """The advice as programs take it, with no more than `most` options an answer."""
    return Form(
        format_version=FORMAT_VERSION,
        asked=advice.asked,
        weights={str(kind): weight for kind, weight in WEIGHTS.items()},
        answers=tuple(_answer(each, most) for each in advice.answers),
        remarks=advice.remarks,
    )


def text(advice: Advice, most: int) -> str:
    """The form as JSON, indented."""
    return json.format(json.encode(form(advice, most)), indent=2).decode() + "\n"


def _answer(answer: Answer, most: int) -> AnswerRow:
    found: Suggestion = answer.suggestion
    place = found.place
    return AnswerRow(
        scope_kind=answer.scope_kind,
        environments=answer.environments,
        activated=answer.activated,
        place=PlaceRow(place.name, str(place.level), place.type) if place is not None else None,
        needs=_operations(found.needs),
        options=tuple(_option(rank, each) for rank, each in enumerate(found.options[:most], 1)),
        options_in_all=len(found.options),
        covering=found.covering,
        proven=found.is_proven,
        uncovered=_operations(found.uncovered),
        unknown=_operations(found.unknown),
        misplaced=_operations(found.misplaced),
        known=tuple(KnownRow(each.provider, str(each.plane), each.operations, each.is_whole) for each in found.known),
        custom_role=_custom_role(answer.custom_role) if answer.custom_role is not None else None,
    )


def _option(rank: int, option: Option) -> OptionRow:
    surplus = option.surplus
    return OptionRow(
        rank=rank,
        standing=str(option.standing),
        roles=tuple(_role(part) for part in option.parts),
        surplus=SurplusRow(
            weight=surplus.weight,
            operations=surplus.operations,
            counts={str(kind): count for kind, count in surplus.counts.items()},
            sensitive=_operations(surplus.sensitive),
            unknown=_operations(surplus.unknown),
        ),
        everywhere=option.everywhere,
        assignable_at=tuple(str(level) for level in option.levels),
        only_at=option.only_at,
    )


def _role(part: Part) -> RoleRow:
    return RoleRow(
        id=part.role.id,
        name=part.role.name,
        custom=part.role.custom,
        standing=str(part.standing),
        covers=_operations(part.covers),
        covers_alone=_operations(part.alone),
        covers_partly=_operations(part.partly),
        surplus=part.surplus,
        adds=part.adds,
        conditional=part.conditional,
    )


def _custom_role(role: CustomRole) -> CustomRoleRow:
    return CustomRoleRow(
        az=az_definition(role),
        mapping=mapping_entry(role),
        has_placeholder=not role.assignable_scopes,
        assignable_at_management_groups=role.at_management_groups,
        unknown=_operations(role.unknown),
        doubtful=_operations(role.doubtful),
        left_out=_operations(role.left_out),
        instead=role.instead,
    )


def _operations(found: tuple[Operation, ...]) -> tuple[OperationRow, ...]:
    return tuple(OperationRow(each.name, str(each.plane)) for each in found)
