"""How sure a ranking is, what a conversation is worth, and what kind of place an area is."""

from geoprio.texts.language import Words

SCORING: Words = {
    "answer_clear": {"sv": "Klar prioritet", "en": "Clear priority"},
    "answer_judge": {"sv": "Bedöm lokalt", "en": "Judge locally"},
    "answer_joint": {"sv": "Gemensam kampanj", "en": "Joint campaign"},
    "answer_clear_means": {
        "sv": "Bland de {k} främsta i minst {tenths} av 10 beräkningar.",
        "en": "Among the first {k} in at least {tenths} of 10 calculations.",
    },
    "answer_judge_means": {
        "sv": "Siffrorna räcker inte – fråga föreningen.",
        "en": "The figures are not enough – ask the association.",
    },
    "answer_joint_means": {
        "sv": "Bland de {k} främsta i högst {tenths} av 10 beräkningar.",
        "en": "Among the first {k} in at most {tenths} of 10 calculations.",
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
}
