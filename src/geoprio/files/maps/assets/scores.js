// A layer's columns: as they were computed, or made anew where other weights are tried.

const trial = new Map(); // layer key -> weights of its criteria, where they are not the central ones
const remade = new Map(); // level and layer -> columns made with those weights

function isTried(layer) {
  return trial.has(layer.key);
}

function centralWeights(layer) {
  return layer.criteria.map((criterion) => criterion.weight);
}

function weightsOf(layer) {
  return trial.get(layer.key) ?? centralWeights(layer);
}

// Whether weights are in the same proportions: then they give the same score.
function alike(first, second) {
  const share = (list) => list.map((weight) => weight / list.reduce((sum, one) => sum + one, 0));
  const [mine, theirs] = [share(first), share(second)];
  return mine.every((weight, at) => Math.abs(weight - theirs[at]) < 1e-6);
}

// Weights in the proportions of the central ones are the central ones.
function setWeights(layer, weights) {
  if (alike(weights, centralWeights(layer)) || !weights.some((weight) => weight > 0)) trial.delete(layer.key);
  else trial.set(layer.key, weights);
  remade.clear();
}

function columnsOf(level, layer) {
  if (!isTried(layer)) return level.values[layer.key];
  const key = `${level.key} ${layer.key}`;
  if (!remade.has(key)) remade.set(key, makeAnew(level.values[layer.key], layer));
  return remade.get(key);
}

// The weighted mean of the criteria's points, and ranks with ties at the better place: as Python
// makes them. Points have six decimals, so what is nearer than that is alike.
const ALIKE = 3e-6;
function makeAnew(columns, layer) {
  const weights = weightsOf(layer);
  const total = weights.reduce((sum, one) => sum + one, 0);
  const used = columns.points.map((points, at) => [points, weights[at] / total]).filter(([, weight]) => weight > 0);
  const value = columns.value.map((one, area) => {
    let sum = 0;
    for (const [points, weight] of used) {
      if (points[area] === null) return null;
      sum += weight * points[area];
    }
    return sum;
  });
  const known = value.map((one, area) => area).filter((area) => value[area] !== null);
  known.sort((one, other) => value[other] - value[one] || one - other);
  const rank = new Array(value.length).fill(null);
  for (let at = 0; at < known.length; ) {
    let end = at + 1;
    while (end < known.length && value[known[at]] - value[known[end]] < ALIKE) end++;
    for (let one = at; one < end; one++) rank[known[one]] = at + 1;
    at = end;
  }
  return { value, rank, points: columns.points };
}
