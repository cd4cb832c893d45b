"""Every step that draws has a stream of its own, so that a new step changes no other's draws."""

import hashlib

import numpy as np


def rng_for(seed: int, step: str) -> np.random.Generator:
    """Return the generator of one step, from the campaign's seed and the step's name alone."""
    own = int.from_bytes(hashlib.sha256(step.encode()).digest()[:8], "big")
    return np.random.default_rng([seed, own])
