// Shapes arrive as arcs, each shared border once, in whole-number steps from point to point. They are
// kept as whole numbers side by side, in parts of a world that is 256 wide, as Leaflet's map is at zoom 0.
const finest = 2 ** 23; // a point of the screen at the nearest zoom has 64

function readShapes(shapes) {
  const refs = Int32Array.from(shapes.refs);
  for (let at = 1; at < refs.length; at++) refs[at] += refs[at - 1];
  const ringStarts = offsets(shapes.rings);
  const areaRings = new Int32Array(shapes.areas.length + 1);
  let part = 0;
  shapes.areas.forEach((parts, area) => {
    let rings = 0;
    for (let left = parts; left > 0; left--) rings += shapes.parts[part++];
    areaRings[area + 1] = areaRings[area] + rings;
  });
  const read = { refs, ringStarts, areaRings, count: shapes.areas.length, ...readArcs(shapes) };
  return { ...read, boxes: boxesOf(read) };
}

function offsets(sizes) {
  const starts = new Int32Array(sizes.length + 1);
  sizes.forEach((size, at) => { starts[at + 1] = starts[at] + size; });
  return starts;
}

function readArcs(shapes) {
  const starts = offsets(shapes.arcs);
  const x = new Int32Array(starts[starts.length - 1]);
  const y = new Int32Array(x.length);
  const steps = numbersOf(shapes.xy, 2 * x.length);
  let lng = 0;
  let lat = 0;
  for (let point = 0; point < x.length; point++) {
    lng += steps[2 * point];
    lat += steps[2 * point + 1];
    x[point] = finest * 256 * (0.5 + lng / data.precision / 360);
    const sine = Math.sin(((lat / data.precision) * Math.PI) / 180);
    y[point] = finest * 256 * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI));
  }
  for (const part in shapes) shapes[part] = null; // read once: the page keeps no second copy
  return { x, y, starts };
}

const arcOf = (ref) => (ref < 0 ? -1 - ref : ref);

// West, north, east, south of each area.
function boxesOf({ x, y, starts, refs, ringStarts, areaRings, count }) {
  const boxes = new Float64Array(4 * count);
  for (let area = 0; area < count; area++) {
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let at = ringStarts[areaRings[area]]; at < ringStarts[areaRings[area + 1]]; at++) {
      const arc = arcOf(refs[at]);
      for (let point = starts[arc]; point < starts[arc + 1]; point++) {
        if (x[point] < west) west = x[point];
        if (x[point] > east) east = x[point];
        if (y[point] < north) north = y[point];
        if (y[point] > south) south = y[point];
      }
    }
    boxes.set([west, north, east, south].map((side) => side / finest), 4 * area);
  }
  return boxes;
}

// The arcs between two municipalities, or between one and nothing: their borders.
function borderArcs(shapes, municipality) {
  const { refs, ringStarts, areaRings, count } = shapes;
  const arcs = shapes.starts.length - 1;
  const sides = new Uint8Array(arcs);
  const first = new Int32Array(arcs);
  const apart = new Uint8Array(arcs);
  for (let area = 0; area < count; area++) {
    for (let at = ringStarts[areaRings[area]]; at < ringStarts[areaRings[area + 1]]; at++) {
      const arc = arcOf(refs[at]);
      if (sides[arc]++ === 0) first[arc] = municipality[area];
      else if (first[arc] !== municipality[area]) apart[arc] = 1;
    }
  }
  return Array.from(sides.keys()).filter((arc) => sides[arc] < 2 || apart[arc]);
}

// The two areas that each arc lies between; -1 where there is none.
function arcSides({ refs, ringStarts, areaRings, count, starts }) {
  const sides = new Int32Array(2 * (starts.length - 1)).fill(-1);
  for (let area = 0; area < count; area++) {
    for (let at = ringStarts[areaRings[area]]; at < ringStarts[areaRings[area + 1]]; at++) {
      const arc = arcOf(refs[at]);
      sides[2 * arc + (sides[2 * arc] < 0 ? 0 : 1)] = area;
    }
  }
  return sides;
}

// Whether an arc goes through what is drawn as one.
function isInside(sides, arc, merged) {
  const [one, other] = [sides[2 * arc], sides[2 * arc + 1]];
  return one >= 0 && other >= 0 && merged[one] >= 0 && merged[one] === merged[other];
}

// The area at a place of the world, or null. The later lies over the earlier, as it is drawn.
function areaAt(shapes, x, y) {
  const { boxes } = shapes;
  for (let area = shapes.count - 1; area >= 0; area--) {
    const at = 4 * area;
    const near = boxes[at] <= x && x <= boxes[at + 2] && boxes[at + 1] <= y && y <= boxes[at + 3];
    if (near && holds(shapes, area, x, y)) return area;
  }
  return null;
}

// A line from the place to the east crosses the rings an odd number of times.
function holds({ x: xs, y: ys, starts, refs, ringStarts, areaRings }, area, left, top) {
  const [x, y] = [left * finest, top * finest];
  let inside = false;
  for (let at = ringStarts[areaRings[area]]; at < ringStarts[areaRings[area + 1]]; at++) {
    const arc = arcOf(refs[at]);
    for (let point = starts[arc] + 1; point < starts[arc + 1]; point++) {
      const [x1, y1, x2, y2] = [xs[point - 1], ys[point - 1], xs[point], ys[point]];
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
    }
  }
  return inside;
}

// An area's rings as Leaflet wants them: [lat, lng].
function ringsOf({ x, y, starts, refs, ringStarts, areaRings }, area) {
  const latLng = (point) => latLngOf(x[point] / finest, y[point] / finest);
  const rings = [];
  for (let ring = areaRings[area]; ring < areaRings[area + 1]; ring++) {
    const points = [];
    for (let at = ringStarts[ring]; at < ringStarts[ring + 1]; at++) {
      const arc = arcOf(refs[at]);
      const [first, end] = [starts[arc], starts[arc + 1]];
      // An arc's last point is the next one's first.
      if (refs[at] < 0) for (let point = end - 1; point > first; point--) points.push(latLng(point));
      else for (let point = first; point < end - 1; point++) points.push(latLng(point));
    }
    rings.push(points);
  }
  return rings;
}
