"""The values of a module's blocks: references are followed as far as the module itself writes their values out."""

from __future__ import annotations

from msgspec import Struct

from rbacgen.authorization.catalog import Catalog
from rbacgen.model.scope import GUID
from rbacgen.sources import hcl
from rbacgen.sources.collector import role_guid
from rbacgen.sources.hcl import Body, Template, Written
from rbacgen.sources.resource_values import Reference, Unclear, Value
from rbacgen.sources.resources import DEFINITION
from rbacgen.sources.terraform_statements import TerraformModule

_DEPTH = 20  # of references to references; Terraform's own are never circular


class ModuleNames(Struct, frozen=True):
    """Where references in a module are looked up."""

    module: TerraformModule
    catalog: Catalog


def settled_body(body: Body, names: ModuleNames) -> dict[str, Value]:
    """The values of a block with its nested blocks as lists; references are followed where they lead to literals."""
    values: dict[str, Value] = {}
    for name, attribute in body.attributes.items():
        values[name] = _settled(attribute.value, names)
    for words, inner in body.blocks:
        if words[0] == "dynamic":
            values[words[-1]] = Unclear("is made by a `dynamic` block")
            continue
        actual = values.setdefault(words[0], [])
        if isinstance(actual, list):
            actual.append(settled_body(inner, names))
    return values


def _settled(value: Written, names: ModuleNames, depth: int = 0) -> Value:
    """A value with its references followed; one that does not lead to a literal stays a reference."""
    match value:
        case Reference():
            return _followed(value, names, depth)
        case Template(parts):
            texts: list[Written] = []
            for part in parts:
                settled = _settled(part, names, depth)
                if not isinstance(settled, str):
                    return Unclear("is a text with a part that only Terraform knows")
                texts.append(settled)
            made = hcl.joined(texts)
            return made if isinstance(made, str) else Unclear("is an expression")
        case list():
            return [_settled(each, names, depth) for each in value]
        case dict():
            return {name: _settled(each, names, depth) for name, each in value.items()}
        case _:
            return value


def _followed(reference: Reference, names: ModuleNames, depth: int) -> Value:
    """What a reference leads to within the module, as far as the module writes it out."""
    module = names.module
    steps = reference.steps
    if depth > _DEPTH:
        return reference
    if steps[0] == "local" and len(steps) > 1:
        value: Written = module.locals.get(steps[1].removeprefix("."))
        for step in steps[2:]:
            key = step.removeprefix(".").removeprefix("[").removesuffix("]").strip('"')
            if isinstance(value, dict):
                value = value.get(key)
            elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
                value = value[int(key)]
            else:
                return reference
        return reference if value is None else _settled(value, names, depth + 1)
    data = steps[0] == "data"
    words = tuple(step.removeprefix(".") for step in (steps[1:] if data else steps))
    if len(words) != 3:
        return reference
    type_, label, attribute = words
    body = module.literal.get(("data" if data else "resource", type_, label))
    if body is None:
        return reference

    def literal(name: str) -> str:
        given = body.attributes.get(name)
        settled = _settled(given.value, names, depth + 1) if given is not None else None
        return settled if isinstance(settled, str) else ""

    if type_ == DEFINITION and attribute in ("role_definition_id", "role_definition_resource_id", "id"):
        role_id = role_guid(literal("role_definition_id"))
        if not role_id and data and (role := names.catalog.find(literal("name"))) is not None:
            role_id = role.id
        return f"/providers/Microsoft.Authorization/roleDefinitions/{role_id}" if role_id else reference
    if type_ == DEFINITION and attribute == "name":
        return literal("name") or reference
    if type_ == "azurerm_subscription" and data and attribute in ("id", "subscription_id"):
        is_own = "subscription_id" not in body.attributes and "provider" not in body.attributes
        found = (module.subscription if is_own else literal("subscription_id")).lower()
        if GUID.match(found):
            return found if attribute == "subscription_id" else f"/subscriptions/{found}"
    return reference
