// What the colours mean, in words and numbers, and how many areas each class holds.

function showLegend(shades) {
  const title = byId("legend-title");
  title.replaceChildren(shades.title);
  if (shades.badge) title.append(" ", element("span", "tag", shades.badge));
  const counts = shades.rows.map(() => 0);
  let unknown = 0;
  for (const at of shades.rowOf) {
    if (at < 0) unknown++;
    else counts[at]++;
  }
  const rows = shades.rows.map((row, at) => legendRow(row, row.count ?? counts[at]));
  if (unknown) rows.push(legendRow({ colour: null, word: shades.unknown, range: "" }, unknown));
  byId("legend-classes").replaceChildren(...rows);
  byId("legend-whence").replaceChildren(...(shades.origins ?? []).map(originRow));
  showEnds(shades.rows, unknown ? shades.unknown : "");
  byId("legend-note").textContent = shades.note;
}

// Counted in areas that are shown or not: what a texture means does not hang on a filter.
function originRow({ word, origin, count }) {
  const many = count === 1 ? words.class_count_one : fill(words.class_count, { count: number(count, 0) });
  const row = element("li", "long", element("span", `swatch origin-${origin}`), element("span", "word", word));
  row.append(element("span", "many", many));
  return row;
}

function legendRow({ colour, lines = OWN, word, range, means, round }, count) {
  const swatch = element("span", colour === null ? "swatch unknown" : round ? "swatch round" : "swatch");
  if (colour !== null) {
    swatch.style.backgroundColor = colour;
    swatch.classList.add(`origin-${lines}`);
    swatch.classList.toggle("deep", isDark(colour));
  }
  const many = count === 1 ? words.class_count_one : fill(words.class_count, { count: number(count, 0) });
  const row = element("li", colour === null ? "none" : "", swatch);
  row.append(
    element("span", "word", word),
    element("span", "range", range || ""),
    element("span", "many", many),
  );
  if (means) row.append(element("span", "means", means));
  row.classList.toggle("long", !range);
  return row;
}

// Folded, the legend is a strip of colours with what stands at either end of it.
function showEnds(rows, unknown) {
  const end = (row) => `${row.word} ${row.range || ""}`.trim();
  const known = rows.length > 1
    ? [element("span", "", end(rows[rows.length - 1])), element("span", "", end(rows[0]))]
    : [];
  byId("legend-ends").replaceChildren(
    unknown && element("span", "none", unknown),
    ...known,
  );
}

// On a phone what is chosen by is folded, so that the list begins on the first screen.
function foldOptions() {
  const [button, box] = [byId("options-toggle"), byId("options")];
  button.addEventListener("click", () => {
    button.setAttribute("aria-expanded", String(box.classList.toggle("open")));
  });
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
