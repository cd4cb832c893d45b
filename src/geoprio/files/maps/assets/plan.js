// A decided plan: which areas get it in which wave, when, to how many households and at what cost.
// Each set of areas has its own part of it: the scored set's areas are chosen, a smaller area gets
// what the chosen one around it gets, and of a municipality the sums are told.

function hasPlan(level) {
  return Boolean(level.plan.wave || level.plan.households_count);
}

function waveOf(level, area) {
  return level.plan.wave?.[area] ?? null;
}

let known = null;
function waves() {
  known ??= [...new Set(data.levels.flatMap((level) => level.plan.wave ?? []))]
    .filter((one) => one !== null)
    .sort((one, other) => one - other);
  return known;
}

function waveStep(wave) {
  const all = waves();
  return Math.round((all.indexOf(wave) * 3) / Math.max(all.length - 1, 1));
}

function waveColour(wave) {
  return data.colours[data.colours.length - 1 - waveStep(wave)];
}

function waveDot(wave) {
  return dot(waveColour(wave), LINES[waveStep(wave)]);
}

function waveWords(wave) {
  const week = data.weeks[wave - 1];
  const told = fill(words.wave, { wave: number(wave, 0) });
  return week ? fill(words.wave_week, { wave: told, week }) : told;
}

// "416 hushåll, 1 040 kr", or the chosen area that it is a part of.
function planParts(level, area) {
  const around = textOf(level, "planned_within", area);
  if (around) return [fill(words.plan_within, { area: around })];
  const { households_count: households, cost_sek: cost } = level.plan;
  const all = textOf(level, "planned_all", area);
  return [
    ...(households?.[area] ? [fill(words.plan_households, { count: number(households[area], 0) })] : []),
    ...(cost?.[area] ? [fill(words.sek, { value: number(cost[area], 0) })] : []),
    ...(all ? [all] : []),
  ];
}

// Everything the plan says of an area, in one line.
function planWords(level, area) {
  if (!hasPlan(level)) return "";
  const wave = waveOf(level, area);
  const parts = [wave === null ? "" : waveWords(wave), planParts(level, area).join(", ")].filter(Boolean);
  return parts.length ? fill(words.plan_line, { what: parts.join(": ") }) : words.not_planned;
}

// What is planned, first wave first, and sums the largest first; the rest is not in it.
function inPlanOrder(level, order) {
  const first = (area) => waveOf(level, area) ?? -(level.plan.households_count?.[area] ?? 0);
  return order
    .filter((area) => waveOf(level, area) !== null || level.plan.households_count?.[area])
    .sort((one, other) => first(one) - first(other));
}

function planShades(level) {
  const all = waves();
  const inside = level.codes.map((code, area) => waveOf(level, area) !== null || Boolean(level.plan.households_count?.[area]));
  // Where waves are summed a circle tells how much; the rest is a colour for each wave.
  const summed = !level.plan.wave;
  const rows = summed
    ? [{ colour: waveColour(all[0]), word: words.planned_some, round: true }]
    : all.map((one) => ({ colour: waveColour(one), lines: LINES[waveStep(one)], word: waveWords(one), means: waveSum(one) }));
  const rowOf = inside.map((one, area) => (!one ? rows.length : summed ? 0 : all.indexOf(waveOf(level, area))));
  return {
    title: words.plan_title,
    rows: [...rows, { colour: restColour, word: words.not_planned }],
    rowOf,
    fills: rowOf.map((at) => (summed || at === rows.length ? restColour : textured(rows[at].colour, rows[at].lines))),
    circles: summed ? { sizes: level.plan.households_count, fills: rowOf.map(() => waveColour(all[0])) } : null,
    unknown: words.unknown,
    badge: "",
    note: [data.plan_words, words.plan_note, hasSeveral() && words.plan_note_several].filter(Boolean).join(" "),
  };
}

// Whether any area gets more than one edition.
function hasSeveral() {
  return data.levels[0].codes.some((code, area) => textOf(data.levels[0], "planned_all", area));
}

// The sums are the plan's, whatever set of areas is shown.
function waveSum(wave) {
  const { plan } = data.levels[0];
  const sum = (column) => (plan[column] ?? []).reduce((total, one, area) => total + (plan.wave[area] === wave ? one ?? 0 : 0), 0);
  const [households, cost] = [sum("households_count"), sum("cost_sek")];
  return [
    fill(words.plan_households, { count: number(households, 0) }),
    ...(cost ? [fill(words.sek, { value: number(cost, 0) })] : []),
  ].join(", ");
}
