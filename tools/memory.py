"""How much memory a running shop takes: the proportional set size (PSS) of ``storefront run`` and of all it started.

    python tools/memory.py PID

Linux only. PSS counts a page that several processes share once in all, so that the sum is what the machine really gives.
"""

import argparse
import sys
from pathlib import Path


def parents() -> dict[int, int]:
    """Of every process of this machine, its parent."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        found[int(entry.parent.name)] = int(rest[1])
    return found


def family(root: int) -> list[int]:
    above = parents()
    members = [root]
    for member in members:
        members += sorted(pid for pid, parent in above.items() if parent == member)
    return members


def pss_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pid", type=int, help="process id of storefront run")
    parser.add_argument("--limit", type=int, default=600, help="MiB that must not be exceeded")
    arguments = parser.parse_args()
    total = 0
    for pid in family(arguments.pid):
        try:
            kib = pss_kib(pid)
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        except OSError:
            continue
        total += kib
        print(f"{kib / 1024:7.1f} MiB  {command[-70:]}")
    print(f"{total / 1024:7.1f} MiB  in all (at most {arguments.limit})")
    return total / 1024 > arguments.limit


if __name__ == "__main__":
    sys.exit(main())
