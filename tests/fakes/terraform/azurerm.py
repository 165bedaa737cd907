"""A stand-in for the Terraform provider hashicorp/azurerm: its arguments and rules for access, with no cloud behind.

Terraform starts it like any provider (plugin protocol 6, served with the package `tf`). Arguments come from
`azurerm_arguments.json`; the rules in this file, and their texts, are those of azurerm 5.2.0's source; what Azure
itself answers is in `standin_tenant.py`. Four variables of the environment steer it:

    STANDIN_TENANT       the JSON file that is the tenant; without one, state is believed and nothing conflicts
    STANDIN_AZURERM      4: behave as a release before 5.2.0, whatever version was asked for
    STANDIN_NOW          the instant at which PIM's schedules begin, such as 2026-11-23T12:00:00Z; without one, the clock's
    ARM_SUBSCRIPTION_ID  as with azurerm, the subscription where the provider block names none

Where it differs from azurerm:

* It is stricter in one place: `condition_version` without `condition` is an error of `validate`, not only of `apply`.
* `timeouts` are accepted and kept, but nothing ever takes time.
* A wrong role id prefix makes azurerm's PIM resources wait until their timeout is over; here they fail at once.
* The places (`azurerm_resource_group`, `azurerm_key_vault`, …) have just the arguments that tests need, and `features`
  has none of its blocks.
"""

# mypy: disable-error-code="import-untyped,misc"
# (the package tf has no types to check against)

from __future__ import annotations

import json
import os
import re
import sys
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import tf.provider
from tf import runner, types
from tf.gen import tfplugin_pb2 as protocol
from tf.iface import DataSource, Provider, Resource
from tf.schema import Attribute, Block, NestedBlock, NestMode, Schema
from tf.types import Unknown
from tf.utils import Diagnostics, read_dynamic_value, to_dynamic_value

from tests.fakes.terraform import tenant as standin_tenant
from tests.fakes.terraform.tenant import ASSIGNMENT, DEFINITION, Record, RefusedError, is_uuid

TENANT = os.environ.get("STANDIN_TENANT", "")
PRINCIPAL_TYPES = ("User", "Group", "ServicePrincipal")
SOME_TENANT = "7e0a4e5c-0000-4000-8000-000000000001"

# A management group in its exact letters, the subscription alias, or pairs of segments below a subscription.
PIM_SCOPE = re.compile(
    r"/providers/Microsoft\.Management/managementGroups/[^/]+"
    r"|.*/providers/Microsoft\.Subscription.*"
    r"|/subscriptions/[^/]+(/[^/]+/[^/]+)*/?"
)

Step = str | tuple[int]


# --- What the arguments are -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument, read from words such as `string optional computed replaces`."""

    type: str
    words: frozenset[str]

    @property
    def computed(self) -> bool:
        """Whether the provider may fill it in."""
        return "computed" in self.words

    @property
    def caseless(self) -> bool:
        """Whether a change of letter case alone is no change."""
        return "caseless" in self.words

    @property
    def replaces(self) -> bool:
        """Whether a change makes a new resource (ForceNew) in the release that is stood in for."""
        return "replaces" in self.words or ("replaces<5.2" in self.words and before_updates())


@dataclass(frozen=True, slots=True)
class Shape:
    """The arguments and nested blocks of a resource or block."""

    arguments: Mapping[str, Argument]
    blocks: Mapping[str, Nested]

    def empty(self) -> Record:
        """A state of this shape in which nothing is set."""
        return dict.fromkeys(self.arguments) | {
            name: None if block.nesting == "single" else [] for name, block in self.blocks.items()
        }


@dataclass(frozen=True, slots=True)
class Nested:
    """A nested block: list or single."""

    nesting: str
    most: int
    required: bool
    computed: bool
    shape: Shape


def shape(described: Mapping[str, Any]) -> Shape:
    """Read a shape from its description in azurerm_arguments.json."""
    arguments, blocks = {}, {}
    for key, value in described.items():
        if key.startswith("<"):
            name, nesting, *words = key.strip("<>").split()
            most = next((int(word) for word in words if word.isdigit()), 0)
            blocks[name] = Nested(nesting, most, "required" in words, "computed" in words, shape(value))
        else:
            kind, *words = value.split()
            arguments[key] = Argument(kind, frozenset(words))
    return Shape(arguments, blocks)


@cache
def facts() -> Record:
    """The table of arguments, as it stands in the file."""
    read: Record = json.loads(Path(__file__).with_name("azurerm_arguments.json").read_text())
    return read


@cache
def resource_shape(type_name: str) -> Shape:
    """The shape of a resource type."""
    return shape(facts()["resources"][type_name])


def before_updates() -> bool:
    """Whether the release stood in for is one before 5.2.0, which replaces where 5.2.0 updates (azurerm #32714)."""
    return (os.environ.get("STANDIN_AZURERM") or release()).startswith("4")


def release() -> str:
    """The version that Terraform chose; the launcher in the plugin folder gives it as the first argument."""
    return sys.argv[1] if len(sys.argv) > 1 else "5.2.0"


# --- The same for the package tf ------------------------------------------------------------------------------------


class ListedBlock(NestedBlock):
    """A nested block as azurerm has them: a list or a single one, with bounds. `tf` itself offers sets only.

    Values pass as they come off the wire: every type inside such a block is one that needs no translation.
    """

    def __init__(self, name: str, nested: Nested) -> None:
        super().__init__(name, NestMode.Single, Block(attributes(nested.shape), nested_blocks(nested.shape)))
        self.nested = nested

    def to_pb(self) -> protocol.Schema.NestedBlock:
        """The block in the provider's schema."""
        modes = protocol.Schema.NestedBlock.NestingMode
        return protocol.Schema.NestedBlock(
            type_name=self.type_name,
            block=self.block.to_pb(),
            nesting=modes.LIST if self.nested.nesting == "list" else modes.SINGLE,
            min_items=1 if self.nested.required else 0,
            max_items=self.nested.most,
        )

    def encode(self, value: Any) -> Any:
        """The value, as it is."""
        return value

    def decode(self, value: Any) -> Any:
        """The value, as it is."""
        return value

    def semantically_equal(self, a_decoded: Any, b_decoded: Any) -> bool:
        """Whether two values are the same."""
        return bool(a_decoded == b_decoded)


def attributes(of: Shape) -> list[Attribute]:
    """The arguments of a shape for the package tf."""
    kinds: dict[str, types.TfType] = {
        "string": types.String(),
        "bool": types.Bool(),
        "number": types.Number(),
        "list(string)": types.List(types.String()),
        "set(string)": types.Set(types.String()),
        "map(string)": types.Map(types.String()),
    }
    return [
        Attribute(
            name,
            kinds[argument.type],
            required="required" in argument.words,
            optional="optional" in argument.words,
            computed=argument.computed,
        )
        for name, argument in of.arguments.items()
    ]


def nested_blocks(of: Shape) -> list[NestedBlock]:
    """The nested blocks of a shape for the package tf."""
    return [ListedBlock(name, nested) for name, nested in of.blocks.items()]


# --- What a plan is -------------------------------------------------------------------------------------------------


def first_plan(of: Shape, proposed: Record) -> Record:
    """The plan of a new resource: what is not set and can be computed is known after apply."""
    planned = dict(proposed)
    for name, argument in of.arguments.items():
        if argument.computed and planned[name] is None:
            planned[name] = Unknown
    for name, nested in of.blocks.items():
        if isinstance(planned[name], list):
            planned[name] = [first_plan(nested.shape, one) for one in planned[name] if isinstance(one, dict)]
    return planned


def same(argument: Argument, before: Any, after: Any) -> bool:
    """Whether azurerm's plugin SDK sees no change: null, empty, false and zero are one; a set has no order."""
    if not before and not after and Unknown not in (before, after):
        return True
    if argument.caseless and isinstance(before, str) and isinstance(after, str):
        return before.lower() == after.lower()
    if argument.type.startswith("set") and isinstance(before, list) and isinstance(after, list):
        return sorted(map(str, before)) == sorted(map(str, after))
    return bool(before == after)


def next_plan(of: Shape, prior: Record, proposed: Record) -> tuple[Record, list[list[Step]]]:
    """The plan of a resource that is there, and the paths whose change replaces it.

    As in the plugin SDK, what is the same keeps its prior form, and a change of nothing but `timeouts` is no change.
    """
    planned, replacing, changed = dict(prior), list[list[Step]](), False
    for name, argument in of.arguments.items():
        if same(argument, prior[name], proposed[name]):
            continue
        planned[name], changed = proposed[name], True
        if argument.replaces:
            replacing.append([name])
    for name, nested in of.blocks.items():
        before, after = prior[name], proposed[name]
        if nested.nesting == "single" or (nested.computed and not after):
            continue
        if len(before) != len(after):
            planned[name], changed = after, True
            if any(argument.replaces for argument in arguments_within(nested.shape)):
                replacing.append([name])
            continue
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            inner, paths = next_plan(nested.shape, old, new)
            if inner != old:
                planned[name] = [*planned[name][:index], inner, *planned[name][index + 1 :]]
                replacing += [[name, (index,), *path] for path in paths]
                changed = True
    if changed and "timeouts" in of.blocks:
        planned["timeouts"] = proposed["timeouts"]
    return planned, replacing


def arguments_within(of: Shape) -> Iterator[Argument]:
    """Every argument of a shape, at any depth."""
    yield from of.arguments.values()
    for nested in of.blocks.values():
        yield from arguments_within(nested.shape)


class Servicer(tf.provider.ProviderServicer):
    """The package's own servicer with the plugin SDK's way to plan.

    It sets `legacy_type_system`, as azurerm does: Terraform then takes what a provider of the plugin SDK does, such as
    to keep a value that the configuration has in another letter case, or to give back another one than was planned.
    """

    def PlanResourceChange(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Plan one resource."""
        of = resource_shape(request.type_name)
        prior, proposed = read_dynamic_value(request.prior_state), read_dynamic_value(request.proposed_new_state)
        replacing: list[list[Step]] = []
        if proposed is None:
            planned = None
        elif prior is None:
            planned = first_plan(of, proposed)
        else:
            planned, replacing = next_plan(of, prior, proposed)
        return protocol.PlanResourceChange.Response(
            planned_state=to_dynamic_value(planned),
            requires_replace=[attribute_path(path) for path in replacing],
            legacy_type_system=True,
        )

    def ApplyResourceChange(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Create, change or delete one resource."""
        answer = super().ApplyResourceChange(request, context)
        answer.legacy_type_system = True
        return answer


def attribute_path(path: Iterable[Step]) -> protocol.AttributePath:
    """A path in the protocol's form: names of attributes and blocks, and indexes in tuples of one."""
    steps = protocol.AttributePath.Step
    return protocol.AttributePath(
        steps=[
            steps(element_key_int=step[0]) if isinstance(step, tuple) else steps(attribute_name=step) for step in path
        ]
    )


# --- What a configuration must be -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checks:
    """The plugin SDK's checks of a configuration, with its texts. A value that is not known yet passes."""

    diagnostics: Diagnostics
    config: Record
    path: tuple[Step, ...] = field(default=())

    def refuse(self, summary: str, *place: str, detail: str = "") -> None:
        """Report an error, at an argument where one is named."""
        self.diagnostics.add_error(summary, detail, path=[*self.path, *place] or None)

    def text(self, name: str) -> str | None:
        """The value of an argument where it is a known string."""
        value = self.config.get(name)
        return value if isinstance(value, str) else None

    def uuid(self, name: str) -> None:
        """The argument is a GUID."""
        text = self.text(name)
        if text is not None and not is_uuid(text):
            self.refuse(f'expected "{name}" to be a valid UUID, got {text}', name)

    def not_empty(self, name: str) -> None:
        """The argument is not the empty string."""
        if self.text(name) == "":
            self.refuse(f'expected "{name}" to not be an empty string, got ', name)

    def one_of(self, name: str, values: tuple[str, ...]) -> None:
        """The argument is one of the values."""
        text = self.text(name)
        if text is not None and text not in values:
            listed = " ".join(f'"{value}"' for value in values)
            self.refuse(f"expected {name} to be one of [{listed}], got {text}", name)

    def exactly_one(self, *names: str) -> None:
        """Exactly one of the arguments is set."""
        listed = ",".join(names)
        given = [name for name in names if isinstance(self.config.get(name), str)]
        unknown = any(self.config.get(name) is not None for name in names if name not in given)
        if not given and not unknown:
            detail = f'"{names[0]}": one of `{listed}` must be specified'
            self.refuse("Invalid combination of arguments", detail=detail)
        if len(given) > 1:
            detail = f'"{names[0]}": only one of `{listed}` can be specified, but `{",".join(given)}` were specified.'
            self.refuse("Invalid combination of arguments", given[0], detail=detail)

    def together(self, *names: str) -> None:
        """The arguments are all set or none of them is."""
        given = [name for name in names if self.config.get(name) is not None]
        if given and len(given) < len(names):
            detail = f'"{given[0]}": all of `{",".join(names)}` must be specified'
            self.refuse("Missing required argument", given[0], detail=detail)

    def at_most_one(self, *names: str) -> None:
        """No two of the arguments are set."""
        given = [name for name in names if self.config.get(name) is not None]
        before = ".".join(str(step[0]) if isinstance(step, tuple) else step for step in self.path)
        for other in given[1:]:
            detail = f'"{before}.{given[0]}": conflicts with {before}.{other}'
            self.refuse("Conflicting configuration arguments", given[0], detail=detail)

    def within(self, block: str) -> Iterator[Checks]:
        """The same checks for each nested block of a name."""
        listed = self.config.get(block)
        for index, nested in enumerate(listed if isinstance(listed, list) else []):
            if isinstance(nested, dict):
                yield Checks(self.diagnostics, nested, (*self.path, block, (index,)))


def known(value: Any) -> Any:
    """A planned value, or None where it is to be computed."""
    return None if value is Unknown else value


def text_of(planned: Record, name: str) -> str:
    """A planned string, empty where there is none or it is to be computed."""
    value = known(planned.get(name))
    return value if isinstance(value, str) else ""


# --- The resources --------------------------------------------------------------------------------------------------


class Standin(Resource):
    """What the resources share: their shape, the tenant around each call, and refusals as diagnostics."""

    type_name: ClassVar[str]
    kept_in: ClassVar[str]

    def __init__(self, provider: AzureRM) -> None:
        self.provider = provider

    @classmethod
    def get_name(cls) -> str:
        """The type without the provider's prefix."""
        return cls.type_name.removeprefix("azurerm_")

    @classmethod
    def get_schema(cls) -> Schema:
        """The arguments for Terraform."""
        of = resource_shape(cls.type_name)
        return Schema(attributes(of), block_types=nested_blocks(of))

    def validate(self, diags: Diagnostics, type_name: str, config: Record) -> None:
        """Check a configuration."""
        if config.get("id") is not None:
            diags.add_error("Invalid or unknown key", path=["id"])
        self.check(Checks(diags, config))

    def create(self, ctx: Any, planned: Record) -> Record | None:
        """Create it, or report why not."""
        try:
            with standin_tenant.opened(TENANT) as tenant:
                return self.put(tenant, {name: known(value) for name, value in planned.items()})
        except RefusedError as refused:
            ctx.diagnostics.add_error(str(refused))
            return None

    def read(self, ctx: Any, current: Record) -> Record | None:
        """The resource as the tenant has it; None where it is gone."""
        if not TENANT:
            return self.state({}, current, current)
        tenant = standin_tenant.seen(TENANT)
        record = standin_tenant.found(tenant.get(self.kept_in, {}), self.key(current))
        return None if record is None else self.state(tenant, current, record)

    def update(self, ctx: Any, current: Record, planned: Record) -> Record | None:
        """Change it in place."""
        planned = {name: known(value) for name, value in planned.items()}
        with standin_tenant.opened(TENANT) as tenant:
            record = standin_tenant.found(tenant.get(self.kept_in, {}), self.key(current))
            if record is None and TENANT:
                ctx.diagnostics.add_error(f"retrieving {current['id']}: unexpected status 404 (404 Not Found)")
                return current
            record = current if record is None else record
            self.change(record, planned)
            return self.state(tenant, planned, record)

    def delete(self, ctx: Any, current: Record) -> Record | None:
        """Remove it; that it is gone already is no error."""
        try:
            with standin_tenant.opened(TENANT) as tenant:
                self.release(tenant, current)
                standin_tenant.forget(tenant.get(self.kept_in, {}), self.key(current))
        except RefusedError as refused:
            ctx.diagnostics.add_error(str(refused))
            return current
        return None

    def upgrade(self, ctx: Any, version: int, old: Record) -> Record:
        """State needs no upgrade: there is one version of it."""
        return old

    def import_(self, ctx: Any, id_: str) -> Record | None:
        """The beginning of a state from an id; Terraform reads the rest right after."""
        try:
            if not TENANT:
                raise RefusedError("the stand-in imports from a tenant: STANDIN_TENANT is not set")
            return resource_shape(self.type_name).empty() | {"id": id_} | self.parsed(id_)
        except RefusedError as refused:
            ctx.diagnostics.add_error(f'parsing Resource ID "{id_}": {refused}')
            return None

    def check(self, checks: Checks) -> None:
        """The provider's own checks of a configuration."""

    def key(self, current: Record) -> str:
        """What the tenant keeps the record under."""
        return str(current["id"])

    def put(self, tenant: Record, planned: Record) -> Record:
        """Add the record to the tenant and give the state."""
        raise NotImplementedError

    def state(self, tenant: Record, current: Record, record: Record) -> Record:
        """The state that reading a record gives."""
        return current | {name: record[name] for name in current if name in record and name != "timeouts"}

    def change(self, record: Record, planned: Record) -> None:
        """Take a plan over into the record."""
        record.update({name: planned[name] for name in record if name in planned})

    def release(self, tenant: Record, current: Record) -> None:
        """Refuse to delete what is in use."""

    def parsed(self, id_: str) -> Record:
        """What an id says of the state; refuses ids that the provider cannot read."""
        return {}


class RoleAssignment(Standin):
    """`azurerm_role_assignment` (role_assignment_resource.go)."""

    type_name = "azurerm_role_assignment"
    kept_in = "assignments"

    def check(self, checks: Checks) -> None:
        """Hold to the schema's checks. `principal_id` has none in 5.2.0, and of a scope it only wants a slash."""
        checks.uuid("name")
        scope = checks.text("scope")
        if scope is not None and "/" not in scope:
            checks.refuse("invalid value for scope (Root scope (/) is invalid)", "scope")
        checks.exactly_one("role_definition_id", "role_definition_name")
        for name in ("role_definition_name", "description", "condition"):
            checks.not_empty(name)
        checks.one_of("principal_type", PRINCIPAL_TYPES)
        checks.one_of("condition_version", ("1.0", "2.0"))
        if checks.config.get("condition_version") is not None and checks.config.get("condition") is None:
            checks.refuse("`condition_version` should not be set without `condition`", "condition_version")

    def key(self, current: Record) -> str:
        """The id without the tenant that a delegated assignment's has behind it."""
        return str(current["id"]).partition("|")[0]

    def put(self, tenant: Record, planned: Record) -> Record:
        """Assign the role."""
        role = text_of(planned, "role_definition_id")
        if not role:
            name = text_of(planned, "role_definition_name")
            guid = next((key for key, own in role_names(tenant).items() if own.lower() == name.lower()), None)
            if guid is None:
                raise RefusedError(f"listing role definitions: could not find role `{name}`")
            role = standin_tenant.role_definition_id(planned["scope"], guid)
        condition, version = text_of(planned, "condition"), text_of(planned, "condition_version")
        kind = text_of(planned, "principal_type")
        record = {
            "name": text_of(planned, "name") or str(uuid.uuid4()),
            "scope": planned["scope"],
            "role_definition_id": role,
            "principal_id": planned["principal_id"],
            "principal_type": kind or ("ServicePrincipal" if planned["skip_service_principal_aad_check"] else ""),
            "delegated_managed_identity_resource_id": planned["delegated_managed_identity_resource_id"],
            "description": planned["description"],
            "condition": condition or None,
            "condition_version": (version or "2.0") if condition else None,
        }
        id_ = standin_tenant.assign(tenant, record)
        stored = standin_tenant.found(tenant["assignments"], id_) or record
        # `skip_service_principal_aad_check` is never read back.
        return self.state(tenant, planned | {"id": id_}, stored)

    def state(self, tenant: Record, current: Record, record: Record) -> Record:
        """What Azure gives: a scope in its own letter case, a role definition id with the prefix that goes with it."""
        record = standin_tenant.whole(self.key(current), record)
        scope = standin_tenant.spelled(tenant, record["scope"])
        guid = standin_tenant.role_guid(record["role_definition_id"])
        return super().state(tenant, current, record) | {
            "scope": scope,
            "role_definition_id": standin_tenant.role_definition_id(scope, guid),
            "role_definition_name": role_names(tenant).get(guid, f"Role {guid}"),
            "description": record["description"] or None,
        }

    def change(self, record: Record, planned: Record) -> None:
        """Take over what 5.2.0 updates; a version that stays behind when its condition goes, goes too."""
        condition = planned["condition"] or None
        record["description"] = planned["description"] or None
        record["condition"] = condition
        record["condition_version"] = (planned["condition_version"] or "2.0") if condition else None

    def parsed(self, id_: str) -> Record:
        """Read an assignment's id, in the provider's ways: of the exact case,, and never at root."""
        scope, found, name = id_.partition("|")[0].partition(ASSIGNMENT)
        beginnings = ("/subscriptions/", "/providers/Microsoft.Subscription", "/providers/Microsoft.Management/")
        if not found or not name or not scope.startswith(beginnings):
            raise RefusedError(f'could not parse Role Assignment ID "{id_}"')
        return {"name": name, "scope": scope}


class RoleDefinition(Standin):
    """`azurerm_role_definition` (role_definition_resource.go); its id: the definition's own id, a bar, the scope."""

    type_name = "azurerm_role_definition"
    kept_in = "definitions"

    def check(self, checks: Checks) -> None:
        """Hold to the schema's checks."""
        checks.uuid("role_definition_id")
        checks.not_empty("name")
        checks.not_empty("description")
        scope, allowed = checks.text("scope"), ("/subscriptions/", "/providers/Microsoft.Management/managementGroups/")
        if scope is not None and not scope.startswith(allowed):
            listed = " ".join(f'"{value}"' for value in allowed)
            checks.refuse(f'expected "scope" to start with one of [{listed}], got {scope}', "scope")

    def key(self, current: Record) -> str:
        """A definition's GUID is unique in a tenant."""
        return standin_tenant.role_guid(str(current["id"]).partition("|")[0])

    def put(self, tenant: Record, planned: Record) -> Record:
        """Define the role; names are unique in a tenant."""
        definitions: Record = tenant.setdefault(self.kept_in, {})
        guid = text_of(planned, "role_definition_id") or str(uuid.uuid4())
        resource_id = standin_tenant.role_definition_id(planned["scope"], guid)
        id_ = f"{resource_id}|{planned['scope']}"
        if standin_tenant.found(definitions, guid) is not None:
            standin_tenant.refuse_existing(self.type_name, id_)
        if any(other["name"].lower() == planned["name"].lower() for other in definitions.values()):
            raise RefusedError(
                "unexpected status 409 (409 Conflict) with error: RoleDefinitionWithSameNameExists: "
                "A custom role with the same name already exists in this directory. Use a different name"
            )
        filled = planned | {
            "id": id_,
            "role_definition_id": guid,
            "role_definition_resource_id": resource_id,
            "assignable_scopes": planned["assignable_scopes"] or [planned["scope"]],
        }
        definitions[guid] = {name: value for name, value in filled.items() if name not in ("id", "timeouts")}
        return filled

    def change(self, record: Record, planned: Record) -> None:
        """Take a plan over; no assignable scopes means the definition's own scope."""
        super().change(record, planned)
        record["assignable_scopes"] = planned["assignable_scopes"] or [planned["scope"]]

    def release(self, tenant: Record, current: Record) -> None:
        """A definition in use cannot go."""
        for assignment in tenant.get("assignments", {}).values():
            if standin_tenant.role_guid(assignment["role_definition_id"]) == self.key(current):
                raise RefusedError(
                    "unexpected status 400 (400 Bad Request) with error: RoleDefinitionHasAssignments: "
                    "There are existing role assignments referencing role."
                )

    def parsed(self, id_: str) -> Record:
        """Read the two halves of the id."""
        resource_id, bar, scope = id_.partition("|")
        if not bar or DEFINITION not in resource_id:
            raise RefusedError("could not parse Role Definition ID, invalid format")
        return {"scope": scope}


class PimAssignment(Standin):
    """What the two PIM resources share (pim_eligible_role_assignment_resource.go and its twin)."""

    def check(self, checks: Checks) -> None:
        """Hold to the schema's checks: root is no scope here, and an end has one form at most."""
        checks.uuid("principal_id")
        scope = checks.text("scope")
        if scope is not None and not PIM_SCOPE.fullmatch(scope):
            checks.refuse(f'"scope": "{scope}" is not the ID of a management group or of anything below', "scope")
        checks.not_empty("condition")
        checks.one_of("condition_version", ("2.0",))
        if "condition" in resource_shape(self.type_name).arguments:
            checks.together("condition", "condition_version")
        for schedule in checks.within("schedule"):
            for expiration in schedule.within("expiration"):
                expiration.at_most_one("duration_days", "duration_hours", "end_date_time")

    def put(self, tenant: Record, planned: Record) -> Record:
        """Send the request that makes the schedule, then look for what came of it as the provider does."""
        scope, role, principal = planned["scope"], planned["role_definition_id"], planned["principal_id"]
        id_ = f"{scope}|{role}|{principal}"
        schedules: Record = tenant.setdefault(self.kept_in, {})
        if standin_tenant.found(schedules, id_) is not None:
            standin_tenant.refuse_existing(self.type_name, id_)
        guid = standin_tenant.role_guid(role)
        if role.lower() != standin_tenant.role_definition_id(scope, guid).lower():
            raise RefusedError(
                f"waiting for the schedule of {id_} to become found: "
                "timeout while waiting for state to become 'Exists' (last state: 'NotFound')"
            )
        now = os.environ.get("STANDIN_NOW") or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        schedule = [scheduled(one, now) for one in planned["schedule"]] or [{"start_date_time": now, "expiration": []}]
        ends = [end for one in schedule for end in one["expiration"] if any(end.values())]
        if tenant.get("ends_required") and not ends:
            raise RefusedError(
                "unexpected status 400 (400 Bad Request) with error: RoleAssignmentRequestPolicyValidationFailed: "
                'The following policy rules failed: ["ExpirationRule"]'
            )
        filled = planned | {
            "id": id_,
            "schedule": schedule,
            "justification": text_of(planned, "justification"),
            "principal_type": standin_tenant.principal_type(tenant, principal, ""),
        }
        schedules[id_] = {name: value for name, value in filled.items() if name not in ("id", "timeouts")}
        return filled

    def state(self, tenant: Record, current: Record, record: Record) -> Record:
        """Scope and start stay as the state has them, for the provider takes them from there."""
        state = super().state(tenant, current, record)
        return state | {"scope": str(current["id"]).partition("|")[0]}

    def parsed(self, id_: str) -> Record:
        """Read the three parts of the id."""
        parts = id_.split("|")
        if len(parts) != 3:
            raise RefusedError(f'could not parse Role Management Policy ID, invalid format "{id_}"')
        return dict(zip(("scope", "role_definition_id", "principal_id"), parts, strict=True))


class PimEligible(PimAssignment):
    """`azurerm_pim_eligible_role_assignment`."""

    type_name = "azurerm_pim_eligible_role_assignment"
    kept_in = "eligible"


class PimActive(PimAssignment):
    """`azurerm_pim_active_role_assignment`."""

    type_name = "azurerm_pim_active_role_assignment"
    kept_in = "active"


class Place(Standin):
    """A resource that is here to be referred to."""

    kept_in = "places"
    below: ClassVar[str]

    def put(self, tenant: Record, planned: Record) -> Record:
        """Make the place; what Azure would draw follows from the id."""
        places: Record = tenant.setdefault(self.kept_in, {})
        group = planned.get("resource_group_name", planned["name"])
        id_ = f"/subscriptions/{self.provider.subscription_id}/resourceGroups/{group}"
        if "resource_group_name" in planned:
            id_ += f"/providers/{self.below}/{planned['name']}"
        if standin_tenant.found(places, id_) is not None:
            standin_tenant.refuse_existing(self.type_name, id_)
        computed = {
            "principal_id": standin_tenant.identifier(id_, "principal"),
            "client_id": standin_tenant.identifier(id_, "client"),
            "tenant_id": planned.get("tenant_id") or SOME_TENANT,
            "vault_uri": f"https://{planned['name']}.vault.azure.net/",
        }
        filled = planned | {"id": id_} | {name: value for name, value in computed.items() if name in planned}
        places[id_] = {name: value for name, value in filled.items() if name != "timeouts"}
        return filled


class ResourceGroup(Place):
    """`azurerm_resource_group`."""

    type_name = "azurerm_resource_group"
    below = ""


class UserAssignedIdentity(Place):
    """`azurerm_user_assigned_identity`."""

    type_name = "azurerm_user_assigned_identity"
    below = "Microsoft.ManagedIdentity/userAssignedIdentities"


class KeyVault(Place):
    """`azurerm_key_vault`."""

    type_name = "azurerm_key_vault"
    below = "Microsoft.KeyVault/vaults"


def role_names(tenant: Record) -> dict[str, str]:
    """The names of roles by GUID: the tenant's custom ones and a few built-in ones."""
    custom = {guid: str(role["name"]) for guid, role in tenant.get("definitions", {}).items()}
    built_in: dict[str, str] = facts()["built_in_roles"]
    return custom | built_in


def scheduled(schedule: Record, now: str) -> Record:
    """A schedule with what the provider fills in: the start, and zeros for the ways to end that were not taken."""
    expirations = []
    for expiration in schedule["expiration"]:
        end = text_of(expiration, "end_date_time")
        if end and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", end):
            raise RefusedError(f"Azure takes no end such as {end!r} (the stand-in's own words).")
        expirations.append(
            {
                "duration_days": known(expiration["duration_days"]) or 0,
                "duration_hours": known(expiration["duration_hours"]) or 0,
                "end_date_time": end,
            }
        )
    return {"start_date_time": text_of(schedule, "start_date_time") or now, "expiration": expirations}


# --- The provider ---------------------------------------------------------------------------------------------------


class Looked(DataSource):
    """A data source that the provider's own configuration answers."""

    type_name: ClassVar[str]

    def __init__(self, provider: AzureRM) -> None:
        self.provider = provider

    @classmethod
    def get_name(cls) -> str:
        """The type without the provider's prefix."""
        return cls.type_name.removeprefix("azurerm_")

    @classmethod
    def get_schema(cls) -> Schema:
        """The arguments for Terraform."""
        of = shape(facts()["data_sources"][cls.type_name])
        return Schema(attributes(of), block_types=nested_blocks(of))

    def read(self, ctx: Any, config: Record) -> Record | None:
        """What is looked up."""
        return config | self.answer(config)

    def answer(self, config: Record) -> Record:
        """The computed values."""
        raise NotImplementedError


class ClientConfig(Looked):
    """`data "azurerm_client_config"`."""

    type_name = "azurerm_client_config"

    def answer(self, config: Record) -> Record:
        """Who runs Terraform, and where."""
        subscription = self.provider.subscription_id
        return {
            "id": standin_tenant.identifier(subscription, "configuration"),
            "client_id": standin_tenant.identifier("terraform", "client"),
            "object_id": standin_tenant.identifier("terraform", "object"),
            "subscription_id": subscription,
            "tenant_id": self.provider.tenant_id,
        }


class Subscription(Looked):
    """`data "azurerm_subscription"`, by default the provider's own."""

    type_name = "azurerm_subscription"

    def answer(self, config: Record) -> Record:
        """The subscription's ids."""
        subscription = config.get("subscription_id") or self.provider.subscription_id
        return {
            "id": f"/subscriptions/{subscription}",
            "subscription_id": subscription,
            "display_name": f"Subscription {subscription}",
            "tenant_id": self.provider.tenant_id,
        }


class AzureRM(Provider):
    """The provider block and what belongs to it."""

    def __init__(self) -> None:
        self.subscription_id = ""
        self.tenant_id = SOME_TENANT

    def get_model_prefix(self) -> str:
        """What every type begins with."""
        return "azurerm_"

    def full_name(self) -> str:
        """The address that configurations know the provider by."""
        return "registry.terraform.io/hashicorp/azurerm"

    def get_provider_schema(self, diags: Diagnostics) -> Schema:
        """The provider block's arguments."""
        of = shape(facts()["provider"])
        return Schema(attributes(of), block_types=nested_blocks(of))

    def validate_config(self, diags: Diagnostics, config: Record) -> None:
        """Check the provider block."""
        checks = Checks(diags, config)
        checks.one_of("resource_provider_registrations", ("core", "extended", "all", "none", "legacy"))

    def configure_provider(self, diags: Diagnostics, config: Record) -> None:
        """Take over the subscription: since 4.0 there must be one, even where only management groups are managed."""
        subscription, tenant = config.get("subscription_id"), config.get("tenant_id")
        self.subscription_id = (subscription if isinstance(subscription, str) else "") or os.environ.get(
            "ARM_SUBSCRIPTION_ID", ""
        )
        self.tenant_id = (tenant if isinstance(tenant, str) else "") or os.environ.get("ARM_TENANT_ID") or SOME_TENANT
        if not self.subscription_id and subscription is None:
            diags.add_error("`subscription_id` is a required provider property when performing a plan/apply operation")

    def get_data_sources(self) -> list[type[DataSource]]:
        """The data sources."""
        return [ClientConfig, Subscription]

    def get_resources(self) -> list[type[Resource]]:
        """The resources."""
        return [RoleAssignment, RoleDefinition, PimEligible, PimActive, ResourceGroup, UserAssignedIdentity, KeyVault]


def main() -> None:
    """Serve the provider to the Terraform that started this process."""
    tf.provider.ProviderServicer = Servicer  # runner.run_provider takes the class from there
    runner.run_provider(AzureRM(), sys.argv)
    # Terraform waits for the process to end, and ends it two or three times in a command: no time for an orderly exit.
    os._exit(0)


if __name__ == "__main__":
    main()
