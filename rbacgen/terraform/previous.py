"""Reads back what an earlier render wrote: which resources are there, so that a new address is not taken for new access."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from msgspec import Struct, field

from rbacgen.model.problems import RbacgenError
from rbacgen.terraform.hcl import string

HEADER = "Rendered by rbacgen"
# In the comment of an assignment that was taken over, where Azure spells its scope in another way than the project.
RESPELLED = "The scope is written as Azure spells it."

_RESOURCE = re.compile(r'resource "([^"]+)" "([^"]+)" \{')
_FIELD = re.compile(
    r"\s+(scope|role_definition_id|principal_id|name|description|end_date_time|duration_days|ignore_changes) += (.+)"
)
_MOVED = re.compile(r"moved \{\n  from = (\S+)\n  to   = (\S+)\n\}")
_REMOVED = re.compile(r"removed \{\n  from = (\S+)\n")
_IMPORT = re.compile(r"import \{\n  to = (\S+)\n  id = (.+)\n\}")


class RenderedFields(Struct, frozen=True):
    """What an earlier render wrote of an assignment besides its identity, as HCL text; empty for what it did not write.

    `respelled` means that the scope is spelled as Azure spells it, and not as the project did.
    """

    name: str = ""
    scope: str = ""
    description: str = ""
    end_date_time: str = ""
    duration_days: str = ""
    keeps_schedule: bool = False
    respelled: bool = False


class Existing(Struct):
    """One environment's directory as an earlier render left it.

    `resources` maps the identity of each resource to its address, `fields` that of each assignment to what else was written of
    it; `files` are the names of the files that are ours;
    `moved`, `removed` and `imports` are the blocks of those files that may still have to be applied.
    """

    resources: dict[str, str] = field(default_factory=dict)
    fields: dict[str, RenderedFields] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    moved: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    imports: dict[str, str] = field(default_factory=dict)

    @property
    def assignments(self) -> set[str]:
        """The identities of the assignments that are there."""
        return {identity for identity in self.resources if not identity.startswith("azurerm_role_definition|")}


def header(project_name: str, environment: str) -> tuple[str, str]:
    """The lines that open every rendered file: whose it is, and how to change it."""
    return (
        f"{HEADER} from the project {project_name}, environment {environment}.",
        "Do not edit: change the project file and run `rbacgen render`.",
    )


def is_ours(text: str, project_name: str) -> bool:
    """Whether an earlier render of this project wrote the file: it says so in its first lines."""
    return f"{HEADER} from the project {project_name}, environment " in text[:400]


def read(files: Mapping[str, str], project_name: str) -> Existing:
    """What the files of one directory hold, of those that are this project's; the others are not looked at.

    Raises RbacgenError where a JSON file of ours is no longer what we wrote: it is not known what is there.
    """
    existing = Existing()
    for name in sorted(files):
        text = files[name]
        if not is_ours(text, project_name):
            continue
        existing.files.add(name)
        if name.endswith(".tf.json"):
            try:
                _read_json(text, existing)
            except (ValueError, AttributeError, TypeError, KeyError) as error:
                raise RbacgenError(
                    f"{name} was rendered here and can be read no more: somebody edited it",
                    "restore it from version control, or delete it, then run `rbacgen render` again",
                ) from error
        else:
            _read_hcl(text, existing)
    return existing


def _read_hcl(text: str, existing: Existing) -> None:
    address = ""
    parts: dict[str, str] = {}
    type_ = ""
    comments: list[str] = []
    for line in text.split("\n"):
        if line.startswith("# "):
            comments.append(line[2:])
        elif not line:
            comments.clear()
        elif line.startswith("resource "):
            if match := _RESOURCE.match(line):
                type_ = match[1]
                address, parts = f"{match[1]}.{match[2]}", {"//": " ".join(comments)}
        elif line == "}" and address:
            _note(existing, type_, parts, address)
            address = ""
        elif address and (match := _FIELD.match(line)):
            parts[match[1]] = match[2]
    existing.moved |= {match[1]: match[2] for match in _MOVED.finditer(text)}
    existing.removed += [match[1] for match in _REMOVED.finditer(text)]
    existing.imports |= {match[1]: match[2] for match in _IMPORT.finditer(text)}


def _read_json(text: str, existing: Existing) -> None:
    content = json.loads(text)
    for type_, labelled in content.get("resource", {}).items():
        for label, body in labelled.items():
            names = ("scope", "role_definition_id", "principal_id", "name", "description")
            parts = {name: _native(body[name]) if name in body else "" for name in names}
            expiration = body.get("schedule", {}).get("expiration", {})
            end, days = expiration.get("end_date_time"), expiration.get("duration_days")
            parts |= {"end_date_time": _native(end) if end else "", "duration_days": str(days or "")}
            parts["//"] = str(body.get("//", ""))
            parts["ignore_changes"] = " ".join(body.get("lifecycle", {}).get("ignore_changes", ()))
            _note(existing, type_, parts, f"{type_}.{label}")
    existing.moved |= {each["from"]: each["to"] for each in content.get("moved", [])}
    existing.removed += [each["from"] for each in content.get("removed", [])]
    existing.imports |= {each["to"]: _native(each["id"]) for each in content.get("import", [])}


def _note(existing: Existing, type_: str, parts: Mapping[str, str], address: str) -> None:
    """Notes one resource as there."""
    known = identity(type_, parts)
    existing.resources[known] = address
    if type_ != "azurerm_role_definition":
        names = ("name", "scope", "description", "end_date_time", "duration_days")
        existing.fields[known] = RenderedFields(
            **{name: parts.get(name, "") for name in names},
            keeps_schedule="schedule" in parts.get("ignore_changes", ""),
            respelled=RESPELLED in parts.get("//", ""),
        )


def _native(given: str) -> str:
    """The native syntax of a string in the JSON syntax, as `hcl.json_value` writes it: an interpolation or a text."""
    return given[2:-1] if given.startswith("${") else string(given)


def identity(type_: str, parts: Mapping[str, str]) -> str:
    """The identity of a resource from its HCL values, without case; the same that a block computes of itself."""
    if type_ == "azurerm_role_definition":
        return f"{type_}|{parts.get('role_definition_id', '')}".lower()
    values = (parts.get(name, "") for name in ("scope", "role_definition_id", "principal_id"))
    return "|".join((type_, *values)).lower()
