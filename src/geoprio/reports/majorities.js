"use strict";
// The user's own swing, in points of all valid votes; nothing of it is asked of anybody or kept.
const form = document.getElementById("swing");
const tables = [...document.querySelectorAll("section[data-council]")].map((section) => [
  JSON.parse(section.dataset.council), [...section.querySelectorAll("tbody")][0],
]);

function shared(votes, seats, first) {
  const won = votes.map(() => 0);
  for (let left = seats; left > 0; left -= 1) {
    let best = -1, most = 0;
    votes.forEach((count, party) => {
      const number = count / (won[party] ? 20 * won[party] + 10 : first);
      if (number > most) { best = party; most = number; }
    });
    if (best < 0) break;
    won[best] += 1;
  }
  return won;
}

function swung(council, points) {
  const moved = council.votes.map((count, party) =>
    Math.max(0, count + (points[council.parties[party]] || 0) * council.valid / 100));
  const valid = moved.reduce((sum, count) => sum + count, council.others);
  const taking = moved.map((count) => (100 * count >= council.percent * valid ? count : 0));
  return shared(taking, council.seats, council.first);
}

function show() {
  const points = {};
  for (const input of form.querySelectorAll("input")) {
    points[input.name] = Number(input.value);
    input.parentElement.querySelector("output").textContent = input.value;
  }
  const any = Object.values(points).some((value) => value !== 0);
  for (const cell of document.querySelectorAll(".own")) cell.hidden = !any;
  for (const [council, body] of tables) {
    const seats = swung(council, points);
    for (const row of body.rows) {
      const party = council.parties.indexOf(row.cells[0].textContent);
      row.lastElementChild.textContent = party < 0 ? "" : String(seats[party]);
    }
  }
}

form.hidden = false;
form.addEventListener("input", show);
form.addEventListener("reset", () => setTimeout(show));
