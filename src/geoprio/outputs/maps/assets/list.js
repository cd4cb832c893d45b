// Every area in order: the map's other form, for keyboard, screen reader and print.

// Ranks decide where the layer has them, else the values, highest first; equals by area code.
function orderOf(level, layer) {
  const { rank, value } = level.values[layer.key];
  const sort = rank
    ? value.map((one, area) => (rank[area] === null ? Infinity : rank[area]))
    : value.map((one) => (one === null ? Infinity : -one));
  return value
    .map((one, area) => area)
    .sort((one, other) => (sort[one] === sort[other] ? one - other : sort[one] < sort[other] ? -1 : 1));
}

function makeList(onPick) {
  const body = byId("rows");
  let buttons = new Map();

  function show(level, layer, order) {
    const { rank, value } = level.values[layer.key];
    byId("list-value").textContent = layer.title;
    buttons = new Map();
    const rows = order.map((area, place) => {
      const known = value[area] !== null;
      const at = rank ? rank[area] : known ? place + 1 : null;
      const button = element(
        "button",
        "",
        level.names[area],
        element("span", "", municipalityOf(level, area)),
      );
      button.type = "button";
      button.tabIndex = -1;
      button.dataset.area = area;
      buttons.set(area, button);
      return element(
        "tr",
        "",
        element("td", "", at === null ? "–" : number(at, 0)),
        element("td", "", button),
        element("td", "", written(layer, value[area]), dot(layer, value[area])),
      );
    });
    body.replaceChildren(...rows);
    if (order.length) buttons.get(order[0]).tabIndex = 0;
  }

  function mark(area) {
    for (const row of body.querySelectorAll("[aria-current]")) row.removeAttribute("aria-current");
    if (area !== null) buttons.get(area).closest("tr").setAttribute("aria-current", "true");
  }

  function focus(area) {
    move(buttons.get(area));
  }

  function move(button) {
    const before = body.querySelector('button[tabindex="0"]');
    if (before) before.tabIndex = -1;
    button.tabIndex = 0;
    button.focus();
  }

  body.addEventListener("click", (event) => {
    const button = event.target.closest("tr")?.querySelector("button");
    if (button) onPick(Number(button.dataset.area));
  });
  body.addEventListener("keydown", (event) => {
    const row = event.target.closest("tr");
    const next = {
      ArrowDown: row.nextElementSibling,
      ArrowUp: row.previousElementSibling,
      Home: body.firstElementChild,
      End: body.lastElementChild,
    }[event.key];
    if (!next) return;
    event.preventDefault();
    move(next.querySelector("button"));
  });
  return { show, mark, focus };
}

function dot(layer, value) {
  if (value === null) return null;
  const made = element("span", "dot");
  made.style.background = colourOf(layer, classOf(layer, value));
  return made;
}
