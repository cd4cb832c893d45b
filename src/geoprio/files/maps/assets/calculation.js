// "Visa beräkningen": certainty, contributions, kind of place, every figure and its source.

let calculationOpen = false;

function calculation(level, layer, main, area) {
  const summary = element("summary", "", words.calculation);
  const box = element(
    "details",
    "calculation",
    summary,
    ...(main ? certainty(level, main, area) : []),
    ...(main ? contributions(level, main, area) : []),
    ...place(level, area),
    ...figures(level, area),
    element("p", "note", `${layer.title}: ${noteOf(level, layer)}`),
  );
  box.open = calculationOpen;
  box.addEventListener("toggle", () => { calculationOpen = box.open; });
  return box;
}

function certainty(level, main, area) {
  const columns = columnsOf(level, main);
  const rows = [];
  if (!isTried(main)) {
    rows.push([words.sure, wordOf(level, main, "depends", area)]);
    const chance = columns.p_top?.[area] ?? null;
    if (chance !== null && level.first) rows.push([fill(words.p_top, { count: number(level.first, 0) }), fill(words.p_top_share, { share: percent(chance, 0) })]);
    const [low, high] = [columns.rank_low?.[area] ?? null, columns.rank_high?.[area] ?? null];
    if (low !== null) rows.push([words.rank_interval, `${number(low, 0)}–${number(high, 0)}`]);
  } else {
    rows.push([words.sure, words.sure_not_tried]);
  }
  return [element("h3", "", main.title), pairs(rows)];
}

// What each criterion gives the score, above or below the average area.
function contributions(level, main, area) {
  const { points } = columnsOf(level, main);
  if (!points || points.some((one) => one[area] === null)) return [];
  const weights = weightsOf(main);
  const total = weights.reduce((sum, one) => sum + one, 0);
  const given = points.map((one, at) => (weights[at] / total) * (one[area] - meanOf(one)));
  const widest = Math.max(...given.map(Math.abs), 1);
  const average = points.reduce((sum, one, at) => sum + (weights[at] / total) * meanOf(one), 0);
  const score = columnsOf(level, main).value[area];
  const rows = main.criteria.flatMap((criterion, at) => {
    if (!weights[at]) return [];
    const bar = element("span", given[at] < 0 ? "below" : "above");
    bar.style.width = `${(50 * Math.abs(given[at])) / widest}%`;
    const sign = given[at] < 0 ? "−" : "+";
    return element(
      "div",
      "figure",
      element("dt", "", criterion.title),
      element("dd", "", `${sign}${number(Math.abs(given[at]), 1)}`),
      hiddenBar(bar),
    );
  });
  // What is written adds up: what rounding leaves over stands with the average area's.
  const shown = given.reduce((sum, one, at) => sum + (weights[at] ? Math.round(10 * one) / 10 : 0), 0);
  const rest = Math.abs(score - shown - average) < 0.5 ? score - shown : average;
  return [
    element("p", "small", words.contributions),
    element("dl", "sum", sumRow(words.score_average, rest), ...rows, sumRow(words.score_sum, score)),
  ];
}

function sumRow(title, value) {
  return element("div", "figure", element("dt", "", title), element("dd", "", number(value, 1)));
}

function hiddenBar(bar) {
  const made = element("div", "contribution", bar);
  made.setAttribute("aria-hidden", "true");
  return made;
}

const means = new Map();
function meanOf(points) {
  if (!means.has(points)) {
    const known = points.filter((one) => one !== null);
    means.set(points, known.reduce((sum, one) => sum + one, 0) / known.length);
  }
  return means.get(points);
}

function place(level, area) {
  const rows = [
    [words.type, textOf(level, "type", area)],
    [words.cluster, textOf(level, "cluster", area)],
    [words.yield_words, textOf(level, "conversation_words", area)],
    [words.quadrant, textOf(level, "quadrant", area)],
    [words.councils, textOf(level, "council_words", area)],
  ].filter(([, text]) => text);
  return rows.length ? [element("h3", "", words.place), pairs(rows)] : [];
}

function pairs(rows) {
  const filled = rows.filter(([, text]) => text);
  return element(
    "dl",
    "pairs",
    ...filled.map(([name, text]) => element("div", "", element("dt", "", name), element("dd", "", text))),
  );
}

function figures(level, area) {
  const parts = [];
  for (const heading of ["priority", "groups", "election"]) {
    const layers = data.layers.filter((layer) => layer.heading === heading);
    if (!layers.length) continue;
    parts.push(element("h3", "", words[heading]));
    parts.push(element("dl", "", ...layers.map((layer) => figure(level, layer, area))));
  }
  return parts;
}

function figure(level, layer, area) {
  const columns = columnsOf(level, layer);
  const value = columns.value[area];
  const row = element(
    "div",
    value === null ? "figure unknown" : "figure",
    element("dt", "", layer.title),
    element("dd", "", figureText(layer, columns, area)),
  );
  if (value === null) {
    const why = sureness(layer, columns, area);
    if (why) row.append(element("dd", "unsure", why));
    return row;
  }
  if (layer.kind !== "class") row.append(bar(columns, layer, value));
  const more = [rankWords(columns, area, level.ranked[layer.key]), sureness(layer, columns, area)].filter(Boolean);
  if (more.length) row.append(element("dd", "unsure", more.join(" · ")));
  return row;
}

// Scores and shares stand on 0-100; the rest on the level's highest value.
function bar(columns, layer, value) {
  const highest = columns.value.reduce((most, one) => Math.max(most, one === null ? 0 : one), 0);
  const whole = { score: 100, share: 1 }[layer.kind] || highest;
  const inner = element("span", "");
  inner.style.width = `${whole ? Math.max(0, Math.min(100, (100 * value) / whole)) : 0}%`;
  inner.style.background = colourOf(layer, classOf(layer, value));
  const made = element("div", "bar", inner);
  made.setAttribute("aria-hidden", "true");
  return made;
}
