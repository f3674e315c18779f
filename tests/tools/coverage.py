# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which clause is carried out where, and which tests name it: writes docs/coverage.md.

    python tests/tools/coverage.py            write the page
    python tests/tools/coverage.py --check    fail if the page is out of date

Clauses come from the registers of the shipped profiles, carriers from the same rows, code
and tests from their docstrings, comments and names: whoever carries out or tests a clause
writes its code there. Only the standard library is used.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
PAGE = REPO / "docs" / "coverage.md"
ADDONS = ("sales_regulation", "sales_kpi", "sales_confidentiality")

CLAUSE = re.compile(r"\b(S\d)-(\d{2,3})(?:\.\.(\d{2,3}))?((?:,\s?\d{2,3}\b(?!\.\d))*)")
CAPABILITY = re.compile(r"\bC[0-5]\d\b")
CARRIERS = {
    "gate": "Gate",
    "approval": "Approval",
    "deadline": "Deadline",
    "checklist": "Checklist",
    "indicator": "Indicator",
    "protection": "Protection",
    "document": "Document",
    "setting": "Setting",
    "attestation": "Attestation",
    "planned": "",
}


@dataclass
class Clause:
    code: str
    wording: str
    carriers: dict = field(default_factory=dict)
    profiles: list = field(default_factory=list)


def named_clauses(text):
    """Clause codes that a text names; ranges and lists are written out.

    >>> sorted(named_clauses("S4-337..339, then S0-33 and S2-50"))
    ['S0-33', 'S2-50', 'S4-337', 'S4-338', 'S4-339']
    >>> sorted(named_clauses("(S4-344,345)"))
    ['S4-344', 'S4-345']
    """
    found = set()
    for source, first, last, more in CLAUSE.findall(text):
        for number in range(int(first), int(last or first) + 1):
            found.add(f"{source}-{number:0{len(first)}d}")
        found |= {f"{source}-{number}" for number in re.findall(r"\d+", more)}
    return found


def read_registers():
    """``{code: Clause}`` of all shipped profiles."""
    clauses = {}
    for path in sorted(REPO.glob("*/data/profiles/regulation.clause-*.csv")):
        profile = path.stem.rpartition("-")[2]
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                clause = clauses.setdefault(row["code"], Clause(row["code"], row["wording"]))
                clause.profiles.append(profile)
                names = row["gate_ids/id"].replace("gate_", "") or row["carrier_code"]
                if row["carrier"] != "planned":
                    note = row.get("note") or ""
                    clause.carriers[CARRIERS[row["carrier"]]] = names.replace(",", ", ") or note
    return clauses


def read_mentions():
    """``(code, tests)``: who names a clause or capability, ``{name: [path, ...]}`` each."""
    code, tests = defaultdict(list), defaultdict(list)
    roots = [REPO / addon for addon in ADDONS if (REPO / addon).is_dir()] + [REPO / "tests"]
    paths = [
        path
        for root in roots
        for pattern in ("*.py", "*.xml", "*.js")
        for path in root.rglob(pattern)
        if "profiles" not in path.parts and "tools" not in path.relative_to(REPO).parts[:2]
    ]
    for path in sorted(paths):
        relative = path.relative_to(REPO)
        text = path.read_text(encoding="utf-8")
        target = tests if "tests" in relative.parts else code
        for name in named_clauses(text) | set(CAPABILITY.findall(text)):
            target[name].append(relative.as_posix())
    return code, tests


def sort_key(code):
    head, _dash, tail = code.partition("-")
    return head, int(tail) if tail.isdigit() else 0


def files(paths):
    return ", ".join(f"`{path}`" for path in paths)


def render(clauses, code, tests):
    carried = [clause for clause in clauses.values() if clause.carriers]
    tested = [clause for clause in carried if tests.get(clause.code)]
    lines = [
        "# Coverage of the clauses",
        "",
        "Written by `python tests/tools/coverage.py`; do not edit.",
        "",
        f"{len(clauses)} clauses in the shipped profiles, {len(carried)} carried out,"
        f" {len(tested)} of these named by tests.",
        "",
        "## Capabilities",
        "",
        "| capability | code | tests |",
        "|---|---|---|",
    ]
    for name in sorted(name for name in {*code, *tests} if name[0] == "C"):
        lines.append(f"| {name} | {len(code.get(name, ()))} files | {files(tests.get(name, ()))} |")
    lines += [
        "",
        "## Clauses carried out",
        "",
        "| clause | what it says | carried out by | code | tests |",
        "|---|---|---|---|---|",
    ]
    for clause in sorted(carried, key=lambda clause: sort_key(clause.code)):
        carriers = "; ".join(
            f"{kind}: {names}" if names else kind for kind, names in clause.carriers.items()
        )
        lines.append(
            f"| {clause.code} | {clause.wording} | {carriers}"
            f" | {files(code.get(clause.code, ()))} | {files(tests.get(clause.code, ()))} |"
        )
    planned = [clause for clause in clauses.values() if not clause.carriers]
    lines += ["", "## Not carried out yet", ""]
    by_source = defaultdict(list)
    for clause in sorted(planned, key=lambda clause: sort_key(clause.code)):
        by_source[clause.code.partition("-")[0]].append(clause.code)
    lines += [f"- {source}: {', '.join(codes)}" for source, codes in sorted(by_source.items())]
    unknown = sorted(
        {name for name in {*code, *tests} if name[0] == "S" and name not in clauses}, key=sort_key
    )
    if unknown:
        lines += ["", "## Named in the code, in no shipped register", ""]
        lines += [
            f"- {name}: {files(code.get(name, []) + tests.get(name, []))}" for name in unknown
        ]
    return "\n".join(lines) + "\n"


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail if the page is out of date")
    options = parser.parse_args(argv)
    page = render(read_registers(), *read_mentions())
    if not options.check:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page:
        return 0
    print("docs/coverage.md is out of date: run python tests/tools/coverage.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
