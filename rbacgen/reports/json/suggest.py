"""Suggestions as JSON: the one form of them for programs, `suggest --format json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct

from rbacgen.authorization.catalog.operations import Operation
from rbacgen.authorization.excess import WEIGHTS
from rbacgen.authorization.suggest import (
    Advice,
    NeedSuggestion,
    Option,
    SuggestedCustomRole,
    SuggestedRole,
    Suggestion,
    az_definition,
    mapping_entry,
)
from rbacgen.reports.json import FORMAT_VERSION


class OperationRecord(Struct, frozen=True):
    """An operation or a permission string."""

    operation: Annotated[str, Meta(description="Its name, as it was asked for or as the known list spells it.")]
    plane: Annotated[str, Meta(description="`control` or `data`; the same name may be on both.")]


class ExcessRecord(Struct, frozen=True):
    """What is granted beyond the need."""

    weight: Annotated[int, Meta(description="The sum of the operations' weights (see `weights` of the whole).")]
    operations: Annotated[int, Meta(description="How many operations it is.")]
    counts: Annotated[
        Mapping[str, int],
        Meta(
            description="How many of them by class: `sensitive`, `data_write`, `data_read`, `control_write`, `control_read`."
        ),
    ]
    sensitive: Annotated[tuple[OperationRecord, ...], Meta(description="The sensitive ones, by name.")]
    unknown: Annotated[
        tuple[OperationRecord, ...],
        Meta(
            description="Permission strings of which no operation is known; each counts as one operation and may be many."
        ),
    ]


class SuggestedRoleRecord(Struct, frozen=True):
    """One Azure role of an option."""

    id: Annotated[
        str,
        Meta(
            description="The GUID of its definition; empty for a custom role of the mapping that Azure does not have yet."
        ),
    ]
    name: Annotated[str, Meta(description="Its display name.")]
    custom: Annotated[bool, Meta(description="Whether it is a custom role.")]
    reservation: Annotated[
        str,
        Meta(
            description="`ordinary`, `preview`, `retiring`, or `service` (made for a service, or not listed at subscriptions)."
        ),
    ]
    covers: Annotated[tuple[OperationRecord, ...], Meta(description="The needs that it covers.")]
    covers_alone: Annotated[
        tuple[OperationRecord, ...], Meta(description="Those of them that no other role of the option covers.")
    ]
    covers_partly: Annotated[
        tuple[OperationRecord, ...],
        Meta(
            description="Needed permission strings of which it covers a part, and other roles of the option the rest."
        ),
    ]
    excess: Annotated[int, Meta(description="The weight of all that it grants beyond the need.")]
    adds: Annotated[int, Meta(description="How much of the option's weight would go with it.")]
    conditional: Annotated[
        bool,
        Meta(
            description="Whether it grants more under a condition of its definition, which counts as excess and covers nothing."
        ),
    ]


class OptionRecord(Struct, frozen=True):
    """Roles that cover the need together, or one that does alone."""

    rank: Annotated[int, Meta(description="From 1, the best.")]
    reservation: Annotated[str, Meta(description="The gravest of its roles.")]
    roles: Annotated[tuple[SuggestedRoleRecord, ...], Meta(description="The roles; what covers most comes first.")]
    excess: Annotated[
        ExcessRecord, Meta(description="What they grant together beyond the need and that can exist at the place.")
    ]
    everywhere: Annotated[
        int, Meta(description="The weight of all that they grant beyond the need, wherever it can exist.")
    ]
    assignable_at: Annotated[
        tuple[str, ...], Meta(description="The levels of Azure's hierarchy at which all of them may be assigned.")
    ]
    only_at: Annotated[
        tuple[str, ...], Meta(description="Scopes that a role of them is bound to; empty where there are none.")
    ]


class KnownOperationsRecord(Struct, frozen=True):
    """How far the operations of a needed provider are known."""

    provider: Annotated[str, Meta(description="Its namespace.")]
    plane: Annotated[str, Meta(description="`control` or `data`.")]
    operations: Annotated[int, Meta(description="How many of its operations on that plane are known.")]
    complete: Annotated[bool, Meta(description="Whether the list is considered complete for the needs.")]


class SuggestedCustomRoleRecord(Struct, frozen=True):
    """A custom role with exactly the needs."""

    az: Annotated[
        Mapping[str, Any], Meta(description="What `az role definition create --role-definition @FILE` takes.")
    ]
    mapping: Annotated[str, Meta(description="An entry of `custom_roles.yaml`, as YAML.")]
    has_placeholder: Annotated[bool, Meta(description="Whether `az` contains a placeholder for a subscription.")]
    assignable_at_management_groups: Annotated[bool, Meta(description="False where it has data actions.")]
    unknown: Annotated[
        tuple[OperationRecord, ...],
        Meta(
            description="Operations that are not in the known list; Azure refuses the role if no provider has one of them."
        ),
    ]
    doubtful: Annotated[
        tuple[OperationRecord, ...],
        Meta(description="Permission strings with a `*` inside a word, which no page documents that Azure accepts."),
    ]
    left_out: Annotated[
        tuple[OperationRecord, ...], Meta(description="Permission strings with more than one `*`, which Azure refuses.")
    ]
    instead: Annotated[
        str,
        Meta(
            description="The Azure roles that grant just this, so that no custom role is needed; empty where none do."
        ),
    ]


class PlaceRecord(Struct, frozen=True):
    """Where the access is to be given."""

    name: Annotated[str, Meta(description="The scope kind, resource type or level as it was asked for.")]
    level: Annotated[str, Meta(description="The level of Azure's hierarchy.")]
    type: Annotated[str, Meta(description="The resource type; empty above resources.")]


class SuggestionRecord(Struct, frozen=True):
    """The suggestions for one set of needs."""

    scope_kind: Annotated[
        str, Meta(description="The scope kind of the mapping that they are on; empty where operations were asked for.")
    ]
    environments: Annotated[
        tuple[str, ...], Meta(description="The environments of the mapping that need the same there.")
    ]
    activated: Annotated[bool, Meta(description="Whether they are needed only after an activation.")]
    place: Annotated[PlaceRecord | None, Meta(description="Where the excess was counted; null for everywhere.")]
    needs: Annotated[tuple[OperationRecord, ...], Meta(description="The needed operations.")]
    options: Annotated[
        tuple[OptionRecord, ...], Meta(description="The options, best first, no more than were asked for.")
    ]
    options_in_all: Annotated[int, Meta(description="How many there are.")]
    covering: Annotated[int, Meta(description="How many roles cover everything alone.")]
    proven: Annotated[
        bool, Meta(description="False where a search for roles together was given up, and a better set may exist.")
    ]
    uncovered: Annotated[
        tuple[OperationRecord, ...], Meta(description="Needs that no role has; the options cover the others.")
    ]
    unknown: Annotated[tuple[OperationRecord, ...], Meta(description="Literal needs that are not in the known list.")]
    misplaced: Annotated[tuple[OperationRecord, ...], Meta(description="Needs that cannot exist at the place.")]
    known: Annotated[
        tuple[KnownOperationsRecord, ...], Meta(description="How far the providers of the needs are known.")
    ]
    custom_role: Annotated[
        SuggestedCustomRoleRecord | None, Meta(description="The custom role, where one was asked for.")
    ]


class SuggestDocument(Struct, frozen=True):
    """All that `suggest` found."""

    format_version: Annotated[int, Meta(description="1; it changes when a field goes or changes its meaning.")]
    asked: Annotated[str, Meta(description="In words, where the needs are from.")]
    weights: Annotated[Mapping[str, int], Meta(description="How much one operation beyond the need weighs, by class.")]
    answers: Annotated[
        tuple[SuggestionRecord, ...],
        Meta(description="One for each set of needs: a scope kind and environments that need the same."),
    ]
    remarks: Annotated[tuple[str, ...], Meta(description="What there is to know of the needs and their source.")]


def document(advice: Advice, most: int) -> SuggestDocument:
    """The advice as programs take it, with no more than `most` options an answer."""
    return SuggestDocument(
        format_version=FORMAT_VERSION,
        asked=advice.asked,
        weights={str(kind): weight for kind, weight in WEIGHTS.items()},
        answers=tuple(_answer(each, most) for each in advice.answers),
        remarks=advice.remarks,
    )


def _answer(answer: NeedSuggestion, most: int) -> SuggestionRecord:
    found: Suggestion = answer.suggestion
    place = found.place
    return SuggestionRecord(
        scope_kind=answer.scope_kind,
        environments=answer.environments,
        activated=answer.activated,
        place=PlaceRecord(place.name, str(place.level), place.type) if place is not None else None,
        needs=_operations(found.needs),
        options=tuple(_option(rank, each) for rank, each in enumerate(found.options[:most], 1)),
        options_in_all=len(found.options),
        covering=found.covering,
        proven=found.is_proven,
        uncovered=_operations(found.uncovered),
        unknown=_operations(found.unknown),
        misplaced=_operations(found.misplaced),
        known=tuple(
            KnownOperationsRecord(each.provider, str(each.plane), each.operations, each.is_whole)
            for each in found.known
        ),
        custom_role=_custom_role(answer.custom_role) if answer.custom_role is not None else None,
    )


def _option(rank: int, option: Option) -> OptionRecord:
    excess = option.excess
    return OptionRecord(
        rank=rank,
        reservation=str(option.reservation),
        roles=tuple(_role(part) for part in option.parts),
        excess=ExcessRecord(
            weight=excess.weight,
            operations=excess.operations,
            counts={str(kind): count for kind, count in excess.counts.items()},
            sensitive=_operations(excess.sensitive),
            unknown=_operations(excess.unknown),
        ),
        everywhere=option.everywhere,
        assignable_at=tuple(str(level) for level in option.levels),
        only_at=option.only_at,
    )


def _role(part: SuggestedRole) -> SuggestedRoleRecord:
    return SuggestedRoleRecord(
        id=part.role.id,
        name=part.role.name,
        custom=part.role.custom,
        reservation=str(part.reservation),
        covers=_operations(part.covers),
        covers_alone=_operations(part.alone),
        covers_partly=_operations(part.partly),
        excess=part.excess,
        adds=part.adds,
        conditional=part.conditional,
    )


def _custom_role(role: SuggestedCustomRole) -> SuggestedCustomRoleRecord:
    return SuggestedCustomRoleRecord(
        az=az_definition(role),
        mapping=mapping_entry(role),
        has_placeholder=not role.assignable_scopes,
        assignable_at_management_groups=role.at_management_groups,
        unknown=_operations(role.unknown),
        doubtful=_operations(role.doubtful),
        left_out=_operations(role.left_out),
        instead=role.instead,
    )


def _operations(found: tuple[Operation, ...]) -> tuple[OperationRecord, ...]:
    return tuple(OperationRecord(each.name, str(each.plane)) for each in found)
