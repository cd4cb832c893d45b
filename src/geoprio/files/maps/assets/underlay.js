// What lies under and over the areas: land beyond them, sea and water, roads, and dots of places.

const seaColour = "#cbd9e2";
const landColour = "#eceeec";
const shoreColour = "#93a8b6";

function makeUnderlay() {
  const { land, water, roads } = data.ground ?? {};
  const read = (shapes) => (shapes ? { shapes: readShapes(shapes), kept: { scale: 0 } } : null);
  const lines = roads ? { shapes: readArcs(roads), kept: { scale: 0 } } : null;
  const parts = { land: read(land), water: read(water) };

  // What is thinned for a zoom serves until the next.
  function keptAt(part, scale) {
    if (part.kept.scale !== scale) part.kept = { scale, ...thinned(part.shapes, scale) };
    return part.kept;
  }

  function trace(pen, part, scale, origin) {
    const kept = keptAt(part, scale);
    for (let area = 0; area < part.shapes.count; area++) addRings(pen, part.shapes, kept, area, origin);
  }

  function under(pen, scale, origin) {
    if (!parts.land) return;
    pen.beginPath();
    trace(pen, parts.land, scale, origin);
    pen.fillStyle = landColour;
    pen.fill("evenodd");
  }

  // All that is not land.
  function sea(pen, scale, origin, size) {
    if (!parts.land) return;
    pen.beginPath();
    pen.rect(0, 0, size.x, size.y);
    trace(pen, parts.land, scale, origin);
    pen.fillStyle = seaColour;
    pen.fill("evenodd");
    pen.beginPath();
    trace(pen, parts.land, scale, origin);
    strokeWith(pen, shoreColour, 0.8);
  }

  function over(pen, scale, origin, zoom) {
    if (parts.water) {
      pen.beginPath();
      trace(pen, parts.water, scale, origin);
      pen.fillStyle = seaColour;
      pen.fill("evenodd");
      strokeWith(pen, shoreColour, 0.6);
    }
    if (!lines || zoom < 9) return;
    const kept = keptAt(lines, scale);
    pen.beginPath();
    for (let arc = 0; arc + 1 < lines.shapes.starts.length; arc++) addArc(pen, kept, arc, origin);
    strokeWith(pen, "rgb(255 255 255 / 80%)", zoom < 11.5 ? 2 : 4);
    strokeWith(pen, "rgb(85 99 110 / 85%)", zoom < 11.5 ? 0.8 : 1.6);
  }

  return { under, sea, over };
}
