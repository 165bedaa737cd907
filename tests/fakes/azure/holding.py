"""Creates the desired state of a project in a tenant, as an apply of its Terraform does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from rbacgen.analysis.results import CheckedProject
from rbacgen.model.assignment import Activation, Assignment, Key, instant
from rbacgen.project.desired import Definition, kept_by_pim
from tests.fakes.azure import Tenant
from tests.fakes.world import TODAY


def tenant_of(checked: CheckedProject, without: Collection[Key] = ()) -> Tenant:
    """A tenant with the project's subscriptions, principals, custom roles and access, but for some of it."""
    tenant = Tenant(id=checked.project.tenant or "99999999-9999-4999-8999-999999999999")
    for environment in checked.project.environments:
        tenant.subscription(environment.subscription, name=environment.name)
    for team_members in checked.project.team.values():
        for team_member in team_members:
            principal = team_member.principal
            if not tenant.present(principal.id):
                tenant.principal(principal.id, principal.type.value, principal.name, upn=principal.name)  # type: ignore[arg-type]
    for definition in checked.desired.definitions:
        define(tenant, definition)
    for key, assignment in checked.desired.state.items():
        if key not in without:
            hold(tenant, assignment, checked)
    return tenant


def hold(tenant: Tenant, desired: Assignment, checked: CheckedProject) -> str:
    """Creates one desired assignment in the tenant, and returns its id."""
    project = checked.project
    scope, role, principal = desired.scope.id, desired.role.id, desired.principal.id
    end = instant(desired.ends) if desired.ends is not None else None
    if desired.activation is Activation.ELIGIBLE:
        if end is None and project.pim_eligible_days:
            end = instant(TODAY) + timedelta(days=project.pim_eligible_days)
        return tenant.eligible(
            scope,
            role,
            principal,
            end=end,
            condition=desired.condition or None,
            condition_version=desired.condition_version or None,
            justification=desired.description,
        )
    if kept_by_pim(desired, project.pim):
        return tenant.active(scope, role, principal, end=end, justification=desired.description)
    return tenant.assign(
        scope,
        role,
        principal,
        condition=desired.condition or None,
        condition_version=desired.condition_version or None,
        description=desired.description,
    )


def define(tenant: Tenant, definition: Definition) -> None:
    """Creates a custom role in the tenant."""
    role = definition.role
    permissions = [
        {
            "actions": list(each.actions),
            "notActions": list(each.not_actions),
            "dataActions": list(each.data_actions),
            "notDataActions": list(each.not_data_actions),
        }
        for each in role.permissions
    ]
    tenant.custom_role(role.id, role.name, permissions, role.assignable_scopes, role.description)
