// One verdict in words for each area, and before it a decided plan.

function scoreLayer(layer) {
  return layer.kind === "score" ? layer : data.layers.find((one) => one.kind === "score") ?? null;
}

function plannedWave(level, layer, area) {
  return layer.key === data.planned ? waveOf(level, area) : null;
}

function wordOf(level, layer, role, area) {
  const own = layer.kind === "score" ? level.values[layer.key].words?.[role] : null;
  return own ? own.once[own.places[area]] : textOf(level, role, area);
}

// Nobody is told to work the whole of a municipality, and weights that are tried decide nothing.
function verdictOf(level, layer, area) {
  if (level.overview || isTried(layer)) return "";
  const wave = plannedWave(level, layer, area);
  return wave === null ? wordOf(level, layer, "verdict", area) : fill(words.verdict_wave, { wave: number(wave, 0) });
}

// The colour and lines of what `verdictOf` says; none where it says nothing.
function verdictDot(level, layer, area) {
  const text = verdictOf(level, layer, area);
  const wave = text ? plannedWave(level, layer, area) : null;
  if (wave !== null) return waveDot(wave);
  const place = data.verdicts.findIndex((one) => one.label === text);
  return place < 0 ? null : dot(data.verdicts[place].colour, verdictLines(place));
}

// The three that say most; the two palest say least and are plain.
function verdictLines(place) {
  return place < 3 ? LINES[place] : OWN;
}

function dot(colour, lines = OWN) {
  if (!colour) return null;
  const made = element("span", `dot origin-${lines}`);
  made.style.backgroundColor = colour;
  made.classList.toggle("deep", isDark(colour));
  return made;
}

function actionOf(level, layer, area) {
  return level.overview || isTried(layer) ? "" : wordOf(level, layer, "action", area);
}
