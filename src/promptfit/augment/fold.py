"""Folded paper: what lies behind a crease is shifted and in the shade, and the crease itself is worn."""

from __future__ import annotations

import math

import numpy as np

from promptfit.augment.operation import Altered, Floats, Pixels, Points, level, shades

_ROUNDS = 6


class Fold:
    """Two creases across each other: text that is shifted behind them, shade, and paper worn white."""

    name, version = "fold", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``; the shift and the worn strip are shares of the text's height."""
        import cv2

        height, width = pixels.shape[:2]
        places = rng.uniform(0.3, 0.7, (2, 2)) * (width, height)
        normals = [np.array((math.cos(angle), math.sin(angle))) for angle in rng.normal((0, math.pi / 2), 0.08)]
        shift = level(severity, 0, 0.1, 0.22, 0.4, 0.65, 1) * text_height
        worn = level(severity, 0, 0.15, 0.3, 0.5, 0.8, 1.2) * text_height / 2 + 1e-3
        shade, rubbed = level(severity, 0, 0.07, 0.13, 0.2, 0.28, 0.36), level(severity, 0, 0.3, 0.5, 0.7, 0.85, 0.95)

        def fetched(x: Floats, y: Floats) -> tuple[Floats, Floats, list[Floats]]:
            """Where the content of these places is fetched from: along each crease that they lie behind."""
            signed = [(x - place[0]) * n[0] + (y - place[1]) * n[1] for place, n in zip(places, normals, strict=True)]
            behind = [1 / (1 + np.exp(np.clip(-2 * one / text_height, -50, 50))) for one in signed]
            for share, normal in zip(behind, normals, strict=True):
                x, y = x + share * (shift * normal[1]), y - share * (shift * normal[0])
            return x, y, signed

        def move(points: Points) -> Points:
            """The places that are fetched from these points: nearer with every round."""
            found = points
            for _ in range(_ROUNDS):
                x, y, _ = fetched(*found.T)
                found = found + points - np.stack((x, y), axis=1)
            return found

        y, x = np.arange(height, dtype=np.float32)[:, None] + 0.5, np.arange(width, dtype=np.float32)[None] + 0.5
        from_x, from_y, signed = fetched(x, y)
        map_x, map_y = ((one - 0.5).astype(np.float32) for one in (from_x, from_y))
        bent = cv2.remap(pixels, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        wear = rubbed * np.exp(-(np.minimum(*(np.minimum(np.abs(one), 9e3) for one in signed)) ** 2) / worn**2)
        light = np.ones((height, width), np.float32)
        for one in signed:
            light *= 1 - shade / (1 + np.exp(np.clip(-2 * one / text_height, -50, 50)))
        paper = bent + (np.float32(248) - bent) * wear.astype(np.float32)[..., None]
        return Altered(shades(paper * light[..., None]), move)
