// How the areas are coloured in each view, and what the colours are called in the legend.

const verdictColours = ["#3a0d52", "#d08c1d", "#8fb8c4", "#c3d7dd", "#eef2f4"];
const restColour = "#eef2f4";
const dimColour = "#f3f5f7";

// Where a figure is an estimate its colour is hatched, in the view of how sure it is.
const hatched = new Map();
function hatchOver(colour) {
  if (!hatched.has(colour)) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = "rgb(255 255 255 / 75%)";
    pen.lineWidth = 2;
    pen.beginPath();
    for (const shift of [-8, 0, 8]) {
      pen.moveTo(shift - 1, 9);
      pen.lineTo(shift + 9, -1);
    }
    pen.stroke();
    hatched.set(colour, pen.createPattern(tile, "repeat"));
  }
  return hatched.get(colour);
}

function shadesOf(view, level, layer) {
  if (view === "plan") return planShades(level);
  if (view === "sure") return layer.kind === "score" ? verdictShades(level, layer) : estimateShades(level, layer);
  return valueShades(level, layer);
}

function valueShades(level, layer) {
  const columns = columnsOf(level, layer);
  const places = columns.value.map((value) => classOf(layer, value));
  const rows = layer.limits.concat(null).map((limit, place) => ({
    colour: colourOf(layer, place),
    word: classWord(layer, place),
    range: classRange(layer, place),
  }));
  // A larger area's figure is no figure of the area's own: its colour is hatched.
  const theirs = places.map((place, area) => largerOf(columns, area) !== "");
  const fillOf = (place, area) => (theirs[area] ? hatchOver(colourOf(layer, place)) : colourOf(layer, place));
  return {
    title: layer.title,
    rows: rows.reverse(),
    rowOf: places.map((place) => (place < 0 ? -1 : rows.length - 1 - place)),
    fills: places.map((place, area) => (place < 0 ? null : fillOf(place, area))),
    unknown: unknownWord(columns),
    badge: estimateBadge(level, layer),
    note: theirs.includes(true) ? `${words.larger_note} ${noteOf(level, layer)}` : noteOf(level, layer),
  };
}

function verdictShades(level, layer) {
  const labels = data.verdicts.map((one) => one.label);
  const said = (area) => (isTried(layer) ? "" : wordOf(level, layer, "verdict", area));
  const rowOf = level.codes.map((code, area) => labels.indexOf(said(area)));
  return {
    title: fill(words.sure_title, { layer: layer.title }),
    rows: data.verdicts.map((one, at) => ({ colour: verdictColours[at], word: one.label, means: one.means })),
    rowOf,
    fills: rowOf.map((at) => (at < 0 ? null : verdictColours[at])),
    unknown: words.unknown,
    badge: "",
    note: isTried(layer) ? words.sure_not_tried : words.sure_note,
  };
}

function estimateShades(level, layer) {
  const shades = valueShades(level, layer);
  const columns = columnsOf(level, layer);
  return {
    ...shades,
    title: fill(words.sure_title, { layer: layer.title }),
    fills: shades.fills.map((colour, area) =>
      typeof colour === "string" && isEstimate(columns, area) ? hatchOver(colour) : colour,
    ),
    note: `${words.hatched_note} ${shades.note}`,
  };
}

function planShades(level) {
  const wave = level.plan.wave ?? level.codes.map(() => null);
  const waves = [...new Set(wave.filter((one) => one !== null))].sort((one, other) => one - other);
  const colours = waves.map((one, at) => data.colours[data.colours.length - 1 - Math.round((at * 3) / Math.max(waves.length - 1, 1))]);
  const rows = waves.map((one, at) => ({
    colour: colours[at],
    word: fill(words.wave, { wave: number(one, 0) }),
    means: fill(words.plan_households, { count: number(householdsOf(level, one), 0) }),
  }));
  const rowOf = wave.map((one) => (one === null ? waves.length : waves.indexOf(one)));
  return {
    title: words.plan_title,
    rows: [...rows, { colour: restColour, word: words.not_planned }],
    rowOf,
    fills: rowOf.map((at) => (at < waves.length ? colours[at] : restColour)),
    unknown: words.unknown,
    badge: "",
    note: `${data.plan_words} ${words.plan_note}`.trim(),
  };
}

function householdsOf(level, wave) {
  const { wave: waves, households_count: households } = level.plan;
  return waves.reduce((sum, one, area) => sum + (one === wave ? households?.[area] ?? 0 : 0), 0);
}
