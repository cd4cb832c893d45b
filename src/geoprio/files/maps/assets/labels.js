// Names of places with a halo: the weightier first, none over another, fewer at far zoom.

function makeLabels(map, drawing, state) {
  const pane = map.createPane("labels");
  pane.style.zIndex = 450;
  pane.style.pointerEvents = "none";
  const pen = document.createElement("canvas").getContext("2d");

  function width(text, size, weight) {
    pen.font = `${weight} ${size}px Arial, sans-serif`;
    return pen.measureText(text).width;
  }

  function towns() {
    if (map.getZoom() > 12.5) return [];
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
      if (name === level.codes[area] || !view.contains(level.points[area])) return;
      const box = drawing.boundsOf(area);
      const left = map.latLngToLayerPoint(box.getSouthWest()).x;
      const right = map.latLngToLayerPoint(box.getNorthEast()).x;
      if (right - left < width(name, 12, 400) * 0.9) return;
      found.push({ name, area, point: level.points[area], weight: right - left, kind: "area" });
    });
    return found.sort((one, other) => other.weight - one.weight);
  }

  // What lies under a button is not read.
  function controls() {
    const corner = map.getContainer().getBoundingClientRect();
    return [...map.getContainer().querySelectorAll(".leaflet-control")].map((control) => {
      const { left, top, right, bottom } = control.getBoundingClientRect();
      const from = map.containerPointToLayerPoint([left - corner.left, top - corner.top]);
      const to = map.containerPointToLayerPoint([right - corner.left, bottom - corner.top]);
      return [from.x, from.y, to.x, to.y];
    });
  }

  // A layer's change leaves the names where they are.
  let placed = "";
  function place() {
    const now = [state.level.key, map.getZoom(), map.getCenter(), map.getSize()].join(" ");
    if (now === placed) return;
    placed = now;
    const taken = controls();
    const west = map.containerPointToLayerPoint([0, 0]).x;
    const east = west + map.getSize().x;
    const seen = new Set();
    pane.replaceChildren();
    for (const { name, area, point, kind } of [...towns(), ...areas()]) {
      const at = map.latLngToLayerPoint(point);
      const half = width(name, kind === "town" ? 13 : 12, kind === "town" ? 700 : 400) / 2 + 4;
      const box = [at.x - half, at.y - 10, at.x + half, at.y + 10];
      const over = (other) =>
        box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1];
      const cut = box[0] < west || box[2] > east;
      if (cut || seen.has(`${kind} ${name}`) || taken.some(over)) continue;
      seen.add(`${kind} ${name}`);
      taken.push(box);
      const label = element("span", `place ${kind}`, name);
      if (area !== undefined) label.dataset.area = area;
      label.style.left = `${at.x}px`;
      label.style.top = `${at.y}px`;
      pane.append(label);
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
