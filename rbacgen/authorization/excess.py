"""Weigh what Azure roles give beyond a need: every known operation is one bit, so that whole roles are compared at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct

from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.operations import Operation
from rbacgen.authorization.patterns import matches, overlaps
from rbacgen.model.assignment import AzureRole, Permission, Plane
from rbacgen.model.scope import ScopeLevel


class OperationClass(StrEnum):
    """What an operation is worth to somebody who was not meant to have it, the gravest first.

    `sensitive` leads to more access than it seems to give, or yields a secret, a key or a token.
    """

    SENSITIVE = "sensitive"
    DATA_WRITE = "data_write"
    DATA_READ = "data_read"
    CONTROL_WRITE = "control_write"
    CONTROL_READ = "control_read"


WEIGHTS: Final[Mapping[OperationClass, int]] = {
    OperationClass.SENSITIVE: 100,
    OperationClass.DATA_WRITE: 20,
    OperationClass.DATA_READ: 10,
    OperationClass.CONTROL_WRITE: 10,
    OperationClass.CONTROL_READ: 1,
}
"""How much one operation beyond the need weighs. By number alone, a role that writes little would pass for narrower than
one that reads much; a read of data or a write is worth ten reads of settings, a way to more access worth a hundred."""

# Operations that yield a secret, a key or a token, beside those of `escalations.json`: Azure keeps secrets out of what a
# GET answers, and gives them to a POST of its own whose name shows it; see for instance
# https://learn.microsoft.com/rest/api/storagerp/storage-accounts/list-keys
# https://learn.microsoft.com/rest/api/apimanagement/identity-provider/list-secrets
# https://learn.microsoft.com/rest/api/aks/managed-clusters/list-cluster-user-credentials
# https://learn.microsoft.com/rest/api/cosmos-db-resource-provider/database-accounts/list-connection-strings
# https://learn.microsoft.com/rest/api/compute/disks/grant-access (a signed link to the content of the disk)
# Regenerating a key answers with the new one. A user delegation key (`generateUserDelegationKey`) is not among them: it
# signs nothing that whoever has it could not do anyway.
_YIELDING: Final = (
    "*/listkeys/action",
    "*/listadminkeys/action",
    "*/listquerykeys/action",
    "*/listauthkeys/action",
    "*/listconnectionkeys/action",
    "*/listkeyvaultkeys/action",
    "*/readonlykeys/action",
    "*/sharedkeys/action",
    "*/regeneratekey/action",
    "*/regeneratekeys/action",
    "*/listsecrets/action",
    "*/listdelegationsecrets/action",
    "*/listmediacontentsecrets/action",
    "*/readsecrets/action",
    "*/listconnectionstrings/action",
    "*/listcredential/action",
    "*/listcredentials/action",
    "*/listdebugcredentials/action",
    "*/listclusteradmincredential/action",
    "*/listclusterusercredential/action",
    "*/listclustermonitoringusercredential/action",
    "*/generatecredentials/action",
    "*/regeneratecredential/action",
    "*/regeneratepassword/action",
    "*/newpassword/action",
    "*/listaccountsas/action",
    "*/listservicesas/action",
    "*/begingetaccess/action",
    "*/token/action",
    "*/generatetoken/action",
    "*/listauthtoken/action",
    "*/getauthtoken/action",
    "*/getssotoken/action",
    "*/getgithubaccesstoken/action",
    "*/listnotebookaccesstoken/read",
)
# On the data plane: secrets of a Kubernetes cluster (https://learn.microsoft.com/azure/aks/manage-azure-rbac), and shared
# access signatures that a key vault issues for the storage accounts that it manages.
_YIELDING_DATA: Final = ("*/secrets/read", "*/getsas/action", "*/listsas/action")

_VERBS: Final = (
    "/read",
    "/write",
    "/delete",
    "/action",
)  # what ends otherwise is no operation, though a role may name it

# Types that are put onto resources of other providers, as far as they exist on single resources:
# https://learn.microsoft.com/azure/azure-resource-manager/management/extension-resource-types
_EXTENSIONS: Final = (
    "microsoft.authorization/",
    "microsoft.advisor/configurations/",
    "microsoft.advisor/recommendations/",
    "microsoft.advisor/suppressions/",
    "microsoft.alertsmanagement/alerts/",
    "microsoft.alertsmanagement/alertssummary/",
    "microsoft.changeanalysis/resourcechanges/",
    "microsoft.eventgrid/eventsubscriptions/",
    "microsoft.eventgrid/extensiontopics/",
    "microsoft.guestconfiguration/",
    "microsoft.insights/baseline/",
    "microsoft.insights/calculatebaseline/",
    "microsoft.insights/datacollectionruleassociations/",
    "microsoft.insights/diagnosticsettings/",
    "microsoft.insights/diagnosticsettingscategories/",
    "microsoft.insights/eventtypes/",
    "microsoft.insights/extendeddiagnosticsettings/",
    "microsoft.insights/guestdiagnosticsettingsassociation/",
    "microsoft.insights/logdefinitions/",
    "microsoft.insights/logs/",
    "microsoft.insights/metricbaselines/",
    "microsoft.insights/metricdefinitions/",
    "microsoft.insights/metricnamespaces/",
    "microsoft.insights/metrics/",
    "microsoft.insights/topology/",
    "microsoft.insights/transactions/",
    "microsoft.insights/vminsightsonboardingstatuses/",
    "microsoft.kubernetesconfiguration/",
    "microsoft.maintenance/applyupdates/",
    "microsoft.maintenance/configurationassignments/",
    "microsoft.maintenance/updates/",
    "microsoft.managedidentity/identities/",
    "microsoft.policyinsights/attestations/",
    "microsoft.policyinsights/policyevents/",
    "microsoft.policyinsights/policystates/",
    "microsoft.policyinsights/policytrackedresources/",
    "microsoft.policyinsights/remediations/",
    "microsoft.recoveryservices/backupprotecteditems/",
    "microsoft.recoveryservices/replicationeligibilityresults/",
    "microsoft.resourcehealth/",
    "microsoft.resources/links/",
    "microsoft.resources/tags/",
    "microsoft.security/adaptivenetworkhardenings/",
    "microsoft.security/advancedthreatprotectionsettings/",
    "microsoft.security/assessments/",
    "microsoft.security/compliances/",
    "microsoft.security/devicesecuritygroups/",
    "microsoft.security/informationprotectionpolicies/",
    "microsoft.security/servervulnerabilityassessments/",
    "microsoft.workloadmonitor/",
)
# Microsoft Sentinel is put onto a Log Analytics workspace.
_EXTENSIONS_OF: Final = {"microsoft.operationalinsights/workspaces": ("microsoft.securityinsights/",)}
_ABOVE_SUBSCRIPTIONS: Final = ("microsoft.management/managementgroups/", "microsoft.authorization/elevateaccess/")


class GrantPlace(Struct, frozen=True):
    """Where access is to be given: a level of Azure's hierarchy and, for a resource, its type.

    `name` is what a person called it: a scope kind, a resource type or a level.
    """

    level: ScopeLevel
    type: str = ""
    name: str = ""


class Excess(Struct, frozen=True):
    """What is granted beyond a need: its weight, how many operations of each class, the sensitive ones by name.

    `unknown` holds the permission strings among it of which no operation is known: each matches at least one, and is
    weighed and counted as one.
    """

    weight: int
    counts: Mapping[OperationClass, int]
    sensitive: tuple[Operation, ...]
    unknown: tuple[Operation, ...]

    @property
    def operations(self) -> int:
        """How many operations there are beyond the need."""
        return sum(self.counts.values())


class Universe:
    """Known operations as bits of one integer, those of both planes side by side.

    A permission string of which no operation is known (`Microsoft.Automanage/*`) is a bit of its own: a role is not narrow
    because no list has what it grants.
    """

    __slots__ = ("_expanded", "_first", "_folded", "_masks", "_operations")

    def __init__(self, operations: Iterable[Operation], sensitive: Iterable[Operation]) -> None:
        """`operations` are names and permission strings; each of `sensitive` makes all that it matches so."""
        found = {plane: {each.name.lower(): each for each in operations if each.plane is plane} for plane in Plane}
        self._folded = {plane: sorted(names) for plane, names in found.items()}
        self._operations = tuple(found[plane][name] for plane in Plane for name in self._folded[plane])
        self._first = {Plane.CONTROL: 0, Plane.DATA: len(self._folded[Plane.CONTROL])}
        self._expanded: dict[tuple[str, Plane], int] = {}
        self._masks = self._classes(sensitive)

    @classmethod
    def of(cls, catalog: Catalog, extra: Iterable[Operation] = (), roles: Iterable[AzureRole] = ()) -> Universe:
        """What the catalogue knows: its operations, those that only its roles name, `extra` ones, and those of `roles`."""
        known = {
            (each.name.lower(), each.plane): each
            for provider in catalog.operations.providers()
            for each in catalog.operations.in_provider(provider)
        }
        wide: dict[tuple[str, Plane], Operation] = {}
        for each in extra:
            (wide if "*" in each.name else known).setdefault((each.name.lower(), each.plane), each)
        for role in (*catalog, *roles):
            for permission in role.permissions:
                for given, plane in ((permission.actions, Plane.CONTROL), (permission.data_actions, Plane.DATA)):
                    for name in given:
                        key = (name.lower(), plane)
                        if key in known or key in wide:
                            continue
                        if "*" in name:
                            wide[key] = Operation(name, plane)
                        elif key[0].endswith(_VERBS):
                            known[key] = Operation(name, plane)
        literal = cls(known.values(), ())
        nowhere = [each for each in wide.values() if not literal.expand(each.name, each.plane)]
        sensitive = [Operation(each.operation, each.plane) for each in catalog.escalations()]
        sensitive += [Operation(pattern, Plane.CONTROL) for pattern in _YIELDING]
        sensitive += [Operation(pattern, Plane.DATA) for pattern in (*_YIELDING, *_YIELDING_DATA)]
        return cls([*known.values(), *nowhere], sensitive)

    def _classes(self, sensitive: Iterable[Operation]) -> dict[OperationClass, int]:
        masks = dict.fromkeys(OperationClass, 0)
        for each in sensitive:
            masks[OperationClass.SENSITIVE] |= self.expand(each.name, each.plane)
        reads = {
            Plane.CONTROL: (OperationClass.CONTROL_READ, OperationClass.CONTROL_WRITE),
            Plane.DATA: (OperationClass.DATA_READ, OperationClass.DATA_WRITE),
        }
        for plane in Plane:
            names, first = self._folded[plane], self._first[plane]
            whole = ((1 << len(names)) - 1) << first
            read = self._bits(first + index for index, name in enumerate(names) if name.endswith("/read"))
            masks[reads[plane][0]] = read & ~masks[OperationClass.SENSITIVE]
            masks[reads[plane][1]] = whole & ~read & ~masks[OperationClass.SENSITIVE]
        return masks

    def _bits(self, indexes: Iterable[int]) -> int:
        # Bytes first: setting bits in a growing integer would copy it each time.
        buffer = bytearray(len(self._operations) // 8 + 1)
        for index in indexes:
            buffer[index >> 3] |= 1 << (index & 7)
        return int.from_bytes(buffer, "little")

    def expand(self, pattern: str, plane: Plane) -> int:
        """The operations that a permission string covers on a plane; each distinct one is worked out once."""
        key = (pattern.lower(), plane)
        bits = self._expanded.get(key)
        if bits is None:
            bits = self._expanded[key] = self._expand(*key)
        return bits

    def _expand(self, folded: str, plane: Plane) -> int:
        names, first = self._folded[plane], self._first[plane]
        prefix, star, rest = folded.partition("*")
        low = bisect_left(names, prefix)
        if not star:
            return 1 << (first + low) if low < len(names) and names[low] == folded else 0
        # Names that begin with a text are neighbours; no name has the last character of Unicode.
        high = bisect_left(names, prefix + chr(0x10FFFF)) if prefix else len(names)
        if not rest:
            return ((1 << high) - (1 << low)) << first
        return self._bits(first + index for index in range(low, high) if matches(folded, names[index]))

    def granted(self, role: AzureRole, conditions: bool = True) -> int:
        """All that a role grants; `conditions` says whether permission objects under a condition of their own count.

        With them it is the most that the role can give, without them what it gives whatever its condition.
        """
        bits = 0
        for permission in role.permissions:
            if conditions or not permission.condition:
                bits |= self._granted(permission)
        return bits

    def _granted(self, permission: Permission) -> int:
        bits = 0
        for plane, given, taken in (
            (Plane.CONTROL, permission.actions, permission.not_actions),
            (Plane.DATA, permission.data_actions, permission.not_data_actions),
        ):
            of_plane = 0
            for pattern in given:
                of_plane |= self.expand(pattern, plane)
            for pattern in taken if of_plane else ():
                of_plane &= ~self.expand(pattern, plane)
            bits |= of_plane
        return bits

    def possible_at(self, place: GrantPlace) -> int:
        """The operations that can exist at a place or on what lies in it.

        At a resource there are only its own type, what lies in it, and what is put onto any resource: role
        assignments, locks, diagnostic settings. What is done to management groups is done above subscriptions only.
        """
        everything = (1 << len(self._operations)) - 1
        if place.level is not ScopeLevel.RESOURCE:
            if place.level in (ScopeLevel.TENANT, ScopeLevel.MANAGEMENT_GROUP):
                return everything
            return everything & ~self._below(_ABOVE_SUBSCRIPTIONS)
        type_ = place.type.lower()
        return self._below((f"{type_}/", *_EXTENSIONS, *_EXTENSIONS_OF.get(type_, ()))) & ~self._below(
            _ABOVE_SUBSCRIPTIONS
        )

    def _below(self, beginnings: tuple[str, ...]) -> int:
        """All that begins with one of these texts, and every permission string that may."""
        indexes = (
            index
            for index, each in enumerate(self._operations)
            if each.name.lower().startswith(beginnings)
            or ("*" in each.name and any(overlaps(each.name, f"{beginning}*") for beginning in beginnings))
        )
        return self._bits(indexes)

    def weight(self, bits: int) -> int:
        """The weight of a set of operations."""
        return sum(weight * (bits & self._masks[kind]).bit_count() for kind, weight in WEIGHTS.items())

    def names(self, bits: int) -> tuple[Operation, ...]:
        """The operations of a set, control plane first, each plane sorted."""
        found = []
        while bits:
            lowest = bits & -bits
            found.append(self._operations[lowest.bit_length() - 1])
            bits ^= lowest
        return tuple(found)

    def excess(self, granted: int, needed: int) -> Excess:
        """What is granted beyond a need."""
        beyond = granted & ~needed
        counts = {kind: (beyond & self._masks[kind]).bit_count() for kind in OperationClass}
        return Excess(
            weight=sum(WEIGHTS[kind] * count for kind, count in counts.items()),
            counts=counts,
            sensitive=self.names(beyond & self._masks[OperationClass.SENSITIVE]),
            unknown=tuple(each for each in self.names(beyond) if "*" in each.name),
        )

    def planes(self, operation: str) -> tuple[Plane, ...]:
        """The planes on which an operation is known, or on which a permission string covers a known one."""
        return tuple(plane for plane in Plane if self.expand(operation, plane))
