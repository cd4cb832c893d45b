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
function offerBase(map) {
  if (!data.online) return;
  const tiles = L.tileLayer(data.online, { maxZoom: 19 });
  byId("online").checked = false;
  byId("online").addEventListener("change", (event) => {
    if (event.target.checked) tiles.addTo(map);
    else tiles.remove();
  });
}

function makeDrawing(map, { onPick, onHover, onLines }) {
  const unknown = unknownPattern();
  const grounds = new Map();
  const over = L.svg({ padding: 0.3 });
  const chosen = makeRing(map, over, 3);
  const hovered = makeRing(map, over, 1.5);
  const underlay = makeUnderlay();
  const people = makePeople(() => marks.redraw());
  let circled = false;
  // Below Leaflet's own panes: what an analyst adds lies on top.
  map.createPane("ground").style.zIndex = 390;
  // What a layer colours, the lines and the sea over it, and circles: a new layer leaves the sea alone.
  const canvas = new Ground({ draw, pane: "ground" }).addTo(map);
  const top = new Ground({ draw: drawOver, pane: "ground" }).addTo(map);
  const marks = new Ground({ draw: drawMarks, pane: "ground" }).addTo(map);
  let shown = null;
  let fills = [];
  let circles = null;
  let merged = null;
  let opacity = 1;

  function groundOf(level) {
    if (!grounds.has(level.key)) {
      const shapes = readShapes(level.shapes);
      const borders = borderArcs(shapes, level.municipality);
      grounds.set(level.key, { level, shapes, borders, points: level.points, kept: new Set(level.kept), thin: { scale: 0, paths: [] } });
    }
    return grounds.get(level.key);
  }

  // What is thinned for a zoom serves until the next, and so do the areas' paths.
  function keptAt(ground, scale) {
    if (ground.thin.scale !== scale) ground.thin = { scale, paths: [], ...thinned(ground.shapes, scale) };
    return ground.thin;
  }

  // From the map's own origin, which a pan leaves where it is.
  function pathOf(area, kept) {
    const base = map.getPixelOrigin();
    if (!kept.base?.equals(base)) Object.assign(kept, { base, paths: [] });
    if (!kept.paths[area]) {
      kept.paths[area] = new Path2D();
      addRings(kept.paths[area], shown.shapes, kept, area, base);
    }
    return kept.paths[area];
  }

  function seenIn(origin, size, scale) {
    return within(shown.shapes, [origin.x, origin.y, origin.x + size.x, origin.y + size.y].map((side) => side / scale));
  }

  // On paper an empty canvas is white: there all is drawn on the first.
  function draw(...view) {
    drawColours(...view);
    if (!document.body.classList.contains("printing")) return;
    drawOver(...view);
    drawMarks(...view);
  }

  function drawColours(pen, origin, size, zoom) {
    if (!shown || (inCircles() && people.areThere())) return;
    const scale = 2 ** zoom;
    pen.lineJoin = "round";
    if (opacity === 1) underlay.under(pen, scale, origin);
    pen.globalAlpha = opacity;
    fillAreas(pen, seenIn(origin, size, scale), keptAt(shown, scale), origin);
    pen.globalAlpha = 1;
  }

  function drawMarks(pen, origin, size, zoom) {
    if (!shown) return false;
    const scale = 2 ** zoom;
    const way = hasCircles(shown.level) ? people.step() : 0;
    if (circles && way < 1) drawCircles(pen, circles, shown.middles, { scale, origin, zoom, size });
    if (way > 0) people.draw(pen, circlesOf(shown.level), fills, { scale, origin, size, unknown });
    return Boolean(circles) || way > 0;
  }

  function drawOver(pen, origin, size, zoom) {
    if (!shown || (inCircles() && people.areThere())) return;
    const scale = 2 ** zoom;
    const kept = keptAt(shown, scale);
    const seen = seenIn(origin, size, scale);
    const lined = size.x * size.y > least * seen.length;
    pen.lineJoin = "round";
    if (lined) drawLines(pen, seen, kept, origin, zoom);
    pen.beginPath();
    for (const arc of shown.borders) addArc(pen, kept, arc, origin);
    strokeWith(pen, "rgb(57 68 77 / 90%)", zoom < 11.5 ? 1.2 : 2.4);
    onLines(pen, (level) => ({ shapes: groundOf(level).shapes, kept: keptAt(groundOf(level), scale) }), origin, zoom);
    // A base map of others has its own water.
    if (opacity === 1) {
      // Where the shore is too coarse for an area, its own border stays: the sea has a hole there.
      const afloat = seen.filter((area) => shown.kept.has(area));
      pen.save();
      pen.beginPath();
      pen.rect(0, 0, size.x, size.y);
      for (const area of afloat) addRings(pen, shown.shapes, kept, area, origin);
      if (afloat.length) pen.clip("evenodd");
      underlay.sea(pen, scale, origin, size);
      pen.restore();
      if (lined) drawLines(pen, afloat, kept, origin, zoom);
      underlay.over(pen, scale, origin, zoom);
    }
  }

  // A path for each area: one for all areas of a colour takes the browser four times as long.
  function fillAreas(pen, seen, kept, origin) {
    const wholes = new Map(); // what is drawn as one has no seams
    withOrigin(pen, origin, () => {
      for (const area of seen) {
        const whole = merged && fills[area] !== dimColour ? merged[area] : -1;
        if (whole >= 0) wholes.set(whole, [...(wholes.get(whole) ?? []), area]);
        else fillPath(pen, [area], kept);
      }
      for (const areas of wholes.values()) fillPath(pen, areas, kept);
    });
  }

  function withOrigin(pen, origin, fill) {
    const base = map.getPixelOrigin();
    pen.save();
    pen.translate(base.x - origin.x, base.y - origin.y);
    fill();
    pen.restore();
  }

  function fillPath(pen, areas, kept) {
    const path = areas.length === 1 ? pathOf(areas[0], kept) : new Path2D();
    if (areas.length > 1) for (const area of areas) path.addPath(pathOf(area, kept));
    pen.fillStyle = fills[areas[0]] ?? unknown;
    pen.fill(path, "evenodd");
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

  let under = null;
  function hover(area, latlng) {
    if (area !== under) {
      under = area;
      hovered.around(ringsAround(area));
      map.getContainer().classList.toggle("over-area", area !== null);
    }
    onHover(area, latlng);
  }

  function areaUnder(event) {
    const { x, y } = map.project(event.latlng, 0);
    return inCircles() ? circleAt(circlesOf(shown.level), x, y) : areaAt(shown.shapes, x, y);
  }

  function inCircles() {
    return circled && hasCircles(shown.level);
  }

  function ringsAround(area) {
    if (area === null) return [];
    return inCircles() ? ringOfCircle(circlesOf(shown.level)[area]) : ringsOf(shown.shapes, area);
  }

  // While something is drawn or measured on the map, a click is a part of it.
  let busy = false;
  map.on("draw:drawstart draw:editstart draw:deletestart measurestart", () => { busy = true; });
  map.on("draw:drawstop draw:editstop draw:deletestop measurefinish", () => { setTimeout(() => { busy = false; }); });
  map.on("click", (event) => {
    if (busy) return;
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
    const [ground, joined, marked] = [shown, merged, circles];
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
    if (ground !== shown || joined !== merged) top.redraw();
    if (ground !== shown || marked !== circles || inCircles()) marks.redraw();
  }

  function choose(area) {
    chosen.around(ringsAround(area));
  }

  // The areas as circles by their electors, or as they lie on the map.
  function setCircled(on) {
    if (circled === on) return;
    circled = on;
    people.set(on);
    canvas.redraw();
    top.redraw();
    hover(null);
  }

  function areaOn(point) {
    const { x, y } = map.project(point, 0);
    return areaAt(shown.shapes, x, y);
  }

  function middleOf(area) {
    if (!inCircles()) return shown.points[area];
    const { x, y } = circlesOf(shown.level)[area];
    return latLngOf(x, y);
  }

  function boundsOf(area) {
    if (inCircles()) return L.latLngBounds(ringsAround(area)[0]);
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
    top.redraw();
  }

  // Tiles that an analyst has added are seen through the areas.
  const tiled = () => {
    let found = false;
    map.eachLayer((layer) => { found ||= layer instanceof L.TileLayer; });
    letThrough(found);
  };
  map.on("layeradd layerremove", ({ layer }) => { if (layer instanceof L.TileLayer) tiled(); });
  tiled();

  return { paint, redraw: () => top.redraw(), choose, zoomTo, zoomToAll, boundsOf, setCircled, areaOn, over, ringsAround, middleOf, keeps: (area) => fills[area] !== dimColour, ringOf: (weight) => makeRing(map, over, weight) };
}

function strokeWith(pen, colour, width) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke();
}
