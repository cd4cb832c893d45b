"""The publisher's own comparison of two vintages of an area set, as pairs of codes."""

import numpy as np
import pandas as pd

from geoprio.errors import SourceError, join_faults
from geoprio.sources.catalogue import MappingColumns, Source
from geoprio.sources.numbers import as_category, as_numbers, listed
from geoprio.sources.rows import Mask, Selection

PER_CENT = 100.0
SLACK = 0.02


def shape_mapping(rows: Selection, source: Source) -> pd.DataFrame:
    """Return the official pairs: source_code (older), area_code (newer), share, comparable.

    An area that the publisher does not compare has one row with `comparable` False and no
    source_code (NaN). `share` is the part (0-1) of the older area that went to the newer; NaN
    where the publisher does not say.

    Raises
    ------
    SourceError
        Unknown words for the status, an older code that is none, a comparable area without any, a
        pair that stands twice, or shares that do not add up.
    """
    columns = source.mapping
    if columns is None:
        message = "the source has no `[mapping]`"
        raise SourceError(message)
    codes = rows.codes.astype(str).to_numpy()
    comparable = _comparable(rows.frame, columns)
    shares = _shares(rows.frame, columns)
    old = [_old_codes(rows.frame[name], columns.width) for name in columns.from_columns]
    pairs = pd.concat(
        [
            pd.DataFrame({"source_code": part, "area_code": codes, "share": shares})[
                comparable & part.ne("").to_numpy()
            ]
            for part in old
        ]
    )
    bare = sorted(set(codes[comparable]) - set(pairs["area_code"]))
    if bare:
        heading = "areas that can be compared but name no older area"
        raise SourceError(join_faults(heading, listed(bare)))
    double = pairs[pairs.duplicated(["source_code", "area_code"])]
    if len(double):
        faults = list(double["source_code"] + " in " + double["area_code"])
        raise SourceError(join_faults("pairs that stand twice", listed(faults)))
    apart = pd.DataFrame({"source_code": np.nan, "area_code": codes[~comparable], "share": np.nan})
    frame = pd.concat([pairs.assign(comparable=True), apart.assign(comparable=False)])
    frame["share"] = _as_parts(frame)
    return frame.astype({"source_code": object}).sort_values(
        ["area_code", "source_code"], ignore_index=True
    )


def _comparable(frame: pd.DataFrame, columns: MappingColumns) -> Mask:
    if columns.status is None:
        return np.ones(len(frame), dtype=bool)
    words = as_category(frame[columns.status]).astype(str).str.casefold()
    yes = words.isin([word.casefold() for word in columns.comparable])
    known = yes | words.isin([word.casefold() for word in columns.changed])
    if not known.all():
        faults = [f"{words.index.name} {row}: {word!r}" for row, word in words[~known].items()]
        expected = ", ".join(map(repr, (*columns.comparable, *columns.changed)))
        heading = f"column {columns.status!r} holds other words than {expected}"
        raise SourceError(join_faults(heading, listed(faults)))
    return yes.to_numpy(bool)


def _old_codes(values: pd.Series, width: int) -> pd.Series:
    texts = as_category(values).astype(str).replace({"None": "", "-": ""})
    padded = texts.where(texts.eq(""), texts.str.zfill(width))
    wrong = padded.ne("") & ~padded.str.fullmatch(rf"\d{{{width}}}")
    if wrong.any():
        faults = [f"{values.index.name} {row}: {code!r}" for row, code in texts[wrong].items()]
        heading = f"column {values.name!r} holds codes that are not {width} digits"
        raise SourceError(join_faults(heading, listed(faults)))
    return padded


def _shares(frame: pd.DataFrame, columns: MappingColumns) -> pd.Series:
    if columns.share is None:
        return pd.Series(np.nan, index=frame.index)
    shares, bad = as_numbers(frame[columns.share], empty_is_zero=False)
    if bad.any() or shares.isna().any():
        wrong = shares.index[bad | shares.isna()]
        faults = [f"{frame.index.name} {row}: {frame.loc[row, columns.share]!r}" for row in wrong]
        raise SourceError(join_faults("shares that are no numbers >= 0", listed(faults)))
    return shares


def _as_parts(frame: pd.DataFrame) -> pd.Series:
    """Return the shares as parts of 1, whether written so or as per cent."""
    shares = frame["share"]
    sums = shares.groupby(frame["source_code"]).sum(min_count=1).dropna()
    if sums.empty:
        return shares
    whole = PER_CENT if (sums > 2).any() else 1.0
    wrong = sums[(sums / whole - 1).abs() > SLACK]
    if len(wrong):
        faults = [f"{code}: {total:g}" for code, total in wrong.items()]
        heading = f"older areas whose shares do not make {whole:g}"
        raise SourceError(join_faults(heading, listed(faults)))
    return shares / frame["source_code"].map(sums)
