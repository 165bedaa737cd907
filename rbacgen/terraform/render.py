"""Root modules as files: through templates into HCL, or straight into Terraform's JSON syntax."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from rbacgen.model.problems import RbacgenError
from rbacgen.project.project import Project
from rbacgen.terraform import hcl
from rbacgen.terraform.blocks import (
    ACTIVE,
    DEFINITION,
    ELIGIBLE,
    PERMANENT,
    AssignmentBlock,
    DefinitionBlock,
    RootModule,
)
from rbacgen.terraform.previous import header
from rbacgen.terraform.transitions import Transitions

if TYPE_CHECKING:
    import jinja2

CREATE_TIMEOUT = "5m"  # PrincipalNotFound is retried until then; the provider's own 30 minutes look like a hang
PROVIDER_VERSIONS = {5: ">= 5.2, < 6.0", 4: ">= 4.26, < 5.0"}
TERRAFORM_VERSION = ">= 1.7"  # `removed` blocks; https://developer.hashicorp.com/terraform/language/resources/syntax
TEMPLATES = ("versions", "access", "custom_roles", "moved", "removed", "imports")
_MEND = "mend it, or leave `--templates` out to render with the shipped one"


class TemplateError(RbacgenError):
    """A template of the user's does not fit."""


class Layout(Struct, frozen=True):
    """How the files are to look: `is_module` leaves provider and backend to the caller, `json` writes `.tf.json`."""

    project: Project
    is_module: bool = False
    json: bool = False


class Renderer:
    """Writes root modules as text. `sources` gives the text of each template by its name."""

    def __init__(self, layout: Layout, sources: Mapping[str, str]) -> None:
        self.layout = layout
        self.templates = {} if layout.json else _compiled(sources)

    def files(self, module: RootModule, changes: Transitions) -> dict[str, str]:
        """The files of one environment's directory, by name."""
        return self._json_files(module, changes) if self.layout.json else self._hcl_files(module, changes)

    # Terraform's native syntax, through the templates.

    def _hcl_files(self, module: RootModule, changes: Transitions) -> dict[str, str]:
        files = {"versions.tf": self._text("versions", module, provider=self._provider(module))}
        if module.definitions:
            files["custom_roles.tf"] = self._text("custom_roles", module, custom_roles=module.definitions)
        for kind, blocks in module.assignments:
            scope_kind = self.layout.project.mapping.scope_kinds[kind]
            files[f"access_{kind}.tf"] = self._text("access", module, scope_kind=scope_kind, assignments=blocks)
        for name, entries in (("moved", changes.moved), ("removed", changes.removed), ("imports", changes.imports)):
            if entries:
                files[f"{name}.tf"] = self._text(name, module, **{name: entries})
        return files

    def _text(self, template: str, module: RootModule, **context: object) -> str:
        from jinja2 import TemplateError as JinjaError

        top = "".join(f"# {line}\n" for line in header(self.layout.project.name, module.environment))
        project = self.layout.project
        try:
            text = self.templates[template].render(
                project=project.name, environment=module.environment, create_timeout=CREATE_TIMEOUT, **context
            )
        except (JinjaError, TypeError, ValueError, AttributeError, ArithmeticError, LookupError) as error:
            raise TemplateError(f"the template {template}.tf.j2 failed: {error}", _MEND) from error
        return f"{top}\n{text.strip()}\n"

    def _provider(self, module: RootModule) -> dict[str, object]:
        project = self.layout.project
        settings: dict[str, hcl.Value | None] = {
            "subscription_id": module.subscription,
            "tenant_id": project.tenant or None,
            "environment": None if project.cloud == "public" else project.cloud,
            "resource_provider_registrations": "none" if project.azurerm < 5 else None,
        }
        return {
            "is_module": self.layout.is_module,
            "terraform_version": TERRAFORM_VERSION,
            "azurerm_version": PROVIDER_VERSIONS[project.azurerm],
            "settings": settings,
        }

    # Terraform's JSON syntax.

    def _json_files(self, module: RootModule, changes: Transitions) -> dict[str, str]:
        contents: dict[str, dict[str, object]] = {"versions.tf.json": self._json_versions(module)}
        if module.definitions:
            contents["custom_roles.tf.json"] = {
                "resource": {DEFINITION: {block.label: _json_definition(block) for block in module.definitions}}
            }
        for kind, blocks in module.assignments:
            by_type: dict[str, dict[str, object]] = {}
            for block in blocks:
                by_type.setdefault(block.type, {})[block.label] = _json_assignment(block)
            contents[f"access_{kind}.tf.json"] = {"resource": by_type}
        if changes.moved:
            contents["moved.tf.json"] = {"moved": [{"from": old, "to": new} for old, new in changes.moved.items()]}
        if changes.removed:
            contents["removed.tf.json"] = {
                "removed": [{"from": old, "lifecycle": {"destroy": False}} for old in changes.removed]
            }
        if changes.imports:
            contents["imports.tf.json"] = {
                "import": [{"to": to, "id": _json_string(given)} for to, given in changes.imports.items()]
            }
        note = " ".join(header(self.layout.project.name, module.environment))
        return {name: hcl.json_text({"//": note, **content}) for name, content in contents.items()}

    def _json_versions(self, module: RootModule) -> dict[str, object]:
        provider = self._provider(module)
        azurerm = {"source": "hashicorp/azurerm", "version": provider["azurerm_version"]}
        if self.layout.is_module:
            return {"terraform": {"required_providers": {"azurerm": azurerm}}}
        settings = provider["settings"]
        assert isinstance(settings, dict)
        return {
            "terraform": {
                "required_version": TERRAFORM_VERSION,
                "required_providers": {"azurerm": azurerm},
            },
            "provider": {"azurerm": {"features": {}, **{name: text for name, text in settings.items() if text}}},
        }


def _compiled(sources: Mapping[str, str]) -> dict[str, jinja2.Template]:
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.DictLoader({f"{name}.tf.j2": text for name, text in sources.items()}),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # the output is HCL: values go through the filters `hcl` and `aligned`, never through HTML
    )
    environment.filters["hcl"] = hcl.value
    environment.filters["aligned"] = hcl.aligned
    environment.filters["comment"] = hcl.comment
    compiled = {}
    for name in TEMPLATES:
        try:
            compiled[name] = environment.get_template(f"{name}.tf.j2")
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(
                f"the template {name}.tf.j2 is wrong on line {error.lineno}: {error.message}", _MEND
            ) from error
    return compiled


def _json_string(native: str) -> str:
    """A quoted native string in the JSON syntax: as it is where nothing in it is escaped, else as an interpolation."""
    return f"${{{native}}}" if "\\" in native else native[1:-1]


def _json_assignment(block: AssignmentBlock) -> dict[str, object]:
    given: dict[str, hcl.Value | None] = {
        "name": block.name,
        "scope": block.scope,
        "role_definition_id": block.role_definition_id,
        "principal_id": block.principal_id,
        "principal_type": block.principal_type,
        "condition": block.condition,
        "condition_version": block.condition_version,
        "description": block.description,
        "justification": block.justification,
    }
    note = f"{hcl.one_line(block.title)}. {hcl.one_line(block.reason)}"
    if block.made_in:
        note += f" (the custom role is made in the directory of {block.made_in}: apply that one first)"
    body: dict[str, object] = {"//": note}
    body |= {name: hcl.json_value(each) for name, each in given.items() if each is not None}
    if block.end_date_time is not None:
        body["schedule"] = {"expiration": {"end_date_time": block.end_date_time}}
    elif block.duration_days is not None:
        body["schedule"] = {"expiration": {"duration_days": block.duration_days}}
    if block.type in (ELIGIBLE, ACTIVE):
        kept = ["schedule"] if block.keeps_schedule else []
        body["lifecycle"] = {"ignore_changes": ["justification", *kept]}
    if block.type == PERMANENT:
        body["timeouts"] = {"create": CREATE_TIMEOUT}
    if block.depends_on is not None:
        body["depends_on"] = [block.depends_on]
    return body


def _json_definition(block: DefinitionBlock) -> dict[str, object]:
    permissions = {
        name: list(patterns)
        for name, patterns in (
            ("actions", block.actions),
            ("not_actions", block.not_actions),
            ("data_actions", block.data_actions),
            ("not_data_actions", block.not_data_actions),
        )
        if patterns
    }
    return {
        "//": hcl.one_line(block.why),
        "role_definition_id": block.role_definition_id,
        "name": hcl.json_value(block.name),
        "scope": block.scope,
        "description": hcl.json_value(block.description),
        "permissions": permissions,
        "assignable_scopes": hcl.json_value(block.assignable_scopes),
    }
