#!/usr/bin/python3
"""Kills a sending `heed run` with SIGKILL, again and again, and then counts: did anybody get a message twice, was
anything lost? Most kills fall at a random instant; a share falls on every crash_point() of the source, through
HEED_CRASH. Usage: crash.py [--seed N] [--report FILE] HEED KILLS

Ends with "crash: N kills, N touches, 0 doubled, 0 lost, N unsure"; exit status 1 when something was doubled or lost, a
store is not clean, or a crash point was never reached. Every unsure touch stands in the report."""
import argparse
import glob
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from crash_judge import judge
from crash_sinks import Sinks, Taken
from processes import free_port

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KILLS_PER_STORE = 100   # then a fresh workspace: small stores keep kills cheap
POINT_SHARE = 5         # one kill of so many falls on a crash point
FIRST_PASSES = 32       # HEED_CRASH=point:k begins with k up to this, less where a point is not passed so often
MISSES = 5              # of a point at its first pass, until it counts as never reached
POINT_PATIENCE_S = 1.0  # for a point to be reached; beyond what a start takes
FEW_DUE, REFILL = 1500, 2500
SHORTEST_S, LONGEST_S = 0.005, 0.300
PATIENCE_S = 120
SHOWN = 40  # sentences of what is wrong
WEDNESDAY_NOON_MS = 1804161600000  # 2027-03-03 12:00 UTC: inside everybody's hours

CONF = """[workspace]
store = heed.db
zone = UTC
region = DE
providers = %(root)s/providers
postal_address = Crash Test, 1 Long Street, Berlin

[http]
listen = 127.0.0.1:%(web)d
public_url = https://heed.crash.test

[sender sam]
through = smtp
channel = email
from = Sam Carter <sam@crash.test>
host = 127.0.0.1
port = %(smtp)d
tls = off
reply_plus = yes
sessions = 4
batch = 10

[sender texts]
through = http
provider = kannel
channel = sms
base_url = http://127.0.0.1:%(http)d
from = +491510000000
username = heed
password_env = CRASH_PASSWORD
secret_env = CRASH_SECRET
sessions = 2
batch = 10
"""
SEQUENCE = """{ "name": "crash", "channels": ["email", "sms"],
  "window": { "days": "daily", "from": "00:00", "to": "24:00", "zone": "prospect" },
  "steps": [ { "id": "one", "wait": "none", "template": "crash" },
             { "id": "two", "wait": "3 days", "template": "crash" } ] }
"""
PARTS = {"email": "---\nsubject: Hello {{ prospect.first_name }}\n---\nHi {{ prospect.first_name }}, how did it go?\n",
         "sms": "Hi {{ prospect.first_name }}, how did it go?\n"}


class Trouble(Exception):
    """The test itself cannot go on."""


def crash_points():
    """Every name in a crash_point("...") of the source."""
    names = set()
    for folder in ("core", "channels"):
        for path in glob.glob(os.path.join(ROOT, folder, "**", "*.c"), recursive=True):
            with open(path, encoding="utf-8") as source:
                names.update(re.findall(r'crash_point\("([^"]+)"\)', source.read()))
    if not names:
        raise Trouble("no crash_point() found in %s/core" % ROOT)
    return sorted(names)


class Workspace:
    """A workspace in a folder of its own whose prospects are all due now."""

    def __init__(self, heed, folder, sinks, port):
        self.heed, self.folder, self.people, self.port = heed, folder, 0, port
        self.log = open(os.path.join(folder, "log"), "w+", encoding="utf-8", errors="replace")
        clock = "%d:%d:1" % (WEDNESDAY_NOON_MS, time.time() * 1000)
        self.env = {**os.environ, "HEED_WORKSPACE": os.path.join(folder, "ws"), "HEED_CLOCK": clock,
                    "CRASH_PASSWORD": "secret", "CRASH_SECRET": "0123456789abcdef0123456789abcdef"}
        self.env.pop("HEED_CRASH", None)
        self.run("init", self.env["HEED_WORKSPACE"])
        self.write("ws/heed.conf", CONF % {"root": ROOT, "web": port, "smtp": sinks.smtp, "http": sinks.http})
        os.chmod(self.path("ws/heed.conf"), 0o600)
        for part, source in PARTS.items():
            self.write("crash/%s.liquid" % part, source)
        self.write("crash.json", SEQUENCE)
        self.run("template", "put", self.path("crash"))
        self.run("sequence", "put", self.path("crash.json"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)

    def ask(self, *words):
        done = subprocess.run([self.heed, *words], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=PATIENCE_S, check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def run(self, *words):
        code, said = self.ask(*words)
        if code != 0:
            raise Trouble("heed %s: exit %d: %s" % (" ".join(words[:2]), code, said.strip()))

    def add_people(self, count):
        """Half of them have only an e-mail address, half only a phone; all are enrolled and due at once."""
        first, self.people = self.people, self.people + count
        addresses = ["p%d@crash.test" % n if n % 2 else "+49151%08d" % (10000000 + n)
                     for n in range(first, self.people)]
        rows = ["%s,P%d" % ("," + address if address[0] == "+" else address + ",", first + n)
                for n, address in enumerate(addresses)]
        self.write("people.csv", "\n".join(["email,mobile,first_name", *rows, ""]))
        self.write("people.txt", "\n".join([*addresses, ""]))
        self.run("import", self.path("people.csv"))
        self.run("enroll", "crash", "--file", self.path("people.txt"))

    def start(self, crash=None):
        env = {**self.env, "HEED_CRASH": crash} if crash else self.env
        return subprocess.Popen([self.heed, "run"], env=env, stdout=self.log, stderr=self.log)

    def finish(self):
        """What is still due, by a run that nobody kills."""
        self.run("run", "--once")

    def close(self):
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def tail(log):
    log.seek(0)
    return "".join(log.readlines()[-5:]).strip()


class Killer:
    """Which kill comes next, and how it is done."""

    def __init__(self, kills):
        points = crash_points()
        self.left, self.sending, self.start_s = kills, 0, 0.0
        self.reach, self.hits = dict.fromkeys(points, FIRST_PASSES), dict.fromkeys(points, 0)
        self.misses = dict.fromkeys(points, 0)
        self.todo = [points[n % len(points)] for n in range(max(kills // POINT_SHARE, len(points)))]

    def learn_start(self, workspace, sinks):
        """How long a start takes until the first message leaves: a slow build gets later instants."""
        began, daemon = time.monotonic(), workspace.start()
        while sinks.taken.total == 0 and daemon.poll() is None and time.monotonic() - began < PATIENCE_S:
            time.sleep(0.001)
        self.start_s = time.monotonic() - began
        daemon.kill()
        daemon.wait()
        if sinks.taken.total == 0:
            raise Trouble("heed run sends nothing: %s" % tail(workspace.log))

    def kill_once(self, workspace, sinks):
        before = sinks.taken.total
        if self.todo and random.random() < len(self.todo) / self.left:
            self.kill_at(self.todo[0], workspace)
        else:
            self.kill_at_random(workspace)
        self.left -= 1
        self.sending += sinks.taken.total > before

    def kill_at_random(self, workspace):
        daemon = workspace.start()
        try:
            daemon.wait(random.uniform(SHORTEST_S, max(LONGEST_S, 4 * self.start_s)))
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()
            return
        raise Trouble("heed run ended by itself with %d: %s" % (daemon.returncode, tail(workspace.log)))

    def kill_at(self, point, workspace):
        """By HEED_CRASH; a point that is not passed so often ends in a kill at an instant all the same."""
        passes = random.randint(1, self.reach[point])
        daemon = workspace.start("%s:%d" % (point, passes))
        try:
            daemon.wait(self.start_s + POINT_PATIENCE_S)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()
            self.reach[point] = max(1, passes // 2)
            self.misses[point] += passes == 1
            if self.misses[point] < MISSES:
                return
        else:
            if daemon.returncode != -signal.SIGKILL:
                raise Trouble("heed run ended by itself with %d: %s" % (daemon.returncode, tail(workspace.log)))
            self.hits[point] += 1
        self.todo.remove(point)


class Tally:
    """The sum over all workspaces."""

    def __init__(self, report):
        self.report, self.kills, self.touches, self.wrong = report, 0, 0, []
        self.doubled = self.lost = self.broken = self.unsure = self.unsure_taken = 0

    def add(self, kills, verdict):
        self.kills += kills
        self.touches += verdict.touches
        self.doubled += len(verdict.doubled)
        self.lost += len(verdict.lost)
        self.broken += len(verdict.broken)
        self.unsure += len(verdict.unsure)
        self.unsure_taken += sum(not line.endswith("not taken") for line in verdict.unsure)
        self.wrong += verdict.doubled + verdict.lost + verdict.broken
        self.report.writelines(line + "\n" for line in verdict.unsure)

    def last_line(self):
        return "crash: %d kills, %d touches, %d doubled, %d lost, %d unsure" % (
            self.kills, self.touches, self.doubled, self.lost, self.unsure)


def one_store(options, killer, sinks, kills):
    """A fresh workspace, so many kills, a clean end, the verdict. Kept when something is wrong."""
    sinks.taken = Taken()
    workspace = Workspace(options.heed, tempfile.mkdtemp(prefix="heed-crash-"), sinks, options.web)
    kept = True
    try:
        workspace.add_people(REFILL)
        if not killer.start_s:
            killer.learn_start(workspace, sinks)
        for _ in range(kills):
            if workspace.people - sinks.taken.total < FEW_DUE:
                workspace.add_people(REFILL)
            killer.kill_once(workspace, sinks)
        workspace.finish()
        verdict = judge(workspace.path("ws/heed.db"), sinks.taken, lambda: workspace.ask("check"))
        kept = bool(verdict.doubled or verdict.lost or verdict.broken)
        return verdict
    finally:
        if kept:
            print("crash: the workspace is kept in %s" % workspace.folder)
        else:
            workspace.close()


def all_stores(options, tally):
    killer = Killer(options.kills)
    began = time.monotonic()
    with Sinks() as sinks:
        while killer.left:
            kills = min(KILLS_PER_STORE, killer.left)
            tally.add(kills, one_store(options, killer, sinks, kills))
            print("%s, %d s" % (tally.last_line()[len("crash: "):], time.monotonic() - began), flush=True)
    print("at crash points: %s" % ", ".join("%s %d" % pair for pair in sorted(killer.hits.items())))
    print("messages were on their way at %d of %d kills; %d of %d unsure touches had been taken: %s" % (
        killer.sending, tally.kills, tally.unsure_taken, tally.unsure, options.report))
    return ["the crash point %s was never reached" % point for point, hits in killer.hits.items() if not hits]


def main():
    parser = argparse.ArgumentParser(description="Kills a sending heed and counts what was doubled or lost.")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--report", default=os.path.join(tempfile.gettempdir(), "heed-crash-unsure.tsv"),
                        help="every unsure touch: id, channel, taken or not")
    parser.add_argument("heed")
    parser.add_argument("kills", type=int)
    options = parser.parse_args()
    options.heed, options.web = os.path.abspath(options.heed), free_port()
    random.seed(options.seed)
    print("crash: seed %d" % options.seed, flush=True)
    with open(options.report, "w", encoding="utf-8") as report:
        tally = Tally(report)
        try:
            tally.wrong += all_stores(options, tally)
        except (Trouble, OSError, subprocess.TimeoutExpired) as trouble:
            tally.wrong.append(str(trouble))
    for sentence in tally.wrong[:SHOWN]:
        print("WRONG: %s" % sentence)
    if len(tally.wrong) > SHOWN:
        print("WRONG: ... and %d more" % (len(tally.wrong) - SHOWN))
    print(tally.last_line())
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
