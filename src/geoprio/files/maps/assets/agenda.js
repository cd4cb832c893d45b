// What people do, week by week, beside what is mailed: tasks in areas, rounds that are walked together,
// and places. A smaller area shares its larger one's tasks but is walked in its own round.

const work = data.work;
const rounds = work ? rowsOf(work.rounds) : [];
const LETTERS_OF_MAIL = "mailing";

function rowsOf(columns) {
  return columns.weeks.map((weeks, at) => Object.fromEntries(Object.keys(columns).map((key) => [key, columns[key][at]])));
}

// Whether hours are shown: the mailing has waves of its own.
function showsWork({ view, what }) {
  return Boolean(work) && view === "plan" && what !== LETTERS_OF_MAIL;
}

function memberOf(level, area) {
  return work.members[data.levels.indexOf(level)][area];
}

// The tasks of each area of a level, made once.
function tasksOf(level) {
  level.tasks ??= level === data.levels[0] ? ownTasks(level) : level.overview ? summedTasks(level) : sharedTasks(level);
  return level.tasks;
}

function ownTasks(level) {
  const found = level.codes.map(() => []);
  for (const task of rowsOf(work.tasks)) found[task.area].push({ ...task, key: work.kinds[task.kind][0], walked: [] });
  const walk = (area, round) => {
    const task = area >= 0 && round >= 0 && found[area].find(({ key }) => key === "canvass");
    if (task && !task.walked.includes(round)) task.walked.push(round);
  };
  work.members[0].forEach((round, area) => walk(area, round));
  work.homes.forEach((homes, at) => homes.forEach((home, area) => walk(home, work.members[at + 1][area])));
  for (const tasks of found) for (const { walked } of tasks) walked.sort((one, other) => one - other);
  return found;
}

function sharedTasks(level) {
  const larger = tasksOf(data.levels[0]);
  const homes = work.homes[data.levels.indexOf(level) - 1];
  return level.codes.map((code, area) => {
    const own = memberOf(level, area);
    return (larger[homes[area]] ?? []).flatMap((task) => {
      if (task.key !== "canvass" || work.members[0][homes[area]] >= 0) return [task];
      return own < 0 ? [] : [{ ...task, ...rounds[own], walked: [own] }];
    });
  });
}

function summedTasks(level) {
  const [scored] = data.levels;
  const sums = level.names.map(() => new Map());
  tasksOf(scored).forEach((tasks, area) => {
    const sum = sums[level.names.indexOf(municipalityOf(scored, area))];
    for (const { kind, key, hours, doors, homes, weeks } of sum ? tasks : []) {
      const all = sum.get(kind) ?? { kind, key, hours: 0, doors: 0, homes: 0, at: "", weeks: [], walked: [] };
      sum.set(kind, { ...all, hours: all.hours + hours, doors: all.doors + doors, homes: all.homes + homes, weeks: [...all.weeks, ...weeks] });
    }
  });
  return sums.map((sum) => [...sum.values()].sort((one, other) => one.kind - other.kind));
}

// What of an area's tasks is shown: of one kind or all, in one week or all.
function shownTasks({ what, week }, level, area) {
  return tasksOf(level)[area].filter((task) => (!what || task.key === what) && isIn(task, week));
}

function isIn({ weeks }, week) {
  return week === 0 || weeks.some(([day]) => day === week - 1);
}

function hoursIn({ weeks, hours }, week) {
  return week === 0 ? hours : weeks.reduce((sum, [day, own]) => sum + (day === week - 1 ? own : 0), 0);
}

function firstDay({ weeks }) {
  return Math.min(Infinity, ...weeks.map(([day]) => day));
}

// "v. 10–14 2030, v. 32 2030"
function weekWords({ weeks }) {
  const days = [...new Set(weeks.map(([day]) => day))].sort((one, other) => one - other);
  const runs = [];
  for (const day of days) {
    const run = runs[runs.length - 1];
    if (run && run[1] === day - 1) run[1] = day;
    else runs.push([day, day]);
  }
  return runs.map(([first, last]) => spanWords(work.days[first], work.days[last])).join(", ");
}

function spanWords([first, one, year], [last, other, later]) {
  if (first === last) return first;
  return year === later ? fill(words.work_span, { first: one, last: other, year }) : `${first}–${last}`;
}

// As one says it: two figures.
function roughly(count) {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(count, 1))) - 1);
  return number(Math.round(count / step) * step, 0);
}

function sizeParts({ key, hours, doors, homes, nights, weeks }, week = 0) {
  const spent = hoursIn({ hours, weeks }, week);
  return [
    ...(nights && week === 0 ? [nights === 1 ? words.work_night : fill(words.work_nights, { count: number(nights, 0) })] : []),
    ...(spent && !nights ? [fill(words.work_hours, { count: number(spent, 0) })] : []),
    ...(week === 0 && doors && key !== "distribution" ? [fill(words.work_doors, { count: roughly(doors) })] : []),
    ...(week === 0 && homes && key === "distribution" ? [fill(words.work_homes, { count: roughly(homes) })] : []),
    ...(week === 0 && homes && key === LETTERS_OF_MAIL ? [fill(words.plan_households, { count: number(homes, 0) })] : []),
  ];
}

// A text with names in it, each read in its own direction.
function pieces(text, parts) {
  return text.split(/\{(\w+)\}/).flatMap((piece, at) => (at % 2 ? parts[piece] : piece));
}

function taskWords(task) {
  const size = [weekWords(task), ...sizeParts(task)].filter(Boolean).join(", ");
  const at = task.at ? [", ", ...pieces(words.work_at, { place: named(task.at) })] : [];
  return pieces(words.work_line, { what: work.kinds[task.kind][1], parts: [size, ...at] });
}

function roundWords(task, round) {
  const one = rounds[round];
  const what = pieces(words.work_round, { number: number(one.number, 0), name: named(one.name) });
  const meet = one.at ? [", ", ...pieces(words.work_meet, { place: named(one.at) })] : [];
  const told = pieces(words.work_line, { what, parts: [[weekWords(one), ...sizeParts(one)].join(", "), ...meet] });
  return pieces(words.work_line, { what: work.kinds[task.kind][1], parts: told });
}

// "1–4", or "1, 3 och 4"
function numbersWords(walked) {
  const own = walked.map((at) => rounds[at].number);
  const last = own[own.length - 1];
  return own.length > 2 && last - own[0] === own.length - 1 ? `${own[0]}–${last}` : listed(own.map(String));
}

// "Gjort: 120 av omkring 600 dörrar": of the areas that the plan is made of.
function doneWords(level, area) {
  const { areas, counts } = work.done;
  const at = level === data.levels[0] ? areas.indexOf(area) : -1;
  if (at < 0) return "";
  if (counts[at] === null) return words.work_done_withheld;
  const planned = tasksOf(level)[area].find(({ key }) => key === "canvass")?.doors;
  const done = number(counts[at], 0);
  return planned ? fill(words.work_done, { done, planned: roughly(planned) }) : fill(words.work_done_alone, { done });
}

// Withheld areas are in no sum: the rest is the least that is done.
function doneSum() {
  const { counts } = work.done;
  if (!counts.length) return "";
  const [level] = data.levels;
  const planned = tasksOf(level).flat().reduce((sum, { key, doors }) => sum + (key === "canvass" ? doors : 0), 0);
  const done = counts.reduce((sum, count) => sum + (count ?? 0), 0);
  const said = counts.includes(null) ? words.work_done_least : words.work_done_sum;
  return fill(said, { done: number(done, 0), planned: roughly(planned) });
}

function isIdle(level, area) {
  return work.idle.includes(textOf(level, "association", area));
}

// What the card says of an area's tasks but the mailing's, which has a line of its own.
function workLines(level, area) {
  if (!work) return [];
  const told = tasksOf(level)[area].filter(({ key }) => key !== LETTERS_OF_MAIL).sort((one, other) => firstDay(one) - firstDay(other));
  const lines = told.flatMap((task) => (task.walked.length ? task.walked.map((at) => [task, roundWords(task, at)]) : [[task, taskWords(task)]]));
  const done = doneWords(level, area);
  const none = isLeft(level, area) ? words.work_left : isIdle(level, area) ? words.work_idle_here : words.work_none_here;
  return [
    ...lines.map(([task, text]) => element("p", "planned", kindDot(task.kind), ...text)),
    ...(lines.length || level.overview ? [] : [element("p", "planned", none)]),
    ...(done ? [element("p", "planned", done)] : []),
  ];
}

function isLeft(level, area) {
  return level === data.levels[0] && work.left.includes(area);
}

// From dark, where people give most of their time, to pale.
const kindLooks = [[5, OWN], [4, 3], [2, 4], [1, 5], [0, OWN]];
const idleColour = "#c3c9ce";

function kindColour(kind) {
  return data.colours[kindLooks[kind][0]];
}

function kindDot(kind) {
  return dot(kindColour(kind), kindLooks[kind][1]);
}

function whenWords({ week }) {
  return week === 0 ? words.work_season : work.days[week - 1][0];
}

function whatWords({ what }) {
  return work.kinds.find(([key]) => key === what)?.[1] ?? words.work_plan;
}

function sumOf(tasks, week) {
  return tasks.reduce((sum, task) => sum + (hoursIn(task, week) ?? 0), 0);
}

function workShades(state) {
  const { level, week } = state;
  const tasks = level.codes.map((code, area) => shownTasks(state, level, area));
  const kept = keepsOf(state);
  const kinds = work.kinds.map((kind, at) => at).filter((at) => tasks.some((own) => own.some(({ kind }) => kind === at)));
  const rows = kinds.map((kind) => ({ colour: kindColour(kind), lines: kindLooks[kind][1], word: work.kinds[kind][1], means: kindSum(state, kind), count: tasks.filter((own, area) => kept[area] && own.some((task) => task.kind === kind)).length }));
  const others = [
    [words.work_left, idleColour, (area) => isLeft(level, area)],
    [words.work_idle, idleColour, (area) => isIdle(level, area)],
    [week === 0 ? words.work_rest : words.work_rest_week, restColour, () => true],
  ].filter(([, , holds]) => tasks.some((own, area) => !own.length && holds(area)));
  const rowOf = tasks.map((own, area) => {
    const first = Math.min(...own.map(({ kind }) => kind));
    return own.length ? kinds.indexOf(first) : kinds.length + others.findIndex(([, , holds]) => holds(area));
  });
  const all = [...rows, ...others.map(([word, colour], at) => ({ colour, word, lines: word === words.work_left ? 3 : OWN }))];
  return {
    title: fill(words.work_title, { what: whatWords(state), when: whenWords(state).toLocaleLowerCase(words.locale) }),
    rows: all,
    rowOf,
    fills: rowOf.map((at) => (level.overview ? restColour : textured(all[at].colour, all[at].lines))),
    // Where areas are summed a circle tells how much.
    circles: level.overview ? { sizes: tasks.map((own) => sumOf(own, week)), fills: rowOf.map((at) => all[at].colour) } : null,
    unknown: words.unknown,
    badge: "",
    note: [level.overview ? words.work_circles : "", doneSum(), words.work_note].filter(Boolean).join(" "),
  };
}

// The sums are the plan's, whatever set of areas is shown.
function kindSum({ week }, kind) {
  const own = tasksOf(data.levels[0]).flat().filter((task) => task.kind === kind && isIn(task, week));
  const sum = (role) => own.reduce((total, task) => total + (task[role] ?? 0), 0);
  const hours = sumOf(own, week);
  return sizeParts({ key: work.kinds[kind][0], hours, doors: sum("doors"), homes: sum("homes"), weeks: week ? [[week - 1, hours]] : [] }, week).join(", ");
}

// What is done first stands first, and an association's rounds in their order.
function inWorkOrder(state, order) {
  const { level } = state;
  const keys = new Map(order.map((area) => {
    const own = shownTasks(state, level, area);
    const numbers = own.flatMap(({ walked }) => walked.map((at) => rounds[at].number));
    return [area, [own.length ? Math.min(...own.map(firstDay)) : null, data.association ? Math.min(999, ...numbers) : 0, -sumOf(own, state.week)]];
  }));
  return order
    .filter((area) => keys.get(area)[0] !== null)
    .sort((one, other) => {
      const [mine, theirs] = [keys.get(one), keys.get(other)];
      const at = mine.findIndex((key, place) => key !== theirs[place]);
      return at < 0 ? 0 : mine[at] < theirs[at] ? -1 : 1;
    });
}

function firstTask(state, area) {
  return shownTasks(state, state.level, area).reduce((best, task) => (firstDay(task) < firstDay(best) ? task : best));
}

function beginWords(state, area) {
  return state.week === 0 ? work.days[firstDay(firstTask(state, area))]?.[0] ?? "–" : whenWords(state);
}

function workCell(state, area) {
  return element("td", "told", kindDot(firstTask(state, area).kind), beginWords(state, area));
}

function workParts(state, area) {
  const done = doneWords(state.level, area);
  const lines = shownTasks(state, state.level, area).sort((one, other) => one.kind - other.kind).map((task) => {
    const walked = task.walked.filter((at) => isIn(rounds[at], state.week));
    const what = walked.length ? fill(words.work_rounds, { numbers: numbersWords(walked) }) : work.kinds[task.kind][1];
    return fill(words.work_line, { what, parts: sizeParts({ ...task, nights: null }, state.week).join(", ") });
  });
  return done ? [...lines, done] : lines;
}

function workAnswer() {
  return data.association && !byId("headline") && work.begin ? `${words.begin} ${work.begin} ${work.status}` : work.status;
}

// The choice of what and when.
function makeAgenda(state, onChange) {
  const box = byId("agenda");
  if (!work) return { show: () => {} };
  const [what, week] = [byId("work-what"), byId("work-week")];
  const used = new Set(tasksOf(data.levels[0]).flat().map(({ key }) => key));
  what.append(new Option(words.work_all, ""), ...work.kinds.filter(([key]) => used.has(key)).map(([key, title]) => new Option(title, key)));
  week.max = String(work.days.length);
  const set = (changes) => {
    Object.assign(state, changes);
    onChange();
  };
  const move = (by) => set({ week: Math.min(Math.max(state.week + by, 0), work.days.length) });
  what.addEventListener("change", () => set({ what: what.value }));
  week.addEventListener("input", () => set({ week: Number(week.value) }));
  byId("work-earlier").addEventListener("click", () => move(-1));
  byId("work-later").addEventListener("click", () => move(1));

  function show() {
    box.hidden = state.view !== "plan";
    what.value = state.what;
    byId("weeks").hidden = !showsWork(state);
    week.value = String(state.week);
    week.setAttribute("aria-valuetext", whenWords(state));
    byId("work-when").textContent = whenWords(state);
  }
  return { show };
}

// Rounds as lines, under the sea like other borders.
function makeRounds(state, redraw) {
  let drawn = "";
  const active = () => showsWork(state) && !isCircled(state) && (!state.what || state.what === "canvass");

  // Those of a week serve while it is shown.
  const found = new Map();
  function edges(level, shapes) {
    if (found.get(level)?.week !== state.week) found.set(level, { week: state.week, arcs: edgesOf(level, shapes) });
    return found.get(level).arcs;
  }

  function edgesOf(level, shapes) {
    level.sides ??= arcSides(shapes);
    const of = (area) => {
      const round = area < 0 ? -1 : memberOf(level, area);
      return round >= 0 && isIn(rounds[round], state.week) ? round : -1;
    };
    return Array.from({ length: shapes.starts.length - 1 }, (_, arc) => arc)
      .filter((arc) => of(level.sides[2 * arc]) !== of(level.sides[2 * arc + 1]));
  }

  function draw(pen, groundOf, origin, zoom) {
    // From afar they would hide what they surround.
    if (!active() || (!data.association && zoom < 10.5)) return;
    for (const level of data.levels.filter((one, at) => work.members[at].some((round) => round >= 0))) {
      const { shapes, kept } = groundOf(level);
      pen.beginPath();
      for (const arc of edges(level, shapes)) addArc(pen, kept, arc, origin);
      strokeWith(pen, "rgb(255 255 255 / 90%)", zoom < 11 ? 2.4 : 5);
      strokeWith(pen, "#1d2730", zoom < 11 ? 1.2 : 2.4);
    }
  }

  function show() {
    if (!work) return;
    byId("layer").hidden = state.view === "plan";
    const now = `${active()} ${state.week}`;
    if (now !== drawn) redraw();
    drawn = now;
  }
  return { show, draw };
}

// Numbers of rounds and names of places, nearer than they can be told apart from afar.
function pinsOf(state, zoom) {
  if (!showsWork(state) || isCircled(state)) return [];
  const near = zoom >= (data.association ? 9 : 11.5);
  const walked = !state.what || state.what === "canvass";
  const first = data.association ? rounds.reduce((best, one) => (firstDay(one) < firstDay(best) ? one : best), rounds[0]) : null;
  const numbers = rounds.map((one, at) => ({ one, at }))
    .filter(({ one }) => walked && near && isIn(one, state.week))
    .map(({ one, at }) => ({ point: (one.middle ??= middleOfRound(at)), kind: "round", name: String(one.number), said: one === first ? words.begin_here : "" }))
    .filter(({ point }) => point);
  const shown = { stand: ["stand", ""], meet: ["canvass", ""], cabin: ["canvass", ""], tour: ["stand", ""] };
  const { points, kinds, names, areas } = work.stops;
  const places = points.map((point, at) => ({ point, kind: kinds[at], name: names[at], area: areas[at] }))
    .filter(({ kind, area }) => shown[kind].includes(state.what) && (kind === "tour" || zoom >= 12)
      && (kind !== "stand" || area < 0 || tasksOf(data.levels[0])[area].some((task) => task.key === "stand" && isIn(task, state.week))))
    .map(({ point, kind, name }) => ({ point, kind: `site ${kind}`, name }));
  return [...numbers.sort((one, other) => Number(other.said !== "") - Number(one.said !== "")), ...places];
}

// Where an association's rounds are, else where it works at all.
function walkedAreas(level) {
  const tasks = tasksOf(level).map((own, area) => ({ own, area }));
  const near = tasks.filter(({ own }) => own.some(({ key }) => key === "canvass"));
  return (near.length ? near : tasks.filter(({ own }) => own.length)).map(({ area }) => area);
}

// In the member that is nearest their middle.
function middleOfRound(at) {
  const points = data.levels.flatMap((level, place) => level.points.filter((point, area) => work.members[place][area] === at));
  if (!points.length) return null;
  const mean = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
  const apart = ([lat, lng]) => (lat - mean[0]) ** 2 + ((lng - mean[1]) / 2) ** 2;
  return points.reduce((best, point) => (apart(point) < apart(best) ? point : best));
}
