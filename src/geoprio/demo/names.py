"""Invented Swedish-sounding names; none is the name of a real place in the county."""

import re

import numpy as np
import numpy.typing as npt

Texts = npt.NDArray[np.str_]

_FIRST_WORDS = """
Alm Asp Barr Björk Bäver Dal Domar Dov Drag Ekorr Eld Falk Fjäder Furu Glim Gran Gräv
Hare Hassel Havre Hed Hjort Humle Igel Järv Kamp Klint Korp Kråk Kvarn Ler Lo Lärk Lönn
Malm Mår Nejlik Orr Pil Rav Ren Råg Räv Salt Sand Sil Skat Slån Snö Sork Sten Strut Sälg
Tall Tjäder Torn Trast Tuv Ull Utter Vass Vide Vinter Vråk Ärl Äppel Ögon Örn
"""
_FIRST = tuple(_FIRST_WORDS.split())
_LAST_WORDS = """
backe berga botten brink bygget dalen egg fallet fors fältet gläntan hagen haga hult
höjden kullen lid lunden löt mon myren näset rösa slätten stigen stugan tofta torpet
udden vik viken vreten åsen ängen ö
"""
_LAST = tuple(_LAST_WORDS.split())
_REAL_WORDS = """
almvik almvreten aspudden björkbacke björkhaga björkhagen björkvik björkängen björkö
dalhagen falkberga furulunden furuvik granbacke granhagen granudden granvik granängen
granö hareängen hasseludden hedvik hjorthagen hjortängen korpberga kråkvik kråkviken
kvarnudden kvarnviken lervik lerviken malmudden malmvik malmvreten orrvik saltvik
saltviken saltängen sandstugan sandudden sandvik sandviken sandö snövik stenhagen
stenudden stenvik stenö sälgviken tallhaga tallhagen tallhöjden tallvik tallåsen tallö
tornslätten tornängen vassudden vinterhagen vinterviken äppelviken örnberga örnängen
örnö
"""
_REAL = frozenset(_REAL_WORDS.split())
"""Combinations that are names of RegSO, stadsdelar, localities or districts of the county."""

_TRIPLE = re.compile(r"(.)\1\1")


def invented_names(count: int, rng: np.random.Generator) -> Texts:
    """Return `count` different names in random order.

    Where there are more areas than combinations of syllables, names get a number from 2.
    """
    words = [first + last for first in _FIRST for last in _LAST]
    words = [word for word in words if word.lower() not in _REAL and not _TRIPLE.search(word)]
    names = np.array(words, dtype=str)
    rng.shuffle(names)
    rounds = -(-count // len(names))
    if rounds > 1:
        names = np.concatenate(
            [names, *(np.char.add(names, f" {number}") for number in range(2, rounds + 1))]
        )
    return names[:count]
