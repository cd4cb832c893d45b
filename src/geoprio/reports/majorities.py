"""Majorities to hold and to win: each council's seats, the next one, and where its votes live."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd

from geoprio.config import Election
from geoprio.config.counties import county_name
from geoprio.errors import ConfigError
from geoprio.files.paper import render_template
from geoprio.files.table import Table, render_csv
from geoprio.reports.edition_page import row_notes
from geoprio.runs import Run
from geoprio.runs.notes import basis_line, listed
from geoprio.scores.councils import (
    CHANCES,
    ELECTIONS,
    Council,
    Moved,
    Tried,
    councils,
    likely,
    swing_of,
    tried_chances,
)
from geoprio.scores.draws import rng_for
from geoprio.scores.mandates import UNDIVIDED, Ints
from geoprio.scores.swings import DRAWS, chance_key, lean_key, pooled
from geoprio.words import Language, decimal, spoken, table, text, whole

MOST_AREAS, FEW_VOTES = 5, 10
"""Areas that are named of a council, and the fewest estimated votes that one is named for."""
SHOWN_FROM = 0.01
"""Share of the votes from which a party without seats is shown."""
NEAR = 0.02
"""Share of the valid votes above a threshold up to which the distance is told."""
JUST = 0.005
"""Share of the valid votes below a threshold from which a party is told to be just under it."""
STATUSES = ("governs", "opposes", "governs_open", "opposes_open")
"""In the order of how much there is to hold or to win, the least first."""
PART_HEADS = ("gain", "lose", "personal")
OPEN = 0.1
"""Chance of a change of majority from which a council is said to be able to change hands."""


@dataclass(frozen=True, eq=False)
class Assembly:
    """One council in the words of a run."""

    run: Run
    council: Council
    swings: Callable[[Election], Moved | None]
    """How votes moved since the election before, from `swing_of`; None without one."""

    @cached_property
    def moved(self) -> Moved | None:
        """How its votes moved; None where nobody knows, or what its seats are."""
        return None if self.council.unknown else self.swings(self.council.election)

    @property
    def since(self) -> int | None:
        """Year of the election before, that the draws go by; None without one."""
        return None if self.moved is None else self.moved[2]

    @cached_property
    def draws(self) -> Ints | None:
        """Draws x parties of seats."""
        council = self.council
        if self.moved is None:
            return None
        rng = rng_for(self.run.campaign.seed, f"majorities {council.election} {council.code}")
        return council.drawn(self.moved[0], self.moved[1], DRAWS, rng)

    @property
    def place(self) -> str:
        """The county or the municipality; the country has no name of its own here."""
        election, code = self.council.election, self.council.code
        if election == "kommun":
            return str(self.run.municipality_names.get(code, code))
        return county_name(code) if election == "region" else self.name

    @property
    def name(self) -> str:
        """What the council is called."""
        election = self.council.election
        if election == "riksdag":
            return text("council_riksdag", self.run.language)
        return text(f"council_{election}", self.run.language, place=self.place)

    @cached_property
    def table(self) -> pd.DataFrame:
        """What each party has, and how many votes would change it."""
        return self.council.table()

    @cached_property
    def chances(self) -> pd.DataFrame:
        """The table with what the draws say of each party."""
        return self.council.chances(self.table, self.draws)

    @cached_property
    def tried(self) -> Tried | None:
        """What would have been said at the election before; None without two of the kind."""
        rng = rng_for(self.run.campaign.seed, f"majorities tried {self.council.election}")
        return tried_chances(self.run.frames["ballots"], self.council, rng)

    @cached_property
    def majority_chance(self) -> float:
        """Of the user's coalition; NaN where either is unknown."""
        if self.draws is None or not set(self.council.coalition) <= set(self.council.parties):
            return float("nan")
        if not self.council.coalition:
            return float("nan")
        own = self.council.held(self.council.coalition, self.draws)
        return float((2 * own > self.draws.sum(axis=1)).mean())

    @property
    def status(self) -> str:
        """Who governs, in the words of the view."""
        council = self.council
        if not council.governs or not set(council.coalition) <= set(council.parties):
            return "unsaid"
        governs = council.ours in council.governs
        chance = self.majority_chance
        turns = 1 - chance if governs else chance
        kept = "governs" if governs else "opposes"
        return f"{kept}_open" if turns >= OPEN else kept

    def summary(self) -> list[str]:
        """Return name, status, seats, majority, chance, and votes to the next seat and the last."""
        council, language = self.council, self.run.language
        total, status = int(council.seats.sum()), self.status
        said = "" if status == "unsaid" else text(f"status_{status}", language)
        if council.ours not in council.parties:
            return [self.name, said, f"{text('council_of', language)} {total}", *[""] * 3]
        own = self.table.loc[council.ours].to_dict()
        near = [_votes(own[name], language) for name in ("gain_votes_count", "lose_votes_count")]
        chance = self.majority_chance
        odds = "" if np.isnan(chance) else text(chance_key(chance), language)
        held = int(council.held(council.coalition or (council.ours,)))
        return [self.name, said, f"{held} / {total}", odds, *near]

    def lines(self) -> list[str]:
        """Return what is said of the council before its table."""
        council, language = self.council, self.run.language
        told = []
        if council.governs:
            told.append(text("council_governs", language, parties="+".join(council.governs)))
        strange = sorted({*council.governs, *council.coalition} - {*council.parties})
        if strange:
            told.append(text("council_strange", language, parties=listed(strange, language)))
        else:
            told += self._coalition()
        told += self.standing()
        told += self._thresholds()
        if council.lots:
            told.append(text("council_lot", language, parties=listed(council.lots, language)))
        return told + self._voted(self.codes)

    def _coalition(self) -> list[str]:
        """Return what the coalition has, its chances, and what would have been said before."""
        council, language, tried = self.council, self.run.language, self.tried
        parties, total = "+".join(council.coalition), int(council.seats.sum())
        if not council.coalition:
            return []
        held = int(council.held(council.coalition))
        numbers = {"held": held, "of": total, "need": total // 2 + 1}
        told = [text("council_held", language, parties=parties, **numbers)]
        if self.draws is not None:
            drawn = council.held(council.coalition, self.draws)
            chance = text(chance_key(self.majority_chance), language)
            span = _span(*likely(drawn))
            words = {"chance": chance, "span": span, "since": self.since}
            told.append(text("council_chance", language, parties=parties, **words))
        if tried is not None and tried.trial.ours.sum() == len(council.coalition):
            came = "came" if 2 * held > total else "not"
            chance = text(chance_key(tried.majority_chance), language)
            words = {"parties": parties, "chance": chance, "since": self.since, "held": held}
            told.append(text(f"council_tried_{came}", language, **words))
        return told

    @property
    def _party(self) -> str:
        """The user's own party, or the one that is nearest to a seat."""
        council = self.council
        near = self.table["gain_votes_count"]
        return council.ours if council.ours in council.parties else str(near.idxmin())

    def standing(self) -> list[str]:
        """Return the next seat and the last of the user's party, or of whom it is nearest."""
        language, party, told = self.run.language, self._party, []
        own = self.table.loc[party].to_dict()
        for kind, other in (("gain", "taken_from"), ("lose", "given_to")):
            votes = own[f"{kind}_votes_count"]
            if not np.isnan(votes):
                count = whole(int(votes), language)
                told.append(
                    text(f"council_{kind}", language, party=party, votes=count, other=own[other])
                )
        return told

    def _thresholds(self) -> list[str]:
        """Return how far a party is from the threshold, and who else is just under it."""
        council, language, party = self.council, self.run.language, self._party
        percent, told = council.free.percent, []
        if council.election == "kommun" and percent:
            key = "council_threshold_one" if percent == UNDIVIDED else "council_threshold_parts"
            told.append(text(key, language, percent=percent))
        spare = self.table["threshold_votes_count"]
        just = spare.index[(spare > 0) & (spare <= JUST * council.valid)]
        own = [party] if percent and -spare[party] <= NEAR * council.valid else []
        for name in dict.fromkeys([*own, *just]):
            key = "council_under" if spare[name] > 0 else "council_above"
            count = whole(abs(int(spare[name])), language)
            told.append(text(key, language, party=name, votes=count, percent=percent))
        return told

    def _voted(self, codes: pd.Index) -> list[str]:
        """Return where among the areas those who govern a municipality got most of the votes."""
        council, language = self.council, self.run.language
        columns = [f"votes_{name.lower()}_count" for name in council.governs]
        votes = self.run.scored.votes.loc[codes]
        ours = council.election == "kommun" and council.ours in council.governs
        if not ours or not set(columns) <= set(votes):
            return []
        share = votes[columns].sum(axis=1) / votes["valid_count"].where(votes["valid_count"] > 0)
        first = share.dropna().sort_values(ascending=False, kind="stable")[:3]
        if first.empty:
            return []
        said = spoken(first.rename("vote_share"), language)
        names = self.run.scored.areas["area_name"]
        places = [f"{names[code]} ({words})" for code, words in said.items()]
        return [
            text(
                "council_voted",
                language,
                parties="+".join(council.governs),
                places=listed(places, language),
                election=text(self.run.campaign.election.basis, language),
            )
        ]

    @cached_property
    def codes(self) -> pd.Index:
        """The scored areas that elect the council."""
        towns: pd.Series = self.run.scored.areas["municipality_code"]
        return towns.index[
            towns.str.startswith("" if self.council.code == "00" else self.council.code)
        ]

    @cached_property
    def first_areas(self) -> tuple[str, pd.Series]:
        """Where the votes to the next seat live, in words, and the red-greens who did not vote.

        By area, those with most first, as many as it takes; empty where they are not enough.
        """
        run, language, party = self.run, self.run.language, self.council.ours
        needed = self.table["gain_votes_count"].get(party, np.nan)
        held = run.scored.indicators.loc[self.codes, "mobilisation_count"].dropna()
        if np.isnan(needed) or held.empty:
            return "", held.iloc[:0]
        held = held.sort_values(ascending=False, kind="stable")
        count, votes = int((held.cumsum() < needed).sum()) + 1, whole(int(needed), language)
        # Who stayed home is counted in one election, whichever the council's own is.
        told = {"votes": votes, "election": text(run.campaign.election.basis, language)}
        if count > len(held):
            return text("council_areas_few", language, **told), held.iloc[:0]
        key = "council_areas_one" if count == 1 else "council_areas_many"
        words = text(key, language, **told, count=whole(count, language), party=party)
        return words, held.iloc[:count]

    def areas(self) -> list[list[str]]:
        """Return the cells of the first areas: share of the votes, verdict, yield."""
        run, held = self.run, self.first_areas[1].iloc[:MOST_AREAS]
        needed = self.table["gain_votes_count"].get(self.council.ours, np.nan)
        shares = (100 * held / needed).round().clip(upper=999)
        verdicts = next(iter(run.scored.scores.values()))["verdict"].reindex(held.index)
        cells = {
            "area": run.scored.areas["area_name"].loc[held.index],
            "persons": spoken(held, run.language),
            "share": shares.map(lambda share: f"{share:.0f} %"),
            "verdict": verdicts.map(lambda one: text(f"verdict_{one}", run.language), "ignore"),
            "yield": run.frame("advice")["conversation_words"].reindex(held.index),
        }
        return pd.DataFrame(cells).fillna("").astype(str).to_numpy().tolist()

    def message(self, association: str) -> list[str]:
        """Return what an association's message box says of the council, naming its own areas alone.

        How many votes the next seat takes and where they are, and where who governs has most.
        Nothing where its seats are not known: the leadership's page says why.
        """
        if self.council.unknown:
            return []
        areas, (told, held) = self.run.scored.areas, self.first_areas
        own = self.codes[areas["association"].loc[self.codes] == association]
        first = areas["area_name"].loc[held.index[held.index.isin(own)][:MOST_AREAS]]
        said = [f"{told} {listed(first, self.run.language)}."] if len(first) else []
        return said + self._voted(own)

    def rows(self) -> list[list[str]]:
        """Return the cells of each party that has a seat or one vote in a hundred, named first."""
        language, rows = self.run.language, []
        found = self.chances
        shown = found[(found["seats"] > 0) | (found["vote_share"] >= SHOWN_FROM)]
        for party, row in shown.sort_values("votes_count", ascending=False).iterrows():
            cells = [
                whole(int(row["votes_count"]), language),
                f"{decimal(100 * row['vote_share'], 1, language)} %",
                whole(int(row["seats"]), language),
                _votes(row["gain_votes_count"], language, row["taken_from"]),
                _votes(row["lose_votes_count"], language, row["given_to"]),
                self._spare(float(row["threshold_votes_count"])),
            ]
            rows.append([str(party), *cells, *self._likely(row)])
        return rows

    def _likely(self, row: pd.Series) -> list[str]:
        """Return a party's seats in most draws and which way they lean, in words; "" unknown."""
        if self.draws is None:
            return ["", ""]
        low, high, *shares = (float(row[name]) for name in CHANCES)
        lean, chance = lean_key(float(row["seats"]), *shares)
        words = text(chance_key(chance), self.run.language)
        return [_span(low, high), text(lean, self.run.language, chance=words)]

    def _spare(self, votes: float) -> str:
        """Return the votes to the threshold, in words; "" far above it."""
        if -votes > NEAR * self.council.valid:
            return ""
        key = "threshold_spare" if votes <= 0 else "threshold_lack"
        return text(key, self.run.language, votes=whole(abs(int(votes)), self.run.language))

    def parts(self) -> pd.DataFrame:
        """Return the seats of the run's own constituencies, and the votes to a fixed one there."""
        return self.council.parts_table(self.part_rows)

    @property
    def part_rows(self) -> Ints:
        """Which of the council's constituencies the run's municipalities lie in."""
        towns = set(self.run.municipality_names.index)
        return np.flatnonzero(
            [bool(towns & set(own.split())) for own in self.council.whole["areas"]]
        )

    @cached_property
    def leads(self) -> pd.Series:
        """Which of `STATUSES` is told of each own constituency, by its name, else its code.

        `governs` where the coalition has more than half of its fixed seats; open where that may
        turn. Empty where nobody has said who governs.
        """
        if self.council.places is None or self.status == "unsaid" or not self.council.coalition:
            return pd.Series(dtype=object)
        rng = rng_for(self.run.campaign.seed, f"majorities {self.council.election} constituencies")
        found = self.council.leads(self.part_rows, self.moved, rng)
        kept = found["led"].map({True: "governs", False: "opposes"})
        return kept.where(found["turns_share"] < OPEN, kept + "_open")

    def data(self) -> str:
        """Return what the page's own slider counts with, as JSON."""
        council, rule = self.council, self.council.free
        return json.dumps(
            {
                "parties": council.parties,
                "votes": council.votes.tolist(),
                "others": int(council.valid - council.votes.sum()),
                "valid": council.valid,
                "seats": rule.seats,
                "percent": rule.percent,
                "first": int(rule.divisors[0]),
            }
        )


def _span(low: float, high: float) -> str:
    return f"{low:.0f}" if low == high else f"{low:.0f}–{high:.0f}"


def _votes(votes: float, language: Any, other: str = "") -> str:  # noqa: ANN401
    if np.isnan(votes):
        return ""
    said = whole(int(votes), language)
    return f"{said} ({other})" if other else said


def assemblies(run: Run, *elections: Election) -> list[Assembly]:
    """Return the councils that the run's own election year elected, of all elections or of some."""
    if "ballots" not in run.frames:
        raise ConfigError("no_such_frame", name="ballots", frames=run.frames)
    ballots, year = run.frames["ballots"], run.campaign.election.year

    @cache
    def swings(election: Election) -> Moved | None:
        own = swing_of(ballots, election, year)
        # Without an earlier election of its own a kommun moves as the region's constituencies did.
        return swings("region") if own is None and election == "kommun" else own

    return [
        Assembly(run, council, swings)
        for council in councils(ballots, run.frames["majorities"], year)
        if council.election in (elections or ELECTIONS)
    ]


def majorities_files(run: Run) -> dict[str, bytes]:
    """Return the page and the table of who governs, who could, and by how many votes."""
    found = assemblies(run)
    return {"majorities.html": _page(run, found), "majorities.csv": _csv(run, found)}


def _csv(run: Run, found: Sequence[Assembly]) -> bytes:
    tables = []
    for one in found:
        council = one.council
        if council.unknown:
            votes = council.ballots[list(council.parties)].sum(skipna=False)
            own = votes.rename_axis("party").rename("votes_count").reset_index()
        else:
            own = one.chances.reset_index()
        status = "unknown" if council.unknown else one.status
        said = text(council.unknown or f"status_{status}", run.language)
        for rows, status_words in ((own, said), (_parts_of(one), "")):
            if len(rows):
                tables.append(rows.assign(council=one.name, status=status_words))
    order = [
        *("council", "constituency", "party", "status", "votes_count", "vote_share", "seats"),
        *("seats_fixed", "seats_adjustment", "gain_votes_count", "taken_from"),
        *("lose_votes_count", "given_to", "threshold_votes_count"),
        *("personal_votes_count", *CHANCES),
    ]
    tables = tables or [pd.DataFrame(columns=order)]
    whole_ = pd.concat(tables, ignore_index=True).reindex(columns=order)
    texts = ["constituency", "taken_from", "given_to", "status"]
    whole_[texts] = whole_[texts].astype(object).fillna("")
    shares = whole_.columns[whole_.columns.str.endswith("_share")]
    whole_[shares] = whole_[shares].round(4)
    headed = Table.of(whole_.set_index("council"), run.language)
    return render_csv(headed, "valledning", language=run.language, notes=row_notes(run))


def _parts_of(one: Assembly) -> pd.DataFrame:
    return pd.DataFrame() if one.council.unknown else one.parts()


def _page(run: Run, found: Sequence[Assembly]) -> bytes:
    language, words = run.language, dict(table("majorities", run.language))
    known = sorted((one for one in found if not one.council.unknown), key=_order)
    parties = sorted({name for one in known for name in one.council.parties[:12]})
    year = run.campaign.election.year
    told: Mapping[str, Any] = {
        **{key: said for key, said in words.items() if not key.startswith("head_")},
        "about": f"{text('audience_valledning', language)}. "
        + text("majorities_about", language, year=year),
        "chances": "" if any(one.since for one in found) else text("majorities_certain", language),
        "classes": _heads(words, "classes"),
        "areas_head": _heads(words, "areas"),
    }
    return render_template(
        "geoprio.reports/majorities.html",
        language=language,
        title=text("majorities_title", language, year=year),
        marks=[run.mark] if run.mark else [],
        words=told,
        summary=_filled(_heads(words, "summary"), [one.summary() for one in known]),
        councils=[_told(one, words) for one in known],
        unknown=_unknown(run, found),
        parties=parties,
        split=_split(run, run.scored.areas.index),
        dropped=_most(run, run.scored.indicators["region_drop_off_count"], "dropped_area"),
        calibration=_calibration(known, language),
        basis=basis_line(run.campaign, language),
    )


def _heads(words: Mapping[str, str], kind: str) -> list[str]:
    return [said for key, said in words.items() if key.startswith(f"head_{kind}_")]


def _order(one: Assembly) -> tuple[int, float, str]:
    """Where a council stands: the riksdag, the region, then by what there is to hold or to win."""
    places = {name: place for place, name in enumerate(STATUSES[::-1])}
    kind = ELECTIONS.index(one.council.election)
    return kind, places.get(one.status, len(places)), one.place


def _filled(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return the columns of a table that some row has something in, the first always."""
    held = [place for place in range(len(heads)) if not place or any(row[place] for row in rows)]
    return {"heads": [heads[it] for it in held], "rows": [[row[it] for it in held] for row in rows]}


def _told(one: Assembly, words: Mapping[str, str]) -> dict[str, Any]:
    language, parts = one.run.language, one.parts()
    shown = list(one.table.index[one.table["seats"] > 0])
    cells: list[list[str]] = []
    for code, rows in parts.groupby("constituency", sort=False) if len(parts) else ():
        own = rows.set_index("party")
        seats = [
            f"{int(own.loc[name, 'seats_fixed'])}+{int(own.loc[name, 'seats_adjustment'])}"
            for name in shown
        ]
        near = own.reindex([one.council.ours]).fillna({"taken_from": "", "given_to": ""}).iloc[0]
        votes = [
            _votes(near["gain_votes_count"], language, near["taken_from"]),
            _votes(near["lose_votes_count"], language, near["given_to"]),
            _votes(near["personal_votes_count"], language),
        ]
        lead = text(f"lead_{one.leads[code]}", language) if code in one.leads else ""
        cells.append([str(code), lead, *seats, *votes])
    party = one.council.ours
    decided = "decided" if one.council.decided else "counted"
    return {
        "name": one.name,
        "lines": one.lines(),
        "parties": _filled(_heads(words, "parties"), one.rows()),
        "parts_title": text(f"council_parts_{decided}", language),
        "parts": _filled(
            [
                text("council_part", language),
                text("council_part_lead", language, parties="+".join(one.council.coalition)),
                *shown,
                *(text(f"council_part_{it}", language, party=party) for it in PART_HEADS),
            ],
            cells,
        ),
        "areas_told": one.first_areas[0],
        "areas": one.areas(),
        "split": _split(one.run, one.codes) if one.council.election == "kommun" else [],
        "data": one.data(),
    }


def _unknown(run: Run, found: Sequence[Assembly]) -> list[dict[str, str]]:
    """Return each reason why seats are not known, and the councils of which that is so."""
    named: dict[str, list[str]] = {}
    for one in found:
        if one.council.unknown:
            named.setdefault(one.council.unknown, []).append(one.place)
    return [
        {"why": text(key, run.language), "names": listed(names, run.language)}
        for key, names in named.items()
    ]


def _split(run: Run, codes: pd.Index) -> list[str]:
    """Return the areas where most who vote red-green for the riksdag do not in the kommun."""
    changes = run.frames.get(f"{run.area_sets[0]}_changes", pd.DataFrame())
    if "split_votes_count" not in changes:
        return []
    return _most(run, changes["split_votes_count"].reindex(codes), "split_area")


def _most(run: Run, votes: pd.Series, key: str) -> list[str]:
    """Return the areas with most votes, in the words of the key."""
    first = votes[votes >= FEW_VOTES].sort_values(ascending=False, kind="stable")[:MOST_AREAS]
    places = run.scored.places.loc[first.index]
    cells = zip(
        places["area_name"],
        places["municipality_name"],
        spoken(first, run.language) if len(first) else (),
        strict=True,
    )
    return [
        text(key, run.language, area=area, kommun=kommun, votes=words)
        for area, kommun, words in cells
    ]


def _calibration(known: Sequence[Assembly], language: Language) -> list[list[str]]:
    """Return the cells of stated chances beside what came, of all councils together."""
    tried = [one.tried.table for one in known if one.tried is not None]
    return [
        [
            text(f"tried_{kind}", language),
            *(f"{round(100 * share)} %" for share in (row["stated_share"], row["happened_share"])),
            whole(int(row["events_count"]), language),
        ]
        for kind, row in (pooled(tried).droplevel(1).iterrows() if tried else ())
    ]
