// One state (level, layer, chosen area) and one way to show it.

function startPage(map) {
  openView(map); // before the drawing and the labels: they ask for the zoom
  const state = { level: data.levels[0], layer: data.layers[0], area: null };
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
    state.area = area;
    showArea();
    if (from !== "map") drawing.zoomTo(area);
    byId("said").textContent = byId("card").querySelector(".verdict").textContent;
    if (from !== "map") byId("card-title").focus({ preventScroll: true });
    reveal();
  }

  // On the phone the card stands under the map; on the desktop at the top of its panel.
  function reveal() {
    const card = byId("card");
    if (getComputedStyle(byId("panel")).display === "contents") card.scrollIntoView({ block: "start" });
    else byId("panel").scrollTop = card.offsetTop - byId("panel").offsetTop;
  }

  function dismiss() {
    const area = state.area;
    state.area = null;
    showArea();
    if (area !== null) list.focus(area);
  }

  function hint(area, latlng) {
    if (area === null || !hovers) {
      tooltip.remove();
      return;
    }
    const { level, layer } = state;
    const columns = level.values[layer.key];
    const value = element("span", "value", `${layer.title}: ${written(layer, columns.value[area])}`);
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

function answerWords(level, layer, order) {
  const values = level.values[layer.key].value;
  const first = order.slice(0, 3).filter((area) => values[area] !== null);
  return first.length ? fill(words.answer, { names: listed(first.map((area) => level.names[area])) }) : "";
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

function openView(map) {
  const all = L.latLngBounds(data.bounds);
  map.getContainer().setAttribute("role", "region");
  map.getContainer().setAttribute("aria-label", words.map);
  map.setMaxBounds(all.pad(0.4));
  map.options.maxBoundsViscosity = 0.8;
  L.control.zoom({ zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  wholeButton(map, all);
  map.fitBounds(data.view, { animate: false, paddingBottomRight: besideLegend(map) });
  map.setMinZoom(Math.min(map.getZoom(), map.getBoundsZoom(all)) - 0.5);
  map.setMaxZoom(17);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
}

// On the desktop the legend lies over the map's corner: leave it some width.
function besideLegend(map) {
  const over = map.getSize().x > 700 ? byId("legend").offsetWidth / 3 : 0;
  return [over, 0];
}

function wholeButton(map, all) {
  const control = L.control({ position: "topleft" });
  control.onAdd = () => {
    const box = L.DomUtil.create("div", "leaflet-bar");
    const button = element("button", "", "⤢");
    button.type = "button";
    button.title = words.whole;
    button.setAttribute("aria-label", words.whole);
    button.addEventListener("click", () => map.fitBounds(all, { animate: !still }));
    L.DomEvent.disableClickPropagation(box);
    box.append(button);
    return box;
  };
  control.addTo(map);
}
