"""What `geoprio explain` says of an area."""

from geoprio.texts.language import Words

EXPLAIN: Words = {
    "explain_unknown": {"sv": "ingen uppgift", "en": "no data"},
    "explain_association": {"sv": "Partiförening", "en": "Association"},
    "explain_no_association": {"sv": "hör till ingen förening", "en": "belongs to none"},
    "explain_verdict": {"sv": "Besked", "en": "Verdict"},
    "explain_wave": {"sv": "Utskick, omgång {wave}", "en": "Mailing, wave {wave}"},
    "explain_level": {"sv": "Nivå", "en": "Level"},
    "explain_score": {"sv": "Poäng", "en": "Score"},
    "explain_score_of": {"sv": "{score} av 100", "en": "{score} of 100"},
    "explain_rank": {"sv": "Plats", "en": "Rank"},
    "explain_rank_of": {
        "sv": "{rank} av {areas}; osäkerheten räcker från plats {low} till {high} (5–95 %)",
        "en": "{rank} of {areas}; it may stand anywhere from {low} to {high} (5–95 %)",
    },
    "explain_rank_alone": {"sv": "{rank} av {areas}", "en": "{rank} of {areas}"},
    "explain_top": {"sv": "Säkerhet", "en": "How sure"},
    "explain_p_top": {
        "sv": "bland de {k} första i {times} av 100 omräkningar",
        "en": "among the first {k} in {times} of 100 trials",
    },
    "explain_p_never": {
        "sv": "nästan aldrig bland de {k} första när siffror och vikter prövas",
        "en": "hardly ever among the first {k} when figures and weights are tried",
    },
    "explain_p_always": {
        "sv": "nästan alltid bland de {k} första när siffror och vikter prövas",
        "en": "nearly always among the first {k} when figures and weights are tried",
    },
    "explain_reason": {"sv": "Därför", "en": "Why"},
    "explain_opening": {"sv": "Inled med", "en": "Open with"},
    "explain_action": {"sv": "Att göra", "en": "What to do"},
    "explain_parts": {
        "sv": "Så räknas poängen (ett genomsnittligt område får {average} poäng):",
        "en": "How the score is made (an average area gets {average} points):",
    },
    "explain_part": {
        "sv": "{value}; vikt {weight}; ger {points} poäng mot medelområdet",
        "en": "{value}; weight {weight}; gives {points} points against the average area",
    },
    "explain_part_unknown": {"sv": "{value}; vikt {weight}", "en": "{value}; weight {weight}"},
    "explain_private": {
        "sv": "egna uppgifter om föreningen, visas inte; vikt {weight}",
        "en": "the association's own figures, not shown; weight {weight}",
    },
    "explain_remainder": {
        "sv": "Kriterierna tillsammans ger {points} poäng.",
        "en": "The criteria together give {points} points.",
    },
    "explain_no_score": {
        "sv": "Ingen poäng: ett kriterium saknar uppgift.",
        "en": "No score: a criterion has no data.",
    },
    "explain_between": {"sv": "{value} (90 %: {low}–{high})", "en": "{value} (90%: {low}–{high})"},
    "explain_groups": {
        "sv": "Målgrupperna, som andel av {base}:",
        "en": "The target groups, as a share of {base}:",
    },
    "explain_group": {
        "sv": "{share}; antal {count}; {method}",
        "en": "{share}; number {count}; {method}",
    },
    "explain_group_hidden": {
        "sv": "antal {count}; {method}",
        "en": "number {count}; {method}",
    },
    "explain_estimated": {"sv": "uppskattning: {method}", "en": "estimate: {method}"},
    "explain_withheld": {
        "sv": "Små antal i känsliga grupper visas inte, och inte heller sådant som de kan räknas ut"
        " ur.",
        "en": "Small counts of sensitive groups are not shown, nor what they can be worked out"
        " from.",
    },
    "explain_sources": {"sv": "Källor", "en": "Sources"},
}
