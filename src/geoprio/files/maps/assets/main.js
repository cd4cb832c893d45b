// One state (view, level, layer, filter, chosen area) and one way to show it.

// What to do was worked out for the central weights alone. The first is what the page opens with.
function viewsOf(level, layer) {
  const told = data.verdicts.length && level.values[layer.key].words?.verdict && !level.overview && !isTried(layer);
  return [...(told ? ["verdict"] : []), "where", ...(hasPlan(level) || work ? ["plan"] : [])];
}

function startPage(map) {
  const state = { view: "", wish: "", level: data.levels[0], layer: data.layers[0], area: null, from: null, filter: noFilter, circled: false, found: null, what: "", week: 0 };
  readAddress(state);
  // Before the drawing and the labels, which ask for the zoom; the legend before the view around it.
  foldLegend();
  foldOptions();
  showLegend(shadesOf(state));
  openView(map);
  const walked = makeRounds(state, () => drawing.redraw());
  const drawing = makeDrawing(map, { onPick: (area) => pick(area, { from: "map" }), onHover: hint, onLines: (...view) => walked.draw(...view) });
  offerBase(map);
  const labels = makeLabels(map, drawing, state);
  const list = makeList((area) => pick(area, { from: "list" }));
  const table = makeTable(state, (area) => pick(area, { from: "table" }));
  const filters = makeFilters(state, () => { show(); refit(); });
  const agenda = makeAgenda(state, () => { setLayer(planLayer(state)); show(); });
  const tried = makeTrial(state, (kept) => show(kept));
  const headline = makeHeadline(state, {
    onVerdict: (verdict) => decide({ layer: data.layers[0], wish: "verdict", verdict }),
    onPlan: (what) => decide({ layer: planLayer({ ...state, view: "plan", what }), wish: "plan", what }),
    onAssociation: (association) => decide({ layer: data.layers[0], wish: "verdict", association }),
  });
  const tooltip = L.tooltip({ className: "hint", direction: "top", offset: [0, -8], opacity: 1 });
  const hovers = matchMedia("(hover: hover)").matches;
  const selection = makeSelection(map, drawing, state);
  let keeps = [];

  function show(changed) {
    // A view that is wished for comes back when the layer has it again.
    const views = viewsOf(state.level, state.layer);
    state.view = views.includes(state.wish) ? state.wish : views[0];
    showViews(state);
    filters.show();
    const { view, level, layer } = state;
    const order = orderOf(level, layer);
    keeps = keepsOf(state);
    const shades = shadesOf(state);
    drawing.paint(level, shades.fills.map((fill, area) => (keeps[area] ? fill : dimColour)), keptCircles(shades, keeps));
    showLegend({ ...shades, rowOf: shades.rowOf.filter((row, area) => keeps[area]) });
    const inside = order.filter((area) => keeps[area]);
    const kept = showsWork(state) ? inWorkOrder(state, inside) : view === "plan" ? inPlanOrder(level, inside) : inside;
    list.show(state, order, kept);
    byId("question").textContent = showsWork(state) ? (data.association ? words.work_question_own : words.work_question) : view === "plan" ? words.plan_question : layer.question;
    const answer = showsWork(state) || headline.says() || view === "plan" ? "" : answerWords(level, layer, kept, placesOf(level, layer, order));
    // The headline's figures of the plan stand in every view, and so does what they are.
    const status = showsWork(state) ? workAnswer() : byId("headline") ? work?.status ?? "" : "";
    byId("answer").replaceChildren(answer, ...(status ? [element("span", "status", status)] : []));
    headline.show();
    agenda.show();
    walked.show();
    showForm();
    selection.show();
    showArea();
    tried.show(changed);
    table.show();
    labels.place();
    const dark = shades.rows.map(({ colour }) => !shades.circles && isDark(colour));
    labels.shade(shades.rowOf.map((row, area) => keeps[area] && row >= 0 && dark[row]));
  }

  // The same areas, as they lie or by their electors.
  function showForm() {
    const there = hasCircles(state.level);
    byId("forms").hidden = !there;
    for (const input of byId("forms").querySelectorAll("input")) input.checked = (input.value === "people") === state.circled;
    byId("form-note").hidden = !state.circled;
    document.body.classList.toggle("circled", there && state.circled);
    drawing.setCircled(there && state.circled);
  }

  function refit() {
    if (isFiltered(state)) drawing.zoomToAll(keeps.flatMap((keep, area) => (keep ? [area] : [])));
    else if (showsWork(state) && data.association) drawing.zoomToAll(walkedAreas(state.level));
    else if (isCircled(state)) drawing.zoomToAll(state.level.codes.map((code, area) => area));
  }

  function showArea() {
    drawing.choose(state.area);
    list.mark(state.area);
    showCard(state, dismiss);
    writeAddress(state);
  }

  function pick(area, { from }) {
    if (selection.isRinging() || selection.take(area)) return;
    // Another area is another place.
    if (from !== "search") {
      state.found = null;
      find.clear();
    }
    Object.assign(state, { area, from });
    showArea();
    if (from !== "map") drawing.zoomTo(area);
    byId("said").textContent = byId("card").querySelector(".verdict, .shown").textContent;
    if (from !== "map") byId("card-title").focus({ preventScroll: true });
    reveal();
  }

  // On the phone the card stands under the map; on the desktop at the top of its panel.
  function reveal() {
    const card = byId("card");
    if (getComputedStyle(byId("panel")).display === "contents") card.scrollIntoView({ block: "start" });
    else byId("panel").scrollTop = card.offsetTop - byId("panel").offsetTop;
  }

  // The reader is back where the area was chosen.
  function dismiss() {
    const { area, from } = state;
    state.area = state.found = null;
    find.clear();
    showArea();
    if (from === "list") list.focus(area);
    else if (from === "search" && hovers) byId("search").focus(); // not to raise a phone's keyboard
    else if (from === "table") byId("table-open").focus();
    else map.getContainer().focus({ preventScroll: true });
  }

  function hint(area, latlng) {
    if (area === null || !hovers) {
      tooltip.remove();
      return;
    }
    const { level, layer } = state;
    const columns = columnsOf(level, layer);
    const main = scoreLayer(layer);
    const lines = element("div", "", element("strong", "", named(level.names[area])));
    const told = showsWork(state) ? workParts(state, area).join(". ") || (isIdle(level, area) ? words.work_idle : words.work_rest) : state.view === "plan" ? planWords(level, area) : main ? verdictOf(level, main, area) : "";
    if (told) lines.append(element("span", "value", told));
    if (state.view === "where") lines.append(element("span", "value", `${layer.title}: ${figureText(layer, columns, area)}`));
    const more = sureness(layer, columns, area) || rankWords(columns, area, level.ranked[layer.key]);
    if (more) lines.append(element("span", "", more));
    tooltip.setLatLng(latlng).setContent(lines).addTo(map);
  }

  function setLevel(level) {
    if (state.level === level) return;
    state.level = level;
    state.area = null;
    byId(`level-${data.levels.indexOf(level)}`).checked = true;
    show();
  }

  // What the headline's numbers stand for; the number that is shown lets go again.
  function decide({ layer, wish, verdict = "", association = "", what = "" }) {
    state.area = null;
    state.level = data.levels[0];
    state.wish = wish;
    Object.assign(state, { what, week: 0 });
    state.filter = { ...noFilter, verdict, association };
    byId("level-0").checked = true;
    setLayer(layer);
    show();
    if (isFiltered(state) || (data.association && showsWork(state))) refit();
    else drawing.zoomToAll(state.level.codes.map((code, area) => area));
  }

  // A plan carries out one channel: its verdicts, its order.
  function setLayer(layer) {
    state.layer = layer;
    byId("layer").value = String(data.layers.indexOf(layer));
  }

  byId("forms").addEventListener("change", ({ target }) => {
    state.circled = target.value === "people";
    show();
    if (state.circled || isFiltered(state)) refit();
    else fitWhole(map, L.latLngBounds(data.view));
  });
  makeViews((view) => {
    state.wish = view;
    if (view === "plan") setLayer(planLayer({ ...state, view }));
    show();
    if (view === "plan") refit();
  });
  fillLayers(state, (layer) => {
    state.layer = layer;
    if (state.wish === "plan" && layer !== planLayer(state)) state.wish = "";
    show();
  });
  fillLevels(state, setLevel);
  const find = makeFind(map, drawing, {
    onArea: (area) => pick(area, { from: "search" }),
    onSaid: (text) => { byId("here-said").textContent = text; },
  });
  const findPlace = (entry) => {
    state.found = entry;
    find.show(entry.point, entry.name);
  };
  makeSearch(state, (level, area) => { setLevel(level); pick(area, { from: "search" }); }, findPlace);
  byId("here").addEventListener("click", find.here);
  // Leaflet takes the focus at every click; a ring is for those who came by keyboard.
  document.addEventListener("pointerdown", () => document.body.classList.remove("keys"), true);
  // A button that has nothing more to do goes away: the focus stays beside it.
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    const lost = [document.body, button].includes(document.activeElement);
    if (!button || !lost || (button.offsetParent && !button.disabled)) return;
    for (let box = button.parentElement; box; box = box.parentElement) {
      const next = [...box.querySelectorAll("button:enabled, summary, input, select")].find((one) => one.offsetParent);
      if (next) return next.focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    document.body.classList.add("keys");
    const open = state.area !== null && !byId("table").open;
    if (event.key === "Escape" && open && event.target.id !== "search") dismiss();
  });
  addEventListener("hashchange", () => {
    readAddress(state);
    byId("layer").value = String(data.layers.indexOf(state.layer));
    byId(`level-${data.levels.indexOf(state.level)}`).checked = true;
    show();
  });
  show();
  if (state.found) find.show(state.found.point, state.found.name);
  else if (state.area !== null) drawing.zoomTo(state.area);
  else refit();
  document.documentElement.dataset.ready = "true";
  performance.mark("ready");
}

function makeViews(onChange) {
  for (const input of byId("views").querySelectorAll("input")) {
    input.addEventListener("change", () => onChange(input.value));
  }
}

// A plan of hours begins with the doors, the mailing's with its own order.
function planLayer(state) {
  return showsWork(state) ? data.layers[0] : plannedLayer() ?? state.layer;
}

function plannedLayer() {
  return data.layers.find((layer) => layer.key === data.planned);
}

function showViews({ view, level, layer }) {
  const views = viewsOf(level, layer);
  byId("views").hidden = views.length < 2;
  for (const input of byId("views").querySelectorAll("input")) {
    input.parentElement.hidden = !views.includes(input.value);
    input.checked = input.value === view;
  }
}

function fillLayers(state, onChange) {
  const select = byId("layer");
  for (const heading of ["priority", "groups", "election"]) {
    const group = document.createElement("optgroup");
    group.label = words[heading];
    data.layers.forEach((layer, place) => {
      if (layer.heading === heading) group.append(new Option(layer.title, String(place)));
    });
    if (group.children.length) select.append(group);
  }
  select.value = String(data.layers.indexOf(state.layer));
  select.addEventListener("change", () => onChange(data.layers[Number(select.value)]));
}

function fillLevels(state, onChange) {
  byId("levels").hidden = data.levels.length < 2;
  // From afar to near; the keys are the levels' own places.
  const inOrder = [...data.levels].sort((one, other) => Number(other.overview) - Number(one.overview));
  inOrder.forEach((level) => {
    const place = data.levels.indexOf(level);
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: "level", id: `level-${place}`, checked: level === state.level });
    input.addEventListener("change", () => onChange(level));
    byId("level-choices").append(element("label", "", input, level.title));
  });
}
