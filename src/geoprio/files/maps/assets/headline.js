// What is decided, in one sentence and a few numbers; each number shows what it counts.

function makeHeadline(state, { onVerdict, onPlan, onAssociation }) {
  const buttons = [...document.querySelectorAll("#headline [data-shows]")];
  const dialog = byId("associations");

  function isShown({ shows, verdict }) {
    if (state.level !== data.levels[0]) return false;
    if (shows === "plan" || shows === "work") return state.view === "plan" && !isFiltered(state) && (shows === "work" ? !state.what : !showsWork(state));
    return state.view === "verdict" && state.layer === data.layers[0] && state.filter.verdict === verdict;
  }

  const acts = {
    verdict: ({ verdict }, on) => onVerdict(on ? "" : verdict),
    plan: (what, on) => (on ? onVerdict("") : onPlan(LETTERS_OF_MAIL)),
    work: (what, on) => (on ? onVerdict("") : onPlan("")),
    associations: () => dialog.showModal(),
  };
  for (const button of buttons) {
    button.addEventListener("click", () => acts[button.dataset.shows](button.dataset, isShown(button.dataset)));
  }
  byId("associations-close")?.addEventListener("click", () => dialog.close());
  dialog?.addEventListener("click", (event) => {
    const name = event.target.closest("[data-association]")?.dataset.association;
    if (name === undefined) return;
    dialog.close();
    onAssociation(name);
  });

  function show() {
    for (const button of buttons) {
      if (button.dataset.shows !== "associations") button.setAttribute("aria-pressed", String(isShown(button.dataset)));
    }
  }
  // At the opening its sentence is the answer.
  const says = () => byId("headline") !== null && state.view === "verdict" && state.layer === data.layers[0] && !isFiltered(state);
  return { show, says };
}
