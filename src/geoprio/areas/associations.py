"""Which local association an area belongs to."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import pandas as pd

from geoprio.config import Campaign, Election, named_file
from geoprio.errors import ConfigError, SourceError
from geoprio.sources.sheets import read_list
from geoprio.words import Phrase, one_line

MUNICIPALITIES = "kommun"
NOBODY = ""


def assign_associations(
    municipality: pd.Series, memberships: pd.DataFrame, crosswalks: Mapping[str, pd.DataFrame]
) -> pd.Series:
    """Return each area's association: where the larger share of its people belongs.

    Parameters
    ----------
    municipality
        Municipality code by area code.
    memberships
        Rows of `association`, `area_set`, `area_code`: what each association consists of.
    crosswalks
        CROSSWALK from the areas to each other area set that `memberships` names.

    Returns
    -------
    Association by area code; NaN where most of the area's people belong to none.
    """
    whole = memberships[memberships["area_set"] == MUNICIPALITIES]
    owner = municipality.map(whole.set_index("area_code")["association"])
    owner = owner.astype(memberships["association"].dtype)  # text, of an empty list too
    # A municipality that is one association is not nibbled at by its neighbours' parts.
    open_areas = owner.index[owner.isna()]
    pieces = [
        _owned(crosswalks[str(area_set)], parts, open_areas)
        for area_set, parts in memberships.groupby("area_set", sort=True)
        if area_set != MUNICIPALITIES
    ]
    if pieces:
        owner = owner.fillna(_largest(pd.concat(pieces)))
    return owner.rename("association")


def refuse_wrong_memberships(
    memberships: pd.DataFrame, codes: Mapping[str, Collection[str]], *, file: str
) -> None:
    """Refuse memberships that name a set or an area that is not there, or give a part two owners.

    `codes` are those of the areas by set name; every fault is told at once, with its row of `file`.
    """
    parts = memberships[["area_set", "area_code"]]
    twice = memberships[parts.duplicated(keep=False)]
    faults = [
        _in_rows(
            rows.index,
            Phrase(
                "belongs_to_several",
                area_set=area_set,
                code=code,
                associations=sorted(rows["association"]),
            ),
        )
        for (area_set, code), rows in twice.groupby(["area_set", "area_code"])
    ]
    for name, rows in memberships.groupby("area_set"):
        if name not in codes:
            faults.append(unknown_set(rows, codes))
        else:
            faults += unknown_codes(rows[~rows["area_code"].isin(list(codes[str(name)]))])
    if faults:
        raise ConfigError("associations_wrong", faults, file=file)


def _in_rows(rows: Iterable[object], fault: Phrase) -> Phrase:
    return Phrase("in_rows", rows=list(map(str, dict.fromkeys(rows))), fault=fault)


def unknown_set(rows: pd.DataFrame, known: Iterable[str]) -> Phrase:
    """Return the fault of rows whose area set is none of the known, told of the first of them."""
    fault = Phrase("unknown_area_set", name=rows["area_set"].iloc[0], sets=sorted(known))
    return _in_rows(rows.index[:1], fault)


def unknown_codes(rows: pd.DataFrame) -> list[Phrase]:
    """Return the fault of each row: no area has its code."""
    return [
        _in_rows([row], Phrase("unknown_area_code", association=owner, name=name, code=code))
        for row, owner, name, code in rows[COLUMNS].itertuples()
    ]


def _owned(crosswalk: pd.DataFrame, parts: pd.DataFrame, areas: pd.Index) -> pd.DataFrame:
    pieces = crosswalk[crosswalk["source_code"].isin(areas)]
    owner = pieces["area_code"].map(parts.set_index("area_code")["association"])
    return pieces.assign(owner=owner.fillna(NOBODY))


def _largest(pieces: pd.DataFrame) -> pd.Series:
    shares = pieces.groupby(["source_code", "owner"])["weight"].sum().reset_index()
    # Equal shares go to the first name, so that the row order of a file decides nothing.
    shares = shares.sort_values(["weight", "owner"], ascending=[False, True])
    first = shares.drop_duplicates("source_code").set_index("source_code")["owner"]
    return first.where(first != NOBODY)


COLUMNS = ["association", "area_set", "area_code"]
EACH = "*"
"""Association and code of a row for every municipality that no other row names."""


def expand_memberships(
    rows: pd.DataFrame, municipalities: pd.Series, campaign: Campaign | None = None
) -> pd.DataFrame:
    """Return the rows with `*;kommun;*` replaced by the municipalities that no other row names.

    Each of them is an association of its own name, with its code where another is called the same;
    `municipalities` are names by code. Another name before it has them all. Municipalities that a
    campaign leaves out are left out here too. The index stays each row's own.
    """
    if campaign is not None and campaign.municipalities:
        town = rows["area_code"].str[:4]
        out = town.str.fullmatch(r"\d{4}") & town.str[:2].isin(campaign.home)
        rows = rows[~out | town.isin(campaign.municipalities)]
    each = (rows[COLUMNS[1:]] == [MUNICIPALITIES, EACH]).all(axis=1)
    if not each.any():
        return rows
    if each.sum() > 1:
        fault = Phrase("rest_owned_twice", owners=rows.loc[each, "association"])
        file = campaign.associations if campaign else ""
        raise ConfigError("associations_wrong", [_in_rows(rows.index[each], fault)], file=file)
    owner = rows.loc[each, "association"].iloc[0]
    named = rows.loc[rows["area_set"] == MUNICIPALITIES, "area_code"]
    rest = municipalities.drop(named, errors="ignore").sort_index()
    rest = rest.where(~rest.duplicated(keep=False), rest + " (" + rest.index + ")")
    own = pd.DataFrame(
        {
            "association": rest if owner == EACH else owner,
            "area_set": MUNICIPALITIES,
            "area_code": rest.index,
        },
        columns=COLUMNS,
    ).set_axis(rows.index[each].repeat(len(rest)))
    return pd.concat([rows[~each], own])


def load_memberships(name: str, folders: tuple[Path, ...]) -> pd.DataFrame:
    """Return `association`, `area_set`, `area_code` of the first folder that has the file, by row.

    Raises
    ------
    ConfigError
        No folder has the file, it lacks a column, or a row is incomplete.
    """
    table = _read_list(name, folders)
    if table is None:
        raise ConfigError("list_not_found", name=name, columns=";".join(COLUMNS))
    missing = [column for column in COLUMNS if column not in table]
    if missing:
        raise ConfigError(
            "list_columns_wrong",
            name=name,
            found=";".join(map(str, table)),
            columns=";".join(COLUMNS),
        )
    rows = pd.DataFrame({column: table[column].map(one_line, "ignore") for column in COLUMNS})
    gaps = rows.index[rows.isna().any(axis=1) | (rows == "").any(axis=1)]
    if len(gaps):
        faults = [Phrase("row_value_missing", row=row) for row in gaps]
        raise ConfigError("incomplete_rows", faults, name=name)
    return rows


def _read_list(name: str, folders: tuple[Path, ...]) -> pd.DataFrame | None:
    """Return a list as text from the first folder that has it; None where none has."""
    path = next(filter(None, (named_file(folder, name) for folder in folders)), None)
    try:
        return None if path is None else read_list(path)
    except SourceError as error:
        raise ConfigError(error.heading) from None


FILE = "constituencies.csv"
CONSTITUENCIES_COLUMNS = ["election", "municipality_code", "constituency"]


def load_constituencies(election: Election, folders: tuple[Path, ...]) -> pd.Series:
    """Return constituency by municipality code, of the first folder that has the file.

    Empty where no folder has it or it says nothing of the election: a municipality that has several
    constituencies cannot be told of here. A file that lacks a column, has an empty cell or gives a
    municipality twice is refused.
    """
    table = _read_list(FILE, folders)
    if table is None:
        return pd.Series(dtype=object)
    if list(table) != CONSTITUENCIES_COLUMNS or table.isna().any(axis=None):
        columns = ";".join(CONSTITUENCIES_COLUMNS)
        raise ConfigError("constituencies_wrong", file=FILE, columns=columns)
    own = table[table["election"] == election]
    twice = own.loc[own["municipality_code"].duplicated(), "municipality_code"]
    if len(twice):
        raise ConfigError(
            "municipality_in_two_constituencies", file=FILE, election=election, twice=twice
        )
    return own.set_index("municipality_code")["constituency"]


MAJORITIES = "majorities.csv"
MAJORITIES_COLUMNS = ["election", "year", "code", "seats", "governs", "coalition"]
_COUNCIL = r"(riksdag;00(-\d\d)?|region;\d\d(-\d\d)?|kommun;\d{4})"
_PARTIES = r"[^\s+;][^+;]*(\+[^\s+;][^+;]*)*"


def load_majorities(folders: tuple[Path, ...], *seats: pd.DataFrame) -> pd.DataFrame:
    """Return seats of councils and constituencies, who governs, and with whom the user would.

    First what the authority's own files say in `seats` (`election`, `year` as text, `code` and
    `seats`), then every folder that has the file: the campaign's own first. A code is `00`, a
    county's or a municipality's, with `-` and the constituency's where the fixed seats are of one;
    parties are joined by `+`, the user's own first in `coalition`.

    Returns
    -------
    majorities
        `election`, `year`, `code`, `seats` (NaN where it is not said), `governs`, `coalition`.

    Raises
    ------
    ConfigError
        A file has other columns, or a row says something else: every one is told.
    """
    found = [table for one in folders if (table := _read_list(MAJORITIES, (one,))) is not None]
    empty = pd.DataFrame(columns=MAJORITIES_COLUMNS, dtype=str)
    whole = pd.concat([empty, *seats, *map(_majorities, found)], ignore_index=True)
    # What is not said of a council in the first file may be in the next.
    merged = whole.groupby(["election", "year", "code"], as_index=False).first()
    return merged.astype({"year": float, "seats": float})[MAJORITIES_COLUMNS]


def _majorities(table: pd.DataFrame) -> pd.DataFrame:
    if list(table) != MAJORITIES_COLUMNS:
        raise ConfigError("majorities_wrong", file=MAJORITIES, columns=";".join(MAJORITIES_COLUMNS))
    rows = pd.DataFrame(table.apply(lambda column: column.map(one_line, "ignore")).astype(str))
    named = rows["election"].fillna("") + ";" + rows["code"].fillna("")
    wrong = ~named.str.fullmatch(_COUNCIL) | ~rows["year"].fillna("").str.fullmatch(r"20\d\d")
    wrong |= ~rows["seats"].fillna("1").str.fullmatch(r"[1-9]\d{0,2}")
    for column in ("governs", "coalition"):
        wrong |= ~rows[column].fillna("S").str.fullmatch(_PARTIES)
    wrong |= rows.duplicated(["election", "year", "code"])
    if wrong.any():
        faults = [Phrase("majorities_row_wrong", row=row) for row in rows.index[wrong]]
        columns = ";".join(MAJORITIES_COLUMNS)
        raise ConfigError("majorities_wrong", faults, file=MAJORITIES, columns=columns)
    return rows
