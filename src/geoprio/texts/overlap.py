"""How the target groups overlap."""

from geoprio.texts.language import Words

OVERLAP: Words = {
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
    "overlap_estimated": {
        "sv": "{group}: uppskattning, så tal där gruppen ingår är ungefärliga. Intervallet står "
        "vid varje område.",
        "en": "{group}: an estimate, so numbers that the group is part of are rough. The "
        "interval stands with each area.",
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
    "intensity_any_label": {
        "sv": "andel i minst en av målgrupperna",
        "en": "share in at least one of the target groups",
    },
    "intensity_any_strong": {
        "sv": "många av dem som bor här hör till minst en av målgrupperna ({value})",
        "en": "many of those who live here belong to at least one of the target groups ({value})",
    },
    "intensity_any_weak": {
        "sv": "få av dem som bor här hör till minst en av målgrupperna ({value})",
        "en": "few of those who live here belong to at least one of the target groups ({value})",
    },
    "intensity_max_label": {
        "sv": "andel i målgrupperna, var och en räknad i sin tyngsta",
        "en": "share in the target groups, each counted in their heaviest",
    },
    "intensity_max_strong": {
        "sv": "många av dem som bor här hör till målgrupperna ({value} när var och en räknas i sin "
        "tyngsta grupp)",
        "en": "many of those who live here belong to the target groups ({value} when each counts "
        "in their heaviest group)",
    },
    "intensity_max_weak": {
        "sv": "få av dem som bor här hör till målgrupperna ({value} när var och en räknas i sin "
        "tyngsta grupp)",
        "en": "few of those who live here belong to the target groups ({value} when each counts "
        "in their heaviest group)",
    },
}
