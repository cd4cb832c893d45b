"""What `geoprio check` does: which method would locate each group, and what a better one needs."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

from rich.console import Console
from rich.table import Table

from geoprio.areas.associations import load_memberships
from geoprio.config import (
    Campaign,
    Effects,
    Election,
    Group,
    Profile,
    config_folders,
    file_names,
    load_campaign,
    load_named,
)
from geoprio.config.counties import fit_total, told_elsewhere
from geoprio.counts import elects_region, refuse_misplaced, too_few, unfit
from geoprio.counts.inventory import columns_given
from geoprio.errors import CoverageWarning, GeoprioError, SourceError
from geoprio.groups import Held, as_located, choose_methods
from geoprio.groups.measures import NONE
from geoprio.pipeline import brisk, prepared
from geoprio.runs import read_record
from geoprio.runs.doubt import run_doubts
from geoprio.runs.notes import decision_words, definition_of
from geoprio.scores import PRIVATE, TARGETS
from geoprio.scores.remedies import (
    LEFT_OUT,
    Known,
    indicators_of,
    on_known_criteria,
    own_indicators,
)
from geoprio.scores.vocabulary import groups_and_profiles
from geoprio.sources import Source, load_source, source_at_hand
from geoprio.sources.fetch import Listed, state_of
from geoprio.sources.raw import default_raw
from geoprio.words import Language, Phrase, set_name, text, told

TOWNS = "kommun"
AT_HAND = ("fetched", "own")
NARROWEST = 150
"""Columns that the tables need where no terminal says how wide it is."""
ELECTIONS: tuple[Election, ...] = get_args(Election)
BEST_FIRST = ("why_published", "why_moved", "why_prorated", "why_synthetic", "why_proxy")

Row = dict[str, str]


@dataclass(frozen=True)
class Holdings:
    """The sources of a campaign that are at hand, by name."""

    campaign: Campaign
    sources: Mapping[str, Source]

    def electorates(self) -> dict[str, str]:
        """Return the source of each election's electorate, those of the campaign's year."""
        return {
            str(source.election): name
            for name, source in self.sources.items()
            if source.provides == "results" and source.vintage == self.campaign.election.year
        }

    def given_by(self, column: str) -> list[str]:
        """Return the names of the sources that give a count column, or what it is made of."""
        return [
            name
            for name, source in self.sources.items()
            if source.provides == "counts" and column in self._columns(source)
        ]

    def held(self, area_set: str) -> Held:
        """Return what is held of an area set, and how near it is published."""
        chain, given = self.chain, self.sources.values()
        place = chain.index(area_set) if area_set in chain else None
        own, moved, above = set[str](), set[str](), set[str]()
        districts = {source.area_set for source in given if source.provides == "results"}
        for source in (source for source in given if source.provides == "counts"):
            columns = self._columns(source)
            at = _place(source.area_set, chain)
            if source.area_set == area_set:
                own |= columns
            elif source.area_set in districts or (at is not None and place is None):
                moved |= columns
            elif at is not None and place is not None:
                (own if at <= place else above).update(columns)
        known = frozenset(own | moved | above)
        return Held(frozenset(own), frozenset(moved - own), frozenset(above), indicators_of(known))

    def gives_all(self, columns: set[str], area_set: str) -> bool:
        """Return whether columns are given of every area of a set, or of all its parts.

        Another vintage says only what is so of areas that are the same still.
        """
        sets = self.chain[: self.chain.index(area_set) + 1] if area_set in self.chain else []
        given = (self._columns(it) for it in self.sources.values() if it.area_set in sets)
        return columns <= frozenset().union(*given)

    @property
    def chain(self) -> list[str]:
        """The area sets that nest, the smallest first."""
        nesting = self.campaign.nesting
        return [self.campaign.base_set, *([nesting.area_set] if nesting else []), TOWNS]

    @cached_property
    def _years(self) -> tuple[str, ...]:
        """The columns of the source of single years about 18, where there is one."""
        given = (source.column_names for source in self.sources.values())
        return next((names for names in given if "age_15_17_count" in names), ())

    def _columns(self, source: Source) -> frozenset[str]:
        """Return the count columns of a source, those that are made from them included."""
        return columns_given(source.column_names, self._years)


def _place(area_set: str, chain: list[str]) -> int | None:
    if area_set in chain:
        return chain.index(area_set)
    # Another vintage of a larger set stands in where its areas are the same still.
    kinds = [name.split("_")[0] for name in chain]
    kind = area_set.split("_")[0]
    return kinds.index(kind) if kind in kinds[1:] else None


@dataclass(frozen=True)
class Report:
    """How the groups and the electorates of a campaign would be located."""

    year: int
    electorates: Sequence[Row]
    """`election`, the `electorate` that is known or "", and what is `missing`."""
    methods: Sequence[Row]
    """`area_set`, `group` with its `label`, `method`, the `column` counted and the tables of it
    (`measure`), `why`, and what is `better`."""
    elsewhere: Sequence[str]
    """What is told of figures that were counted in another county, and of too few areas."""
    left_out: Sequence[str]
    """Channels and criteria that nothing is known of, a sentence each."""
    lacking: Sequence[str]
    """What a run cannot do without, and the sources that give it."""
    decisions: Mapping[str, str]
    """By group: whether its definition is decided."""
    doubts: Sequence[str]
    """What the last run's doubt comes from and what would narrow it, in words; its sources may be
    others than the campaign's now."""
    whole: bool
    """Whether everything that was asked for can be located."""


@dataclass(frozen=True)
class Check:
    """A campaign, what is at hand for it, and what the catalogue has besides."""

    campaign: Campaign
    groups: Mapping[str, Group]
    profiles: Mapping[str, Profile]
    listed: Mapping[str, Listed]
    """Every source of the catalogue; those that the campaign names and the rest."""
    record: Mapping[str, Any]
    """Of the campaign's last run; empty where there is none."""
    language: Language
    raw: Path
    """Folder of the raw files, whether it is there or not."""
    refused: Sequence[GeoprioError] = ()
    """What a run would refuse of the files at hand."""
    elsewhere: Sequence[str] = ()
    """What is told of figures that were counted in another county, and of too few areas."""
    own: frozenset[str] = frozenset()
    """Indicators that the user's own files give, as a run has read them."""

    @property
    def holdings(self) -> Holdings:
        """The campaign's own sources that are on disk."""
        own = {
            name: self.listed[name].source
            for name in self.campaign.sources
            if self.listed[name].state in AT_HAND
        }
        return Holdings(self.campaign, own)

    @cached_property
    def offered(self) -> Mapping[str, Listed]:
        """Sources that the campaign can take: what would be refused is no advice.

        Of one that the publisher gives too (`instead`) a file of the user's own is none either.
        """
        return {
            name: item
            for name, item in self.listed.items()
            if (item.state in AT_HAND or item.source.instead is None)
            and (item.source.election != "region" or elects_region(self.campaign))
        }

    def how(self, name: str) -> str:
        """Return in words how a source that is not at hand is got."""
        item = self.listed[name]
        if item.state in AT_HAND:
            key = "check_name_it"
        elif item.is_by_hand:
            key = "check_place_it"
        else:
            named = name in self.campaign.sources
            key = "check_fetch_it" if named else "check_name_and_fetch_it"
        return text(key, self.language, source=name, how=told(item.how, self.language))


def load(campaign_file: Path, *, raw: Path | None, out: Path, language: Language) -> Check:
    """Return a campaign with all that its check needs; the raw files are read as a run does."""
    campaign = load_campaign(campaign_file)
    folders = config_folders(campaign_file)
    folder = raw or default_raw(campaign, out)
    # A campaign names no other: what it was loaded with would have been refused.
    sources = {name: load_source(name, folders) for name in file_names("sources", folders)}
    sources |= {name: source_at_hand(name, folders, folder) for name in campaign.sources}
    groups, profiles = groups_and_profiles(campaign, folders)
    for name, group in groups.items():
        # Refused here too; how many the residents are is read in a run.
        fit_total(name, group, campaign, dict.fromkeys(campaign.home, 1.0))
    effects = {
        f"effects/{campaign.effects}": load_named(Effects, "effects", campaign.effects, folders)
    }
    listed = {name: state_of(name, source, folder) for name, source in sources.items()}
    made = Check(
        campaign=campaign,
        groups=groups,
        profiles=profiles,
        elsewhere=[fault.told(language) for fault in told_elsewhere(campaign, groups, effects)],
        listed=listed,
        record=_last_record(out / "data" / "processed" / campaign.name),
        language=language,
        raw=folder,
    )
    return _read(made, campaign_file)


def _read(check: Check, campaign_file: Path) -> Check:
    """Return the check with what a run would say of the files at hand, which are read as it does.

    Where one is away, nothing is read: of the list of associations the codes' form alone is judged.
    """
    campaign, named = check.campaign, {it: check.listed[it] for it in check.campaign.sources}
    sources = {name: item.source for name, item in named.items()}
    whole = all(item.state in AT_HAND or item.is_spared for item in named.values())
    try:
        if whole and not unfit(campaign, sources):
            with warnings.catch_warnings(), brisk():
                warnings.simplefilter("ignore", CoverageWarning)
                gathered, plans = prepared(campaign, campaign_file, check.raw)
            areas = len(gathered.atlas.sets[campaign.scored_set])
            few = [it.told(check.language) for it in too_few(campaign, areas)]
            elsewhere = [*few, *check.elsewhere]
            return replace(check, elsewhere=elsewhere, own=own_indicators(plans.capacity))
        rows = load_memberships(campaign.associations, config_folders(campaign_file))
        refuse_misplaced(rows, campaign, sources)
    except GeoprioError as error:
        return replace(check, refused=[error])
    return check


def _last_record(folder: Path) -> Mapping[str, Any]:
    try:
        record = read_record(folder)
    except SourceError:
        return {}
    # An older geoprio kept less of what it ran.
    return record if "groups" in record.get("settings", {}) else {}


def report_on(check: Check, *, election: Election | None = None) -> Report:
    """Return how everything that was asked for would be located.

    That is every group in both area sets, and the electorate of `election`, else of all elections.
    """
    campaign, language = check.campaign, check.language
    wanted = election or campaign.election.basis
    methods = [row for area_set in campaign.area_sets for row in _methods(check, area_set)]
    known = wanted in check.holdings.electorates()
    missing = _lacking(check)
    # Where the least is lacking, all of this follows from it.
    left_out = [] if missing else _left_out(check)
    ranked = sum(line.key == LEFT_OUT for line in left_out) < len(check.profiles)
    return Report(
        year=campaign.election.year,
        electorates=[_electorate(check, one) for one in ([election] if election else ELECTIONS)],
        methods=methods,
        elsewhere=check.elsewhere,
        left_out=[line.told(language) for line in left_out],
        lacking=missing,
        decisions={name: decision_words(group, language) for name, group in check.groups.items()},
        doubts=_doubts(check),
        whole=known
        and ranked
        and not missing
        and all(row["method"] != "unknown" for row in methods),
    )


def tell(report: Report, language: Language) -> None:
    """Print the tables."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=NARROWEST)
    title = text("check_electorates", language, year=report.year)
    table = _table(title, "election electorate missing", language)
    for row in report.electorates:
        electorate = row["electorate"] or text("check_unknown", language)
        table.add_row(text(row["election"], language), electorate, row["missing"])
    console.print(table)
    for area_set in dict.fromkeys(row["area_set"] for row in report.methods):
        title = text("check_methods", language, area_set=set_name(area_set, language))
        table = _table(title, "group method measure why better", language)
        for row in report.methods:
            if row["area_set"] == area_set:
                method = text(f"method_{row['method']}", language)
                table.add_row(row["label"], method, row["measure"], row["why"], row["better"])
        console.print(table)
    for name, decision in report.decisions.items():
        console.print(f"{name}: {decision}", soft_wrap=True)
    for line in (*report.lacking, *report.left_out, *report.elsewhere, *report.doubts):
        console.print(line, soft_wrap=True)
    # What is lacking stands above: the tables may be whole.
    last = "check_all" if report.whole else "check_lacking" if report.lacking else "check_some"
    console.print(text(last, language), soft_wrap=True)


def _doubts(check: Check) -> list[str]:
    """Return what the last run said of its doubt, and whether it was of other sources."""
    if not check.record:
        return [text("check_not_run", check.language)]
    named = {source["name"] for source in check.record["sources"]}
    other = [text("check_other_sources", check.language)] * (named != set(check.campaign.sources))
    return [*other, *run_doubts(check.record, check.language)]


def _table(title: str, columns: str, language: Language) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns.split():
        table.add_column(text(f"check_{column}", language), overflow="fold")
    return table


def _electorate(check: Check, election: Election) -> Row:
    known = check.holdings.electorates()
    if election not in known:
        return {"election": election, "electorate": "", "missing": _who_gives(check, election)}
    source = check.listed[known[election]].source
    electorate = f"{source.publisher} {source.vintage}"
    return {"election": election, "electorate": electorate, "missing": ""}


def _who_gives(check: Check, election: str) -> str:
    if election == "region" and not elects_region(check.campaign):
        return text("check_no_region", check.language)
    found = {
        name: item.source.vintage
        for name, item in check.offered.items()
        if (item.source.provides, item.source.election) == ("results", election)
    }
    year = check.campaign.election.year
    same = [name for name, vintage in found.items() if vintage == year]
    if same:
        return check.how(same[0])
    other = ", ".join(f"{name} ({vintage})" for name, vintage in found.items())
    key = "check_other_year" if other else "check_no_source"
    return text(key, check.language, other=other, year=year)


def _methods(check: Check, area_set: str) -> list[Row]:
    language = check.language
    held = check.holdings.held(area_set)
    chosen = choose_methods(check.groups, held)
    rows = []
    for name, given in check.groups.items():
        method, measure, why = (str(chosen.loc[name, key]) for key in ("method", "measure", "why"))
        group = as_located(given, method, held.indicators)
        definition = definition_of(group, measure).told(language)
        row = {
            "area_set": area_set,
            "group": name,
            "label": f"{group.label.told(language)} – {definition}",
            "method": method,
            "column": measure,
            "measure": _origin(check, measure),
            "why": text(why, language),
            "better": _better(check, name, area_set),
        }
        rows.append(row)
    return rows


def _lacking(check: Check) -> list[str]:
    """Return what a run would refuse for want of, each with how the first that gives it is got."""
    named = {name: check.listed[name] for name in check.campaign.sources}
    sources = {name: item.source for name, item in named.items()}
    lines = _missing_files(check, named)
    for item in unfit(check.campaign, sources):
        # Those that the campaign names have been looked at.
        giving = [
            name
            for name, other in check.offered.items()
            if name not in named and item.mends(name, other.source)
        ]
        told = item.fault.told(check.language)
        lines.append(f"{told}: {check.how(giving[0])}" if giving else told)
    return [*lines, *(fault.told(check.language) for fault in check.refused)]


def _missing_files(check: Check, named: Mapping[str, Listed]) -> list[str]:
    """Return which of the campaign's files are not at hand: those to fetch on one line."""
    away = {
        name: item
        for name, item in named.items()
        if item.state not in AT_HAND and not item.source.is_shown
    }
    fetched = [name for name, item in away.items() if not item.is_by_hand]
    by_hand = [check.how(name) for name in away if name not in fetched]
    lines = [text("check_no_file", check.language, source=how) for how in by_hand]
    names = ", ".join(fetched)
    return [text("check_fetch", check.language, names=names), *lines] if fetched else lines


def _left_out(check: Check) -> list[Phrase]:
    """Return what a run would say of channels and criteria that nothing is known of."""
    campaign, holdings = check.campaign, check.holdings
    held = holdings.held(campaign.scored_set)
    methods = choose_methods(check.groups, held)["method"]
    locating = [name for name, group in check.groups.items() if group.role == "locate"]
    located = (methods[locating] != NONE).any()
    targets = frozenset(TARGETS) - PRIVATE | check.own
    given = held.indicators | (targets if located else frozenset())
    others = {
        name: item.source
        for name, item in check.offered.items()
        if item.source.provides == "counts"
        and item.source.area_set in campaign.area_sets
        and name not in holdings.sources
    }
    known = Known(held.columns, given)
    return on_known_criteria(check.profiles, known, others, campaign.name)[2]


def _origin(check: Check, column: str) -> str:
    named = [check.listed[name].source for name in check.holdings.given_by(column)]
    return "; ".join(f"{told(source.title, check.language)}, {source.vintage}" for source in named)


def _better(check: Check, name: str, area_set: str) -> str:
    """Return the sources that, one by one, would give a better method; "" for none."""
    holdings, group = check.holdings, check.groups[name]
    now = _standing(group, holdings, area_set)
    districts = {check.listed[name].source.area_set for name in holdings.electorates().values()}
    better = {}
    for source, item in check.offered.items():
        useful = item.source.provides == "counts" and item.source.area_set in {
            *holdings.chain,
            *districts,
        }
        if useful and source not in holdings.sources:
            more = Holdings(check.campaign, {**holdings.sources, source: item.source})
            better[source] = _standing(group, more, area_set)
    best = min([now, *better.values()])
    found = [source for source, standing in better.items() if standing == best < now]
    return "; ".join(check.how(source) for source in found[:2])


def _standing(group: Group, holdings: Holdings, area_set: str) -> tuple[int, int, bool]:
    """Return how good the method is that would be chosen: the lower the better."""
    choice = choose_methods({"": group}, holdings.held(area_set)).iloc[0]
    why = choice["why"]
    place = BEST_FIRST.index(why) if why in BEST_FIRST else len(BEST_FIRST)
    counts = [measure.count for measure in group.measures]
    rank = counts.index(choice["measure"]) if choice["measure"] in counts else 0
    pair = {choice["measure"], group.measures[rank].of} if choice["measure"] in counts else set()
    # What is published for the areas or moved there differs less than which measure it is.
    return max(place - 1, 0), rank, not holdings.gives_all(pair, area_set)
