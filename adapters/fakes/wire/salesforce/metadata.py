"""Reading metadata in Salesforce's source format."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

_SPACE: Final = "{http://soap.sforce.com/2006/04/metadata}"


class Metadata:
    """An element of a metadata file; what it does not hold is None, False or nothing."""

    def __init__(self, element: ElementTree.Element) -> None:
        self._element = element

    @property
    def kind(self) -> str:
        """The element's own name."""
        return self._element.tag.removeprefix(_SPACE)

    @property
    def names(self) -> list[str]:
        """The names of the elements directly inside, in their order."""
        return [each.tag.removeprefix(_SPACE) for each in self._element]

    def all(self, name: str) -> list["Metadata"]:
        """The elements of that name directly inside."""
        return [Metadata(each) for each in self._element.findall(_SPACE + name)]

    def within(self) -> Iterator["Metadata"]:
        """This element and every element inside, at any depth."""
        return (Metadata(each) for each in self._element.iter())

    def text(self, name: str) -> str | None:
        """The text of the first element of that name."""
        found = self._element.find(_SPACE + name)
        return None if found is None else (found.text or "").strip()

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of all elements of that name directly inside."""
        return tuple((each.text or "").strip() for each in self._element.findall(_SPACE + name))

    def number(self, name: str) -> int:
        """The number in the first element of that name; 0 without one."""
        return int(self.text(name) or 0)

    def flag(self, name: str) -> bool:
        """Whether the first element of that name says true."""
        return self.text(name) == "true"


def read(path: Path) -> Metadata:
    """The root of a metadata file; raises ValueError for one that is not in Salesforce's namespace."""
    root = ElementTree.parse(path).getroot()
    if not root.tag.startswith(_SPACE):
        raise ValueError(f"{path.name} is not Salesforce metadata")
    return Metadata(root)


def folders(folder: Path, packages: tuple[str, ...]) -> list[Path]:
    """Where the metadata of these package directories lies."""
    return [folder / package / "main" / "default" for package in packages]
