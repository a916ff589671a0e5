#!/usr/bin/python3
"""How fast, at what cost: so many due follow-ups of 1 KB text to Postfix's smtp-sink, by heed and by the stack a user
would write (peers/sqlite_nodemailer.js), in turns, so that both meet the same machine. Start-up counts, preparation
does not.
Usage: touches.py [--count N] [--rounds N] [--peer each|batch] HEED MODULES FOLDER   (script/bench does it)

Ends with one line of JSON: the median of each engine, and heed's ratios to the peer."""
import argparse
import csv
import json
import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SINK = "/usr/sbin/smtp-sink"
LOOPBACK = "127.0.0.1"
CONNECTIONS = 16
PATIENCE_S = 300
SINK_CONNECTIONS = 400

CONF = """[workspace]
zone = Europe/Berlin
postal_address = Example Outreach, 1 Long Street, Berlin

[http]
public_url = https://example.test

[sender sam]
through = smtp
channel = email
from = Sam Carter <sam@example.test>
host = 127.0.0.1
port = %d
tls = off
reply_plus = yes
sessions = %d
batch = 50
"""
SEQUENCE = {"name": "bench", "channels": ["email", "sms", "call"],
            "window": {"days": "daily", "from": "00:00", "to": "24:00", "zone": "prospect"},
            "steps": [{"id": name, "wait": wait, "template": "follow-up"}
                      for name, wait in (("one", "none"), ("two", "3 business days"), ("three", "3 business days"))]}
FIRST = ("Ana", "Bo", "Chen", "Dana", "Eli", "Fatou", "Goran", "Hana", "Ivo", "Joy")
COMPANY = ("Northwind", "Acme Tools", "Blue Harbor", "Kestrel Labs", "Orchard & Sons", "Pallas", "Quill")
TITLE = ("CTO", "Head of Support", "Owner", "Ops lead", "")


def free_port():
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def write_prospects(path, count):
    with open(path, "w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["email", "first_name", "company", "title", "city", "topic"])
        rows.writerows([f"p{i}@sink{i % 500}.test", FIRST[i % 10], f"{COMPANY[i % 7]} {i % 977}", TITLE[i % 5],
                        f"City{i % 311}", f"topic-{i % 37}"] for i in range(count))


class Sink:
    """Postfix's smtp-sink: takes every mail and forgets it."""

    def __init__(self, port):
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen([SINK, *user, "-m", str(SINK_CONNECTIONS), f"{LOOPBACK}:{port}", "200"])
        self.port = port

    def __enter__(self):
        for _ in range(200):
            try:
                socket.create_connection((LOOPBACK, self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"{SINK} does not listen")

    def __exit__(self, *_error):
        self.process.kill()
        self.process.wait()
        return False


class Heed:
    name = "heed"

    def __init__(self, options, csv_path):
        self.program, self.count, self.port = options.heed, options.count, options.port
        self.ready, self.folder = os.path.join(options.folder, "heed-ready"), os.path.join(options.folder, "heed")
        self.run("init", self.ready)
        with open(os.path.join(self.ready, "heed.conf"), "w", encoding="utf-8") as out:
            out.write(CONF % (self.port, CONNECTIONS))
        with open(os.path.join(options.folder, "bench.json"), "w", encoding="utf-8") as out:
            json.dump(SEQUENCE, out)
        self.run("template", "put", os.path.join(HERE, "follow-up"))
        self.run("sequence", "put", out.name)
        self.run("import", csv_path)
        self.run("enroll", "bench", "--all")

    def run(self, *words, folder=None):
        subprocess.run([self.program, *words], env={**os.environ, "HEED_WORKSPACE": folder or self.ready}, check=True,
                       stdout=subprocess.DEVNULL, timeout=PATIENCE_S)

    def prepare(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.ready, self.folder)

    def command(self):
        return [self.program, "run", "--once", "--workspace", self.folder]

    def recorded(self):
        self.run("check", folder=self.folder)
        return count_rows(os.path.join(self.folder, "heed.db"),
                          "SELECT count(*) FROM touch WHERE state = 'sent' AND provider_id <> ''")


class Nodemailer:
    def __init__(self, options, csv_path):
        self.name, self.mode = "nodemailer+better-sqlite3", options.peer
        self.csv_path, self.port = csv_path, options.port
        self.store = os.path.join(options.folder, "peer.db")
        self.script = os.path.join(HERE, "peers/sqlite_nodemailer.js")
        os.environ["NODE_PATH"] = options.modules

    def prepare(self):
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(self.store + suffix):
                os.remove(self.store + suffix)
        subprocess.run(["node", self.script, "prepare", self.store, self.csv_path], check=True, timeout=PATIENCE_S)

    def command(self):
        template = os.path.join(HERE, "follow-up/email.liquid")
        return ["node", self.script, "run", self.store, template, str(self.port), str(CONNECTIONS), self.mode]

    def recorded(self):
        return count_rows(self.store, "SELECT count(*) FROM touch WHERE outcome = 250")


def count_rows(store, sql):
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        return db.execute(sql).fetchone()[0]
    finally:
        db.close()


def timed(command):
    """(seconds, CPU seconds, peak RSS in MB) of a process and the children it waited for. The peak includes what this
    process had when it forked: it stays small for that."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]}: exit {process.returncode}")
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def one_run(engine, options):
    engine.prepare()
    os.sync()
    with Sink(options.port):
        seconds, cpu, rss = timed(engine.command())
    recorded = engine.recorded()
    if recorded != options.count:
        raise RuntimeError(f"{engine.name} recorded {recorded} of {options.count} touches")
    result = {"touches_per_s": round(options.count / seconds, 1), "cpu_us": round(cpu * 1e6 / options.count, 1),
              "rss_mb": round(rss, 1)}
    print(f"{engine.name:26} {result['touches_per_s']:9.1f} touches/s {result['cpu_us']:8.1f} us CPU a touch "
          f"{result['rss_mb']:6.1f} MB   load {os.getloadavg()[0]:.2f}", flush=True)
    return result


def median_of(results):
    return {key: round(statistics.median(result[key] for result in results), 1) for key in results[0]}


def main():
    parser = argparse.ArgumentParser(description="heed beside nodemailer and better-sqlite3.")
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", choices=("each", "batch"), default="each",
                        help="the peer commits every outcome by itself, or those of a claimed batch together")
    parser.add_argument("heed")
    parser.add_argument("modules")
    parser.add_argument("folder")
    options = parser.parse_args()
    options.port = free_port()
    shutil.rmtree(options.folder, ignore_errors=True)
    os.makedirs(options.folder)
    csv_path = os.path.join(options.folder, "prospects.csv")
    write_prospects(csv_path, options.count)
    engines = [Heed(options, csv_path), Nodemailer(options, csv_path)]
    results = {engine.name: [] for engine in engines}
    for _ in range(options.rounds):
        for engine in engines:
            results[engine.name].append(one_run(engine, options))
    ours, peer = (median_of(results[engine.name]) for engine in engines)
    print(json.dumps({"bench": "touches", "count": options.count, "rounds": options.rounds,
                      "peer_commits": options.peer, engines[0].name: ours, engines[1].name: peer,
                      "ratio": {key: round(ours[key] / peer[key], 3) for key in ours}}))
    shutil.rmtree(options.folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
