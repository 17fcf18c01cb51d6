"""Writing files so that a crash leaves the old one or the new one, never half."""

import json
import os
from pathlib import Path
from typing import Any


def write(path: Path, content: str | bytes, *, encoding: str = "utf-8") -> None:
    """Write `content` beside `path` first, then put it in its place in one step."""
    data = content.encode(encoding) if isinstance(content, str) else content
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(beside, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def to_json(content: Any) -> str:
    """Return `content` as readable JSON with Chinese text as itself."""
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def append(path: Path, line: dict[str, Any]) -> None:
    """Add one line to `path`; two notebooks writing at once do not mix lines."""
    text = json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n"
    with open(path, "ab") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the lines of `path` that are whole; a torn last line is left out."""
    try:
        lines = path.read_bytes().decode("utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            found.append(entry)
    return found
