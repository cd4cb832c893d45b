"""The mailing choice: what it reaches, what it wastes, who pays."""

from geoprio.texts.language import Words

MAIL: Words = {
    "mail_title": {"sv": "{campaign}: utskick {edition}", "en": "{campaign}: mailing {edition}"},
    "mail_groups": {"sv": "Målgrupper: {groups}.", "en": "Target groups: {groups}."},
    "mail_size": {
        "sv": "Distriktets utskick går till {households} hushåll i {areas} områden: {share} "
        "procent av hushållen.",
        "en": "The district's mailing goes to {households} households in {areas} areas: {share} "
        "percent of the households.",
    },
    "mail_none": {
        "sv": "Inget område får plats i det som får skickas. Höj budgeten, eller sänk kravet på "
        "träffsäkerhet.",
        "en": "No area fits within what may be mailed. Raise the budget, or ask for less "
        "precision.",
    },
    "mail_waste": {
        "sv": "Av 100 väljare som nås hör {hits} ({low}–{high}) till minst en av målgrupperna; "
        "{waste} gör det inte.",
        "en": "Of 100 voters who are reached, {hits} ({low}–{high}) are in at least one of the "
        "target groups; {waste} are not.",
    },
    "mail_everyone": {
        "sv": "Ett utskick till alla hushåll hade träffat {hits} av 100.",
        "en": "A mailing to every household would have hit {hits} of 100.",
    },
    "mail_reach": {
        "sv": "Utskicket når {reached} ({low}–{high}) procent av alla i målgrupperna. Lika många "
        "hushåll på måfå hade nått {random} procent.",
        "en": "The mailing reaches {reached} ({low}–{high}) percent of all in the target "
        "groups. As many households at random would have reached {random} percent.",
    },
    "mail_naive": {
        "sv": "Lika många hushåll i de områden där andelen i målgruppen {group} är störst "
        "hade nått {reached} procent; det är den bästa rangordningen efter en enda "
        "grupp. Skillnaden är {more} ({low}–{high}) procentenheter.",
        "en": "As many households in the areas with the highest share of the target group {group} "
        "would have reached {reached} percent; that is the best ranking by one group alone. The "
        "difference is {more} ({low}–{high}) percentage points.",
    },
    "mail_least": {
        "sv": "Bara områden där målgrupperna är minst lika vanliga som i hela länet kan väljas. "
        "Annars väljs områden med många väljare i varje hushåll, var de än bor.",
        "en": "Only areas where the target groups are at least as common as in the whole "
        "county can be chosen. Otherwise areas with many voters in each household "
        "would be, wherever they are.",
    },
    "mail_by_score": {
        "sv": "Utskicket är adresserat: områdena är de första på kampanjens samlade poäng för "
        "utskick, och ingen målgrupp för sig har valt dem.",
        "en": "The mailing is addressed: the areas are the first of the campaign's combined "
        "mailing score, and no target group by itself has chosen them.",
    },
    "mail_spare": {
        "sv": "{households} hushåll av det som får skickas används inte: inget ytterligare område "
        "får plats eller är träffsäkert nog.",
        "en": "{households} households of what may be mailed are not used: no further area "
        "fits, or is precise enough.",
    },
    "mail_interval": {
        "sv": "Siffror inom parentes är 90-procentiga intervall av felen i målgruppernas och "
        "väljarkårens skattningar, områdenas fel oberoende av varandra.",
        "en": "Figures in brackets are 90 percent intervals of the errors in the estimates "
        "of target groups and electorates, areas' errors independent of each other.",
    },
    "mail_unknown": {
        "sv": "{count} områden kan inte väljas: hushåll, väljare eller målgrupper är okända eller "
        "noll.",
        "en": "{count} areas cannot be chosen: households, voters or target groups are unknown or "
        "zero.",
    },
    "mail_wave": {
        "sv": "Omgång {wave}{week}: {households} hushåll",
        "en": "Wave {wave}{week}: {households} households",
    },
    "mail_cost": {
        "sv": "{payer}: {households} hushåll, {cost} kr",
        "en": "{payer}: {households} households, SEK {cost}",
    },
    "mail_doubled": {
        "sv": "{area} ({payer}) ingår redan i distriktets utskick och skickas en gång, på "
        "distriktets bekostnad.",
        "en": "{area} ({payer}) is in the district's mailing already and is sent once, at the "
        "district's cost.",
    },
    "mail_district": {"sv": "Distriktet", "en": "The district"},
    "mail_heading_waste": {"sv": "Vad utskicket träffar", "en": "What the mailing hits"},
    "mail_heading_waves": {"sv": "Omgångar", "en": "Waves"},
    "mail_heading_costs": {"sv": "Vem som betalar", "en": "Who pays"},
    "mail_heading_note": {"sv": "Att tänka på", "en": "Notice"},
    "column_payer": {"sv": "betalas av", "en": "paid by"},
    "column_mail_electors_count": {"sv": "väljare som nås", "en": "voters reached"},
    "column_mail_target_persons_count": {
        "sv": "av dem i målgrupperna (uppskattning)",
        "en": "of them in the target groups (estimate)",
    },
    "column_gain_method": {"sv": "urval", "en": "choice"},
    "column_gain_limit_share": {
        "sv": "får skickas, procent av hushållen",
        "en": "may be mailed, percent of households",
    },
    "column_gain_mailed_share": {
        "sv": "skickas, procent av hushållen",
        "en": "mailed, percent of households",
    },
    "column_gain_reached_share": {
        "sv": "når, procent av målgrupperna",
        "en": "reaches, percent of target groups",
    },
    "column_gain_reached_low_share": {"sv": "når, lägst", "en": "reaches, low"},
    "column_gain_reached_high_share": {"sv": "når, högst", "en": "reaches, high"},
    "column_gain_precision_share": {
        "sv": "i målgrupperna, procent av dem som nås",
        "en": "in the target groups, percent of those reached",
    },
    "column_gain_precision_low_share": {
        "sv": "i målgrupperna, lägst",
        "en": "in the target groups, low",
    },
    "column_gain_precision_high_share": {
        "sv": "i målgrupperna, högst",
        "en": "in the target groups, high",
    },
    "gain_chosen": {"sv": "Vårt urval", "en": "Our choice"},
    "gain_random": {"sv": "På måfå", "en": "At random"},
    "gain_naive": {"sv": "Andel {group}", "en": "Share of {group}"},
    "gain_everyone": {"sv": "Alla hushåll", "en": "Every household"},
    "gain_ends": {
        "sv": "Vårt urval slutar där målgrupperna blir ovanligare än i hela länet.",
        "en": "Our choice ends where the target groups become less common than in the county.",
    },
    "gain_title": {"sv": "Vad utskicket når", "en": "What the mailing reaches"},
    "gain_across": {
        "sv": "Hushåll som får utskicket, procent",
        "en": "Households that are mailed, percent",
    },
    "gain_up": {
        "sv": "Väljare i målgrupperna som nås, procent",
        "en": "Voters in the target groups reached, percent",
    },
}
