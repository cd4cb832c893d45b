"""An order for addressed mail, and what the district must judge itself before it is sent."""

from geoprio.texts.language import Words

ADDRESSED: Words = {
    "column_postal_code": {"sv": "postnummer", "en": "postal_code"},
    "column_list_number": {"sv": "lista", "en": "list"},
    "column_municipality_code": {"sv": "kommunkod", "en": "municipality_code"},
    "column_county_code": {"sv": "länskod", "en": "county_code"},
    "column_age_from": {"sv": "ålder_från", "en": "age_from"},
    "column_age_to": {"sv": "ålder_till", "en": "age_to"},
    "column_edition": {"sv": "version", "en": "edition"},
    "column_campaign": {"sv": "kampanj", "en": "campaign"},
    "order_stem": {"sv": "Urval", "en": "Selection"},
    "order_title": {"sv": "Beställning av adresser: {edition}", "en": "Address order: {edition}"},
    "order_register": {"sv": "Register", "en": "Register"},
    "order_campaign": {"sv": "Kampanj", "en": "Campaign"},
    "order_purpose": {"sv": "Ändamål", "en": "Purpose"},
    "order_parameter": {"sv": "Parameter", "en": "Parameter"},
    "order_value": {"sv": "Anges så här", "en": "Stated as"},
    "order_codes": {
        "sv": "{count} postnummer ur fil ({files}); högst {rows} rader i varje fil",
        "en": "{count} postal codes from file ({files}); at most {rows} rows in each",
    },
    "order_ages": {
        "sv": "{first}–{last} år, båda inräknade, den dag uttaget görs",
        "en": "{first}–{last} years, both included, on the day of the selection",
    },
    "order_unused": {"sv": "används inte (alla)", "en": "not used (everybody)"},
    "order_geography": {
        "sv": "Ange bara postnumren. Kommun och län i tabellen är upplysning: registret tar högst "
        "{conditions} kombinerade geografiska villkor utöver filen.",
        "en": "State the postal codes alone. Municipality and county in the table are information: "
        "the register takes at most {conditions} combined conditions on geography beside the file.",
    },
    "order_several": {
        "sv": "Varje lista är ett uttag för sig. Inget postnummer står i två listor.",
        "en": "Each list is a selection of its own. No postal code stands in two lists.",
    },
    "order_simulate": {
        "sv": "Gör först en urvalssimulering och jämför antalet med beställarens uppskattning.",
        "en": "First simulate the selection, and compare the number with the buyer's estimate.",
    },
    "order_address": {
        "sv": "Sökningen görs mot folkbokföringsadressen.",
        "en": "The search is on the address of registration.",
    },
    "order_excluded": {
        "sv": "En fil med personer som ska undantas lämnar beställaren själv till registret. Den "
        "följer inte med här och får aldrig läggas i denna mapp.",
        "en": "A file of persons to leave out is handed to the register by the buyer. It does not "
        "come with this order and must never be put in this folder.",
    },
    "order_form": {"sv": "Filens form: {specification}", "en": "The file's form: {specification}"},
    "no_legal_advice": {
        "sv": "Detta är inte juridisk rådgivning.",
        "en": "This is not legal advice.",
    },
    "basis_title": {
        "sv": "Urvalsmotivering: adresserat utskick {edition}",
        "en": "Why this selection: addressed mailing {edition}",
    },
    "basis_what_for": {
        "sv": "Bladet är ett underlag för distriktets egen dataskyddsbedömning och ska inte följa "
        "med beställningen.",
        "en": "This sheet is for the district's own data protection assessment and does not go "
        "with the order.",
    },
    "basis_readers": {"sv": "Får läsas av", "en": "For"},
    "basis_purpose": {"sv": "Ändamål", "en": "Purpose"},
    "basis_election_day": {"sv": "Valdag: {day}. {basis}.", "en": "Election day: {day}. {basis}."},
    "basis_chosen": {"sv": "Vad som har valts", "en": "What was chosen"},
    "basis_areas": {
        "sv": "{count} av {all} områden ({area_set}), som står sist i bladet.",
        "en": "{count} of {all} areas ({area_set}), listed at the end.",
    },
    "basis_codes": {
        "sv": "{count} postnummer, åldern {first}–{last} år, ur registret {register}.",
        "en": "{count} postal codes, ages {first}–{last}, from the register {register}.",
    },
    "basis_people": {
        "sv": "Omkring {people} i åldern bor i postnumren (uppskattning ur områdenas åldrar).",
        "en": "About {people} of the age live in the codes (estimated from the areas' ages).",
    },
    "basis_left_out": {
        "sv": "{count} postnummer är borttagna: färre än {least} i åldern bor där.",
        "en": "{count} postal codes are left out: fewer than {least} of the age live there.",
    },
    "basis_how": {"sv": "Hur områdena har valts", "en": "How the areas were chosen"},
    "basis_score": {
        "sv": "Områdena är valda efter den sammanvägda poängen {profile}, inom utskickets budget. "
        "Därutöver används bara ålder. Varken ursprung eller facklig tillhörighet "
        "väljer ensamt: annat än de känsliga målgrupperna bär {share} procent av vikten.",
        "en": "The areas were chosen by the combined score {profile}, within the mailing's budget. "
        "Beyond that only age is used. Neither origin nor union membership chooses "
        "alone: {share} percent of the weight is borne by other than the sensitive groups.",
    },
    "basis_criterion": {"sv": "Kriterium", "en": "Criterion"},
    "basis_group": {"sv": "Målgrupp i kriterierna", "en": "Target group in the criteria"},
    "basis_weight": {"sv": "Vikt, procent", "en": "Weight, percent"},
    "basis_sensitive": {
        "sv": "Om en person: känslig (art. 9)",
        "en": "Of a person: special category (art. 9)",
    },
    "basis_yes": {"sv": "ja", "en": "yes"},
    "basis_no": {"sv": "nej", "en": "no"},
    "basis_data": {"sv": "Vilka uppgifter som används", "en": "Which data are used"},
    "basis_no_persons": {
        "sv": "Ingen uppgift om en person kommer in i geoprio, varken före eller efter uttaget. "
        "Underlaget är statistik om områden och valresultat: {publishers}.",
        "en": "No data on a person enter geoprio, neither before nor after the selection. It rests "
        "on statistics by area and election results: {publishers}.",
    },
    "basis_register": {
        "sv": "Namn och adresser hanteras av registret, av tryckeriet och av distriktet. De får "
        "aldrig läggas i geoprios mappar.",
        "en": "Names and addresses are handled by the register, the printer and the district. They "
        "must never be put in geoprio's folders.",
    },
    "basis_precision": {"sv": "Hur träffsäkert det är", "en": "How precise it is"},
    "basis_own_codes": {
        "sv": "Områdena är själva postnummer.",
        "en": "The areas are postal codes themselves.",
    },
    "basis_areas_persons": {
        "sv": "Siffrorna beskriver områden, inte personer. Att någon bor i ett valt område säger "
        "inget om den personens ursprung, fackliga tillhörighet eller åsikter.",
        "en": "The figures are of areas, not persons. That somebody lives in a chosen area says "
        "nothing of that person's origin, union membership or opinions.",
    },
    "basis_ranks": {
        "sv": "Områden nära varandra i rang skiljer sig knappt åt. Rangordningen är osäker.",
        "en": "Areas close in rank hardly differ. The ranking is unsure.",
    },
    "basis_unknown": {"sv": "Vad som inte är känt", "en": "What is not known"},
    "basis_unknown_people": {
        "sv": "Vilka som får brevet, hur många som har flyttat, och om någon av dem får rösta.",
        "en": "Who gets the letter, how many have moved, and whether any of them may vote.",
    },
    "basis_unknown_blocked": {
        "sv": "Hur många som har bett om reklamspärr eller har skyddade uppgifter.",
        "en": "How many have asked to be spared from advertising, or have protected data.",
    },
    "basis_unknown_effect": {
        "sv": "Vad brevet ger i röster. Åldern i uttaget är registrets; antalet här är skattat.",
        "en": "What the letter gives in votes. The ages are the register's; the number here is "
        "estimated.",
    },
    "basis_judge": {"sv": "Vad distriktet själv ska bedöma", "en": "What the district must judge"},
    "basis_art_6": {
        "sv": "Dataskyddsförordningen art. 6: på vilken rättslig grund adresserna behandlas, och "
        "hur avvägningen är gjord om den är berättigat intresse.",
        "en": "GDPR art. 6: on which legal basis the addresses are processed, and how interests "
        "were balanced if it is legitimate interest.",
    },
    "basis_art_9": {
        "sv": "Art. 9: om urvalet, brevets text eller märkningen av filen kan avslöja eller antyda "
        "någons ursprung, fackliga tillhörighet eller politiska åsikt. Skriv aldrig områdets "
        "poäng, målgrupp eller skäl bredvid ett namn.",
        "en": "Art. 9: whether the selection, the letter's words or a mark in the file may reveal "
        "or suggest anybody's origin, union membership or political opinion. Never write the "
        "area's score, group or reason beside a name.",
    },
    "basis_art_14": {
        "sv": "Art. 14: att brevet säger varifrån adressen kommer och vem som ansvarar.",
        "en": "Art. 14: that the letter says where the address is from and who is responsible.",
    },
    "basis_art_21": {
        "sv": "Art. 21: hur den som invänder slipper nästa brev, och hur en sådan lista hålls.",
        "en": "Art. 21: how whoever objects is spared the next letter, and how that list is kept.",
    },
    "basis_art_28": {
        "sv": "Art. 28, 30 och 35: avtal med tryckeriet, registerförteckning, gallring efter "
        "utskicket, och om en konsekvensbedömning behövs.",
        "en": "Art. 28, 30 and 35: a contract with the printer, the record of processing, erasure "
        "after the mailing, and whether an impact assessment is needed.",
    },
    "basis_terms": {
        "sv": "Registrets villkor: att ändamålet är ett som registret lämnar ut adresser för, och "
        "att de används en gång.",
        "en": "The register's terms: that the purpose is one that it gives addresses for, and that "
        "they are used once.",
    },
    "basis_block": {
        "sv": "Reklamspärr: spärren i SPAR stoppar direktreklam men inte politisk information. Om "
        "distriktet ändå ska låta bli att skriva till dem som har spärr.",
        "en": "The block against advertising: in SPAR it stops direct advertising, not political "
        "information. Whether the district will spare those who have one anyhow.",
    },
    "basis_notice": {
        "sv": "EU 2024/900: att brevet är märkt som politisk reklam och att sändningsbladet säger "
        "att ålder och postnummer ur ett personregister har använts.",
        "en": "EU 2024/900: that the letter is marked as political advertising, and that the "
        "notice says that age and postal code from a register of persons were used.",
    },
    "basis_decision": {
        "sv": "Bedömt av: ______________________  Datum: ____________  Beslut: ______________",
        "en": "Judged by: ______________________  Date: ____________  Decision: ______________",
    },
    "basis_listed": {"sv": "Områdena", "en": "The areas"},
}
