"""Puts what a project wants into a tenant, as an apply of its Terraform does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from rbacgen.analysis.results import CheckedProject
from rbacgen.model.assignment import Activation, Assignment, Key, instant
from rbacgen.project.desired import Definition, kept_by_pim
from tests.fakes.azure import Tenant
from tests.fakes.world import TODAY


def tenant_of(outcome: CheckedProject, without: Collection[Key] = ()) -> Tenant:
    """A tenant with the project's subscriptions, principals, custom roles and access, but for some of it."""
    tenant = Tenant(id=outcome.project.tenant or "99999999-9999-4999-8999-999999999999")
    for environment in outcome.project.environments:
        tenant.subscription(environment.subscription, name=environment.name)
    for wearers in outcome.project.team.values():
        for wearer in wearers:
            principal = wearer.principal
            if not tenant.present(principal.id):
                tenant.principal(principal.id, principal.type.value, principal.name, upn=principal.name)  # type: ignore[arg-type]
    for definition in outcome.desired.definitions:
        define(tenant, definition)
    for key, assignment in outcome.desired.state.items():
        if key not in without:
            hold(tenant, assignment, outcome)
    return tenant


def hold(tenant: Tenant, wanted: Assignment, outcome: CheckedProject) -> str:
    """Puts one wanted assignment into the tenant, and gives its id."""
    project = outcome.project
    scope, role, principal = wanted.scope.id, wanted.role.id, wanted.principal.id
    end = instant(wanted.ends) if wanted.ends is not None else None
    if wanted.activation is Activation.ELIGIBLE:
        if end is None and project.pim_eligible_days:
            end = instant(TODAY) + timedelta(days=project.pim_eligible_days)
        return tenant.eligible(
            scope,
            role,
            principal,
            end=end,
            condition=wanted.condition or None,
            condition_version=wanted.condition_version or None,
            justification=wanted.description,
        )
    if kept_by_pim(wanted, project.pim):
        return tenant.active(scope, role, principal, end=end, justification=wanted.description)
    return tenant.assign(
        scope,
        role,
        principal,
        condition=wanted.condition or None,
        condition_version=wanted.condition_version or None,
        description=wanted.description,
    )


def define(tenant: Tenant, definition: Definition) -> None:
    """Puts a custom role into the tenant."""
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
