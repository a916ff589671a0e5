#!/usr/bin/python3
"""Holds every #include to the floors of the house (design section 2) and the few special bans. Prints each breach."""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# What each floor may include, itself aside. A floor is the folder; the program (app) sits on top.
ALLOWED = {
    "core/base": set(),
    "core/net": {"core/base"},
    "core/store": {"core/base"},
    "core/replies": {"core/base"},
    "templates": {"core/base"},
    "channels": {"core/base", "core/net"},
    "core/engine": {"core/base", "core/net", "core/store", "core/replies", "templates", "channels"},
    "core/people": {"core/base", "core/store", "core/engine", "templates"},
    "core/api": {"core/base", "core/net", "core/store", "core/engine", "core/people", "channels"},
    "core/app": {"core/base", "core/net", "core/store", "core/replies", "templates", "channels", "core/engine",
                 "core/people", "core/api", "core/app"},
}

# Library headers that only some files may include.
LIBRARIES = {
    "curl/": ("core/net/", "channels/imap", "channels/smtp_curl"),
    "libesmtp.h": ("channels/smtp_esmtp",),
    "auth-client.h": ("channels/smtp_esmtp",),
    "sqlite3.h": ("core/store/",),
    "microhttpd.h": ("core/net/httpd",),
    "gmime/": ("core/replies/",),
    "phonenumbers/": ("core/base/module/phone",),
}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)
SQL = re.compile(r'"\s*(SELECT|INSERT INTO|UPDATE [a-z_]+ SET|DELETE FROM|CREATE TABLE)\b')


def floor_of(path):
    return next((floor for floor in ALLOWED if path.startswith(floor + "/")), None)


def breaches_of(path, text):
    floor = floor_of(path)
    for kind, name in INCLUDE.findall(text):
        target = floor_of(name)
        if kind == '"' and target and target != floor and target not in ALLOWED[floor]:
            yield f"includes {name}: {floor} may not look at {target}"
        if floor == "core/engine" and name.startswith("channels/") and name != "channels/channel.h":
            yield f"includes {name}: the engine knows channels/channel.h only"
        for library, where in LIBRARIES.items():
            if kind == "<" and name.startswith(library) and not path.startswith(where):
                yield f"includes <{name}>: only {', '.join(where)} may"
    if floor != "core/store" and SQL.search(text):
        yield "has SQL: it belongs to core/store"


def main():
    files = subprocess.run(["git", "ls-files", "core", "channels", "templates"], cwd=ROOT, check=True,
                           capture_output=True, text=True).stdout.split()
    bad = [f"{path}: {breach}" for path in files if path.endswith((".c", ".h", ".cc"))
           for breach in breaches_of(path, (ROOT / path).read_text())]
    print("\n".join(bad) if bad else f"floors: {len(files)} files, every include looks down")
    return 1 if bad else 0


sys.exit(main())
