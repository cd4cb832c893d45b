"""Every text that the program itself shows to people, in Swedish and English."""

from typing import Literal

import numpy as np
import pandas as pd

Language = Literal["sv", "en"]

TEXTS: dict[str, dict[Language, str]] = {
    "about_areas": {
        "sv": "Siffrorna beskriver områden, inte personer.",
        "en": "The figures describe areas, not persons.",
    },
    "demo_mark": {
        "sv": "DEMO – påhittade områden och siffror. Får inte användas i valarbetet.",
        "en": "DEMO – invented areas and figures. Not to be used in the campaign.",
    },
    "basis": {
        "sv": "Underlag: {plain}",
        "en": "Based on: {plain}",
    },
    "basis_plain": {
        "sv": "{election} {year} – planerar för: {plans_for}",
        "en": "{election} {year} – planning for: {plans_for}",
    },
    "riksdag": {"sv": "riksdagsvalet", "en": "the parliamentary election"},
    "region": {"sv": "regionvalet", "en": "the regional election"},
    "kommun": {"sv": "kommunvalet", "en": "the municipal election"},
    "eu": {"sv": "EU-valet", "en": "the European election"},
    "channel_unknown": {
        "sv": "{channel} visas inte: uppgift saknas i alla områden om {what}",
        "en": "{channel} is not shown: unknown in every area: {what}",
    },
    "no_association": {
        "sv": "{count} områden i {area_set} hör inte till någon förening",
        "en": "{count} areas of {area_set} belong to no association",
    },
    "nothing_mailed": {
        "sv": "Utskick: budgeten räcker inte till något område",
        "en": "Mailing: the budget is enough for no area",
    },
    "overlap_independence": {
        "sv": "Hur målgrupperna överlappar är inte uppmätt: oberoende antaget.",
        "en": "How the target groups overlap is not measured: independence assumed.",
    },
    "overlap_joint": {
        "sv": "Hur målgrupperna överlappar är hämtat från {title} ({origin}).",
        "en": "How the target groups overlap is taken from {title} ({origin}).",
    },
    "overlap_joint_without": {
        "sv": "{groups}: oberoende antaget.",
        "en": "{groups}: independence assumed.",
    },
    "overlap_odds": {
        "sv": "Hur målgrupperna överlappar följer oddskvoter: {ratios}. Övriga par: oberoende "
        "antaget.",
        "en": "How the target groups overlap follows odds ratios: {ratios}. Other pairs: "
        "independence assumed.",
    },
    "overlap_ratio": {
        "sv": "{first} och {second} {ratio} ({source})",
        "en": "{first} and {second} {ratio} ({source})",
    },
    "overlap_pair": {
        "sv": "{first} och {second} tillsammans: tabell per område i {count} av {all} områden.",
        "en": "{first} and {second} together: a table by area in {count} of {all} areas.",
    },
    "overlap_group": {
        "sv": "Av 100 i målgruppen {group} hör {others}.",
        "en": "Of 100 in the target group {group}, {others}.",
    },
    "overlap_first": {"sv": "{number} också till {other}", "en": "{number} are also in {other}"},
    "overlap_next": {"sv": "{number} till {other}", "en": "{number} in {other}"},
    "overlap_union": {
        "sv": "Av 100 väljare hör {share} till minst en av målgrupperna: {numbers}. Hur grupperna "
        "än överlappar är det mellan {low} och {high}.",
        "en": "Of 100 voters, {share} are in at least one of the target groups: {numbers}. "
        "However the groups overlap, it is between {low} and {high}.",
    },
    "overlap_exactly": {"sv": "{share} till {number}", "en": "{share} in {number}"},
    "overlap_numbers": {"sv": "en två tre fyra fem sex", "en": "one two three four five six"},
    "column_overlap_group": {"sv": "målgrupp", "en": "target group"},
    "column_overlap_also": {"sv": "hör också till", "en": "also in"},
    "column_overlap_groups": {"sv": "antal målgrupper", "en": "number of target groups"},
    "column_overlap_persons": {"sv": "väljare", "en": "voters"},
    "column_overlap_of": {"sv": "av", "en": "of"},
    "column_overlap_share": {"sv": "procent", "en": "percent"},
    "column_overlap_origin": {"sv": "överlapp", "en": "overlap"},
    "overlap_all": {"sv": "alla väljare", "en": "all voters"},
    "overlap_any": {"sv": "minst en målgrupp", "en": "at least one target group"},
    "audience_leadership": {"sv": "Internt – valledningen", "en": "Internal – leadership"},
    "reason_and": {"sv": " och ", "en": " and "},
    "reason_also": {"sv": ", och ", "en": ", and "},
    "reason_but": {"sv": ", men ", "en": ", but "},
    "reason_but_after_two": {"sv": ". Men ", "en": ". But "},
    "reason_average": {
        "sv": "Området ligger nära genomsnittet i alla kriterier.",
        "en": "The area is close to the average in every criterion.",
    },
    "type_with": {"sv": "med ", "en": "with "},
    "type_number": {"sv": ", typ {number}", "en": ", type {number}"},
    "reach_street": {
        "sv": "En gata för sig: det går inte att säga att grannområdena också ligger högt.",
        "en": "A street by itself: it cannot be said that the areas around it are high too.",
    },
    "reach_quarter": {
        "sv": "Ett helt kvarter: grannområdena ligger också högt.",
        "en": "A whole quarter: the areas around it are high too.",
    },
    "relative_yield": {
        "sv": "{times} gånger så mycket per samtal som i ett genomsnittligt område",
        "en": "{times} times as much per conversation as in an average area",
    },
    "yield_unknown": {
        "sv": "utbyte okänt i {count} områden: {why}",
        "en": "yield unknown in {count} areas: {why}",
    },
    "yield_unknown_one": {
        "sv": "utbyte okänt i 1 område: {why}",
        "en": "yield unknown in 1 area: {why}",
    },
    "yield_no_electors": {"sv": "inga röstberättigade", "en": "no electors"},
    "yield_turnout_unknown": {
        "sv": "valdeltagandet saknas eller är 0 eller 100 procent",
        "en": "turnout is missing, or 0 or 100 percent",
    },
    "yield_support_unknown": {
        "sv": "partiets andel saknas eller är 0 eller 100 procent",
        "en": "the party's share is missing, or 0 or 100 percent",
    },
    "yield_cells_unknown": {
        "sv": "någon målgrupp saknas",
        "en": "a target group is missing",
    },
    "reason_together": {
        "sv": "Placeringen beror på flera saker tillsammans.",
        "en": "The rank follows from several things together.",
    },
    "percent": {"sv": "procent", "en": "percent"},
    "less_than_one": {"sv": "mindre än 1", "en": "less than 1"},
    "map_title": {"sv": "{title}: var bör vi börja?", "en": "{title}: where should we start?"},
    "title_turnout_share": {"sv": "Valdeltagande", "en": "Turnout"},
    "question_turnout_share": {"sv": "Hur många röstade?", "en": "How many voted?"},
    "title_red_green_share": {"sv": "Rödgröna (V, S, MP)", "en": "Red-green (V, S, MP)"},
    "question_red_green_share": {
        "sv": "Hur stor del av rösterna gick till V, S och MP?",
        "en": "How large a share of the votes went to V, S and MP?",
    },
    "note_score": {
        "sv": "Vägt medelvärde av {criteria}. {basis}.",
        "en": "Weighted mean of {criteria}. {basis}.",
    },
    "note_turnout_share": {
        "sv": "Andel av de röstberättigade. {source}; förtidsröster fördelade på distrikten, "
        "omräknat till området efter folkmängd.",
        "en": "Of the electorate. {source}; early votes spread over the districts, moved to the "
        "area by residents.",
    },
    "note_red_green_share": {
        "sv": "Andel av giltiga röster. {source}; omräknat till området efter folkmängd.",
        "en": "Of valid votes. {source}; moved to the area by residents.",
    },
    "note_group": {
        "sv": "{definition}; andel av {base}. {methods}. {source}. {decision}.",
        "en": "{definition}; of {base}. {methods}. {source}. {decision}.",
    },
    "methods_in": {
        "sv": "{method} i {count} av {all} områden",
        "en": "{method} in {count} of {all} areas",
    },
    "spread_by": {
        "sv": "{total}, fördelade efter {indicators}",
        "en": "{total}, spread by {indicators}",
    },
    "base_residents": {"sv": "invånarna", "en": "residents"},
    "base_adults": {"sv": "de vuxna", "en": "adults"},
    "base_other": {"sv": "dem som tabellen räknar", "en": "those whom the table counts"},
    "base_electorate": {"sv": "de röstberättigade", "en": "the electorate"},
    "awaits_decision": {
        "sv": "Definitionen inväntar partiets precisering",
        "en": "The definition awaits the party's decision",
    },
    "decided": {"sv": "Definitionen beslutad {date}", "en": "Definition decided {date}"},
    "column_area_code": {"sv": "områdeskod", "en": "area_code"},
    "column_area_name": {"sv": "område", "en": "area"},
    "column_municipality_name": {"sv": "kommun", "en": "municipality"},
    "column_association": {"sv": "förening", "en": "association"},
    "column_score": {"sv": "poäng", "en": "score"},
    "column_rank": {"sv": "rang", "en": "rank"},
    "column_level": {"sv": "nivå", "en": "level"},
    "column_reason": {"sv": "motivering", "en": "reason"},
    "column_share": {"sv": "procent av {base}", "en": "percent of {base}"},
    "column_count": {"sv": "antal", "en": "count"},
    "column_low": {"sv": "lägst", "en": "low"},
    "column_high": {"sv": "högst", "en": "high"},
    "column_method": {"sv": "metod", "en": "method"},
    "column_top": {"sv": "bland de {k} främsta", "en": "among the top {k}"},
    "column_turnout_share": {"sv": "valdeltagande procent", "en": "turnout percent"},
    "column_red_green_share": {"sv": "rödgröna procent", "en": "red-green percent"},
    "column_mobilisation_count": {
        "sv": "ickeröstare × rödgrön andel",
        "en": "non-voters × red-green share",
    },
    "column_households_count": {"sv": "hushåll (bostäder)", "en": "households (dwellings)"},
    "column_target_count": {
        "sv": "hushåll i målgrupperna (uppskattning)",
        "en": "target households (estimate)",
    },
    "column_precision": {"sv": "träffsäkerhet procent", "en": "precision percent"},
    "column_order": {"sv": "ordning", "en": "order"},
    "column_wave": {"sv": "omgång", "en": "wave"},
    "column_cost_sek": {"sv": "kostnad kr", "en": "cost SEK"},
    "column_basis": {"sv": "underlag", "en": "basis"},
    "column_note": {"sv": "anmärkning", "en": "note"},
    "column_yes": {"sv": "ja", "en": "yes"},
    "column_no": {"sv": "nej", "en": "no"},
    "fewer_than": {"sv": "färre än {number}", "en": "fewer than {number}"},
    "method_published": {"sv": "publicerad", "en": "published"},
    "method_prorated": {
        "sv": "omräknad från större område (uppskattning)",
        "en": "prorated from a larger area (estimate)",
    },
    "method_proxy": {"sv": "uppskattning", "en": "estimate"},
    "method_synthetic": {
        "sv": "beräknad ur näringsgren och kön (uppskattning)",
        "en": "computed from industry and sex (estimate)",
    },
    "industry_and_sex": {
        "sv": "de sysselsattas näringsgren och kön ({origins})",
        "en": "industry and sex of the employed ({origins})",
    },
    "method_unknown": {"sv": "ingen uppgift", "en": "no data"},
}

NARROW_SPACE = "\N{NO-BREAK SPACE}"


def text(key: str, language: Language) -> str:
    """Return the text of `key` in `language`."""
    return TEXTS[key][language]


def whole(value: int, language: Language) -> str:
    """Return a whole number as a reader writes it: 1 287, in English 1,287."""
    return f"{value:,}".replace(",", NARROW_SPACE if language == "sv" else ",")


def number(values: pd.Series, language: Language) -> pd.Series:
    """Return figures as a reader writes them, by the unit that their column's suffix names.

    Shares become percent, others whole numbers with spaces between thousands (commas in English);
    rates below 10 keep one decimal. NaN becomes an empty text.
    """
    name = str(values.name)
    share, rate = name.endswith("_share"), name.endswith("_per_1000")
    shown = values * 100 if share else values
    decimals = 1 if rate or (share and shown.abs().max() < 10) else 0
    plain = shown.map(f"{{:,.{decimals}f}}".format, na_action="ignore").astype(object)
    if language == "sv":
        plain = plain.str.replace(",", NARROW_SPACE).str.replace(".", ",")
    ending = (NARROW_SPACE + "%" if language == "sv" else "%") if share else ""
    return (plain + ending).fillna("")


def spoken(values: pd.Series, language: Language) -> pd.Series:
    """Return figures as they are said in a sentence, by the unit that their column's suffix names.

    Shares become whole percent in words ("31 procent"); counts and densities keep two figures from
    100 on, since nobody says "omkring 1 243"; rates are as in `number`. NaN becomes an empty text.
    """
    name = str(values.name)
    if name.endswith("_share"):
        said = number((100 * values).rename("percent"), language)
        said = said.mask((values > 0) & (values < 0.005), text("less_than_one", language))
        return (said + NARROW_SPACE + text("percent", language)).mask(values.isna(), "")
    if name.endswith("_per_1000"):
        return number(values, language)
    step = 10 ** (np.floor(np.log10(values.where(values >= 100, 10.0))) - 1)
    return number((values / step).round() * step, language)
