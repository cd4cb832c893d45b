// All areas of a level on one canvas of our own: one path for each colour, each border drawn once, and
// at far zoom only the points that can be told apart. Leaflet's polygons keep an object for each point.

// Points of a border nearer than this, in pixels of the screen, are one.
const nearest = 1 / (L.Browser.retina ? 2 : 1);

// The arcs as points of the screen at a zoom, from the first of them: far from it half the digits do. A
// border is thinned once, for both who share it.
function thinned({ x, y, starts }, scale) {
  const from = { x: (x[0] * scale) / finest, y: (y[0] * scale) / finest };
  const kept = { x: new Float32Array(x.length), y: new Float32Array(x.length), starts: new Int32Array(starts.length) };
  let to = 0;
  for (let arc = 0; arc + 1 < starts.length; arc++) {
    const last = starts[arc + 1] - 1;
    for (let point = starts[arc]; point <= last; point++) {
      const [left, top] = [((x[point] - x[0]) * scale) / finest, ((y[point] - y[0]) * scale) / finest];
      const ends = point === starts[arc] || point === last;
      if (!ends && Math.abs(left - kept.x[to - 1]) + Math.abs(top - kept.y[to - 1]) < nearest) continue;
      kept.x[to] = left;
      kept.y[to++] = top;
    }
    kept.starts[arc + 1] = to;
  }
  return { ...kept, x: kept.x.slice(0, to), y: kept.y.slice(0, to), from };
}

function addRings(pen, shapes, kept, area, origin) {
  const { refs, ringStarts, areaRings } = shapes;
  const [x, y] = [kept.from.x - origin.x, kept.from.y - origin.y];
  for (let ring = areaRings[area]; ring < areaRings[area + 1]; ring++) {
    let begun = false;
    for (let at = ringStarts[ring]; at < ringStarts[ring + 1]; at++) {
      const back = refs[at] < 0;
      const arc = arcOf(refs[at]);
      const [first, end] = [kept.starts[arc], kept.starts[arc + 1]];
      for (let step = begun ? 1 : 0; step < end - first; step++) {
        const point = back ? end - 1 - step : first + step;
        const [left, top] = [kept.x[point] + x, kept.y[point] + y];
        if (begun) pen.lineTo(left, top);
        else pen.moveTo(left, top);
        begun = true;
      }
    }
    pen.closePath();
  }
}

function addArc(pen, kept, arc, origin) {
  const [x, y] = [kept.from.x - origin.x, kept.from.y - origin.y];
  const [first, end] = [kept.starts[arc], kept.starts[arc + 1]];
  for (let point = first; point < end; point++) {
    if (point === first) pen.moveTo(kept.x[point] + x, kept.y[point] + y);
    else pen.lineTo(kept.x[point] + x, kept.y[point] + y);
  }
}

// The areas whose boxes meet the window, a box of the world too.
function within({ boxes, count }, [west, north, east, south]) {
  const seen = [];
  for (let area = 0; area < count; area++) {
    const at = 4 * area;
    if (boxes[at] <= east && boxes[at + 2] >= west && boxes[at + 1] <= south && boxes[at + 3] >= north) seen.push(area);
  }
  return seen;
}

// A renderer of Leaflet: it follows the map through pans and zooms, and `draw` fills it, or gives false.
const Ground = L.Renderer.extend({
  options: { padding: 0.1, draw: () => {} },

  _initContainer() {
    this._container = document.createElement("canvas");
  },

  _destroyContainer() {
    this.stop();
    this._container.remove();
    delete this._container;
  },

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    this.stop();
    const { min } = this._bounds;
    const size = this._bounds.getSize();
    const finer = L.Browser.retina ? 2 : 1;
    const canvas = this._container;
    L.DomUtil.setPosition(canvas, min);
    canvas.width = finer * size.x;
    canvas.height = finer * size.y;
    canvas.style.width = `${size.x}px`;
    canvas.style.height = `${size.y}px`;
    if (finer > 1) canvas.getContext("2d").scale(finer, finer);
    canvas.hidden = true;
    this.fire("update");
  },

  _updatePaths() {
    const origin = this._map.getPixelOrigin().add(this._bounds.min);
    const [pen, size] = [this._container.getContext("2d"), this._bounds.getSize()];
    // What is empty is not laid over the map, nor is it wiped.
    if (!this._container.hidden) pen.clearRect(0, 0, size.x, size.y);
    this._container.hidden = this.options.draw(pen, origin, size, this._zoom) === false;
  },

  stop() {
    if (this._asked) L.Util.cancelAnimFrame(this._asked);
    this._asked = null;
  },

  // At the next frame, once however often it is asked.
  redraw() {
    if (!this._container) return;
    this._asked ??= L.Util.requestAnimFrame(() => {
      this._asked = null;
      // At its end the map is drawn anew.
      if (!this._map._animatingZoom) this._updatePaths();
    }, this);
  },
});
