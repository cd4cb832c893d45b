"""What the command line says of itself: help, stages of long work, and how it ended."""

from geoprio.texts.language import Words

COMMANDS: Words = {
    "help_geoprio": {
        "sv": "Var partiets målgrupper bor, och vilka områden att arbeta i först.",
        "en": "Where a party's target groups live, and which areas to work first.",
    },
    "help_exits": {
        "sv": "Slutkoder: 0 klart; 1 kontrollerat, och något fattas eller skiljer sig; 2 något som "
        "du kan rätta; 70 ett fel i geoprio; 130 avbrutet med Ctrl-C.",
        "en": "Exit codes: 0 fine; 1 checked and found wanting; 2 something that you can mend; "
        "70 a fault of geoprio's own; 130 stopped with Ctrl-C.",
    },
    "help_run": {
        "sv": "Kör en kampanj: ur rådata blir karta, rangordning, utskicksplan och protokoll.",
        "en": "Run a campaign: raw files in; map, ranking, mailing plan and record out.",
    },
    "help_demo": {
        "sv": "Gör ett påhittat län i myndigheternas filformat och kör kampanjen på det.",
        "en": "Make a synthetic county in the official file formats and run the main job on it.",
    },
    "help_fetch": {
        "sv": "Hämta myndigheternas filer som kampanjen anger, var och en med bevis på sin källa.",
        "en": "Fetch the official files that a campaign names, each with proof of where it came "
        "from.",
    },
    "help_sources": {
        "sv": "Visa kampanjens källor: vad som finns, hur gammalt det är, licens, och vad som "
        "saknas.",
        "en": "List a campaign's sources: what is there, how old, its licence, and what is "
        "missing.",
    },
    "help_init": {
        "sv": "Skriv en kampanjmapp att börja med: alla filer som kansliet redigerar.",
        "en": "Write a campaign folder to start from: every file that staff edit.",
    },
    "help_check": {
        "sv": "Visa hur varje målgrupp skulle placeras och vad en bättre metod kräver; slutkod 1 "
        "om någon inte kan placeras.",
        "en": "Say how each group would be located, and what a better method lacks; exit 1 if one "
        "cannot.",
    },
    "help_vendor": {
        "sv": "Skriv det som en leverantör ska ha för kampanjens utskicksplan, med ett "
        "kontrollblad.",
        "en": "Write what a vendor is sent for the campaign's mailing plan, with a control sheet.",
    },
    "help_verify": {
        "sv": "Visa hur en fil som kommit tillbaka skiljer sig från den som skickades; slutkod 1 "
        "om den gör det.",
        "en": "Say how a file that came back differs from what was sent; exit 1 if it does.",
    },
    "help_explain": {
        "sv": "Visa varför ett område står där det står, och hur säkert det är.",
        "en": "Say why an area stands where it stands, and how sure that is.",
    },
    "help_diff": {
        "sv": "Visa vilka områden som flyttat sig mellan två körningar, och varför.",
        "en": "Say which areas moved between two runs, and why.",
    },
    "help_validate": {
        "sv": "Visa alla fel i en kampanjmapps filer på en gång; slutkod 2 om något finns.",
        "en": "Tell every fault of every file of a campaign folder at once; exit 2 if there is "
        "one.",
    },
    "help_schema": {
        "sv": "Skriv JSON Schema, så att en redigerare kan fylla i kampanjmappens filer.",
        "en": "Write JSON Schema for editors that complete the campaign folder's files.",
    },
    "help_mail": {
        "sv": "Välj de områden där varje version av utskicket når flest i målgrupperna, och skriv "
        "dess filer.",
        "en": "Choose the areas of each edition that reach most target persons, and write its "
        "files.",
    },
    "help_lang": {
        "sv": "Språk för filer och besked. Annars GEOPRIO_LANG; annars svenska filer, och besked "
        "på datorns språk.",
        "en": "Language of files and messages. Else GEOPRIO_LANG; else Swedish files, and messages "
        "in the computer's language.",
    },
    "help_quiet": {
        "sv": "Skriv bara varningar och fel.",
        "en": "Write only warnings and errors.",
    },
    "help_json": {
        "sv": "Skriv ett JSON-dokument på standard ut, även vid fel.",
        "en": "Write one JSON document on standard output, errors too.",
    },
    "help_version": {"sv": "Visa versionen.", "en": "Say which version."},
    "help_campaign": {"sv": "Kampanjens TOML-fil.", "en": "The campaign's TOML file."},
    "help_raw": {
        "sv": "Mapp med rådata; annars GEOPRIO_RAW, annars data/raw/<kampanj>/.",
        "en": "Folder of the raw files; else GEOPRIO_RAW, else data/raw/<campaign>/.",
    },
    "help_out": {
        "sv": "Mapp som data/processed/ och maps/ görs i.",
        "en": "Folder in which data/processed/ and maps/ are made.",
    },
    "help_dry_run": {
        "sv": "Visa varje förfrågan och dess celler; hämta inget.",
        "en": "List every request and its cells; fetch nothing.",
    },
    "help_offline": {
        "sv": "Fråga ingen: kontrollera bara vad som finns.",
        "en": "Ask nobody: only check what is there.",
    },
    "help_election": {
        "sv": "Fråga bara om detta val; annars om alla.",
        "en": "Ask for this election only; else for all.",
    },
    "help_areas": {
        "sv": "Antal små områden (DeSO).",
        "en": "Number of small areas (DeSO).",
    },
    "help_seed": {
        "sv": "Ett annat frö ger ett annat län.",
        "en": "Another seed gives another county.",
    },
    "help_folder": {
        "sv": "En mapp som inte finns än.",
        "en": "A folder that is not there yet.",
    },
    "help_profile": {
        "sv": "Namnet på en leverantörs profil i vendors/.",
        "en": "Name of a vendor's profile in vendors/.",
    },
    "help_edition": {
        "sv": "Vad som skickas, till exempel riksdag.",
        "en": "What is mailed, such as riksdag.",
    },
    "help_election_day": {
        "sv": "Utskicket kommer fram innan förtidsröstningen börjar.",
        "en": "It arrives before early voting starts.",
    },
    "help_file": {
        "sv": "En CSV-fil, arbetsbok eller kartfil som kommit tillbaka.",
        "en": "A CSV, workbook or map file that came back.",
    },
    "help_against": {
        "sv": "Dess kontrollblad, eller originalet; annars det i samma mapp som nämner filen.",
        "en": "Its control sheet, or the original; else what names it in its folder.",
    },
    "help_county": {
        "sv": "Länets kod med två siffror; utan den skrivs kampanjerna som följer med geoprio.",
        "en": "The county's code of two digits; without it, the campaigns that come with geoprio.",
    },
    "help_place": {
        "sv": "En kampanjmapp, en mapp i den, eller en fil.",
        "en": "A campaign folder, one of the folders in it, or a file.",
    },
    "help_campaign_folder": {"sv": "En kampanjmapp.", "en": "A campaign folder."},
    "help_area": {"sv": "Områdets namn eller kod.", "en": "The area's name or code."},
    "help_finished": {
        "sv": "Mapp med en färdig körning; annars den nyaste i data/processed/.",
        "en": "Folder of a finished run; else the newest in data/processed/.",
    },
    "help_first_run": {
        "sv": "Mapp med den första körningen, som data/processed/<kampanj>.",
        "en": "Folder of the first run, such as data/processed/<campaign>.",
    },
    "help_second_run": {
        "sv": "Mapp med den andra körningen.",
        "en": "Folder of the second run.",
    },
    "help_budget": {
        "sv": "Kronor som varje version får kosta.",
        "en": "Kronor that each edition may cost.",
    },
    "help_households": {
        "sv": "Antal hushåll som varje version får gå till.",
        "en": "Number of households that each edition may go to.",
    },
    "help_precision": {
        "sv": "Minsta andel målgruppspersoner bland dem som nås, 0-1.",
        "en": "Smallest share of target persons among those reached, 0-1.",
    },
    "of_county": {"sv": "länskod", "en": "county"},
    "of_area": {"sv": "område", "en": "area"},
    "of_sum": {"sv": "kronor", "en": "kronor"},
    "of_share": {"sv": "andel", "en": "share"},
    "of_campaign": {"sv": "kampanjfil", "en": "campaign"},
    "of_folder": {"sv": "mapp", "en": "folder"},
    "of_number": {"sv": "tal", "en": "number"},
    "of_name": {"sv": "namn", "en": "name"},
    "of_vendor": {"sv": "leverantör", "en": "vendor"},
    "of_date": {"sv": "åååå-mm-dd", "en": "yyyy-mm-dd"},
    "of_file": {"sv": "fil", "en": "file"},
    "stage_demo": {"sv": "Hittar på ett län", "en": "Making up a county"},
    "stage_read": {"sv": "Läser rådata", "en": "Reading the raw files"},
    "stage_measure": {
        "sv": "Mäter hur säkra omräkningarna är",
        "en": "Measuring how sure the moved counts are",
    },
    "stage_survey": {
        "sv": "Uppskattar målgrupperna i varje område",
        "en": "Estimating the target groups in every area",
    },
    "stage_protect": {"sv": "Skyddar små tal", "en": "Protecting small counts"},
    "stage_score": {"sv": "Rangordnar områdena", "en": "Ranking the areas"},
    "stage_judge": {
        "sv": "Prövar hur säker rangordningen är",
        "en": "Trying how sure the ranking is",
    },
    "stage_advise": {"sv": "Skriver råd för varje område", "en": "Writing advice for every area"},
    "stage_publish": {
        "sv": "Ritar kartorna och skriver filerna",
        "en": "Drawing the maps and writing the files",
    },
    "warning": {"sv": "varning: {message}", "en": "warning: {message}"},
    "stopped": {"sv": "avbrutet", "en": "stopped"},
    "stopped_run": {
        "sv": "avbrutet: det som fanns sedan förut är orört",
        "en": "stopped: what was there before is untouched",
    },
    "stopped_fetch": {
        "sv": "avbrutet: filer som var hela är kvar; samma kommando hämtar resten",
        "en": "stopped: the files that were whole are kept; the same command fetches the rest",
    },
    "fault_place": {
        "sv": "{place}: {why}; en plats som går att använda väntades",
        "en": "{place}: {why}; expected a place that can be used",
    },
    "fault_own": {
        "sv": "ett fel i geoprio: {kind}: {message}",
        "en": "a fault of geoprio's own: {kind}: {message}",
    },
    "file_map": {"sv": "karta", "en": "map"},
    "file_ranking": {"sv": "rangordning", "en": "ranking"},
    "file_mailing": {"sv": "utskick", "en": "mailing"},
    "file_overlap": {"sv": "överlapp", "en": "overlap"},
    "file_weights": {"sv": "vikter", "en": "weights"},
    "file_organising": {"sv": "organisering", "en": "organising"},
    "file_quadrants": {"sv": "behov", "en": "quadrants"},
    "file_workbook": {"sv": "arbetsbok", "en": "workbook"},
    "file_geopackage": {"sv": "geopackage", "en": "geopackage"},
    "file_record": {"sv": "protokoll", "en": "record"},
    "init_edit": {
        "sv": "{folder}: redigera {campaign} och hämta sedan filerna som dess källor anger:",
        "en": "{folder}: edit {campaign}, then get the files that its sources name:",
    },
    "start_total": {
        "sv": "antaget för {county}, tills länets egen siffra står i groups/{group}.toml: {count} "
        "totalt",
        "en": "assumed for {county}, until the county's own figure stands in groups/{group}.toml: "
        "{count} in all",
    },
    "start_rates": {
        "sv": "andelar som mätts i ett annat län står med sin källa i groups/ och effects/",
        "en": "rates measured in another county stand with their source in groups/ and effects/",
    },
    "start_associations": {
        "sv": "associations.csv: en förening per kommun, tills du skriver in distriktets egna",
        "en": "associations.csv: one association per municipality, until you write your own",
    },
    "init_own": {
        "sv": "det visar vilka du själv ska lägga i data/raw/{name}/ (eller där --raw säger). "
        "Sedan:",
        "en": "it tells which are your own to put in data/raw/{name}/ (or where --raw says). Then:",
    },
}
