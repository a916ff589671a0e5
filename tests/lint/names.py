#!/usr/bin/python3
"""No two floors may define one global name: static libraries would link whichever comes first. Usage: names.py LIB.a..."""
import subprocess
import sys


def main(libraries):
    owner, bad = {}, []
    for library in libraries:
        out = subprocess.run(["nm", "--defined-only", "-g", "-P", library], capture_output=True, text=True).stdout
        for row in out.splitlines():
            parts = row.split()
            if len(parts) < 2 or parts[1] not in "TDBR" or "[" in row or parts[0].startswith("_"):
                continue
            first = owner.setdefault(parts[0], library)
            if first != library:
                bad.append(f"{parts[0]}: in {first} and {library}")
    print("\n".join(bad) if bad else f"names: {len(owner)} global names, each in one floor")
    return 1 if bad else 0


sys.exit(main(sys.argv[1:]))
