#!/usr/bin/python3
"""Everything the sandbox and the demo read from heed's command line, in one place; the workspace and the clock come
from the environment. Usage: heed_cli.py HEED summary COUNTS.json | switches | why"""
import json
import subprocess
import sys

PATIENCE_S = 30
SHOWN_SWITCHES = 25


class HeedError(Exception):
    pass


def run(heed, *words, fine=(0,)):
    done = subprocess.run([heed, *words], capture_output=True, timeout=PATIENCE_S, check=False)
    if done.returncode not in fine:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise HeedError(f"heed {words[0]}: exit {done.returncode}: {said[-1] if said else 'no word'}")
    return done.stdout.decode("utf-8", "replace")


def status(heed):
    """{"prospects": N, "touches": N, "replies": N, "switches": N, "unsure": N}"""
    return json.loads(run(heed, "status", "--json"))


def broken(heed):
    """The broken invariants."""
    return json.loads(run(heed, "check", "--json", fine=(0, 1)))["broken"]


def inbox_of(text):
    """[{"id", "kind": reply | task | held | unsure, "prospect", "name", "channel", "text", "at"}]"""
    value = json.loads(text or "[]")
    return value if isinstance(value, list) else value.get("entries", [])


INBOX = ("inbox", "--json")


def words_reply(entry, text):
    return ("reply", entry["prospect"], text)


def words_done(entry, outcome=None):
    return ("inbox", "done", entry["id"], *(("--outcome", outcome) if outcome else ()))


def lines(heed, what):
    return [json.loads(line) for line in run(heed, "export", what).splitlines() if line.strip()]


def field(row, *names):
    return next((str(row[name]) for name in names if row.get(name) not in (None, "")), "")


def show_switches(heed):
    rows = lines(heed, "switches")
    for row in rows[:SHOWN_SWITCHES]:
        who = field(row, "name", "prospect", "prospect_id")
        undone = " (undone)" if field(row, "undone_by", "undone_at") else ""
        print(f"  {who:28.28} {field(row, 'from', 'from_channel') or '-':>8} -> {field(row, 'to', 'to_channel'):8} "
              f" {field(row, 'reason', 'why')}{undone}")
    if len(rows) > SHOWN_SWITCHES:
        print(f"  ... and {len(rows) - SHOWN_SWITCHES} more: heed export switches")


def show_why(heed):
    """heed why of the first step that followed a switch; of any touch when nobody switched."""
    touches = lines(heed, "touches")
    switched = {field(row, "prospect", "prospect_id"): row for row in lines(heed, "switches")}

    def followed(touch):
        row = switched.get(field(touch, "prospect", "prospect_id"), {})
        after = field(touch, "at", "sent_at", "due") > field(row, "at", "created_at")
        return after and field(touch, "step_id") and field(touch, "channel") == field(row, "to", "to_channel")
    chosen = next((touch for touch in touches if followed(touch)), touches[-1] if touches else None)
    if chosen:
        touch = field(chosen, "id", "touch")
        print(f"$ heed why {touch}")
        print(run(heed, "why", touch), end="")


def summary(heed, counts_file):
    """The last line of the demo; exit status 0 only when nothing is broken and the sandbox saw no breach."""
    with open(counts_file, encoding="utf-8") as file:
        breaches = sum(json.load(file)["breaches"].values())
    now, bad = status(heed), broken(heed)
    if breaches:
        print(f"demo: the sandbox saw {breaches} breaches of its promises")
    print(f"demo: {now['prospects']} prospects, {now['touches']} touches, {now['replies']} replies, "
          f"{now['switches']} switches, {now['unsure']} unsure, {len(bad)} broken")
    return 1 if bad or breaches else 0


def main():
    heed, what = sys.argv[1], sys.argv[2]
    try:
        if what == "summary":
            return summary(heed, sys.argv[3])
        {"switches": show_switches, "why": show_why}[what](heed)
        return 0
    except (HeedError, ValueError, KeyError, OSError, subprocess.TimeoutExpired) as error:
        print(f"demo: cannot read {what}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
