// The areas on one canvas. A layer is shown by giving the shapes new colours, never new shapes.

function unknownPattern() {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.fillStyle = "#f1f4f6";
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = "#aeb9c1";
  pen.lineWidth = 1.4;
  pen.beginPath();
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift - 1, 9);
    pen.lineTo(shift + 9, -1);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

// A dark line in a white casing shows on every colour.
function makeRing(map, plain, weight) {
  const lines = [
    L.polygon([], { ...plain, color: "#fff", weight: weight * 2 }),
    L.polygon([], { ...plain, color: "#1d2730", weight }),
  ];
  for (const line of lines) line.addTo(map);
  return {
    around: (latlngs) => lines.forEach((line) => line.setLatLngs(latlngs)),
    raise: () => lines.forEach((line) => line.bringToFront()),
  };
}

function makeWater(plain) {
  const style = { ...plain, fill: true, fillColor: "#c6d6e1", fillOpacity: 1, stroke: false };
  return L.featureGroup(decodeShapes(data.water, decodeArcs(data.water)).map((shape) => L.polygon(shape, style)));
}

// Off until the reader turns it on: whoever serves the tiles learns what is looked at.
function offerBase(map, drawing) {
  if (!data.online) return;
  const tiles = L.tileLayer(data.online, { maxZoom: 19 });
  byId("online").checked = false;
  byId("online").addEventListener("change", (event) => {
    if (event.target.checked) tiles.addTo(map);
    else tiles.remove();
    drawing.letThrough(event.target.checked);
  });
}

function makeDrawing(map, { onPick, onHover }) {
  const renderer = L.canvas({ padding: 0.3 });
  const plain = { renderer, interactive: false, fill: false, smoothFactor: 0, lineJoin: "round" };
  const unknown = unknownPattern();
  const groups = new Map();
  const chosen = makeRing(map, plain, 3);
  const hovered = makeRing(map, plain, 1.5);
  const water = data.water ? makeWater(plain) : null;
  let shown = null;
  let opacity = 1;

  function hairline() {
    const zoom = map.getZoom();
    if (zoom < 9.5) return 0.3;
    return zoom < 11.5 ? 0.6 : 1;
  }

  function borderline() {
    return map.getZoom() < 11.5 ? 1.2 : 2.4;
  }

  function groupOf(level) {
    if (!groups.has(level.key)) {
      const arcs = decodeArcs(level.shapes);
      const shapes = decodeShapes(level.shapes, arcs).map((shape, area) => {
        const made = L.polygon(shape, { renderer, smoothFactor: 0, fillOpacity: 1, color: "#fff" });
        made.area = area;
        return made;
      });
      const group = L.featureGroup(shapes);
      group.on("click", (event) => onPick(event.propagatedFrom.area));
      group.on("mousemove", (event) => hover(event.propagatedFrom.area, event.latlng));
      group.on("mouseout", () => hover(null));
      const border = { ...plain, color: "#39444d", weight: borderline(), opacity: 0.9 };
      if (opacity < 1) for (const shape of shapes) shape.options.fillOpacity = opacity;
      groups.set(level.key, { group, shapes, borders: L.polyline(borderArcs(level, arcs), border) });
    }
    return groups.get(level.key);
  }

  let under = null;
  function hover(area, latlng) {
    if (area !== under) {
      under = area;
      hovered.around(area === null ? [] : shown.shapes[area].getLatLngs());
    }
    onHover(area, latlng);
  }

  // One redraw of the canvas, not one question to it for each area.
  function redrawAll() {
    renderer._redrawBounds = null;
    renderer._redrawRequest ??= L.Util.requestAnimFrame(renderer._redraw, renderer);
  }

  // `fills` has a colour or a pattern by area, null where nothing is known.
  function paint(level, fills) {
    const next = groupOf(level);
    if (shown !== next) {
      if (shown) for (const old of [shown.group, shown.borders]) old.remove();
      hover(null);
      for (const made of [next.group, next.borders]) made.addTo(map);
      shown = next;
      if (water) water.addTo(map).bringToFront();
      next.borders.bringToFront();
      for (const ring of [chosen, hovered]) ring.raise();
    }
    const weight = hairline();
    next.borders.setStyle({ weight: borderline() });
    next.shapes.forEach((shape, area) => {
      shape.options.fillColor = fills[area] ?? unknown;
      shape.options.weight = weight;
    });
    redrawAll();
  }

  function choose(area) {
    chosen.around(area === null ? [] : shown.shapes[area].getLatLngs());
  }

  function zoomTo(area) {
    map.fitBounds(shown.shapes[area].getBounds(), { padding: [64, 64], maxZoom: 13, animate: !still });
  }

  map.on("zoomend", () => {
    const weight = hairline();
    if (!shown || shown.shapes[0].options.weight === weight) return;
    shown.group.setStyle({ weight });
    shown.borders.setStyle({ weight: borderline() });
  });
  function zoomToAll(areas) {
    const bounds = L.latLngBounds([]);
    for (const area of areas) bounds.extend(shown.shapes[area].getBounds());
    if (bounds.isValid()) map.fitBounds(bounds, { padding: [32, 32], maxZoom: 13, animate: !still });
  }

  // Over a base map of others the areas let it through.
  function letThrough(through) {
    opacity = through ? 0.6 : 1;
    for (const { shapes } of groups.values()) for (const shape of shapes) shape.options.fillOpacity = opacity;
    redrawAll();
  }

  const boundsOf = (area) => shown.shapes[area].getBounds();
  const fills = () => shown.shapes.map((shape) => shape.options.fillColor);
  return { paint, choose, zoomTo, zoomToAll, letThrough, boundsOf, fills };
}
