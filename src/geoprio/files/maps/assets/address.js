// The address keeps what is shown, so that a link to it shows the same. It may hold anything: what is
// not known here is passed over.

// Browsers are slow to take a new address: let the map be drawn first, and write once for many changes.
let pending = null;
function writeAddress(state) {
  pending ??= setTimeout(() => {
    pending = null;
    writeNow(state);
  }, 100);
}

function writeNow(state) {
  const parts = new URLSearchParams();
  const put = (name, value, usual) => { if (value && value !== usual) parts.set(name, value); };
  put("vy", state.view, "where");
  put("visa", state.layer.key, data.layers[0].key);
  put("omr", state.level.key, data.levels[0].key);
  put("plats", state.area === null ? "" : state.level.codes[state.area], "");
  put("kommun", state.filter.municipality, "");
  put("forening", state.filter.association, "");
  put("besked", state.filter.verdict, "");
  for (const [key, weights] of trial) parts.set(`vikt.${key}`, weights.join(","));
  const text = parts.toString();
  if (text === location.hash.slice(1)) return;
  history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
}

function readAddress(state) {
  const parts = new URLSearchParams(location.hash.slice(1));
  const known = (items, key) => items.find((item) => item.key === key);
  state.layer = known(data.layers, parts.get("visa")) ?? data.layers[0];
  state.level = known(data.levels, parts.get("omr")) ?? data.levels[0];
  const area = state.level.codes.indexOf(parts.get("plats"));
  state.area = area < 0 ? null : area;
  const filter = { ...noFilter };
  for (const [name, key] of [["municipality", "kommun"], ["association", "forening"], ["verdict", "besked"]]) {
    filter[name] = parts.get(key) ?? "";
  }
  state.filter = filter;
  trial.clear();
  remade.clear();
  readWeights(parts);
  const wanted = parts.get("vy");
  if (wanted === "plan") state.layer = plannedLayer() ?? state.layer;
  state.view = viewsOf(state.level, state.layer).includes(wanted) ? wanted : "where";
}

function readWeights(parts) {
  for (const layer of data.layers) {
    const weights = (parts.get(`vikt.${layer.key}`) ?? "").split(",").map(Number);
    const whole = weights.length === layer.criteria.length && weights.every((one) => Number.isFinite(one) && one >= 0 && one <= 100);
    if (layer.criteria.length && whole) setWeights(layer, weights);
  }
}
