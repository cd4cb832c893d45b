// What the colours mean, in words and numbers, and how many areas each class holds.

function showLegend(level, layer) {
  const columns = level.values[layer.key];
  const counts = classCounts(layer, columns.value);
  const unknown = unknownWord(columns);
  const title = byId("legend-title");
  const badge = estimateBadge(level, layer);
  title.replaceChildren(layer.title);
  if (badge) title.append(" ", element("span", "tag", badge));
  const rows = counts.known.map((count, place) => {
    const swatch = element("span", "swatch");
    swatch.style.background = colourOf(layer, place);
    return legendRow(swatch, classWord(layer, place), classRange(layer, place), count);
  });
  rows.reverse();
  if (counts.unknown) {
    rows.push(legendRow(element("span", "swatch unknown"), unknown, "", counts.unknown));
  }
  byId("legend-classes").replaceChildren(...rows);
  showEnds(layer, counts.unknown ? unknown : "");
  byId("legend-note").textContent = noteOf(level, layer);
}

function legendRow(swatch, word, range, count) {
  const many = count === 1 ? words.class_count_one : fill(words.class_count, { count: number(count, 0) });
  const row = element("li", swatch.classList.contains("unknown") ? "none" : "", swatch);
  row.append(
    element("span", "word", word),
    element("span", "range", range),
    element("span", "many", many),
  );
  return row;
}

// Folded, the legend is a strip of colours with what stands at either end of it.
function showEnds(layer, unknown) {
  const end = (place) => `${classWord(layer, place)} ${classRange(layer, place)}`.trim();
  const last = layer.limits.length;
  const known = last ? [element("span", "", end(0)), element("span", "", end(last))] : [];
  byId("legend-ends").replaceChildren(
    unknown && element("span", "none", unknown),
    ...known,
  );
}

// Small screens start with the legend folded; what the reader then chooses holds while the page is open.
function foldLegend() {
  const legend = byId("legend");
  const button = byId("legend-toggle");
  const set = (open) => {
    legend.classList.toggle("folded", !open);
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => set(legend.classList.contains("folded")));
  set(!matchMedia("(max-height: 699px), (max-width: 1099px)").matches);
}
