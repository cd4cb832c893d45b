// The area card, read from the top: name, verdict, what to do, why, figures, sources.

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
    ...verdict(level, area),
    ...action(level, area),
    ...reason(level, area),
    shownFigure(level, layer, area),
    ...figures(level, area),
    element("p", "note", `${layer.title}: ${noteOf(level, layer)}`),
    close,
  );
  card.hidden = false;
}

function whereWords(level, area) {
  const association = textOf(level, "association", area);
  return [
    municipalityOf(level, area),
    association && `${words.association}: ${association}`,
    `${words.code}\u00a0${level.codes[area]}`,
  ]
    .filter(Boolean)
    .join(" · ");
}

// The level in words is the main channel's, whatever layer is shown: say so.
function verdict(level, area) {
  const text = textOf(level, "level", area);
  if (!text) return [];
  const main = data.layers.find((layer) => layer.kind === "score");
  return [element("p", "verdict", main ? `${main.title}: ${text}` : text)];
}

function action(level, area) {
  const text = textOf(level, "action", area);
  return text ? [element("p", "action", element("strong", "", words.action), ` ${text}`)] : [];
}

function reason(level, area) {
  const text = textOf(level, "reason", area);
  return text ? [element("p", "reason", text)] : [];
}

function shownFigure(level, layer, area) {
  const columns = level.values[layer.key];
  const value = columns.value[area];
  const shown = layer.kind === "score" && value !== null
    ? fill(words.of_hundred, { value: written(layer, value) })
    : figureText(layer, columns, area);
  const parts = [shown, rankWords(columns, area)].filter(Boolean).join(", ");
  const sure = sureness(layer, columns, area);
  const text = `${layer.title}: ${parts}${sure && ` (${sure})`}`;
  return element("p", "shown", text, dot(layer, value));
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
    element("dd", "", figureText(layer, columns, area)),
  );
  if (value === null) {
    const why = sureness(layer, columns, area);
    if (why) row.append(element("dd", "unsure", why));
    return row;
  }
  row.append(bar(columns, layer, value));
  const more = [rankWords(columns, area), sureness(layer, columns, area)].filter(Boolean);
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
