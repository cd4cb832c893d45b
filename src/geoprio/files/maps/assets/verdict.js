// One verdict in words for each area: a decided plan before how sure it is, before the level.

function scoreLayer(layer) {
  return layer.kind === "score" ? layer : data.layers.find((one) => one.kind === "score") ?? null;
}

function plannedWave(level, layer, area) {
  return layer.key === data.planned && level.plan.wave ? level.plan.wave[area] : null;
}

function wordOf(level, layer, role, area) {
  const own = layer.kind === "score" ? level.values[layer.key].words?.[role] : null;
  return own ? own.once[own.places[area]] : textOf(level, role, area);
}

function answerOf(level, layer, area) {
  return layer.kind === "score" && !isTried(layer) ? wordOf(level, layer, "answer", area) : "";
}

// Nobody is told to work the whole of a municipality.
function levelOf(level, layer, area) {
  if (level.overview) return "";
  if (!isTried(layer)) return wordOf(level, layer, "level", area);
  return layer.cuts[columnsOf(level, layer).cut[area]]?.label ?? "";
}

// The last answer only says that an area is not among the first: its level says what it is.
function verdictOf(level, layer, area) {
  const wave = plannedWave(level, layer, area);
  if (wave !== null && !isTried(layer)) return fill(words.verdict_wave, { wave: number(wave, 0) });
  const answer = answerOf(level, layer, area);
  const last = data.answers.length ? data.answers[data.answers.length - 1].label : "";
  return answer && answer !== last ? answer : levelOf(level, layer, area);
}

function actionOf(level, layer, area) {
  if (level.overview) return "";
  if (!isTried(layer)) return wordOf(level, layer, "action", area);
  return layer.cuts[columnsOf(level, layer).cut[area]]?.action ?? "";
}
