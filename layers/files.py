"""Files kept beside the store, in `DIR/files`, each named by the SHA-256 of what is in it.

The same file twice is one file, a name says what must be inside, and nothing is ever overwritten.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from layers.errors import InvalidRecord, NotFound
from layers.whole_files import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Files"]

_NAME = re.compile(r"([0-9a-f]{64})\.[a-z0-9]{1,8}")


class Files:
    """The kept files of one data folder.

    Parameters
    ----------
    folder
        The data folder; `files` in it is made at the first file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "files"

    def put(self, content: bytes, suffix: str) -> str:
        """Keep a file.

        Parameters
        ----------
        content
            All of it.
        suffix
            Ending without the dot, such as ``jpg``.

        Returns
        -------
        Its name: digest and ending.

        Raises
        ------
        InvalidRecord
            If the ending is none.
        """
        name = f"{hashlib.sha256(content).hexdigest()}.{suffix}"
        place = self._place(name)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(place) as part:
                part.write_bytes(content)
        return name

    def path(self, name: str) -> Path:
        """Give where a kept file stands.

        Raises
        ------
        InvalidRecord
            If the name is none that this class gives: no path leaves the folder.
        NotFound
            If there is no such file, code ``unknown_file``.
        """
        place = self._place(name)
        if not place.is_file():
            raise NotFound(f"没有文件“{name}”，请核对编号。", code="unknown_file", where=name)
        return place

    def kept(self) -> list[Path]:
        """Give where the kept files stand, in order of their names."""
        return [
            place
            for place in self._all()
            if _NAME.fullmatch(place.name)
            and place == self._place(place.name)
            and not place.is_symlink()
        ]

    def altered(self) -> Iterator[str]:
        """Give the files whose content is not what their name says."""
        for place in self.kept():
            with place.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
            if digest != place.stem:
                yield place.name

    def strange(self) -> Iterator[str]:
        """Give what stands in the folder without being a file of ours, by its path there."""
        ours = set(self.kept())
        for place in self._all():
            if place not in ours:
                yield place.relative_to(self.folder).as_posix()

    def lacks(self, name: str) -> bool:
        """Tell whether a file that somebody names is not kept; what is no name of ours is not."""
        return _NAME.fullmatch(name) is not None and not self._place(name).is_file()

    def _all(self) -> list[Path]:
        # A .part is being written, or was when the program was killed: nobody names it.
        found = sorted(self.folder.rglob("*")) if self.folder.is_dir() else []
        return [p for p in found if p.is_symlink() or (p.is_file() and p.suffix != ".part")]

    def _place(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None:
            raise InvalidRecord(f"“{name}”不是文件编号，请核对。", code="file_name", where=name)
        return self.folder / name[:2] / name
