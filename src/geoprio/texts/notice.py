"""The transparency notice of a mailing (Regulation (EU) 2024/900, art. 11-12)."""

from geoprio.texts.language import Words

NOTICE: Words = {
    "notice_stem": {"sv": "Sändningsblad", "en": "Notice"},
    "notice_title": {
        "sv": "Sändningsblad: {mailing} ({edition})",
        "en": "Transparency notice: {mailing} ({edition})",
    },
    "notice_article": {"sv": "Artikel", "en": "Article"},
    "notice_field": {"sv": "Uppgift", "en": "Field"},
    "notice_said": {"sv": "Svar", "en": "Answer"},
    "notice_statement": {"sv": "Politisk reklam", "en": "Political advertising"},
    "notice_statement_words": {
        "sv": "Denna försändelse är politisk reklam.",
        "en": "This mailing is political advertising.",
    },
    "notice_mailing": {"sv": "Försändelse och version", "en": "Mailing and edition"},
    "notice_sponsor": {"sv": "Sponsor", "en": "Sponsor"},
    "notice_controller": {
        "sv": "Den som ytterst styr sponsorn",
        "en": "Entity ultimately controlling the sponsor",
    },
    "notice_controller_none": {
        "sv": "Ingen annan styr sponsorn.",
        "en": "Nobody else controls the sponsor.",
    },
    "notice_payer": {"sv": "Den som betalar", "en": "Entity that pays"},
    "notice_payer_same": {"sv": "Sponsorn betalar.", "en": "The sponsor pays."},
    "notice_name": {"sv": "Namn", "en": "Name"},
    "notice_registration_number": {"sv": "Organisationsnummer", "en": "Registration number"},
    "notice_email": {"sv": "E-post", "en": "E-mail"},
    "notice_postal_address": {"sv": "Postadress", "en": "Postal address"},
    "notice_establishment": {"sv": "Etableringsort", "en": "Place of establishment"},
    "notice_period": {"sv": "Tid för utdelning", "en": "Period of delivery"},
    "notice_period_words": {"sv": "{first} till {last}", "en": "{first} to {last}"},
    "notice_election": {"sv": "Val", "en": "Election"},
    "notice_official_information": {
        "sv": "Hur man röstar (myndighetens sida)",
        "en": "How to vote (the authority's page)",
    },
    "notice_mailing_sek": {
        "sv": "Betalt för försändelsen",
        "en": "Paid for this mailing",
    },
    "notice_campaign_sek": {
        "sv": "Betalt för hela kampanjen",
        "en": "Paid for the whole campaign",
    },
    "notice_benefits_sek": {"sv": "Andra förmåners värde", "en": "Value of other benefits"},
    "notice_sek": {"sv": "{sum} kronor", "en": "SEK {sum}"},
    "notice_method": {"sv": "Hur summorna är räknade", "en": "How the sums were worked out"},
    "notice_origin": {"sv": "Varifrån pengarna kommer", "en": "Source of the funds"},
    "notice_origin_public": {"sv": "Offentliga medel", "en": "Public funds"},
    "notice_origin_private": {"sv": "Privata medel", "en": "Private funds"},
    "notice_origin_both": {
        "sv": "Både offentliga och privata medel",
        "en": "Both public and private funds",
    },
    "notice_territory_inside": {"sv": "från EU", "en": "from inside the EU"},
    "notice_territory_outside": {"sv": "från länder utanför EU", "en": "from outside the EU"},
    "notice_territory_both": {
        "sv": "både från EU och från länder utanför",
        "en": "from both inside and outside the EU",
    },
    "notice_chosen": {"sv": "Hur områdena valdes", "en": "How areas were chosen"},
    "notice_chosen_words": {
        "sv": "Försändelsen går till {count} områden i {towns}. De valdes med ett sammanvägt mått "
        "av statistik om områden och valresultat ({publishers}). Ingen uppgift om en enskild "
        "person användes för att välja områden.",
        "en": "The mailing goes to {count} areas in {towns}. They were chosen by a combined "
        "measure of statistics by area and election results ({publishers}). No data on an "
        "individual were used to choose areas.",
    },
    "notice_towns": {"sv": "{count} kommuner", "en": "{count} municipalities"},
    "notice_everybody": {
        "sv": "Alla hushåll i områdena får den.",
        "en": "Every household there gets it.",
    },
    "notice_addressed": {
        "sv": "Inom dem valdes mottagarna efter ålder ({first}–{last} år) och postnummer ur ett "
        "personregister.",
        "en": "Within them receivers were selected by age ({first}–{last}) and postal code from a "
        "register of persons.",
    },
    "notice_personal_data": {
        "sv": "Personuppgifter för att välja mottagare",
        "en": "Personal data used to select receivers",
    },
    "notice_personal_data_no": {
        "sv": "Nej. Mottagare väljs inte med personuppgifter.",
        "en": "No. Receivers are not selected by personal data.",
    },
    "notice_personal_data_yes": {"sv": "Ja. {which}", "en": "Yes. {which}"},
    "notice_reach": {"sv": "Räckvidd", "en": "Reach"},
    "notice_reach_households": {
        "sv": "Omkring {count} hushåll i områdena.",
        "en": "About {count} households in the areas.",
    },
    "notice_reach_persons": {
        "sv": "Omkring {count} personer i åldern (uppskattning före uttaget).",
        "en": "About {count} persons of the age (estimated before the selection).",
    },
    "notice_reach_unknown": {"sv": "Inte känd.", "en": "Not known."},
    "notice_earlier": {
        "sv": "Tidigare stoppad för regelbrott",
        "en": "Stopped earlier for breaking the rules",
    },
    "notice_earlier_no": {"sv": "Nej.", "en": "No."},
    "notice_earlier_yes": {"sv": "Ja. {which}", "en": "Yes. {which}"},
    "notice_url": {"sv": "Här finns meddelandet", "en": "Where the notice is found"},
    "notice_complaints": {
        "sv": "Anmäl brott mot reglerna",
        "en": "Report a breach of the rules",
    },
    "notice_label": {
        "sv": "Tryck på försändelsen (artikel 11)",
        "en": "To be printed on the mailing (article 11)",
    },
    "notice_label_words": {
        "sv": "POLITISK REKLAM. Sponsor: {sponsor}. {controller}Val: {election}. {targeting}"
        "Transparensmeddelande: {url}",
        "en": "POLITICAL ADVERTISEMENT. Sponsor: {sponsor}. {controller}Election: {election}. "
        "{targeting}Transparency notice: {url}",
    },
    "notice_label_controller": {"sv": "Styrs av: {name}. ", "en": "Controlled by: {name}. "},
    "notice_label_targeting": {
        "sv": "Mottagarna är valda med personuppgifter. ",
        "en": "Receivers were selected by personal data. ",
    },
    "notice_own_words": {
        "sv": "Uppgifterna är sponsorns egna. Stäm av dem, och märkningens form, mot förordning "
        "(EU) 2024/900 artikel 11, 12 och 19 och genomförandeförordning (EU) 2025/1410. "
        "QR-koden ska leda till adressen ovan.",
        "en": "The sponsor answers for what is stated. Check it, and the form of the label, "
        "against Regulation (EU) 2024/900 articles 11, 12 and 19 and Implementing Regulation (EU) "
        "2025/1410. The QR code leads to the address above.",
    },
}
