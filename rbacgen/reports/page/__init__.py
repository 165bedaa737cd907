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
    """The page. It makes no request, holds no date and no path, and is the same for the same form."""
    style = asset("page.css")
    script = '"use strict";\n(() => {\n' + asset("matching.js") + asset("page.js") + "})();\n"
    parts = {
        # Only what stands in the page may run, by its hash; `img-src data:` is for the empty icon, which else is asked for.
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
    said = [pieces[0]]
    for piece in pieces[1:]:
        name, _, rest = piece.partition("}}")
        said += [parts[name], rest]
    return "".join(said)


def packed(form: MatrixDocument) -> dict[str, Any]:
    """The form as the page's script reads it: what is said again and again stands once, and is named by its number.

    `places` are `file:line:column`, `opened` the lists of paths that grants open; scopes, principals and Azure roles are named
    by their number in their lists, and what to call resources stands by their types. What was excluded in a comparison is
    only counted there: what of it reaches the project is in `undesired`.
    """
    if form.drift is not None:
        form = replace(form, drift=replace(form.drift, named=(), remarks=()))
    made: dict[str, Any] = to_builtins(form)
    resources = {each.pop("resource_type").lower(): each.pop("resource") for each in made["asked"]}
    places: dict[str, int] = {}
    opened: dict[tuple[str, ...], int] = {}
    numbers = {
        key: {each["id"]: rank for rank, each in enumerate(made[many])}
        for key, many in (("scope", "scopes"), ("principal", "principals"), ("azure_role", "azure_roles"))
    }

    def number(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return [number(each) for each in value]
        if not isinstance(value, dict):
            return value
        if value.keys() == _PLACE:
            said = f"{value['file']}:{value['line']}:{value['column']}"
            return places.setdefault(said, len(places))
        found = {}
        for key, each in value.items():
            if key == "opens":
                found[key] = opened.setdefault(tuple(each), len(opened))
            elif key in numbers:
                found[key] = numbers[key][each]
            elif not (
                each is None
                or key in _UNSHOWN
                or (
                    key in ("title", "does") and "member_at" in value
                )  # of a reason: the page has them of its project role
                or (key == "serves" and value["assignments"])
                or (key in _RARE and not each)
            ):
                found[key] = number(each)
        return found

    drift = made.pop("drift")
    shown: dict[str, Any] = number(made)
    shown["drift"] = drift
    shown["resources"] = {type_: words for type_, words in resources.items() if type_}
    shown["places"] = list(places)
    shown["opened"] = [list(each) for each in opened]
    shown["companions"] = ["*", *COMPANIONS, *EXTENSIONS]
    return shown


def embedded(value: Any) -> str:
    """A value as JSON that can stand inside a script element: nothing in it ends the element or opens a comment."""
    # https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
    return json.encode(value).decode().replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def asset(name: str) -> str:
    """One of the files that the page is made from."""
    with open(join(_FOLDER, name), encoding="utf-8", newline="\n") as file:
        return file.read()
