#!/usr/bin/python3
"""Holds the code to its budget: functions, files, parameters (design section 2). Needs universal-ctags."""
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAX_LINES, P95_LINES, MEDIAN_LINES, MAX_FILE, MAX_PARAMETERS = 100, 60, 16, 800, 5
CALLBACKS = {"on_access"}  # libmicrohttpd gives its handler eight


def functions(files):
    out = subprocess.run(["ctags", "-x", "--c-kinds=f", "--fields=+neS", "--_xformat=%{end}\t%n\t%N\t%F\t%{signature}",
                          *files], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for row in out.splitlines():
        end, start, name, path, signature = row.split("\t")
        if end.isdigit():
            yield path, name, int(end) - int(start) + 1, signature.count(",") + 1


def main():
    if not shutil.which("ctags"):
        print("sizes: skipped, universal-ctags is not installed")
        return 77
    files = [f for f in subprocess.run(["git", "ls-files", "core", "channels", "templates"], cwd=ROOT, check=True,
                                       capture_output=True, text=True).stdout.split() if f.endswith((".c", ".cc"))]
    bad = [f"{f}: {n} lines, at most {MAX_FILE}" for f in files
           if (n := len((ROOT / f).read_text().splitlines())) > MAX_FILE]
    all_functions = list(functions(files))
    lengths = sorted(length for _, _, length, _ in all_functions)
    for path, name, length, parameters in all_functions:
        if length > MAX_LINES:
            bad.append(f"{path}: {name}() has {length} lines, at most {MAX_LINES}")
        if parameters > MAX_PARAMETERS and name not in CALLBACKS:
            bad.append(f"{path}: {name}() has {parameters} parameters")
    median, p95 = statistics.median(lengths), lengths[int(len(lengths) * 0.95)]
    if median > MEDIAN_LINES or p95 > P95_LINES:
        bad.append(f"functions: median {median} (at most {MEDIAN_LINES}), 95th percentile {p95} (at most {P95_LINES})")
    print("\n".join(bad))
    print(f"sizes: {len(lengths)} functions, median {median:g}, p95 {p95}, longest {lengths[-1]}; {len(files)} files")
    return 1 if bad else 0


sys.exit(main())
