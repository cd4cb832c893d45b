"""Whether a campaign's sources make a run, before any of them is read."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from geoprio.areas.associations import EACH, MUNICIPALITIES, unknown_codes, unknown_set
from geoprio.config import Campaign, Election
from geoprio.config.counties import counties
from geoprio.errors import ConfigError
from geoprio.sources.catalogue import Source
from geoprio.words import Phrase

REGION, TOWN = "region", r"\d{4}"

Mends = Callable[[str, Source], bool]


@dataclass(frozen=True)
class Unfit:
    """Why no run is made of a campaign's sources."""

    fault: Phrase
    mends: Mends = lambda *_: False
    """Whether a source, by its name, would mend it."""


def _giving(provides: str, area_set: str, column: str = "") -> Mends:
    def gives(_: str, source: Source) -> bool:
        same = (source.provides, source.area_set) == (provides, area_set)
        return same and (not column or column in source.column_names)

    return gives


def unfit(campaign: Campaign, sources: Mapping[str, Source]) -> list[Unfit]:
    """Return all that a run refuses of the sources that a campaign names, before it reads any."""
    return [
        *_unfit_areas(campaign, sources),
        *_unfit_results(campaign, sources),
        *without_region(campaign, sources),
        *_unfit_mappings(sources),
        *_given_twice(sources, "areas"),
        *_given_twice(sources, "results"),
    ]


def refuse_unfit(campaign: Campaign, sources: Mapping[str, Source]) -> None:
    """Refuse a campaign whose sources make no run; every fault is told at once."""
    faults = [item.fault for item in unfit(campaign, sources)]
    if faults:
        raise ConfigError("sources_missing", faults, campaign=campaign.name)


def _drawn(sources: Mapping[str, Source]) -> set[str]:
    return {source.area_set for source in sources.values() if source.provides == "areas"}


def _unfit_areas(campaign: Campaign, sources: Mapping[str, Source]) -> Iterator[Unfit]:
    base, nesting, drawn = campaign.base_set, campaign.nesting, _drawn(sources)
    if nesting and nesting.key not in sources:
        fault = Phrase("nesting_key_not_a_source", nesting=nesting.key)
        yield Unfit(fault, lambda name, _: name == nesting.key)
    elif nesting and (key := sources[nesting.key]).provides != "key":
        # Borders that say what they lie in are a key with the names of what that is.
        named = any(source.provides == "names" for source in sources.values())
        if "parent_code" not in key.texts or nesting.area_set not in drawn or not named:
            where = nesting.area_set
            fault = Phrase("nesting_key_is_no_key", nesting=nesting.key, area_set=where)
            yield Unfit(
                fault,
                _giving("names", MUNICIPALITIES) if where in drawn else _giving("areas", where),
            )
    if base not in drawn:
        yield Unfit(Phrase("closer_set_without_borders", base=base), _giving("areas", base))
    counted = _giving("counts", base, "population_count")
    if not any(counted(name, source) for name, source in sources.items()):
        yield Unfit(Phrase("closer_set_without_population", base=base), counted)


def _unfit_results(campaign: Campaign, sources: Mapping[str, Source]) -> Iterator[Unfit]:
    basis, year = campaign.election.basis, campaign.election.year

    def counted(_: str, source: Source) -> bool:
        return (source.election, source.vintage) == (basis, year)

    held = {source.area_set for name, source in sources.items() if counted(name, source)}
    if not held:
        yield Unfit(Phrase("no_results_given", basis=basis, year=year), counted)
    for name in sorted(held - _drawn(sources)):
        fault = Phrase("results_without_borders", name=name, basis=basis, year=year)
        yield Unfit(fault, _giving("areas", name))


def elects_region(campaign: Campaign) -> bool:
    """Return whether a region is elected in any of the campaign's counties, as far as is known."""
    return any(code not in counties() or counties()[code].elects_region for code in campaign.home)


def without_region(campaign: Campaign, sources: Mapping[str, Source]) -> Iterator[Unfit]:
    """Yield what is asked of a region's election where none is held in any county."""
    if elects_region(campaign):
        return
    home = counties()[campaign.home[0]]
    for name, source in sources.items():
        if source.election == REGION:
            yield Unfit(Phrase("county_without_region", county=home.name, what=name))
    asked: dict[str, Election | None] = {"election.basis": campaign.election.basis}
    asked |= {f"mailing.editions {it.name}": it.election for it in campaign.mailing.editions}
    for what, election in asked.items():
        if election == REGION:
            yield Unfit(Phrase("county_without_region", county=home.name, what=what))


def _unfit_mappings(sources: Mapping[str, Source]) -> Iterator[Unfit]:
    for item, source in sources.items():
        wanted = (source.mapping.from_set, source.area_set) if source.mapping else ()
        for name in wanted:
            if name not in _drawn(sources):
                fault = Phrase("mapping_set_without_borders", item=item, name=name)
                yield Unfit(fault, _giving("areas", name))


def _given_twice(sources: Mapping[str, Source], kind: str) -> Iterator[Unfit]:
    given: dict[str, list[str]] = {}
    for name, source in sources.items():
        if source.provides == kind:
            what = f"{source.area_set} {source.election or ''}".strip()
            given.setdefault(what, []).append(name)
    for what, names in sorted(given.items()):
        if len(names) > 1:
            yield Unfit(Phrase("several_give_one", names=names, kind=kind, what=what))


def misplaced(
    rows: pd.DataFrame, campaign: Campaign, sources: Mapping[str, Source]
) -> list[Phrase]:
    """Return what of a list of associations no run of the campaign can have, whatever its areas.

    That is a set which no source draws, a code of another county, and one that is not formed as
    the codes of its set. `rows` are from `load_memberships`.
    """
    nesting = campaign.nesting
    nested = {MUNICIPALITIES, campaign.base_set, *([nesting.area_set] if nesting else [])}
    drawn = {it.area_set: it for it in sources.values() if it.provides == "areas"}
    faults = []
    for name, parts in rows[rows["area_code"] != EACH].groupby("area_set"):
        if name not in {*nested, *drawn}:
            faults.append(unknown_set(parts, {*nested, *drawn}))
            continue
        key = drawn[str(name)].key if name in drawn else None
        form = TOWN if name == MUNICIPALITIES else ".*"
        if key is not None and key.kind == "code" and key.pattern:
            form = re.escape(key.prefix) + f"(?:{key.pattern})"
        wrong = ~parts["area_code"].str.fullmatch(form)
        if name in nested:
            wrong |= ~parts["area_code"].str.startswith(campaign.home)
        faults += unknown_codes(parts[wrong])
    return faults


def refuse_misplaced(rows: pd.DataFrame, campaign: Campaign, sources: Mapping[str, Source]) -> None:
    """Refuse a list of associations that is `misplaced`."""
    if faults := misplaced(rows, campaign, sources):
        raise ConfigError("associations_wrong", faults, file=campaign.associations)


def too_few(campaign: Campaign, areas: int) -> list[Phrase]:
    """Return what is told where no fewer areas are to be the first than there are to rank.

    Then every area is among them whatever its figures, and none has a verdict that says anything.
    """
    top_k = campaign.top_k
    near = max(1, areas // 10)
    return [Phrase("top_k_of_all", top_k=top_k, areas=areas, near=near)] * (top_k >= areas)
