// An association's page on paper: its areas in order with doors, evenings, week, what to say, and a box
// to tick. It is made when the page is printed.

const mostOnSheet = 20;

function fillSheet() {
  if (!data.association) return;
  const [level, layer] = [data.levels[0], data.layers[0]];
  const whole = { level, layer, what: "", week: 0 };
  const every = orderOf(level, layer);
  // Once hours are planned, what is done in its order; the rest stands on the map.
  const inPlan = work?.begin ? inWorkOrder(whole, every) : [];
  const order = inPlan.length ? inPlan : every;
  const places = placesOf(level, layer, order);
  const told = order.slice(0, mostOnSheet);
  const doors = (area) => level.plan.doors_count?.[area] ?? null;
  const evenings = (area) => (doors(area) === null || !data.evening_doors ? null : Math.ceil(doors(area) / data.evening_doors));
  // The week alone, where it is known: that is what a group plans by.
  const when = (wave) => (wave === null ? "" : data.weeks[wave - 1] || waveWords(wave));
  const count = (value) => (value === null ? "–" : number(value, 0));
  const columns = inPlan.length ? [
    ["", () => "☐"],
    [words.work_when, (area) => beginWords(whole, area)],
    [words.list_area, (area) => named(level.names[area])],
    [words.work_what, (area) => workParts(whole, area).join(". ")],
    [words.sheet_say, (area) => textOf(level, "opening_line", area)],
  ] : [
    ["", () => "☐"],
    [words.list_rank, (area) => count(places[area])],
    [words.list_area, (area) => named(level.names[area])],
    [words.verdict, (area) => verdictOf(level, layer, area)],
    [words.sheet_doors, (area) => count(doors(area))],
    ...(data.evening_doors ? [[words.sheet_evenings, (area) => count(evenings(area))]] : []),
    ...(level.plan.wave ? [[words.sheet_mailing, (area) => when(waveOf(level, area))]] : []),
    [words.sheet_say, (area) => textOf(level, "opening_line", area)],
  ];
  const head = columns.map(([title]) => {
    const cell = element("th", "", title);
    cell.scope = "col";
    return cell;
  });
  const rows = told.map((area) => element("tr", "", ...columns.map(([, cell]) => element("td", "", cell(area)))));
  const notes = [
    ...(inPlan.length ? [work.status] : data.evening_doors ? [fill(words.sheet_note, { doors: number(data.evening_doors, 0) })] : []),
    ...(every.length > told.length ? [fill(words.sheet_more, { count: number(every.length - told.length, 0) })] : []),
  ];
  byId("sheet").replaceChildren(
    element("table", inPlan.length ? "inplan" : "", element("thead", "", element("tr", "", ...head)), element("tbody", "", ...rows)),
    element("p", "", notes.join(" ")),
  );
  document.body.classList.add("with-sheet");
}
