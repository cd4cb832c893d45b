// Several areas together: chosen one by one or by a ring drawn around them, summed, and taken along.

function makeSelection(map, drawing, state) {
  const chosen = new Set();
  const ring = drawing.ringOf(2.5);
  let on = false;
  let ringing = false;

  function sumOf(role) {
    const column = state.level.sums[role];
    const known = [...chosen].map((area) => column[area]).filter((one) => one !== null);
    return { sum: known.reduce((sum, one) => sum + one, 0), unknown: chosen.size - known.length };
  }

  // The errors of areas are added as if all went the same way: the interval is rather too wide.
  function lines() {
    const [doors, electors, targets, error] = ["doors", "electors", "targets", "error"].map(sumOf);
    const half = 1.96 * error.sum;
    const whole = (value) => number(Math.round(value), 0);
    const unknown = Math.max(doors.unknown, electors.unknown, targets.unknown);
    return [
      [words.chosen_doors, whole(doors.sum)],
      [words.chosen_targets, fill(words.chosen_between, { value: whole(targets.sum), low: whole(Math.max(0, targets.sum - half)), high: whole(Math.min(electors.sum, targets.sum + half)) })],
      [words.chosen_precision, electors.sum ? percent(targets.sum / electors.sum, 0) : words.unknown],
      ...(data.door_sek ? [[words.chosen_cost, fill(words.sek, { value: whole(doors.sum * data.door_sek) })]] : []),
      ...(unknown ? [[words.chosen_unknown, whole(unknown)]] : []),
    ];
  }

  function inOrder() {
    return orderOf(state.level, state.layer).filter((area) => chosen.has(area));
  }

  function show() {
    const there = Boolean(state.level.sums.doors);
    byId("select").hidden = !there;
    byId("selection").hidden = !there || !on;
    byId("select").setAttribute("aria-pressed", String(on));
    byId("select").textContent = on ? words.chosen_done : words.chosen_begin;
    byId("ringing").setAttribute("aria-pressed", String(ringing));
    map.getContainer().classList.toggle("ringing", ringing);
    ring.around([...chosen].map(drawing.ringsAround));
    const some = chosen.size > 0;
    for (const id of ["selection-copy", "selection-save", "selection-wish", "selection-clear"]) byId(id).disabled = !some;
    byId("selection-wish").hidden = !scoreLayer(state.layer);
    byId("selection-count").textContent = some ? fill(words.chosen_count, { count: number(chosen.size, 0) }) : words.chosen_none;
    byId("selection-sums").replaceChildren(...(some ? lines() : []).map(([title, value]) => element("div", "", element("dt", "", title), element("dd", "", value))));
    byId("selection-note").hidden = !some;
    byId("selection-how").hidden = some;
  }

  // A tap on an area, wherever it stands, puts it in or takes it out; true where that was done.
  function take(area) {
    if (!on) return false;
    if (!chosen.delete(area)) chosen.add(area);
    show();
    // The sums take room above the list: what was pressed stays in sight.
    document.activeElement.scrollIntoView({ block: "nearest" });
    byId("said").textContent = `${state.level.names[area]}: ${chosen.has(area) ? words.chosen_in : words.chosen_out}`;
    return true;
  }

  function clear() {
    chosen.clear();
    show();
  }

  function setOn(next) {
    on = next;
    setRinging(false);
    if (!on) clear();
  }

  function setRinging(next) {
    ringing = next;
    if (ringing) map.dragging.disable();
    else map.dragging.enable();
    show();
  }

  function ringAround(points) {
    if (points.length < 3) return;
    const inside = (x, y) => points.reduce((odd, [x1, y1], at) => {
      const [x2, y2] = points[(at + 1) % points.length];
      return (y1 > y) !== (y2 > y) && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1 ? !odd : odd;
    }, false);
    state.level.codes.forEach((code, area) => {
      const { x, y } = map.latLngToContainerPoint(drawing.middleOf(area));
      if (inside(x, y) && drawing.keeps(area)) chosen.add(area);
    });
  }

  function follow() {
    const box = map.getContainer();
    const line = L.polyline([], { renderer: drawing.over, interactive: false, color: "#1d2730", weight: 2, dashArray: "4 4" }).addTo(map);
    let points = null;
    const at = (event) => {
      const { left, top } = box.getBoundingClientRect();
      return [event.clientX - left, event.clientY - top];
    };
    box.addEventListener("pointerdown", (event) => {
      if (!ringing || event.target.closest(".leaflet-control")) return;
      points = [at(event)];
      box.setPointerCapture?.(event.pointerId);
    });
    box.addEventListener("pointermove", (event) => {
      if (!points) return;
      points.push(at(event));
      line.setLatLngs(points.map((point) => map.containerPointToLatLng(point)));
    });
    for (const end of ["pointerup", "pointercancel"]) {
      box.addEventListener(end, () => {
        if (!points) return;
        ringAround(points);
        points = null;
        line.setLatLngs([]);
        setRinging(false);
      });
    }
  }

  // Every file says what it is of, whom it is for and what is not decided.
  function notes() {
    const tried = data.layers.filter(isTried).map(trialWords);
    return [
      [words.basis, data.subtitle],
      [words.about_areas_heading, words.about_areas],
      ...(words.mark ? [[words.note_heading, words.mark]] : []),
      ...(tried.length ? [[words.undecided, tried.join(" ")]] : []),
      [words.readers, data.readers],
    ];
  }

  function save() {
    const { level } = state;
    const { doors, electors, targets } = level.sums;
    const rows = inOrder().map((area) => [level.codes[area], level.names[area], municipalityOf(level, area), textOf(level, "association", area), doors[area], electors[area], targets[area]]);
    const headings = [words.code, words.list_area, words.municipality, words.association, words.chosen_doors, words.chosen_electors, words.chosen_targets];
    download(`${words.chosen_file}.csv`, csvOf(headings, rows, notes()));
  }

  function wish() {
    const channel = scoreLayer(state.layer).key;
    const rows = inOrder().map((area) => [state.level.codes[area], channel, "in"]);
    download(`${words.chosen_wish_file}.csv`, csvOf(["area_code", "channel", "wish"], rows, notes()));
  }

  async function copy() {
    const { level } = state;
    const told = inOrder().map((area) => [level.names[area], municipalityOf(level, area), level.codes[area]].filter(Boolean).join(", "));
    const text = [byId("selection-count").textContent, ...lines().map(([title, value]) => `${title}: ${value}`), ...told, words.about_areas, words.mark].filter(Boolean).join("\n");
    try {
      await navigator.clipboard.writeText(text);
      byId("said").textContent = byId("selection-count").textContent = words.chosen_copied;
    } catch {
      byId("selection-count").textContent = words.chosen_not_copied;
    }
  }

  byId("select").addEventListener("click", () => setOn(!on));
  byId("ringing").addEventListener("click", () => setRinging(!ringing));
  byId("selection-clear").addEventListener("click", clear);
  byId("selection-copy").addEventListener("click", copy);
  byId("selection-save").addEventListener("click", save);
  byId("selection-wish").addEventListener("click", wish);
  follow();
  let level = state.level;
  return {
    take,
    isRinging: () => ringing,
    // Codes of one set say nothing of another's.
    show() {
      if (level !== state.level) chosen.clear();
      level = state.level;
      if (!state.level.sums.doors && on) setOn(false);
      else show();
    },
  };
}
