// What part of the world is seen: at the start, by "Hela kartan", and on paper.

function openView(map) {
  const all = L.latLngBounds(data.bounds);
  map.getContainer().setAttribute("role", "region");
  map.getContainer().setAttribute("aria-label", words.map);
  const limits = all.pad(1.2); // room for the view beside the legend
  map.setMaxBounds(limits);
  map.options.maxBoundsViscosity = 0.8;
  L.control.zoom({ zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  wholeButton(map, all);
  const view = L.latLngBounds(data.view);
  fitWhole(map, view, false);
  map.setMaxZoom(17);
  limitZoom(map, all);
  // A map that changes its height with every question is drawn twice: the longest keeps its room.
  const asked = byId("question").parentElement;
  let wide = innerWidth;
  new ResizeObserver(() => {
    asked.style.minHeight = wide === innerWidth ? `${asked.offsetHeight}px` : "";
    wide = innerWidth;
    map.invalidateSize({ animate: false });
    if (!document.body.classList.contains("printing")) limitZoom(map, all);
  }).observe(map.getContainer());
  fitPaper(map, limits);
}

// As large as the window allows.
function fitWhole(map, bounds, animate = !still) {
  const [right, below] = besideLegend(map, bounds);
  unstepped(map, () => map.fitBounds(bounds, { animate, paddingTopLeft: [8, 8], paddingBottomRight: [right + 8, below + 8] }));
}

// Between two steps of the zoom there is half a map of sea.
function unstepped(map, act) {
  const { zoomSnap } = map.options;
  map.options.zoomSnap = 0;
  act();
  map.options.zoomSnap = zoomSnap;
}

// Out to where all is seen, on the screen as it is now.
function limitZoom(map, all) {
  map.options.minZoom = 0; // else it limits what is worked out here
  const least = map.getBoundsZoom(all, false, L.point(besideLegend(map, all)));
  map.setMinZoom(Math.min(map.getZoom(), least) - 0.5);
}

// Where the legend lies over the map's corner, leave its width or its height, whichever keeps the
// bounds larger.
function besideLegend(map, bounds) {
  const legend = byId("legend").getBoundingClientRect();
  const canvas = map.getContainer().getBoundingClientRect();
  if (legend.top >= canvas.bottom || legend.left >= canvas.right) return [0, 0];
  const beside = [canvas.right - legend.left, 0];
  const above = [0, canvas.bottom - legend.top];
  const zoom = (padding) => map.getBoundsZoom(bounds, false, L.point(padding));
  return zoom(beside) >= zoom(above) ? beside : above;
}

function wholeButton(map, all) {
  const control = L.control({ position: "topleft" });
  control.onAdd = () => {
    const box = L.DomUtil.create("div", "leaflet-bar");
    const button = element("button", "", "⤢");
    button.type = "button";
    button.title = words.whole;
    button.setAttribute("aria-label", words.whole);
    button.addEventListener("click", () => fitWhole(map, all));
    L.DomEvent.disableClickPropagation(box);
    box.append(button);
    return box;
  };
  control.addTo(map);
}

// The canvas does not follow the paper's width by itself: give the map the paper's size, show the
// same part of it there, unfold the sources, and put all back afterwards.
function fitPaper(map, limits) {
  const about = byId("about");
  let before = null;
  addEventListener("beforeprint", () => {
    if (before) return;
    before = { centre: map.getCenter(), zoom: map.getZoom(), open: about.open };
    about.open = true;
    fillSheet();
    const today = new Intl.DateTimeFormat(words.locale, { dateStyle: "long" }).format(new Date());
    byId("printed").textContent = fill(words.printed, { date: today });
    const bounds = map.getBounds();
    document.body.classList.add("printing");
    map.setMaxBounds(null); // or a small map slides back inside them while it is printed
    map.options.minZoom = 0; // paper may be smaller than the screen
    map.invalidateSize({ animate: false });
    // The whole fills the paper; no legend lies over it there.
    const view = L.latLngBounds(data.view);
    unstepped(map, () => map.fitBounds(bounds.contains(view) ? view : bounds, { animate: false }));
  });
  addEventListener("afterprint", () => {
    if (!before) return;
    about.open = before.open;
    document.body.classList.remove("printing");
    map.invalidateSize({ animate: false });
    unstepped(map, () => map.setView(before.centre, before.zoom, { animate: false }));
    map.setMaxBounds(limits);
    limitZoom(map, L.latLngBounds(data.bounds));
    before = null;
  });
}
