"""The condition of a role that lets its principals assign other roles: which roles, and to whom."""

from __future__ import annotations


def delegation_condition(role_ids: list[str], principal_types: list[str]) -> str:
    """A condition under which its principal assigns and removes only these roles, and only for these principal types.

    The form is the one that the Azure portal writes:
    https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples
    """
    attribute = "Microsoft.Authorization/roleAssignments"

    def part(verb: str, source: str) -> str:
        tests = [f"@{source}[{attribute}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{', '.join(role_ids)}}}"]
        if principal_types:
            listed = ", ".join(f"'{each}'" for each in principal_types)
            tests.append(f"@{source}[{attribute}:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {{{listed}}}")
        return f"((!(ActionMatches{{'{attribute}/{verb}'}})) OR ({' AND '.join(tests)}))"

    return f"{part('write', 'Request')} AND {part('delete', 'Resource')}"
