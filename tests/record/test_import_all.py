"""The whole store from the real files through the command line, and a fetch from a server to a query."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from counterpact.cli.record import app
from counterpact.record import catalog
from counterpact.record.library import recognise
from counterpact.record.store import Store
from tests.shared_data import shared

from .conftest import Publisher

run = CliRunner()

# No file of theirs could be had: read on hand-made samples only.
WITHOUT_FILES = {"baci", "comtrade", "eu_fsf_csv", "eu_fsf_xml", "ftm", "ofac_advanced", "ofac_sdn_xml", "uk_conlist",
                 "uk_sanctions_list", "unga_voting_un"}  # fmt: skip


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_import_all_fills_the_store_and_does_it_once(tmp_path: Path) -> None:
    folder = shared()
    command = ["import-all", str(folder), "--home", str(tmp_path), "--json"]
    first = run.invoke(app, command)
    assert first.exit_code == 0, first.output
    found = json.loads(first.stdout)
    assert [o for o in found if "error" in o] == []
    assert all(o["new"] for o in found)
    assert {o["dataset"] for o in found} == {name for name, _ in recognise(folder)}
    assert {o["dataset"] for o in found} == set(catalog.names()) - WITHOUT_FILES
    for outcome in found:
        assert max(outcome["rows"].values()) > 0, outcome["dataset"]
    again = json.loads(run.invoke(app, command).stdout)
    assert len(again) == len(found)
    assert not any(o["new"] for o in again)
    table = run.invoke(app, command[:-1])
    assert table.exit_code == 0
    assert "already here" in table.stdout

    store = Store(tmp_path)
    assert store.verify() == []
    connection = store.connect()
    ((votes, sources),) = connection.execute(
        "select count(*), count(distinct _sha256) from unga_roll_calls.votes"
    ).fetchall()
    assert (votes, sources) == (794_385, 1)
    vintages = connection.execute("select distinct _vintage from ofac_sdn.entities_all").fetchall()
    assert len(vintages) == 4


@pytest.mark.shared
def test_fetch_from_a_server_to_rows(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files["ics-attack.json"] = shared("cyber", "ics-attack-18.1-stix20-rebuilt.json.gz").read_bytes()
    publisher.faults = ["drop"]
    command = ["fetch", "attack_ics", "--home", str(tmp_path), "--base", publisher.base, "--json"]
    done = run.invoke(app, command)
    assert done.exit_code == 0, done.output
    (outcome,) = json.loads(done.stdout)
    assert outcome["rows"]["objects"] == 452
    assert len(publisher.seen) == 2  # broken once, resumed
    (again,) = json.loads(run.invoke(app, command).stdout)
    assert not again["new"]
    assert "If-None-Match" in publisher.seen[-1][1]
