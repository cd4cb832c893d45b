// Search over names, municipalities and codes on every level. Letters match without their marks
// too: "sodertalje" finds Södertälje.

const mostFound = 8;

function folded(text) {
  return text.toLocaleLowerCase(words.locale).normalize("NFD").replace(/\p{M}/gu, "").trim();
}

function searchEntries() {
  return data.levels.flatMap((level) =>
    level.names.map((name, area) => ({
      level,
      area,
      name,
      more: municipalityOf(level, area),
      key: folded(name),
      around: folded(`${municipalityOf(level, area)} ${level.codes[area]}`),
    })),
  );
}

function quality(entry, wanted, level) {
  const here = entry.level === level ? 0 : 0.5;
  if (entry.key === wanted) return here;
  if (entry.key.startsWith(wanted)) return 1 + here;
  if (entry.key.includes(` ${wanted}`) || entry.key.includes(`-${wanted}`)) return 2 + here;
  if (entry.key.includes(wanted)) return 3 + here;
  return entry.around.includes(wanted) ? 4 + here : Infinity;
}

function findAreas(entries, text, level) {
  const wanted = folded(text);
  if (!wanted) return [];
  return entries
    .map((entry) => ({ entry, rank: quality(entry, wanted, level) }))
    .filter((one) => one.rank < Infinity)
    .sort((one, other) => one.rank - other.rank)
    .slice(0, mostFound)
    .map((one) => one.entry);
}

function makeSearch(state, onPick) {
  const input = byId("search");
  const list = byId("found");
  const entries = searchEntries();
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
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    if (place < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", `found-${place}`);
  }

  function open() {
    found = findAreas(entries, input.value, state.level);
    const said = found.length ? fill(words.search_found, { count: found.length }) : words.search_none;
    byId("search-said").textContent = input.value.trim() ? said : "";
    list.replaceChildren(...found.map(option));
    if (!found.length && input.value.trim()) list.append(element("li", "none", words.search_none));
    list.hidden = !input.value.trim();
    input.setAttribute("aria-expanded", String(found.length > 0));
    activate(found.length ? 0 : -1);
  }

  function option(entry, place) {
    const other = data.levels.length > 1 ? entry.level.title : "";
    const more = [entry.more, other, entry.level.codes[entry.area]].filter(Boolean).join(" · ");
    const made = element("li", "", entry.name, element("span", "", more));
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
    onPick(entry.level, entry.area);
  }

  input.addEventListener("input", open);
  input.addEventListener("blur", close);
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
