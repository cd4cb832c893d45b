// How the areas are coloured in each view, and what the colours are called in the legend.

const restColour = "#eef2f4";
const dimColour = "#f3f5f7";

function shadesOf(state) {
  const { view, level, layer } = state;
  if (showsWork(state)) return workShades(state);
  if (view === "plan") return planShades(level);
  if (view === "verdict") return verdictShades(level, layer);
  return valueShades(level, layer);
}

function valueShades(level, layer) {
  const columns = columnsOf(level, layer);
  const merged = layer.kind === "count" ? null : mergedOf(level, layer);
  const values = drawnValues(columns, merged);
  const origins = originsOf(level, layer);
  const places = values.map((value) => classOf(layer, value));
  const round = layer.kind === "count";
  const rows = layer.limits.concat(null).map((limit, place) => ({
    colour: colourOf(layer, place),
    word: classWord(layer, place),
    range: classRange(layer, place),
    round,
  }));
  const fills = places.map((place, area) => (place < 0 ? null : textured(colourOf(layer, place), origins[area])));
  return {
    title: layer.title,
    rows: rows.reverse(),
    rowOf: places.map((place) => (place < 0 ? -1 : rows.length - 1 - place)),
    // A count is told by a circle: the ground under it says nothing but where it is unknown.
    fills: round ? fills.map((one) => (one === null ? null : restColour)) : fills,
    circles: round ? { sizes: columns.value, fills } : null,
    merged,
    origins: originRows(origins, values),
    unknown: unknownWord(columns),
    badge: estimateBadge(level, layer),
    note: [...(round ? [words.circle_note] : []), ...(merged ? [words.merged_note] : []), noteOf(level, layer)].join(" "),
  };
}

// A decided wave stands before the verdict in words; the map of verdicts shows what the figures say.
function verdictShades(level, layer) {
  const labels = data.verdicts.map((one) => one.label);
  const rowOf = level.codes.map((code, area) => labels.indexOf(wordOf(level, layer, "verdict", area)));
  return {
    title: fill(words.verdict_of, { layer: layer.title }),
    rows: data.verdicts.map(({ colour, label, means }, place) => ({ colour, lines: verdictLines(place), word: label, means })),
    rowOf,
    fills: rowOf.map((at) => (at < 0 ? null : textured(data.verdicts[at].colour, verdictLines(at)))),
    unknown: words.unknown,
    badge: "",
    note: data.certainty,
  };
}
