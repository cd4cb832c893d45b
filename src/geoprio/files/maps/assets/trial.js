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
    input.checked = weightsOf(layer).every((weight, at) => weight === weights[at]);
    return element("label", "", input, title);
  }

  function slider(layer, criterion, at) {
    const input = document.createElement("input");
    Object.assign(input, { type: "range", min: "0", max: "5", step: "0.1", id: `weight-${at}` });
    input.value = String(weightsOf(layer)[at]);
    const output = element("output", "", number(Number(input.value), 1));
    input.setAttribute("aria-valuetext", output.textContent);
    input.addEventListener("input", () => {
      output.textContent = number(Number(input.value), 1);
      input.setAttribute("aria-valuetext", output.textContent);
      const weights = weightsOf(layer).slice();
      weights[at] = Number(input.value);
      setWeights(layer, weights);
      onChange({ keepSliders: true });
    });
    const label = element("label", "field", criterion.title);
    label.htmlFor = input.id;
    return element("div", "slider", label, input, output);
  }

  // While a slider is dragged it stays the same element.
  function show({ keepSliders = false } = {}) {
    const layer = scoreLayer(state.layer);
    box.hidden = !layer || !layer.criteria.length;
    showStamp();
    if (box.hidden || keepSliders) return;
    const all = [{ title: words.central, weights: centralWeights(layer) }, ...layer.scenarios];
    scenarios.replaceChildren(...all.map((one, place) => scenario(layer, one.title, one.weights, place)));
    sliders.replaceChildren(...layer.criteria.map((criterion, at) => slider(layer, criterion, at)));
  }

  // Whatever is not the central weights says so, as long as it is shown.
  function showStamp() {
    byId("stamp").hidden = trial.size === 0;
    byId("stamp-what").textContent = data.layers.filter(isTried).map((layer) => trialWords(layer)).join(" ");
  }

  byId("restore").addEventListener("click", () => {
    trial.clear();
    remade.clear();
    onChange();
  });
  return { show };
}

function trialWords(layer) {
  const weights = weightsOf(layer);
  const counted = layer.criteria.map((criterion, at) => at).filter((at) => weights[at] || layer.criteria[at].weight);
  const parts = counted.map((at) => `${layer.criteria[at].title} ${number(weights[at], 1)}`);
  return fill(words.trial_weights, { layer: layer.title, weights: listed(parts) });
}
