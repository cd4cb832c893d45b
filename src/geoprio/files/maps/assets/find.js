// What is no area of the level shown and still found: districts, stations, polling districts and postal
// codes; and where the reader stands. Each leads to the area that it lies in.

function placeEntries() {
  const { names = [], points = [], types = [] } = data.ground?.places ?? {};
  return names.map((name, at) => {
    const [code, ...rest] = types[at] === "polling" || types[at] === "postal" ? name.split(" ") : [""];
    return { name: rest.join(" ") || name, full: name, type: types[at], point: points[at], key: folded(rest.join(" ") || name), code: folded(code), around: [] };
  });
}

function kindOf({ type }) {
  return { district: words.find_district, places: words.find_places, polling: words.find_polling, postal: words.find_postal, town: words.find_town }[type];
}

// As names of areas are ranked, after an area's own.
function rankOfPlace(entry, wanted) {
  const plain = wanted.replace(/\s/g, "");
  const code = entry.code && entry.code.startsWith(plain) ? (entry.code === plain ? 0 : 1) : Infinity;
  return Math.min(quality(entry.key, wanted), code) + 0.3;
}

function makeFind(map, drawing, { onArea, onSaid }) {
  let pin = null;

  function mark(point, name) {
    pin?.remove();
    pin = point && L.circleMarker(point, { renderer: drawing.over, radius: 8, weight: 3, color: "#1d2730", fillColor: "#fff", fillOpacity: 1, interactive: false })
      .bindTooltip(named(name), { permanent: true, direction: "auto", className: "hint", offset: [8, 0] })
      .addTo(map);
  }

  // The area that the place lies in, however the areas are drawn now.
  function show(point, name) {
    mark(point, name);
    const area = drawing.areaOn(point);
    if (area === null) {
      onSaid(words.here_outside);
      return;
    }
    onSaid("");
    onArea(area);
  }

  // Asked for by a tap alone, and kept in this page alone: not even the address tells of it.
  function here() {
    onSaid(words.here_asks);
    const found = ({ coords }) => show([coords.latitude, coords.longitude], words.here_pin);
    if (!navigator.geolocation) onSaid(words.here_unknown);
    else navigator.geolocation.getCurrentPosition(found, () => onSaid(words.here_unknown), { enableHighAccuracy: true, timeout: 15000 });
  }

  return { show, here, clear: () => mark(null, "") };
}
