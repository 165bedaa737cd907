"""Stands in for GitHub's `gh`: keeps comments and issues in a file, and refuses what the workflows have no business with."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

FILE, *ARGUMENTS = sys.argv[1:]
STATE = json.loads(Path(FILE).read_text()) if Path(FILE).exists() else {}
BOT = {"login": "github-actions[bot]"}


def option(name: str) -> str:
    """The value of an option."""
    return ARGUMENTS[ARGUMENTS.index(name) + 1]


def body() -> str:
    """The body that a file holds."""
    return Path(option("--body-file")).read_text()


def api() -> None:
    """`gh api`: the comments of a pull request."""
    path = next(each for each in ARGUMENTS if each.startswith("repos/"))
    comments = STATE.setdefault("comments", [])
    method = option("--method") if "--method" in ARGUMENTS else "GET"
    if method == "GET":
        print(json.dumps(comments))
        return
    given = json.loads(Path(option("--input")).read_text())
    assert len(given["body"]) <= 65_536, "GitHub refuses a longer one"
    if method == "POST":
        assert path == f"repos/{os.environ['GITHUB_REPOSITORY']}/issues/7/comments"
        comments.append({"id": len(comments) + 100, "user": BOT, **given})
    elif method == "PATCH":
        (found,) = [each for each in comments if path.endswith(f"/issues/comments/{each['id']}")]
        found.update(given)
    else:
        sys.exit(f"gh: {method} is nothing that the workflows do")


def issue(verb: str) -> None:
    """`gh issue`: the issues of the repository."""
    issues = STATE.setdefault("issues", [])
    if verb == "list":
        assert option("--state") == "open"
        found = [each for each in issues if each["open"] and option("--label") in each["labels"]]
        print(json.dumps([{name: each[name] for name in option("--json").split(",")} for each in found]))
    elif verb == "create":
        assert option("--label") in STATE["labels"], "GitHub knows no such label"
        made = {"number": len(issues) + 1, "title": option("--title"), "body": body(), "labels": [option("--label")]}
        issues.append({**made, "open": True, "comments": []})
    else:
        (found,) = [each for each in issues if str(each["number"]) == ARGUMENTS[2]]
        if verb == "edit":
            found.update(title=option("--title"), body=body())
        elif verb == "close":
            found["open"] = False
            found["comments"].append(option("--comment"))
        else:
            sys.exit(f"gh: issue {verb} is nothing that the workflows do")


assert os.environ["GH_TOKEN"] == "the-token"
match ARGUMENTS[:2]:
    case ["api", _]:
        api()
    case ["issue", verb]:
        issue(verb)
    case ["label", "create"]:
        assert "--force" in ARGUMENTS, "without it, a label that is there is an error"
        STATE.setdefault("labels", []).append(ARGUMENTS[2])
    case _:
        sys.exit(f"gh: {ARGUMENTS[:2]} is nothing that the workflows do")
Path(FILE).write_text(json.dumps(STATE))
