"""The one list of findings that a check and a comparison both come to, what endangers most first, for every report to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import replace

from rbacgen.model.problems import Severity
from rbacgen.model.rules import HANDS_OUT_ACCESS, RULES, SAYS_OTHERWISE, TITLES, of_problem, of_rule
from rbacgen.reports import check_form, drift_form, drift_text
from rbacgen.reports.check_form import ProblemRecord, SourceCheckRecord, TestRecord
from rbacgen.reports.drift_form import At, DriftRecord, RoleDefinitionDriftRecord, UnusedRule
from rbacgen.reports.text import counted

_OVERVIEW = "https://learn.microsoft.com/azure/role-based-access-control/overview"
_BEST_PRACTICES = "https://learn.microsoft.com/azure/role-based-access-control/best-practices"
_UNKNOWN = "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#role-assignments-with-identity-not-found"
_RESTORE = "https://learn.microsoft.com/entra/fundamentals/users-restore"
_CUSTOM_ROLES = "https://learn.microsoft.com/azure/role-based-access-control/custom-roles"
_PIM = "https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-renew-extend"


class RuleGuide(Struct, frozen=True):
    """What a rule says, how to put right what breaks it, and the page that it rests on (empty where it is rbacgen's own)."""

    id: str
    level: Severity
    says: str
    remedy: str
    source: str

    @property
    def title(self) -> str:
        """What is wrong where it is broken, in a few words."""
        return TITLES[self.id]

    @property
    def words(self) -> str:
        """The id in words: of drift, its kind."""
        return self.id.removeprefix("drift/").replace("-", " ")

    @property
    def uri(self) -> str:
        """The page of the source, where it is one."""
        return self.source if self.source.startswith("https://") else ""


def _drift_guides() -> dict[str, RuleGuide]:
    error, warning, note = Severity.ERROR, Severity.WARNING, Severity.NOTE
    take_away = "Take it away, or say in the project file whose it is: in `team`, or under `ignore` with the reason."
    render = "Render and apply the project, or change the project file to what is meant."
    rows = [
        ("unmanaged", error, "Access at the project's scopes that another hand made.", take_away, _BEST_PRACTICES),
        ("altered", warning, "Access that is there, and not as it is wanted.", render, _OVERVIEW),
        ("missing", warning, "Access that is wanted, and not there.", render, _OVERVIEW),
        ("stale", warning, "Access that carries this project's mark, and that it wants no more.", render, _BEST_PRACTICES),
        ("expired", warning, "Access that should have ended.", render, _PIM),
        ("expiring", note, "Access that ends soon.", "Prolong it in Azure, or let it end.", _PIM),
        (
            "orphaned",
            warning,
            "Access whose principal is gone from the directory.",
            "Delete the assignment: it counts against the limits, and shows as `Identity not found`.",
            _UNKNOWN,
        ),
        (
            "soft-deleted",
            warning,
            "Access whose principal is in the directory's bin: restored, it has its access again.",
            "Restore the principal, or delete the assignment.",
            _RESTORE,
        ),
        ("custom-role-missing", warning, "A custom role of the project's that is not there.", render, _CUSTOM_ROLES),
        ("custom-role-altered", warning, "A custom role of the project's that somebody has changed.", render, _CUSTOM_ROLES),
        (
            "unused-ignore-rule",
            note,
            "An entry under `ignore` that nothing falls under.",
            "Take the entry out, or mend it.",
            "the file formats of rbacgen (`rbacgen schema`)",
        ),
    ]  # fmt: skip
    return {f"drift/{row[0]}": RuleGuide(f"drift/{row[0]}", *row[1:]) for row in rows}


DRIFT = MappingProxyType(_drift_guides())
"""The kinds of drift, as rules."""


def guide(rule: str) -> RuleGuide:
    """What there is to know of a rule of `check` or of a kind of drift."""
    if rule in DRIFT:
        return DRIFT[rule]
    known = RULES[rule]
    remedy = (
        f"Mend what it says, or switch the rule off in the project file with the reason: `checks_off: {{{rule}: …}}`."
        if known.optional
        else "Mend what it says; this rule cannot be switched off."
    )
    return RuleGuide(rule, known.severity, known.says, remedy, known.source)


class ReportFinding(Struct, frozen=True):
    """One finding. `at` is where it stands, None where it is in no file; `scope` and `environment` are empty where it has none.

    `fingerprint` is the same as long as the finding means the same, whatever line it stands in and however it is said. `risk`
    is from 0 to 100. `properties` are what it is about, by name, with ids. Of an assignment, `subject` is what it is and whose, and
    `told` all that there is to say of it but where it is; the message says both, and where.
    """

    rule: str
    level: Severity
    title: str
    message: str
    at: At | None
    environment: str
    scope: str
    fingerprint: str
    risk: int
    help: str
    help_uri: str
    properties: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    told: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[int, str, str, str, str]:
        """The key that findings are sorted by: what endangers most first."""
        return (-self.risk, self.environment, self.scope.lower(), self.message, self.fingerprint)


class UnreadPlace(Struct, frozen=True):
    """What could not be read: the scope, its parts in words, why, and what to do about it."""

    scope: str
    parts: str
    why: str
    remedy: str


class ExcludedRecord(Struct, frozen=True):
    """An assignment that is there and is no drift, and why."""

    row: DriftRecord
    why: str


class Report(Struct, frozen=True):
    """What every report but text and JSON is made from.

    `verdict` is the result in a phrase, `facts` further lines of a summary. `tests` are the access tests on the wanted state,
    `actual_tests` those on what the source holds, and `taken` says when that was read (ISO 8601; empty where nobody knows). `anchors` say which line of the project file stands for an environment.
    """

    command: str
    project: str
    source: str
    verdict: str
    complete: bool
    findings: tuple[ReportFinding, ...]
    missed: tuple[UnreadPlace, ...] = ()
    cautions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    tests: tuple[TestRecord, ...] = ()
    actual_tests: tuple[TestRecord, ...] = ()
    switched_off: Mapping[str, str] = field(default_factory=dict)
    excluded: tuple[ExcludedRecord, ...] = ()
    project_file: str = ""
    shipped: tuple[str, ...] = ()
    anchors: Mapping[str, At] = field(default_factory=dict)
    taken: str = ""

    def of(self, level: Severity) -> tuple[ReportFinding, ...]:
        """The findings of this level, what endangers most first."""
        return tuple(each for each in self.findings if each.level is level)

    def anchor(self, found: ReportFinding) -> At | None:
        """The place in the user's own repository that a dashboard can show for a finding.

        It is the finding's own where that is in a file of theirs; else the line of its environment in the project file, or that file as a
        whole. None only where no project file is known.
        """
        if found.at is not None and not self._is_shipped(found.at):
            return found.at
        if found.environment in self.anchors:
            return self.anchors[found.environment]
        return At(self.project_file, 0, 0) if self.project_file else None

    def _is_shipped(self, at: At) -> bool:
        return at.file.startswith(tuple(f"{each}/" for each in self.shipped))


def fingerprint(*parts: str) -> str:
    """32 hexadecimal digits of these parts; what Azure compares without case has to be folded before."""
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _in_order(findings: Iterable[ReportFinding]) -> tuple[ReportFinding, ...]:
    """The findings, what endangers most first; those that mean the same by all that is known of them are numbered."""
    seen: Counter[str] = Counter()
    distinguished = []
    for each in findings:
        seen[each.fingerprint] += 1
        again = seen[each.fingerprint]
        distinguished.append(
            replace(each, fingerprint=fingerprint(each.fingerprint, str(again))) if again > 1 else each
        )
    return tuple(sorted(distinguished, key=lambda found: found.order))


# check


def of_check(form: check_form.CheckDocument) -> Report:
    """A check as every report takes it."""
    actual = form.actual
    findings = [*_problems(form.problems, form, "")]
    findings += _problems(actual.problems, form, actual.source) if actual is not None else ()
    levels = Counter(each.level for each in findings)
    counts = ", ".join(counted(levels[level], level) for level in Severity if levels[level]) or "nothing is wrong"
    facts = []
    if form.readable:
        environments = counted(form.environments, "environment")
        facts.append(f"{form.assignments:,} assignments for {counted(form.principals, 'principal')} in {environments}")
    facts += [f"access tests: {results(form.tests)}"] if form.tests else []
    facts += (
        [f"on {actual.source}, access tests: {results(actual.tests)}"] if actual is not None and actual.tests else []
    )
    facts += [f"switched off: {each.rule} ({each.because})" for each in form.switched_off]
    return Report(
        command="check",
        project=form.project,
        source=actual.source if actual is not None else "",
        verdict=counts + (f"; {counted(len(_missed(actual)), 'scope')} not read" if actual and actual.unread else ""),
        complete=form.complete,
        findings=_in_order(findings),
        missed=_missed(actual),
        notes=actual.notes if actual is not None else (),
        facts=tuple(facts),
        tests=form.tests,
        actual_tests=actual.tests if actual is not None else (),
        switched_off={each.rule: each.because for each in form.switched_off},
        project_file=form.project_file,
        shipped=form.shipped,
        taken=(actual.taken or "") if actual is not None else "",
    )


def _problems(rows: Iterable[ProblemRecord], form: check_form.CheckDocument, actual_in: str) -> Iterator[ReportFinding]:
    """The problems as findings, whose meaning is rule, file, the keys that lead to the place, and what they are about."""
    for row in rows:
        about = tuple(f"{name}={value.lower()}" for name, value in sorted(row.about.items()) if name != "opens")
        meaning = (row.rule, "actual" if actual_in else "desired", row.at.file, "/".join(row.keys), *about)
        rule, risk = guide(row.rule), of_problem(row.rule, row.severity, row.about)
        environment = row.about.get("environment", "")
        if not environment and row.keys[:1] == ("environments",) and len(row.keys) > 1:
            environment = row.keys[1]
        yield ReportFinding(
            rule=row.rule,
            level=row.severity,
            title=rule.title,
            message=row.message,
            at=row.at if row.at.file else None,
            environment=environment,
            scope=row.about.get("scope", ""),
            fingerprint=fingerprint(*meaning),
            risk=risk.rank,
            help=f"{rule.says} {rule.remedy}",
            help_uri=rule.uri,
            properties={**row.about, **({"keys": "/".join(row.keys)} if row.keys else {})},
        )


def _missed(actual: SourceCheckRecord | None) -> tuple[UnreadPlace, ...]:
    if actual is None:
        return ()
    rows = (drift_form.UnreadRecord(each.scope, str(each.part), each.why, each.remedy) for each in actual.unread)
    return tuple(UnreadPlace(*each) for each in drift_text.joined(rows))


def results(tests: Iterable[TestRecord]) -> str:
    """How access tests went: `12 passed, 1 failed`."""
    outcomes = Counter(str(each.result) for each in tests)
    return ", ".join(f"{count:,} {result}" for result, count in sorted(outcomes.items(), reverse=True))


# diff


def of_diff(form: drift_form.DiffDocument) -> Report:
    """A comparison as every report takes it."""
    findings = [*(_change(row, form) for row in form.changes), *(_custom_role(row, form) for row in form.custom_roles)]
    findings += (_unused(each) for each in form.unused_ignore_rules)
    excluded = ", ".join(f"{count:,} {why.replace('_', ' ')}" for why, count in form.excluded.items() if count)
    return Report(
        command="diff",
        project=form.project,
        source="Azure" if form.source == "azure" else form.source_name,
        verdict=drift_text.verdict(form),
        complete=form.complete,
        findings=_in_order(findings),
        missed=tuple(UnreadPlace(*each) for each in drift_text.joined(form.unread)),
        cautions=form.cautions,
        notes=form.notes,
        facts=(
            f"{form.desired:,} wanted assignments, {form.actual:,} held",
            *([f"set aside: {excluded}"] if excluded else ()),
        ),
        excluded=tuple(ExcludedRecord(row, drift_text.EXCLUDED[row.kind]) for row in form.named),
        project_file=form.project_file,
        shipped=form.shipped,
        anchors=form.places,
        taken=form.taken or "",
    )


def _change(row: DriftRecord, form: drift_form.DiffDocument) -> ReportFinding:
    rule = guide(f"drift/{row.kind.replace('_', '-')}")
    risk, level, told = of_rule(rule.id, rule.level), rule.level, tuple(_told(row))
    if row.review_first:
        risk, level = HANDS_OUT_ACCESS, Severity.ERROR
    elif row.kind == "altered" and not row.changes_access:
        risk = SAYS_OTHERWISE
    meaning = (rule.id, form.project, row.scope.lower(), row.azure_role.id, row.principal.id, row.activation)
    properties = {
        "kind": row.kind,
        "azure_role": row.azure_role.name,
        "azure_role_id": row.azure_role.id,
        "principal": row.principal.name,
        "principal_id": row.principal.id,
        "principal_type": row.principal.type,
        "activation": row.activation,
        "condition": row.condition,
        "project_roles": ", ".join(row.project_roles),
        "responsibilities": ", ".join(row.responsibilities),
        "assignment_id": row.assignment_id or "",
        "created": row.created or "",
        "until": row.until or "",
    }
    return ReportFinding(
        rule=rule.id,
        level=level,
        title=f"{rule.words} {drift_form.role(row)}",
        message="; ".join([drift_form.said(row), *told]),
        at=row.at,
        environment=row.environment,
        scope=row.scope,
        fingerprint=fingerprint(*meaning),
        risk=risk.rank,
        help=f"{rule.says} {rule.remedy}",
        help_uri=rule.uri,
        properties={name: value for name, value in properties.items() if value},
        subject=drift_form.named(row),
        told=told,
    )


def _told(row: DriftRecord) -> Iterator[str]:
    yield from (drift_text.differs(each) for each in row.differs)
    if row.remark:
        yield row.remark
    if row.why:
        yield f"wanted for {row.why}"
    elif row.created and row.at is None:
        yield f"made {row.created[:10]}, wanted by nobody here"
    if row.review_first:
        yield "its holder can hand out access"


def _custom_role(row: RoleDefinitionDriftRecord, form: drift_form.DiffDocument) -> ReportFinding:
    rule = guide(f"drift/custom-role-{row.kind}")
    said = [f"the custom role {row.azure_role.name} is {row.kind}", *(drift_text.differs(each) for each in row.differs)]
    return ReportFinding(
        rule=rule.id,
        level=rule.level,
        title=f"{rule.words} {row.azure_role.name}",
        message="; ".join(said),
        at=None,
        environment=row.environment,
        scope=f"/subscriptions/{form.environments[row.environment]}" if row.environment in form.environments else "",
        fingerprint=fingerprint(rule.id, form.project, row.environment, row.azure_role.id),
        risk=of_rule(rule.id, rule.level).rank,
        help=f"{rule.says} {rule.remedy}",
        help_uri=rule.uri,
        properties={"azure_role": row.azure_role.name, "azure_role_id": row.azure_role.id},
    )


def _unused(unused: UnusedRule) -> ReportFinding:
    rule = guide("drift/unused-ignore-rule")
    return ReportFinding(
        rule=rule.id,
        level=rule.level,
        title=rule.title,
        message=f"nothing falls under this ignore rule ({unused.because}){'; ' + unused.hint if unused.hint else ''}",
        at=unused.at,
        environment="",
        scope="",
        fingerprint=fingerprint(rule.id, unused.at.file, unused.because),
        risk=of_rule(rule.id, rule.level).rank,
        help=f"{rule.says} {rule.remedy}",
        help_uri=rule.uri,
    )
