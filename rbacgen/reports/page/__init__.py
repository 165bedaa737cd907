"""A matrix as one self-contained HTML page: its style, script and data in it, and a policy that lets nothing else run or load."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from os.path import dirname, join
from typing import Any

from msgspec import json, to_builtins
from msgspec.structs import replace

from rbacgen.authorization.catalog.resource_types import COMPANIONS, EXTENSIONS
from rbacgen.reports.json.matrix_records import MatrixDocument

_FOLDER = dirname(__file__)
_PLACE = {"file", "line", "column"}
_UNSHOWN = {"role_definition", "format_version", "fingerprint", "keys", "risk", "about"}
# Left out where there is nothing in it, as null is everywhere; the script knows what it is then.
_RARE = {
    "remark",
    "unless_activated",
    "because",
    "no_access",
    "outside",
    "words",
    "drift",
    "instead_of_eligible",
    "description",
}


def page(form: MatrixDocument) -> str:
    """The page. It makes no request, contains no date and no path, and is the same for the same form."""
    style = asset("page.css")
    script = '"use strict";\n(() => {\n' + asset("matching.js") + asset("page.js") + "})();\n"
    parts = {
        # Only what is in the page may run, by its hash; `img-src data:` is for the empty icon, which else is asked for.
        "policy": (
            f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        ),
        "title": escape(f"Access of {form.project}"),
        "project": escape(form.project),
        "style": style,
        "data": embedded(packed(form)),
        "script": script,
    }
    pieces = asset("shell.html").split("{{")
    phrase = [pieces[0]]
    for piece in pieces[1:]:
        name, _, rest = piece.partition("}}")
        phrase += [parts[name], rest]
    return "".join(phrase)


def packed(form: MatrixDocument) -> dict[str, Any]:
    """The document as the page's script reads it: what occurs many times is written once, and is named by its number.

    `places` are `file:line:column`, `escalation_lists` the lists of escalations of grants; scopes, principals and Azure roles are
    named by their number in their lists, and the nouns of resources by their types. What was excluded in a comparison is
    only counted there: what of it concerns the project is in `undesired`.
    """
    if form.drift is not None:
        form = replace(form, drift=replace(form.drift, named=(), remarks=()))
    made: dict[str, Any] = to_builtins(form)
    resources = {each.pop("resource_type").lower(): each.pop("resource") for each in made["asked"]}
    packer = _Packer(made)
    drift = made.pop("drift")
    shown: dict[str, Any] = packer.pack(made)
    shown["drift"] = drift
    shown["resources"] = {type_: words for type_, words in resources.items() if type_}
    shown["places"] = list(packer.places)
    shown["escalation_lists"] = [list(each) for each in packer.escalation_lists]
    shown["companions"] = ["*", *COMPANIONS, *EXTENSIONS]
    return shown


class _Packer:
    """Replaces what occurs many times by its number; `places` and `escalation_lists` are in the order of their numbers."""

    def __init__(self, made: dict[str, Any]) -> None:
        self.places: dict[str, int] = {}
        self.escalation_lists: dict[tuple[str, ...], int] = {}
        self._numbers = {
            key: {each["id"]: rank for rank, each in enumerate(made[many])}
            for key, many in (("scope", "scopes"), ("principal", "principals"), ("azure_role", "azure_roles"))
        }

    def pack(self, value: Any) -> Any:
        """The value with numbers in it, and without what the page does not show."""
        if isinstance(value, (list, tuple)):
            return [self.pack(each) for each in value]
        if not isinstance(value, dict):
            return value
        if value.keys() == _PLACE:
            place = f"{value['file']}:{value['line']}:{value['column']}"
            return self.places.setdefault(place, len(self.places))
        found = {}
        for key, each in value.items():
            if key == "escalations":
                found[key] = self.escalation_lists.setdefault(tuple(each), len(self.escalation_lists))
            elif key in self._numbers:
                found[key] = self._numbers[key][each]
            elif not _is_left_out(key, each, value):
                found[key] = self.pack(each)
        return found


def _is_left_out(key: str, value: Any, record: dict[str, Any]) -> bool:
    """Whether the page does without a member of a record."""
    return (
        value is None
        or key in _UNSHOWN
        or (key in ("title", "does") and "member_at" in record)  # of a reason: the page has them of its project role
        or (key == "serves" and record["assignments"])
        or (key in _RARE and not value)
    )


def embedded(value: Any) -> str:
    """A value as JSON that is safe inside a script element: nothing in it ends the element or opens a comment."""
    # https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
    return json.encode(value).decode().replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def asset(name: str) -> str:
    """One of the files that the page is made from."""
    with open(join(_FOLDER, name), encoding="utf-8", newline="\n") as file:
        return file.read()
