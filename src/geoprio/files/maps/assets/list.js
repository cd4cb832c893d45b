// Every area in order: the map's other form, for keyboard, screen reader and print. The first rows
// stand there from the start, and the chosen area's; some more when the last comes near, and the rest
// when they are asked for.

const [nextRows, firstRows] = [20, 50];

// Ranks decide where the layer has them, else the values, highest first; equals by area code.
function orderOf(level, layer) {
  const { rank, value } = columnsOf(level, layer);
  const sort = rank
    ? value.map((one, area) => (rank[area] === null ? Infinity : rank[area]))
    : value.map((one) => (one === null ? Infinity : -one));
  return value
    .map((one, area) => area)
    .sort((one, other) => (sort[one] === sort[other] ? one - other : sort[one] < sort[other] ? -1 : 1));
}

// Equals share the better place, null where nothing is known.
function placesOf(level, layer, order) {
  const { rank, value } = columnsOf(level, layer);
  if (rank) return layer.key in level.ranked ? ownRanksOf(rank) : rank;
  const places = new Array(value.length).fill(null);
  order.forEach((area, at) => {
    if (value[area] === null) return;
    const before = order[at - 1];
    places[area] = at > 0 && value[before] === value[area] ? places[before] : at + 1;
  });
  return places;
}

// Three names; but never some of many equals.
function answerWords(level, layer, order, places) {
  if (layer.kind === "class") return "";
  const known = order.filter((area) => places[area] !== null);
  const third = places[known[2]];
  const tied = known.length > 3 && places[known[3]] === third;
  const named = known.slice(0, 3).filter((area) => !tied || places[area] < third);
  const names = listed(named.map((area) => level.names[area]));
  if (!tied) return named.length ? fill(words.answer, { names }) : "";
  const count = number(known.filter((area) => places[area] === third).length, 0);
  return fill(named.length ? words.answer_then : words.answer_equal, { names, count });
}

function makeList(onPick) {
  const body = byId("rows");
  const more = byId("more");
  const head = byId("list-head");
  let shown = { level: null, layer: null, order: [], places: [], said: false };
  let [now, hours] = [null, false];
  let all = false;
  let count = nextRows;
  let chosen = null;
  const nearEnd = new IntersectionObserver((seen) => {
    if (seen.some((one) => one.isIntersecting)) grow();
  }, { rootMargin: "200px" });

  function show(state, order, kept) {
    const { view, level, layer } = state;
    const said = view === "verdict";
    now = state;
    hours = showsWork(state);
    shown = { view, level, layer, order: kept, places: placesOf(level, layer, order), said };
    chosen = null;
    const first = hours ? words.work_when : view === "plan" ? (level.plan.wave ? words.plan_wave : "") : said ? words.verdict : "";
    const last = hours ? "" : view === "plan" ? words.plan_size : said ? "" : layer.title;
    const heads = [...(hours ? [] : [[words.list_rank, "rank"]]), ...(first ? [[first, "told"]] : []), [words.list_area, ""], ...(last ? [[last, "value"]] : [])];
    head.replaceChildren(...heads.map(([title, kind]) => {
      const cell = element("th", kind, title);
      cell.scope = "col";
      return cell;
    }));
    fillRows();
  }

  function fillRows() {
    const { order } = shown;
    body.replaceChildren(...order.slice(0, all ? order.length : count).map(row));
    nearEnd.disconnect();
    if (!all && count < Math.min(firstRows, order.length)) nearEnd.observe(body.lastElementChild);
    const first = body.querySelector("button");
    if (first) first.tabIndex = 0;
    more.hidden = order.length <= firstRows;
    more.textContent = all
      ? fill(words.list_first, { count: number(firstRows, 0) })
      : fill(words.list_all, { count: number(order.length, 0) });
    mark(chosen);
  }

  // What to do first, then where and whose it is; the figure only where nothing is said of what to do.
  function row(area) {
    const { view, level, layer, places, said } = shown;
    const where = [level.overview ? "" : municipalityOf(level, area), textOf(level, "association", area)].filter(Boolean);
    const button = element(
      "button",
      "",
      named(level.names[area]),
      element("span", "", ...[...new Set(where)].flatMap((one, at) => [at ? " · " : "", named(one)])),
    );
    button.type = "button";
    button.tabIndex = -1;
    button.dataset.area = area;
    return element(
      "tr",
      "",
      hours ? null : element("td", "rank", places[area] === null ? "–" : number(places[area], 0)),
      ...(hours ? [workCell(now, area)] : view === "plan" ? (level.plan.wave ? [waveCell(level, area)] : []) : said ? [verdictCell(level, layer, area)] : []),
      element("td", "", button, ...(hours ? workParts(now, area).map((one) => element("p", "small", one)) : [])),
      ...(hours ? [] : view === "plan" ? [element("td", "value", ...planParts(level, area).map((one) => element("span", "", one)))] : said ? [] : [valueCell(level, layer, area)]),
    );
  }

  function verdictCell(level, layer, area) {
    const wave = waveOf(level, area);
    const planned = wave === null || plannedWave(level, layer, area) !== null
      ? null
      : element("span", "also", fill(words.verdict_wave, { wave: number(wave, 0) }));
    return element("td", "told", verdictDot(level, layer, area), verdictOf(level, layer, area) || "–", planned);
  }

  function waveCell(level, area) {
    const wave = waveOf(level, area);
    return element("td", "told", ...(wave === null ? ["–"] : [waveDot(wave), waveWords(wave)]));
  }

  function valueCell(level, layer, area) {
    const columns = columnsOf(level, layer);
    const value = columns.value[area];
    const colour = value === null ? null : colourOf(layer, classOf(layer, value));
    return element("td", "value", figureText(layer, columns, area), dot(colour));
  }

  function buttonOf(area) {
    return body.querySelector(`button[data-area="${area}"]`);
  }

  function setAll(next) {
    all = next;
    grow();
  }

  function grow() {
    count = firstRows;
    fillRows();
  }

  // A chosen area below the first rows gets a row of its own under them.
  function mark(area) {
    chosen = area;
    for (const old of body.querySelectorAll("[aria-current]")) old.removeAttribute("aria-current");
    body.querySelector("tr.apart")?.remove();
    if (area === null) return;
    if (!buttonOf(area)) {
      const apart = row(area);
      apart.className = "apart";
      body.append(apart);
    }
    buttonOf(area).closest("tr").setAttribute("aria-current", "true");
  }

  function focus(area) {
    if (!buttonOf(area)) grow();
    if (!buttonOf(area)) setAll(true);
    move(buttonOf(area));
  }

  function move(button) {
    const before = body.querySelector('button[tabindex="0"]');
    if (before) before.tabIndex = -1;
    button.tabIndex = 0;
    button.focus();
  }

  more.addEventListener("click", () => setAll(!all));
  body.addEventListener("click", (event) => {
    const button = event.target.closest("tr")?.querySelector("button");
    if (button) onPick(Number(button.dataset.area));
  });
  body.addEventListener("keydown", (event) => {
    const { order } = shown;
    const at = order.indexOf(Number(event.target.dataset.area));
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: order.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (next >= 0 && next < order.length) focus(order[next]);
  });
  return { show, mark, focus };
}
