"""Reading, defects, the whole of `detect`, and the published instance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import counterpact.api
from counterpact.errors import SourceError, UsageError
from counterpact.strategy.detection.compile import compile_network
from counterpact.strategy.detection.detect import detect, sweep_at
from counterpact.strategy.detection.read import read_snip, read_tables
from counterpact.strategy.solving.reply import Oracle
from tests.shared_data import shared
from tests.strategy.detection.test_tiny import random_network

ARCS = """from,to,undetected,undetected_with_sensor
port,pass,0.9,
port,bridge,0.8,0.1
pass,market,0.9,0.2
bridge,market,0.9,
"""
TRAFFIC = """origin,destination,probability
port,market,1
"""


def write(folder: Path, arcs: str = ARCS, traffic: str = TRAFFIC) -> tuple[Path, Path]:
    (folder / "arcs.csv").write_text(arcs)
    (folder / "traffic.csv").write_text(traffic)
    return folder / "arcs.csv", folder / "traffic.csv"


def test_one_sensor_leaves_the_other_road_and_two_close_both(tmp_path: Path) -> None:
    one = counterpact.api.detect(*write(tmp_path), 1)
    assert (one.before, one.evasion, one.sensors) == (pytest.approx(0.81), pytest.approx(0.72), ("pass>market",))
    assert one.passages[0].places == ("port", "bridge", "market")
    two = counterpact.api.detect(*write(tmp_path), 2)
    assert two.evasion == pytest.approx(0.18)
    assert two.passages[0].places == ("port", "pass", "market")
    assert two.certificate.passed
    assert counterpact.api.detect(*write(tmp_path), 0).evasion == pytest.approx(0.81)


@pytest.mark.parametrize(
    ("arcs", "traffic", "words"),
    [
        (ARCS.replace("0.8,0.1", "1.8,0.1"), TRAFFIC, "1.8 is not a chance between 0 and 1"),
        (ARCS.replace("0.8,0.1", "0.8,0.9"), TRAFFIC, "0.9 with a sensor is more than 0.8 without"),
        (ARCS.replace("0.8,0.1", "half,0.1"), TRAFFIC, '"half" is not a number'),
        (ARCS.replace("0.8,0.1", "nan,0.1"), TRAFFIC, "is not a number"),
        (ARCS.replace("port,pass", "port,port"), TRAFFIC, "to itself"),
        (ARCS, TRAFFIC.replace("market,1", "markt,1"), 'Did you mean "market"?'),
        (ARCS, TRAFFIC.replace(",1", ",0.7"), "sum to 0.7, not to 1"),
        (ARCS, TRAFFIC.replace("market", "port"), "the same place"),
        (ARCS.replace("undetected,", "clear,"), TRAFFIC, "the column is missing"),
        (ARCS, "origin,destination,probability\n", "no traffic"),
        (ARCS + "bridge,market\n", TRAFFIC, "does not have as many cells"),
    ],
)  # fmt: skip
def test_a_defect_is_told_with_its_place(tmp_path: Path, arcs: str, traffic: str, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_tables(*write(tmp_path, arcs, traffic))
    assert words in str(caught.value)
    assert ".csv" in str(caught.value)


def test_wrong_use_is_told(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(UsageError, match="there is no file"):
        read_tables(tmp_path / "arc.csv", tmp_path / "traffic.csv")
    with pytest.raises(UsageError, match="budget"):
        counterpact.api.detect(tmp_path / "arcs.csv", tmp_path / "traffic.csv", float("nan"))
    with pytest.raises(UsageError, match="snipno"):
        read_snip(tmp_path, 0, 2)


def test_snip_files_with_bare_returns_and_their_defects(tmp_path: Path) -> None:
    (tmp_path / "arcgain5.txt").write_bytes(b"1\t\t2\t\t0.5\r\r\n")
    (tmp_path / "intd_arc5.txt").write_bytes(b"2\t\t3\t\t0.8\t\t0.3\r\r\n")
    (tmp_path / "Scenarios.txt").write_bytes(b"1\t3\t0.25\r2\t3\t0.75\r")
    network = read_snip(tmp_path, 5, 3)
    assert network.risk(np.zeros(1)) == pytest.approx(0.25 * 0.4 + 0.75 * 0.8)
    assert network.risk(np.ones(1)) == pytest.approx(0.25 * 0.04 + 0.75 * 0.08)
    (tmp_path / "Scenarios.txt").write_bytes(b"1\t9\t0.25\r2\t3\t0.75\r")
    with pytest.raises(SourceError, match=r"Scenarios.txt, row 1.*\"9\""):
        read_snip(tmp_path, 5, 3)


@pytest.mark.parametrize("seed", range(5))
def test_best_paths_are_the_replies_of_the_linear_programs(seed: int) -> None:
    network = random_network(seed)
    instance = compile_network(network, 3)
    x = (np.random.default_rng(seed).random(len(network.cost)) < 0.4).astype(float)
    ours, general = sweep_at(network, instance, x), Oracle(instance).sweep(x)
    assert ours.lower == pytest.approx(general.lower, abs=1e-7)
    assert ours.upper == pytest.approx(ours.lower, abs=1e-12)
    found = detect(network, 3)
    assert found.certificate.passed, found.certificate.details
    assert found.gap <= 1e-6


@pytest.mark.shared
@pytest.mark.parametrize(("snipno", "optimum"), [(3, 0.2164291557), (4, 0.2046039878)])
def test_the_published_instance_has_its_known_optimum(snipno: int, optimum: float) -> None:
    found = detect(read_snip(shared("strategy", "snip"), 0, snipno), 30)
    assert found.evasion == pytest.approx(optimum, abs=1e-8)
    assert found.lower_bound == pytest.approx(optimum, abs=1e-8)
    assert found.before == pytest.approx(0.4218316066, abs=1e-8)
    assert found.certificate.passed
