"""Whether an image that could be transparent is.

Such an image has to be decoded to know it, and kept answers hang on it, so what was found is kept in the file of the
host where fingerprints are.
"""

from __future__ import annotations

from promptfit.data.prints_file import FINGERPRINTS, prints_file
from promptfit.paths import home
from promptfit.support.files.colours import opaque_and_mask
from promptfit.support.files.image_file import opened


def is_opaque(digest: str, content: bytes) -> bool:
    """Returns whether nothing shines through: most pages with an alpha channel are screenshots, and opaque.

    Args:
        digest: Of the file.
        content: Its bytes.

    Raises:
        UnfitImage: It can't be decoded.
    """
    with prints_file(home() / FINGERPRINTS) as file:
        row = file.execute("SELECT opaque FROM masks WHERE digest = ?", (digest,)).fetchone() if file else None
        if row:
            return bool(row[0])
        with opened(content) as image:
            _, mask = opaque_and_mask(image)
            found = mask is None or mask.getextrema()[0] == 255
        if file:
            file.execute("INSERT OR IGNORE INTO masks VALUES (?, ?)", (digest, found))
            file.commit()
    return found
