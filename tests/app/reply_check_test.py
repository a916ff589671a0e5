#!/usr/bin/python3
"""heed reply-check as a user meets it: what it prints of mails and texts, as text and as JSON, without any workspace."""
import sys
import unittest

from cli_test import HEED, INPUT, NOT_FOUND, USAGE, Case

MAIL = """From: Ann Lee <ann@acme.example>
To: Sam <sam@us.example>
Subject: Re: Your offer
Message-ID: <m1@acme.example>
Content-Type: text/plain; charset=utf-8

Please remove me from your list.

On Tue, 10 Nov 2026, Sam wrote:
> Hello
"""

BOUNCE = """From: MAILER-DAEMON@mx.example
Return-Path: <>
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; bob@acme.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--b--
"""

AWAY = """From: Ann Lee <ann@acme.example>
Subject: Automatic reply: Your offer
Auto-Submitted: auto-replied
Content-Type: text/plain

I am out of the office until 5 January 2027. Please write to bob@acme.example instead.
"""


class TestReplyCheck(Case):
    def check(self, text, *words, code=0):
        """The reading of one message from a file."""
        path = self.write("message", text)
        reading, = self.json("reply-check", path, *words, code=code)
        return reading

    def test_says_what_a_mail_is_and_what_its_own_words_are(self):
        out, err = self.heed("reply-check", self.write("answer.eml", MAIL))
        self.assertIn("answer.eml\n  kind       human\n", out)
        self.assertIn("  from       Ann Lee <ann@acme.example>\n", out)
        self.assertIn("  own text   | Please remove me from your list.\n", out)
        self.assertIn("  opt-out    everything\n", out)
        self.assertIn("  rules      ", out)
        self.assertNotIn("Hello", out)
        self.assertEqual(err, "")

    def test_names_whom_a_bounce_did_not_reach_and_why(self):
        reading = self.check(BOUNCE)
        self.assertEqual(reading["kind"], "bounce")
        who, = reading["recipients"]
        self.assertEqual((who["address"], who["severity"], who["status"], who["failed"]),
                         ("bob@acme.example", "hard", "5.1.1", True))
        self.assertIn("user unknown", who["diagnostic"])
        out, _ = self.heed("reply-check", self.write("bounce.eml", BOUNCE))
        self.assertIn("recipient  bob@acme.example  hard 5.1.1", out)

    def test_says_when_somebody_is_back_in_their_own_zone(self):
        away = self.check(AWAY, "--zone", "Europe/Berlin", "--at", "2026-12-20 10:00")
        self.assertEqual((away["kind"], away["return_on"]), ("auto_reply", "2027-01-05T00:00:00+01:00"))
        self.assertEqual(away["substitute"], "bob@acme.example")
        out, _ = self.heed("reply-check", self.write("away.eml", AWAY), "--at", "2026-12-20")
        self.assertIn("back on    Tue 5 Jan 2027\n", out)

    def test_reads_a_text_from_standard_input(self):
        out, _ = self.heed("reply-check", "-", "--channel", "sms", stdin="STOP\n")
        self.assertIn("-\n  kind       human\n", out)
        self.assertIn("  opt-out    this channel\n", out)

    def test_a_message_writes_nothing_of_its_own_on_the_terminal(self):
        evil = MAIL.replace("Ann Lee", "\x1b[31mAnn").replace("Please", "\x1b]0;x\x07Please")
        out, _ = self.heed("reply-check", self.write("evil.eml", evil))
        self.assertNotIn("\x1b", out)
        self.assertNotIn("\x07", out)

    def test_names_a_file_that_cannot_be_read_and_goes_on(self):
        path = self.write("answer.eml", MAIL)
        out, err = self.heed("reply-check", self.root / "none.eml", path, code=NOT_FOUND)
        self.assertIn("none.eml", err)
        self.assertIn("No such file", err)
        self.assertIn("kind       human", out)
        rows = self.json("reply-check", path, self.root, path, code=INPUT)
        self.assertEqual([row["kind"] for row in rows], ["human", "human"])

    def test_calls_what_is_no_mail_unreadable(self):
        for nothing in ("", "no header, no mail\n", b"\x00" * 100):
            self.assertEqual(self.check(nothing)["kind"], "unreadable")

    def test_reads_by_the_rules_of_a_workspace_that_is_named(self):
        self.write("own/lexicon/mine.tsv", "opt_out\topt_out:everything\n")
        self.fails(78, "mine.tsv", "reply-check", "-", "--workspace", self.root / "own", stdin="x")

    def test_says_what_is_wrong_with_its_options(self):
        self.fails(USAGE, "no channel \"smss\"", "reply-check", "-", "--channel", "smss")
        self.fails(USAGE, "is no time", "reply-check", "-", "--at", "tomorrow")
        self.fails(USAGE, "is no country", "reply-check", "-", "--region", "Germany")
        self.fails(INPUT, "Mars", "reply-check", "-", "--zone", "Mars/Base")
        self.heed("reply-check", code=USAGE)


if __name__ == "__main__":
    if not HEED:
        sys.exit("reply_check_test: HEED_BIN must name the program")
    unittest.main()
