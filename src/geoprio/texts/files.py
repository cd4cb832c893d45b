"""Workbooks, map files, vendors' files and their control sheets."""

from geoprio.texts.language import Words

FILES: Words = {
    "sheet_about": {"sv": "Källor och definitioner", "en": "Sources and definitions"},
    "sheet_ranking": {"sv": "Rangordning", "en": "Ranking"},
    "sheet_mailing": {"sv": "Utskick", "en": "Mailing"},
    "sheet_waves": {"sv": "Omgångar", "en": "Waves"},
    "sheet_overlap": {"sv": "Överlappning", "en": "Overlap"},
    "sheet_facts": {"sv": "Områdesfakta", "en": "Facts"},
    "vendor_areas": {"sv": "Områden", "en": "Areas"},
    "vendor_no_thanks": {
        "sv": "Försändelser från politiska partier räknas som samhällsinformation och kan gå till "
        "alla hushåll. Inga hushåll med skylten Nej tack är frånräknade. Stäm av med leverantören.",
        "en": "Mail from political parties counts as public information and may go to every "
        "household; nothing is subtracted here for signs against advertising. Settle it with the "
        "vendor.",
    },
    "vendor_postal_residents": {
        "sv": "Koder där minst hälften av de boende bor i de valda områdena. {reached} procent av "
        "dem som bor i områdena nås; {outside} procent av dem som bor i koderna bor utanför.",
        "en": "Codes with at least half of their residents in the chosen areas. {reached} percent "
        "of the areas' residents are reached; {outside} percent of the codes' live outside.",
    },
    "vendor_postal_points": {
        "sv": "Koder där minst hälften av punkterna ligger i de valda områdena. {reached} procent "
        "av områdenas punkter nås; {outside} procent av kodernas punkter ligger utanför.",
        "en": "Codes with at least half of their points in the chosen areas. {reached} percent of "
        "the areas' points are reached; {outside} percent of the codes' lie outside.",
    },
    "households_counted": {"sv": "hushåll", "en": "households"},
    "households_dwellings": {"sv": "bostäder", "en": "dwellings"},
    "households_moved": {"sv": "uppskattning", "en": "estimate"},
    "class_all": {"sv": "alla med uppgift", "en": "all that are known"},
    "class_under": {"sv": "under {high}", "en": "below {high}"},
    "class_from": {"sv": "från {low}", "en": "from {low}"},
    "class_unit_score": {"sv": " av 100", "en": " of 100"},
    "class_unit_share": {"sv": " %", "en": "%"},
    "class_unit_count": {"sv": "", "en": ""},
    "class_unit_sek": {"sv": " kr", "en": " SEK"},
    "class_unit_density": {"sv": " per km²", "en": " per km²"},
    "column_short": {"sv": "kolumn i shapefilen", "en": "column of the shapefile"},
    "column_full": {"sv": "kolumn", "en": "column"},
    "about_title": {"sv": "Kampanj", "en": "Campaign"},
    "about_basis": {"sv": "Underlag", "en": "Basis"},
    "about_mark": {"sv": "Observera", "en": "Note"},
    "about_readers": {"sv": "Får läsas av", "en": "For"},
    "about_what": {"sv": "Vad siffrorna gäller", "en": "What the figures are of"},
    "about_rank": {"sv": "Rang", "en": "Rank"},
    "about_rank_words": {
        "sv": "Områdets plats i hela länet, 1 är först. Områden som ligger nära varandra i rang "
        "skiljer sig knappt åt.",
        "en": "The area's place in the whole county, 1 is first. Areas close in rank hardly "
        "differ.",
    },
    "about_score": {"sv": "Poäng", "en": "Score"},
    "about_score_words": {
        "sv": "0–100: hur väl området stämmer med det som kanalen söker, jämfört med länets andra "
        "områden. Poängen säger inte hur många röster en insats ger.",
        "en": "0–100: how well the area fits what the channel looks for, beside the county's other "
        "areas. It does not say how many votes an effort gives.",
    },
    "about_unknown": {"sv": "Tom cell", "en": "Empty cell"},
    "about_unknown_words": {
        "sv": "Ingen uppgift. En tom cell betyder aldrig noll.",
        "en": "Unknown. An empty cell never means zero.",
    },
    "about_few_words": {
        "sv": "Antalet är litet och visas inte exakt, för att ingen enskild ska kunna pekas ut.",
        "en": "The count is small and not shown exactly, so that nobody can be singled out.",
    },
    "about_withheld_words": {
        "sv": "Antalet döljs därför att ett litet antal annars hade kunnat räknas ut ur det.",
        "en": "The count is withheld because a small one could be worked out from it.",
    },
    "about_level": {"sv": "Nivå: {level}", "en": "Level: {level}"},
    "about_source": {"sv": "Källa", "en": "Source"},
    "about_households": {"sv": "Hushåll", "en": "Households"},
    "about_households_words": {
        "sv": "Hushåll där de är räknade för området, annars bostäder (även tomma räknas då med).",
        "en": "Households where they are counted for the area, else dwellings (empty ones too).",
    },
    "about_notice": {"sv": "Att tänka på", "en": "Notice"},
}
