"""What the store says against what the sinks took, once everything due is done and no daemon runs."""
import collections
import os
import sqlite3

Verdict = collections.namedtuple("Verdict", "touches doubled lost unsure broken")  # lists of sentences; touches a count

# A touch that is none of these was neither sent nor is it known to be in doubt.
SENT = ("sent", "delivered", "read")


def _rows(store, sql):
    db = sqlite3.connect("file:%s?mode=ro" % store, uri=True)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def _doubled(taken):
    once_too_often = ["touch %d was taken %d times" % pair for pair in taken.touches.items() if pair[1] > 1]
    same_person = ["%s got %d messages for one due step" % pair for pair in taken.people.items() if pair[1] > 1]
    return once_too_often + same_person


def _lost(store, touches, taken):
    unmade = _rows(store, "SELECT e.id FROM enrollment e WHERE NOT EXISTS (SELECT 1 FROM touch t WHERE t.slot = e.slot "
                          "AND t.enrollment_id = e.id AND t.step = 0 AND t.state <> 'cancelled')")
    known = {row[0] for row in touches}
    sentences = ["enrollment %d was due and has no touch" % row for row in unmade]
    sentences += ["touch %d (%s) is %s, yet nobody took it" % (number, channel, state)
                  for number, channel, state in touches if state in SENT and not taken.touches[number]]
    sentences += ["touch %d (%s) stayed %s" % (number, channel, state)
                  for number, channel, state in touches if state not in SENT and state != "unsure"]
    sentences += ["touch %d was taken, yet the store has never heard of it" % number
                  for number in taken.touches if number not in known]
    return sentences + ["a message without a reference was taken"] * taken.nameless


def _unsure(touches, taken):
    return ["%d\t%s\t%s" % (number, channel, "taken" if taken.touches[number] else "not taken")
            for number, channel, state in touches if state == "unsure"]


def _broken(store, check):
    found = [row[0] for row in _rows(store, "PRAGMA integrity_check") if row[0] != "ok"]
    code, said = check()
    if code != 0:
        found += ["heed check: exit %d" % code] + said.splitlines()
    return found


def judge(store, taken, check):
    """check: runs `heed check` and returns (exit code, what it said)."""
    if not os.path.exists(store):
        return Verdict(0, [], [], [], ["there is no store at %s" % store])
    touches = _rows(store, "SELECT id, channel, state FROM touch")
    return Verdict(len(touches), _doubled(taken), _lost(store, touches, taken), _unsure(touches, taken),
                   _broken(store, check))
