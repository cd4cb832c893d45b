// One state (level, layer, chosen area) and one way to show it.

function startPage(map) {
  const state = { level: data.levels[0], layer: data.layers[0], area: null, from: null };
  // Before the drawing and the labels, which ask for the zoom; the legend before the view around it.
  foldLegend();
  showLegend(state.level, state.layer);
  openView(map);
  const drawing = makeDrawing(map, { onPick: (area) => pick(area, { from: "map" }), onHover: hint });
  const labels = makeLabels(map, drawing, state);
  const list = makeList((area) => pick(area, { from: "list" }));
  const tooltip = L.tooltip({ className: "hint", direction: "top", offset: [0, -8], opacity: 1 });
  const hovers = matchMedia("(hover: hover)").matches;

  function show() {
    const { level, layer } = state;
    const order = orderOf(level, layer);
    drawing.paint(level, layer);
    showLegend(level, layer);
    list.show(level, layer, order);
    byId("question").textContent = layer.question;
    byId("answer").textContent = answerWords(level, layer, order);
    showArea();
    labels.place();
  }

  function showArea() {
    drawing.choose(state.area);
    list.mark(state.area);
    showCard(state.level, state.layer, state.area, dismiss);
  }

  function pick(area, { from }) {
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
    state.area = null;
    showArea();
    if (from === "list") list.focus(area);
    else if (from === "search" && hovers) byId("search").focus(); // not to raise a phone's keyboard
    else map.getContainer().focus({ preventScroll: true });
  }

  function hint(area, latlng) {
    if (area === null || !hovers) {
      tooltip.remove();
      return;
    }
    const { level, layer } = state;
    const columns = level.values[layer.key];
    const value = element("span", "value", `${layer.title}: ${figureText(layer, columns, area)}`);
    const more = sureness(layer, columns, area) || rankWords(columns, area);
    const lines = element("div", "", element("strong", "", level.names[area]), value);
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

  fillLayers((layer) => { state.layer = layer; show(); });
  fillLevels(setLevel);
  makeSearch(state, (level, area) => { setLevel(level); pick(area, { from: "search" }); });
  // Leaflet takes the focus at every click; a ring is for those who came by keyboard.
  document.addEventListener("pointerdown", () => document.body.classList.remove("keys"), true);
  document.addEventListener("keydown", (event) => {
    document.body.classList.add("keys");
    if (event.key === "Escape" && state.area !== null && event.target.id !== "search") dismiss();
  });
  show();
}

function fillLayers(onChange) {
  const select = byId("layer");
  for (const heading of ["priority", "groups", "election"]) {
    const group = document.createElement("optgroup");
    group.label = words[heading];
    data.layers.forEach((layer, place) => {
      if (layer.heading === heading) group.append(new Option(layer.title, String(place), place === 0, place === 0));
    });
    if (group.children.length) select.append(group);
  }
  select.value = "0";
  select.addEventListener("change", () => onChange(data.layers[Number(select.value)]));
}

function fillLevels(onChange) {
  byId("levels").hidden = data.levels.length < 2;
  data.levels.forEach((level, place) => {
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: "level", id: `level-${place}`, checked: place === 0 });
    input.addEventListener("change", () => onChange(level));
    byId("level-choices").append(element("label", "", input, level.title));
  });
}
