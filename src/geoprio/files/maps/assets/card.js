// The area card, read from the top: name and verdict, why, what to say and do, then the calculation.

function showCard(state, onClose) {
  const { level, layer, area } = state;
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
  const title = element("h2", "", named(level.names[area]));
  title.id = "card-title";
  title.tabIndex = -1;
  const main = scoreLayer(layer);
  card.replaceChildren(
    title,
    element("p", "where", ...whereParts(level, area)),
    ...(main ? verdict(level, main, area) : []),
    ...line("reason", main ? reasonOf(level, main, area) : ""),
    ...line("opening", textOf(level, "opening_line", area)),
    ...told("opening", words.local, textOf(level, "local_line", area)),
    ...told("action", words.action, main ? actionOf(level, main, area) : ""),
    ...workLines(level, area),
    ...planLine(level, area),
    ...told("nearest", words.nearest, textOf(level, "nearest_words", area)),
    shownFigure(level, layer, area),
    calculation(level, layer, main, area),
    close,
  );
  card.hidden = false;
}

function whereParts(level, area) {
  const town = level.overview ? "" : municipalityOf(level, area);
  const association = textOf(level, "association", area);
  return [
    ...(town ? [named(town), " · "] : []),
    ...(association ? [`${words.association}: `, named(association), " · "] : []),
    `${words.code}\u00a0${level.codes[area]}`,
  ];
}

// The verdict is a channel's: the one shown, else the main one. Say which.
function verdict(level, main, area) {
  const text = verdictOf(level, main, area);
  if (!text) return [];
  const known = data.verdicts.find((one) => one.label === text);
  return [
    element("p", "verdict", verdictDot(level, main, area), text.startsWith(main.title) ? text : `${main.title}: ${text}`),
    ...line("means", known ? known.means : ""),
  ];
}

function planLine(level, area) {
  const said = planWords(level, area);
  const text = said === words.not_planned ? words.not_planned_here : said;
  const wave = waveOf(level, area);
  return text && hasPlan(level) ? [element("p", "planned", wave === null ? null : work ? kindDot(work.kinds.length - 1) : waveDot(wave), text)] : [];
}

// Reasons are those of the central weights.
function reasonOf(level, main, area) {
  return isTried(main) ? "" : wordOf(level, main, "reason", area);
}

function line(className, text) {
  return text ? [element("p", className, text)] : [];
}

function told(className, heading, text) {
  return text ? [element("p", className, element("strong", "", heading), ` ${text}`)] : [];
}

function shownFigure(level, layer, area) {
  const columns = columnsOf(level, layer);
  const value = columns.value[area];
  // Where there is a verdict the score is in the calculation alone.
  if (layer.kind === "score" && verdictOf(level, layer, area)) {
    return element("p", "shown", `${layer.title}: ${rankWords(columns, area, level.ranked[layer.key])}`);
  }
  const shown = layer.kind === "score" && value !== null
    ? fill(words.of_hundred, { value: written(layer, value) })
    : figureText(layer, columns, area);
  const parts = [shown, rankWords(columns, area, level.ranked[layer.key])].filter(Boolean).join(", ");
  const sure = sureness(layer, columns, area);
  const text = `${layer.title}: ${parts}${sure && ` (${sure})`}`;
  return element("p", "shown", text, value === null ? null : dot(colourOf(layer, classOf(layer, value))));
}
