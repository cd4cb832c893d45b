"""How a run shows itself to an analyst."""

from geoprio.texts.language import Words

SUMMARY: Words = {
    "summary_area_set": {"sv": "områdesindelning", "en": "area set"},
    "summary_areas": {"sv": "områden", "en": "areas"},
    "summary_scored": {"sv": "poängsatta ({channel})", "en": "scored ({channel})"},
    "summary_place": {"sv": "plats", "en": "place"},
    "summary_top": {
        "sv": "Först i rangordningen ({area_set}), poäng inom parentes",
        "en": "First in the ranking ({area_set}), score in brackets",
    },
    "summary_warnings": {"sv": "Att tänka på", "en": "Notices"},
    "summary_none": {"sv": "ingen uppgift", "en": "unknown"},
}
