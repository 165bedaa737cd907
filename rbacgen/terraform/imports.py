"""What of the desired access exists already, and how Terraform takes it over instead of making it a second time."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.analysis.results import ImportResult, NotImported
from rbacgen.model.assignment import Assignment, PrincipalType, instant
from rbacgen.model.scope import Scope
from rbacgen.model.source import COMPARED, Source, SourceKind
from rbacgen.model.state import Part, Unread
from rbacgen.project.desired import mark
from rbacgen.project.project import Project
from rbacgen.terraform import hcl
from rbacgen.terraform.blocks import ACTIVE, ELIGIBLE, PERMANENT, AssignmentBlock, DefinitionBlock, RootModule
from rbacgen.terraform.previous import RESPELLED, Existing

# Without case up to the name, for a file may have been through a tool that lowers ids; azurerm minds the case of it.
_ASSIGNMENT_ID = re.compile(
    r"(?P<scope>/.*?)/providers/microsoft\.authorization/roleassignments/(?P<name>[0-9a-f-]{36})(?P<tenant>\|.+)?\Z",
    re.IGNORECASE,
)
_LITERAL_NAME = re.compile(r'"([0-9a-fA-F-]{36})"\Z')
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_REMEDY = "apply would end in a conflict where it exists all the same: give a source that has it"
_IDS = "give live Azure, a snapshot, or the list as `az role assignment list --all -o json` prints it"


class Taken(Struct, frozen=True):
    """One environment's module as it is to be where part of it exists already.

    `imports` holds the import id, as HCL, of each address that exists, and None for one that a complete reading did not show.
    `unchanged` counts what exists as an earlier render and its apply left it, `referring` what only Terraform knows, and
    `not_visible` what a Terraform state does not hold, which may exist outside it. `respelled` are scopes that Azure spells in
    another way than the project. `unread` is what the source does not hold, whether something desired is known to be there or not.
    """

    module: RootModule
    imports: dict[str, str | None]
    unchanged: int
    referring: int
    not_visible: int
    respelled: frozenset[str]
    refused: tuple[NotImported, ...]
    unread: tuple[Unread, ...]

    @property
    def imported(self) -> int:
        """How many assignments exist and are taken over by an import."""
        return sum(each is not None for each in self.imports.values()) - self.imported_roles

    @property
    def imported_roles(self) -> int:
        """How many custom roles exist and are taken over by an import."""
        return sum(self.imports.get(each.address) is not None for each in self.module.definitions)


def keep_all(modules: Iterable[RootModule], before: Mapping[str, Existing], project: Project) -> dict[str, RootModule]:
    """The modules by environment, with what an earlier import settled in any directory of the project."""
    kept: dict[str, RootModule] = {}
    for module in modules:
        others = (each for name, each in before.items() if name != module.environment)
        kept[module.environment] = keep(module, (*others, before[module.environment]), project)
    return kept


def keep(module: RootModule, earlier: Iterable[Existing], project: Project) -> RootModule:
    """The module with what an earlier import settled: the names that Azure had given, and schedules that are kept.

    An assignment that was taken over would be replaced under its deterministic name. `earlier` are all directories of the
    project, for an assignment may come from another one; the last that has it counts.
    """
    known = {identity: each for before in earlier for identity, each in before.fields.items()}
    if not known:
        return module

    def kept(block: AssignmentBlock) -> AssignmentBlock:
        was = known.get(block.identity)
        if was is None:
            return block
        if block.type != PERMANENT:
            ends = hcl.string(block.end_date_time) if block.end_date_time is not None else ""
            is_same = was.end_date_time == ends and was.duration_days == str(block.duration_days or "")
            return replace(block, keeps_schedule=was.keeps_schedule and is_same)
        named = _LITERAL_NAME.match(was.name)
        if named is None or block.name is None or block.key is None:
            return block
        # Under the name that it would have anyway, only what is marked as Azure's spelling is: else it is the project's
        # own of before, and the lock file or a corrected binding now has a better one.
        is_own = named[1].lower() == str(block.name).lower()
        if is_own and (not was.respelled or project.lock.scopes.get(str(block.scope).lower()) == block.scope):
            return block
        return _renamed(block, named[1], hcl.text(was.scope), hcl.text(was.description), project)

    return _each(module, kept)


def _each(module: RootModule, change: Callable[[AssignmentBlock], AssignmentBlock]) -> RootModule:
    changed = tuple((kind, tuple(change(block) for block in blocks)) for kind, blocks in module.assignments)
    return replace(module, assignments=changed)


def _renamed(block: AssignmentBlock, name: str, scope: str, description: str, project: Project) -> AssignmentBlock:
    """The block of an assignment that exists under this name and scope, in Azure's spelling of both.

    Before azurerm 5.2 its description stays too: a change of it would replace the assignment
    (https://github.com/hashicorp/terraform-provider-azurerm/issues/32714).
    """
    described = block.description if project.azurerm >= 5 else description or None
    is_noted = block.scope == scope or RESPELLED in block.reason
    reason = block.reason if is_noted else f"{block.reason}. {RESPELLED}"
    return replace(block, name=name, scope=scope, description=described, reason=reason)


def take(module: RootModule, source: Source, before: Existing, project: Project, today: date) -> Taken:
    """The module with every assignment and custom role that exists in the source taken over as it is there.

    No import is written for what the directory's earlier render holds under the same name and what carries the project's
    mark in Azure: an apply of that render made it, so Terraform has it. Where the state was lost, delete the directory's
    rendered files first.
    """
    taker = _Taker(module, source, before, project, today)
    changed = _each(module, taker.take)
    for definition in module.definitions:
        taker.define(definition)
    taker.say_unread()
    return Taken(
        changed,
        taker.imports,
        taker.unchanged,
        taker.referring,
        taker.not_visible,
        frozenset(taker.respelled),
        tuple(taker.refused),
        tuple(sorted(set(taker.unread))),
    )


def import_result(source: Source, taken: Iterable[Taken]) -> ImportResult:
    """What taking over came to, over all environments."""
    each_taken = tuple(taken)
    notes = list(source.notes)
    if source.kind is SourceKind.TERRAFORM_STATE and any(each.imported or each.imported_roles for each in each_taken):
        notes.append(
            f"what is imported is in {source.name} too: if that is the state of another directory, remove it from that state "
            "(`terraform state rm`) before anybody applies it, because nothing may be in two states"
        )
    return ImportResult(
        source=str(source.kind),
        source_name=source.name,
        unchanged=sum(each.unchanged for each in each_taken),
        referring=sum(each.referring for each in each_taken),
        not_visible=sum(each.not_visible for each in each_taken),
        not_imported=tuple(refused for each in each_taken for refused in each.refused),
        respelled=tuple(sorted({scope for each in each_taken for scope in each.respelled})),
        unread=tuple(sorted({unread for each in each_taken for unread in each.unread})),
        notes=tuple(notes),
    )


class _Taker:
    def __init__(self, module: RootModule, source: Source, before: Existing, project: Project, today: date) -> None:
        self.module = module
        self.source = source
        self.before = before
        self.project = project
        self.today = today
        self.definitions = {role.id for role in source.definitions}
        self.is_state = source.kind is SourceKind.TERRAFORM_STATE
        self.imports: dict[str, str | None] = {}
        self.unchanged = 0
        self.referring = 0
        self.not_visible = 0
        self.respelled: set[str] = set()
        self.refused: list[NotImported] = []
        self.unread: list[Unread] = []
        self.without_id: dict[str, list[str]] = {}

    def take(self, block: AssignmentBlock) -> AssignmentBlock:
        """The block as it is to be; notes its import, or why there is none."""
        if block.key is None:
            self.referring += 1
            return block
        actual = self.source.state.get(block.key)
        if actual is None:
            self.absent(block, Part.ELIGIBILITIES if block.type == ELIGIBLE else Part.ASSIGNMENTS, str(block.scope))
            return block
        return self.permanent_block(block, actual) if block.type == PERMANENT else self.pim_block(block, actual)

    def absent(self, block: AssignmentBlock | DefinitionBlock, part: Part, scope_id: str) -> None:
        """Notes that it was not seen: there is nothing to import, or it is not known."""
        scope = Scope.of(scope_id)
        coverage = self.source.state.coverage
        if any(each.part is part and _reaches(each, scope) for each in coverage.unread):
            return  # it is reported as a whole
        if not coverage.covers(part, scope):
            self.unread.append(Unread(_top(scope), part, f"{self.source.name} does not hold it", _REMEDY))
        elif self.is_state:
            self.not_visible += 1
        else:
            self.imports[block.address] = None

    def say_unread(self) -> None:
        """Notes what the source could not read where the module wants something, and a state that is another's."""
        module = self.module
        scopes = [
            Scope.of(str(block.scope)) for _, each in module.assignments for block in each if block.key is not None
        ]
        places = {module.subscription, *(scope.subscription for scope in scopes)}
        for missed in self.source.state.coverage.unread:
            if missed.part in COMPARED and _concerns(missed, scopes, places):
                self.unread.append(missed)
        for top, titles in self.without_id.items():
            more = f" and {len(titles) - 1} more exist" if len(titles) > 1 else " exists"
            why = f"{titles[0]}{more}, but {self.source.name} does not give the id to import by"
            self.unread.append(Unread(top, Part.ASSIGNMENTS, why, _IDS))
        found = self.unchanged + len(self.refused) + len(self.imports)
        if self.not_visible and not found and not self.unread:
            why = f"nothing of {module.environment} is in {self.source.name}"
            remedy = f"give its own state, or live Azure; or leave {module.environment} out with `--environment`"
            self.unread.append(Unread(f"environment {module.environment}", Part.ASSIGNMENTS, why, remedy))

    def permanent_block(self, block: AssignmentBlock, actual: Assignment) -> AssignmentBlock:
        if actual.scope.id == "/":
            why = "it is at the tenant root, which azurerm cannot import"
            remedy = "leave it out of the project, or delete it in Azure right before the apply"
            return self.refuse(block, actual, why, remedy)
        if actual.actual.through_pim and actual.actual.until is not None:
            why = "Privileged Identity Management keeps it until a day, and the project wants it permanently"
            return self.refuse(
                block, actual, why, "give it that end in the project, or delete it in Azure before the apply"
            )
        if _types_differ(actual, block):
            why = f"Azure has its principal as {actual.principal.type}, and the project as {block.principal_type}"
            return self.refuse(block, actual, why, "correct the entry under `team`")
        known = _ASSIGNMENT_ID.match(actual.actual.id)
        if known is None:
            self.without_id.setdefault(_top(actual.scope), []).append(block.title)
            return block
        name = known["name"].lower()
        if actual.scope.id != block.scope:
            self.respelled.add(actual.scope.id)
        written = self.before.fields.get(block.identity)
        description = (
            actual.description if "description" not in actual.actual.unknown_fields else block.description or ""
        )
        changed = _renamed(block, name, actual.scope.id, description, self.project)
        if (
            written is not None
            and written.name.lower() == f'"{name}"'
            and mark(self.project.name) in actual.description
        ):
            self.unchanged += 1
            return changed
        import_id = f"{known['scope']}/providers/Microsoft.Authorization/roleAssignments/{known['name']}"
        self.imports[block.address] = hcl.string(import_id + (known["tenant"] or ""))
        return changed

    def pim_block(self, block: AssignmentBlock, actual: Assignment) -> AssignmentBlock:
        if block.type == ACTIVE and not actual.actual.through_pim:
            scope = actual.scope
            if not self.source.state.coverage.covers(Part.ACTIVATIONS, scope):
                why = f"{self.source.name} does not say what Privileged Identity Management keeps"
                self.unread.append(Unread(scope.id, Part.ACTIVATIONS, why, _REMEDY))
                return block
            why = "it is permanent, and the project wants it until a day, through Privileged Identity Management"
            return self.refuse(block, actual, why, "delete it in Azure right before the apply, or take the end away")
        if block.identity in self.before.resources and mark(self.project.name) in actual.description:
            self.unchanged += 1
            is_kept = "until" in actual.actual.unknown_fields or self.ends_as_desired(block, actual)
            return replace(block, keeps_schedule=block.keeps_schedule and is_kept)
        assert block.import_id is not None
        self.imports[block.address] = hcl.value(block.import_id)
        return replace(block, keeps_schedule=self.ends_as_desired(block, actual))

    def ends_as_desired(self, block: AssignmentBlock, actual: Assignment) -> bool:
        """Whether the schedule that it has is the desired one, so that no replacement is called for.

        One of so many days ends some day within them: they count from a day that is gone, today at the latest.
        """
        until = actual.actual.until
        if until is None or "until" in actual.actual.unknown_fields:
            return False
        if block.end_date_time is not None:
            return abs(until - datetime.fromisoformat(block.end_date_time)) <= _MINUTE
        if block.duration_days is None:
            return False
        return until <= instant(self.today) + timedelta(days=block.duration_days) + _DAY

    def define(self, block: DefinitionBlock) -> None:
        """Notes the import of a custom role that exists and that no earlier render of the directory has."""
        if block.role_definition_id not in self.definitions:
            self.absent(block, Part.DEFINITIONS, block.scope)
        elif block.identity not in self.before.resources and block.import_id is not None:
            self.imports[block.address] = hcl.value(block.import_id)
        else:
            self.unchanged += 1

    def refuse(self, block: AssignmentBlock, actual: Assignment, why: str, remedy: str) -> AssignmentBlock:
        environment = self.module.environment
        self.refused.append(NotImported(environment, block.address, block.title, actual.actual.id, why, remedy))
        self.imports[block.address] = None
        return block


def _reaches(unread: Unread, scope: Scope) -> bool:
    """Whether what was not read may include this scope; what is no scope, such as a place in a file, may be anything."""
    return not unread.scope.startswith("/") or Scope.of(unread.scope).contains(scope)


def _top(scope: Scope) -> str:
    """The subscription of a scope, or the scope itself above subscriptions."""
    return f"/subscriptions/{scope.subscription}" if scope.subscription else scope.id


def _concerns(unread: Unread, scopes: Iterable[Scope], subscriptions: Collection[str]) -> bool:
    """Whether what was not read lies in one of these subscriptions, or above one of these scopes, or may be anything."""
    if not unread.scope.startswith("/"):
        return True
    missed = Scope.of(unread.scope)
    return missed.subscription in subscriptions if missed.subscription else any(map(missed.contains, scopes))


def _types_differ(actual: Assignment, block: AssignmentBlock) -> bool:
    return actual.principal.type is not PrincipalType.UNKNOWN and str(actual.principal.type) != block.principal_type
