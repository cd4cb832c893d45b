"""What an area is told besides its score, and the organising lists, in words."""

from geoprio.texts.language import Words

ADVICE: Words = {
    "column_opening_line": {"sv": "börja samtalet med", "en": "open with"},
    "column_local_line": {"sv": "föreningens egen fråga", "en": "the association's own question"},
    "column_conversation_relative": {
        "sv": "väntat utbyte per samtal (genomsnittligt område = 1, uppskattning)",
        "en": "expected yield per conversation (average area = 1, estimate)",
    },
    "column_krona_relative": {
        "sv": "väntat utbyte per krona utskick (genomsnittligt område = 1, uppskattning)",
        "en": "expected yield per krona of mailing (average area = 1, estimate)",
    },
    "column_type": {"sv": "bostadsmiljö", "en": "living environment"},
    "column_type_certainty": {
        "sv": "bostadsmiljö, säkerhet procent",
        "en": "living environment, certainty percent",
    },
    "column_cluster": {"sv": "gata eller kvarter", "en": "street or quarter"},
    "column_list": {"sv": "lista", "en": "list"},
    "column_status": {"sv": "läge", "en": "state"},
    "column_need": {"sv": "behov", "en": "need"},
    "column_capacity": {"sv": "kapacitet", "en": "capacity"},
    "column_quadrant": {"sv": "att göra", "en": "what to do"},
    "column_areas": {"sv": "områden", "en": "areas"},
    "column_target_persons_count": {
        "sv": "personer i målgrupperna (uppskattning)",
        "en": "target persons (estimate)",
    },
    "sheet_organising": {"sv": "Organisering", "en": "Organising"},
    "sheet_quadrants": {"sv": "Behov och kapacitet", "en": "Need and capacity"},
    "list_early": {"sv": "Tidig lokal organisering", "en": "Early local organising"},
    "list_support": {"sv": "Stöd till föreningar", "en": "Support for associations"},
    "list_new": {"sv": "Ny förening?", "en": "A new association?"},
    "status_early": {
        "sv": "Många i målgrupperna, få medlemmar eller låg aktivitet: börja här, även om ingen har"
        " bett om det.",
        "en": "Many target persons, few members or little activity: start here, even if nobody has"
        " asked.",
    },
    "status_asked": {
        "sv": "Har bett om stöd, och rödgrönt är starkt här.",
        "en": "Has asked for support, and red-green is strong here.",
    },
    "status_could_ask": {
        "sv": "Har inte bett om stöd, men rödgrönt är starkt här: fråga föreningen.",
        "en": "Has not asked for support, but red-green is strong here: ask the association.",
    },
    "status_unknown": {
        "sv": "Rödgrönt är starkt här; om föreningen har bett om stöd är inte känt.",
        "en": "Red-green is strong here; whether the association has asked is not known.",
    },
    "status_new": {
        "sv": "Sammanhängande områden med många i målgrupperna och ingen aktiv förening.",
        "en": "Contiguous areas with many target persons and no active association.",
    },
    "high": {"sv": "stort", "en": "large"},
    "low": {"sv": "mindre", "en": "smaller"},
    "capacity_high": {"sv": "god", "en": "good"},
    "capacity_low": {"sv": "liten", "en": "small"},
    "capacity_unknown": {"sv": "ingen uppgift", "en": "unknown"},
    "quadrant_high_low": {
        "sv": "Stort behov, liten kapacitet: bygg upp först, låna ut folk hit.",
        "en": "Large need, small capacity: build up first, lend people here.",
    },
    "quadrant_high_high": {
        "sv": "Stort behov, god kapacitet: satsa fullt med egna krafter.",
        "en": "Large need, good capacity: go all in with own forces.",
    },
    "quadrant_low_high": {
        "sv": "Mindre behov, god kapacitet: låna ut folk till grannarna.",
        "en": "Smaller need, good capacity: lend people to the neighbours.",
    },
    "quadrant_low_low": {
        "sv": "Mindre behov, liten kapacitet: länsmaterial, håll kontakten.",
        "en": "Smaller need, small capacity: county material, keep in touch.",
    },
    "question_quadrant": {
        "sv": "Var är behovet större än krafterna?",
        "en": "Where is the need larger than the capacity?",
    },
    "note_quadrant": {
        "sv": "Behov: antal i målgrupperna i föreningens områden (uppskattning). Kapacitet: aktiva"
        " medlemmar per 1 000 av dem, enligt distriktets egna uppgifter. Stort och god: minst som"
        " föreningen i mitten. Hela föreningen har samma färg.",
        "en": "Need: target persons in the association's areas (estimate). Capacity: active members"
        " per 1,000 of them, by the district's own figures. Large and good: at least as the"
        " association in the middle. All of an association has one colour.",
    },
    "quadrant_unknown": {
        "sv": "Kapaciteten är inte känd: lägg in medlemmar och aktivitet i privat/.",
        "en": "The capacity is not known: put members and activity in privat/.",
    },
    "told_no_early": {
        "sv": "Tidig lokal organisering kan inte listas: medlemmar och aktivitet saknas i privat/",
        "en": "Early local organising cannot be listed: members and activity are missing in"
        " privat/",
    },
    "told_yield": {"sv": "{area_set}: {what}", "en": "{area_set}: {what}"},
}
