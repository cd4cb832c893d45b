// Shapes arrive as arcs, each shared border once, in whole-number steps from point to point.

function decodeArcs(shapes) {
  let x = 0;
  let y = 0;
  let at = 0;
  return shapes.arcs.map((size) => {
    const points = new Array(size);
    for (let point = 0; point < size; point++) {
      x += shapes.xy[at++];
      y += shapes.xy[at++];
      points[point] = [y / data.precision, x / data.precision];
    }
    return points;
  });
}

// Leaflet wants nested [lat, lng]: areas of polygons of rings.
function decodeShapes(shapes, arcs) {
  let ref = 0;
  let ring = 0;
  let part = 0;
  const readRing = () => {
    const points = [];
    for (let left = shapes.rings[ring++]; left > 0; left--) {
      const named = shapes.refs[ref++];
      const arc = named < 0 ? arcs[-1 - named] : arcs[named];
      // An arc's last point is the next one's first.
      if (named < 0) for (let at = arc.length - 1; at > 0; at--) points.push(arc[at]);
      else for (let at = 0; at < arc.length - 1; at++) points.push(arc[at]);
    }
    return points;
  };
  const readPart = () => Array.from({ length: shapes.parts[part++] }, readRing);
  return shapes.areas.map((parts) => Array.from({ length: parts }, readPart));
}

// The arcs between two municipalities, or between one and nothing: their borders.
function borderArcs(level, arcs) {
  const { shapes, municipality } = level;
  const sides = arcs.map(() => []);
  let ref = 0;
  let ring = 0;
  let part = 0;
  shapes.areas.forEach((parts, area) => {
    for (let one = 0; one < parts; one++) {
      for (let rings = shapes.parts[part++]; rings > 0; rings--) {
        for (let left = shapes.rings[ring++]; left > 0; left--) {
          const named = shapes.refs[ref++];
          sides[named < 0 ? -1 - named : named].push(municipality[area]);
        }
      }
    }
  });
  return arcs.filter((arc, at) => sides[at].length < 2 || sides[at][0] !== sides[at][1]);
}
