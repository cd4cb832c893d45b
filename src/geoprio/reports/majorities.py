"""Majorities to hold and to win: each council's seats, the next one, and where its votes live."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, Template
from markupsafe import Markup

from geoprio.config import Election
from geoprio.config.counties import county_name
from geoprio.errors import ConfigError
from geoprio.files.maps.page import content_policy
from geoprio.files.table import Table, render_csv
from geoprio.reports.edition_page import row_notes
from geoprio.runs import Run
from geoprio.runs.notes import basis_line, listed
from geoprio.scores.councils import OTHER, Council, councils, swing_of
from geoprio.scores.draws import rng_for
from geoprio.scores.mandates import Ints
from geoprio.scores.swings import DRAWS, calibration, chance_key
from geoprio.words import decimal, finalize, spoken, table, text, whole

MOST_AREAS = 5
"""Areas that are named of a council; more are counted."""
SHOWN_FROM = 0.01
"""Share of the votes from which a party without seats is shown."""
NEAR = 0.02
"""Share of the valid votes above a threshold up to which the distance is told."""
OTHER_BALLOT: Mapping[Election, Election] = {"riksdag": "region", "region": "riksdag"}
"""Of the same day, that chances are tried by."""
STATUSES = ("governs", "opposes", "governs_open", "opposes_open")
"""In the order of how much there is to hold or to win."""
OPEN = 0.1
"""Chance of a change of majority from which a council is said to be able to change hands."""


@dataclass(frozen=True, eq=False)
class Assembly:
    """One council in the words of a run."""

    run: Run
    council: Council
    since: int | None
    """Year of the election before, that the draws go by; None without one."""
    draws: Ints | None
    """Draws x parties of seats."""

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
        """What each party has, with the chances of a seat more and of one fewer."""
        found = self.council.table()
        for column, than in (("more_share", np.greater), ("fewer_share", np.less)):
            drawn = None if self.draws is None else than(self.draws, self.council.seats)
            found[f"chance_{column}"] = np.nan if drawn is None else drawn.mean(axis=0)
        return found

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
        """Return status, seats, majority, chance, and the votes to the next seat and the last."""
        council, language = self.council, self.run.language
        total = int(council.seats.sum())
        told = [text(f"status_{self.status}", language)]
        if council.ours not in council.parties:
            return [*told, f"{text('council_of', language)} {total}", *[""] * 3]
        own = self.table.loc[council.ours].to_dict()
        near = [_votes(own[name], language) for name in ("gain_votes_count", "lose_votes_count")]
        chance = self.majority_chance
        said = "" if np.isnan(chance) else text(chance_key(chance), language)
        held = int(council.held(council.coalition or (council.ours,)))
        return [*told, f"{held} / {total}", said, *near]

    def lines(self) -> list[str]:
        """Return what is said of the council before its table."""
        council, language = self.council, self.run.language
        total, own = int(council.seats.sum()), "+".join(council.coalition)
        told = []
        if council.governs:
            told.append(text("council_governs", language, parties="+".join(council.governs)))
        strange = sorted({*council.governs, *council.coalition} - {*council.parties})
        if strange:
            told.append(text("council_strange", language, parties=listed(strange, language)))
        elif council.coalition:
            held, chance = int(council.held(council.coalition)), self.majority_chance
            told.append(
                text(
                    "council_held", language, parties=own, held=held, of=total, need=total // 2 + 1
                )
            )
            if not np.isnan(chance):
                said = text(chance_key(chance), language)
                told.append(
                    text("council_chance", language, parties=own, chance=said, since=self.since)
                )
        told += self._near()
        if council.lots:
            told.append(text("council_lot", language, parties=listed(council.lots, language)))
        return told + self._voted()

    def _near(self) -> list[str]:
        """Return the next seat and the last of the user's party, or of whom it is nearest."""
        council, language = self.council, self.run.language
        ours = self.table["gain_votes_count"]
        party = council.ours if council.ours in council.parties else str(ours.idxmin())
        own = self.table.loc[party].to_dict()
        told = []
        for kind, other in (("gain", "taken_from"), ("lose", "given_to")):
            votes = own[f"{kind}_votes_count"]
            if not np.isnan(votes):
                count = whole(int(votes), language)
                told.append(
                    text(f"council_{kind}", language, party=party, votes=count, other=own[other])
                )
        spare = own["threshold_votes_count"]
        percent = council.free.percent
        if percent and -spare <= NEAR * council.valid:
            key = "council_under" if spare > 0 else "council_above"
            count = whole(abs(int(spare)), language)
            told.append(text(key, language, party=party, votes=count, percent=percent))
        return told

    def _voted(self) -> list[str]:
        """Return where those who govern a municipality got most of the votes."""
        council, language = self.council, self.run.language
        columns = [f"votes_{name.lower()}_count" for name in council.governs]
        votes = self.run.scored.votes.loc[self.codes]
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

    def areas(self) -> list[str]:
        """Return where the votes to the next seat live: red-greens who did not vote."""
        council, run = self.council, self.run
        language, party = run.language, council.ours
        needed = self.table["gain_votes_count"].get(party, np.nan)
        if np.isnan(needed):
            return []
        held = run.scored.indicators.loc[self.codes, "mobilisation_count"].dropna()
        if held.empty:
            return []
        held = held.sort_values(ascending=False, kind="stable")
        count = int((held.cumsum() < needed).sum()) + 1
        votes = whole(int(needed), language)
        if count > len(held):
            return [text("council_areas_few", language, votes=votes)]
        key = "council_areas_one" if count == 1 else "council_areas_many"
        told = [text(key, language, votes=votes, count=whole(count, language), party=party)]
        verdicts = next(iter(run.scored.scores.values()))["verdict"]
        homes = spoken(held[:MOST_AREAS], language)
        for code, persons in homes.items():
            verdict = verdicts.get(code)
            of = round(100 * held[code] / needed)
            said = text(f"verdict_{verdict}", language) if isinstance(verdict, str) else ""
            name = run.scored.areas["area_name"][code]
            share = text("council_of_votes", language, percent=min(of, 999))
            told.append(f"{name}: {persons}, {share}{f' ({said})' if said else ''}")
        return told

    def rows(self) -> list[dict[str, Any]]:
        """Return the cells of each party that has a seat, or one vote in a hundred."""
        language, rows = self.run.language, []
        found = self.table
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
            for column in ("chance_more_share", "chance_fewer_share"):
                chance = row[column]
                cells.append("" if np.isnan(chance) else text(chance_key(chance), language))
            rows.append({"name": party, "cells": cells})
        return rows

    def _spare(self, votes: float) -> str:
        """Return the votes to the threshold, in words; "" far above it."""
        if -votes > NEAR * self.council.valid:
            return ""
        key = "threshold_spare" if votes <= 0 else "threshold_lack"
        return text(key, self.run.language, votes=whole(abs(int(votes)), self.run.language))

    def parts(self) -> pd.DataFrame:
        """Return the seats of the run's own constituencies, and the votes to a fixed one there."""
        towns = set(self.run.municipality_names.index)
        held = [bool(towns & set(str(own).split())) for own in self.council.whole["areas"]]
        return self.council.parts_table(np.flatnonzero(held))

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


def _votes(votes: float, language: Any, other: str = "") -> str:  # noqa: ANN401
    if np.isnan(votes):
        return ""
    said = whole(int(votes), language)
    return f"{said} ({other})" if other else said


def assemblies(run: Run) -> list[Assembly]:
    """Return the councils that the run's own election year elected, with draws where they are."""
    if "ballots" not in run.frames:
        raise ConfigError("no_such_frame", name="ballots", frames=run.frames)
    ballots, year = run.frames["ballots"], run.campaign.election.year
    rng, found = rng_for(run.campaign.seed, "majorities"), []
    for council in councils(ballots, run.frames["majorities"], year):
        swing = swing_of(ballots, council.election, year)
        if swing is None and council.election == "kommun":
            swing = swing_of(ballots, "region", year)
        draws, since = None, None
        if swing is not None and not council.unknown:
            draws, since = council.drawn(swing[0], swing[1], DRAWS, rng), swing[2]
        found.append(Assembly(run, council, since, draws))
    return found


def majority_places(run: Run) -> pd.Series:
    """Return the place among `STATUSES` of each municipality's council, 1 first, by its code.

    Empty where the user has said of none who governs; a council whose seats are not known has none.
    """
    said = run.frames.get("majorities", pd.DataFrame(columns=["election", "governs"]))
    if not (said["governs"].notna() & (said["election"] == "kommun")).any():
        return pd.Series(dtype=float)
    places = {
        one.council.code: STATUSES.index(one.status) + 1.0
        for one in assemblies(run)
        if one.council.election == "kommun" and not one.council.unknown and one.status in STATUSES
    }
    return pd.Series(places, dtype=float)


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
            own = one.table.reset_index()
        status = "unknown" if council.unknown else one.status
        said = text(council.unknown or f"status_{status}", run.language)
        for rows, status_words in ((own, said), (_parts_of(one), "")):
            if len(rows):
                tables.append(rows.assign(council=one.name, status=status_words))
    order = [
        *("council", "constituency", "party", "status", "votes_count", "vote_share", "seats"),
        *("seats_fixed", "seats_adjustment", "gain_votes_count", "taken_from"),
        *("lose_votes_count", "given_to", "threshold_votes_count"),
        *("chance_more_share", "chance_fewer_share"),
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
    known = [one for one in found if not one.council.unknown]
    parties = sorted({name for one in known for name in one.council.parties[:12]})
    style, script = _asset("majorities.css"), _asset("majorities.js")
    year = run.campaign.election.year
    told: Mapping[str, Any] = {
        **{key: said for key, said in words.items() if not key.startswith("head_")},
        "about": f"{text('audience_valledning', language)}. "
        + text("majorities_about", language, year=year),
        "chances": "" if any(one.since for one in found) else text("majorities_certain", language),
        "summary": _heads(words, "summary"),
        "parties": _heads(words, "parties"),
        "classes": _heads(words, "classes"),
    }
    html = _template().render(
        language=language,
        title=text("majorities_title", language, year=year),
        policy=content_policy(f"<style>{style}</style><script>{script}</script>"),
        style=Markup(style),
        script=Markup(script),
        mark=run.mark,
        words=told,
        councils=[_told(one) for one in known],
        unknown=_unknown(run, found),
        parties=parties,
        split=_split(run, run.scored.areas.index),
        calibration=_calibration(run, known),
        basis=basis_line(run.campaign, language),
    )
    return str(html).encode()


def _heads(words: Mapping[str, str], kind: str) -> list[str]:
    return [said for key, said in words.items() if key.startswith(f"head_{kind}_")]


def _told(one: Assembly) -> dict[str, Any]:
    language, parts = one.run.language, one.parts()
    shown = list(one.table.index[one.table["seats"] > 0])
    cells: list[list[str]] = []
    for code, rows in parts.groupby("constituency", sort=False) if len(parts) else ():
        own = rows.set_index("party")
        seats = [
            f"{int(own.loc[name, 'seats_fixed'])}+{int(own.loc[name, 'seats_adjustment'])}"
            for name in shown
        ]
        near = own["gain_votes_count"].reindex([one.council.ours]).iloc[0]
        cells.append([str(code), *seats, _votes(float(near), language)])
    party = one.council.ours
    decided = "decided" if one.council.decided else "counted"
    return {
        "name": one.name,
        "summary": one.summary(),
        "lines": one.lines(),
        "rows": one.rows(),
        "parts": cells,
        "parts_title": text(f"council_parts_{decided}", language),
        "parts_head": [
            text("council_part", language),
            *shown,
            text("council_part_gain", language, party=party),
        ],
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
    votes = changes["split_votes_count"].reindex(codes).dropna()
    first = spoken(votes[votes > 0].sort_values(ascending=False, kind="stable"), run.language)
    names = run.scored.places
    return [
        text(
            "split_area",
            run.language,
            area=names.loc[code, "area_name"],
            kommun=names.loc[code, "municipality_name"],
            votes=words,
        )
        for code, words in first[:MOST_AREAS].items()
    ]


def _calibration(run: Run, known: Sequence[Assembly]) -> list[list[str]]:
    """Return stated chances beside what came: one election's swing tried on the other's votes."""
    ballots, language = run.frames["ballots"], run.language
    rng, tables = rng_for(run.campaign.seed, "majorities: calibration"), []
    for one in known:
        council = one.council
        other = OTHER_BALLOT.get(council.election)
        swing = swing_of(ballots, other, council.year) if other else None
        if swing is None or one.since is None or council.places is None:
            continue
        votes = [
            _by_constituency(ballots, council, year, swing[1]) for year in (one.since, council.year)
        ]
        if votes[0].shape == votes[1].shape:
            tables.append(calibration(votes[0], votes[1], council.fixed, swing[0], rng))
    if not tables:
        return []
    whole_ = pd.concat(tables)
    count = whole_["events_count"]
    weighted = whole_[["stated_share", "happened_share"]].mul(count, axis=0).groupby(level=0).sum()
    events = count.groupby(level=0).sum()
    return [
        [
            *(f"{round(100 * share)} %" for share in weighted.loc[row] / events[row]),
            whole(int(events[row]), language),
        ]
        for row in events.index
    ]


def _by_constituency(
    ballots: pd.DataFrame, council: Council, year: int, names: Sequence[str]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return votes of the parties named, the rest last, in the constituencies of a council."""
    own = ballots[(ballots["election"] == council.election) & (ballots["year"] == year)]
    own = own[own["council"] == council.code]
    votes = own.pivot_table(index="constituency", columns="party", values="votes_count")
    valid = own.drop_duplicates("constituency").set_index("constituency")["valid_count"]
    # A party that stood in the other election alone has no vote here.
    named = votes.reindex(columns=[name for name in names if name != OTHER]).fillna(0.0)
    return np.asarray(named.assign(rest=valid - named.sum(axis=1)), dtype=float)


def _asset(name: str) -> str:
    path = files("geoprio.reports") / name
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


@cache
def _template() -> Template:
    page = _asset("majorities.html")
    return Environment(autoescape=True, finalize=finalize).from_string(page)
