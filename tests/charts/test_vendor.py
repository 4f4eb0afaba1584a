"""What is vendored is what the manifest says, with its licences and without addresses of where it was fetched."""

from __future__ import annotations

import hashlib
import re
from importlib import resources

from counterpact.charts import page

VENDOR = resources.files("counterpact.charts").joinpath("vendor")


def test_hashes_and_notices_are_those_of_the_manifest() -> None:
    for entry in page.manifest()["files"]:
        content = VENDOR.joinpath(entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        for name in entry["notices"]:
            assert VENDOR.joinpath(name).is_file()
        assert all(p["version"] and p["licence"] for p in entry["packages"])


def test_nothing_names_a_registry_or_a_source_map() -> None:
    for name in ("echarts.js", "world.json", "VENDOR.json"):
        text = VENDOR.joinpath(name).read_text(encoding="utf-8")
        assert "sourceMappingURL" not in text
        assert not re.search(r"registry|resolved|\.tgz", text)
        assert set(re.findall(r"https?://([^/\"' ]+)", text)) <= {"www.w3.org"}


def test_every_shape_named_in_an_option_is_drawn_by_the_runtime() -> None:
    known = set(re.findall(r"(\w+): \1\b", page.runtime().partition("var shapes = {")[2].partition("}")[0]))
    assert known == {"interval", "pair", "span", "cell"}
    folder = resources.files("counterpact.charts")
    used = {
        name
        for module in folder.iterdir()
        if module.name.endswith(".py")
        for name in re.findall(r'"renderItem": "(\w+)"', module.read_text(encoding="utf-8"))
    }
    assert used == known
