"""How much each finding endangers, in one table, so that every report puts the same thing first."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from rbacgen.problems import Severity

FIRST = 85  # from here on, a person should look at it before anything else


class Risk(Struct, frozen=True):
    """`rank` is from 0 to 100, what endangers most has most; it is the `rank` of SARIF, too.

    `severity` is the one of security dashboards, on the scale of CVSS; 0 for what is no matter of security.
    GitHub calls over 9.0 critical, from 7.0 high and from 4.0 medium:
    https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
    """

    rank: int
    severity: float = 0.0


_RISKS = MappingProxyType(
    {
        # What lives and hands out access, or breaks what was promised.
        "held-must-not": Risk(90, 8.6),
        "held-privilege": Risk(88, 9.1),
        "must-not": Risk(85, 8.0),
        # Access that nobody wants, or not so.
        "drift/foreign": Risk(80, 8.0),
        "drift/altered": Risk(75, 6.5),
        "drift/custom-role-altered": Risk(74, 6.5),
        "failed-test": Risk(72, 6.0),
        "toxic-union": Risk(70, 6.0),
        # Access that is not there, or no more wanted.
        "drift/missing": Risk(65),
        "drift/custom-role-missing": Risk(64),
        "drift/stale": Risk(60, 6.0),
        "uncovered-need": Risk(58),
        "privileged-access": Risk(55, 5.5),
        "drift/expired": Risk(45, 4.0),
        "drift/expiring": Risk(40),
        "escalation-path": Risk(30, 4.0),
        "drift/orphaned": Risk(28, 3.0),
        "drift/soft-deleted": Risk(26, 3.0),
        "drift/unused-ignore-rule": Risk(5),
    }
)
_ASSIGN = "microsoft.authorization/roleassignments/write"
HANDS_OUT_ACCESS = Risk(95, 9.1)
SAYS_OTHERWISE = Risk(20)  # an assignment that is as wanted, but for its description
_OTHERS = {Severity.ERROR: Risk(50), Severity.WARNING: Risk(35), Severity.NOTE: Risk(10)}


def of_problem(rule: str, severity: Severity, about: Mapping[str, str]) -> Risk:
    """How much a problem of `check` endangers: most where somebody can hand out access who should not have any."""
    if rule == "held-privilege" and about.get("opens", "").lower() == _ASSIGN:
        return HANDS_OUT_ACCESS
    return of_rule(rule, severity)


def of_rule(rule: str, severity: Severity) -> Risk:
    """How much it endangers when this rule is broken, by its own weight where the table has nothing."""
    return _RISKS.get(rule) or _OTHERS[severity]
