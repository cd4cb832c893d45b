"""What `geoprio check` says, and why a method was chosen."""

from geoprio.texts.language import Words

CHECK: Words = {
    "check_electorates": {"sv": "Röstberättigade {year}", "en": "Electorates {year}"},
    "check_methods": {"sv": "Målgrupper i {area_set}", "en": "Target groups in {area_set}"},
    "check_election": {"sv": "Val", "en": "Election"},
    "check_electorate": {"sv": "Väljarkår", "en": "Electorate"},
    "check_missing": {"sv": "Saknas", "en": "Missing"},
    "check_group": {"sv": "Målgrupp", "en": "Group"},
    "check_method": {"sv": "Metod", "en": "Method"},
    "check_measure": {"sv": "Tabell och år", "en": "Table and year"},
    "check_why": {"sv": "Därför", "en": "Because"},
    "check_better": {"sv": "Bättre metod kräver", "en": "A better method needs"},
    "check_unknown": {"sv": "okänd", "en": "unknown"},
    "check_no_source": {
        "sv": "ingen källa i katalogen ger den",
        "en": "no source of the catalogue gives it",
    },
    "check_other_year": {
        "sv": "ingen källa för {year}; andra år: {other}",
        "en": "no source for {year}; other years: {other}",
    },
    "check_name_it": {
        "sv": "{source} (finns; lägg till bland kampanjens källor)",
        "en": "{source} (is there; add it to the campaign's sources)",
    },
    "check_fetch_it": {
        "sv": "{source} (geoprio fetch hämtar den)",
        "en": "{source} (geoprio fetch gets it)",
    },
    "check_name_and_fetch_it": {
        "sv": "{source} (lägg till bland kampanjens källor; geoprio fetch hämtar den)",
        "en": "{source} (add it to the campaign's sources; geoprio fetch gets it)",
    },
    "check_place_it": {
        "sv": "{source} (läggs in för hand: {how})",
        "en": "{source} (put in place by hand: {how})",
    },
    "check_all": {
        "sv": "Alla målgrupper kan placeras i områdena.",
        "en": "Every target group can be located.",
    },
    "check_some": {
        "sv": "Någon målgrupp eller väljarkår saknar underlag: se tabellerna.",
        "en": "A target group or an electorate has nothing to go by: see the tables.",
    },
    "why_published": {
        "sv": "antalet är publicerat för områdena; där det saknas används större områden",
        "en": "the count is published for the areas; where it is missing, for larger ones",
    },
    "why_moved": {
        "sv": "antalet är publicerat för valdistrikten eller andra områden och flyttat hit",
        "en": "the count is published for polling districts or other areas and moved here",
    },
    "why_prorated": {
        "sv": "antalet är publicerat bara för större områden",
        "en": "the count is published for larger areas only",
    },
    "why_synthetic": {
        "sv": "ingen räknar gruppen i områden; sysselsatta efter bransch och kön gånger "
        "publicerade andelar, skalat till länets antal",
        "en": "nobody counts the group in areas; employed by industry and sex times published "
        "rates, scaled to the county's number",
    },
    "why_proxy": {
        "sv": "ingen räknar gruppen i områden; länets antal fördelat efter rang",
        "en": "nobody counts the group in areas; the county's number spread by rank",
    },
    "why_unknown": {
        "sv": "inget underlag räcker",
        "en": "nothing at hand is enough",
    },
}
