#!/usr/bin/python3
"""The story of heed on real servers: a hundred people get mails through Postfix into Dovecot and texts through Kannel;
they answer on both, the sequence follows them, and the daemon is killed at work. Business time moves in stages: each
chapter puts the clock to its day. The chapters build on one another and run in order."""
import email
import email.policy
import os
import sys
import unittest
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import servers  # noqa: E402
from processes import Missing, wait_until  # noqa: E402
from story_heed import SECRETS, Heed  # noqa: E402
from story_people import COUNT, FAILING, SAM, TEXTED, People, unsubscribe_links  # noqa: E402
from story_truth import LEFT, Truth, taken_by_postfix  # noqa: E402

FOLLOW_UP = """
{ "name": "follow-up", "follow": "auto", "channels": ["email", "sms", "call"], "resume_after": "2 business days",
  "steps": [
    { "id": "recap", "template": "recap" },
    { "id": "value", "wait": "3 business days", "template": "value" },
    { "id": "progress", "wait": "3 business days", "template": "progress" },
    { "id": "voice", "wait": "3 business days", "channel": "call", "template": "concern" },
    { "id": "last", "wait": "4 business days", "template": "last-note" } ] }
"""
TEXT_FIRST = """
{ "name": "text-first", "follow": "auto", "channels": ["sms", "email"], "resume_after": "2 business days",
  "steps": [
    { "id": "hello", "template": "recap" },
    { "id": "value", "wait": "3 business days", "template": "value" },
    { "id": "last", "wait": "6 business days", "template": "last-note" } ] }
"""
TEMPLATES = ("recap", "value", "progress", "concern", "last-note")


class Story(unittest.TestCase):
    broken = False
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.context = servers.Servers()
        around = cls.context.__enter__()
        try:
            cls.heed = Heed(around.processes)
            cls.kannel = around.kannel(cls.heed.inbound_url, undelivered=(FAILING,))
            cls.dovecot = around.dovecot({SAM: SECRETS["SAM_PASSWORD"], **People.users()})
            cls.postfix = around.postfix(["heed.test"], strict_domains=["strict.test"], dovecot=cls.dovecot,
                                         require_auth=True, pipes={"pipe.test": cls.heed.pipe_command},
                                         pipe_user="daemon")
            cls.people = People(cls.dovecot, cls.postfix, cls.kannel)
            cls.truth = Truth(cls.heed, cls.postfix, cls.kannel, cls.people)
        except BaseException:
            cls.context.__exit__()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.context.__exit__()

    def run(self, result=None):
        """The chapters build on one another: behind one that failed none is tried."""
        result = result or self.defaultTestResult()
        if Story.broken:
            result.addSkip(self, "an earlier chapter failed")
            return result
        super().run(result)
        Story.broken = not result.wasSuccessful()
        if Story.broken:
            print("\nThe daemon's last words:\n%s" % self.heed.tail(), file=sys.stderr)
        return result

    def tearDown(self):
        """Every chapter leaves the store without a broken promise."""
        self.heed.run("check")

    # ---- the chapters ----

    def test_01_a_workspace_is_made(self):
        heed = self.heed
        heed.at(1, "10:00")
        heed.run("init", heed.folder)
        heed.write_conf(self.dovecot, self.postfix, self.kannel)
        for account in ("sam", "texts", "phone"):
            heed.run("account", "test", account)
        leads = heed.write("leads.csv", self.people.csv())
        heed.run("import", leads, "--region", "DE")
        heed.run("template", "put", *("%s/library/%s" % (heed.home, name) for name in TEMPLATES))
        for name, text in (("follow-up", FOLLOW_UP), ("text-first", TEXT_FIRST)):
            heed.run("sequence", "put", heed.write(name + ".json", text))
        Story.ids = {row["value"]: prospect["id"] for prospect in heed.export("prospects")
                     for row in prospect["addresses"]}
        self.assertEqual(2 * COUNT, len(self.ids))
        self.enroll("follow-up", self.people.everybody[:TEXTED - 1])
        self.enroll("text-first", self.people.everybody[TEXTED - 1:])

    def test_02_the_first_touches_leave_though_the_daemon_is_killed(self):
        heed = self.heed
        self.crash_at("send_answer:9")  # taken, but the answer was not heard
        self.crash_at("send_begun:14")  # nobody took it
        self.kill_after(mails=30)
        self.kill_after(mails=45, texts=10)
        heed.start()
        self.settle_unsure(at_least=1 if heed.has_crash_points() else 0)
        touches = heed.export("touches")
        self.assertEqual(COUNT, len(touches))
        self.assertEqual(COUNT - TEXTED + 1, sum(touch["channel"] == "sms" for touch in touches))
        self.check_truth()
        for person in self.people.everybody[6:20]:
            raw, = self.people.raw_mails(person)
            mail = self.check_mail(person, raw)
            body = mail.get_body(("plain",)).get_content()
            self.assertIn("Hi %s," % person.first, body)
            self.assertIn(unsubscribe_links(mail)[1], body)

    def test_03_people_answer_by_mail(self):
        people = self.people
        people.answer(people[1], "It went well. What would it cost?", to=SAM)
        people.answer(people[2], "Yes, please send more.", thread=False)
        people.answer(people[3], "I answer for my colleague.", sender="colleague@heed.test")
        people.answer(people[4], "I am out of the office and rarely read my mail.", to=SAM,
                      extra=[("Auto-Submitted", "auto-replied"), ("Precedence", "bulk")])
        twice = people.answer(people[7], "This comes through the pipe.", to="sam@pipe.test")
        people.post(twice, people[7].email, to=SAM)
        people.answer(people[8], "Please unsubscribe me.")
        for number, via in ((1, "message_id"), (2, "address_token"), (7, "message_id")):
            row = self.wait_reply(people[number], "human")
            self.assertEqual((via, "certain"), (row["via"], row["confidence"]))
            self.check_held(people[number], "reply")
        self.assertEqual("It went well. What would it cost?", self.replies(people[1])[0]["text"])
        self.check_colleague(people[3])
        self.wait_reply(people[4], "auto_reply")
        self.check_held(people[4], "out_of_office", "2027-03-08")  # five business days: no return date is told
        self.wait_reply(people[8], "human")
        self.check_stopped(people[8], people[8].email, "*")  # of everything, as they named nothing less

    def test_04_two_mailboxes_do_not_exist(self):
        ghost, nobody = self.people[5], self.people[6]
        self.wait_reply(ghost, "bounce")
        self.assertEqual("bounced", self.touches(ghost)[0]["state"])
        self.assertEqual("failed", self.touches(nobody)[0]["state"])
        self.assertIn("550 5.1.1", self.touches(nobody)[0]["reason"])
        for person in (ghost, nobody):
            self.assertEqual(["bounce"], [row["cause"] for row in self.suppressions(person.email)])

    def test_05_unsubscribing_takes_a_click(self):
        people = self.people
        mailto, url = unsubscribe_links(people.last_mail(people[9]))
        self.assertIn("<button", self.fetch(url))
        self.assertEqual([], self.suppressions(people[9].email))  # whoever only follows links stops nothing
        self.fetch(url, "List-Unsubscribe=One-Click")
        self.check_stopped(people[9], people[9].email, "email")
        mailto = unsubscribe_links(people.last_mail(people[10]))[0]
        address, subject = mailto[len("mailto:"):].split("?subject=")
        people.write(people[10], address, subject, "")
        self.check_stopped(people[10], people[10].email, "email")

    def test_06_some_answer_by_text_and_are_followed_there(self):
        people = self.people
        for number in (11, 12, 13, 14, 15):
            people.text(people[number], "Sounds good, what does it cost?")
        for number in (11, 12, 13, 14, 15):
            row = self.wait_reply(people[number], "human")
            self.assertEqual(("sms", people[number].phone), (row["channel"], row["from_address"]))
            self.check_held(people[number], "reply")
            self.check_switch(people[number], "email", "sms", row["id"])
        self.heed.run("prefer", people[13].email, "--pin", "email")
        self.heed.run("prefer", people[14].email, "--undo")
        undone, = self.rows_of("switches", people[14])
        self.assertEqual("a person", undone["undone_by"])
        people.write(people[74], SAM, "Your text", "Better by mail. What does it cost?")
        self.check_switch(people[74], "sms", "email", self.wait_reply(people[74], "human")["id"], "asked for email")
        people.text(people[75], "STOP")
        self.wait_reply(people[75], "human")
        self.check_stopped(people[75], people[75].phone, "sms")
        people.text(people[76], "Does it come in red?")
        self.assertEqual("number_pair", self.wait_reply(people[76], "human")["via"])
        self.assertEqual([], self.rows_of("switches", people[76]))

    def test_07_the_plan_goes_on_where_they_answered(self):
        plan = self.heed.json("plan", self.people[12].email)
        self.assertEqual(["value", "progress", "voice", "last"], [touch["step"] for touch in plan])
        self.assertEqual({"sms"}, {touch["channel"] for touch in plan})  # the planned call too
        self.assertEqual({self.people[12].phone}, {touch["address"] for touch in plan})
        for touch in plan:
            self.assertIn("their latest own answer came there", touch["reason"])
        planned = {touch["channel"] for touch in self.heed.json("plan", self.people[20].email)}
        self.assertEqual({"email", "call"}, planned)

    def test_08_answers_by_hand_go_where_the_person_is(self):
        heed, people = self.heed, self.people
        waiting = {row["prospect"] for row in heed.json("inbox") if row["kind"] == "reply"}
        for number in (1, 2, 3, 7, 11, 12, 13, 14, 15, 74, 76):
            self.assertIn(self.ids[people[number].email], waiting)
        made = heed.json("reply", people[11].email, "Tuesday at ten it is.")
        self.assertEqual(("sms", people[11].phone), (made["channel"], made["address"]))
        wait_until(lambda: "Tuesday at ten it is." in people.texts(people[11]), "the answer on the phone")
        made = heed.json("reply", people[1].email, "It costs less than you think.")
        self.assertEqual("email", made["channel"])
        wait_until(lambda: len(people.mails(people[1])) == 2, "the answer in the mailbox")
        first, second = people.mails(people[1])
        theirs = self.replies(people[1])[0]["external_id"]
        self.assertEqual([str(first["Message-ID"]), theirs], str(second["References"]).split())
        self.assertEqual(theirs, str(second["In-Reply-To"]))
        self.assertEqual("Re: " + str(first["Subject"]), str(second["Subject"]))
        heed.rest()
        for number in (1, 11):
            self.assertEqual("active", self.rows_of("enrollments", people[number])[0]["state"])

    def test_09_three_days_later_the_next_step_follows_each_of_them(self):
        self.heed.stop()
        before = len(taken_by_postfix(self.postfix.log())), len(self.kannel.received_sms())
        self.heed.at(4, "10:45")
        self.crash_at("send_answer:7")
        self.crash_at("after_commit:2")
        self.kill_after(mails=before[0] + 20, texts=before[1] + 4)
        self.kill_after(mails=before[0] + 30)
        self.heed.start()
        self.settle_unsure()
        self.check_truth()
        by = self.last_touches()
        for number in (1, 2, 3, 7, 13, 14, 20, 70, 74):
            self.assertEqual(("value", "email"), (by[number]["step_id"], by[number]["channel"]), number)
        for number in (5, 6, 11, 12, 15, 76, 77, 100):
            self.assertEqual(("value", "sms"), (by[number]["step_id"], by[number]["channel"]), number)
        for number in (4, 8, 9, 10, 75):
            self.assertNotEqual("value", by[number]["step_id"], number)
        self.check_why(by[12], self.people[12])
        self.check_thread(self.people[20])

    def test_10_the_third_step_goes_to_those_who_still_want_it(self):
        people = self.people
        people.text(people[15], "Stop")
        self.check_stopped(people[15], people[15].phone, "sms")
        self.heed.rest()
        by = self.go_on(9, "11:30", kills=2)
        for number in (1, 2, 3, 7, 13, 14, 20, 70):
            self.assertEqual(("progress", "email"), (by[number]["step_id"], by[number]["channel"]), number)
        for number in (5, 6, 11, 12):
            self.assertEqual(("progress", "sms"), (by[number]["step_id"], by[number]["channel"]), number)
        self.assertEqual("value", by[4]["step_id"])  # back from the holidays
        self.assertEqual(("value", "sms"), (by[15]["step_id"], by[15]["channel"]))
        self.check_thread(people[20])

    def test_11_answers_are_heard_once_though_the_daemon_is_killed(self):
        people = self.people
        for number in range(31, 36):
            people.answer(people[number], "Tell me more.", to=SAM)
            people.text(people[number + 5], "Tell me more.")
            if number % 2:
                self.heed.kill()
                self.heed.start()
        for number in range(31, 41):
            self.wait_reply(people[number], "human")
        self.heed.rest()
        for number in range(31, 41):
            self.assertEqual(1, len(self.replies(people[number])), number)
            self.check_held(people[number], "reply")
            self.assertEqual("sms" if number > 35 else "email", self.preferred(people[number]), number)

    def test_12_a_planned_call_is_a_task_or_the_text_they_prefer(self):
        by = self.go_on(12, "12:15", kills=1, mails=3)
        for number in (11, 12):
            self.assertEqual(("voice", "sms"), (by[number]["step_id"], by[number]["channel"]))
        self.assertEqual(("voice", "email"), (by[13]["step_id"], by[13]["channel"]))  # pinned
        calls = {row["prospect"]: row for row in self.heed.json("inbox")
                 if (row["kind"], row["channel"]) == ("task", "call")}
        self.assertEqual(("voice", "call"), (by[20]["step_id"], by[20]["channel"]))
        for number, outcome in ((20, "voicemail"), (21, "connected"), (22, "not_interested")):
            task = calls[self.ids[self.people[number].email]]
            self.heed.run("inbox", "done", task["id"], "--outcome", outcome)
            self.assertEqual(outcome, self.last_touch(self.people[number])["disposition"])
        self.assertEqual(("exited", "closed_lost"), self.state(self.people[22]))
        for number in (74, 77, 100):
            self.assertEqual("last", by[number]["step_id"])
            self.assertEqual(("done", "exhausted"), self.state(self.people[number]))

    def test_13_the_last_step_ends_it(self):
        self.heed.stop()
        self.heed.at(18, "13:00")
        self.heed.start()
        self.wait_left(mails=len(taken_by_postfix(self.postfix.log())) + 6)
        self.heed.stop()  # in the midst of sending: what is in the air comes home
        self.assertEqual([], [touch for touch in self.heed.export("touches") if touch["state"] in ("wire", "unsure")])
        self.heed.start()
        self.go_on(18, "13:01", kills=1)
        for person in self.people.everybody:
            if person.number not in (4, 8, 9, 10, 15, 22, 75):
                self.assertEqual(("done", "exhausted"), self.state(person), person.number)
        self.assertEqual("active", self.state(self.people[4])[0])
        self.assertEqual(1, len(self.replies(self.people[7])))  # one mail by two ways is one reply
        for person in self.people.everybody:
            for raw in self.people.raw_mails(person):
                self.check_mail(person, raw)

    def test_14_what_comes_while_nobody_listens_waits(self):
        people = self.people
        self.heed.stop()
        people.answer(people[16], "Is anybody there?", to=SAM)
        people.text(people[17], "Is anybody there?")
        self.assertFalse(self.heed.json("status")["daemon"])
        self.heed.start()
        self.assertIn("another `heed run`", self.heed.run("run", code=75, stderr=True))
        self.wait_reply(people[16], "human")
        self.wait_reply(people[17], "human")

    def test_15_the_figures_are_those_of_the_servers(self):
        report = {row["channel"]: row for row in self.heed.json("report")["channels"]}
        self.assertEqual(len(taken_by_postfix(self.postfix.log())), report["email"]["sent"])
        self.assertEqual(len(self.kannel.received_sms()), report["sms"]["sent"])
        self.assertEqual({"bounced": 1, "failed": 1, "unsure": 0, "replied": 21, "opt_outs": 3},
                         {key: report["email"][key] for key in ("bounced", "failed", "unsure", "replied", "opt_outs")})
        self.assertEqual({"bounced": 0, "unsure": 0, "replied": 2, "opt_outs": 2},
                         {key: report["sms"][key] for key in ("bounced", "unsure", "replied", "opt_outs")})
        for touch in self.heed.export("touches"):
            if touch["state"] in LEFT:
                self.assertTrue(touch["provider_id"] or touch["reason"].startswith("resolved by"), touch)
        failing = sum(row["to"].startswith(FAILING) for row in self.kannel.received_sms())
        self.assertEqual(failing, report["sms"]["failed"])
        self.assertEqual(report["sms"]["sent"] - failing, report["sms"]["delivered"])

    def test_16_the_same_through_curl_behind_a_proxy_with_tls(self):
        heed, people = self.heed, self.people
        heed.stop()
        heed.write_conf(self.dovecot, self.postfix, self.kannel, "https://heed.test",
                        "transport = curl\nreturn_path_plus = yes")
        heed.start()
        count = len(people.mails(people[20]))
        heed.run("reply", people[20].email, "By the way.", "--channel", "email")
        mail = wait_until(lambda: people.mails(people[20])[count:], "the mail")[0]
        self.assertEqual("List-Unsubscribe=One-Click", str(mail["List-Unsubscribe-Post"]))
        self.assertTrue(unsubscribe_links(mail)[1].startswith("https://heed.test/u/u"))
        self.assertRegex(str(mail["Return-Path"]), r"^<sam\+b[a-z2-7]{30}@heed\.test>$")
        heed.run("import", heed.write("late.csv", "Email,First name\nlate@heed.test,Late\n"))
        heed.run("enroll", "follow-up", "late@heed.test")
        touch, = wait_until(lambda: [row for row in heed.export("touches") if row["address"] == "late@heed.test" and
                                     row["state"] == "bounced"], "the bounce")
        bounce, = [row for row in heed.export("replies") if row["touch"] == touch["id"]]
        self.assertEqual(("bounce", "address_token"), (bounce["kind"], bounce["via"]))
        heed.stop()

    def test_17_every_command_has_something_to_say(self):
        person, touch = self.people[12].email, self.last_touch(self.people[12])["id"]
        for words in (["status"], ["inbox"], ["inbox", "--all"], ["plan", self.people[4].email], ["prefer", person],
                      ["why", touch], ["report"], ["report", "--csv"], ["report", "--sequence", "text-first"],
                      ["template", "list"], ["template", "show", "recap"], ["sequence", "list"],
                      ["sequence", "show", "follow-up"], ["account", "list"], ["provider", "list"],
                      ["provider", "show", "kannel"], ["check"], ["check", "--json"]):
            self.assertTrue(self.heed.run(*words), words)
        for what in ("prospects", "touches", "replies", "suppressions"):
            self.assertGreater(len(self.heed.run("export", what, "--csv").splitlines()), 1)

    # ---- helpers: killing ----

    def go_on(self, day, clock, kills, mails=6):
        """The daemon works through a later day and is killed meanwhile; everybody's last touch, by number."""
        self.heed.stop()
        self.heed.at(day, clock)
        for _ in range(kills):
            self.kill_after(mails=len(taken_by_postfix(self.postfix.log())) + mails)
        self.heed.start()
        self.settle_unsure()
        self.check_truth()
        return self.last_touches()

    def wait_left(self, mails=0, texts=0):
        """Until the servers have taken so many, or a fast machine has no more to send."""
        def left():
            return (len(taken_by_postfix(self.postfix.log())) >= mails and
                    len(self.kannel.received_sms()) >= texts) or self.heed.is_quiet()
        wait_until(left, "%d mails and %d texts have left" % (mails, texts))

    def kill_after(self, mails=0, texts=0):
        """kill -9 once the servers have taken so many."""
        if not self.heed.is_alive():
            self.heed.start()
        self.wait_left(mails, texts)
        self.heed.kill()

    def crash_at(self, point):
        """While there is plenty to send: behind kill_after() a slow look at the servers may find everything sent."""
        if not self.heed.has_crash_points():
            return
        self.heed.start(crash=point)
        self.assertTrue(self.heed.wait_killed(), self.heed.tail())

    def settle_unsure(self, at_least=0):
        """As a person would: looks what the servers have, and says so to heed, which says why it is unsure. Receipts
        settle texts before anybody looks."""
        self.heed.rest()
        wait_until(lambda: not any(touch["channel"] == "sms" and self.truth.has_left(touch) for touch in self.unsure()),
                   "receipts for the unsure texts that have left")
        unsure = self.unsure()
        listed = {row["id"] for row in self.heed.json("inbox") if row["kind"] == "unsure"}
        for touch in unsure:
            self.assertIn("in the air", self.heed.json("why", touch["id"])["reason"])
            self.assertIn(touch["id"], listed)
            self.heed.run("inbox", "sent" if self.truth.has_left(touch) else "resend", touch["id"])
        self.assertGreaterEqual(len(unsure), at_least)
        self.heed.rest()

    def unsure(self):
        return [touch for touch in self.heed.export("touches") if touch["state"] == "unsure"]

    def check_truth(self):
        """The servers agree with heed, once what Postfix took has reached the mailboxes."""
        try:
            wait_until(lambda: not self.truth.faults(), "heed and the servers agree", 10)
        except TimeoutError:
            self.assertEqual([], self.truth.faults())

    # ---- helpers: what heed knows of a person ----

    def enroll(self, sequence, people):
        names = self.heed.write("enroll.txt", "".join(person.email + "\n" for person in people))
        told = self.heed.json("enroll", sequence, "--file", names)
        self.assertEqual({"enrolled": len(people), "already": 0, "refused": 0}, told)

    def rows_of(self, what, person):
        return [row for row in self.heed.export(what) if row["prospect"] == self.ids[person.email]]

    def replies(self, person):
        return self.rows_of("replies", person)

    def touches(self, person):
        return self.rows_of("touches", person)

    def suppressions(self, address):
        return [row for row in self.heed.export("suppressions") if row["address"] == address]

    def wait_reply(self, person, kind):
        def there():
            return [row for row in self.replies(person) if row["kind"] == kind]
        try:
            return wait_until(there, "%s of %s" % (kind, person.email))[-1]
        except TimeoutError:
            self.fail("no %s of %s: %s\n%s" % (kind, person.email, self.replies(person), self.heed.tail()))

    def check_held(self, person, why, until=""):
        enrollment, = self.rows_of("enrollments", person)
        reason = enrollment["hold_reason"]
        if why == "reply" and reason in ("question", "interested"):  # what their words were read as
            reason = why
        self.assertEqual(("held", why), (enrollment["state"], reason))
        self.assertTrue(enrollment["due_at"].startswith(until), enrollment)

    def check_stopped(self, person, address, channel):
        row, = wait_until(lambda: self.suppressions(address), "the suppression of %s" % address)
        self.assertEqual((channel, "opt_out"), (row["channel"], row["cause"]))
        enrollment, = self.rows_of("enrollments", person)
        self.assertEqual(("exited", "opted_out"), (enrollment["state"], enrollment["exit"]))

    def check_colleague(self, person):
        """Somebody else answered: the sequence waits, but nobody is followed."""
        self.wait_reply(person, "human")
        self.check_held(person, "reply")
        self.assertEqual([], self.rows_of("switches", person))
        self.assertIsNone(self.heed.json("prefer", person.email)["preferred"])

    def preferred(self, person):
        return self.heed.json("prefer", person.email)["preferred"]

    def check_switch(self, person, old, new, message, why=None):
        """The preferred channel moved, heed says since when and why, and whose words it rests on."""
        moved, = self.rows_of("switches", person)
        self.assertEqual((old, new, message), (moved["from"], moved["to"], moved["message"]))
        shown = self.heed.json("prefer", person.email)
        self.assertEqual(new, shown["preferred"])
        self.assertIn(why or "answered by " + new, shown["switches"][0]["reason"])

    def check_why(self, touch, person):
        why = self.heed.json("why", touch["id"])
        answer = self.replies(person)[0]
        self.assertEqual("sms", why["choice"]["channel"])
        self.assertEqual(answer["id"], why["choice"]["evidence"]["id"])
        self.assertEqual("Sounds good, what does it cost?", why["choice"]["evidence"]["text"])
        self.assertEqual(self.rows_of("switches", person)[0]["id"], why["choice"]["switch"])
        self.assertIn(answer["id"], self.heed.run("why", touch["id"]))

    def last_touch(self, person):
        return max(self.touches(person), key=lambda row: row["id"])

    def last_touches(self):
        """By number of the person."""
        rows = {row["prospect"]: row for row in sorted(self.heed.export("touches"), key=lambda row: row["id"])}
        return {person.number: rows[self.ids[person.email]] for person in self.people.everybody}

    def state(self, person):
        enrollment, = self.rows_of("enrollments", person)
        return enrollment["state"], enrollment["exit"]

    # ---- helpers: what arrived ----

    def check_mail(self, person, raw):
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        self.assertEqual("Sam Carter <sam@heed.test>", str(mail["From"]))
        self.assertEqual(person.email, str(mail["To"]))
        self.assertRegex(str(mail["Reply-To"]), r"^Sam Carter <sam\+r[a-z2-7]{30}@heed\.test>$")
        self.assertTrue(str(mail["Subject"]))
        mailto, url = unsubscribe_links(mail)
        self.assertRegex(mailto, r"^mailto:sam\+u[a-z2-7]{30}@heed\.test\?subject=unsubscribe$")
        self.assertTrue(url.startswith(self.heed.public_url + "/u/u"), url)
        self.assertLessEqual(max(map(len, raw.split(b"\r\n"))), 998)
        self.assertIsNone(mail["List-Unsubscribe-Post"])  # RFC 8058 wants https, and our public_url is none
        return mail

    def check_thread(self, person):
        """References grow: each mail names every one before it, in order."""
        mails = self.people.mails(person)
        for index, mail in enumerate(mails):
            wanted = [str(earlier["Message-ID"]) for earlier in mails[:index]]
            self.assertEqual(wanted, str(mail["References"] or "").split())
        self.assertGreater(len(mails), 1)

    @staticmethod
    def fetch(url, body=None):
        request = urllib.request.Request(url, body.encode() if body else None)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read().decode()


def main():
    try:
        for server in (servers.Dovecot, servers.Postfix, servers.Kannel):
            server.need()
        if "HEED_BIN" not in os.environ:
            raise Missing("$HEED_BIN is not set")
    except Missing as missing:
        print("SKIP %s" % missing)
        sys.exit(servers.SKIP)
    unittest.main()


if __name__ == "__main__":
    main()
