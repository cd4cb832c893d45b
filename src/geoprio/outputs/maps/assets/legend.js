// What the colours mean, in words and numbers, and how many areas each class holds.

function showLegend(level, layer) {
  const counts = classCounts(layer, level.values[layer.key].value);
  const title = byId("legend-title");
  title.replaceChildren(layer.title);
  if (layer.estimate) title.append(" ", element("span", "tag", words.estimate));
  const rows = counts.known.map((count, place) => {
    const swatch = element("span", "swatch");
    swatch.style.background = colourOf(layer, place);
    return legendRow(swatch, classWord(layer, place), classRange(layer, place), count);
  });
  rows.reverse();
  if (counts.unknown) {
    rows.push(legendRow(element("span", "swatch unknown"), words.unknown, "", counts.unknown));
  }
  byId("legend-classes").replaceChildren(...rows);
  byId("legend-note").textContent = layer.note;
}

function legendRow(swatch, word, range, count) {
  const many = count === 1 ? words.class_count_one : fill(words.class_count, { count: number(count, 0) });
  const row = element("li", "", swatch);
  row.append(
    element("span", "word", word),
    element("span", "range", range),
    element("span", "many", many),
  );
  return row;
}
