"""What `geoprio fetch` and `geoprio sources` say."""

from geoprio.texts.language import Words

FETCHING: Words = {
    "state_new": {"sv": "ny", "en": "new"},
    "state_unchanged": {"sv": "oförändrad", "en": "unchanged"},
    "state_changed": {"sv": "ändrad", "en": "changed"},
    "state_own": {"sv": "egen", "en": "own"},
    "state_fetched": {"sv": "hämtad", "en": "fetched"},
    "state_missing": {"sv": "saknas", "en": "missing"},
    "state_damaged": {"sv": "skadad", "en": "damaged"},
    "fetch_cells": {"sv": "{count} celler", "en": "{count} cells"},
    "fetch_asked": {
        "sv": "{requests} förfrågningar, {cells} celler, {files} filer",
        "en": "{requests} requests, {cells} cells, {files} files",
    },
    "fetch_unreadable": {
        "sv": "{record} kan inte läsas: vilka utdata som är föråldrade är okänt",
        "en": "{record} cannot be read: which outputs are outdated is unknown",
    },
    "fetch_outdated": {
        "sv": "gjort med äldre {files}: kartan, och i {folder}: {outputs}; `geoprio run` gör om "
        "dem",
        "en": "made with an older {files}: the map, and in {folder}: {outputs}; `geoprio run` "
        "makes them anew",
    },
    "sources_there": {
        "sv": "{there} av {all} källor finns i {folder}",
        "en": "{there} of {all} sources are in {folder}",
    },
    "sources_without": {"sv": "utan den fattas {given}", "en": "without it: no {given}"},
    "sources_given": {
        "sv": "{what} för {area_set}{columns}",
        "en": "{what} of {area_set}{columns}",
    },
    "gives_areas": {"sv": "gränser", "en": "areas"},
    "gives_cells": {"sv": "korstabell", "en": "cells"},
    "gives_counts": {"sv": "antal", "en": "counts"},
    "gives_key": {"sv": "nyckel", "en": "key"},
    "gives_mapping": {"sv": "jämförelse av valdistrikt", "en": "mapping"},
    "gives_names": {"sv": "namn", "en": "names"},
    "gives_points": {"sv": "punkter", "en": "points"},
    "gives_postal": {"sv": "postnummer", "en": "postal"},
    "gives_results": {"sv": "valresultat", "en": "results"},
    "sources_days": {"sv": "{count} dagar", "en": "{count} days"},
}
