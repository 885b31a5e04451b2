"""Too little contrast; too much light, or not enough."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from promptfit.augment.operation import Altered, Floats, Pixels, level, shades


class LowContrast:
    """Everything moves towards the image's mean."""

    name, version = "low_contrast", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        factor, mean = level(severity, 1, 0.7, 0.45, 0.27, 0.15, 0.07), float(pixels.mean())
        return Altered(_curve(pixels, lambda shade: mean + (shade - mean) * factor))


class Brightness:
    """Overexposed, so that pale ink is gone, or underexposed: the document's own."""

    name, version = "brightness", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        if rng.random() < 0.5:
            added = level(severity, 0, 30, 70, 110, 150, 190)
            return Altered(_curve(pixels, lambda shade: shade + added))
        factor = level(severity, 1, 0.75, 0.5, 0.3, 0.16, 0.07)
        return Altered(_curve(pixels, lambda shade: shade * factor))


def _curve(pixels: Pixels, curve: Callable[[Floats], Floats]) -> Pixels:
    """Each shade as the curve says; it is worked out for 256 shades, not for all pixels."""
    import cv2

    toned: Pixels = cv2.LUT(pixels, shades(curve(np.arange(256.0))))
    return toned
