// The map: areas in their colours, lines between them, water, borders of municipalities, rings around
// what is chosen and pointed at. A layer is shown by new colours, never by new shapes.

// Square pixels for each area below which lines between them would hide the colours.
const least = 300;

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
function makeRing(map, renderer, weight) {
  const style = { renderer, interactive: false, fill: false, smoothFactor: 0, lineJoin: "round" };
  const lines = [
    L.polygon([], { ...style, color: "#fff", weight: weight * 2 }),
    L.polygon([], { ...style, color: "#1d2730", weight }),
  ];
  for (const line of lines) line.addTo(map);
  return { around: (latlngs) => lines.forEach((line) => line.setLatLngs(latlngs)) };
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
  const unknown = unknownPattern();
  const grounds = new Map();
  const over = L.svg({ padding: 0.3 });
  const chosen = makeRing(map, over, 3);
  const hovered = makeRing(map, over, 1.5);
  const water = data.water ? { shapes: readShapes(data.water), kept: { scale: 0 } } : null;
  const canvas = new Ground({ draw }).addTo(map);
  let shown = null;
  let fills = [];
  let circles = null;
  let merged = null;
  let opacity = 1;

  function groundOf(level) {
    if (!grounds.has(level.key)) {
      const shapes = readShapes(level.shapes);
      grounds.set(level.key, { shapes, borders: borderArcs(shapes, level.municipality), kept: { scale: 0 } });
    }
    return grounds.get(level.key);
  }

  // What is thinned for a zoom serves until the next.
  function keptAt(ground, scale) {
    if (ground.kept.scale !== scale) ground.kept = { scale, ...thinned(ground.shapes, scale) };
    return ground.kept;
  }

  function draw(pen, origin, size, zoom) {
    pen.clearRect(0, 0, size.x, size.y);
    if (!shown) return;
    const scale = 2 ** zoom;
    const kept = keptAt(shown, scale);
    const sides = [origin.x, origin.y, origin.x + size.x, origin.y + size.y].map((side) => side / scale);
    const seen = within(shown.shapes, sides);
    pen.lineJoin = "round";
    pen.globalAlpha = opacity;
    fillAreas(pen, seen, kept, origin);
    pen.globalAlpha = 1;
    if (size.x * size.y > least * seen.length) drawLines(pen, seen, kept, origin, zoom);
    if (water) drawWater(pen, scale, origin);
    pen.beginPath();
    for (const arc of shown.borders) addArc(pen, kept, arc, origin);
    strokeWith(pen, "rgb(57 68 77 / 90%)", zoom < 11.5 ? 1.2 : 2.4);
    if (circles) drawCircles(pen, circles, shown.middles, { scale, origin, zoom, size });
  }

  // A path for each area: one for all areas of a colour takes the browser four times as long.
  function fillAreas(pen, seen, kept, origin) {
    const wholes = new Map(); // what is drawn as one has no seams
    for (const area of seen) {
      const whole = merged && fills[area] !== dimColour ? merged[area] : -1;
      if (whole >= 0) {
        if (!wholes.has(whole)) wholes.set(whole, []);
        wholes.get(whole).push(area);
      } else fillPath(pen, [area], kept, origin);
    }
    for (const areas of wholes.values()) fillPath(pen, areas, kept, origin);
  }

  function fillPath(pen, areas, kept, origin) {
    pen.fillStyle = fills[areas[0]] ?? unknown;
    pen.beginPath();
    for (const area of areas) addRings(pen, shown.shapes, kept, area, origin);
    pen.fill("evenodd");
  }

  function drawLines(pen, seen, kept, origin, zoom) {
    const { refs, ringStarts, areaRings } = shown.shapes;
    const done = new Uint8Array(kept.starts.length);
    pen.beginPath();
    for (const area of seen) {
      for (let at = ringStarts[areaRings[area]]; at < ringStarts[areaRings[area + 1]]; at++) {
        const arc = arcOf(refs[at]);
        if (done[arc]) continue;
        done[arc] = 1;
        if (merged && isInside(shown.sides, arc, merged)) continue;
        addArc(pen, kept, arc, origin);
      }
    }
    strokeWith(pen, "#fff", zoom < 9.5 ? 0.3 : zoom < 11.5 ? 0.6 : 1);
  }

  function drawWater(pen, scale, origin) {
    const kept = keptAt(water, scale);
    pen.beginPath();
    for (let area = 0; area < water.shapes.count; area++) addRings(pen, water.shapes, kept, area, origin);
    pen.fillStyle = "#c6d6e1";
    pen.fill("evenodd");
  }

  let under = null;
  function hover(area, latlng) {
    if (area !== under) {
      under = area;
      hovered.around(area === null ? [] : ringsOf(shown.shapes, area));
      map.getContainer().classList.toggle("over-area", area !== null);
    }
    onHover(area, latlng);
  }

  function areaUnder(event) {
    const { x, y } = map.project(event.latlng, 0);
    return areaAt(shown.shapes, x, y);
  }

  map.on("click", (event) => {
    const area = areaUnder(event);
    if (area !== null) onPick(area);
  });
  // A tap passes for a mouse that stays where it was.
  const points = matchMedia("(hover: hover)").matches;
  map.on("mousemove", (event) => {
    if (points && !map.dragging.moving()) hover(areaUnder(event), event.latlng);
  });
  map.on("mouseout", () => hover(null));

  // `colours` has a colour or a pattern by area, null where nothing is known; see `shadesOf`.
  function paint(level, colours, shades = {}) {
    if (shown !== groundOf(level)) {
      shown = groundOf(level);
      hover(null);
    }
    fills = colours;
    circles = shades.circles ?? null;
    merged = shades.merged ?? null;
    if (circles) shown.middles ??= middlesOf(level);
    if (merged) shown.sides ??= arcSides(shown.shapes);
    canvas.redraw();
  }

  function choose(area) {
    chosen.around(area === null ? [] : ringsOf(shown.shapes, area));
  }

  function boundsOf(area) {
    const [west, north, east, south] = shown.shapes.boxes.subarray(4 * area, 4 * area + 4);
    return L.latLngBounds(map.unproject([west, south], 0), map.unproject([east, north], 0));
  }

  function zoomTo(area) {
    map.fitBounds(boundsOf(area), { padding: [64, 64], maxZoom: 13, animate: !still });
  }

  function zoomToAll(areas) {
    const bounds = L.latLngBounds([]);
    for (const area of areas) bounds.extend(boundsOf(area));
    if (!bounds.isValid()) return;
    const [right, below] = besideLegend(map, bounds);
    map.fitBounds(bounds, { paddingTopLeft: [32, 32], paddingBottomRight: [right + 32, below + 32], maxZoom: 13, animate: !still });
  }

  // Over a base map of others the areas let it through.
  function letThrough(through) {
    opacity = through ? 0.6 : 1;
    canvas.redraw();
  }

  return { paint, choose, zoomTo, zoomToAll, letThrough, boundsOf };
}

function strokeWith(pen, colour, width) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke();
}
