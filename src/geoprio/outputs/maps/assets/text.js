// Words and numbers. Every text reaches the page as a text node, never as markup.

const data = JSON.parse(document.getElementById("data").textContent);
const words = data.words;
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

function number(value, decimals) {
  return new Intl.NumberFormat(words.locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

function percent(value, decimals) {
  return new Intl.NumberFormat(words.locale, {
    style: "percent",
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

const usualDecimals = { score: 1, share: 1, count: 0, sek: 0, density: 0 };

// The number without its unit, as in "mellan 310 och 420".
function bare(layer, value, decimals = usualDecimals[layer.kind]) {
  return number(layer.kind === "share" ? value * 100 : value, decimals);
}

function written(layer, value, decimals = usualDecimals[layer.kind]) {
  if (value === null) return words.unknown;
  if (layer.kind === "share") return percent(value, decimals);
  const text = number(value, decimals);
  if (layer.kind === "sek") return fill(words.sek, { value: text });
  if (layer.kind === "density") return fill(words.per_km2, { value: text });
  return text;
}

// "uppskattning, mellan 310 och 420"; empty for a published figure without an interval.
function sureness(layer, columns, area) {
  if (columns.value[area] === null) return "";
  const low = columns.low ? columns.low[area] : null;
  const high = columns.high ? columns.high[area] : null;
  const parts = layer.estimate ? [words.estimate] : [];
  if (low !== null && high !== null) {
    parts.push(fill(words.between, { low: bare(layer, low), high: written(layer, high) }));
  }
  return parts.join(", ");
}

function rankWords(columns, area) {
  const rank = columns.rank ? columns.rank[area] : null;
  if (rank === null) return "";
  const ranked = columns.rank.reduce((count, one) => count + (one !== null), 0);
  return fill(words.rank, { rank: number(rank, 0), count: number(ranked, 0) });
}

function listed(names) {
  return new Intl.ListFormat(words.locale, { type: "conjunction" }).format(names);
}

function municipalityOf(level, area) {
  return level.municipalities[level.municipality[area]] || "";
}
