"""The head of a case, `case.yml`: read with line numbers in errors, written in one fixed style."""

from __future__ import annotations

import re
from typing import Any

import yaml
from pydantic import ValidationError

from counterpact.case.model import Head
from counterpact.errors import Problem, nearest

FILE = "case.yml"


class _Loader(yaml.SafeLoader):
    """YAML without its traps: a date stays text, `NO` is Norway and not false."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith((":timestamp", ":bool"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def head_values(head: Head) -> dict[str, Any]:
    """The head as JSON-ready values in declared order, defaults left out."""
    return head.model_dump(mode="json", exclude_defaults=True)


def head_text(head: Head) -> str:
    """The canonical `case.yml`: block style, declared order, defaults left out."""
    values = {"format": head.format, **head_values(head)}
    text: str = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, default_flow_style=False, width=100)
    return text


def read_head(text: str, file: str = FILE) -> tuple[Head | None, list[Problem]]:
    """Parse `case.yml`; the head is None when there is any problem. Rows of problems are line numbers."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        data = loader.construct_document(node) if node else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = f"not valid YAML: {getattr(error, 'problem', None) or error}"
        return None, [Problem(file, mark.line + 1 if mark else 0, "", what, do="Mend the line or quote the text")]
    if not isinstance(data, dict) or not isinstance(node, yaml.MappingNode):
        return None, [Problem(file, 0, "", "holds no settings", do="Write lines such as `title: My case`")]
    problems, lines = _keys(node, file)
    if isinstance(data.get("as_of"), int):
        data["as_of"] = str(data["as_of"])
    try:
        head = Head.model_validate(data)
    except ValidationError as error:
        for found in error.errors():
            key = str(found["loc"][0]) if found["loc"] else ""
            if found["type"] != "extra_forbidden":
                problems.append(_problem(file, lines.get(key, 0), key, found))
        return None, sorted(problems)
    return (None if problems else head), problems


def _keys(node: yaml.MappingNode, file: str) -> tuple[list[Problem], dict[str, int]]:
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    known = tuple(Head.model_fields)
    for key_node, _ in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in lines:
            problems.append(Problem(file, line, key, "stands twice", do=f"Keep one; the first is in line {lines[key]}"))
        elif key not in known:
            do = nearest(key, known) or f"Settings are: {', '.join(known)}"
            problems.append(Problem(file, line, key, f'"{key}" is not a setting of a case', do=do))
        lines.setdefault(key, line)
    return problems, lines


def _problem(file: str, line: int, key: str, found: Any) -> Problem:
    about = (Head.model_fields[key].description or "") if key in Head.model_fields else ""
    if found["type"] == "missing":
        return Problem(file, 0, key, "is missing", why=about, do="Add it")
    return Problem(file, line, key, f'"{found["input"]}": {found["msg"].lower()}', do=about)
