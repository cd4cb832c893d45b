// Circles whose surface is a number: a count must not look larger because its area is.

// Middles in the world that is 256 wide, as shapes have it.
function middlesOf(level) {
  return level.points.map(([lat, lng]) => {
    const sine = Math.sin((lat * Math.PI) / 180);
    return [256 * (0.5 + lng / 360), 256 * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI))];
  });
}

// The largest circle of as many areas at a zoom, in pixels.
function widest(count, zoom) {
  return Math.max(3, Math.min(48, (250 / Math.sqrt(count)) * 1.5 ** (zoom - 9.5)));
}

function drawCircles(pen, { sizes, fills }, middles, { scale, origin, zoom, size }) {
  const most = sizes.reduce((largest, one) => Math.max(largest, one ?? 0), 0);
  if (!most) return;
  const radius = widest(sizes.length, zoom);
  // The smallest last, so that none hides behind another.
  const order = sizes.map((one, area) => area).filter((area) => sizes[area] > 0).sort((one, other) => sizes[other] - sizes[one]);
  pen.lineWidth = 1;
  pen.strokeStyle = "#fff";
  for (const area of order) {
    const [x, y] = [middles[area][0] * scale - origin.x, middles[area][1] * scale - origin.y];
    if (x < -radius || y < -radius || x > size.x + radius || y > size.y + radius) continue;
    pen.beginPath();
    pen.arc(x, y, Math.max(1, radius * Math.sqrt(sizes[area] / most)), 0, 2 * Math.PI);
    pen.fillStyle = fills[area];
    pen.fill();
    pen.stroke();
  }
}
