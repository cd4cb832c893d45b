// Only the areas of a municipality, an association, or with a verdict: the rest are dimmed.

const noFilter = { municipality: "", association: "", verdict: "" };

function keepsOf(state) {
  const { level, layer, filter } = state;
  const main = scoreLayer(layer);
  return level.codes.map(
    (code, area) =>
      (!filter.municipality || municipalityOf(level, area) === filter.municipality) &&
      (!filter.association || textOf(level, "association", area) === filter.association) &&
      (!filter.verdict || (main !== null && verdictOf(level, main, area) === filter.verdict)),
  );
}

// Of what is filtered away no circle is drawn.
function keptCircles(shades, keeps) {
  const { circles } = shades;
  if (!circles) return shades;
  return { ...shades, circles: { ...circles, sizes: circles.sizes.map((one, area) => (keeps[area] ? one : null)) } };
}

// As the legend has them: waves first, then from most to least to do.
function inScaleOrder(labels) {
  const scale = [...waves().map((wave) => fill(words.verdict_wave, { wave: number(wave, 0) })), ...data.verdicts.map((one) => one.label)];
  return [...labels].sort((one, other) => scale.indexOf(one) - scale.indexOf(other));
}

function isFiltered(state) {
  return Object.values(state.filter).some(Boolean);
}

// Every filter offers what there is on the level shown.
function makeFilters(state, onChange) {
  const selects = { municipality: byId("in-municipality"), association: byId("in-association"), verdict: byId("in-verdict") };
  const box = byId("filters");
  for (const [name, select] of Object.entries(selects)) {
    select.addEventListener("change", () => {
      state.filter = { ...state.filter, [name]: select.value };
      onChange();
    });
  }
  byId("filters-clear").addEventListener("click", () => {
    state.filter = { ...noFilter };
    onChange();
  });

  function options(name) {
    const { level, layer } = state;
    const main = scoreLayer(layer);
    const found = level.codes.map((code, area) => {
      if (name === "municipality") return municipalityOf(level, area);
      if (name === "association") return textOf(level, "association", area);
      return main ? verdictOf(level, main, area) : "";
    });
    const once = [...new Set(found)].filter(Boolean);
    return name === "verdict" ? inScaleOrder(once) : once.sort(new Intl.Collator(words.locale).compare);
  }

  // Nobody chooses in what is folded.
  function show() {
    byId("filters-clear").hidden = !isFiltered(state);
    byId("filters-on").textContent = isFiltered(state) ? words.filters_on : "";
    if (!box.open && !isFiltered(state)) return;
    for (const [name, select] of Object.entries(selects)) {
      const found = options(name);
      if (state.filter[name] && !found.includes(state.filter[name])) state.filter = { ...state.filter, [name]: "" };
      select.replaceChildren(new Option(words[`all_${name}`], ""), ...found.map((one) => new Option(one, one)));
      select.value = state.filter[name];
      select.parentElement.hidden = found.length < 2 && !state.filter[name];
    }
    byId("filters-clear").hidden = !isFiltered(state);
    byId("filters-on").textContent = isFiltered(state) ? words.filters_on : "";
  }
  box.addEventListener("toggle", show);
  return { show };
}
