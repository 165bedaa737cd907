"""Checks in Azure Resource Manager whether scopes exist, and how Azure spells them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from rbacgen.model.scope import ScopeLevel, level_of, subscription_of
from rbacgen.project.lookup import LookupAnswer
from rbacgen.sources.azure.errors import ReadError
from rbacgen.sources.azure.lookups import LookupClient, NamedObject
from rbacgen.sources.azure.spelling import suggestion

_SUBSCRIPTIONS_VERSION = "2022-12-01"
_RESOURCES_VERSION = "2021-04-01"
_MANAGEMENT_GROUPS_VERSION = "2020-05-01"
# The codes that say that the question is not possible in this form, not that the resource does not exist.
_IMPOSSIBLE = frozenset({"InvalidResourceType", "InvalidResourceNamespace", "NoRegisteredProviderFound"})
_CHECK_TYPE = "check the type of its scope kind; until then it has the spelling of the project file"


class _Subscription(Struct, rename="camel"):
    tenant_id: str = ""


class _ResourceType(Struct, rename="camel"):
    resource_type: str
    api_versions: list[str] = field(default_factory=list)


class _Provider(Struct, rename="camel"):
    resource_types: list[_ResourceType] = field(default_factory=list)


class ScopeLookup:
    """The scopes of one tenant as Azure spells them."""

    def __init__(self, azure: LookupClient, tenant: str) -> None:
        self._azure = azure
        self._tenant = tenant
        self._providers: dict[str, Mapping[str, list[str]]] = {}

    def answers(self, scope_ids: tuple[str, ...]) -> Mapping[str, LookupAnswer]:
        """Each of these scopes as Azure spells it, by the scope in lower case."""
        answers: dict[str, LookupAnswer] = {}
        ids = sorted({subscription for each in scope_ids if (subscription := subscription_of(each))})
        subscriptions = dict(zip(ids, self._azure.together(self._subscription, ids), strict=True))
        in_groups: dict[str, list[str]] = {}
        management_groups: list[str] = []
        for scope_id in scope_ids:
            around = subscriptions.get(subscription_of(scope_id), LookupAnswer())
            match level_of(scope_id):
                case ScopeLevel.SUBSCRIPTION:
                    answers[scope_id.lower()] = around
                case ScopeLevel.RESOURCE_GROUP | ScopeLevel.RESOURCE if not around.spelled and not around.why:
                    answers[scope_id.lower()] = LookupAnswer()  # a subscription that does not exist contains nothing
                case ScopeLevel.RESOURCE_GROUP | ScopeLevel.RESOURCE:
                    in_groups.setdefault(_group_of(scope_id).lower(), []).append(scope_id)
                case ScopeLevel.MANAGEMENT_GROUP:
                    management_groups.append(scope_id)
                case ScopeLevel.TENANT:
                    answers["/"] = LookupAnswer(spelled="/")
        requested = {each.lower() for each in scope_ids}
        for found in self._azure.together(self._in_group, in_groups.values()):
            answers |= {folded: answer for folded, answer in found.items() if folded in requested}
        found_groups = self._azure.together(self._management_group, management_groups)
        answers |= zip((each.lower() for each in management_groups), found_groups, strict=True)
        return answers

    def _subscription(self, subscription: str) -> LookupAnswer:
        path = f"/subscriptions/{subscription}"
        try:
            found = self._azure.get(path, _SUBSCRIPTIONS_VERSION, _Subscription)
        except ReadError as failure:
            if failure.status == 404 or (failure.status == 401 and "Tenant" in failure.code):
                return LookupAnswer(hint=f": {failure.message}; {failure.hint}")
            return LookupAnswer(why=failure.message, remedy=failure.hint)
        if self._tenant and found.tenant_id and found.tenant_id.lower() != self._tenant:
            return LookupAnswer(hint=f" in the tenant {self._tenant}: it belongs to {found.tenant_id.lower()}")
        return LookupAnswer(spelled=path)

    def _management_group(self, scope_id: str) -> LookupAnswer:
        try:
            found = self._azure.get(scope_id, _MANAGEMENT_GROUPS_VERSION, NamedObject)
        except ReadError as failure:
            if failure.status not in (403, 404):
                return LookupAnswer(why=failure.message, remedy=failure.hint)
            names = self._azure.names("/providers/Microsoft.Management/managementGroups", _MANAGEMENT_GROUPS_VERSION)
            hint = suggestion(scope_id.rpartition("/")[2], names)
            if failure.status == 404:
                return LookupAnswer(hint=hint)
            why = f"the management group does not exist or may not be read; Azure does not say which{hint}"
            return LookupAnswer(
                why=why, remedy="check its name, and give the login the role Management Group Reader there"
            )
        return LookupAnswer(spelled=f"/providers/Microsoft.Management/managementGroups/{found.name}")

    def _in_group(self, scope_ids: list[str]) -> dict[str, LookupAnswer]:
        """The scopes of one resource group: the group itself, and the resources in it."""
        subscription, name = subscription_of(scope_ids[0]), scope_ids[0].split("/")[4]
        above = f"/subscriptions/{subscription}/resourceGroups"
        group = f"{above}/{name}"
        inside = [each for each in scope_ids if each.lower() != group.lower()]
        try:
            found = self._azure.get(group, _RESOURCES_VERSION, NamedObject)
        except ReadError as failure:
            if failure.status != 404:
                return {each.lower(): LookupAnswer(why=failure.message, remedy=failure.hint) for each in scope_ids}
            hint = suggestion(name, self._azure.names(above, _RESOURCES_VERSION))
            missing = LookupAnswer(hint=f": there is no resource group `{name}`{hint}")
            return {group.lower(): LookupAnswer(hint=hint)} | {each.lower(): missing for each in inside}
        spelled = f"{above}/{found.name}"
        answers = {group.lower(): LookupAnswer(spelled=spelled)}
        try:
            listed = self._azure.rows(f"{group}/resources", _RESOURCES_VERSION) if inside else []
        except ReadError as failure:
            return answers | {each.lower(): LookupAnswer(why=failure.message, remedy=failure.hint) for each in inside}
        known = {_path_in(each.id).lower(): _path_in(each.id) for each in listed}
        return answers | {each.lower(): self._resource(spelled, each, known) for each in inside}

    def _resource(self, group: str, scope_id: str, known: Mapping[str, str]) -> LookupAnswer:
        """A resource of a group whose resources are listed in `known`, by their path in lower case.

        The list may spell the group and types in any case; the names are right. The list leaves out most of what is below a
        resource, and some types altogether: such a resource is requested by its own id.
        """
        path = _path_in(scope_id)
        namespace, kind, name, *below = path.split("/")
        spelled = _with_known_names(path, known)
        if path.lower() in known:
            return LookupAnswer(spelled=f"{group}/providers/{spelled}")
        top = f"{namespace}/{kind}/{name}"
        if top.lower() not in known:
            answer = self._by_id(f"{group}/providers/{top}")
            if not answer.spelled and not answer.why:
                split = [each.split("/") for each in known.values()]
                same_type = [
                    each[2] for each in split if (each[0].lower(), each[1].lower()) == (namespace.lower(), kind.lower())
                ]
                return LookupAnswer(hint=suggestion(name, same_type))
            if answer.why or not below:
                return answer
            spelled = "/".join([_path_in(answer.spelled), *below])
        answer = self._by_id(f"{group}/providers/{spelled}")
        if answer.spelled:
            return LookupAnswer(spelled=f"{group}/providers/{_with_known_names(_path_in(answer.spelled), known)}")
        return answer

    def _by_id(self, scope_id: str) -> LookupAnswer:
        """The answer for a resource that no list shows; the spelling of its resource group is taken to be right."""
        namespace, *path = _path_in(scope_id).split("/")
        try:
            versions = self._versions(subscription_of(scope_id), namespace, path[::2])
        except ReadError as failure:
            return LookupAnswer(why=failure.message, remedy=failure.hint)
        if not versions:
            if len(path) == 2:  # a type that its provider does not have at all
                return LookupAnswer()
            return LookupAnswer(why=f"{namespace} names no API version for this type", remedy=_CHECK_TYPE)
        try:
            found = self._azure.get(scope_id, versions[0], NamedObject, namespace)
        except ReadError as failure:
            if failure.status == 404 and failure.code not in _IMPOSSIBLE:
                return LookupAnswer(hint=self._similar(scope_id, versions[0], namespace) if len(path) > 2 else "")
            unknown = failure.status in (400, 404, 405) and len(path) > 2
            return LookupAnswer(why=failure.message, remedy=_CHECK_TYPE if unknown else failure.hint)
        return LookupAnswer(spelled=_spelled_by(found, scope_id))

    def _versions(self, subscription: str, namespace: str, types: list[str]) -> list[str]:
        """The API versions of a type, the best one first; none where its provider has no such type.

        Providers do not list versions for every nested type; those of the type around it apply:
        https://github.com/Azure/arm-ttk/issues/603. Raises ReadError.
        """
        path = f"/subscriptions/{subscription}/providers/{namespace}"
        known = self._providers.get(path.lower())
        if known is None:
            listed = self._provider(path, namespace).resource_types
            known = {each.resource_type.lower(): each.api_versions for each in listed}
            self._providers[path.lower()] = known
        for depth in range(len(types), 0, -1):
            if versions := known.get("/".join(types[:depth]).lower()):
                return sorted(versions, key=lambda version: len(version) > len("2024-01-01"))  # previews last
        return []

    def _provider(self, path: str, namespace: str) -> _Provider:
        """A resource provider's types: from the subscription, or from the tenant, where the login may read a resource group only.

        https://learn.microsoft.com/rest/api/resources/providers/get-at-tenant-scope. Raises ReadError.
        """
        try:
            return self._azure.get(path, _RESOURCES_VERSION, _Provider)
        except ReadError as failure:
            if failure.status == 404:
                return _Provider()
            if failure.status != 403:
                raise
        return self._azure.get(f"/providers/{namespace}", _RESOURCES_VERSION, _Provider, namespace)

    def _similar(self, scope_id: str, version: str, namespace: str) -> str:
        """The suggestion for a resource that does not exist, among those of its type in the same place."""
        above, _, name = scope_id.rpartition("/")
        return suggestion(name, (each.rpartition("/")[2] for each in self._azure.names(above, version, namespace)))


def _group_of(scope_id: str) -> str:
    return "/".join(scope_id.split("/")[:5])


def _path_in(resource_id: str) -> str:
    """A resource's id below its group: provider, type, name, and types and names below."""
    return "/".join(resource_id.split("/")[6:])


def _with_known_names(path: str, known: Mapping[str, str]) -> str:
    """The path with its names as Azure spells them, as deep as they are known."""
    segments = path.split("/")
    for depth in range(3, len(segments) + 1, 2):
        listed = known.get("/".join(segments[:depth]).lower())
        if listed is not None:
            segments[2:depth:2] = listed.split("/")[2::2]
    return "/".join(segments)


def _spelled_by(found: NamedObject, scope_id: str) -> str:
    """The id of a resource, with its own name and the names above it (below its top resource) as the answer spells them.

    Types keep their spelling, and so does everything that differs from the answer in more than case: a name in the answer
    can be preceded by the names above it.
    """
    segments, answered = scope_id.split("/"), found.id.split("/")
    if [each.lower() for each in answered] == [each.lower() for each in segments]:
        segments[10::2] = answered[10::2]
    name = found.name.rpartition("/")[2]
    if name.lower() == segments[-1].lower():
        segments[-1] = name
    return "/".join(segments)
