// Class limits come from Python and are the same on every level; a class holds its lower limit.

function classOf(layer, value) {
  if (value === null) return -1;
  let place = 0;
  while (place < layer.limits.length && value >= layer.limits[place]) place++;
  return place;
}

// Fewer classes than colours: spread them over the whole scale.
function spread(layer, place, count) {
  const last = layer.limits.length;
  return last === 0 ? Math.floor(count / 2) : Math.round((place * (count - 1)) / last);
}

function colourOf(layer, place) {
  return data.colours[spread(layer, place, data.colours.length)];
}

function classWord(layer, place) {
  if (layer.kind === "class") return layer.labels[place];
  const all = words.class_words.split("|");
  return all[spread(layer, place, all.length)];
}

function classRange(layer, place) {
  const { limits, decimals } = layer;
  if (!limits.length || layer.kind === "class") return "";
  if (place === 0) return fill(words.class_under, { high: written(layer, limits[0], decimals) });
  if (place === limits.length) {
    return fill(words.class_from, { low: written(layer, limits[place - 1], decimals) });
  }
  return fill(words.class_between, {
    low: bare(layer, limits[place - 1], decimals),
    high: written(layer, limits[place], decimals),
  });
}
