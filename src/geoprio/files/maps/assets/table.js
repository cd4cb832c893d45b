// The map as a table: every area, sortable, searchable, page by page, and as a file.

const pageRows = 100;

function makeTable(state, onPick) {
  const dialog = byId("table");
  const input = byId("table-search");
  let columns = [];
  let sorted = { at: 0, down: false };
  let page = 0;

  function layerColumn(layer) {
    const { level } = state;
    const made = columnsOf(level, layer);
    const heading = layer.kind === "share" ? fill(words.percent_of, { title: layer.title }) : layer.title;
    const plain = (role) => (area) => plainNumber(layer, made[role][area]);
    const bounds = made.low
      ? ["low", "high"].map((role) => ({ title: `${heading}, ${words[role]} (${words.estimate})`, plain: plain(role) }))
      : [];
    return {
      title: layer.title,
      number: true,
      key: (area) => made.value[area],
      cell: (area) => withInterval(layer, made, area),
      files: [
        {
          title: heading,
          plain: (area) => (made.value[area] === null ? absence(made, area) : plainNumber(layer, made.value[area])),
        },
        ...bounds,
        ...(made.words?.place ? [{ title: `${heading}, ${words.larger_heading}`, plain: (area) => largerOf(made, area) }] : []),
      ],
    };
  }

  function textColumn(title, text) {
    return { title, number: false, key: text, cell: text, files: [{ title, plain: text }] };
  }

  function columnsNow() {
    const { level, layer } = state;
    const main = scoreLayer(layer);
    const order = orderOf(level, layer);
    const places = placesOf(level, layer, order);
    return [
      {
        title: words.list_rank,
        number: true,
        key: (area) => places[area],
        cell: (area) => (places[area] === null ? "–" : number(places[area], 0)),
        files: [{ title: words.list_rank, plain: (area) => places[area] }],
      },
      textColumn(words.list_area, (area) => level.names[area]),
      ...(main ? [textColumn(fill(words.verdict_of, { layer: main.title }), (area) => verdictOf(level, main, area))] : []),
      ...(level.plan.wave ? [textColumn(words.plan_wave, (area) => (waveOf(level, area) === null ? words.not_planned : waveWords(waveOf(level, area))))] : []),
      textColumn(words.code, (area) => level.codes[area]),
      textColumn(words.municipality, (area) => municipalityOf(level, area)),
      textColumn(words.association, (area) => textOf(level, "association", area)),
      ...data.layers.map(layerColumn),
    ];
  }

  function rows() {
    const wanted = folded(input.value);
    const keeps = keepsOf(state);
    const { at, down } = sorted;
    const key = columns[at].key;
    const compare = new Intl.Collator(words.locale, { numeric: true }).compare;
    return state.level.codes
      .map((code, area) => area)
      .filter((area) => keeps[area])
      .filter((area) => !wanted || columns.some((one) => !one.number && folded(one.cell(area)).includes(wanted)))
      .sort((one, other) => {
        const [a, b] = [key(one), key(other)];
        // What is unknown stands last whichever way.
        if (a === null || b === null) return (a === null) - (b === null) || one - other;
        const order = columns[at].number ? a - b : compare(a, b);
        return (down ? -order : order) || one - other;
      });
  }

  function show() {
    if (!dialog.open) return;
    columns = columnsNow();
    byId("table-caption").textContent = `${data.title} – ${state.level.title}. ${data.subtitle}`;
    const found = rows();
    const pages = Math.max(1, Math.ceil(found.length / pageRows));
    page = Math.min(page, pages - 1);
    byId("table-head").replaceChildren(...columns.map(heading));
    byId("table-rows").replaceChildren(...found.slice(page * pageRows, (page + 1) * pageRows).map(row));
    byId("table-page").textContent = fill(words.table_page, {
      from: number(found.length ? page * pageRows + 1 : 0, 0),
      to: number(Math.min((page + 1) * pageRows, found.length), 0),
      count: number(found.length, 0),
    });
    byId("table-before").disabled = page === 0;
    byId("table-next").disabled = page >= pages - 1;
  }

  function heading(column, at) {
    const button = element("button", "", column.title);
    button.type = "button";
    button.addEventListener("click", () => {
      sorted = { at, down: sorted.at === at ? !sorted.down : column.number && at > 0 };
      page = 0;
      show();
      byId("table-head").children[at].querySelector("button").focus();
    });
    const cell = element("th", column.number ? "number" : "", button);
    cell.scope = "col";
    cell.setAttribute("aria-sort", sorted.at === at ? (sorted.down ? "descending" : "ascending") : "none");
    return cell;
  }

  function row(area) {
    return element(
      "tr",
      "",
      ...columns.map((column, at) => {
        if (column.number) return element("td", "number", column.cell(area));
        if (at !== 1) return element("td", "", named(column.cell(area)));
        const button = element("button", "", named(column.cell(area)));
        button.type = "button";
        button.addEventListener("click", () => {
          dialog.close();
          onPick(area);
        });
        const cell = element("th", "", button);
        cell.scope = "row";
        return cell;
      }),
    );
  }

  function save() {
    const tried = data.layers.filter(isTried).map(trialWords);
    const notes = [
      [words.basis, data.subtitle],
      [words.about_areas_heading, words.about_areas],
      ...(words.mark ? [[words.note_heading, words.mark]] : []),
      ...(tried.length ? [[words.undecided, tried.join(" ")]] : []),
      [words.readers, data.readers],
      [words.sources, data.sources.join(" | ")],
    ];
    const filed = columns.flatMap((column) => column.files);
    const lines = rows().map((area) => filed.map((one) => one.plain(area)));
    download(`${state.level.key}.csv`, csvOf(filed.map((one) => one.title), lines, notes));
  }

  byId("table-open").addEventListener("click", () => {
    dialog.showModal();
    show();
  });
  byId("table-close").addEventListener("click", () => dialog.close());
  input.addEventListener("input", () => { page = 0; show(); });
  byId("table-before").addEventListener("click", () => { page--; show(); });
  byId("table-next").addEventListener("click", () => { page++; show(); });
  byId("table-save").addEventListener("click", save);
  return { show };
}

// An estimate never stands without its interval.
function withInterval(layer, columns, area) {
  const shown = figureText(layer, columns, area);
  const larger = largerOf(columns, area);
  if (larger) return `${shown} (${sureness(layer, columns, area)})`;
  if (columns.value[area] === null || !isEstimate(columns, area)) return shown;
  const [low, high] = [bare(layer, columns.low[area]), bare(layer, columns.high[area])];
  return low === high ? `${shown} (${words.estimate})` : `${shown} (${low}–${high})`;
}

function plainNumber(layer, value) {
  if (value === null) return null;
  if (layer.kind === "class") return written(layer, value);
  const scaled = layer.kind === "share" ? value * 100 : value;
  return Math.round(scaled * 100) / 100;
}
