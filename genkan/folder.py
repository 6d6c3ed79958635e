"""The folder of what a portal keeps: made before anything is opened in it."""

import os
from pathlib import Path

from genkan.bounds import EMBEDDED
from genkan.settings import Settings, Wrong


def make_folder(settings: Settings) -> None:
    """Make the folder `data`; raises Wrong where it, or the file of `database`, can't be."""
    faults = []
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        faults.append(f"data: {settings.data} can't be made a folder ({getattr(error, 'strerror', None) or error})")
    else:
        if not os.access(settings.data, os.W_OK | os.X_OK):
            faults.append(f"data: {settings.data} can't be written in")
    file = Path(settings.database.removeprefix(EMBEDDED))
    if settings.database and not settings.is_shared and (file.is_dir() or not file.parent.is_dir()):
        faults.append(f"database: {file} can't be a file; make its folder first")
    if faults:
        raise Wrong(faults)
