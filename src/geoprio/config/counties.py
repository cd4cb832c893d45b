"""The 21 counties, and what of a campaign's figures was counted in another one."""

import csv
import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import get_args

from geoprio.config.campaign import Campaign
from geoprio.config.document import slug
from geoprio.config.groups import Group
from geoprio.config.load import shipped_folder
from geoprio.config.model import Counted, Model, Text
from geoprio.errors import ConfigError
from geoprio.words import Language, Phrase, text

START = "start"
"""Folder of what a new county's campaign is made from; no campaign reads it."""


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


def fit_total(name: str, group: Group, campaign: Campaign, residents: float) -> Group:
    """Return a group whose total is of the campaign's residents, so many.

    Where the campaign is about a part of the county, so is the total: by residents.

    ConfigError: The total was counted in another county, and nothing says what holds elsewhere.
    """
    total, code = group.total, campaign.county_code
    if total is None:
        return group
    if total.counted_in.county == code:
        if not campaign.municipalities:
            return group
        part = residents / (1000 * counties()[code].residents_thousands)
        source = {
            key: text("total_part", key, source=total.source.told(key))
            for key in get_args(Language)
        }
        cv = max(total.cv, total.elsewhere.cv if total.elsewhere else 0.0)
        told = {"count": total.count * part, "cv": cv, "source": Text(**source)}
        return group.model_copy(update={"total": total.model_copy(update=told)})
    if total.elsewhere is None:
        where = county_name(total.counted_in.county)
        raise ConfigError("total_elsewhere", name=name, where=where, home=county_name(code))
    count = total.elsewhere.per_1000_residents * residents / 1000
    told = {"count": count, "cv": total.elsewhere.cv, "source": total.elsewhere.source}
    return group.model_copy(update={"total": total.model_copy(update=told)})


def told_elsewhere(
    campaign: Campaign, groups: Mapping[str, Group], models: Mapping[str, Model]
) -> list[Phrase]:
    """Return what is told of figures that were counted in another county than the campaign's.

    `models` are the other files that the campaign rests on, by name.
    """
    home = campaign.county_code
    said = [
        Phrase(
            "total_scaled",
            name=group.label,
            where=county_name(group.total.counted_in.county),
            home=county_name(home),
            rate=group.total.elsewhere.per_1000_residents,
            source=group.total.elsewhere.source,
        )
        for group in groups.values()
        if group.total and group.total.elsewhere and group.total.counted_in.county != home
    ]
    said += [
        Phrase("total_of_part", name=group.label)
        for group in groups.values()
        if group.total and campaign.municipalities and group.total.counted_in.county == home
    ]
    counted = campaign.election.abroad_counted_in
    if counted and counted.county != home:
        where, share = county_name(counted.county), campaign.abroad_share
        said.append(Phrase("abroad_elsewhere", where=where, home=county_name(home), share=share))
    if campaign.counted_in and campaign.counted_in.county != home:
        where = county_name(campaign.counted_in.county)
        said.append(Phrase("choices_elsewhere", where=where, home=county_name(home)))
    borrowed: dict[str, list[str]] = {}
    for file, model in {**{f"groups/{name}": it for name, it in groups.items()}, **models}.items():
        for place, found in counted_in(model):
            if found.county != home and place != "total":
                borrowed.setdefault(found.county, []).append(f"{file} {place}".strip())
    for code, places in borrowed.items():
        where = county_name(code)
        said.append(Phrase("rates_elsewhere", where=where, home=county_name(home), what=places))
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
