"""What `diff --format json` prints, and every other report of a comparison is made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct, field

from rbacgen.analysis.drift import Drift, description, records
from rbacgen.analysis.drift.records import DriftRecord, RoleDefinitionDriftRecord, UnusedRule
from rbacgen.analysis.results import CheckedProject
from rbacgen.model.problems import Position
from rbacgen.model.state import Unread
from rbacgen.reports.json import FORMAT_VERSION


class DiffDocument(Struct, frozen=True):
    """A whole comparison. `excluded` counts by reason; `named` are those assignments, but the ones outside the project."""

    format_version: Annotated[int, Meta(description="1; it grows where a reader would have to change.")]
    project: Annotated[str, Meta(description="The project's name.")]
    source: Annotated[
        str, Meta(description="What kind of source it was compared with: `azure`, `snapshot`, `terraform state`, …")
    ]
    source_name: Annotated[str, Meta(description="The source, by name.")]
    taken: Annotated[
        str | None, Meta(description="When a snapshot was taken, in ISO 8601; null where that is not known.")
    ]
    tenant: Annotated[str, Meta(description="The tenant; empty where it is not known.")]
    strategy: Annotated[
        str,
        Meta(
            description="`full` takes unmanaged access at managed scopes for drift, `owned` only what carries the project's mark."
        ),
    ]
    in_sync: Annotated[bool, Meta(description="Whether everything was read, and nothing differs.")]
    complete: Annotated[bool, Meta(description="Whether everything that had to be read was read.")]
    review_first: Annotated[
        tuple[str, ...],
        Meta(description="The access that can assign roles and should not be there, or not so, in words."),
    ]
    desired: Annotated[int, Meta(description="How many assignments the project has, as far as was compared.")]
    actual: Annotated[int, Meta(description="How many assignments were compared with them.")]
    unmarked: Annotated[
        int,
        Meta(
            description="How many are as desired and kept by Privileged Identity Management, which does not say who created them: "
            "`render --existing` imports those of them that Terraform does not have."
        ),
    ]
    cautions: Annotated[
        tuple[str, ...],
        Meta(description="Sentences to be read before anything else: is this the right tenant, project, day?"),
    ]
    changes: Annotated[tuple[DriftRecord, ...], Meta(description="What differs, by environment and scope.")]
    custom_roles: Annotated[
        tuple[RoleDefinitionDriftRecord, ...],
        Meta(description="The project's custom roles that are missing or altered."),
    ]
    counts: Annotated[Mapping[str, int], Meta(description="How much differs, by kind.")]
    excluded: Annotated[Mapping[str, int], Meta(description="What exists and is no drift, counted by reason.")]
    named: Annotated[
        tuple[DriftRecord, ...], Meta(description="What was excluded, one by one, but what is outside the project.")
    ]
    remarks: Annotated[
        tuple[DriftRecord, ...], Meta(description="What is as desired, with something to know about it.")
    ]
    unread: Annotated[tuple[Unread, ...], Meta(description="What could not be read, so was not compared.")]
    unused_ignore_rules: Annotated[tuple[UnusedRule, ...], Meta(description="The ignore rules that match nothing.")]
    notes: Annotated[tuple[str, ...], Meta(description="Other things to know.")]
    environments: Annotated[Mapping[str, str], Meta(description="The subscription of each environment.")] = field(
        default_factory=dict
    )
    places: Annotated[Mapping[str, Position], Meta(description="Where each environment is in the project file.")] = (
        field(default_factory=dict)
    )
    project_file: Annotated[str, Meta(description="The project file, by its path from the current folder.")] = ""
    shipped: Annotated[
        tuple[str, ...],
        Meta(description="The mappings that came with rbacgen: places in their files start with these names."),
    ] = ()


def document(drift: Drift, checked: CheckedProject, names: bool = False) -> DiffDocument:
    """The comparison as reports take it. Names of persons who are not in the project are there only with `names`."""
    rows = records.records(drift, checked, names)
    return DiffDocument(
        format_version=FORMAT_VERSION,
        project=drift.project,
        source=str(drift.source.kind),
        source_name=drift.source.name,
        taken=f"{drift.source.taken:%Y-%m-%dT%H:%M:%SZ}" if drift.source.taken is not None else None,
        tenant=drift.source.tenant,
        strategy=str(drift.strategy),
        in_sync=drift.is_in_sync,
        complete=drift.is_complete,
        review_first=tuple(description.sentence(each) for each in rows.changes if each.review_first),
        desired=drift.desired,
        actual=drift.actual,
        unmarked=drift.unmarked,
        cautions=drift.cautions,
        changes=rows.changes,
        custom_roles=rows.custom_roles,
        counts={str(kind): count for kind, count in drift.counts().items()},
        excluded={str(why): count for why, count in drift.excluded_counts().items()},
        named=rows.named,
        remarks=rows.remarks,
        unread=drift.unread,
        unused_ignore_rules=rows.unused_ignore_rules,
        notes=drift.notes,
        environments={each.name: each.subscription for each in checked.project.environments},
        places={each.name: each.at for each in checked.project.environments},
        project_file=checked.project.file,
        shipped=checked.shipped,
    )
