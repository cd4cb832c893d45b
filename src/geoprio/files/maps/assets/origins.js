// Where a figure comes from, seen in every colour: plain is the area's own count, lines are a larger
// area's figure, dots a model's estimate.

const OWN = 0;
const LARGER = 1;
const MODEL = 2;
// What is told by verdict or wave is told apart without colours too, by lines that mean nothing else.
const LINES = [OWN, 3, 4, 5];

function originsOf(level, layer) {
  const columns = columnsOf(level, layer);
  const place = columns.words?.place;
  return columns.value.map((value, area) => {
    if (value === null || layer.kind === "score") return OWN;
    if (place?.once[place.places[area]]) return LARGER;
    return isEstimate(columns, area) ? MODEL : OWN;
  });
}

function isDark(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 140;
}

const textures = new Map();
function textured(colour, origin) {
  if (origin === OWN) return colour;
  const key = `${colour} ${origin}`;
  if (!textures.has(key)) textures.set(key, textureOf(colour, origin));
  return textures.get(key);
}

function textureOf(colour, origin) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 8, 8);
  const ink = isDark(colour) ? "rgb(255 255 255 / 45%)" : "rgb(29 39 48 / 28%)";
  if (origin === LARGER) slanted(pen, ink, 1.6);
  else if (origin === MODEL) dotted(pen, ink);
  else {
    pen.fillStyle = ink;
    if (origin !== LINES[2]) pen.fillRect(0, 3, 8, 1.6);
    if (origin !== LINES[1]) pen.fillRect(3, 0, 1.6, 8);
  }
  return pen.createPattern(tile, "repeat");
}

function slanted(pen, ink, width) {
  pen.strokeStyle = ink;
  pen.lineWidth = width;
  pen.beginPath();
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift - 1, 9);
    pen.lineTo(shift + 9, -1);
  }
  pen.stroke();
}

function dotted(pen, ink) {
  pen.fillStyle = ink;
  for (const [x, y] of [[2, 2], [6, 6]]) {
    pen.beginPath();
    pen.arc(x, y, 1, 0, 2 * Math.PI);
    pen.fill();
  }
}

// Areas that have their figure of one larger area are drawn as that area: its figure is their middle
// one, and no lines go through it. -1 where a figure is the area's own.
function mergedOf(level, layer) {
  const columns = columnsOf(level, layer);
  const place = layer.kind === "score" ? null : columns.words?.place;
  if (!place) return null;
  const ids = new Map();
  return columns.value.map((value, area) => {
    const name = value === null ? "" : place.once[place.places[area]];
    if (!name) return -1;
    const key = `${level.municipality[area]} ${name}`;
    if (!ids.has(key)) ids.set(key, ids.size);
    return ids.get(key);
  });
}

// The values by which areas are coloured.
function drawnValues(columns, merged) {
  if (!merged) return columns.value;
  const within = new Map();
  merged.forEach((id, area) => {
    if (id < 0) return;
    if (!within.has(id)) within.set(id, []);
    within.get(id).push(columns.value[area]);
  });
  const middle = new Map();
  for (const [id, values] of within) middle.set(id, values.sort((one, other) => one - other)[values.length >> 1]);
  return columns.value.map((value, area) => (merged[area] < 0 ? value : middle.get(merged[area])));
}

// What the legend says of textures: nothing where every figure is the area's own.
function originRows(origins, values) {
  const names = [words.whence_own, words.whence_larger, words.whence_model];
  const counts = [0, 0, 0];
  origins.forEach((origin, area) => { if (values[area] !== null) counts[origin]++; });
  if (counts[LARGER] + counts[MODEL] === 0) return [];
  return names
    .map((word, origin) => ({ word, origin, count: counts[origin] }))
    .filter(({ count }) => count);
}
