"""The 21 counties, and what of a campaign's figures was counted in another one."""

import csv
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_args

from geoprio.config.campaign import NATIONAL_ABROAD_SHARE, Campaign
from geoprio.config.document import slug
from geoprio.config.groups import CountyTotal, Group, Total
from geoprio.config.load import shipped_folder
from geoprio.config.model import Counted, Model, Text
from geoprio.errors import ConfigError
from geoprio.words import Language, Phrase, text

START = "start"
"""Folder of what a new county's campaign is made from; no campaign reads it."""
MOST_NAMED = 3
"""Counties that are named in a sentence; of more, how many."""


@dataclass(frozen=True)
class County:
    """One of the 21 counties."""

    code: str
    name: str
    residents_thousands: int
    """Residents in thousands (SCB, April 2026)."""
    elects_region: bool
    """Whether it votes for a region: where one municipality is the whole county, it does not."""

    @property
    def slug(self) -> str:
        """Its name as files bear it: `uppsala-lan`."""
        return slug(self.name)


@cache
def counties() -> Mapping[str, County]:
    """Return the 21 counties by code."""
    table = (shipped_folder() / START / "counties.csv").read_text(encoding="utf-8")
    rows = [*csv.reader(table.splitlines(), delimiter=";")][1:]
    return {
        code: County(code, name, int(residents), elects == "ja")
        for code, name, residents, elects in rows
    }


def find_county(code: str) -> County:
    """Return the county with a code of two digits.

    ConfigError: There is none; the one with the nearest code or name is offered.
    """
    known = counties()
    if code in known:
        return known[code]
    near = _nearest(code.strip(), known)
    hint = "" if near is None else Phrase("near_county", code=near.code, name=near.name)
    listed = ", ".join(f"{item.code} {item.name}" for item in known.values())
    raise ConfigError("no_such_county", code=code, listed=listed, hint=hint)


def _nearest(code: str, known: Mapping[str, County]) -> County | None:
    if code.isdigit():
        # A zero that was left out, or two digits in the wrong order.
        return known.get(code.zfill(2)) or known.get(code[::-1])
    names = {item.slug.removesuffix("-lan").rstrip("s"): item for item in known.values()}
    near = difflib.get_close_matches(slug(code).removesuffix("-lan"), names, n=1, cutoff=0.75)
    return names[near[0]] if near else None


def county_name(code: str) -> str:
    """Return what a county is called; its code where there is no such county."""
    return counties()[code].name if code in counties() else code


def fit_elections(campaign: str, county: County) -> str:
    """Return the text of a campaign, without the sources of an election that no county's is."""
    return campaign if county.elects_region else re.sub(r'(?m)^ *"\w+_region",\n', "", campaign)


def reach(campaign: Campaign, language: Language) -> str:
    """Return what all that a campaign covers is called: the county, the country, or neither."""
    if len(campaign.home) == 1:
        return text("reach_county", language)
    whole = len(campaign.home) == len(counties())
    return text("reach_country" if whole else "reach_counties", language)


def names_of_counties(codes: Sequence[str]) -> list[str]:
    """Return what counties are called; of many the first and how many more."""
    names = [county_name(code) for code in codes]
    more = len(names) - MOST_NAMED
    return [*names[:MOST_NAMED], Phrase("more_counties", count=more)] if more > 0 else names


def fit_total(name: str, group: Group, campaign: Campaign, residents: Mapping[str, float]) -> Group:
    """Return a group whose total is of the campaign's residents, so many in each county.

    Of several counties the total is their sum, and each has its own. Where the campaign is about a
    part of a county, so is the total: by residents.

    ConfigError: No total was counted in a county, and nothing says what holds elsewhere.
    """
    total, home = group.total, campaign.home
    if total is None or (home == (total.counted_in.county,) and not campaign.municipalities):
        return group
    own, lacking = {}, []
    for code in home:
        people, counted = residents.get(code, 0.0), total.of_county(code)
        if counted is not None:
            own[code] = _part_of(counted, total, code, people if campaign.municipalities else None)
        elif total.elsewhere is not None:
            rate = total.elsewhere
            count = rate.per_1000_residents * people / 1000
            own[code] = CountyTotal.model_construct(count=count, cv=rate.cv, source=rate.source)
        else:
            lacking.append(code)
    if lacking:
        where, there = county_name(total.counted_in.county), names_of_counties(lacking)
        raise ConfigError("total_elsewhere", name=name, where=where, home=there)
    whole: dict[str, object] = {
        "count": sum(it.count for it in own.values()),
        "cv": max(it.cv for it in own.values()),
    }
    told = {
        key: "; ".join(dict.fromkeys(it.source.told(key) for it in own.values()))
        for key in get_args(Language)
    }
    parts = {"counties": own} if len(own) > 1 else {}
    whole |= {"source": Text(**told), **parts}
    return group.model_copy(update={"total": total.model_copy(update=whole)})


def _part_of(counted: CountyTotal, total: Total, code: str, residents: float | None) -> CountyTotal:
    """Return what was counted in a county; of a part of it with so many residents, their share."""
    if residents is None:
        return CountyTotal(count=counted.count, cv=counted.cv, source=counted.source)
    source = {
        key: text("total_part", key, source=counted.source.told(key)) for key in get_args(Language)
    }
    count = counted.count * residents / (1000 * counties()[code].residents_thousands)
    cv = max(counted.cv, total.elsewhere.cv if total.elsewhere else 0.0)
    return CountyTotal.model_construct(count=count, cv=cv, source=Text(**source))


def told_elsewhere(
    campaign: Campaign, groups: Mapping[str, Group], models: Mapping[str, Model]
) -> list[Phrase]:
    """Return what is told of figures that were counted in another county than the campaign's.

    `models` are the other files that the campaign rests on, by name.
    """

    def away(counted: Counted) -> list[str]:
        return names_of_counties([code for code in campaign.home if code != counted.county])

    said = _told_of_totals(campaign, groups)
    counted = campaign.election.abroad_counted_in
    if counted and away(counted):
        where, share = county_name(counted.county), NATIONAL_ABROAD_SHARE
        said.append(Phrase("abroad_elsewhere", where=where, home=away(counted), share=share))
    if campaign.counted_in and away(campaign.counted_in):
        where = county_name(campaign.counted_in.county)
        said.append(Phrase("choices_elsewhere", where=where, home=away(campaign.counted_in)))
    borrowed: dict[str, list[str]] = {}
    for file, model in {**{f"groups/{name}": it for name, it in groups.items()}, **models}.items():
        for place, found in counted_in(model):
            if away(found) and place != "total":
                borrowed.setdefault(found.county, []).append(f"{file} {place}".strip())
    for code, places in borrowed.items():
        there = away(Counted(county=code))
        said.append(Phrase("rates_elsewhere", where=county_name(code), home=there, what=places))
    return said


def _told_of_totals(campaign: Campaign, groups: Mapping[str, Group]) -> list[Phrase]:
    """Return which groups' totals are scaled by residents, and where."""
    said, home = [], campaign.home
    totals = {name: group.total for name, group in groups.items() if group.total}
    for name, total in totals.items():
        # A total that has been fitted to the campaign bears the rate's source where it is by that.
        own = {code: total.of_county(code) for code in home}
        by_rate = {None, total.elsewhere.source if total.elsewhere else None}
        scaled = [code for code, one in own.items() if (one and one.source) in by_rate]
        if total.elsewhere and scaled:
            said.append(
                Phrase(
                    "total_scaled",
                    name=groups[name].label,
                    where=county_name(total.counted_in.county),
                    home=names_of_counties(scaled),
                    rate=total.elsewhere.per_1000_residents,
                    source=total.elsewhere.source,
                )
            )
    said += [
        Phrase("total_of_part", name=groups[name].label)
        for name, total in totals.items()
        if campaign.municipalities and any(map(total.of_county, home))
    ]
    return said


def counted_in(model: Model, place: str = "") -> Iterator[tuple[str, Counted]]:
    """Yield the places in a model whose figures were counted in a county, with that county."""
    for key in type(model).model_fields:
        value = getattr(model, key)
        if isinstance(value, Counted):
            yield place, value
            continue
        inside = value.items() if isinstance(value, Mapping) else [("", value)]
        if isinstance(value, tuple):
            inside = [(str(number), item) for number, item in enumerate(value, 1)]
        for name, item in inside:
            if isinstance(item, Model):
                yield from counted_in(item, ".".join(filter(None, (place, key, name))))
