"""What `geoprio verify` says of a file that came back."""

from geoprio.texts.language import Words

VERIFY: Words = {
    "verify_same": {
        "sv": "{file}: som den skickades ({rows} rader, jämförd med {control})",
        "en": "{file}: as it was sent ({rows} rows, compared with {control})",
    },
    "verify_bytes": {
        "sv": "{file}: oförändrad, varje byte (jämförd med {control})",
        "en": "{file}: unchanged, every byte (compared with {control})",
    },
    "verify_differs": {
        "sv": "{file}: {count} avvikelser från {control}",
        "en": "{file}: {count} differences from {control}",
    },
    "verify_more": {"sv": "… och {count} till", "en": "… and {count} more"},
    "verify_encoding": {
        "sv": "teckenkodning: {found}; skickad som {expected}",
        "en": "encoding: {found}; sent as {expected}",
    },
    "verify_bom": {
        "sv": "inledande BOM (byte order mark): {found}; skickad med {expected}",
        "en": "byte order mark: {found}; sent with {expected}",
    },
    "verify_separator": {
        "sv": "avskiljare: {found}; skickad med {expected}",
        "en": "separator: {found}; sent with {expected}",
    },
    "verify_decimal": {
        "sv": "{where}: decimaltecken {found}; skickad med {expected}",
        "en": "{where}: decimal mark {found}; sent with {expected}",
    },
    "verify_line_end": {
        "sv": "radslut: {found}; skickad med {expected}",
        "en": "line ends: {found}; sent with {expected}",
    },
    "verify_uneven": {
        "sv": "rad {where} i filen har inte lika många celler som rubrikerna",
        "en": "row {where} of the file has not as many cells as there are headings",
    },
    "verify_column_missing": {
        "sv": "kolumnen {where} saknas",
        "en": "the column {where} is missing",
    },
    "verify_column_new": {
        "sv": "kolumnen {where} har kommit till",
        "en": "the column {where} is new",
    },
    "verify_column_moved": {
        "sv": "kolumnerna står i annan ordning: {found}; skickade som {expected}",
        "en": "the columns stand in another order: {found}; sent as {expected}",
    },
    "verify_row_missing": {"sv": "{where}: raden saknas", "en": "{where}: the row is missing"},
    "verify_row_new": {
        "sv": "{where}: raden fanns inte i det som skickades",
        "en": "{where}: the row was not in what was sent",
    },
    "verify_row_doubled": {
        "sv": "{where}: raden står {found} gånger",
        "en": "{where}: the row stands {found} times",
    },
    "verify_changed": {
        "sv": "{where}: ändrat till {found!r}; skickat {expected!r}",
        "en": "{where}: changed to {found!r}; sent {expected!r}",
    },
    "verify_zeros": {
        "sv": "{where}: inledande nollor har gått förlorade: {found!r}; skickat {expected!r}",
        "en": "{where}: leading zeros are lost: {found!r}; sent {expected!r}",
    },
    "verify_letters": {
        "sv": "{where}: bokstäver har blivit fel (teckenkodning): {found!r}; skickat {expected!r}",
        "en": "{where}: letters have gone wrong (encoding): {found!r}; sent {expected!r}",
    },
    "verify_rows": {
        "sv": "antal rader: {found}; skickat {expected}",
        "en": "number of rows: {found}; sent {expected}",
    },
    "verify_sum": {
        "sv": "summan av {where}: {found}; skickat {expected}",
        "en": "the sum of {where}: {found}; sent {expected}",
    },
}
