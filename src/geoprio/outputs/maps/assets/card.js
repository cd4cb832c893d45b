// The area card, read from the top: name, verdict, why, figures, sources.

function showCard(level, layer, area, onClose) {
  const card = byId("card");
  if (area === null) {
    card.hidden = true;
    card.replaceChildren();
    return;
  }
  const close = element("button", "close", "×");
  close.type = "button";
  close.setAttribute("aria-label", words.close);
  close.addEventListener("click", onClose);
  const title = element("h2", "", level.names[area]);
  title.id = "card-title";
  title.tabIndex = -1;
  card.replaceChildren(
    title,
    element("p", "where", whereWords(level, area)),
    ...verdict(level, layer, area),
    ...reason(level, area),
    ...figures(level, area),
    element("p", "note", `${layer.title}: ${layer.note}`),
    close,
  );
  card.hidden = false;
}

function textOf(level, column, area) {
  return level.texts[column] ? level.texts[column][area] : "";
}

function whereWords(level, area) {
  const association = textOf(level, "association", area);
  return [
    municipalityOf(level, area),
    association && `${words.association}: ${association}`,
    `${words.code} ${level.codes[area]}`,
  ]
    .filter(Boolean)
    .join(" · ");
}

function verdict(level, layer, area) {
  const columns = level.values[layer.key];
  const value = columns.value[area];
  const shown = layer.kind === "score" && value !== null
    ? fill(words.of_hundred, { value: written(layer, value) })
    : written(layer, value);
  const answer = `${layer.title}: ${[shown, rankWords(columns, area)].filter(Boolean).join(", ")}`;
  return [textOf(level, "level", area), answer]
    .filter(Boolean)
    .map((text) => element("p", "verdict", text));
}

function reason(level, area) {
  const text = textOf(level, "reason", area);
  return text ? [element("p", "reason", text)] : [];
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
  const columns = level.values[layer.key];
  const value = columns.value[area];
  const row = element(
    "div",
    value === null ? "figure unknown" : "figure",
    element("dt", "", layer.title),
    element("dd", "", written(layer, value)),
  );
  if (value === null) return row;
  row.append(bar(columns, layer, value));
  const more = [rankWords(columns, area), sureness(layer, columns, area)].filter(Boolean);
  if (more.length) row.append(element("dd", "unsure", more.join(" · ")));
  return row;
}

// A score stands on 0-100; the rest on the level's highest value.
function bar(columns, layer, value) {
  const highest = columns.value.reduce((most, one) => Math.max(most, one === null ? 0 : one), 0);
  const whole = layer.kind === "score" ? 100 : highest;
  const inner = element("span", "");
  inner.style.width = `${whole ? Math.max(0, Math.min(100, (100 * value) / whole)) : 0}%`;
  inner.style.background = colourOf(layer, classOf(layer, value));
  const made = element("div", "bar", inner);
  made.setAttribute("aria-hidden", "true");
  return made;
}
