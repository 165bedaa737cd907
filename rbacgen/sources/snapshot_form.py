"""The form of a snapshot file: what `rbacgen snapshot` writes, and what `rbacgen schema snapshot` describes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from rbacgen.model.assignment import Activation, Permission, PrincipalType
from rbacgen.model.scope import GUID_TEXT, ScopeLevel
from rbacgen.model.source import Entry
from rbacgen.model.state import Part, Unread

FORMAT_VERSION = 1
KIND = "rbacgen snapshot"

_Instant = Annotated[datetime, Meta(tz=True)]
_ScopeId = Annotated[str, Meta(pattern="^/")]
# `rbacgen init --from` copies it into the project file, and it is compared with the tenant of the login.
_Tenant = Annotated[str, Meta(pattern=rf"\A(?:{GUID_TEXT})?\Z")]


class SnapshotRow(Struct, omit_defaults=True):
    """An assignment, on one line; `level` and `subscription` are given where the scope is a Terraform reference."""

    scope: Annotated[str, Meta(description="The scope id, or the Terraform reference.")]
    role: Annotated[str, Meta(description="The Azure role's name; empty where it is not known.")]
    role_id: Annotated[str, Meta(description="The GUID of the role definition.")]
    principal: Annotated[str, Meta(description="The object id, or the Terraform reference.")]
    type: Annotated[PrincipalType, Meta(description="The type of principal.")] = PrincipalType.UNKNOWN
    name: Annotated[str, Meta(description="The principal's name; a user's only if `names_of_users` is true.")] = ""
    activation: Annotated[Activation, Meta(description="`permanent`, `eligible`, or `activated` for a time.")] = (
        Activation.PERMANENT
    )
    condition: Annotated[str, Meta(description="The condition of the assignment.")] = ""
    condition_version: Annotated[str, Meta(description="The version of the condition's language.")] = ""
    description: Annotated[str, Meta(description="The description of the assignment.")] = ""
    id: Annotated[str, Meta(description="The id of the assignment.")] = ""
    until: Annotated[_Instant | None, Meta(description="When the access ends.")] = None
    through_pim: Annotated[bool, Meta(description="Whether Privileged Identity Management manages it.")] = False
    created: Annotated[str, Meta(description="When it was created, according to Azure.")] = ""
    unknown_fields: Annotated[
        tuple[str, ...], Meta(description="The fields whose values the source does not know.")
    ] = ()
    level: Annotated[ScopeLevel | None, Meta(description="The level of a scope that is a Terraform reference.")] = None
    subscription: Annotated[str, Meta(description="The subscription of a scope that is a Terraform reference.")] = ""
    principal_reference: Annotated[bool, Meta(description="Whether the principal is a Terraform reference.")] = False
    address: Annotated[str, Meta(description="The address in Terraform.")] = ""
    file: Annotated[str, Meta(description="The file that contains it.")] = ""
    line: Annotated[int, Meta(description="The line in the file.")] = 0
    column: Annotated[int, Meta(description="The column in the file.")] = 0


class SnapshotDefinition(Struct, omit_defaults=True):
    """A custom role as the source defines it."""

    id: Annotated[str, Meta(description="The GUID of the role definition.")]
    name: Annotated[str, Meta(description="The name of the role.")]
    permissions: Annotated[tuple[Permission, ...], Meta(description="What the role grants.")] = ()
    assignable_scopes: Annotated[tuple[str, ...], Meta(description="The scopes at which it can be assigned.")] = ()
    description: Annotated[str, Meta(description="Its description.")] = ""
    custom: Annotated[bool, Meta(description="Whether it is a custom role.")] = True
    former_names: Annotated[tuple[str, ...], Meta(description="Its former names.")] = ()
    preview: Annotated[bool, Meta(description="Whether it is a preview.")] = False
    deprecated: Annotated[str, Meta(description="What Microsoft says about its deprecation.")] = ""


class SnapshotDenial(Struct, omit_defaults=True):
    id: Annotated[str, Meta(description="The id of the deny assignment.")]
    name: Annotated[str, Meta(description="Its name.")]
    scope: Annotated[_ScopeId, Meta(description="Its scope.")]
    permissions: Annotated[tuple[Permission, ...], Meta(description="What it denies.")] = ()
    principals: Annotated[tuple[str, ...], Meta(description="The ids of the principals that it denies them to.")] = ()
    excluded_principals: Annotated[
        tuple[str, ...], Meta(description="The ids of the principals that are excluded from it.")
    ] = ()
    only_at_scope: Annotated[bool, Meta(description="Whether it applies at its scope only, and not below it.")] = False
    description: Annotated[str, Meta(description="Its description.")] = ""


class SnapshotReach(Struct, omit_defaults=True):
    below: Annotated[tuple[str, ...], Meta(description="The scopes that were read with everything below them.")] = ()
    alone: Annotated[tuple[str, ...], Meta(description="The scopes that were read by themselves.")] = ()


class SnapshotFile(Struct):
    """The whole file, its members in the order in which they are written.

    Only the last may be left out: without `unread`, a partial read would look complete.
    """

    format_version: Annotated[Literal[1], Meta(description="1; it increases when the format changes incompatibly.")]
    kind: Annotated[Literal["rbacgen snapshot"], Meta(description="Distinguishes a snapshot from other files.")]
    source: Annotated[str, Meta(description="What was read.")]
    tenant: Annotated[_Tenant, Meta(description="The tenant; empty where it is not known.")]
    taken: Annotated[_Instant | None, Meta(description="When it was read.")]
    names_of_users: Annotated[bool, Meta(description="Whether it contains the names of users.")]
    everything: Annotated[bool, Meta(description="Whether it is complete by itself, as a Terraform state is.")]
    read: Annotated[dict[Part, SnapshotReach], Meta(description="How far each part was read.")]
    unread: Annotated[list[Unread], Meta(description="What could not be read, each with a remedy.")]
    notes: Annotated[list[str], Meta(description="Other information about the reading.")]
    assignments: Annotated[list[SnapshotRow], Meta(description="The assignments.")]
    definitions: Annotated[list[SnapshotDefinition], Meta(description="The custom roles.")]
    denials: Annotated[list[SnapshotDenial], Meta(description="The deny assignments.")]
    directory: Annotated[dict[str, Entry], Meta(description="The directory's entries of principals, by object id.")]
    above: Annotated[
        dict[str, tuple[str, ...]] | None,
        Meta(description="The management groups above each subscription; null if the source does not know them."),
    ] = None
