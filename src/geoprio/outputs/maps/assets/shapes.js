// Shapes arrive as whole-number steps from point to point; Leaflet wants nested [lat, lng].

function decodeShapes(shapes) {
  let x = 0;
  let y = 0;
  let at = 0;
  let ring = 0;
  let part = 0;
  const readRing = () => {
    const points = [];
    for (let left = shapes.rings[ring++]; left > 0; left--) {
      x += shapes.xy[at++];
      y += shapes.xy[at++];
      points.push([y / data.precision, x / data.precision]);
    }
    return points;
  };
  const readPart = () => Array.from({ length: shapes.parts[part++] }, readRing);
  return shapes.areas.map((parts) => Array.from({ length: parts }, readPart));
}
