"""What a source asks of a table, in codes: the county's areas, the years and the rest."""

import re

from geoprio.errors import SourceError, join_faults
from geoprio.sources.catalogue import Source
from geoprio.sources.origins import PxwebFetch
from geoprio.sources.web.selection import Selection, refuse_wrong_vintage, resolve
from geoprio.sources.web.tables import Table, Variable

EVERY_OTHER = "*"


def select(
    source: Source, fetch: PxwebFetch, table: Table, *, regions: Variable | None, county_code: str
) -> Selection:
    """Return the codes that `source` asks of every variable of `table`.

    Parameters
    ----------
    regions
        The region variable with the codes of the value set asked for; None for a table of the
        whole country.

    Raises
    ------
    SourceError
        A variable is left unsaid (the server would choose for us), a value is unknown, no area is
        of the county, or years and areas do not fit.
    """
    chosen: dict[str, tuple[str, ...]] = {}
    faults = [
        f"select.{code}: the table has no such variable; found {', '.join(table.variables)}"
        for code in fetch.select
        if code != EVERY_OTHER and code not in table.variables
    ]
    for code, variable in table.variables.items():
        try:
            if regions is not None and code == regions.code:
                chosen[code] = _of_county(source, regions, county_code)
            else:
                chosen[code] = _chosen(fetch, variable)
        except SourceError as error:
            faults.append(str(error))
    if faults:
        raise SourceError(join_faults(f"{table.table} ({table.label})", faults))
    # Whatever variable the areas stand in: one that the source does not call its region too.
    codes = [code for name in chosen if name != fetch.time for code in chosen[name]]
    refuse_wrong_vintage(codes, chosen.get(fetch.time, ()))
    return chosen


def _chosen(fetch: PxwebFetch, variable: Variable) -> tuple[str, ...]:
    if variable.code == fetch.time:
        return resolve(variable, fetch.times)
    choice = fetch.select.get(variable.code, fetch.select.get(EVERY_OTHER))
    if choice is None:
        # An empty selection means the server's own choice, which may change.
        values = "; ".join(f"{code} = {label}" for code, label in variable.values.items())
        message = f"select.{variable.code} is missing ({variable.label}): {values[:500]}"
        raise SourceError(message)
    return resolve(variable, choice)


def _of_county(source: Source, regions: Variable, county_code: str) -> tuple[str, ...]:
    pattern = source.key.pattern or r"\w+"
    whole = re.compile(f"(?:{pattern}){re.escape(source.key.strip_suffix)}")
    codes = [
        code
        for code in regions.values
        if code.startswith(county_code) and whole.fullmatch(code) is not None
    ]
    if not codes:
        found = ", ".join(list(regions.values)[:5])
        message = (
            f"{regions.code}: no area of county {county_code} that is {whole.pattern};"
            f" found {len(regions.values)} codes such as {found}"
        )
        raise SourceError(message)
    return tuple(sorted(codes))
