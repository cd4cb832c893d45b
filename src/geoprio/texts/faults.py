"""What is said of faults in the files that election staff edit, and by `geoprio validate`."""

from geoprio.texts.language import Language, Words

_TABLE: dict[Language, str] = {
    "sv": "en tabell: {{ nyckel = värde }}",
    "en": "a table: {{ key = value }}",
}

FAULTS: Words = {
    "fault_line": {"sv": "rad {}", "en": "line {}"},
    "fault_unknown_key": {"sv": "okänd nyckel", "en": "unknown key"},
    "fault_missing": {"sv": "saknas", "en": "is missing"},
    "fault_wrong": {"sv": "", "en": ""},
    "fault_wants": {"sv": "ska vara {}", "en": "expected {}"},
    "fault_or": {"sv": " eller ", "en": " or "},
    "fault_found": {"sv": "här står {}", "en": "found {}"},
    "fault_known": {"sv": "det som finns: {}", "en": "what there is: {}"},
    "fault_near": {"sv": "menade du {}?", "en": "did you mean {}?"},
    "want_string_type": {"sv": "text inom citattecken", "en": "text in quotation marks"},
    "want_int_type": {"sv": "ett heltal", "en": "a whole number"},
    "want_int_from_float": {"sv": "ett heltal", "en": "a whole number"},
    "want_float_type": {"sv": "ett tal", "en": "a number"},
    "want_finite_number": {"sv": "ett ändligt tal", "en": "a finite number"},
    "want_bool_type": {"sv": "true eller false", "en": "true or false"},
    "want_tuple_type": {"sv": "en lista: [...]", "en": "a list: [...]"},
    "want_dict_type": _TABLE,
    "want_model_type": _TABLE,
    "want_model_attributes_type": _TABLE,
    "want_literal_error": {"sv": "något av {words}", "en": "one of {words}"},
    "want_greater_than": {"sv": "ett tal större än {gt}", "en": "a number greater than {gt}"},
    "want_greater_than_equal": {
        "sv": "ett tal som är {ge} eller större",
        "en": "a number greater than or equal to {ge}",
    },
    "want_less_than": {"sv": "ett tal mindre än {lt}", "en": "a number less than {lt}"},
    "want_less_than_equal": {
        "sv": "ett tal som är {le} eller mindre",
        "en": "a number less than or equal to {le}",
    },
    "want_string_pattern_mismatch": {
        "sv": "text av formen {pattern}",
        "en": "text of the form {pattern}",
    },
    "want_string_too_short": {
        "sv": "text med minst {min_length} tecken",
        "en": "text of at least {min_length} signs",
    },
    "want_string_too_long": {
        "sv": "text med högst {max_length} tecken",
        "en": "text of at most {max_length} signs",
    },
    "want_too_short": {
        "sv": "minst {min_length} i antal",
        "en": "at least {min_length} of them",
    },
    "want_too_long": {"sv": "högst {max_length} i antal", "en": "at most {max_length} of them"},
    "want_name_sources": {"sv": "en källa i sources/", "en": "a source in sources/"},
    "want_name_profiles": {"sv": "en profil i profiles/", "en": "a profile in profiles/"},
    "want_name_groups": {"sv": "en målgrupp i groups/", "en": "a target group in groups/"},
    "want_name_effects": {"sv": "en fil i effects/", "en": "a file in effects/"},
    "want_name_typologies": {"sv": "en fil i typologies/", "en": "a file in typologies/"},
    "want_name_associations": {"sv": "en CSV-fil i mappen", "en": "a CSV file in the folder"},
    "want_name_members": {"sv": "en partiförening i listan", "en": "an association in the list"},
    "want_name_elections": {"sv": "ett val", "en": "an election"},
    "want_name_indicators": {"sv": "en indikator", "en": "an indicator"},
    "want_name_place_indicators": {
        "sv": "en indikator som är känd före målgrupperna",
        "en": "an indicator that is known before the groups are",
    },
    "want_name_treat": {"sv": "ett sätt att behandla", "en": "a way to treat"},
    "want_name_normalise": {"sv": "ett sätt att normera", "en": "a way to normalise"},
    "want_name_aggregate": {"sv": "ett sätt att väga samman", "en": "a way to aggregate"},
    "want_name_readers": {"sv": "en läsare", "en": "a reader"},
    "want_name_area_sets": {
        "sv": "en områdesindelning som någon källa ger",
        "en": "an area set that a source gives",
    },
    "want_name_columns": {
        "sv": "en kolumn som någon källa ger",
        "en": "a column that a source gives",
    },
    "validate_none": {"sv": "{files} filer: inga fel.", "en": "{files} files: no fault."},
    "validate_some": {
        "sv": "{faults} fel i {wrong} av {files} filer.",
        "en": "{faults} faults in {wrong} of {files} files.",
    },
    "validate_stray": {
        "sv": "{folder}/: mappen läses inte; menade du {near}/?",
        "en": "{folder}/: the folder is not read; did you mean {near}/?",
    },
}
