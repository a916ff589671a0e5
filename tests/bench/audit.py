#!/usr/bin/python3
"""How long `heed template audit` takes over a whole list, and how much memory: a store is filled with prospects, their
addresses, enrollments, some touches and answers, straight into its tables, as an import leaves them (in no order of
slots).
Usage: audit.py [--count N] [--rounds N] [--template FOLDER] [--keep] HEED FOLDER   (script/bench does it)

Ends with one line of JSON: medians."""
import argparse
import json
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
CONF = """[workspace]
zone = Europe/Berlin
postal_address = Example Outreach, 1 Long Street, Berlin

[http]
public_url = https://example.test

[sender sam]
through = console
channel = email
from = Sam Carter <sam@example.test>

[sender texts]
through = console
channel = sms
from = +12025550100
"""
SEQUENCE = {"name": "bench", "channels": ["email", "sms"],
            "steps": [{"id": name, "wait": wait, "template": "%s"}
                      for name, wait in (("one", "none"), ("two", "3 business days"))]}
NOW_MS = 1796115600000
EPOCH_MS = 1577836800000
BATCH = 20000
FIRST = ("Ana", "Bo", "Chen", "Dana", "Eli", "Fatou", "Goran", "Hana", "Ivo", "Joy", None)
COMPANY = ("Northwind", "Acme Tools", "Blue Harbor", "Kestrel Labs", "Orchard & Sons", "Pallas", "Quill")


def make_id(n, slot, kind):
    """As core/base/id.c packs them: ms, slot, node, count; `kind` keeps the tables apart."""
    return (NOW_MS - 90 * 86400000 - EPOCH_MS + n // 32) << 22 | slot << 10 | kind << 6 | n % 32


def custom_fields(i):
    fields = {"topic": f"topic-{i % 37}"}
    if i % 3:
        fields.update(last_summary=f"you were going to try plan {i % 17} with the team", last_contact="2026-10-06",
                      commitment="talk it over with the support team")
    if i % 4 == 0:
        fields.update(value=f"A one-page comparison for teams of {i % 90}", value_url="https://example.test/v")
    return json.dumps(fields)


def rows_of(first, last):
    tables = {"prospect": [], "address": [], "enrollment": [], "touch": [], "message": []}
    for i in range(first, last):
        email, phone = f"p{i}@sink{i % 500}.test", f"+1202{i % 10000000:07d}"
        slot = zlib.crc32(email.encode()) % 4096
        who = make_id(i, slot, 0)
        company = None if i % 50 == 7 else f"{COMPANY[i % 7]} {i % 977}"
        tables["prospect"].append((slot, who, FIRST[i % 11], "Silva", company, "Head of Support", f"City{i % 311}",
                                   custom_fields(i), "sms" if i % 20 == 3 else None, NOW_MS))
        tables["address"].append((slot, who, "email", email, email, slot))
        if i % 5 != 0:
            tables["address"].append((slot, who, "phone", phone, phone, zlib.crc32(phone.encode()) % 4096))
        enrolled = make_id(i, slot, 1)
        tables["enrollment"].append((slot, enrolled, who, i % 2, NOW_MS))
        if i % 3 == 0:
            tables["touch"].append((slot, make_id(i, slot, 2), who, enrolled, email, NOW_MS - 5 * 86400000))
        if i % 12 == 0:
            tables["message"].append((slot, make_id(i, slot, 3), who, email, NOW_MS - 4 * 86400000))
    return tables


INSERT = {
    "prospect": "INSERT INTO prospect(slot, id, first_name, last_name, company, title, city, fields, "
                "preferred_channel, wish_once, created_at, updated_at) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,0,?10,?10)",
    "address": "INSERT INTO address(slot, prospect_id, kind, key, value, home, rank, source, created_at) "
               f"VALUES(?,?,?,?,?,?,0,'import',{NOW_MS})",
    "enrollment": "INSERT INTO enrollment(slot, id, prospect_id, sequence, version, step, state, due_at, created_at) "
                  "VALUES(?1,?2,?3,'bench',1,?4,'active',?5,?5)",
    "touch": "INSERT INTO touch(slot, id, prospect_id, enrollment_id, step, sequence, step_id, template, channel, "
             "sender, address, state, subject, text, decision, epoch, tries, created_at, sent_at) VALUES(?1,?2,?3,?4,0,"
             f"'bench','one','bench@1','email','sam',?5,'delivered','Hello','{'Some text. ' * 60}','{{}}',1,1,"
             "?6,?6)",
    "message": "INSERT INTO message(slot, id, prospect_id, channel, kind, touch_id, enrollment_id, via, confidence, "
               "from_address, text, inbound_id, state, at) VALUES(?1,?2,?3,'email','human',0,0,'token','certain',?4,"
               "'Thanks, I will look at it with the team next week.',0,'done',?5)",
}


def fill(store, count):
    db = sqlite3.connect(store, isolation_level=None)
    db.execute("PRAGMA synchronous=OFF")
    db.execute("PRAGMA journal_mode=WAL")
    for first in range(0, count, BATCH):
        db.execute("BEGIN")
        for table, rows in rows_of(first, min(first + BATCH, count)).items():
            random.Random(first).shuffle(rows)
            db.executemany(INSERT[table], rows)
        db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def run(heed, folder, *words):
    subprocess.run([heed, *words], env={**os.environ, "HEED_WORKSPACE": folder}, check=True,
                   stdout=subprocess.DEVNULL, timeout=600)


def prepare(options, folder):
    run(options.heed, folder, "init", folder)
    with open(os.path.join(folder, "heed.conf"), "w", encoding="utf-8") as out:
        out.write(CONF)
    sequence = os.path.join(options.folder, "bench.json")
    with open(sequence, "w", encoding="utf-8") as out:
        out.write(json.dumps(SEQUENCE).replace("%s", options.name))
    run(options.heed, folder, "template", "put", options.template)
    run(options.heed, folder, "sequence", "put", sequence)
    began = time.monotonic()
    fill(os.path.join(folder, "heed.db"), options.count)
    size = os.path.getsize(os.path.join(folder, "heed.db")) / 1e6
    print(f"{options.count} prospects written in {time.monotonic() - began:.1f} s, {size:.0f} MB", flush=True)


def timed(command, folder):
    """(seconds, CPU seconds, peak RSS in MB, output) of a process."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "HEED_WORKSPACE": folder})
    out = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command}: exit {process.returncode}")
    return time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, out


def main():
    parser = argparse.ArgumentParser(description="heed template audit over a whole list.")
    parser.add_argument("--count", type=int, default=1000000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--template", default=os.path.join(HERE, "follow-up"), help="folder of the template")
    parser.add_argument("--keep", action="store_true", help="leave the store, and take it when it is there")
    parser.add_argument("heed")
    parser.add_argument("folder")
    options = parser.parse_args()
    options.name = os.path.basename(os.path.normpath(options.template))
    options.heed = os.path.abspath(options.heed)
    folder = os.path.join(os.path.abspath(options.folder), f"audit-{options.count}")
    if not (options.keep and os.path.exists(os.path.join(folder, "heed.db"))):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        prepare(options, folder)
    command = [options.heed, "template", "audit", options.name, "--sequence", "bench", "--json"]
    results = []
    for _ in range(options.rounds):
        seconds, cpu, rss, out = timed(command, folder)
        found = json.loads(out)
        if found["prospects"] != options.count:
            raise RuntimeError(f"{found['prospects']} of {options.count} prospects were seen")
        results.append((seconds, cpu, rss))
        print(f"{seconds:6.2f} s, {cpu:6.2f} s CPU, {rss:6.1f} MB, load {os.getloadavg()[0]:.2f}; "
              f"{found['complete']} complete", flush=True)
    seconds, cpu, rss = (round(statistics.median(result[i] for result in results), 2) for i in range(3))
    print(json.dumps({"bench": "audit", "template": options.name, "prospects": options.count,
                      "rounds": options.rounds, "seconds": seconds,
                      "cpu_s": cpu, "rss_mb": rss, "prospects_per_s": round(options.count / seconds)}))
    if not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
