// Words and numbers. Every text reaches the page as a text node, never as markup.

const words = data.words;
// Columns of words that are alike were sent once.
for (const { values } of data.levels) {
  for (const { words: told } of Object.values(values)) {
    for (const role in told) if (Array.isArray(told[role])) told[role] = values[told[role][0]].words[told[role][1]];
  }
}
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

function byId(id) {
  return document.getElementById(id);
}

function fill(text, parts) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in parts ? parts[name] : whole));
}

function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content.filter((part) => part !== null && part !== ""));
  return made;
}

// To make a format takes longer than to use it a hundred times.
const formats = new Map();
function formatted(value, style, decimals) {
  const key = `${style} ${decimals}`;
  if (!formats.has(key)) {
    const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    formats.set(key, new Intl.NumberFormat(words.locale, { style, ...digits }));
  }
  return formats.get(key).format(value);
}

// A name is read in its own direction, whatever stands beside it.
function named(name) {
  return element("bdi", "", name);
}

// Most are whole numbers: the page opens without a format, which takes longer to make than the list.
function number(value, decimals) {
  if (decimals || !Number.isInteger(value) || value < 0 || value >= 1e6) return formatted(value, "decimal", decimals);
  const last = String(value % 1000);
  return value < 1000 ? last : `${Math.floor(value / 1000)}${words.thousands}${last.padStart(3, "0")}`;
}

function percent(value, decimals) {
  return formatted(value, "percent", decimals);
}

const usualDecimals = { score: 1, share: 1, count: 0, sek: 0, density: 0, class: 0 };

// The number without its unit, as in "mellan 310 och 420".
function bare(layer, value, decimals = usualDecimals[layer.kind]) {
  return number(layer.kind === "share" ? value * 100 : value, decimals);
}

function written(layer, value, decimals = usualDecimals[layer.kind]) {
  if (layer.kind === "class") return layer.labels[value - 1];
  if (layer.kind === "share") return percent(value, decimals);
  const text = number(value, decimals);
  if (layer.kind === "sek") return fill(words.sek, { value: text });
  if (layer.kind === "density") return fill(words.per_km2, { value: text });
  return text;
}

// What stands where a figure does not: a small group, one withheld for another's sake, nothing known.
function absence(columns, area) {
  if (columns.small?.includes(area)) return words.few;
  return columns.withheld?.includes(area) ? words.withheld : words.unknown;
}

function figureText(layer, columns, area) {
  const value = columns.value[area];
  return value === null ? absence(columns, area) : written(layer, value);
}

function unknownWord(columns) {
  return columns.small?.length || columns.withheld?.length ? words.unknown_or_withheld : words.unknown;
}

// A figure is an estimate exactly where both ends of its interval are known.
function isEstimate(columns, area) {
  return Boolean(columns.low && columns.high) && columns.low[area] !== null && columns.high[area] !== null;
}

// The larger area whose share a figure is; empty where it is the area's own.
function largerOf(columns, area) {
  const place = columns.words?.place;
  const name = place ? place.once[place.places[area]] : "";
  return name && columns.value[area] !== null ? fill(words.larger, { place: name }) : "";
}

// "gäller Botkyrka som helhet; uppskattning, mellan 310 och 420"
function sureness(layer, columns, area) {
  return [largerOf(columns, area), surenessAlone(layer, columns, area)].filter(Boolean).join("; ");
}

// "uppskattning, mellan 310 och 420" or "publicerad uppgift"; empty where a layer has no intervals.
function surenessAlone(layer, columns, area) {
  if (columns.withheld?.includes(area)) return words.withheld_why;
  if (columns.value[area] === null || !columns.low) return "";
  if (!isEstimate(columns, area)) return words.published;
  const [low, high] = [bare(layer, columns.low[area]), bare(layer, columns.high[area])];
  // Ends that are written alike tell nothing.
  if (low === high) return words.estimate;
  const between = fill(words.between, { low, high: written(layer, columns.high[area]) });
  return `${words.estimate}, ${between}`;
}

// Whether a level's known figures are all estimates, some of them, or none.
function estimateBadge(level, layer) {
  const columns = level.values[layer.key];
  const known = level.codes.map((code, area) => area).filter((area) => columns.value[area] !== null);
  const estimates = known.filter((area) => isEstimate(columns, area)).length;
  if (!estimates) return "";
  return estimates === known.length ? words.estimate : words.estimate_partly;
}

function noteOf(level, layer) {
  return level.notes[layer.key] ?? layer.note;
}

// A level's texts are sent once each, with the place of every area's.
function textOf(level, column, area) {
  const coded = level.texts[column];
  return coded ? coded.once[coded.places[area]] : "";
}

// Ranks among a page's own areas, of those among more; equals share the better.
const ownRanks = new Map();
function ownRanksOf(ranks) {
  if (!ownRanks.has(ranks)) {
    const sorted = ranks.filter((one) => one !== null).sort((one, other) => one - other);
    const first = new Map();
    sorted.forEach((one, at) => { if (!first.has(one)) first.set(one, at + 1); });
    ownRanks.set(ranks, ranks.map((one) => (one === null ? null : first.get(one))));
  }
  return ownRanks.get(ranks);
}

// An association's own areas are ranked among themselves, and among the whole county's.
function rankWords(columns, area, among) {
  const rank = columns.rank ? columns.rank[area] : null;
  if (rank === null) return "";
  const count = columns.rank.reduce((total, one) => total + (one !== null), 0);
  if (among === undefined) return fill(words.rank, { rank: number(rank, 0), count: number(count, 0) });
  const own = ownRanksOf(columns.rank)[area];
  return fill(words.rank_own, { rank: number(own, 0), count: number(count, 0), whole: number(rank, 0) });
}

function listed(names) {
  return new Intl.ListFormat(words.locale, { type: "conjunction" }).format(names);
}

function municipalityOf(level, area) {
  return level.municipalities[level.municipality[area]] || "";
}
