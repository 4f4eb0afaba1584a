"""The layout is a promise: imports go one way, and no file of the house grows past comfort."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_import_arrows() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--config",
            str(ROOT / ".importlinter"),
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_lock_file_and_no_registry_address_is_committed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode != 0:  # an unpacked source archive has no history to look at
        files = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file()]
    else:
        files = tracked.stdout.splitlines()
    locks = {"uv.lock", "poetry.lock", "pdm.lock", "package-lock.json", "yarn.lock"}
    assert not [f for f in files if Path(f).name in locks and ".venv" not in f]
    hosts = ("pypi." + "org", "registry." + "npmjs", "files.python" + "hosted")
    for name in files:
        path = ROOT / name
        if path.suffix in {".py", ".toml", ".md", ".yml", ".json", ".sh", ".js"} and path.exists():
            text = path.read_text("utf-8", errors="ignore")
            assert not [h for h in hosts if h in text], name
