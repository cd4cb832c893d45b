// The address keeps what is shown, so that a link to it shows the same. It may hold anything: what is
// not known here is passed over.

// Browsers are slow to take a new address: let the map be drawn first, and write once for many changes.
let pending = 0;
function writeAddress(state) {
  clearTimeout(pending);
  pending = setTimeout(writeNow, 250, state);
}

function writeNow(state) {
  // In a notebook the page stands in a frame that has no address.
  if (location.protocol === "about:") return;
  const parts = new URLSearchParams();
  const put = (name, value, usual) => { if (value && value !== usual) parts.set(name, value); };
  put(words.address_view, state.view, viewsOf(state.level, state.layer)[0]);
  put(words.address_shown, state.layer.key, data.layers[0].key);
  put(words.address_level, state.level.key, data.levels[0].key);
  put(words.address_found, state.found ? `${state.found.type} ${state.found.full}` : "", "");
  put(words.address_form, state.circled ? "people" : "", "");
  put(words.address_what, state.view === "plan" ? state.what : "", "");
  put(words.address_week, showsWork(state) && state.week ? String(state.week) : "", "");
  put(words.address_place, state.area === null ? "" : state.level.codes[state.area], "");
  put(words.address_municipality, state.filter.municipality, "");
  put(words.address_association, state.filter.association, "");
  put(words.address_verdict, state.filter.verdict, "");
  for (const [key, weights] of trial) parts.set(`${words.address_weights}.${key}`, weights.join(","));
  const text = parts.toString();
  if (text === location.hash.slice(1)) return;
  history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
}

function readAddress(state) {
  const parts = new URLSearchParams(location.hash.slice(1));
  const known = (items, key) => items.find((item) => item.key === key);
  state.layer = known(data.layers, parts.get(words.address_shown)) ?? data.layers[0];
  state.level = known(data.levels, parts.get(words.address_level)) ?? data.levels[0];
  const area = state.level.codes.indexOf(parts.get(words.address_place));
  state.area = area < 0 ? null : area;
  const found = parts.get(words.address_found);
  state.found = found ? placeEntries().find((one) => `${one.type} ${one.full}` === found) ?? null : null;
  state.circled = parts.get(words.address_form) === "people";
  const what = parts.get(words.address_what);
  state.what = work?.kinds.some(([key]) => key === what) ? what : "";
  const week = Number(parts.get(words.address_week));
  state.week = work && Number.isInteger(week) && week > 0 && week <= work.days.length ? week : 0;
  const filter = { ...noFilter };
  for (const [name, key] of [["municipality", words.address_municipality], ["association", words.address_association], ["verdict", words.address_verdict]]) {
    filter[name] = parts.get(key) ?? "";
  }
  state.filter = filter;
  trial.clear();
  remade.clear();
  readWeights(parts);
  const wanted = parts.get(words.address_view);
  if (wanted === "plan") state.layer = planLayer({ ...state, view: wanted });
  state.wish = viewsOf(state.level, state.layer).includes(wanted) ? wanted : "";
  state.view = state.wish || viewsOf(state.level, state.layer)[0];
}

function readWeights(parts) {
  for (const layer of data.layers) {
    const weights = (parts.get(`${words.address_weights}.${layer.key}`) ?? "").split(",").map(Number);
    const whole = weights.length === layer.criteria.length && weights.every((one) => Number.isFinite(one) && one >= 0 && one <= 100);
    if (layer.criteria.length && whole) setWeights(layer, weights);
  }
}
