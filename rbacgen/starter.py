"""The first project file of a team: written from the mapping, so that it names just what this mapping takes."""

from __future__ import annotations

from rbacgen.mapping import Mapping, ProjectRole
from rbacgen.model import ScopeLevel

_NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"


def project_file(name: str, mapping_name: str, mapping: Mapping) -> str:
    """A commented project file for this mapping; `rbacgen check` reads it without an error as it stands."""
    lines = [
        f"# Who does what in {name}. `rbacgen check` says what is wrong, `rbacgen render` writes the Terraform.",
        f"project: {name}",
        f"mapping: {mapping_name}    # {mapping.title}",
        "# tenant: 00000000-0000-0000-0000-000000000000",
        "# ends: 2027-06-30         # hats that live as long as the project lose their access on this day",
        "pim: true                  # false: access that should be activated when needed stands at all times",
        "",
        "environments:",
    ]
    for index, environment in enumerate(mapping.environments):
        lines += [f"  {environment}:", f"    subscription: {_NO_SUBSCRIPTION}", "    scopes:"]
        if not index:
            lines += [
                "      # Bind what is there, by its name, by its whole resource id, by {name: …, resource_group: …},",
                "      # or by {terraform: azurerm_key_vault.this.id}; say what is not there with `without: […]`.",
            ]
        lines += [_binding_line(kind, says) for kind, says in bindable(mapping, environment)]
    lines += [
        "",
        "# Who wears which hat: group, user, service_principal or managed_identity, each by name (found by `rbacgen lock`)",
        "# or with its object id: - {group: grp-data-scientists, id: 00000000-0000-0000-0000-000000000000, in: [dev]}",
        "team:",
    ]
    for role in mapping.roles.values():
        lines.append(f"  {role.id}: []{' ' * max(1, 34 - len(role.id))}# {_summary(role)}")
    lines += [
        "",
        "# moved: [{responsibility: …, from: …, to: …}]    # this team's own split of the work",
        "# apart: [[…, …]]                                 # hats that nobody may wear together",
        "# groups: {grp-…: {members: [{user: …}]}}        # who is in a group, for `apart`; or `rbacgen lock --members`",
    ]
    return "\n".join(lines) + "\n"


def _binding_line(kind: str, says: str) -> str:
    line = f"      # {kind}: …".ljust(36) + says.split(",")[0]
    return line if len(line) <= 110 else line[:109] + "…"


def bindable(mapping: Mapping, environment: str) -> tuple[tuple[str, str], ...]:
    """The scope kinds that a project may have to bind in this environment, with what each is, in the mapping's order."""
    used = {
        grant.on
        for capability in mapping.capabilities.values()
        for grant in capability.grants
        if environment in grant.environments
    }
    wanted: set[str] = set()
    for name in used:
        kind = mapping.scope_kinds.get(name)
        while kind is not None:
            wanted.add(kind.name)
            kind = mapping.scope_kinds.get(kind.under) if kind.under and kind.level is ScopeLevel.RESOURCE else None
    return tuple(
        (kind.name, kind.says)
        for kind in mapping.scope_kinds.values()
        if kind.name in wanted and kind.fixed_name is None and kind.level is not ScopeLevel.SUBSCRIPTION
    )


def _summary(role: ProjectRole) -> str:
    has_azure = any(each.grants for duty in role.responsibilities for each in duty.takes)
    kind = (
        f"identity, answered for by {role.owner}"
        if role.is_workload
        else ""
        if has_azure
        else "no Azure access of its own"
    )
    return f"{role.title}{f' ({kind})' if kind else ''}"
