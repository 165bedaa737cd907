/* What Azure's permission strings match, as rbacgen/authorization/patterns.py has it: tests/reports/page holds the two against each other. */

const tokensOf = (pattern) => {
  const tokens = [];
  for (let place = 0; place < pattern.length;) {
    if (pattern.startsWith("*/", place) && pattern[place - 1] === "/") {
      tokens.push("*/");
      place += 2;
    } else {
      tokens.push(pattern[place]);
      place += 1;
    }
  }
  return tokens;
};

/* A walk over all places at once: a regular expression takes ages on a row of `*`. */
const runsThrough = (tokens, text) => {
  const enter = (live, place) => {
    live.add(place);
    if (tokens[place] === "*" || tokens[place] === "*/") enter(live, place + 1);
  };
  let live = new Set();
  enter(live, 0);
  for (const character of text) {
    const moved = new Set();
    for (const place of live) {
      const token = tokens[place];
      if (token === "*") enter(moved, place);
      else if (token === "*/") {
        moved.add(place);
        if (character === "/") enter(moved, place + 1);
      } else if (token === character) enter(moved, place + 1);
    }
    live = moved;
    if (!live.size) return false;
  }
  return live.has(tokens.length);
};

/* Whether a permission string covers an operation: without case, `*` is any run of characters, and a `*` that fills a whole
   segment inside the string also matches nothing. */
const matches = (pattern, operation) => {
  const folded = pattern.toLowerCase();
  const text = operation.toLowerCase();
  const star = folded.indexOf("*");
  if (star < 0) return folded === text;
  const last = folded.lastIndexOf("*");
  if (!text.startsWith(folded.slice(0, star)) || !text.endsWith(folded.slice(last + 1))) return false;
  return runsThrough(tokensOf(folded), text);
};

/* The line by which a role grants an operation, with the condition of its permission object (undefined for none), or null.
   notActions bind in their own permission object only; a line without a condition is the better one. */
const lineOf = (role, operation, plane) => {
  let found = null;
  for (const permission of role.permissions) {
    const [granted, without] = plane === "data"
      ? [permission.data_actions, permission.not_data_actions]
      : [permission.actions, permission.not_actions];
    const pattern = granted.find((each) => matches(each, operation));
    if (pattern === undefined || without.some((each) => matches(each, operation))) continue;
    if (found === null || (found.condition !== undefined && permission.condition === undefined)) {
      found = { pattern, condition: permission.condition };
    }
  }
  return found;
};

/* Whether an operation can exist on a resource of this type, or on what lies in it: rbacgen/authorization/catalog/resource_types.py. */
const isPossible = (operation, type, companions) => {
  if (!type) return true;
  const folded = operation.toLowerCase();
  if (companions.some((each) => folded.startsWith(each))) return true;
  const [provider, top] = type.toLowerCase().split("/");
  const [asked, askedTop = ""] = folded.split("/");
  return asked === provider && askedTop === top;
};

/* What an assignment comes to for an operation: `allowed`, `after_activation`, `under_condition`, or null for no.
   A condition that speaks of the operation may let it through or not: the page cannot decide that. */
const verdictOf = (grant, role, type, conditions, operation, plane, companions) => {
  if (!isPossible(operation, type, companions)) return null;
  const line = lineOf(role, operation, plane);
  if (line === null) return null;
  const limits = (index) => index !== undefined && conditions[index].operations.some((each) => matches(each, operation));
  if (limits(grant.condition) || limits(line.condition)) return { verdict: "under_condition", pattern: line.pattern };
  return { verdict: grant.activation === "eligible" ? "after_activation" : "allowed", pattern: line.pattern };
};
