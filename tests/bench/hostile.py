#!/usr/bin/python3
"""Hostile mails, measured twice: straight into the child that parses (bench_hostile), and through a running daemon with a good
mail behind each. Exit code 1 when a limit is broken. See script/bench hostile."""
import argparse
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import time

CHILD_PEAK_KIB = 256 * 1024
CHILD_MS = 10_000
PARENT_KIB = 16 * 1024
NEXT_MS = 1000
PATIENCE_S = 30
GOOD = b"From: Ana <ana@x.example>\r\nMessage-ID: <%d@x.example>\r\nSubject: Re: Hello\r\n\r\nYes, please: %d.\r\n"


class Daemon:
    """`heed run` on an empty workspace; mails come by `heed mail-in`."""

    def __init__(self, heed, folder):
        shutil.rmtree(folder, ignore_errors=True)
        self.heed, self.folder, self.goods = heed, folder, 0
        subprocess.run([heed, "init", folder], check=True, stdout=subprocess.DEVNULL)
        self.log = open(folder / "daemon.log", "wb")
        self.process = subprocess.Popen([heed, "run", "--workspace", folder], stderr=self.log)
        self.store = None

    def peak_kib(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
        raise RuntimeError("the daemon is gone")

    def take(self, mail):
        subprocess.run([self.heed, "mail-in", "--workspace", self.folder], input=mail, check=True)

    def take_good(self):
        self.goods += 1
        self.take(GOOD % (self.goods, self.goods))

    def rows(self):
        if not self.store:
            self.store = sqlite3.connect(f"file:{self.folder}/heed.db?mode=ro", uri=True)
        return self.store.execute(
            "SELECT state, coalesce(note, ''), length(raw) + coalesce((SELECT sum(length(bytes)) FROM inbound_rest r "
            "WHERE r.slot = i.slot AND r.id = i.id), 0) FROM inbound i ORDER BY at, id").fetchall()

    def wait(self, count):
        """Until `count` mails were heard: their rows."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and self.process.poll() is None:
            rows = self.rows()
            if len(rows) >= count and all(state not in ("new", "waiting") for state, _, _ in rows):
                return rows
            time.sleep(0.005)
        raise SystemExit(f"hostile: not heard within {PATIENCE_S} s; see {self.folder}/daemon.log")

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()


def through_child(bench, name):
    out = subprocess.run([bench, "--child", name], check=True, capture_output=True, text=True).stdout
    row = json.loads(out)
    row["broken"] = [what for what, broken in (
        ("child memory", row["child_peak_kib"] >= CHILD_PEAK_KIB), ("time", row["ms"] >= CHILD_MS),
        ("parent memory", row["parent_growth_kib"] >= PARENT_KIB),
        ("the next mail", row["next"] != "read" or row["next_ms"] >= NEXT_MS)) if broken]
    return row


def through_daemon(daemon, bench, name, peak):
    """The hostile mail and a good one right behind it. The time counts from when the good one was stored."""
    mail = subprocess.run([bench, "--print", name], check=True, capture_output=True).stdout
    before = len(daemon.rows())
    daemon.take(mail)
    daemon.take_good()
    start = time.monotonic()
    rows = daemon.wait(before + 2)[before:]
    ms = int((time.monotonic() - start) * 1000)
    growth = daemon.peak_kib() - peak
    kept = any(size == len(mail) for _, _, size in rows)
    hostile = next((row for row in rows if row[2] == len(mail)), ("lost", "", 0))
    broken = [what for what, is_broken in (
        ("kept", not kept), ("the next mail", ms >= NEXT_MS or sum(state == "done" for state, _, _ in rows) < 1),
        ("parent memory", growth >= PARENT_KIB)) if is_broken]
    return {"daemon": f"{hostile[0]} {hostile[1]}".strip(), "daemon_next_ms": ms, "daemon_growth_kib": growth, "broken": broken}


def main():
    parser = argparse.ArgumentParser(prog="script/bench hostile")
    parser.add_argument("word", nargs="?", default="", help="only mails with it in their names")
    parser.add_argument("heed")
    parser.add_argument("bench")
    parser.add_argument("work", type=pathlib.Path)
    arguments = parser.parse_args()
    work = arguments.work.resolve()
    work.parent.mkdir(parents=True, exist_ok=True)
    heed, bench = os.path.realpath(arguments.heed), os.path.realpath(arguments.bench)
    names = subprocess.run([bench, "--list"], check=True, capture_output=True, text=True).stdout.splitlines()
    daemon, results = Daemon(heed, work), []
    try:
        daemon.take_good()
        daemon.wait(1)
        peak = daemon.peak_kib()
        print(f"{'mail':36} {'MB':>4}  {'child: ms':>9} {'MiB':>4} {'next ms':>7}  {'daemon: next ms':>15} {'grown KiB':>9}  outcome")
        for name in (name for name in names if arguments.word in name):
            row = through_child(bench, name)
            more = through_daemon(daemon, bench, name, peak)
            row.update(more, broken=row["broken"] + more["broken"])
            results.append(row)
            print(f"{name:36} {row['bytes'] / 1e6:4.0f}  {row['ms']:9} {row['child_peak_kib'] // 1024:4} {row['next_ms']:7}  "
                  f"{row['daemon_next_ms']:15} {row['daemon_growth_kib']:9}  {row['outcome']} | {row['daemon']}"
                  f"{'  BROKEN: ' + ', '.join(row['broken']) if row['broken'] else ''}", flush=True)
    finally:
        daemon.stop()
    broken = [row["name"] for row in results if row["broken"]]
    print(json.dumps({"mails": len(results), "broken": broken,
                      "child_peak_mib": max(row["child_peak_kib"] for row in results) // 1024,
                      "child_ms": max(row["ms"] for row in results),
                      "next_ms": max(max(row["next_ms"], row["daemon_next_ms"]) for row in results),
                      "parent_growth_kib": max(max(row["daemon_growth_kib"], row["parent_growth_kib"]) for row in results)}))
    return 1 if broken else 0


sys.exit(main())
