"""Findings: the one form of a problem, a failed access test and a drift, which every report shows, by risk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from rbacgen.analysis.drift import description
from rbacgen.analysis.drift.records import DriftRecord, RoleDefinitionDriftRecord, UnusedRule
from rbacgen.model import rules
from rbacgen.model.problems import Position, Problem, Severity
from rbacgen.project.document import Node, keys_to


class Finding(Struct, frozen=True, rename={"place": "at"}, omit_defaults=True):
    """One finding: a problem of a project or of what a source holds, a failed access test, or a drift.

    `fingerprint` is the same as long as the finding means the same, whatever its line and its wording. Of an assignment,
    `subject` is what it is and whose, and `details` is all that there is to say but where; the message has both, and where.
    """

    rule: Annotated[str, Meta(description="The id of the rule that it breaks; `rbacgen check --rules` lists them.")]
    severity: Annotated[
        Severity, Meta(description="An error ends with exit code 1, a warning is for a person to judge.")
    ]
    message: Annotated[str, Meta(description="What is wrong, in a sentence.")]
    place: Annotated[Position | None, Meta(description="Where it is written; null where it is in no file.")]
    keys: Annotated[
        tuple[str, ...],
        Meta(description="The keys that lead to the place in its file; empty where the file was not read."),
    ]
    about: Annotated[
        Mapping[str, str],
        Meta(
            description="What it is about by name (`principal`, `scope`, …) where the place alone does not identify it."
        ),
    ]
    risk: Annotated[int, Meta(description="From 0 to 100; what endangers most has most.")]
    fingerprint: Annotated[
        str, Meta(description="The same as long as the finding means the same, whatever its line and its wording.")
    ]
    subject: Annotated[str, Meta(description="Of an assignment: what it is, and whose.")] = ""
    details: Annotated[tuple[str, ...], Meta(description="Of an assignment: all that the message says about it.")] = ()

    @property
    def title(self) -> str:
        """What is wrong in a few words: of drift its kind and the Azure role, else the title of the rule."""
        rule = rules.rule(self.rule)
        role_id = self.about.get("azure_role_id")
        if rule.id not in rules.DRIFT or role_id is None:
            return rule.title
        return f"{rule.words} {self.about.get('azure_role') or f'the unknown role {role_id}'}"

    @property
    def scope(self) -> str:
        """The scope that it is about; empty for none."""
        return self.about.get("scope", "")

    @property
    def environment(self) -> str:
        """The environment that it is about, or in which it is written; empty for none."""
        if not self.about.get("environment") and self.keys[:1] == ("environments",) and len(self.keys) > 1:
            return self.keys[1]
        return self.about.get("environment", "")

    @property
    def order(self) -> tuple[int, str, str, str, str]:
        """The key that findings are sorted by: what endangers most first."""
        return (-self.risk, self.environment, self.scope.lower(), self.message, self.fingerprint)


def fingerprint(*parts: str) -> str:
    """32 hexadecimal digits of these parts; what Azure compares without case has to be folded before."""
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def by_risk(findings: Iterable[Finding]) -> tuple[Finding, ...]:
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


def of_problems(problems: Iterable[Problem], roots: Mapping[str, Node], is_actual: bool) -> tuple[Finding, ...]:
    """The problems of a project, or with `is_actual` of what a source holds, in their order.

    A finding means its rule, its file, the keys that lead to its place, and what it is about. `roots` are the files as they were
    read, by name.
    """
    return tuple(_of_problem(each, roots.get(each.at.file), is_actual) for each in problems)


def _of_problem(problem: Problem, root: Node | None, is_actual: bool) -> Finding:
    keys = keys_to(root, problem.at) if root is not None and problem.at.line else ()
    about = dict(problem.about)
    names = (f"{name}={value.lower()}" for name, value in sorted(about.items()) if name != "escalation")
    meaning = (problem.rule, "actual" if is_actual else "desired", problem.at.file, "/".join(keys), *names)
    return Finding(
        rule=problem.rule,
        severity=problem.severity,
        message=problem.message,
        place=problem.at if problem.at.file else None,
        keys=keys,
        about=about,
        risk=rules.risk(problem.rule, about).rank,
        fingerprint=fingerprint(*meaning),
    )


def of_assignment_drift(row: DriftRecord, project: str) -> Finding:
    """An assignment that differs. It means its kind, the project, scope, Azure role, principal and activation."""
    rule = rules.rule(f"drift/{row.kind.replace('_', '-')}")
    risk, severity, details = rule.risk, rule.severity, description.details(row)
    if row.review_first:
        risk, severity = rules.ASSIGNS_ROLES, Severity.ERROR
    elif row.kind == "altered" and not row.changes_access:
        risk = rules.ONLY_DESCRIBED_DIFFERENTLY
    about = {
        "kind": row.kind,
        "environment": row.environment,
        "scope": row.scope,
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
    return Finding(
        rule=rule.id,
        severity=severity,
        message="; ".join([description.sentence(row), *details]),
        place=row.at,
        keys=(),
        about={name: value for name, value in about.items() if value},
        risk=risk.rank,
        fingerprint=fingerprint(
            rule.id, project, row.scope.lower(), row.azure_role.id, row.principal.id, row.activation
        ),
        subject=description.named(row),
        details=details,
    )


def of_role_definition_drift(row: RoleDefinitionDriftRecord, project: str, subscription: str) -> Finding:
    """A custom role of the project that is missing or altered, in the subscription of this id (empty where it has none)."""
    rule = rules.rule(f"drift/custom-role-{row.kind}")
    about = {
        "environment": row.environment,
        "scope": f"/subscriptions/{subscription}" if subscription else "",
        "azure_role": row.azure_role.name,
        "azure_role_id": row.azure_role.id,
    }
    differences = [description.differs(each) for each in row.differs]
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message="; ".join([f"the custom role {row.azure_role.name} is {row.kind}", *differences]),
        place=None,
        keys=(),
        about={name: value for name, value in about.items() if value},
        risk=rule.risk.rank,
        fingerprint=fingerprint(rule.id, project, row.environment, row.azure_role.id),
    )


def of_unused_rule(unused: UnusedRule) -> Finding:
    """An ignore rule that matches nothing."""
    rule = rules.rule("drift/unused-ignore-rule")
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message=f"this ignore rule matches nothing ({unused.because}){'; ' + unused.hint if unused.hint else ''}",
        place=unused.at,
        keys=(),
        about={},
        risk=rule.risk.rank,
        fingerprint=fingerprint(rule.id, unused.at.file, unused.because),
    )
