"""What `geoprio diff` says of two runs."""

from geoprio.texts.language import Words

DIFFER: Words = {
    "differ_same": {
        "sv": "Körningarna är lika: samma inställningar, källor, versioner och poäng.",
        "en": "The runs are alike: the same settings, sources, versions and scores.",
    },
    "differ_runs": {"sv": "Från {first} till {second}", "en": "From {first} to {second}"},
    "differ_run": {
        "sv": "{folder} (kampanj {campaign}, inställningar {digest})",
        "en": "{folder} (campaign {campaign}, settings {digest})",
    },
    "differ_campaign": {
        "sv": "OBS: olika kampanjer, {first} och {second}.",
        "en": "Note: different campaigns, {first} and {second}.",
    },
    "differ_election": {
        "sv": "OBS: olika val, {first} och {second}. Att siffrorna skiljer sig är väntat.",
        "en": "Note: different elections, {first} and {second}. Figures are bound to differ.",
    },
    "differ_areas": {
        "sv": "OBS: {gone} områden finns bara i den första körningen, {new} bara i den andra; de"
        " jämförs inte.",
        "en": "Note: {gone} areas are in the first run only, {new} in the second only; they are"
        " not compared.",
    },
    "differ_groups": {
        "sv": "OBS: målgruppernas vikter eller hur de vägs samman har ändrats. Det ändrar"
        " målgruppernas andel i genomsnitt, och räknas nedan som siffror, inte som vikter.",
        "en": "Note: the target groups' weights, or how they are combined, have changed. That"
        " changes their mean share, and counts below as figures, not as weights.",
    },
    "differ_setting": {
        "sv": "Inställning {name}: {first} → {second}",
        "en": "Setting {name}: {first} → {second}",
    },
    "differ_none": {"sv": "saknas", "en": "absent"},
    "differ_source": {"sv": "Källa {name}: {what}", "en": "Source {name}: {what}"},
    "differ_added": {"sv": "ny", "en": "new"},
    "differ_removed": {"sv": "borttagen", "en": "removed"},
    "differ_changed": {
        "sv": "annan fil (årgång {first} → {second})",
        "en": "another file (vintage {first} → {second})",
    },
    "differ_version": {
        "sv": "Version av {name}: {first} → {second}",
        "en": "Version of {name}: {first} → {second}",
    },
    "differ_channel": {
        "sv": "{label}: {moved} av {areas} områden har fått annan plats, {levels} annan nivå,"
        " {verdicts} annat besked.",
        "en": "{label}: {moved} of {areas} areas have another rank, {levels} another level,"
        " {verdicts} another verdict.",
    },
    "differ_still": {
        "sv": "{label}: inget område har flyttat sig.",
        "en": "{label}: no area has moved.",
    },
    "differ_private": {
        "sv": "Poängen bygger på egna uppgifter som inte visas; varför de ändrats kan inte sägas.",
        "en": "The scores rest on the user's own figures, which are not shown; why they changed"
        " cannot be told.",
    },
    "differ_move": {
        "sv": "{name} ({code}): plats {rank_first} → {rank_second}, poäng {score_first} →"
        " {score_second}",
        "en": "{name} ({code}): rank {rank_first} → {rank_second}, score {score_first} →"
        " {score_second}",
    },
    "differ_word": {"sv": "{what}: {first} → {second}", "en": "{what}: {first} → {second}"},
    "differ_why": {
        "sv": "{change} poäng = områdets egna siffror {own_figures}, andra områden {other_areas},"
        " vikter {weights}, metod {method}",
        "en": "{change} points = the area's own figures {own_figures}, other areas {other_areas},"
        " weights {weights}, method {method}",
    },
    "differ_unsplit": {
        "sv": "ändringen kan inte delas upp: en uppgift saknas i någon av körningarna",
        "en": "the change cannot be split: a figure is unknown in one of the runs",
    },
    "differ_more": {
        "sv": "… och {count} områden till som flyttat sig mindre",
        "en": "… and {count} more areas that moved less",
    },
}
