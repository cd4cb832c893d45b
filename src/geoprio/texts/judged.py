"""How sure a ranking is and what its weights are worth, in words."""

from geoprio.texts.language import Words

JUDGED: Words = {
    "sheet_weights": {"sv": "Vikter", "en": "Weights"},
    "column_row": {"sv": "rad", "en": "row"},
    "column_rank_median": {"sv": "rang, median", "en": "median rank"},
    "column_rank_low": {"sv": "rang, bästa av 90 %", "en": "rank, best of 90%"},
    "column_rank_high": {"sv": "rang, sämsta av 90 %", "en": "rank, worst of 90%"},
    "column_p_top": {
        "sv": "bland de {k} främsta, procent av beräkningarna",
        "en": "among the top {k}, percent of calculations",
    },
    "column_answer": {"sv": "hur säkert", "en": "how sure"},
    "column_channel": {"sv": "kanal", "en": "channel"},
    "column_criterion": {"sv": "kriterium", "en": "criterion"},
    "column_nominal_weight": {"sv": "central vikt procent", "en": "central weight percent"},
    "column_effective_weight": {
        "sv": "faktiskt genomslag procent",
        "en": "effective weight percent",
    },
    "column_rank_correlation": {
        "sv": "rangkorrelation utan kriteriet",
        "en": "rank correlation without it",
    },
    "column_top_changed_count": {
        "sv": "områden bland de {k} främsta som byts ut utan kriteriet",
        "en": "areas among the top {k} that change without it",
    },
    "column_remark": {"sv": "att tänka på", "en": "to consider"},
    "weights_of_groups": {"sv": "Målgruppernas andel", "en": "The target groups' share"},
    "hardly_moves": {
        "sv": "Rangordningen blir nästan densamma utan kriteriet.",
        "en": "The ranking is nearly the same without it.",
    },
    "nearly_same": {
        "sv": "Säger nästan samma sak som {other} (korrelation {value}).",
        "en": "Says nearly the same as {other} (correlation {value}).",
    },
    "told_hardly": {
        "sv": "{channel}: rangordningen blir nästan densamma utan {criterion}",
        "en": "{channel}: the ranking is nearly the same without {criterion}",
    },
    "told_same": {
        "sv": "{channel}: {criterion} och {other} säger nästan samma sak (korrelation {value})",
        "en": "{channel}: {criterion} and {other} say nearly the same (correlation {value})",
    },
    "told_width": {
        "sv": "{channel}: rangordningen är osäker. Så stora som felen i siffrorna är kan ett"
        " typiskt område ligga på vilken som helst av {median} platser, av {areas} som har rang",
        "en": "{channel}: the ranking is unsure. With errors as large as the figures have, a"
        " typical area may stand at any of {median} places, of {areas} that are ranked",
    },
    "told_top": {
        "sv": "; {top} områden kan höra till de {k} främsta",
        "en": "; {top} areas may be among the first {k}",
    },
    "told_few": {
        "sv": ". Områdena är färre än de {k} som ska väljas, så alla hör till de främsta och inget"
        " sägs om vilka som gör det säkert; sänk top_k i kampanjens fil",
        "en": ". The areas are fewer than the {k} to be chosen, so all are among the first, and it"
        " is not said which of them surely are; lower top_k in the campaign's file",
    },
}
