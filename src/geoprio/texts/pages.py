"""Pages, notes, reasons and records."""

from geoprio.texts.language import Words

PAGES: Words = {
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
    "electors_exceed": {
        "sv": "{count} områden i {area_set} har fler röstberättigade än invånare "
        "(olika år, förenklade gränser); andelarna står på det större talet",
        "en": "{count} areas of {area_set} have more electors than residents "
        "(other years, simplified borders); shares stand on the larger number",
    },
    "nothing_mailed": {
        "sv": "Utskick: budgeten räcker inte till något område",
        "en": "Mailing: the budget is enough for no area",
    },
    "audience_valledning": {"sv": "Internt – valledningen", "en": "Internal – leadership"},
    "audience_forening": {
        "sv": "Internt – föreningen, om dess egna områden",
        "en": "Internal – the association, on its own areas",
    },
    "audience_leverantor": {"sv": "Till leverantören", "en": "For the supplier"},
    "audience_offentlig": {"sv": "Offentlig", "en": "Public"},
    "reason_and": {"sv": " och ", "en": " and "},
    "reason_also": {"sv": ", och ", "en": ", and "},
    "reason_but": {"sv": ", men ", "en": ", but "},
    "reason_but_after_two": {"sv": ". Men ", "en": ". But "},
    "reason_average": {
        "sv": "Området ligger nära genomsnittet i alla kriterier.",
        "en": "The area is close to the average in every criterion.",
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
    "title_count": {"sv": "{group}, antal", "en": "{group}, number"},
    "title_at_least_one_share": {
        "sv": "Minst en av målgrupperna",
        "en": "At least one of the target groups",
    },
    "question_at_least_one_share": {
        "sv": "Var hör flest till minst en av målgrupperna?",
        "en": "Where do most belong to at least one of the target groups?",
    },
    "note_at_least_one_share": {
        "sv": "Andel av de röstberättigade, uppskattning. Gränserna gäller hur grupperna än"
        " överlappar. {origin}",
        "en": "Of the electorate, an estimate. The bounds hold however the groups overlap."
        " {origin}",
    },
    "map_title_association": {
        "sv": "{association}: var bör vi börja?",
        "en": "{association}: where do we begin?",
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
    "fewer_than": {"sv": "färre än {number}", "en": "fewer than {number}"},
    "not_shown": {"sv": "visas inte", "en": "not shown"},
    "method_published": {"sv": "publicerad", "en": "published"},
    "method_aligned": {
        "sv": "publicerad, omräknad till de röstberättigade (uppskattning)",
        "en": "published, brought to the electorate (estimate)",
    },
    "method_prorated": {
        "sv": "omräknad från andra områden (uppskattning)",
        "en": "converted from other areas (estimate)",
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
