#!/usr/bin/python3
"""The simulated people: the CSV, what the prospects do at high speed, the ledger's judgement, the salesperson."""
import csv
import email
import email.policy
import io
import stat
import time
import unittest
from collections import Counter
from pathlib import Path

from clock import DAY, HOUR, Clock, in_hours, iso, local
from crowd import addresses_of
from fixture import MONDAY_NOON, Running
from ledger import Ledger
from prospects import BAD_ROWS, HEADERS, KINDS, make_people, write_csv
from salesperson import CALLS_A_DAY, Salesperson

FAST = 5_000_000


def mail_to(address, number):
    return (f"From: Sam Carter <sam@sandbox.example>\r\nTo: {address}\r\nSubject: The offer\r\n"
            f"Message-ID: <t{number}@sandbox.example>\r\nReply-To: sam+r{number}@sandbox.example\r\n"
            f"List-Unsubscribe: <https://heed.sandbox.example/u/{number}>\r\n"
            f"Date: Mon, 01 Mar 2027 12:00:00 +0000\r\n\r\nHello, about the offer.\r\n").encode()


class TheClock(unittest.TestCase):
    def test_runs_at_its_speed_and_stands_still_at_zero(self):
        clock = Clock(f"{MONDAY_NOON}:{int(time.time() * 1000) - 1000}:60480")
        self.assertAlmostEqual(MONDAY_NOON + 60_480_000, clock.now(), delta=60_480 * 200)
        self.assertAlmostEqual(1.0, clock.wait_s(60_480_000))
        self.assertEqual((5, 0.0), (Clock("5:0:0").now(), Clock("5:0:0").wait_s(DAY)))

    def test_finds_hours_of_the_day_through_a_clock_change(self):
        rows = [("Europe/Berlin", "2027-03-28T00:30:00Z", "2027-03-28T06:00:00Z"),    # the night that lacks an hour
                ("Europe/Berlin", "2027-03-01T12:00:00Z", "2027-03-01T12:00:00Z"),
                ("Asia/Tokyo", "2027-03-01T12:30:00Z", "2027-03-01T23:00:00Z")]
        for zone, at, wanted in rows:
            ms = next(m for m in range(MONDAY_NOON - DAY, MONDAY_NOON + 40 * DAY, 600_000) if iso(m) == at)
            self.assertEqual(wanted, iso(in_hours(ms, zone, 8, 21)))


class TheCsv(unittest.TestCase):
    def setUp(self):
        self.people, out = make_people(7, 200), io.StringIO()
        write_csv(self.people, out)
        self.text = out.getvalue()
        self.rows = list(csv.DictReader(io.StringIO(self.text)))

    def test_is_the_same_for_the_same_seed_only(self):
        for seed, same in ((7, True), (8, False)):
            out = io.StringIO()
            write_csv(make_people(seed, 200), out)
            self.assertEqual(same, out.getvalue() == self.text)

    def test_has_200_people_3_bad_rows_and_2_duplicates(self):
        self.assertEqual(205, len(self.rows))
        self.assertEqual(HEADERS, list(self.rows[0]))
        self.assertEqual(3, sum(list(row.values()) in BAD_ROWS for row in self.rows))
        self.assertEqual({person.name for person in self.people},
                         {f"{row['First name']} {row['Last name']}" for row in self.rows[:-2]
                          if list(row.values()) not in BAD_ROWS})
        for row in self.rows[-2:]:
            twins = [other for other in self.rows[:-2] if other["Last name"] == row["Last name"]
                     and other["First name"] == row["First name"]]
            self.assertEqual(1, len(twins))

    def test_reaches_everybody_somewhere_and_covers_many_zones(self):
        reach = [addresses_of(person) for person in self.people]
        self.assertTrue(all(reach))
        flat = [pair for pairs in reach for pair in pairs]
        self.assertEqual(len(flat), len(set(flat)))
        self.assertGreaterEqual(len({person.zone for person in self.people}), 8)
        self.assertTrue(any(not person.email for person in self.people))
        self.assertEqual(200, len({person.name for person in self.people}))

    def test_gives_every_kind_its_share_and_its_addresses(self):
        kinds = Counter(person.kind for person in self.people)
        self.assertEqual({name: share for name, share, _ in KINDS}, dict(kinds))
        for name, _, needs in KINDS:
            for person in (person for person in self.people if person.kind == name):
                self.assertTrue(all(getattr(person, need) for need in needs.split()), (name, person))


class TheLedger(unittest.TestCase):
    def arrive(self, ledger, key="k", zone="UTC", at=MONDAY_NOON, late_s=0.0):
        ledger.arrived("sms", "+1", key, zone, (at, time.monotonic() + late_s))

    def kinds(self, ledger):
        return [breach["kind"] for breach in ledger.breaches]

    def test_notes_the_same_message_twice(self):
        ledger = Ledger(Clock(f"{MONDAY_NOON}:0:0"))
        self.arrive(ledger, "a")
        self.arrive(ledger, "b")
        self.assertEqual([], self.kinds(ledger))
        self.arrive(ledger, "a", at=MONDAY_NOON + HOUR)
        self.arrive(ledger, "b", at=MONDAY_NOON)          # even in the same millisecond
        self.assertEqual(["twice", "twice"], self.kinds(ledger))

    def test_notes_what_comes_after_an_opt_out_but_not_what_had_begun(self):
        rows = [(1, -1.0, []), (1, 59.0, []), (1, 61.0, ["after_opt_out"]),
                (60480, 0.010, []), (60480, 0.300, ["after_opt_out"])]
        for speed, late_s, wanted in rows:
            ledger = Ledger(Clock(f"{MONDAY_NOON}:0:{speed}"))
            ledger.opted_out("STOP", [("sms", "+1")])
            self.arrive(ledger, late_s=late_s)
            self.assertEqual(wanted, self.kinds(ledger), (speed, late_s))

    def test_notes_what_comes_at_night_where_the_person_lives(self):
        rows = [("UTC", []), ("Asia/Tokyo", []), ("Pacific/Auckland", ["night"]), ("America/Los_Angeles", ["night"]),
                ("America/New_York", [])]               # 12:00 UTC: 21:00, 01:00, 04:00 and 07:00
        for zone, wanted in rows:
            ledger = Ledger(Clock(f"{MONDAY_NOON}:0:0"))
            self.arrive(ledger, zone=zone)
            self.assertEqual(wanted, self.kinds(ledger), zone)


class TheCrowd(unittest.TestCase):
    """Everybody gets six touches, one after another, on the channels they have."""

    @classmethod
    def setUpClass(cls):
        cls.run_ = Running(speed=FAST)
        run = cls.run_.__enter__()
        cls.touches = Counter()
        for number in range(6):
            run.call(cls.touch_all, run, number)
            time.sleep(0.4)                              # about 23 days
        cls.settled = run.until(lambda: not run.sandbox.crowd._tasks, 20)
        cls.mails = [email.message_from_bytes(mail.raw, policy=email.policy.default) for mail in run.mailbox.mails]
        cls.texts = [body for path, _, body in run.receiver.posts if path == "/webhook/texts"]

    @classmethod
    def tearDownClass(cls):
        cls.run_.__exit__()

    @classmethod
    def touch_all(cls, run, number):
        for person in run.people:
            began = (run.clock.now(), time.monotonic())
            if person.email and person.kind != "refused" and number != 3:
                raw = mail_to(person.email, f"{person.index}-{number}")
                run.sandbox.take_mail("sam@sandbox.example", person.email, raw, began)
            elif person.phone:
                run.sandbox.take_text(person.phone, f"touch {number}", began)

    def from_(self, kind):
        people = [person for person in self.run_.people if person.kind == kind]
        addresses = {address for person in people for address in person.emails()}
        return people, [mail for mail in self.mails if mail["From"].addresses[0].addr_spec in addresses]

    def test_ends(self):
        self.assertTrue(self.settled)
        self.assertFalse([note for note in self.run_.ledger.notes if note.startswith("failed")], self.run_.ledger.notes)

    def test_answers_by_mail_with_and_without_the_thread(self):
        people, mails = self.from_("mail")
        self.assertGreaterEqual(len(mails), len(people))
        threaded = [mail for mail in mails if mail["In-Reply-To"]]
        self.assertTrue(0 < len(threaded) < len(mails))
        for mail in threaded:
            self.assertIn(mail["In-Reply-To"].strip(), mail["References"])
        self.assertTrue(all(mail["To"].startswith("sam+r") for mail in mails))
        kinds = Counter(mail.get_content_type() for mail in mails)
        self.assertEqual({"text/plain", "multipart/alternative"}, set(kinds))
        quoting = [mail for mail in mails if "about the offer." in mail.get_body(("plain",)).get_content()]
        self.assertTrue(0 < len(quoting) < len(mails))

    def test_writes_from_second_addresses_and_for_colleagues(self):
        people, mails = self.from_("mail_second")
        self.assertEqual({person.second_email for person in people},
                         {mail["From"].addresses[0].addr_spec for mail in mails})
        people, mails = self.from_("colleague")
        self.assertEqual({person.colleague_email for person in people},
                         {mail["From"].addresses[0].addr_spec for mail in mails})

    def test_moves_to_sms_and_telegram(self):
        numbers = {person.phone.strip("+") for person in self.run_.people if person.kind == "text_instead"}
        heard = {number for number in numbers if any(f"From=%2B{number}&".encode() in body for body in self.texts)}
        self.assertEqual(numbers, heard)
        self.assertGreaterEqual(self.run_.ledger.sent["reply_telegram"], 8)
        self.assertFalse(self.from_("text_instead")[1] + self.from_("telegram_instead")[1])

    def test_sends_absence_notices_that_are_marked_and_dated(self):
        people, mails = self.from_("out_of_office")
        notices = [mail for mail in mails if mail["Auto-Submitted"]]
        self.assertGreaterEqual(len(notices), len(people))
        self.assertTrue(all(any(part in mail.get_content() for part in ("2027", "mars")) for mail in notices))
        self.assertLess(len(notices), len(mails))        # some answer after they are back

    def test_opts_out_in_every_way_and_is_silent_afterwards(self):
        sent = self.run_.ledger.sent
        self.assertEqual((5, 4, 5), (sent["stop_sms"], sent["one_click"], sent["unsubscribe_mail"]))
        clicks = [(path, body) for path, _, body in self.run_.receiver.posts if path.startswith("/u/")]
        self.assertEqual({b"List-Unsubscribe=One-Click"}, {body for _, body in clicks})
        for kind in ("stop", "one_click", "unsubscribe_mail", "remove_me"):
            moods = [mood for mood in self.run_.sandbox.crowd.moods if mood.person.kind == kind]
            self.assertTrue(all(mood.gone and mood.answered <= 1 for mood in moods), kind)

    def test_closes_mail_opt_outs_once_the_reader_is_behind_them(self):
        person = self.run_.person("unsubscribe_mail")
        self.assertFalse(self.run_.ledger.is_closed("email", person.email))
        self.run_.call(self.run_.mailbox.seen_up_to, self.run_.mailbox.last_uid)
        self.assertTrue(self.run_.ledger.is_closed("email", person.email))
        person = self.run_.person("remove_me")
        self.assertTrue(all(self.run_.ledger.is_closed(*pair) for pair in addresses_of(person)))

    def test_bounces_and_keeps_most_people_silent(self):
        self.assertEqual(4, len({mail["Subject"] + mail["From"] for mail in self.mails
                                 if mail.get_content_type() == "multipart/report"}))
        silent = [mood for mood in self.run_.sandbox.crowd.moods if not mood.answered]
        self.assertGreater(len(silent), 80)


class TheirDay(unittest.TestCase):
    def test_answers_come_in_the_day_time_of_the_writer(self):
        run = self.enterContext(Running())
        crowd, waits = run.sandbox.crowd, []
        crowd.later = lambda business_ms, _action: waits.append(business_ms)
        for mood in crowd.moods:
            for _ in range(5):
                crowd.when_awake(mood, crowd.think(mood), None)
                hour = local(MONDAY_NOON + waits[-1], mood.person.zone).hour
                self.assertTrue(8 <= hour < 21, (mood.person.zone, hour))
        self.assertTrue(min(waits) >= HOUR // 5 and max(waits) < 6 * DAY)


class TheSalesperson(unittest.TestCase):
    def setUp(self):
        self.run_ = self.enterContext(Running())
        self.folder = Path(self.run_.folder.name)
        self.log = self.folder / "calls"
        heed = self.folder / "heed"
        heed.write_text(f'#!/bin/sh\necho "$*" >>{self.log}\n[ "$*" != "inbox --json" ] || cat {self.folder}/inbox\n'
                        f'case "$2" in pr_gone) echo "heed: opted out" >&2; exit 77 ;; esac\n')
        heed.chmod(heed.stat().st_mode | stat.S_IXUSR)
        self.sam = Salesperson(str(heed), {"PATH": "/bin:/usr/bin"}, self.run_.clock, self.run_.sandbox.crowd,
                               self.run_.ledger)

    def inbox(self, text):
        (self.folder / "inbox").write_text(text)
        self.run_.wait(self.sam.look())
        return self.log.read_text().splitlines()

    def entry(self, number, kind, name, prospect="pr_1"):
        return f'{{"id":"in_{number}","kind":"{kind}","prospect":"{prospect}","name":"{name}","channel":"sms"}}'

    def person(self, awake):
        return next(person for person in self.run_.people
                    if (8 <= local(MONDAY_NOON, person.zone).hour < 16) == awake)

    def test_answers_replies_once_and_settles_the_rest(self):
        name = self.person(True).name
        text = ",".join([self.entry(1, "reply", name), self.entry(2, "task", name), self.entry(3, "held", name),
                         self.entry(4, "reply", name, "pr_gone"), self.entry(5, "unsure", name)])
        calls = self.inbox(f"[{text}]")
        self.assertEqual("inbox --json", calls[0])
        self.assertRegex(calls[1], r"^reply pr_1 .*1 March at 12:00")
        self.assertRegex(calls[2], r"^inbox done in_2 --outcome (connected|no_answer)$")
        self.assertEqual("inbox done in_3", calls[3])
        self.assertEqual("inbox done in_4", calls[5])    # refused: settled by hand
        self.assertEqual(6, len(calls))                  # the unsure one is left to a person with eyes
        self.assertEqual("inbox done in_1", self.inbox(f"[{self.entry(1, 'reply', name)}]")[-1])

    def test_waits_for_the_day_of_the_prospect(self):
        self.assertEqual(["inbox --json"], self.inbox(f"[{self.entry(1, 'reply', self.person(False).name)}]"))

    def test_makes_a_fixed_number_of_calls_a_day(self):
        name = self.person(True).name
        calls = self.inbox("[" + ",".join(self.entry(number, "task", name) for number in range(100)) + "]")
        self.assertEqual(CALLS_A_DAY, len(calls))


if __name__ == "__main__":
    unittest.main()
