"""Augraphy draws from global generators; here it draws from ours, and leaves the global ones as they were."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from promptfit.augment.base import Pixels

_LOCK = threading.Lock()


def aged(effect: Callable[[Any], Any], pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Applies one of Augraphy's effects.

    Args:
        effect: It takes and gives BGR.
        pixels: RGB, not changed.
        rng: Seeds all that the effect draws.
    """
    import cv2

    seed = int(rng.integers(2**31))
    with _LOCK:
        python, numpy = random.getstate(), np.random.get_state()
        random.seed(seed)
        np.random.seed(seed)
        cv2.setRNGSeed(seed)
        try:
            altered = effect(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
        finally:
            random.setstate(python)
            np.random.set_state(numpy)
    colour = cv2.COLOR_BGR2RGB if altered.ndim == 3 else cv2.COLOR_GRAY2RGB
    return np.ascontiguousarray(cv2.cvtColor(altered, colour))
