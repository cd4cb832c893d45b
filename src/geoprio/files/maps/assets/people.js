// "Efter antal väljare": a circle for each area, as large as its electorate, where the run placed it.

const circleStep = 10; // metres of the web's plane, whose width is 256 here
const planeWidth = 2 * Math.PI * 6378137;

// Middles and radii on the world that is 256 wide, beside where the area lies on the map.
function hasCircles(level) {
  return level.circled;
}

function circlesOf(level) {
  level.placed ??= level.circles.map(([x, y, r], area) => {
    const [lat, lng] = level.points[area];
    const sine = Math.sin((lat * Math.PI) / 180);
    return {
      x: 256 * (0.5 + (circleStep * x) / planeWidth),
      y: 256 * (0.5 - (circleStep * y) / planeWidth),
      r: (256 * circleStep * r) / planeWidth,
      from: [256 * (0.5 + lng / 360), 256 * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI))],
    };
  });
  return level.placed;
}

// The circle at a place of the world, or null.
function circleAt(circles, x, y) {
  const found = circles.findIndex((one) => Math.hypot(one.x - x, one.y - y) <= one.r);
  return found < 0 ? null : found;
}

function latLngOf(x, y) {
  const turned = Math.PI * (1 - (2 * y) / 256);
  return [(180 * Math.atan(Math.sinh(turned))) / Math.PI, 360 * (x / 256 - 0.5)];
}

function ringOfCircle({ x, y, r }) {
  return [Array.from({ length: 48 }, (_, at) => {
    const turn = (2 * Math.PI * at) / 48;
    return latLngOf(x + r * Math.cos(turn), y + r * Math.sin(turn));
  })];
}

// Where the names of municipalities stand: over the middle of their circles.
function townsOf(level) {
  const found = new Map();
  circlesOf(level).forEach(({ x, y, r }, area) => {
    const name = municipalityOf(level, area);
    const sum = found.get(name) ?? { x: 0, y: 0, weight: 0 };
    found.set(name, { x: sum.x + r * r * x, y: sum.y + r * r * y, weight: sum.weight + r * r });
  });
  return [...found].map(([name, { x, y, weight }]) => ({ name, point: latLngOf(x / weight, y / weight), weight, kind: "town" }));
}

// How far the areas have come on their way from the map (0) to their circles (1).
function makePeople(redraw) {
  let way = 0;
  let aim = 0;
  let begun = null;

  function set(on) {
    if (aim === Number(on)) return;
    aim = Number(on);
    if (still) way = aim;
    else begun ??= performance.now();
    redraw();
  }

  // Called at each drawing: takes the next step of the way, if there is one.
  function step() {
    if (way === aim) {
      begun = null;
      return way;
    }
    const part = Math.min(1, (performance.now() - begun) / 600);
    way = aim === 1 ? part : 1 - part;
    requestAnimationFrame(redraw);
    return way;
  }

  function draw(pen, circles, fills, { scale, origin, size, unknown }) {
    const eased = way * way * (3 - 2 * way);
    pen.fillStyle = "#f4f6f7";
    pen.globalAlpha = eased;
    pen.fillRect(0, 0, size.x, size.y);
    pen.globalAlpha = 1;
    pen.strokeStyle = "rgb(57 68 77 / 45%)";
    pen.lineWidth = 0.6;
    circles.forEach(({ x, y, r, from }, area) => {
      const left = scale * (from[0] + (x - from[0]) * eased) - origin.x;
      const top = scale * (from[1] + (y - from[1]) * eased) - origin.y;
      const wide = scale * r * Math.max(eased, 0.2);
      if (left + wide < 0 || top + wide < 0 || left - wide > size.x || top - wide > size.y) return;
      pen.beginPath();
      pen.arc(left, top, wide, 0, 2 * Math.PI);
      pen.fillStyle = fills[area] ?? unknown;
      pen.fill();
      pen.stroke();
    });
  }

  return { set, step, draw, areThere: () => way === 1 && aim === 1 };
}
