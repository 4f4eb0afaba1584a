"""XML lists → plain records; an element the reader does not know stops the import with file, line and reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

from lxml import etree

from counterpact.errors import Problem, SourceError, nearest
from counterpact.record.reading import SourceFile

Element: TypeAlias = Any  # lxml's elements carry no types
Record: TypeAlias = dict[str, list[Any]]


class Spec(dict[str, "Spec | None"]):
    """Children an element may have: `None` for plain text, another `Spec` for more elements."""

    def __init__(self, text: str = "", **inner: Spec) -> None:
        super().__init__(dict.fromkeys(text.split()) | inner)


def local(element: Element) -> str:
    """Tag without its namespace: publishers change the namespace and mean the same."""
    return _bare(element.tag)


@cache
def _bare(tag: str) -> str:
    return str(tag).rpartition("}")[2]


def root(file: SourceFile, name: str) -> Element:
    """The top element, which must be called `name`. Raises `SourceError` if the file is cut short or another one."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        top = etree.fromstring(file.bytes(), parser)
    except etree.XMLSyntaxError as error:
        raise broken(file, error) from error
    if local(top) != name:
        raise unknown(file, top, f'the top element is "{local(top)}" where "{name}" is expected')
    return top


def stream(
    file: SourceFile, top: str, names: Collection[str], sections: Collection[str]
) -> Iterator[tuple[str, Element]]:
    """Elements of the given names as they end, each thrown away after use: for files too large for a tree.

    `sections`: what may stand right under the top element. Raises `SourceError`.
    """
    tags = [f"{{*}}{name}" for name in names]
    try:
        walk = etree.iterparse(
            file.open(),
            tag=tags,
            resolve_entities=False,
            no_network=True,
            huge_tree=True,
            remove_comments=True,
            remove_pis=True,
        )
        for _, element in walk:
            yield local(element), element
            element.clear()
            if element.getparent().getparent() is None:
                continue
            while (before := element.getprevious()) is not None:
                if local(before) not in names:
                    raise unknown(file, before, f'an element "{local(before)}" is not known here', names)
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise broken(file, error) from error
    if local(walk.root) != top:
        raise unknown(file, walk.root, f'the top element is "{local(walk.root)}" where "{top}" is expected')
    for section in walk.root:
        if local(section) not in sections:
            raise unknown(file, section, f'a section "{local(section)}" is not known', sections)


def record(element: Element, spec: Spec, file: SourceFile) -> Record:
    """Children by name: text stripped, empty text left out, inner elements as records. Raises `SourceError`."""
    found: Record = {}
    for child in element:
        name = _bare(child.tag)
        try:
            inner = spec[name]
        except KeyError:
            raise unknown(
                file, child, f'"{local(element)}" holds an element "{name}" that is not known', spec
            ) from None
        if inner is not None:
            found.setdefault(name, []).append(record(child, inner, file))
        elif len(child):
            raise unknown(file, child, f'"{name}" should be plain text but holds "{local(child[0])}"')
        elif child.text and (text := child.text.strip()):
            found.setdefault(name, []).append(text)
    return found


def attributes(element: Element, known: Collection[str], file: SourceFile) -> dict[str, str]:
    """Attributes, stripped; unknown ones raise `SourceError`. Those of other namespaces are left out."""
    found = {}
    for name, value in element.attrib.items():
        if name.startswith("{"):
            continue
        if name not in known:
            raise unknown(file, element, f'"{local(element)}" has an attribute "{name}" that is not known', known)
        found[name] = value.strip()
    return found


def one(found: Record, name: str) -> str:
    """Text of a child; several differing ones joined, so that none is lost."""
    values = found.get(name)
    if values is None:
        return ""
    return str(values[0]) if len(values) == 1 else "; ".join(dict.fromkeys(values))


def inner(found: Record, outer: str, name: str) -> list[Any]:
    """Children called `name` of every child called `outer`: the list inside its wrapper."""
    return [item for wrapper in found.get(outer, ()) for item in wrapper.get(name, ())]


def broken(file: SourceFile, error: etree.XMLSyntaxError) -> SourceError:
    """The file is not XML, or ends too early."""
    return SourceError(
        Problem(
            file.label,
            error.lineno or 0,
            what="the XML file is damaged or cut short",
            why=str(error.msg),
            do="Download it again; nothing was stored",
        )
    )


def unknown(
    file: SourceFile, element: Element, what: str, known: Collection[str] | Mapping[str, Any] = ()
) -> SourceError:
    """Something the reader does not understand, by line."""
    return SourceError(
        Problem(
            file.label,
            element.sourceline or 0,
            what=what,
            why=nearest(local(element), list(known)) if known else "",
            do="The publisher changed the format, or this is another file; the reader must be brought up to date first",
        )
    )
