// Names of places with a halo: the weightier first, none over another, fewer at far zoom.

function isCircled(state) {
  return state.circled && hasCircles(state.level);
}

function makeLabels(map, drawing, state) {
  const pane = map.createPane("labels");
  pane.style.zIndex = 450;
  pane.style.pointerEvents = "none";
  const pen = document.createElement("canvas").getContext("2d");
  const faces = { town: [13, 700], district: [12, 600], area: [12, 400], stop: [12, 400] };

  function width(text, size, weight) {
    pen.font = `${weight} ${size}px Arial, sans-serif`;
    return pen.measureText(text).width;
  }

  function towns() {
    if (map.getZoom() > 12.5) return [];
    if (isCircled(state)) return townsOf(state.level).filter((town) => town.name).sort((one, other) => other.weight - one.weight);
    const { names, points, weights } = data.places;
    return names
      .map((name, place) => ({ name, point: points[place], weight: weights[place], kind: "town" }))
      .filter((town) => town.name)
      .sort((one, other) => other.weight - one.weight);
  }

  function areas() {
    if (map.getZoom() < 11.5 || state.level.overview) return [];
    const { level } = state;
    const view = map.getBounds();
    const found = [];
    level.names.forEach((name, area) => {
      const { lat, lng } = isCircled(state) ? drawing.boundsOf(area).getCenter() : L.latLng(level.points[area]);
      if (name === level.codes[area] || !view.contains([lat, lng])) return;
      const box = drawing.boundsOf(area);
      const left = map.latLngToLayerPoint(box.getSouthWest()).x;
      const right = map.latLngToLayerPoint(box.getNorthEast()).x;
      if (right - left < width(name, 12, 400) * 0.9) return;
      found.push({ name, area, point: [lat, lng], weight: right - left, kind: "area" });
    });
    return found.sort((one, other) => other.weight - one.weight);
  }

  // Districts people speak of, and stations: each with its own zoom, those in sight only.
  function known() {
    if (isCircled(state)) return [];
    const zoom = map.getZoom();
    if (zoom < 10.5) return [];
    const { names = [], points = [], types = [] } = data.ground?.places ?? {};
    const view = map.getBounds();
    return names
      .map((name, at) => ({ name, point: points[at], kind: types[at] === "district" ? "district" : "stop" }))
      .filter((one, at) => types[at] === "district" || types[at] === "places")
      .filter(({ point, kind }) => zoom >= (kind === "stop" ? 12 : 10.5) && view.contains(point));
  }

  // What lies under a button is not read.
  function controls() {
    const corner = map.getContainer().getBoundingClientRect();
    return [...map.getContainer().querySelectorAll(".leaflet-control"), byId("forms")].map((control) => {
      const { left, top, right, bottom } = control.getBoundingClientRect();
      const from = map.containerPointToLayerPoint([left - corner.left, top - corner.top]);
      const to = map.containerPointToLayerPoint([right - corner.left, bottom - corner.top]);
      return [from.x, from.y, to.x, to.y];
    });
  }

  function meets(one, other) {
    return one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];
  }

  // Before the names: a round's number is what is looked for.
  function pinAt({ point, kind, name }, taken) {
    const at = map.latLngToLayerPoint(point);
    const half = width(name, 12, 700) / 2 + 9;
    const west = map.containerPointToLayerPoint([0, 0]).x;
    const east = west + map.getSize().x;
    // What a place is called is read whole as long as the place is in sight.
    if (at.x > west && at.x < east) at.x = Math.min(Math.max(at.x, west + half), east - half);
    const box = boxAround(at, half);
    if (taken.some((other) => meets(box, other))) return;
    taken.push(box);
    put(`pin ${kind}`, name, at);
  }

  // Where to begin is said beside its number, on the side that hides least.
  function sayBeside({ point, name, said }, taken) {
    if (!said) return;
    const { x, y } = map.latLngToLayerPoint(point);
    const half = width(said, 12, 700) / 2 + 9;
    const aside = width(name, 12, 700) / 2 + 9 + half;
    const sides = [[x, y + 22], [x, y - 22], [x + aside, y], [x - aside, y]].map(([left, top]) => L.point(left, top));
    const hides = (at) => taken.filter((other) => meets(boxAround(at, half), other)).length;
    const best = sides.reduce((one, other) => (hides(other) < hides(one) ? other : one));
    taken.push(boxAround(best, half));
    put("pin said", said, best);
  }

  function boxAround({ x, y }, half) {
    return [x - half, y - 11, x + half, y + 11];
  }

  function put(kind, text, { x, y }) {
    const made = element("span", kind, text);
    made.style.left = `${x}px`;
    made.style.top = `${y}px`;
    pane.append(made);
    return made;
  }

  // A layer's change leaves the names where they are.
  let placed = "";
  function place() {
    const now = [state.level.key, isCircled(state), map.getZoom(), map.getCenter(), map.getSize(), showsWork(state) && [state.what, state.week]].join(" ");
    if (now === placed) return;
    placed = now;
    const taken = controls();
    const west = map.containerPointToLayerPoint([0, 0]).x;
    const east = west + map.getSize().x;
    const seen = new Set();
    pane.replaceChildren();
    const pins = pinsOf(state, map.getZoom());
    for (const pin of pins) pinAt(pin, taken);
    for (const pin of pins) sayBeside(pin, taken);
    for (const { name, area, point, kind } of [...towns(), ...known(), ...areas()]) {
      const at = map.latLngToLayerPoint(point);
      // A dot over a name makes both hard to read: the nearer zoom parts them.
      const dot = [at.x - 6, at.y - 6, at.x + 6, at.y + 6];
      if (kind === "stop" && taken.some((other) => meets(dot, other))) continue;
      if (kind === "stop") put("stop-dot", "", at);
      const [left, half] = [kind === "stop" ? 12 : 0, width(name, ...(faces[kind] ?? faces.area)) / 2 + 4];
      // A station's name stands beside its dot.
      if (left) at.x += half + 6;
      const box = [at.x - half - left, at.y - 10, at.x + half, at.y + 10];
      const over = (other) => meets(box, other);
      const cut = box[0] < west || box[2] > east;
      if (cut || seen.has(name) || taken.some(over)) continue;
      seen.add(name);
      taken.push(box);
      const label = put(`place ${kind}`, name, at);
      if (area !== undefined) label.dataset.area = area;
    }
  }

  // A name on a dark area is white.
  let dark = [];
  function shade(areas = dark) {
    dark = areas;
    for (const label of pane.querySelectorAll("[data-area]")) label.classList.toggle("light", dark[label.dataset.area]);
  }

  map.on("moveend zoomend resize", () => { place(); shade(); });
  return { place, shade };
}
