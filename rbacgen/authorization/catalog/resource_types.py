"""Which operations can exist at a scope: those of its resource type, of what it contains, and of extensions of any resource."""

from __future__ import annotations

from rbacgen.model.scope import Scope, ScopeLevel

_AUTHORIZATION = "microsoft.authorization/"
# Operations that most built-in roles have besides their own, and that are possible on every resource: they do not make a
# grant at another resource type meaningful.
COMPANIONS = (
    _AUTHORIZATION,
    "microsoft.resources/",
    "microsoft.insights/alertrules/",
    "microsoft.support/",
    "microsoft.resourcehealth/",
)
# Providers whose operations are made on resources of other providers.
EXTENSIONS = (
    "microsoft.insights/",
    "microsoft.advisor/",
    "microsoft.security/",
    "microsoft.policyinsights/",
    "microsoft.guestconfiguration/",
    "microsoft.maintenance/",
    "microsoft.consumption/",
    "microsoft.costmanagement/",
    "microsoft.network/privateendpoint",
    "microsoft.eventgrid/",
    "microsoft.alertsmanagement/",
    "microsoft.workloadmonitor/",
    "microsoft.operationsmanagement/",
    "microsoft.recoveryservices/",
    "microsoft.chaos/",
    "microsoft.dataprotection/",
    "microsoft.kubernetesconfiguration/",
    "microsoft.management/",
    "microsoft.servicelinker/",
    "microsoft.quota/",
    "microsoft.hybridconnectivity/",
    "microsoft.serialconsole/",
    "microsoft.automanage/",
    "microsoft.changeanalysis/",
    "microsoft.azurestackhci/virtualmachineinstances/",
    "microsoft.scvmm/virtualmachineinstances/",
    "microsoft.connectedvmwarevsphere/virtualmachineinstances/",
)
_ABOVE_SUBSCRIPTIONS = ("microsoft.management/managementgroups/", "microsoft.authorization/elevateaccess/")


def possible_at(operation: str, level: ScopeLevel, resource_type: str) -> bool:
    """Whether an operation is of a scope of this level and type, or of what it contains; extensions are left out.

    This is the narrow question of what a grant is for: what a role has for other types, and for tags, locks or
    diagnostics on this one, does not count. `resource_type` is empty above resources.
    """
    folded = operation.lower()
    if folded.startswith(_ABOVE_SUBSCRIPTIONS):
        return level in (ScopeLevel.TENANT, ScopeLevel.MANAGEMENT_GROUP)
    if level is not ScopeLevel.RESOURCE:
        return True
    return folded.startswith((resource_type.lower() + "/", _AUTHORIZATION))


def type_of(scope: Scope) -> str:
    """The resource type in a literal resource id, as it is spelled there; empty for any other scope."""
    if scope.level is not ScopeLevel.RESOURCE or scope.reference:
        return ""
    start = scope.folded.rfind("/providers/")
    if start < 0:
        return ""
    provider, *pairs = scope.id[start + len("/providers/") :].split("/")
    return "/".join([provider, *pairs[::2]])


def resource_of(operation: str) -> str:
    """The top-level resource type that an operation is done to, or to what that contains; empty where it may be of any resource."""
    provider, *types = operation.split("/")
    if len(types) < 2 or "*" in provider + types[0] or operation.lower().startswith((*COMPANIONS, *EXTENSIONS)):
        return ""
    return f"{provider}/{types[0]}"


def why_impossible(operation: str, scope: Scope, resource_type: str = "") -> str:
    """Why an operation cannot exist at the scope, whatever the roles; empty where it might.

    Only what is certain counts: an operation of another provider that extends none, or of another top-level type of the same
    provider, such as one on a machine learning workspace at a registry. Patterns that could mean more are taken as possible.
    """
    resource_type = resource_type or type_of(scope)
    if not resource_type:
        return ""
    folded = operation.lower()
    if folded.startswith(("*", *COMPANIONS, *EXTENSIONS)):
        return ""
    provider, _, types = resource_type.lower().partition("/")
    top = types.partition("/")[0]
    asked_provider, *rest = folded.split("/")
    if "*" in asked_provider:
        return ""
    if asked_provider != provider:
        return f"no operation of {operation.split('/', 1)[0]} exists on a {resource_type}"
    # A verb straight behind the provider (`register/action`) is the subscription's own.
    asked_top = rest[0] if rest else ""
    if top and "*" not in asked_top and asked_top != top:
        return f"`{operation}` is of `{asked_top}` and cannot exist on a {resource_type}"
    return ""


def is_possible(operation: str, scope: Scope) -> bool:
    """Whether the operation might exist at the scope or on what it contains."""
    return not why_impossible(operation, scope)
