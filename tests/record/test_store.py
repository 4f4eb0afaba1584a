from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from counterpact.errors import SourceError, UsageError
from counterpact.record import bundle, catalog
from counterpact.record.ingest import import_files
from counterpact.record.library import Freshness, freshness, holdings, import_all
from counterpact.record.store import PROVENANCE, Store

HEADER = "stateabb,ccode,year,milex,milper,irst,pec,tpop,upop,cinc,version\n"


def nmc(path: Path, *, rows: int = 15_000, change: int = 0) -> Path:
    """A file in the columns of NMC with believable numbers of rows."""
    lines = [f"S{i % 200},{i % 200 + 2},{1816 + i // 200},{i + change},1,-9,1,1,1,.01,2021" for i in range(rows)]
    path.write_text(HEADER + "\n".join(lines) + "\n")
    return path


def test_import_stamps_every_row_and_the_same_file_again_is_a_no_op(store: Store, tmp_path: Path) -> None:
    file = nmc(tmp_path / "NMC-60-abridged.csv")
    first = import_files(store, "nmc", [file], vintage=date(2021, 1, 1))
    again = import_files(store, "nmc", [file])
    assert first.new
    assert not again.new
    assert again.entry == first.entry
    assert len(store.manifest().entries) == 1
    frame = store.table("nmc")
    assert frame.height == 15_000
    assert set(PROVENANCE) <= set(frame.columns)
    assert frame["_vintage"].unique().to_list() == [date(2021, 1, 1)]
    assert frame["_sha256"].n_unique() == 1
    assert frame["irst"].null_count() == frame.height  # -9 is missing, not minus nine


def test_as_of_and_changes_between_two_days(store: Store, tmp_path: Path) -> None:
    import_files(store, "nmc", [nmc(tmp_path / "a.csv")], vintage=date(2020, 1, 1))
    import_files(store, "nmc", [nmc(tmp_path / "b.csv", rows=15_001, change=5)], vintage=date(2022, 1, 1))
    assert store.entry("nmc", date(2021, 6, 1)).vintage == date(2020, 1, 1)
    assert store.vintage("nmc") == date(2022, 1, 1)
    with pytest.raises(SourceError, match="oldest here is of 2020-01-01"):
        store.entry("nmc", date(2019, 1, 1))
    found = store.changes("nmc", date(2020, 1, 1), date(2022, 1, 1), key=("ccode", "year"))
    assert (found.added.height, found.removed.height, found.changed.height) == (1, 0, 15_000)
    assert found.changed["field"].unique().to_list() == ["milex"]
    back = store.changes("nmc", date(2022, 1, 1), date(2020, 1, 1), key=("ccode", "year"))
    assert (back.added.height, back.removed.height) == (0, 1)
    connection = store.connect()
    assert connection.execute("select count(*) from nmc.capabilities").fetchone() == (15_001,)
    assert connection.execute("select count(distinct _vintage) from nmc.capabilities_all").fetchone() == (2,)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda t: t.replace("milex", "milx", 1), 'column "milex": this column is missing'),
        (lambda t: t.replace(",1,-9,", ",abc,-9,", 1), 'row 2, column "milper": "abc" is not a number'),
        (lambda t: "\n".join(t.split("\n")[:40]), "39 rows; between 15,000 and 25,000 are believed"),
        (lambda t: t.replace("S0,2,1816", "S0,2,1616", 1), "outside 1816 to 2030"),
        (lambda t: t + t.splitlines()[1] + "\n", "repeat a key"),
        (lambda t: t + "1,2,3\n", "row 15002: 3 cells where the header has 11"),
        (lambda t: "<!DOCTYPE html><html>moved</html>", "a web page, not data"),
    ],
)
def test_a_bad_file_is_refused_by_name_and_nothing_changes(store: Store, tmp_path: Path, edit, says: str) -> None:
    file = nmc(tmp_path / "good.csv")
    import_files(store, "nmc", [file])
    before = (store.root / "manifest.json").read_bytes()
    bad = tmp_path / "bad.csv"
    bad.write_text(edit(file.read_text()))
    with pytest.raises(SourceError, match=says.replace("(", r"\(")):
        import_files(store, "nmc", [bad])
    assert (store.root / "manifest.json").read_bytes() == before


def test_bytes_that_are_not_utf8_are_named_by_row(store: Store, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(HEADER.encode() + b"US\xe9,2,1816,1,1,1,1,1,1,.1,2021\n")
    with pytest.raises(SourceError, match=r"row 2: byte 0xe9 is not valid utf-8"):
        import_files(store, "nmc", [bad])


def test_a_truncated_gz_is_refused(store: Store, tmp_path: Path) -> None:
    import gzip

    whole = gzip.compress(nmc(tmp_path / "x.csv").read_bytes())
    cut = tmp_path / "x.csv.gz"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="damaged or cut short"):
        import_files(store, "nmc", [cut])
    assert not (store.root / "manifest.json").exists()


def test_a_killed_import_leaves_the_old_state_and_releases_the_lock(store: Store, tmp_path: Path) -> None:
    import_files(store, "nmc", [nmc(tmp_path / "old.csv")], vintage=date(2020, 1, 1))
    new = nmc(tmp_path / "new.csv", change=1)
    # Killed after the Parquet is on disk and before the manifest names it: the worst moment.
    script = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from datetime import date
        from counterpact.record import store as s
        from counterpact.record.ingest import import_files
        s.Store.publish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        import_files(s.Store(Path({str(store.root.parent)!r})), "nmc", [Path({str(new)!r})], vintage=date(2022, 1, 1))
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert store.vintage("nmc") == date(2020, 1, 1)
    assert store.table("nmc").height == 15_000
    with store.writing():
        assert store.collect() == 1  # what the dead import left
    again = import_files(store, "nmc", [new], vintage=date(2022, 1, 1))
    assert again.new
    assert store.vintage("nmc") == date(2022, 1, 1)
    assert store.verify() == []


def test_a_full_disk_changes_nothing(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_files(store, "nmc", [nmc(tmp_path / "old.csv")], vintage=date(2020, 1, 1))

    def full(self: pl.DataFrame, path: Path, **_: object) -> None:
        Path(path).write_bytes(b"half a file")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(SourceError, match="No space left on device"):
        import_files(store, "nmc", [nmc(tmp_path / "new.csv", change=1)], vintage=date(2022, 1, 1))
    monkeypatch.undo()
    assert store.vintage("nmc") == date(2020, 1, 1)
    assert [p.suffix for p in (store.root / "nmc").iterdir()] == [".parquet"]


def test_readers_never_see_half_an_import(store: Store, tmp_path: Path) -> None:
    files = [nmc(tmp_path / f"{i}.csv", change=i) for i in range(6)]
    import_files(store, "nmc", files[:1], vintage=date(2020, 1, 1))
    stop, seen, errors = threading.Event(), set(), []

    def read() -> None:
        while not stop.is_set():
            try:
                frame = Store(store.root.parent).table("nmc")
                assert frame["_vintage"].n_unique() == 1
                assert frame.height == 15_000
                seen.add(frame["_vintage"][0])
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for i, file in enumerate(files[1:], 1):
        import_files(store, "nmc", [file], vintage=date(2020 + i, 1, 1))
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(seen) >= 1


def test_a_second_writer_is_told_to_wait(store: Store, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from counterpact.record.store import Store\n"
        "with Store(Path(sys.argv[1])).writing(): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(store.root.parent)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        with pytest.raises(SourceError, match="another import is writing"), store.writing():
            pass
        other.communicate()
    with store.writing():
        pass


def test_a_bundle_travels_and_every_hash_is_checked(store: Store, tmp_path: Path) -> None:
    import_files(store, "nmc", [nmc(tmp_path / "a.csv")], vintage=date(2020, 1, 1))
    target = tmp_path / "out.zip"
    manifest = bundle.export(store, target)
    assert bundle.restricted(manifest) == ("nmc",)
    other = Store(tmp_path / "elsewhere")
    assert len(bundle.load(other, target)) == 1
    assert bundle.load(other, target) == ()
    assert other.table("nmc").equals(store.table("nmc"))
    first = target.read_bytes()
    bundle.export(store, target)
    assert target.read_bytes() == first
    spoiled = bytearray(first)
    spoiled[len(spoiled) // 2] ^= 0xFF
    target.write_bytes(bytes(spoiled))
    third = Store(tmp_path / "third")
    with pytest.raises(SourceError):
        bundle.load(third, target)
    assert third.manifest().entries == ()


def test_a_bundle_that_reaches_outside_the_store_is_refused(store: Store, tmp_path: Path) -> None:
    import zipfile

    import_files(store, "nmc", [nmc(tmp_path / "a.csv")], vintage=date(2020, 1, 1))
    bundle.export(store, tmp_path / "good.zip")
    with zipfile.ZipFile(tmp_path / "good.zip") as good, zipfile.ZipFile(tmp_path / "evil.zip", "w") as evil:
        text = json.loads(good.read("manifest.json"))
        text["entries"][0]["parts"][0]["path"] = "../../escaped.parquet"
        evil.writestr("manifest.json", json.dumps(text))
        evil.writestr("../../escaped.parquet", b"x")
    with pytest.raises(SourceError, match="outside the store"):
        bundle.load(Store(tmp_path / "other"), tmp_path / "evil.zip")


def test_a_changed_parquet_file_is_noticed(store: Store, tmp_path: Path) -> None:
    import_files(store, "nmc", [nmc(tmp_path / "a.csv")])
    part = next((store.root / "nmc").glob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-1] + b"\0")
    assert [p.what for p in store.verify()] == ["the file was changed"]


def test_unknown_names_are_answered_with_the_nearest(store: Store) -> None:
    with pytest.raises(UsageError, match='Did you mean "nmc"'):
        catalog.dataset("nmcc")
    with pytest.raises(SourceError, match="counterpact record import nmc FILE"):
        store.table("nmc")


def test_freshness_is_measured_against_the_publishers_cadence() -> None:
    described = catalog.dataset("attack_enterprise")
    today = date(2026, 11, 1)
    assert freshness(described, None, today) is Freshness.ABSENT
    assert freshness(described, date(2026, 9, 1), today) is Freshness.FRESH
    assert freshness(described, date(2026, 2, 1), today) is Freshness.DUE
    assert freshness(described, date(2025, 2, 1), today) is Freshness.STALE
    assert freshness(catalog.dataset("nmc"), date(2001, 1, 1), today) is Freshness.FINISHED


def test_one_bad_file_does_not_stop_import_all(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "files" / "readiness"
    folder.mkdir(parents=True)
    nmc(folder / "NMC-60-abridged.csv")
    (folder / "GSDB_V4.csv").write_text("nothing,of,the,sort\n1,2,3,4\n")
    found = {o.dataset: o for o in import_all(store, tmp_path / "files")}
    assert found["nmc"].imported is not None
    assert found["gsdb"].error is not None
    assert {h.dataset.name for h in holdings(store, date(2026, 1, 1)) if h.entries} == {"nmc"}


def test_every_folder_of_the_catalogue_is_complete() -> None:
    for name in catalog.names():
        described = catalog.dataset(name)
        assert callable(catalog.reader(name)), name
        assert described.tables, name
        assert described.licence.name, name
        for table in described.tables.values():
            assert set(table.key) <= set(table.columns), name
            assert set(table.not_null) <= set(table.columns), name
            assert set(table.ranges) <= set(table.columns), name


def test_a_store_on_a_read_only_disk_can_still_be_read(store: Store, tmp_path: Path) -> None:
    import_files(store, "nmc", [nmc(tmp_path / "a.csv")])
    copy = tmp_path / "copy"
    shutil.copytree(store.root.parent, copy)
    for folder, _, _ in os.walk(copy):
        Path(folder).chmod(0o555)
    try:
        assert Store(copy).table("nmc").height == 15_000
    finally:
        for folder, _, _ in os.walk(copy):
            Path(folder).chmod(0o755)
