#!/usr/bin/python3
"""Shows a run of the demo until its end: one line that refreshes on a terminal, else a line every few seconds.
Usage: progress.py HEED CLOCK END_MS WEB_PORT DAEMON_PID. Exit 1 when the daemon ended before its time."""
import json
import subprocess
import sys
import time
import urllib.request

import heed_cli
from clock import DAY, Clock, local

LINE_S, TERMINAL_S, STATUS_S = 5.0, 0.3, 2.0


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def counts(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/counts", timeout=5) as response:
        return json.loads(response.read())


def line(clock, seen, status):
    now = clock.now()
    got = "  ".join(f"{channel} {seen['received'].get(channel, 0)}" for channel in ("email", "sms", "telegram"))
    bad = sum(seen["breaches"].values())
    return (f"day {(now - clock.start_ms) // DAY + 1:2}  {local(now, 'UTC'):%a %d %b}   {got}   "
            f"replies {seen['human_replies']}  switches {status.get('switches', '?')}  opted out {seen['opted_out']}"
            + (f"  BREACHES {bad}" if bad else ""))


def watch(heed, clock, end_ms, port, pid):
    terminal, status, asked = sys.stdout.isatty(), {}, 0.0
    while clock.now() < end_ms:
        if not alive(pid):
            return 1
        if time.monotonic() - asked > STATUS_S:
            asked = time.monotonic()
            try:
                status = heed_cli.status(heed)
            except (heed_cli.HeedError, ValueError, subprocess.TimeoutExpired):
                pass                     # busy: the next look will do
        print(("\r\033[K" if terminal else "") + line(clock, counts(port), status), end="" if terminal else "\n",
              flush=True)
        time.sleep(min(TERMINAL_S if terminal else LINE_S, clock.wait_s(end_ms - clock.now())))
    print(("\r\033[K" if terminal else "") + line(clock, counts(port), status))
    return 0


def main():
    heed, clock, end_ms, port, pid = sys.argv[1], Clock(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5]
    return watch(heed, clock, end_ms, port, pid)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, ValueError) as error:
        print(f"\nprogress: {error}", file=sys.stderr)
        sys.exit(1)
