"""Headings of tables."""

from geoprio.texts.language import Words

TABLES: Words = {
    "column_area_code": {"sv": "områdeskod", "en": "area_code"},
    "column_area_name": {"sv": "område", "en": "area"},
    "column_municipality_name": {"sv": "kommun", "en": "municipality"},
    "column_association": {"sv": "förening", "en": "association"},
    "column_score": {"sv": "poäng", "en": "score"},
    "column_rank": {"sv": "rang", "en": "rank"},
    "column_level": {"sv": "nivå", "en": "level"},
    "column_action": {"sv": "åtgärd", "en": "what to do"},
    "column_public_reason": {"sv": "motivering", "en": "reason"},
    "column_population_count": {"sv": "invånare", "en": "residents"},
    "column_electors_count": {"sv": "röstberättigade", "en": "electors"},
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
    "column_precision_low": {
        "sv": "träffsäkerhet procent, lägst (90 %)",
        "en": "precision percent, lowest (90%)",
    },
    "column_precision_high": {
        "sv": "träffsäkerhet procent, högst (90 %)",
        "en": "precision percent, highest (90%)",
    },
    "column_order": {"sv": "ordning", "en": "order"},
    "column_wave": {"sv": "omgång", "en": "wave"},
    "column_cost_sek": {"sv": "kostnad kr", "en": "cost SEK"},
    "column_audience": {"sv": "får läsas av", "en": "for"},
    "column_basis": {"sv": "underlag", "en": "basis"},
    "column_note": {"sv": "anmärkning", "en": "note"},
    "column_yes": {"sv": "ja", "en": "yes"},
    "column_no": {"sv": "nej", "en": "no"},
}
