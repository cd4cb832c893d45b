// Search over names, municipalities, associations and codes. Letters match without their marks
// too: "sodertalje" finds Södertälje.

const mostFound = 8;

function folded(text) {
  return text.toLocaleLowerCase(words.locale).normalize("NFD").replace(/\p{M}/gu, "").trim();
}

function searchEntries() {
  return data.levels.flatMap((level) =>
    level.names.map((name, area) => {
      const both = [municipalityOf(level, area), textOf(level, "association", area)];
      const around = [...new Set(both)].filter(Boolean);
      return {
        level,
        area,
        name,
        around,
        key: folded(name),
        aroundKeys: around.map(folded),
        code: folded(level.codes[area]),
      };
    }),
  );
}

// 0 the whole text, 1 its beginning, 2 a word's beginning, 3 inside a word.
function quality(text, wanted) {
  if (text === wanted) return 0;
  if (text.startsWith(wanted)) return 1;
  if (text.includes(` ${wanted}`) || text.includes(`-${wanted}`)) return 2;
  return text.includes(wanted) ? 3 : Infinity;
}

// Names first, then municipality, association and code. A place counts on the level shown only:
// the others hold the same ground.
function rankOf(entry, wanted, level) {
  if (entry.point) return rankOfPlace(entry, wanted);
  const here = entry.level === level;
  const name = quality(entry.key, wanted);
  const place = here ? Math.min(...entry.aroundKeys.map((key) => quality(key, wanted))) : Infinity;
  return Math.min(name, 4 + place, 8 + quality(entry.code, wanted)) + (here ? 0 : 0.5);
}

function findAreas(entries, text, level) {
  const wanted = folded(text);
  if (!wanted) return [];
  return entries
    .map((entry) => ({ entry, rank: rankOf(entry, wanted, level) }))
    .filter((one) => one.rank < Infinity)
    .sort((one, other) => one.rank - other.rank)
    .map((one) => one.entry);
}

// On a phone the map lets go of the top while something is typed. It takes it again only when the tap
// that ended the typing has reached what it was meant for.
function keepStill(input) {
  const { classList } = document.body;
  let pressed = false;
  const settle = () => { if (document.activeElement !== input) classList.remove("searching"); };
  input.addEventListener("focus", () => classList.add("searching"));
  input.addEventListener("blur", () => { if (!pressed) settle(); });
  document.addEventListener("pointerdown", () => { pressed = true; }, true);
  for (const kind of ["click", "pointercancel"]) {
    document.addEventListener(kind, () => { pressed = false; settle(); });
  }
}

function makeSearch(state, onPick, onPlace) {
  const input = byId("search");
  const list = byId("found");
  let entries = null; // made at the first letter: few open the page to search
  let found = [];
  let active = -1;

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    active = -1;
  }

  function activate(place) {
    active = place;
    list.querySelectorAll("[role=option]").forEach((option, at) => {
      option.setAttribute("aria-selected", String(at === place));
      if (at === place) list.scrollTop = Math.max(0, option.offsetTop + 2 * option.offsetHeight - list.clientHeight);
    });
    if (place < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", `found-${place}`);
  }

  function open() {
    entries ??= [...searchEntries(), ...placeEntries()];
    const every = findAreas(entries, input.value, state.level);
    found = every.slice(0, mostFound);
    byId("search-said").textContent = input.value.trim() ? foundWords(every.length) : "";
    list.replaceChildren(...found.map(option));
    if (!found.length) list.append(line(words.search_none));
    const left = every.length - found.length;
    if (left) list.append(line(fill(words.search_more, { count: number(left, 0) })));
    list.hidden = !input.value.trim();
    input.setAttribute("aria-expanded", String(found.length > 0));
    activate(found.length ? 0 : -1);
  }

  function foundWords(count) {
    if (!count) return words.search_none;
    const parts = { count: number(count, 0), shown: number(found.length, 0) };
    return fill(count > found.length ? words.search_shown : words.search_found, parts);
  }

  // Read out by the status line, so it is no option of the list.
  function line(text) {
    const made = element("li", "none", text);
    made.setAttribute("role", "presentation");
    return made;
  }

  function moreOf(entry) {
    if (entry.point) return [kindOf(entry), entry.code];
    const other = entry.level === state.level ? "" : entry.level.title;
    const code = entry.level.codes[entry.area];
    return [...entry.around, other, code === entry.name ? "" : code];
  }

  function option(entry, place) {
    const more = moreOf(entry).filter(Boolean).join(" · ");
    const made = element("li", "", named(entry.name), element("span", "", named(more)));
    made.id = `found-${place}`;
    made.setAttribute("role", "option");
    made.addEventListener("mousedown", (event) => event.preventDefault());
    made.addEventListener("click", () => pick(place));
    return made;
  }

  function pick(place) {
    const entry = found[place];
    if (!entry) return;
    input.value = entry.name;
    close();
    if (entry.point) onPlace(entry);
    else onPick(entry.level, entry.area);
  }

  input.addEventListener("input", open);
  input.addEventListener("blur", close);
  keepStill(input);
  // On a phone the map lets go of the top meanwhile: the suggestions need room over the keyboard.
  input.addEventListener("focus", () => {
    const phone = getComputedStyle(byId("panel")).display === "contents";
    if (phone) input.parentElement.scrollIntoView({ block: "start" });
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      close();
    } else if (event.key === "Enter") {
      if (list.hidden) open();
      pick(Math.max(active, 0));
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open();
      else if (found.length) {
        const step = event.key === "ArrowDown" ? 1 : -1;
        activate((active + step + found.length) % found.length);
      }
    }
  });
}
