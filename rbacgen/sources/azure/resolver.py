"""Finds in Microsoft Graph who has a name, and in Azure Resource Manager whether a scope is there and how it is spelled."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from rbacgen.authorization.groups import DirectMember, MemberKind
from rbacgen.model.scope import GUID, ScopeLevel, level_of, subscription_of
from rbacgen.model.source import Entry
from rbacgen.project.decode import did_you_mean
from rbacgen.project.lock import Named, plural
from rbacgen.project.lookup import FoundPrincipal, Listing, LookupAnswer
from rbacgen.sources.azure import directory
from rbacgen.sources.azure.client import PATIENCE, AzureClient, GraphResponse, ReadError
from rbacgen.sources.azure.clouds import Cloud
from rbacgen.sources.azure.credentials import LoginError

T = TypeVar("T")
R = TypeVar("R")

_SUBSCRIPTIONS_VERSION = "2022-12-01"
_RESOURCES_VERSION = "2021-04-01"
_MANAGEMENT_GROUPS_VERSION = "2020-05-01"
_IDENTITIES_VERSION = "2023-01-31"
_USER_ASSIGNED = "/microsoft.managedidentity/userassignedidentities/"
_WORKERS = 8
_PAGE = 100
_MEMBERS_PAGE = 999  # https://learn.microsoft.com/graph/api/group-list-members: the most that a page holds
# Said of a question that cannot be asked so, not of a resource that is not there.
_NO_QUESTION = frozenset({"InvalidResourceType", "InvalidResourceNamespace", "NoRegisteredProviderFound"})
_UNASKABLE = "check the type of its scope kind; until then it has the spelling of the project file"
# https://learn.microsoft.com/graph/permissions-reference: the least that shows names
_PERMISSIONS = {
    "group": "Group.Read.All",
    "user": "User.Read.All",
    "service_principal": "Application.Read.All",
    "managed_identity": "Application.Read.All",
}
_COLLECTIONS = {
    "group": ("groups", "id,displayName,mail,createdDateTime,securityEnabled,onPremisesSyncEnabled"),
    "user": ("users", "id,displayName,userPrincipalName,mail,userType"),
    "service_principal": (
        "servicePrincipals",
        "id,displayName,appId,servicePrincipalType,alternativeNames",
    ),
}
_COLLECTIONS["managed_identity"] = _COLLECTIONS["service_principal"]


class _Object(Struct, rename="camel"):
    """A user, group or service principal of Microsoft Graph, as far as it is asked for."""

    id: str
    display_name: str | None = None
    user_principal_name: str | None = None
    mail: str | None = None
    app_id: str | None = None
    service_principal_type: str | None = None
    alternative_names: list[str] | None = None
    created_date_time: str | None = None
    security_enabled: bool | None = None
    on_premises_sync_enabled: bool | None = None


class _Objects(Struct):
    value: list[_Object]


class _MemberRow(Struct):
    """A member of a group: nothing but its id and its type, which a login sees of every kind that it may not read too."""

    id: str
    type: str = field(default="", name="@odata.type")


class _GraphGroup(Struct, rename="camel"):
    visibility: str | None = None
    display_name: str | None = None


class _Subscription(Struct, rename="camel"):
    tenant_id: str = ""


class _Thing(Struct):
    """Anything of Azure Resource Manager that has an id and a name."""

    id: str
    name: str


class _IdentityProperties(Struct, rename="camel"):
    principal_id: str = ""


class _Identity(Struct):
    properties: _IdentityProperties


class _ResourceType(Struct, rename="camel"):
    resource_type: str
    api_versions: list[str] = field(default_factory=list)


class _Provider(Struct, rename="camel"):
    resource_types: list[_ResourceType] = field(default_factory=list)


class GraphQuery(Struct, frozen=True):
    """A question to Microsoft Graph: a collection, what of it is wanted, and whether its first page is not enough."""

    path: str
    query: Mapping[str, str]
    whole: bool = True


class AzureResolver:
    """Live Azure as `rbacgen.lock.Lookup`: it only asks."""

    def __init__(self, connection: AzureClient, progress: Callable[[str], None] | None = None) -> None:
        self._connection = connection
        self._progress = progress or (lambda _: None)
        self._failed: dict[str, ReadError] = {}
        self._providers: dict[str, Mapping[str, list[str]]] = {}

    @classmethod
    def of(
        cls,
        cloud: Cloud,
        environment: Mapping[str, str],
        retry_budget: float = PATIENCE,
        progress: Callable[[str], None] | None = None,
    ) -> AzureResolver:
        """A lookup with the login that the environment decides on. Raises RbacgenError where it cannot be used."""
        return cls(AzureClient.open(cloud, environment, retry_budget), progress)

    def tenant(self) -> str:
        """The tenant that the login is for. Raises RbacgenError where nobody is logged in."""
        return self._connection.log_in()

    def names(self, named: tuple[Named, ...]) -> Mapping[tuple[str, str], LookupAnswer]:
        """Who has each of these names; resource ids of managed identities are asked of Azure Resource Manager."""
        self._progress(f"looking up {len(named):,} names")
        by_resource = [each for each in named if each.name.startswith("/")]
        by_name = [each for each in named if not each.name.startswith("/")]
        answers = dict(
            zip((each.key for each in by_resource), self._together(self._identity, by_resource), strict=True)
        )
        answers |= zip((each.key for each in by_name), self._found(by_name), strict=True)
        self._progress("")
        return answers

    def directory(self, object_ids: frozenset[str]) -> Mapping[str, Entry]:
        """What the directory says of each of these ids. Raises DirectoryRefusedError where it may not be asked."""
        return directory.entries(self._connection, object_ids)

    def hints(self, object_ids: frozenset[str]) -> Mapping[str, str]:
        """What ids are that the directory has no object for: an application's id is often taken for an object id."""
        ids = sorted(object_ids)
        answers = self._objects([_asking("service_principal", f"appId eq {_literal(each)}") for each in ids])
        return {
            object_id: f"it is the application id of `{answer[0].display_name}`, whose object id is {answer[0].id}"
            for object_id, answer in zip(ids, answers, strict=True)
            if not isinstance(answer, ReadError) and answer
        }

    def scopes(self, scope_ids: tuple[str, ...], tenant: str) -> Mapping[str, LookupAnswer]:
        """Each of these scopes as Azure spells it, by the scope in lower case."""
        self._progress(f"checking {len(scope_ids):,} scopes")
        answers: dict[str, LookupAnswer] = {}
        subscriptions = sorted({subscription for each in scope_ids if (subscription := subscription_of(each))})
        states = dict(
            zip(
                subscriptions, self._together(lambda each: self._subscription(each, tenant), subscriptions), strict=True
            )
        )
        in_groups: dict[str, list[str]] = {}
        above: list[str] = []
        for scope_id in scope_ids:
            state = states.get(subscription_of(scope_id), LookupAnswer())
            match level_of(scope_id):
                case ScopeLevel.SUBSCRIPTION:
                    answers[scope_id.lower()] = state
                case ScopeLevel.RESOURCE_GROUP | ScopeLevel.RESOURCE if not state.spelled and not state.why:
                    answers[scope_id.lower()] = LookupAnswer()  # nothing is in a subscription that is not there
                case ScopeLevel.RESOURCE_GROUP | ScopeLevel.RESOURCE:
                    in_groups.setdefault(_group_of(scope_id).lower(), []).append(scope_id)
                case ScopeLevel.MANAGEMENT_GROUP:
                    above.append(scope_id)
                case ScopeLevel.TENANT:
                    answers["/"] = LookupAnswer(spelled="/")
        desired = {each.lower() for each in scope_ids}
        for found in self._together(self._in_group, in_groups.values()):
            answers |= {folded: answer for folded, answer in found.items() if folded in desired}
        answers |= zip((each.lower() for each in above), self._together(self._management_group, above), strict=True)
        self._progress("")
        return answers

    def members(self, group_ids: frozenset[str]) -> Mapping[str, Listing]:
        """The direct members of each of these groups, by the group's object id: all of them, or why they could not be read."""
        ids = sorted(group_ids)
        self._progress(f"reading the members of {len(ids)} groups")
        try:
            shown = self._connection.graph_batch(
                (f"/groups/{each}" for each in ids), {"$select": "id,displayName,visibility"}
            )
        except (ReadError, LoginError) as failure:
            lost = Listing(why=f"Microsoft Graph: {failure.message}", remedy=failure.hint)
            self._progress("")
            return dict.fromkeys(ids, lost)
        listings = dict(zip(ids, self._together(self._listing, zip(ids, shown, strict=True)), strict=True))
        self._progress("")
        return listings

    # The directory.

    def _listing(self, asked: tuple[str, GraphResponse]) -> Listing:
        """The members of a group, which the directory has shown or not."""
        group, shown = asked
        if shown.status != 200:
            return _no_members(shown.status)
        try:
            itself = msgspec.json.decode(shown.body, type=_GraphGroup)
            members = self._members(group)
        except msgspec.DecodeError:
            return Listing(why="Microsoft Graph gave an answer that is not what it documents", remedy="try again")
        except ReadError as failure:
            return _no_members(failure.status, failure)
        except LoginError as failure:
            return Listing(why=f"Microsoft Graph: {failure.message}", remedy=failure.hint)
        if any(not each.type for each in members):
            return Listing(why="Microsoft Graph did not say what some of the members are", remedy="try again")
        if itself.visibility == "HiddenMembership" and not members:
            return Listing(
                why="the group hides its members, and Microsoft Graph shows none of them to this login",
                remedy=f"have an administrator grant it Member.Read.Hidden, or {_BY_HAND}",
            )
        found = tuple(sorted({DirectMember(_kind(each.type), each.id.lower()) for each in members}))
        return Listing(found, name=itself.display_name or "")

    def _members(self, group: str) -> list[_MemberRow]:
        """All direct members of a group.

        The list leaves service principals out, which it is known for, so that they are asked for by themselves:
        https://learn.microsoft.com/graph/api/group-list-members, https://github.com/microsoftgraph/msgraph-sdk-powershell/issues/2853.
        A list of one type does not name it. Raises ReadError.
        """
        query = {"$select": "id", "$top": str(_MEMBERS_PAGE)}
        path = f"/groups/{group}/members"
        found = self._connection.graph_rows(path, _MemberRow, query)
        identities = self._connection.graph_rows(
            f"{path}/microsoft.graph.servicePrincipal", _MemberRow, {**query, "$count": "true"}, by_index=True
        )
        return [*found, *(_MemberRow(each.id, "#microsoft.graph.servicePrincipal") for each in identities)]

    def _found(self, named: list[Named]) -> list[LookupAnswer]:
        """The answers to these names, with a second round of questions for those that nobody has."""
        objects = self._objects([_asking(each.kind, _filter(each)) for each in named])
        answers = [
            _refused(each, found) if isinstance(found, ReadError) else _answer(each, found)
            for each, found in zip(named, objects, strict=True)
        ]
        nobody = [
            each for each, answer in zip(named, answers, strict=True) if not (answer.found or answer.why or answer.hint)
        ]
        hints = dict(zip((each.key for each in nobody), self._hints(nobody), strict=True))
        return [
            replace(answer, hint=hints.get(each.key, answer.hint)) for each, answer in zip(named, answers, strict=True)
        ]

    def _hints(self, nobody: list[Named]) -> list[str]:
        """For each name that nobody has, what is there instead."""
        questions = [_second_questions(each) for each in nobody]
        found = iter(self._objects([question for those in questions for question in those]))
        hints = []
        for each, those in zip(nobody, questions, strict=True):
            objects = [[] if isinstance(answer, ReadError) else answer for answer in islice(found, len(those))]
            hints.append(_hint(each, *objects))
        return hints

    def _objects(self, questions: list[GraphQuery]) -> list[list[_Object] | ReadError]:
        """What Microsoft Graph answers to each of these questions, or how it fails to."""

        def ask(question: GraphQuery) -> list[_Object] | ReadError:
            try:
                return self._asked(question.path, lambda: self._rows_of(question))
            except ReadError as failure:
                return failure
            except LoginError as failure:  # to Graph alone: there is a login, or nothing would have come as far as this
                return ReadError(failure.message, failure.hint)

        return self._together(ask, questions)

    def _rows_of(self, question: GraphQuery) -> list[_Object]:
        if question.whole:
            return self._connection.graph_rows(question.path, _Object, question.query)
        return self._connection.graph_get(question.path, _Objects, question.query).value

    def _asked(self, part: str, ask: Callable[[], R]) -> R:
        """The answer of a part of Azure; one that has failed for all the patience there is does not cost it again.

        Raises ReadError.
        """
        known = self._failed.get(part)
        if known is not None:
            raise known
        try:
            return ask()
        except ReadError as failure:
            if failure.status in (0, 408, 429) or failure.status >= 500:
                self._failed[part] = failure
            raise

    # Azure Resource Manager.

    def _get(self, path: str, version: str, shape: type[T], namespace: str = "") -> T:
        """One thing, of a resource provider where `namespace` says so: one that fails does not fail for the others."""
        return self._asked(
            subscription_of(path) + namespace.lower(), lambda: self._connection.get(path, version, shape)
        )

    def _rows(self, path: str, version: str, namespace: str = "") -> list[_Thing]:
        part = subscription_of(path) + namespace.lower()
        return self._asked(part, lambda: self._connection.rows(path, version, _Thing))

    def _together(self, ask: Callable[[T], R], those: Iterable[T]) -> list[R]:
        """The answers to questions that are asked side by side, in order."""
        with ThreadPoolExecutor(_WORKERS) as pool:
            return list(pool.map(ask, those))

    def _identity(self, named: Named) -> LookupAnswer:
        """The principal of a resource: of a user-assigned identity, or the system-assigned one of any other resource."""
        if level_of(named.name) is not ScopeLevel.RESOURCE or not subscription_of(named.name):
            return LookupAnswer(hint=": that is no id of a resource")
        own = _USER_ASSIGNED in named.name.lower()
        path = named.name if own else f"{named.name}/providers/Microsoft.ManagedIdentity/identities/default"
        try:
            identity = self._get(path, _IDENTITIES_VERSION, _Identity)
        except ReadError as failure:
            if failure.status == 404:
                return LookupAnswer(
                    hint=": there is no such resource" if own else ": no such resource, or it has no identity"
                )
            return LookupAnswer(why=failure.message, remedy=failure.hint)
        if not GUID.match(identity.properties.principal_id):
            return LookupAnswer(hint=": the resource has no identity of its own")
        return LookupAnswer((FoundPrincipal(identity.properties.principal_id.lower()),))

    def _subscription(self, subscription: str, tenant: str) -> LookupAnswer:
        path = f"/subscriptions/{subscription}"
        try:
            found = self._get(path, _SUBSCRIPTIONS_VERSION, _Subscription)
        except ReadError as failure:
            if failure.status == 404 or (failure.status == 401 and "Tenant" in failure.code):
                return LookupAnswer(hint=f": {failure.message}; {failure.hint}")
            return LookupAnswer(why=failure.message, remedy=failure.hint)
        if tenant and found.tenant_id and found.tenant_id.lower() != tenant:
            return LookupAnswer(hint=f" in the tenant {tenant}: it belongs to {found.tenant_id.lower()}")
        return LookupAnswer(spelled=path)

    def _management_group(self, scope_id: str) -> LookupAnswer:
        try:
            found = self._get(scope_id, _MANAGEMENT_GROUPS_VERSION, _Thing)
        except ReadError as failure:
            if failure.status not in (403, 404):
                return LookupAnswer(why=failure.message, remedy=failure.hint)
            names = self._names("/providers/Microsoft.Management/managementGroups", _MANAGEMENT_GROUPS_VERSION)
            hint = _did_you_mean(scope_id.rpartition("/")[2], names)
            if failure.status == 404:
                return LookupAnswer(hint=hint)
            why = f"the management group is not there or may not be read, Azure does not tell which{hint}"
            return LookupAnswer(
                why=why, remedy="check its name, and give the login the role Management Group Reader there"
            )
        return LookupAnswer(spelled=f"/providers/Microsoft.Management/managementGroups/{found.name}")

    def _in_group(self, scope_ids: list[str]) -> dict[str, LookupAnswer]:
        """The scopes of one resource group: the group itself, and what lies in it."""
        subscription, name = subscription_of(scope_ids[0]), scope_ids[0].split("/")[4]
        above = f"/subscriptions/{subscription}/resourceGroups"
        group = f"{above}/{name}"
        inside = [each for each in scope_ids if each.lower() != group.lower()]
        try:
            found = self._get(group, _RESOURCES_VERSION, _Thing)
        except ReadError as failure:
            if failure.status != 404:
                return {each.lower(): LookupAnswer(why=failure.message, remedy=failure.hint) for each in scope_ids}
            hint = _did_you_mean(name, self._names(above, _RESOURCES_VERSION))
            lost = LookupAnswer(hint=f": there is no resource group `{name}`{hint}")
            return {group.lower(): LookupAnswer(hint=hint)} | {each.lower(): lost for each in inside}
        spelled = f"{above}/{found.name}"
        answers = {group.lower(): LookupAnswer(spelled=spelled)}
        try:
            listed = self._rows(f"{group}/resources", _RESOURCES_VERSION) if inside else []
        except ReadError as failure:
            return answers | {each.lower(): LookupAnswer(why=failure.message, remedy=failure.hint) for each in inside}
        known = {_path_in(each.id).lower(): _path_in(each.id) for each in listed}
        return answers | {each.lower(): self._in(spelled, each, known) for each in inside}

    def _in(self, group: str, scope_id: str, known: Mapping[str, str]) -> LookupAnswer:
        """A resource of a group whose resources are listed in `known`, by their path in lower case.

        The list spells the group and types as it likes; the names are right. Most of what lies below a resource is not in
        it, nor are some types at all: such a resource is asked for itself.
        """
        path = _path_in(scope_id)
        namespace, kind, name, *below = path.split("/")
        spelled = _with_names_of(path, known)
        if path.lower() in known:
            return LookupAnswer(spelled=f"{group}/providers/{spelled}")
        top = f"{namespace}/{kind}/{name}"
        if top.lower() not in known:
            answer = self._itself(f"{group}/providers/{top}")
            if not answer.spelled and not answer.why:
                there = [each.split("/") for each in known.values()]
                same = [
                    each[2] for each in there if (each[0].lower(), each[1].lower()) == (namespace.lower(), kind.lower())
                ]
                return LookupAnswer(hint=_did_you_mean(name, same))
            if answer.why or not below:
                return answer
            spelled = "/".join([_path_in(answer.spelled), *below])
        answer = self._itself(f"{group}/providers/{spelled}")
        if answer.spelled:
            return LookupAnswer(spelled=f"{group}/providers/{_with_names_of(_path_in(answer.spelled), known)}")
        return answer

    def _itself(self, scope_id: str) -> LookupAnswer:
        """The answer of a resource that no list shows; the spelling of what it lies in is taken to be right."""
        namespace, *path = _path_in(scope_id).split("/")
        try:
            versions = self._versions(subscription_of(scope_id), namespace, path[::2])
        except ReadError as failure:
            return LookupAnswer(why=failure.message, remedy=failure.hint)
        if not versions:
            if len(path) == 2:  # a type that its provider does not have at all
                return LookupAnswer()
            return LookupAnswer(why=f"{namespace} names no version of its API to ask in", remedy=_UNASKABLE)
        try:
            found = self._get(scope_id, versions[0], _Thing, namespace)
        except ReadError as failure:
            if failure.status == 404 and failure.code not in _NO_QUESTION:
                return LookupAnswer(hint=self._near(scope_id, versions[0], namespace) if len(path) > 2 else "")
            unknown = failure.status in (400, 404, 405) and len(path) > 2
            return LookupAnswer(why=failure.message, remedy=_UNASKABLE if unknown else failure.hint)
        return LookupAnswer(spelled=_spelled_by(found, scope_id))

    def _versions(self, subscription: str, namespace: str, types: list[str]) -> list[str]:
        """The versions that a type can be asked in, the best one first; none where its provider has no such type.

        Providers do not tell the versions of all types that lie in others, which are those of what they lie in:
        https://github.com/Azure/arm-ttk/issues/603. Raises ReadError.
        """
        path = f"/subscriptions/{subscription}/providers/{namespace}"
        known = self._providers.get(path.lower())
        if known is None:
            told = self._provider(path, namespace).resource_types
            known = {each.resource_type.lower(): each.api_versions for each in told}
            self._providers[path.lower()] = known
        for depth in range(len(types), 0, -1):
            if versions := known.get("/".join(types[:depth]).lower()):
                return sorted(versions, key=lambda version: len(version) > len("2024-01-01"))  # previews last
        return []

    def _provider(self, path: str, namespace: str) -> _Provider:
        """What a provider says of itself: in the subscription, or to all, where a group of it is all that may be read.

        https://learn.microsoft.com/rest/api/resources/providers/get-at-tenant-scope. Raises ReadError.
        """
        try:
            return self._get(path, _RESOURCES_VERSION, _Provider)
        except ReadError as failure:
            if failure.status == 404:
                return _Provider()
            if failure.status != 403:
                raise
        return self._get(f"/providers/{namespace}", _RESOURCES_VERSION, _Provider, namespace)

    def _near(self, scope_id: str, version: str, namespace: str) -> str:
        """The near miss of a resource that is not there among those of its type beside it."""
        above, _, name = scope_id.rpartition("/")
        return _did_you_mean(name, (each.rpartition("/")[2] for each in self._names(above, version, namespace)))

    def _names(self, above: str, version: str, namespace: str = "") -> list[str]:
        """The names of what there is, for a near miss; none where they cannot be read."""
        try:
            return [each.name for each in self._rows(above, version, namespace)]
        except ReadError:
            return []


_BY_HAND = "write the members under `groups:` in the project file"
_MEMBER_KINDS = {
    "group": MemberKind.GROUP,
    "user": MemberKind.USER,
    "serviceprincipal": MemberKind.SERVICE_PRINCIPAL,
    "device": MemberKind.DEVICE,
}


def _kind(odata_type: str) -> MemberKind:
    return _MEMBER_KINDS.get(odata_type.rpartition(".")[2].lower(), MemberKind.OTHER)


def _no_members(status: int, failure: ReadError | None = None) -> Listing:
    """Why the members of a group were not read, and what to do."""
    if status == 403:
        return Listing(
            why="Microsoft Graph does not let this login read the members of groups (403)",
            remedy=f"have an administrator grant it GroupMember.Read.All or Directory.Read.All, or {_BY_HAND}",
        )
    if status == 404:
        return Listing(
            why="the directory has no group of this id (404)", remedy="check the id, and whether the group was deleted"
        )
    if failure is not None:
        return Listing(why=f"Microsoft Graph: {failure.message}", remedy=failure.hint)
    return Listing(why=f"Microsoft Graph did not show the group ({status})", remedy="try again in some minutes")


def _asking(kind: str, condition: str, whole: bool = True) -> GraphQuery:
    """The question for those of a kind that fit a condition, for all of them or for some."""
    collection, select = _COLLECTIONS[kind]
    return GraphQuery(f"/{collection}", {"$filter": condition, "$select": select, "$top": str(_PAGE)}, whole)


def _literal(text: str) -> str:
    """A text in a filter: quotes in it are doubled, https://learn.microsoft.com/graph/query-parameters#escaping-single-quotes"""
    return "'" + text.replace("'", "''") + "'"


def _filter(named: Named) -> str:
    if named.kind == "user":
        return f"userPrincipalName eq {_literal(named.name)}"
    if named.kind != "group" and GUID.match(named.name):
        return f"appId eq {_literal(named.name)}"
    return f"displayName eq {_literal(named.name)}"


def _second_questions(named: Named) -> list[GraphQuery]:
    """What to ask when nobody has a name: for names that begin alike, and for what else the name may be."""
    begins = named.name.partition("@")[0]
    begins = begins[: max(2, len(begins) // 2)]
    if named.kind == "user":
        return [
            _asking("user", f"mail eq {_literal(named.name)}"),
            _asking("user", f"startswith(userPrincipalName,{_literal(begins)})", whole=False),
        ]
    if GUID.match(named.name):
        return [_asking(named.kind, f"id eq {_literal(named.name)}")]
    return [_asking(named.kind, f"startswith(displayName,{_literal(begins)})", whole=False)]


def _hint(named: Named, first: list[_Object], second: list[_Object] | None = None) -> str:
    if named.kind == "user":
        by_mail = [each.user_principal_name for each in first if each.user_principal_name]
        if len(by_mail) == 1:
            return f": that is the mail address of `{by_mail[0]}`, so write this principal name"
        return _did_you_mean(named.name, [each.user_principal_name or "" for each in second or []])
    if GUID.match(named.name):
        return (
            f": that is the object id of `{first[0].display_name}`; write this name, or the id as `id:`"
            if first
            else ""
        )
    return _did_you_mean(named.name, [each.display_name or "" for each in first])


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    """The near miss of a name among these, which is never the name itself: it would be no advice."""
    return did_you_mean(name, [each for each in known if _folded(each) != _folded(name)])


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


def _refused(named: Named, failure: ReadError) -> LookupAnswer:
    """A failure in words: of a refusal, which permission is lacking for this kind, and what can be done without it."""
    if failure.status != 403:
        return LookupAnswer(why=f"Microsoft Graph: {failure.message}", remedy=failure.hint)
    permission = _PERMISSIONS[named.kind]
    return LookupAnswer(
        why=f"Microsoft Graph does not let this login look up {plural(named.kind)} ({failure.status} {failure.code})",
        remedy=f"have an administrator grant it {permission} or Directory.Read.All, or write the object ids by hand (`id:`)",
    )


def _answer(named: Named, objects: list[_Object]) -> LookupAnswer:
    """Who of the objects has the name; if that is no managed identity, as which kind it is to be written."""
    found = _among(named, objects)
    if not found and named.kind == "managed_identity" and any(_is_called(each, named) for each in objects):
        return LookupAnswer(hint=": that is a service principal, so write `service_principal:`")
    return LookupAnswer(found)


def _among(named: Named, objects: list[_Object]) -> tuple[FoundPrincipal, ...]:
    """Those of the objects who are of this kind and have this very name: managed identities are service principals too."""
    objects = [each for each in objects if _is_called(each, named)]
    if named.kind == "managed_identity":
        objects = [each for each in objects if each.service_principal_type in ("ManagedIdentity", None)]
    elif named.kind == "service_principal":
        objects = [each for each in objects if each.service_principal_type != "ManagedIdentity"] or objects
    found = {each.id.lower(): FoundPrincipal(each.id.lower(), _tells(each)) for each in objects}
    return tuple(found[each] for each in sorted(found))


def _is_called(found: _Object, named: Named) -> bool:
    """Whether somebody who was found has the name that was asked for, so that no laxer comparison gives access."""
    if named.kind == "user":
        name = found.user_principal_name
    elif named.kind != "group" and GUID.match(named.name):
        name = found.app_id
    else:
        name = found.display_name
    return _folded(name or "") == named.name.casefold()


def _tells(found: _Object) -> str:
    """What tells an object from its namesakes, in a few words."""
    resource = next((each for each in found.alternative_names or () if each.startswith("/")), "")
    said = [
        {"ManagedIdentity": "managed identity"}.get(found.service_principal_type or "", ""),
        resource and f"of {resource}",
        f"application {found.app_id}" if found.app_id and not resource else "",
        found.mail and found.security_enabled is not None and f"mail {found.mail}",
        "no security group" if found.security_enabled is False else "",
        "synchronised from on-premises" if found.on_premises_sync_enabled else "",
        found.created_date_time and f"created {found.created_date_time[:10]}",
    ]
    return ", ".join(each for each in said if each)


def _group_of(scope_id: str) -> str:
    return "/".join(scope_id.split("/")[:5])


def _path_in(resource_id: str) -> str:
    """A resource's id below its group: provider, type, name, and types and names below."""
    return "/".join(resource_id.split("/")[6:])


def _with_names_of(path: str, known: Mapping[str, str]) -> str:
    """The path with its names as Azure spells them, as deep as they are known."""
    segments = path.split("/")
    for depth in range(3, len(segments) + 1, 2):
        listed = known.get("/".join(segments[:depth]).lower())
        if listed is not None:
            segments[2:depth:2] = listed.split("/")[2::2]
    return "/".join(segments)


def _spelled_by(found: _Thing, scope_id: str) -> str:
    """The id of a resource with its own name as its answer has it, and the names above that lie in its first resource.

    Types stay as they are, and so does what the answer has otherwise than in case: a name can have those above before it.
    """
    segments, told = scope_id.split("/"), found.id.split("/")
    if [each.lower() for each in told] == [each.lower() for each in segments]:
        segments[10::2] = told[10::2]
    name = found.name.rpartition("/")[2]
    if name.lower() == segments[-1].lower():
        segments[-1] = name
    return "/".join(segments)
