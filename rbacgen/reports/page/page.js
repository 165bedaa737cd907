/* The page: matrix, search, chains, drift and print, built from the data inside it. Nothing is loaded, nothing leaves. */

const FEW = 50;
const D = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);

/* Elements, never markup: every word of the data is text. */
const put = (node, children) => {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false && child !== "") node.append(child);
  }
  return node;
};
const h = (name, attributes, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === "on") for (const [event, does] of Object.entries(value)) node.addEventListener(event, does);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  return put(node, children);
};
const svg = (name, attributes, ...children) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return put(node, children);
};
const hidden = (words) => h("span", { class: "sr" }, words);
const mono = (words) => h("span", { class: "mono" }, words);
const placed = (words) => h("span", { class: "place" }, words);
/* A message, with what is between backticks as code. */
const quoted = (message) => message.split("`").map((part, index) => (index % 2 ? h("span", { class: "quoted" }, part) : part));

const number = (count) => count.toLocaleString("en");
const counted = (count, word, plural) => `${count ? number(count) : "no"} ${count === 1 ? word : plural || `${word}s`}`;
const spaced = (kind) => kind.replaceAll("_", " ");
const unique = (values) => [...new Set(values)];
const listed = (values, most = 3) =>
  values.slice(0, most).join(", ") + (values.length > most ? ` and ${number(values.length - most)} more` : "");

// The data, found by name

const roles = new Map(D.project_roles.map((each) => [each.id, each]));
const capabilities = new Map(D.capabilities.map((each) => [each.name, each.says]));
const kinds = new Map(D.scope_kinds.map((each, rank) => [each.name, { ...each, rank }]));
const escalationOf = new Map(D.escalation_operations.map((each) => [each.operation, each]));
const principalById = new Map(D.principals.map((each, index) => [each.id, index]));
const environments = D.environments.map((each) => each.name);
const place = (index) => D.places[index];
const responsibilityOf = (role, id) => roles.get(role).responsibilities.find((each) => each.id === id);
const WORKLOADS = "Workload identities";
const familyOf = (role) => (role.owner ? WORKLOADS : role.family || "Other");
const families = unique([...D.families, ...D.project_roles.map(familyOf)]).filter((each) =>
  D.project_roles.some((role) => familyOf(role) === each));
const TYPES = { User: "user", Group: "group", ServicePrincipal: "service principal" };
const typeOf = (who) => TYPES[who.type] || "principal";
const nameOf = (who) => who.name || who.id;
const roleName = (azure) => azure.name || `unknown role ${azure.id}`;
/* Desired assignments first, so that their numbers are places in `assignments`; then those of the source that are not desired so. */
const FINDINGS = [...D.actual_findings.map((each) => ({ ...each, where: "source" })), ...D.findings.map((each) => ({ ...each, where: "project" }))];
const grants = [...D.assignments, ...D.undesired.map((each) => ({ ...each, reasons: [], isUndesired: true }))];
const SOURCE = !D.drift ? "" : D.drift.source.startsWith("terraform") ? "Terraform" : "Azure";
const dashed = (kind) => kind.replace("_", "-");
const driftOf = (each) => {
  if (each.isUndesired) return `${dashed(each.drift)}, in ${SOURCE}`;
  if (!each.drift) return "";
  return each.drift === "missing" ? `missing in ${SOURCE}` : `${dashed(each.drift)}: ${SOURCE} has it otherwise`;
};
const assignsRoles = (grant) => D.escalation_lists[grant.escalations].some((each) => escalationOf.get(each).privileged);
const cellsOf = new Map();
for (const cell of D.cells) {
  if (!cellsOf.has(cell.project_role)) cellsOf.set(cell.project_role, new Map());
  cellsOf.get(cell.project_role).set(`${cell.scope_kind} ${cell.environment}`, cell);
}
const cellAt = (role, kind, environment) => cellsOf.get(role)?.get(`${kind} ${environment}`);
const kindsOf = (role) => unique(D.cells.filter((each) => each.project_role === role).map((each) => each.scope_kind));

// What is asked for

const ACTIVATIONS = {
  permanent: ["permanent", (each) => each.activation === "permanent"],
  eligible: ["eligible", (each) => each.activation === "eligible"],
  conditional: ["under a condition", (each) => each.condition !== undefined],
  ending: ["ending by itself", (each) => each.ends !== undefined],
  privileged: ["able to assign roles", assignsRoles],
};
const asked = { text: "", environment: "", family: "", activation: "" };
let opened = new Set();
let found = null; // what fits what is asked for: set by `update`

/* Words to be found in, made when somebody searches: an assignment is found by all that is on its chain. */
let texts = null;
const textOf = (index) => {
  if (texts === null) texts = new Array(grants.length);
  if (texts[index] === undefined) {
    const each = grants[index];
    const who = D.principals[each.principal];
    const members = who.members.flatMap((id) => [id, D.principals[principalById.get(id)]?.name || ""]);
    texts[index] = [
      who.id, who.name, ...members, roleName(D.azure_roles[each.azure_role]), D.scopes[each.scope].id,
      ...(each.isUndesired ? [] : [spaced(each.scope_kind), each.scope_kind]), driftOf(each),
      ...each.reasons.flatMap((reason) => [
        roles.get(reason.project_role).title, reason.project_role, reason.responsibility, spaced(reason.capability),
        reason.capability, responsibilityOf(reason.project_role, reason.responsibility)?.does || "",
      ]),
    ].join("\n").toLowerCase();
  }
  return texts[index];
};
const textOfGrant = (cell, grant) => [
  roles.get(cell.project_role).title, cell.project_role, cell.scope_kind, spaced(cell.scope_kind),
  D.azure_roles[grant.azure_role].name,
].join("\n").toLowerCase();

const stem = (word) => (word.length > 3 ? word.replace(/s$/, "") : word);
const wordsOf = (text) => text.toLowerCase().split(/[^a-z0-9.]+/).filter(Boolean).map(stem);
const FILLERS = new Set(["who", "can", "the", "a", "an", "to", "all", "any", "is", "able", "has", "have", "access"].map(stem));

/* A question in words, or an operation, with the environment that it ends in; null where it is neither. */
const questionOf = (text) => {
  let rest = text.trim().replace(/\?+$/, "").trim();
  let environment = "";
  const tail = rest.match(/^(.*\S)\s+(?:in|on)\s+(\S+)$/i);
  if (tail && environments.some((each) => each.toLowerCase() === tail[2].toLowerCase())) {
    rest = tail[1];
    environment = environments.find((each) => each.toLowerCase() === tail[2].toLowerCase());
  }
  const isAsked = /^who\s+can\s+/i.test(rest);
  rest = rest.replace(/^who\s+can\s+/i, "");
  if (/^[a-z0-9]+\.[a-z0-9.]+\/[^\s]+$/i.test(rest)) {
    const folded = rest.toLowerCase();
    const known = D.asked.filter((each) => each.operation.toLowerCase() === folded);
    const planes = known.length ? unique(known.map((each) => each.plane)) : ["control", "data"];
    return { words: known[0]?.words || rest, operation: rest, planes, environment, isPattern: rest.includes("*") };
  }
  const asked = wordsOf(rest).filter((each) => !FILLERS.has(each));
  if (!asked.length) return null;
  const fits = D.asked.filter((each) => each.words).filter((each) => {
    const words = wordsOf(each.words);
    return asked.every((word) => words.includes(word));
  });
  const exact = fits.find((each) => each.words.toLowerCase() === rest.toLowerCase());
  // One word alone, such as `secrets`, is more likely a thing than a question.
  const best = exact || (isAsked || asked.length > 1 ? fits[0] : undefined);
  if (!best) return isAsked ? { words: rest, operation: "", planes: [], environment, isPattern: false } : null;
  return { words: best.words, operation: best.operation, planes: [best.plane], environment, isPattern: false };
};

const STRENGTH = { allowed: 0, after_activation: 1, under_condition: 2 };
const VERDICTS = { allowed: "allowed", after_activation: "after activation", under_condition: "under a condition" };

const verdict = (grant, scope, question) => {
  let best = null;
  for (const plane of question.planes) {
    const given = verdictOf(
      grant, D.azure_roles[grant.azure_role], scope.type, D.conditions, question.operation, plane, D.companions);
    if (given && (!best || STRENGTH[given.verdict] < STRENGTH[best.verdict])) best = { ...given, plane };
  }
  return best;
};

/* The assignments that fit what is asked for, each with the verdict where an operation was asked about. */
const search = () => {
  const question = asked.text ? questionOf(asked.text) : null;
  const words = asked.text.toLowerCase().split(/\s+/).filter(Boolean);
  const environment = question?.environment || asked.environment;
  const byActivation = asked.activation ? ACTIVATIONS[asked.activation][1] : null;
  const inFamily = (each) => !asked.family || familyOf(roles.get(each)) === asked.family;
  const rows = [];
  grants.forEach((each, index) => {
    if (environment && !each.environments.includes(environment)) return;
    if (asked.family && !each.reasons.some((reason) => inFamily(reason.project_role))) return;
    if (byActivation && !byActivation(each)) return;
    if (question) {
      if (question.isPattern || !question.operation) return;
      const given = verdict(each, D.scopes[each.scope], question);
      if (given) rows.push({ index, ...given });
    } else if (words.every((word) => textOf(index).includes(word))) rows.push({ index });
  });
  const isDesired = (one) => Number(!grants[one.index].isUndesired);
  rows.sort((one, other) => (question ? STRENGTH[one.verdict] - STRENGTH[other.verdict] : 0)
    || isDesired(one) - isDesired(other) || one.index - other.index);
  const fitting = new Set(rows.map((each) => each.index));
  const fits = (cell, grant) => {
    if (environment && cell.environment !== environment) return false;
    if (!inFamily(cell.project_role)) return false;
    if (grant.assignments.length) return grant.assignments.some((each) => fitting.has(each));
    if (byActivation && !byActivation(grant)) return false;
    if (!asked.text) return true;
    if (question) return false; // the project role is unassigned, so nobody can
    const text = textOfGrant(cell, grant);
    return words.every((word) => text.includes(word));
  };
  return { question, environment, rows, fits };
};

/* What the project has none of where an operation is asked about: then nothing is known of it, and "nobody" would be a guess. */
const unbound = (question, environment) => {
  const folded = question.operation.toLowerCase();
  const [provider, top, ...rest] = question.operation.split("/");
  if (!rest.length || D.companions.some((each) => folded.startsWith(each))) return "";
  const bound = D.scope_kinds.filter((each) => each.type && isPossible(question.operation, each.type, D.companions))
    .flatMap((each) => each.bound);
  if (environment ? bound.includes(environment) : bound.length) return "";
  return D.resources[`${provider}/${top}`.toLowerCase()] || `resource of type ${provider}/${top}`;
};

// Marks: what a grant is, in shapes and words

const DOT = { permanent: "\u25CF", activated: "\u25CF", eligible: "\u25CB", both: "\u25D0" };
const HOW = { permanent: "permanent", activated: "activated just now", eligible: "eligible", both: "permanent and eligible" };
const activationOf = (grants) => {
  const all = unique(grants.map((each) => each.activation));
  return all.length > 1 ? "both" : all[0];
};
const tags = (grants) => [
  grants.some((each) => each.condition !== undefined) && h("span", { class: "tag" }, "if", hidden(": under a condition")),
  grants.some((each) => each.ends !== undefined) && h("span", { class: "tag" }, "ends"),
  grants.some(assignsRoles) && h("span", { class: "tag weighs" }, "\u25B2", hidden(" can assign roles")),
  grants.some((each) => each.assignments.some((index) => D.assignments[index].drift)) && h("span", { class: "tag weighs" }, "differs"),
];
const legend = () => [
  h("span", {}, `${DOT.permanent} permanent`), h("span", {}, `${DOT.eligible} eligible: to be activated when needed`),
  h("span", {}, `${DOT.both} both`), h("span", {}, "if: under a condition"), h("span", {}, "ends: goes by itself on a day"),
  h("span", {}, "\u25B2 can assign roles or widen access"), D.drift && h("span", {}, `differs: ${SOURCE} has it otherwise`),
];
const chip = (cell, grants, words) => {
  const how = activationOf(grants);
  const names = unique(grants.map((each) => D.azure_roles[each.azure_role].name));
  return h(
    "button",
    { type: "button", class: `chip ${how}`, title: names.join("\n"), on: { click: () => showCell(cell, grants) } },
    h("span", { class: "dot", "aria-hidden": "true" }, DOT[how]), words,
    hidden(`, ${HOW[how]}${words === spaced(cell.scope_kind) ? `: ${names.join(", ")}` : ""}`), tags(grants),
  );
};

// The matrix

const members = (role) => role.team_members.map((each) => {
  const who = D.principals[each.principal];
  const where = each.environments.length ? ` in ${each.environments.join(", ")}` : "";
  return nameOf(who) + where + (each.ends ? ` until ${each.ends}` : "");
});

const fitting = (cell) => (cell ? cell.grants.filter((grant) => found.fits(cell, grant)) : []);

const drawMatrix = () => {
  const columns = found.environment ? [found.environment] : environments;
  const table = $("matrix");
  const isNarrowed = Boolean(asked.text || asked.activation || found.environment);
  // Assigned project roles come first in a family; the sort keeps the mapping's order among them.
  const ordered = [...D.project_roles].sort((one, other) => Number(!one.team_members.length) - Number(!other.team_members.length));
  const body = [];
  const shown = { all: 0, bare: 0 };
  for (const family of families) {
    if (asked.family && family !== asked.family) continue;
    const rows = [];
    for (const role of ordered) {
      if (familyOf(role) !== family) continue;
      const own = kindsOf(role.id);
      const has = columns.map((name) => own
        .map((kind) => cellAt(role.id, kind, name)).filter(Boolean)
        .map((cell) => [cell, fitting(cell)]).filter(([, grants]) => grants.length));
      if (isNarrowed && !has.some((each) => each.length)) continue;
      shown.all += 1;
      if (!role.team_members.length) shown.bare += 1;
      rows.push(roleRow(role, columns, has));
      if (opened.has(role.id)) rows.push(...detailRows(role, columns, own));
    }
    if (rows.length) {
      const head = h("th", { scope: "rowgroup", role: "rowheader", colspan: columns.length + 1 }, family);
      body.push(h("tbody", { role: "rowgroup" }, h("tr", { class: "family", role: "row" }, head), rows));
    }
  }
  if (!body.length) {
    const nothing = h("td", { role: "cell", colspan: columns.length + 1, class: "none" }, "No project role has access that fits.");
    body.push(h("tbody", { role: "rowgroup" }, h("tr", { role: "row" }, nothing)));
  }
  table.replaceChildren(
    h("caption", { class: "sr" }, "Access of each project role by environment. A role unfolds into its Azure roles and its diagram; a cell opens its chain."),
    h("colgroup", {}, h("col", { class: "roles" }), columns.map(() => h("col"))),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
      h("th", { scope: "col", role: "columnheader" }, "Project role"),
      columns.map((name) => h("th", { scope: "col", role: "columnheader" }, name)))),
    ...body,
  );
  return shown;
};

const cellNode = (name, children) => h(
  "td", { role: "cell", "data-at": name, class: children.length ? null : "empty" },
  children.length ? h("div", { class: "chips" }, children) : h("span", { class: "none", "aria-hidden": "true" }, "\u00B7"));

const roleRow = (role, columns, has) => {
  const isAssigned = role.team_members.length > 0;
  const button = h("button", {
    type: "button", class: "toggle", id: `role-${role.id}`, "aria-expanded": String(opened.has(role.id)),
    on: { click: () => toggle(role.id) },
  }, h("span", {}, role.title));
  const owner = role.owner ? ` \u00B7 owned by ${roles.get(role.owner)?.title || role.owner}` : "";
  return h("tr", { class: `role${isAssigned ? "" : " unassigned"}`, role: "row" },
    h("th", { scope: "row", role: "rowheader" }, button,
      h("p", { class: "members" }, isAssigned ? listed(members(role)) : "unassigned", owner)),
    columns.map((name, index) => cellNode(
      name, has[index].map(([cell, grants]) => chip(cell, grants, spaced(cell.scope_kind))))));
};

const detailRows = (role, columns, own) => [
  h("tr", { class: "detail", role: "row" },
    h("td", { role: "cell", colspan: columns.length + 1 }, roleFacts(role), diagram(role))),
  ...own.flatMap((kind) => {
    const cells = columns.map((name) => cellAt(role.id, kind, name));
    if (!cells.some((cell) => fitting(cell).length)) return [];
    return h("tr", { class: `line${role.team_members.length ? "" : " unassigned"}`, role: "row" },
      h("th", { scope: "row", role: "rowheader" }, spaced(kind)),
      cells.map((cell, index) => cellNode(columns[index], fitting(cell).map((grant) =>
        chip(cell, [grant], D.azure_roles[grant.azure_role].name)))));
  }),
];

const toggle = (role) => {
  if (!opened.delete(role)) opened.add(role);
  drawMatrix();
  $(`role-${role}`).focus();
};

const roleFacts = (role) => {
  const idle = role.responsibilities.filter((each) => each.no_access);
  const outside = role.responsibilities.flatMap((each) => (each.outside || []).map((entry) => [each, entry]));
  const broken = role.must_not.filter((each) => each.passed === false);
  const proven = role.must_not.filter((each) => each.passed).length;
  return h("div", {},
    role.says && h("p", {}, role.says),
    h("div", { class: "facts" },
      role.team_members.length > 0 && h("div", {}, h("h3", { class: "fact" }, "Members"),
        h("ul", {}, role.team_members.map((each, index) => h("li", {}, members(role)[index], " ", placed(place(each.at)))))),
      idle.length > 0 && h("div", {}, h("h3", { class: "fact" }, "Takes no access"), h("ul", {}, idle.map((each) => h("li", {}, each.does)))),
      outside.length > 0 && h("div", {}, h("h3", { class: "fact" }, "Outside Azure"),
        h("ul", {}, outside.map(([each, entry]) => h("li", {}, `${entry}: ${each.does.toLowerCase()}`))))),
    broken.length > 0 && h("p", {}, h("span", { class: "badge solid" }, "broken"), " ",
      listed(broken.map((each) => `${each.operation} on ${spaced(each.scope_kind)}`), 5)),
    role.must_not.length > 0 && h("details", {},
      h("summary", {}, `${counted(role.must_not.length, "thing")} that it must not be able to do`,
        proven ? `, ${proven === role.must_not.length ? "all" : number(proven)} proven` : ""),
      h("ul", {}, role.must_not.map((each) => h("li", {}, mono(each.operation), each.plane === "data" ? " (data)" : "",
        ` on ${spaced(each.scope_kind)} in ${each.environments.join(", ")}`,
        each.unless_activated ? ", unless activated" : "",
        each.passed === false ? ": broken" : each.passed ? ": proven" : ": not tested",
        each.because ? `. ${each.because}` : "", " ", placed(place(each.at)))))));
};

// The diagram of a project role: responsibility, capability, Azure role, resource

const WIDTH = 1120;
const wrapped = (text, most) => {
  const lines = [];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    if (last >= 0 && lines[last].length + word.length < most) lines[last] += ` ${word}`;
    else lines.push(word.length > most ? `${word.slice(0, most - 1)}\u2026` : word);
  }
  return lines.length > 2 ? [lines[0], `${lines[1].slice(0, most - 1)}\u2026`] : lines;
};

const linksOf = (role) => {
  const links = new Map();
  for (const cell of D.cells) {
    if (cell.project_role !== role.id) continue;
    for (const grant of cell.grants) {
      const pairs = grant.assignments.length
        ? grant.assignments.flatMap((index) => D.assignments[index].reasons.filter((each) => each.project_role === role.id))
        : grant.serves;
      for (const { responsibility, capability } of pairs) {
        const name = D.azure_roles[grant.azure_role].name;
        const key = [responsibility, capability, name, grant.activation, cell.scope_kind].join("\n");
        if (!links.has(key)) links.set(key, { responsibility, capability, name, activation: grant.activation, kind: cell.scope_kind, where: new Set() });
        links.get(key).where.add(cell.environment);
      }
    }
  }
  return [...links.values()];
};

const diagram = (role) => {
  const links = linksOf(role);
  if (!links.length) return h("p", { class: "soft" }, "It takes no access in Azure.");
  const columns = [
    ["Responsibility", (each) => each.responsibility, (each) => responsibilityOf(role.id, each.responsibility)?.does || each.responsibility],
    ["Capability", (each) => each.capability, (each) => spaced(each.capability)],
    ["Azure role", (each) => `${each.name}\n${each.activation}`, (each) => `${DOT[each.activation]} ${each.name}`],
    ["Resource", (each) => each.kind, (each) => spaced(each.kind)],
  ];
  const order = new Map(role.responsibilities.map((each, rank) => [each.id, rank]));
  links.sort((one, other) => order.get(one.responsibility) - order.get(other.responsibility)
    || kinds.get(one.kind).rank - kinds.get(other.kind).rank || one.name.localeCompare(other.name));
  const wide = 244;
  const gap = (WIDTH - 16 - wide * 4) / 3;
  const stacks = columns.map(([, key, label], column) => {
    const nodes = new Map();
    for (const link of links) {
      const id = key(link);
      if (!nodes.has(id)) nodes.set(id, { lines: wrapped(label(link), 34), full: label(link), where: new Set() });
      for (const name of link.where) nodes.get(id).where.add(name);
    }
    if (column === 3) {
      for (const node of nodes.values()) {
        node.lines = [node.lines[0], environments.filter((name) => node.where.has(name)).join(", ")];
      }
    }
    return nodes;
  });
  const high = (nodes) => [...nodes.values()].reduce((sum, each) => sum + each.lines.length * 15 + 20, 0);
  const height = Math.max(...stacks.map(high)) + 34;
  const drawn = svg("g", {});
  const edges = svg("g", {});
  stacks.forEach((nodes, column) => {
    const x = 8 + column * (wide + gap);
    drawn.append(svg("text", { x, y: 18, class: "column" }, columns[column][0]));
    const spare = (height - 34 - high(nodes)) / nodes.size;
    let y = 28 + spare / 2;
    for (const node of nodes.values()) {
      const tall = node.lines.length * 15 + 10;
      node.y = y + tall / 2;
      node.x = x;
      drawn.append(svg("rect", { x, y, width: wide, height: tall, rx: 4 }),
        svg("text", { x: x + 8, y: y + 18 }, svg("title", {}, node.full),
          node.lines.map((line, index) => svg("tspan", { x: x + 8, dy: index ? 15 : 0 }, line))));
      y += tall + 10 + spare;
    }
  });
  const done = new Set();
  for (const link of links) {
    for (let column = 0; column < 3; column += 1) {
      const from = stacks[column].get(columns[column][1](link));
      const to = stacks[column + 1].get(columns[column + 1][1](link));
      const class_ = column === 0 ? "permanent" : link.activation;
      const key = [from.x, from.y, to.x, to.y].join(" ");
      if (done.has(key)) continue;
      done.add(key);
      const x = from.x + wide;
      edges.append(svg("path", {
        class: class_, d: `M${x} ${from.y}C${x + gap / 2} ${from.y} ${to.x - gap / 2} ${to.y} ${to.x} ${to.y}`,
      }));
    }
  }
  const description = `${role.title}: ${links.map((each) =>
    `${each.responsibility} takes ${each.capability}, given by ${each.name} on ${each.kind}`).join("; ")}`;
  return h("div", { class: "diagram", tabindex: "0", role: "group", "aria-label": `Diagram of ${role.title}` },
    svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": description }, edges, drawn));
};

// The chain of a cell

const showCell = (cell, grants) => {
  const role = roles.get(cell.project_role);
  showDialog(
    `${role.title} on ${spaced(cell.scope_kind)} in ${cell.environment}`,
    h("ul", { class: "ways" }, grants.map((grant) => h("li", {}, pathOf(cell, grant)))),
    h("p", { class: "soft" }, kinds.get(cell.scope_kind)?.says || ""),
    !cell.assigned && h("p", { class: "notice" }, "Unassigned: this is the access that a member would have."),
    grants.map((grant) => grantNode(cell, grant)),
  );
};

/* A grant on one line, from the project role to the resource. */
const pathOf = (cell, grant) => {
  const those = grant.assignments.map((index) => D.assignments[index]);
  const serves = those.length
    ? those.flatMap((each) => each.reasons.filter((reason) => reason.project_role === cell.project_role)) : grant.serves;
  const scopes = those.length ? those.map((each) => shortOf(D.scopes[each.scope])) : [spaced(cell.scope_kind)];
  return [roles.get(cell.project_role).title, listed(unique(serves.map((each) => spaced(each.capability)))),
    D.azure_roles[grant.azure_role].name, listed(unique(scopes))].join(" \u2192 ");
};

const showDialog = (title, ...children) => {
  const dialog = $("chain");
  dialog.replaceChildren(
    h("div", { class: "head" }, h("h2", { id: "chain-title", tabindex: "-1", autofocus: true }, title),
      h("button", { type: "button", on: { click: () => dialog.close() } }, "Close")),
  );
  put(dialog, children);
  dialog.showModal();
  dialog.scrollTop = 0;
};

/* What an Azure role is, and the escalations that it makes possible, under its condition. */
const roleNodes = (grant) => {
  const azure = D.azure_roles[grant.azure_role];
  const paths = D.escalation_lists[grant.escalations].map((each) => escalationOf.get(each));
  return [
    azure.description && h("p", { class: "soft" }, azure.description),
    grant.condition !== undefined && conditionNode(D.conditions[grant.condition]),
    paths.length > 0 && h("details", {}, h("summary", {},
      `${paths.some((each) => each.privileged) ? "\u25B2 " : ""}${counted(paths.length, "escalation")}`),
    h("ul", {}, paths.map((each) => h("li", {}, mono(each.operation), each.privileged ? " (assigns roles or widens access): " : ": ", each.why)))),
    azure.lines ? h("details", {}, h("summary", {}, counted(azure.lines, "permission line")), permissions(azure))
      : h("p", {}, "What this role permits is not known."),
  ];
};

const UNDESIRED = {
  unmanaged: "Created outside of the project.", stale: "It carries the project's mark, and is no longer in the project.",
  altered: "The project has it otherwise.", expired: "Its last day is over, and it still exists.",
  orphaned: "Its principal has been deleted.", soft_deleted: "Its principal is in the directory's bin.",
  inherited: "It comes from above what is the project's.", ignored: "An ignore rule of the project excludes it.",
  not_owned: "It does not carry the project's mark.", activated: "Somebody has activated what they are eligible for.",
};

const showUndesired = (each) => {
  const who = D.principals[each.principal];
  showDialog(
    `${roleName(D.azure_roles[each.azure_role])} for ${nameOf(who)}`,
    h("p", {}, h("span", { class: "badge solid" }, driftOf(each)), " ", UNDESIRED[each.drift], each.remark ? ` ${each.remark}` : ""),
    h("p", {}, h("span", { class: "badge" }, `${DOT[each.activation]} ${HOW[each.activation]}`), each.ends ? ` until ${each.ends}` : ""),
    h("p", {}, typeOf(who), ": ", mono(who.id)), membersNode(who), h("p", { class: "mono" }, D.scopes[each.scope].id),
    each.instead_of !== undefined && h("div", {}, "Desired: ", HOW[D.assignments[each.instead_of].activation], " for ",
      listed(unique(D.assignments[each.instead_of].reasons.map((reason) => roles.get(reason.project_role).title)))),
    roleNodes(each),
  );
};

const grantNode = (cell, grant) => {
  const azure = D.azure_roles[grant.azure_role];
  const those = grant.assignments.map((index) => D.assignments[index]);
  return h("section", { class: "grant" },
    h("h3", {}, azure.name, azure.custom && h("span", { class: "soft" }, " (custom role)")),
    h("p", {}, h("span", { class: "badge" }, `${DOT[grant.activation]} ${HOW[grant.activation]}`), " ",
      grant.activation === "eligible" ? "to be activated in Privileged Identity Management when it is needed" : "there at all times",
      grant.ends ? `; goes by itself on ${grant.ends}` : ""),
    roleNodes(grant),
    those.length > 0
      ? limited(those, (each) => assignmentNode(cell, each), (nodes) => h("ul", { class: "chainlist" }, nodes), "assignment")
      : h("ol", { class: "steps" }, grant.serves.map((each) => h("li", {}, responsibilityOf(cell.project_role, each.responsibility).does, " \u2192 ", spaced(each.capability)))));
};

const conditionNode = (condition) => h("div", {},
  h("p", {}, h("strong", {}, "Under a condition: "), condition.description || "see its text"),
  h("details", {}, h("summary", {}, "Text of the condition"), h("pre", {}, condition.text)));

const permissions = (azure) => azure.permissions.map((each) => [
  ["actions", ""], ["not_actions", "without "], ["data_actions", "data: "], ["not_data_actions", "data, without "],
].map(([key, prefix]) => each[key].length > 0 && h("pre", {}, each[key].map((line) => prefix + line).join("\n"))));

const assignmentNode = (cell, each) => {
  const who = D.principals[each.principal];
  const reasons = each.reasons.filter((reason) => reason.project_role === cell.project_role);
  const others = unique(each.reasons.filter((reason) => reason.project_role !== cell.project_role)
    .map((reason) => roles.get(reason.project_role).title));
  return h("li", {},
    h("div", {}, h("strong", {}, nameOf(who)), ` (${typeOf(who)}) `, each.drift && h("span", { class: "badge solid" }, each.drift)),
    who.name && h("div", { class: "mono soft" }, who.id),
    membersNode(who),
    h("div", { class: "mono" }, D.scopes[each.scope].id),
    each.environments.length > 1 && h("div", { class: "soft" }, `one assignment for ${each.environments.join(" and ")}`),
    each.instead_of_eligible && h("div", {}, "It is permanent only because the project has no Privileged Identity Management."),
    h("ul", { class: "steps" }, reasons.map((reason) => h("li", {},
      responsibilityOf(reason.project_role, reason.responsibility)?.does || reason.responsibility,
      h("span", { class: "soft" }, ` (${reason.responsibility})`), " takes ",
      h("em", {}, spaced(reason.capability)), `: ${(capabilities.get(reason.capability) || "").replace(/^./, (first) => first.toLowerCase())}`,
      h("div", { class: "soft" }, "granted at ", placed(place(reason.grant_at)), ", in the team at ", placed(place(reason.member_at)))))),
    others.length > 0 && h("div", { class: "soft" }, `also for ${listed(others)}`));
};

const membersNode = (who) => {
  if (who.type !== "Group") return null;
  if (!who.members.length) return h("div", { class: "soft" }, "who is in it is kept in Entra ID and not known here");
  const names = who.members.map((id) => nameOf(D.principals[principalById.get(id)] || { id }));
  return h("div", {}, `in it: ${listed(names, 12)}`, who.members_known ? "" : " (and perhaps more)");
};

/* The first of many, and a button for the rest. */
const limited = (values, node, wrap, word) => {
  const box = h("div", {});
  const show = (count, focus) => {
    const rest = values.length - count;
    box.replaceChildren(wrap(values.slice(0, count).map(node)));
    if (rest > 0) {
      box.append(h("button", { type: "button", class: "more", on: { click: () => show(values.length, true) } },
        `Show ${counted(rest, `more ${word}`)}`));
    } else if (focus) {
      box.tabIndex = -1;
      box.focus();
    }
  };
  show(Math.min(FEW, values.length));
  return box;
};

// Answers

const table = (heads, rows, class_ = "list") => h("table", { class: class_, role: "table" },
  h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, heads.map((each) => h("th", { scope: "col", role: "columnheader" }, each)))),
  h("tbody", { role: "rowgroup" }, rows));
const row = (heads, cells, attributes = {}) => h("tr", { role: "row", ...attributes },
  cells.map((each, index) => h("td", { role: "cell", "data-at": index ? `${heads[index].toLowerCase()}:` : null }, each)));

/* The answer where no assignment fits. */
const nothing = (question, environment, bare) => {
  if (!question) {
    return bare ? `Nobody has such access; ${counted(bare, "project role")} that ${bare === 1 ? "is" : "are"} unassigned would give it (see the matrix).` : "Nothing fits.";
  }
  const lacking = unbound(question, environment);
  if (lacking) return `The project binds no ${lacking}${environment ? ` in ${environment}` : ""}, so nothing is known about one.`;
  if (!D.drift) return "Nobody, according to this project.";
  return `Nobody, according to this project and ${SOURCE}${D.unread.length ? ", as far as it was read" : ""}.`;
};

const drawAnswer = (shown) => {
  const { question, environment, rows } = found;
  const section = $("answer");
  section.hidden = !asked.text;
  if (!asked.text) return;
  const where = environment ? ` in ${environment}` : "";
  const title = question ? `Who can ${question.words}${where}` : `Access that fits \u201C${asked.text}\u201D${where}`;
  const heads = question ? ["Who", "Can", "By", "Where", "Environment", "As"] : ["Who", "Has", "Where", "Environment", "As"];
  const node = ({ index, verdict: given, pattern, plane }) => {
    const each = grants[index];
    const who = D.principals[each.principal];
    const show = () => (each.isUndesired ? showUndesired(each) : showAssignment(each, cellFor(each, environment)));
    const azure = h("button", { type: "button", class: "link", on: { click: show } }, roleName(D.azure_roles[each.azure_role]));
    const how = [
      ` ${DOT[each.activation]} ${HOW[each.activation]}`, each.condition !== undefined ? ", under a condition" : "",
      each.ends ? `, until ${each.ends}` : "",
    ];
    const titles = unique(each.reasons.map((reason) => roles.get(reason.project_role).title));
    const scope = h("div", { class: "mono soft" }, shortOf(D.scopes[each.scope]));
    const tag = driftOf(each) && h("div", {}, h("span", { class: `badge${each.isUndesired ? " solid" : ""}` }, driftOf(each)));
    const common = [[each.isUndesired ? "" : spaced(each.scope_kind), scope], each.environments.join(", "), [listed(titles), tag]];
    const person = [h("strong", {}, nameOf(who)), membersNode(who)];
    return row(heads, question
      ? [person, h("span", { class: `badge${given === "allowed" ? " solid" : ""}` }, VERDICTS[given]), [azure, h("span", { class: "soft" }, how), h("div", { class: "mono soft" }, pattern, plane === "data" && question.planes.length > 1 ? " (data)" : "")], ...common]
      : [person, [azure, h("span", { class: "soft" }, how)], ...common]);
  };
  const isAnswered = !(question && (question.isPattern || !question.operation));
  const dark = D.undesired.filter((each) => !D.azure_roles[each.azure_role].permissions.length
    && (!environment || each.environments.includes(environment))).length;
  section.replaceChildren(
    h("h2", { id: "answer-title", tabindex: "-1" }, title),
  );
  put(section, [
    question && question.operation && !question.isPattern && h("p", { class: "soft" }, mono(question.operation),
      question.planes.length === 1 ? ` (${question.planes[0]} plane)` : " (on either plane: it is none that the mapping names)"),
    question?.isPattern && h("p", { class: "notice" }, "The page answers for one operation; ask for a pattern with ", h("code", {}, `rbacgen who-can '${question.operation}'`), "."),
    question && !question.operation && h("p", { class: "notice" }, "There is no such question here. Take one of the questions to ask, or write an operation such as ", mono("Microsoft.KeyVault/vaults/secrets/getSecret/action"), "."),
    rows.length > 0 && limited(rows, node, (nodes) => table(heads, nodes), "assignment"),
    !rows.length && isAnswered && h("p", {}, nothing(question, environment, shown.bare)),
    rows.length > 0 && question && unbound(question, environment) && h("p", { class: "soft" },
      `The project binds no ${unbound(question, environment)}${where}: these would reach one from above.`),
    question && isAnswered && dark > 0 && h("p", { class: "notice" },
      `${counted(dark, "assignment")} in ${SOURCE} of a role that is not known here may give it as well.`),
  ]);
};

/* A resource by the names on its way, such as `stfrauddevlake/curated`; any other scope by what it is called. */
const shortOf = (scope) => {
  const resource = scope.id.match(/^\/.*\/providers\/[^/]+\/(.+)$/);
  if (scope.level !== "resource" || !resource) return scope.place;
  return resource[1].split("/").filter((_, index) => index % 2).filter((each) => each !== "default").join("/");
};

const cellFor = (each, environment) => {
  const inFamily = each.reasons.find((reason) => !asked.family || familyOf(roles.get(reason.project_role)) === asked.family);
  const name = environment && each.environments.includes(environment)
    ? environment
    : each.environments.find((one) => environments.includes(one));
  return cellAt((inFamily || each.reasons[0]).project_role, each.scope_kind, name);
};

const showAssignment = (each, cell) => {
  const index = D.assignments.indexOf(each);
  showCell(cell, cell.grants.filter((grant) => grant.assignments.includes(index)));
};

// Drift and findings

const KINDS = ["unmanaged", "altered", "missing", "stale", "expired", "expiring", "orphaned", "soft_deleted"];
const driftWords = (each) => each.differs.map((one) => `${one.what}: desired ${one.desired || "none"}, actual ${one.actual || "none"}`);

const drawDrift = () => {
  const drift = D.drift;
  const section = $("drift");
  section.hidden = !drift;
  if (!drift) return;
  const source = drift.source === "azure" ? "Azure" : drift.source_name;
  const when = drift.taken ? `, read ${drift.taken.slice(0, 16).replace("T", " ")} UTC` : "";
  const rows = [...drift.changes].sort((one, other) =>
    Number(other.can_assign_roles) - Number(one.can_assign_roles) || KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind));
  const counts = Object.entries(drift.counts).map(([kind, count]) => `${number(count)} ${dashed(kind)}`).join(", ");
  const heads = ["What", "Azure role", "Who", "Where", "Why"];
  const node = (each) => row(heads, [
    h("span", { class: `badge${each.can_assign_roles || each.kind === "unmanaged" ? " solid" : ""}` }, dashed(each.kind)),
    [h("strong", {}, each.azure_role.name || `unknown role ${each.azure_role.id}`), each.activation === "permanent" ? "" : ` (${each.activation})`,
      each.can_assign_roles && h("div", {}, "\u25B2 can assign roles")],
    [each.principal.name || mono(each.principal.id), h("span", { class: "soft" }, ` ${typeOf(each.principal)}`)],
    [each.environment, h("div", { class: "mono soft scope" }, each.scope)],
    [...driftWords(each), each.remark].filter(Boolean).map((words) => h("div", {}, words)).concat(
      each.at ? h("div", { class: "soft" }, each.why ? `${each.why} ` : "", placed(`${each.at.file}:${each.at.line}:${each.at.column}`))
        : each.created ? h("div", { class: "soft" }, `created ${each.created.slice(0, 10)}; not in the project file`) : []),
  ], each.can_assign_roles ? { class: "first" } : {});
  const excluded = Object.entries(drift.excluded).filter(([, count]) => count).map(([why, count]) => `${number(count)} ${spaced(why)}`).join(", ");
  section.replaceChildren(h("h2", { id: "drift-title" }, `Does ${source} agree?`));
  put(section, [
    h("p", { class: "verdict" }, drift.in_sync ? "Yes: in sync" : counts ? `No: ${counts}` : "Nothing differs in what was read",
      h("span", { class: "soft" }, `${when}. ${number(drift.desired)} desired, ${number(drift.actual)} actual${excluded ? `; excluded: ${excluded}` : ""}.`)),
    drift.cautions.map((each) => h("p", { class: "notice" }, h("strong", {}, each))),
    rows.length > 0 && limited(rows, node, (nodes) => table(heads, nodes), "difference"),
    drift.custom_roles.length > 0 && h("ul", {}, drift.custom_roles.map((each) => h("li", {}, h("span", { class: "badge" }, each.kind), ` custom role ${each.azure_role.name} in ${each.environment} `, driftWords(each).join("; ")))),
    D.unread.length > 0 && h("div", {}, h("h3", {}, "Not read, so not compared"),
      h("ul", {}, D.unread.slice(0, FEW).map((each) => h("li", {}, mono(each.scope), ` (${each.part}): ${each.why}; ${each.remedy}`))),
      D.unread.length > FEW && h("p", {}, `\u2026 and ${number(D.unread.length - FEW)} more`)),
    drift.notes.length > 0 && h("details", {}, h("summary", {}, counted(drift.notes.length, "note")), h("ul", {}, drift.notes.map((each) => h("li", {}, each)))),
  ]);
};

const drawFindings = () => {
  const section = $("findings");
  section.hidden = !FINDINGS.length;
  if (!FINDINGS.length) return;
  const heads = ["Weight", "What was found", "Place"];
  const node = (each) => row(heads, [
    h("span", { class: `badge${each.severity === "error" || each.where === "source" ? " solid" : ""}` }, each.severity),
    [quoted(each.message), h("span", { class: "soft" }, ` [${each.rule}]`)], placed(place(each.at)),
  ]);
  // What the source has is shown as it is; of the project's own, what does not stop it is folded.
  const isGrave = (each) => each.severity === "error" || (each.where === "source" && each.severity === "warning");
  const grave = FINDINGS.filter(isGrave);
  const folded = ["warning", "note"].map((severity) => [severity, FINDINGS.filter((each) => each.severity === severity && !isGrave(each))]);
  section.replaceChildren(h("h2", { id: "findings-title", tabindex: "-1" }, "Findings"));
  put(section, [
    grave.length > 0 && limited(grave, node, (nodes) => table(heads, nodes), "finding"),
    !grave.length && h("p", {}, folded[0][1].length ? "No errors." : "No errors and no warnings."),
    folded.map(([severity, those]) => those.length > 0 && h("details", { class: "notes" }, h("summary", {}, counted(those.length, severity)),
      limited(those, node, (nodes) => table(heads, nodes), severity))),
  ]);
  const count = FINDINGS.filter((each) => each.where === "source" && isGrave(each)).length;
  if (!count) return;
  const jump = () => {
    section.scrollIntoView();
    $("findings-title").focus();
  };
  $("drift").append(h("p", {}, h("button", { type: "button", class: "link", on: { click: jump } },
    `${counted(count, "finding")} of what ${SOURCE} has`)));
};

// People

const drawPeople = () => {
  const assigned = new Map();
  for (const role of D.project_roles) {
    for (const each of role.team_members) {
      if (!assigned.has(each.principal)) assigned.set(each.principal, []);
      assigned.get(each.principal).push(role.title + (each.environments.length ? ` (${each.environments.join(", ")})` : ""));
    }
  }
  const desired = new Map();
  for (const each of D.assignments) desired.set(each.principal, (desired.get(each.principal) || 0) + 1);
  const besides = new Map();
  for (const each of D.undesired) besides.set(each.principal, (besides.get(each.principal) || 0) + 1);
  const heads = ["Who", "What", "Project roles", "Assignments", "In it"];
  const node = (who) => {
    const index = principalById.get(who.id);
    return row(heads, [
      h("button", { type: "button", class: "link", on: { click: () => ask(nameOf(who)) } }, nameOf(who)), typeOf(who),
      (assigned.get(index) || []).join(", "),
      number(desired.get(index) || 0) + (besides.has(index) ? `, and ${number(besides.get(index))} not in the project as they are in ${SOURCE}` : ""), who.type === "Group" ? membersNode(who) : "",
    ]);
  };
  $("people").replaceChildren(h("h2", { id: "people-title" }, "People, groups and identities"),
    limited(D.principals, node, (nodes) => table(heads, nodes), "principal"));
};

/* All assignments, for paper: made when somebody prints, gone afterwards. */
const drawLedger = () => {
  const heads = ["Who", "Azure role", "Scope", "How", "Why"];
  const section = $("ledger");
  section.hidden = false;
  section.replaceChildren(h("h2", { id: "ledger-title" }, "All assignments"), table(heads, D.assignments.map((each) => row(heads, [
    nameOf(D.principals[each.principal]), D.azure_roles[each.azure_role].name, mono(D.scopes[each.scope].id),
    HOW[each.activation] + (each.ends ? `, until ${each.ends}` : "") + (each.condition !== undefined ? `, ${D.conditions[each.condition].description || "under a condition"}` : ""),
    each.reasons.map((reason) => h("div", {}, `${roles.get(reason.project_role).title}: ${reason.responsibility} `, placed(place(reason.grant_at)))),
  ]))));
};

// Working the page

const update = () => {
  found = search();
  const shown = drawMatrix();
  drawAnswer(shown);
  const total = D.assignments.length;
  const isAll = !asked.text && !asked.environment && !asked.family && !asked.activation;
  const desired = found.rows.filter((each) => !grants[each.index].isUndesired).length;
  const besides = found.rows.length - desired;
  const roleCount = !desired && shown.bare ? `, and ${counted(shown.bare, "unassigned project role")}` : `, for ${counted(shown.all, "project role")}`;
  $("count").textContent = (isAll
    ? `${counted(total, "assignment")} for ${counted(shown.all, "project role")}`
    : `${number(desired)} of ${counted(total, "assignment")}${roleCount}`)
    + (besides ? `; ${number(besides)} not in the project as they are in ${SOURCE}` : "");
  const state = new URLSearchParams(Object.entries(asked).filter(([, value]) => value));
  const fragment = String(state);
  try {
    history.replaceState(null, "", fragment ? `#${fragment}` : location.pathname + location.search);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // a page without an address keeps no state in it
  }
};

const ask = (words) => {
  asked.text = words;
  $("query").value = words;
  update();
  $("answer-title").focus();
  $("ask").scrollIntoView();
};

const choose = (id, first, options) => {
  $(id).replaceChildren(h("option", { value: "" }, first), ...options.map(([value, words]) => h("option", { value }, words)));
  $(id).addEventListener("change", () => {
    asked[id] = $(id).value;
    update();
  });
};

const begin = () => {
  const { counts } = D;
  $("about").textContent = `${D.mapping}. ${counted(environments.length, "environment")}: ${environments.join(", ")}.`
    + (D.ends ? ` The project ends on ${D.ends}.` : "");
  $("numbers").append(...[
    [counts.assignments, "assignments"], [counts.principals, "principals"],
    [`${counts.assigned} of ${counts.project_roles}`, "project roles assigned"], [counts.permanent, "permanent"], [counts.eligible, "eligible"],
    [counts.conditional, "conditional"], [counts.ending, "ending"], [counts.privileged, "can assign roles"],
  ].map(([count, words]) => h("div", {}, h("dt", {}, words), h("dd", {}, typeof count === "number" ? number(count) : count))));
  put($("legend"), legend());
  choose("environment", "all", environments.map((each) => [each, each]));
  choose("family", "all", families.map((each) => [each, each]));
  choose("activation", "any", Object.entries(ACTIVATIONS).map(([key, [words]]) => [key, words]));
  $("known").append(...unique([
    ...D.asked.map((each) => (each.words ? `who can ${each.words}` : each.operation)),
    ...D.principals.map(nameOf).slice(0, 300), ...D.azure_roles.map((each) => each.name), ...D.scope_kinds.map((each) => spaced(each.name)),
  ]).map((value) => h("option", { value })));
  $("wordings").append(...D.asked.filter((each) => each.words).map((each) =>
    h("button", { type: "button", class: "link", on: { click: () => ask(`who can ${each.words}`) } }, each.words)));
  let waiting = 0;
  $("query").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      asked.text = $("query").value.trim();
      update();
    }, 120);
  });
  $("form").addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    asked.text = $("query").value.trim();
    update();
    if (asked.text) $("answer-title").focus();
  });
  $("form").addEventListener("reset", () => {
    clearTimeout(waiting);
    for (const key of Object.keys(asked)) asked[key] = "";
    $("query").value = "";
    update();
  });
  $("all").addEventListener("click", () => {
    const isOpen = opened.size > 0;
    opened = new Set(isOpen ? [] : roles.keys());
    $("all").setAttribute("aria-pressed", String(!isOpen));
    $("all").textContent = isOpen ? "Open all" : "Close all";
    drawMatrix();
  });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
  const markTheme = () => $("theme").setAttribute("aria-pressed", String(isDark()));
  $("theme").addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    markTheme();
  });
  dark.addEventListener("change", markTheme);
  markTheme();
  $("print").addEventListener("click", () => window.print());
  $("chain").addEventListener("click", (event) => {
    if (event.target === $("chain")) $("chain").close(); // the backdrop
  });
  let before = null;
  window.addEventListener("beforeprint", () => {
    before = before || opened;
    opened = new Set(roles.keys());
    drawMatrix();
    drawLedger();
    for (const each of document.querySelectorAll("main .more")) each.click();
    for (const each of document.querySelectorAll("main details:not(.questions)")) each.open = true;
  });
  window.addEventListener("afterprint", () => {
    opened = before || opened;
    before = null;
    $("ledger").hidden = true;
    $("ledger").replaceChildren();
    for (const each of document.querySelectorAll("main details[open]")) each.open = false;
    drawMatrix();
  });
  for (const [key, value] of new URLSearchParams(location.hash.slice(1))) {
    if (key in asked) {
      asked[key] = value;
      const control = $(key === "text" ? "query" : key);
      control.value = value;
      if (key !== "text" && control.value !== value) control.value = asked[key] = "";
    }
  }
  drawDrift();
  drawFindings();
  drawPeople();
  update();
  performance.mark("ready");
};

begin();
