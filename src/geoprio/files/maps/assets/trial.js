// "Prova andra vikter": named scenarios for leadership, a slider for each criterion for analysts.

function makeTrial(state, onChange) {
  const box = byId("trial");
  const scenarios = byId("scenarios");
  const sliders = byId("sliders");

  function set(weights) {
    setWeights(scoreLayer(state.layer), weights);
    onChange();
  }

  function scenario(layer, title, weights, place) {
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: "scenario", id: `scenario-${place}` });
    input.addEventListener("change", () => set(weights));
    return element("label", "", input, title);
  }

  function choices(layer) {
    return [{ title: words.central, weights: centralWeights(layer) }, ...layer.scenarios];
  }

  // The first scenario of the same proportions is the one that is shown; of other weights none is.
  function follow(layer, weights) {
    const at = choices(layer).findIndex((one) => alike(one.weights, weights));
    scenarios.querySelectorAll("input").forEach((input, place) => { input.checked = place === at; });
  }

  // Weights of nothing but zero weigh nothing: the slider goes back, and says why.
  function slid(layer, at, input) {
    const weights = [...sliders.querySelectorAll("input")].map((one) => Number(one.value));
    const refused = !weights.some((weight) => weight > 0);
    byId("trial-said").textContent = refused ? words.trial_none : "";
    if (refused) input.value = input.dataset.last;
    else setWeights(layer, weights);
    input.dataset.last = input.value;
    if (!refused) follow(layer, weights);
    return !refused;
  }

  function slider(layer, criterion, at) {
    const input = document.createElement("input");
    Object.assign(input, { type: "range", min: "0", max: "5", step: "0.1", id: `weight-${at}` });
    input.value = String(weightsOf(layer)[at]);
    const output = element("output", "", number(Number(input.value), 1));
    input.setAttribute("aria-valuetext", output.textContent);
    input.dataset.last = input.value;
    input.addEventListener("input", () => {
      const taken = slid(layer, at, input);
      output.textContent = number(Number(input.value), 1);
      input.setAttribute("aria-valuetext", output.textContent);
      if (taken) onChange({ keepSliders: true });
    });
    const label = element("label", "field", criterion.title);
    label.htmlFor = input.id;
    return element("div", "slider", label, input, output);
  }

  // While a slider is dragged it stays the same element. Nobody drags what is folded.
  function show({ keepSliders = false } = {}) {
    const layer = scoreLayer(state.layer);
    box.hidden = !layer || !layer.criteria.length;
    showStamp();
    if (box.hidden || keepSliders || !box.open) return;
    byId("trial-said").textContent = "";
    scenarios.replaceChildren(...choices(layer).map((one, place) => scenario(layer, one.title, one.weights, place)));
    follow(layer, weightsOf(layer));
    sliders.replaceChildren(...layer.criteria.map((criterion, at) => slider(layer, criterion, at)));
  }

  // Whatever is not the central weights says so, as long as it is shown.
  function showStamp() {
    byId("stamp").hidden = trial.size === 0;
    byId("stamp-what").textContent = data.layers.filter(isTried).map((layer) => trialWords(layer)).join(" ");
  }

  for (const id of ["restore", "trial-restore"]) {
    byId(id).addEventListener("click", () => {
      trial.clear();
      remade.clear();
      onChange();
    });
  }
  box.addEventListener("toggle", () => show());
  return { show };
}

function trialWords(layer) {
  const weights = weightsOf(layer);
  const counted = layer.criteria.map((criterion, at) => at).filter((at) => weights[at] || layer.criteria[at].weight);
  const parts = counted.map((at) => `${layer.criteria[at].title} ${number(weights[at], 1)}`);
  return fill(words.trial_weights, { layer: layer.title, weights: listed(parts) });
}
