#!/usr/bin/python3
"""The commands that set a workspace up and take everything out again, as a user meets them: what they print, what they
write, their exit codes, and what they say about bad input. HEED_BIN names the program."""
import base64
import csv
import io
import json
import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HEED = os.environ.get("HEED_BIN", "")
PATIENCE_S = 60
COMMANDS = ["init", "import", "template", "sequence", "account", "provider", "export"]
CLOCK = "1803877200000:0:0"    # Monday 2027-03-01 05:00 UTC, standing still
NAME = "proposal-follow-up"

USAGE, INPUT, NOT_FOUND, NET, SYSTEM, REFUSED, CONFIG = 64, 65, 66, 69, 71, 77, 78


class Case(unittest.TestCase):
    def setUp(self):
        self.holder = tempfile.TemporaryDirectory(prefix="heed-cli-")
        self.addCleanup(self.holder.cleanup)
        self.root = Path(self.holder.name)
        self.env = {"PATH": "/usr/bin:/bin", "HEED_CLOCK": CLOCK, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")}

    def heed(self, *words, code=0, stdin="", cwd=None):
        """Runs heed; fails when the exit code differs. (stdout, stderr)"""
        done = subprocess.run([HEED, *map(str, words)], cwd=cwd or self.root, env=self.env, input=stdin, text=True,
                              capture_output=True, timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, code, f"heed {' '.join(map(str, words))}\n{done.stdout}\n{done.stderr}")
        return done.stdout, done.stderr

    def json(self, *words, code=0):
        return json.loads(self.heed(*words, "--json", code=code)[0])

    def fails(self, code, says, *words, **options):
        """It fails with one line for people that says so; nothing on standard output."""
        out, err = self.heed(*words, code=code, **options)
        self.assertEqual(out, "")
        self.assertIn(says, err)
        self.assertTrue(err.startswith(f"heed {words[0]}: "), err)
        return err

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path


class Workspace(Case):
    def setUp(self):
        super().setUp()
        self.heed("init", self.root / "ws")
        self.env["HEED_WORKSPACE"] = str(self.root / "ws")

    def take(self, text, *options, code=0):
        return self.json("import", self.write("list.csv", text), *options, code=code)

    def lines(self, what):
        return [json.loads(line) for line in self.heed("export", what)[0].splitlines()]


class TestHelp(Case):
    def test_every_command_helps_without_a_workspace(self):
        for name in COMMANDS:
            out, err = self.heed(name, "--help")
            self.assertEqual(err, "")
            self.assertIn(f"usage: heed {name}", out)
            self.assertIn("--workspace DIR", out)
            examples = out.split("examples:\n")[1].splitlines()
            self.assertTrue(examples and all(line.startswith(f"  heed {name}") for line in examples), out)

    def test_no_help_is_wider_than_100_columns(self):
        names = [line.split()[0] for line in self.heed("--help")[0].splitlines() if line.startswith("  ")]
        self.assertLess(10, len(names))
        wide = [(name, line) for name in names for line in self.heed(name, "--help")[0].splitlines() if len(line) > 100]
        self.assertEqual([], wide)

    def test_every_command_names_a_missing_workspace_and_the_cure(self):
        self.write("list.csv", "Email\nana@x.example\n")
        for words in (["import", "list.csv"], ["template", "list"], ["sequence", "list"], ["account", "list"],
                      ["provider", "list"], ["export", "prospects"]):
            self.fails(NOT_FOUND, "heed init", *words)

    def test_wrong_words_get_the_nearest_right_one(self):
        for words, says in ((["template", "lst"], 'did you mean "list"'), (["sequence", "chek", "x"], '"check"'),
                            (["export", "prospect"], '"prospects"'), (["import", "x", "--dry-rum"], "--dry-run"),
                            (["account", "tets"], '"test"'), (["provider", "sow"], '"show"')):
            self.fails(USAGE, says, *words)

    def test_missing_and_extra_words_are_usage_errors(self):
        for words in (["import"], ["template"], ["template", "show"], ["template", "list", "x"], ["sequence", "put"],
                      ["account", "test"], ["provider", "check"], ["export"], ["export", "touches", "replies"],
                      ["init", "a", "b"], ["import", "x.csv", "--region"]):
            self.assertIn("usage: heed", self.heed(*words, code=USAGE)[1])


class TestInit(Case):
    def test_makes_private_files_and_fills_the_store(self):
        out, _ = self.heed("init", "deep/down/ws")
        for command in (f"heed enroll {NAME} --all", "heed import example.csv", "heed plan ana@example.com"):
            self.assertIn(f"\n  {command}\n", out)
        folder = self.root / "deep/down/ws"
        for name in ("heed.conf", "heed.db", f"sequences/{NAME}.json", "templates/recap/email.liquid"):
            self.assertEqual(stat.S_IMODE((folder / name).stat().st_mode), 0o600, name)
        self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700)
        self.env["HEED_WORKSPACE"] = str(folder)
        names = [row["name"] for row in self.json("template", "list")]
        self.assertEqual(sorted(names), sorted(path.name for path in (folder / "templates").iterdir()))
        self.assertEqual([row["name"] for row in self.json("sequence", "list")], [NAME])
        with sqlite3.connect(folder / "heed.db") as store:
            key, = store.execute("SELECT value FROM meta WHERE key = 'token_key_1'").fetchone()
        self.assertRegex(key, "^[0-9a-f]{16,}$")

    def test_what_it_makes_passes_every_check(self):
        self.heed("init")
        self.heed("template", "check", "templates")
        self.assertIn("1 sequence without", self.heed("sequence", "check", f"sequences/{NAME}.json")[0])
        self.assertEqual(self.json("sequence", "put", f"sequences/{NAME}.json"),
                         [{"name": NAME, "version": 1, "changed": False}])
        self.assertEqual(self.json("template", "put", "templates")["put"], 0)

    def test_the_commands_it_names_work(self):
        folder = self.root / "ws"
        for command in self.json("init", "ws")["next"]:
            out, _ = self.heed(*command.split()[1:], cwd=folder)
        self.assertIn("ana@example.com", out)
        self.assertIn("step 6", out)
        self.assertNotIn("hold", out.lower())

    def test_refuses_an_existing_workspace_and_changes_nothing(self):
        self.heed("init")
        before = {path: path.read_bytes() for path in self.root.rglob("*") if path.is_file()}
        self.fails(REFUSED, "heed.conf is there already", "init")
        self.assertEqual(before, {path: path.read_bytes() for path in self.root.rglob("*") if path.is_file()})

    def test_leaves_files_of_the_user_as_they_are(self):
        mine = self.write("templates/recap/email.liquid", "---\nsubject: Mine\n---\nMy own text\n")
        self.heed("init")
        self.assertIn("Mine", mine.read_text())
        self.assertIn("My own text", self.json("template", "show", "recap")["parts"]["email"])

    def test_leaves_no_half_workspace_behind(self):
        self.write("templates/recap/email.liquid", "{% if %}")
        self.fails(CONFIG, "recap/email.liquid", "init")
        self.assertFalse((self.root / "heed.conf").exists())

    def test_says_what_it_cannot_make(self):
        self.write("file", "")
        self.fails(SYSTEM, "file", "init", "file/ws")

    def test_every_key_of_the_conf_is_one_that_heed_knows(self):
        """The commented senders and mailbox, uncommented, open without a complaint."""
        self.heed("init")
        conf = self.root / "heed.conf"
        head, tail = conf.read_text().split("# ---- an e-mail sender")
        head = re.sub(r"(?s)\[sender .*", "", head)
        tail = re.sub(r"(?m)^#(oauth_token_env|ca_file).*\n", "", tail)
        text = re.sub(r"(?m)^#(\[|[a-z_]+ = )", r"\1", head + "# ---- an e-mail sender" + tail)
        self.assertEqual(len(re.findall(r"(?m)^\[", text)), 6)
        conf.write_text(text)
        self.env.update(SAM_PASSWORD="p", TWILIO_TOKEN="t", TEXTS_SECRET="0123456789abcdef0123")
        rows = {(row["kind"], row["name"]): row for row in self.json("account", "list")}
        self.assertEqual(set(rows), {("sender", "sam"), ("sender", "texts"), ("mailbox", "sam")})
        self.assertEqual(rows["sender", "sam"]["per_day"], 50)


class TestImport(Workspace):
    CSV = ("First name,Last name,Email,Mobile phone number,Company name,Country/Region,Topic,Unsubscribed\n"
           "Ana,Silva,ana@x.example,+1 202 555 0123,Northwind,Germany,price,\n"
           "Bo,Li,BO@x.example,,,Japan,,yes\n"
           "Cy,Broken,cy-at-nowhere,,,,,\n")

    def test_tells_what_became_of_each_row(self):
        done = self.take(self.CSV)
        self.assertEqual([done[key] for key in ("rows", "added", "merged", "unchanged", "refused")], [3, 2, 0, 0, 1])
        self.assertEqual(done["refusals"], [{"line": 4, "column": "Email",
                                             "reason": '"cy-at-nowhere" is no e-mail address'}])
        self.assertIn({"header": "Topic", "becomes": "custom field", "name": "topic"}, done["columns"])
        self.assertEqual(self.take(self.CSV)["unchanged"], 2)
        rows = {row["first_name"]: row for row in self.lines("prospects")}
        self.assertEqual(rows["Ana"]["fields"], {"topic": "price"})
        self.assertEqual(rows["Ana"]["time_zone"], "Europe/Berlin")
        self.assertEqual([a["value"] for a in rows["Ana"]["addresses"]], ["ana@x.example", "+12025550123"])
        self.assertTrue(rows["Bo"]["opted_out_at"])
        self.assertEqual(rows["Bo"]["addresses"][0]["suppressed"], ["*"])
        self.assertEqual([row["cause"] for row in self.lines("suppressions")], ["person"])

    def test_speaks_to_people(self):
        out, err = self.heed("import", self.write("list.csv", self.CSV))
        self.assertRegex(out, r"3 rows in [0-9.]+ s: 2 added, 0 merged, 0 unchanged, 1 refused")
        self.assertIn('refused line 4, Email: "cy-at-nowhere" is no e-mail address', err)

    def test_rejects_can_be_mended_and_imported(self):
        rejects = self.root / "rejects.csv"
        self.take(self.CSV, "--rejects", rejects)
        self.assertEqual(stat.S_IMODE(rejects.stat().st_mode), 0o600)
        rows = list(csv.DictReader(io.StringIO(rejects.read_text())))
        self.assertEqual([(row["heed_line"], row["Last name"]) for row in rows], [("4", "Broken")])
        self.assertIn("no e-mail address", rows[0]["heed_reason"])
        rejects.write_text(rejects.read_text().replace("cy-at-nowhere,", "cy@x.example,"))
        self.assertEqual(self.json("import", rejects)["added"], 1)
        self.assertNotIn("heed_reason", json.dumps(self.lines("prospects")))

    def test_dry_run_shows_and_keeps_nothing(self):
        out, _ = self.heed("import", self.write("list.csv", self.CSV), "--dry-run")
        self.assertRegex(out, r"Topic +fields\.topic")
        self.assertIn("2 added", out)
        self.assertEqual(self.lines("prospects"), [])

    def test_region_and_zone_hold_for_rows_that_tell_none(self):
        self.take("Phone,Country\n07700 900123,\n0151 12345678,DE\n", "--region", "gb", "--zone", "Europe/London")
        rows = {row["addresses"][0]["value"]: row["time_zone"] for row in self.lines("prospects")}
        self.assertEqual(rows, {"+447700900123": "Europe/London", "+4915112345678": "Europe/Berlin"})

    def test_reads_standard_input(self):
        self.assertIn("1 added", self.heed("import", "-", stdin="Email\nana@x.example\n")[0])

    def test_exit_code_is_65_only_when_no_row_was_fine(self):
        self.take("Email\nana@x.example\nnobody\n")
        self.take("Email\nnobody\n", code=INPUT)
        self.take("Email\n", code=INPUT)

    def test_bad_files_get_a_sentence(self):
        for name, text, code, says in (
                ("empty.csv", "", INPUT, "empty"),
                ("book.xlsx", b"PK\3\4\0\0", INPUT, "workbook"),
                ("noaddress.csv", "Name,City\nAna,Berlin\n", INPUT, "no column holds an address"),
                ("noheader.csv", "ana@x.example,Ana\n", INPUT, "line 1 holds the address"),
                ("utf16.csv", "Email\nana@x.example\n".encode("utf-16"), INPUT, "UTF-16"),
                ("nul.csv", b"Em\0ail\n", INPUT, "NUL")):
            self.fails(code, says, "import", self.write(name, text))
        self.fails(NOT_FOUND, "cannot be read", "import", "nowhere.csv")
        self.fails(INPUT, "is a folder", "import", self.root)

    def test_bad_options_get_a_sentence(self):
        path = self.write("list.csv", "Email\nana@x.example\n")
        self.fails(USAGE, "two letters", "import", path, "--region", "Germany")
        self.fails(INPUT, "Nowhere", "import", path, "--zone", "Nowhere/City")
        self.fails(USAGE, "is the file that is imported", "import", path, "--rejects", path)
        self.fails(SYSTEM, "cannot be written", "import", path, "--rejects", self.root / "no/such/folder")
        self.assertEqual(self.lines("prospects"), [])
        self.assertEqual(path.read_text(), "Email\nana@x.example\n")

    def test_hostile_cells_reach_no_header_and_no_terminal(self):
        done = self.take('Email,First name,Company\n"a@x.example\r\nBcc: b@x.example",Eve,\n'
                         'c@x.example,"Eve\x1b[31m\x07","=cmd()"\n')
        self.assertEqual(done["refused"], 0)
        first = {row["addresses"][0]["value"]: row["first_name"] for row in self.lines("prospects")}
        self.assertEqual(first["c@x.example"], "Eve [31m")
        self.assertEqual(first.get("a@x.example"), "Eve")
        self.assertNotIn("b@x.example", first)
        self.assertIn(",\"'=cmd()\",", self.heed("export", "prospects", "--csv")[0])

    def test_broken_bytes_never_crash(self):
        for seed in range(40):
            noise = bytes((seed * 197 + i * i * 31 + i * 7) % 256 for i in range(400))
            path = self.write("noise.csv", b"Email,Phone,attributes,Time zone\n" + noise)
            done = subprocess.run([HEED, "import", path], env=self.env, capture_output=True, timeout=PATIENCE_S,
                                  check=False)
            self.assertIn(done.returncode, (0, INPUT), done.stderr)


class TestTemplate(Workspace):
    def test_lists_and_shows(self):
        rows = {row["name"]: row for row in self.json("template", "list")}
        self.assertIn("email", rows["recap"]["parts"])
        self.assertRegex(self.heed("template", "list")[0], r"recap +1 +.*email")
        self.assertIn("=== recap@1, email.liquid ===", self.heed("template", "show", "recap")[0])
        self.fails(NOT_FOUND, 'no template "nothing"', "template", "show", "nothing")

    def test_puts_a_new_version_only_when_something_changed(self):
        self.write("offer/email.liquid", "---\nsubject: Offer\n---\nHello\n")
        self.write("offer/notes.txt", "not a part")
        self.assertIn("1 template put", self.heed("template", "put", "offer/")[0])
        self.assertEqual(self.json("template", "put", "offer"), {"put": 0, "unchanged": 1})
        self.write("offer/sms.liquid", "Hello")
        self.assertEqual(self.json("template", "put", "offer")["put"], 1)
        shown = self.json("template", "show", "offer")
        self.assertEqual((shown["version"], sorted(shown["parts"])), (2, ["email", "sms"]))

    def test_puts_nothing_when_one_has_a_mistake(self):
        self.write("all/good/sms.liquid", "Hello")
        self.write("all/bad/sms.liquid", "Hello {{ name | upcas }}")
        err = self.fails_with_findings("template", "put", "all")
        self.assertIn("bad/sms.liquid:1", err)
        self.assertIn("nothing was put", err)
        self.assertNotIn("good", [row["name"] for row in self.json("template", "list")])
        self.assertEqual(self.json("template", "check", "all", code=CONFIG)["bad"], 1)

    def test_lints_folders_without_a_workspace_for_examples(self):
        self.write("offer/email.liquid", "---\nsubject: Offer\n---\nHi {{ prospect.first_name | default: 'Bob' }},\n\n"
                   "Just checking in. Did you get a chance to talk to your partner?\n\nKim\n")
        self.write("offer/sms.liquid", "{% if prospect.city %}{{ prospect.city }}{% endif %} did you?\n")
        del self.env["HEED_WORKSPACE"]
        found = self.json("template", "lint", "offer")
        rules = {(row["part"], row["rule"]) for row in found["findings"] if row["severity"] == "warn"}
        self.assertLessEqual({("email", rule) for rule in ("G1", "G2", "K3", "G4", "opt-out")} | {("sms", "if-text")}, rules)
        self.assertEqual((found["errors"], found["prospects"], found["messages"]), (0, 4, 32))
        better = [row["better"] for row in found["findings"] if row["rule"] == "K3"]
        self.assertIn("How did the conversation with your partner go?", better)

    def test_lint_ends_with_1_when_there_is_an_error(self):
        self.write("offer/sms.liquid", "Hi [First Name], how did it go? STOP to opt out\n")
        out, _ = self.heed("template", "lint", "offer", code=1)
        self.assertRegex(out, r"(?s)ERRORS\n  placeholder: .*why: .*offer/sms, text 1:4, .*\| \[First Name\]")

    def test_lints_what_is_in_the_store_for_its_prospects(self):
        self.heed("import", self.root / "ws/example.csv")
        self.assertEqual(self.json("template", "lint", "recap")["prospects"], 3)
        self.assertEqual(self.json("template", "lint", "--prospect", "ana@example.com")["prospects"], 1)
        found = self.json("template", "lint", "--sequence", NAME)
        self.assertEqual((found["errors"], found["prospects"]), (0, 3))
        self.assertIn("K8", [row["rule"] for row in found["findings"]])
        self.fails(NOT_FOUND, "no sequence", "template", "lint", "--sequence", "nothing")
        self.fails(NOT_FOUND, "no template \"nothing\"", "template", "lint", "nothing")

    def test_put_refuses_what_the_linter_calls_wrong_unless_forced(self):
        self.write("offer/sms.liquid", "Hi [First Name], how did it go? STOP to opt out\n")
        err = self.fails_with_findings("template", "put", "offer")
        self.assertIn("the linter has found 1 error: nothing was put; --force", err)
        self.assertIn("[First Name]", err)
        self.fails_with_findings("template", "check", "offer")
        self.assertIn("1 template put", self.heed("template", "put", "offer", "--force")[0])

    def fill_list(self):
        """Three prospects: one without a company, one whose name a spreadsheet would run."""
        self.write("list.csv", "email,phone,first_name,company\nana@x.example,+4915112345678,Ana,Northwind\n"
                   "bo@x.example,,Bo,\ncy@x.example,,,Quill\n")
        self.heed("import", "list.csv", "--region", "DE")
        self.write("src/offer/email.liquid", "---\nsubject: For {{ prospect.company }}\n---\n"
                   "Hi {{ prospect.first_name | default: \"there\" }},\n"
                   "{% if prospect.city %}greetings to {{ prospect.city }}{% endif %}\n-- \n{{ links.unsubscribe }}\n"
                   "---html---\n<p>Hi <b>{{ prospect.company }}</b></p>\n")
        self.write("src/offer/sms.liquid", "{{ prospect.company | default: 'Hello' }} {{ 'x' }}. STOP to opt out")
        self.heed("template", "put", "src/offer", "--force")

    def test_audits_every_field_over_the_whole_list(self):
        self.fill_list()
        out, err = self.heed("template", "audit", "offer", "--csv", "held.csv")
        self.assertIn("offer@1: 2 of 3 complete; 1 held because prospect.company is missing\n", out)
        self.assertRegex(out, r"(?m)^prospect.company +1 +0 +0 +0 +2 +pr_")
        self.assertEqual(err, "")
        self.assertIn("--csv held.csv` lists them", self.heed("template", "audit", "offer")[0])
        rows = list(csv.DictReader(io.StringIO((self.root / "held.csv").read_text())))
        self.assertEqual([(row["address"], row["channel"], row["outcome"], row["field"]) for row in rows],
                         [("bo@x.example", "email", "held", "prospect.company")])
        self.assertEqual(stat.S_IMODE((self.root / "held.csv").stat().st_mode), 0o600)
        found = self.json("template", "audit", "offer", "--channel", "sms")
        self.assertEqual((found["prospects"], found["complete"], found["sms"]["total"]), (3, 3, 3))
        self.assertEqual([row["default"] for row in found["fields"] if row["field"] == "prospect.company"], [1])

    def test_audits_only_who_is_in_a_sequence_and_folders_not_yet_put(self):
        self.fill_list()
        self.heed("enroll", NAME, "ana@x.example")
        self.assertEqual(self.json("template", "audit", "offer", "--sequence", NAME)["prospects"], 1)
        self.write("src/offer/email.liquid", "---\nsubject: x\n---\n{{ prospect.city }} {{ prospect.title }}")
        found = self.json("template", "audit", "src/offer")
        self.assertEqual((found["held"], [row["held"] for row in found["fields"][:2]]), (3, [3, 3]))
        self.fails(NOT_FOUND, "no sequence", "template", "audit", "recap", "--sequence", "nothing")
        self.fails(NOT_FOUND, "no template", "template", "audit", "nothing")
        self.fails(CONFIG, "no sender carries fax", "template", "audit", "recap", "--channel", "fax")
        self.fails(SYSTEM, "nowhere/held.csv", "template", "audit", "recap", "--csv", "nowhere/held.csv")

    def test_previews_the_few_who_take_every_branch(self):
        self.fill_list()
        found = self.json("template", "preview", "offer", "--channel", "email")
        self.assertEqual((found["branches"], found["branches_taken"], len(found["people"])), (4, 3, 2))
        self.assertEqual([(row["line"], row["branch"]) for row in found["never_taken"]],
                         [(5, "if prospect.city: yes")])
        out, _ = self.heed("template", "preview", "offer", "--provenance")
        self.assertRegex(out, r"Subject: For \[Northwind\]1")
        self.assertRegex(out, r"Hi \{there\}\d")
        self.assertIn("1 prospect.company", out)
        self.assertIn("-- email, its HTML read as text --", out)
        self.assertRegex(out, r"-- sms: 1 segment, \d+ of 160 GSM-7 --")
        self.assertIn("email.liquid line 5: if prospect.city: yes", out)
        self.assertLessEqual(max(map(len, out.splitlines())), 100)

    def test_previews_named_prospects_and_says_why_one_is_held(self):
        self.fill_list()
        found = self.json("template", "preview", "offer", "--prospect", "bo@x.example, ana@x.example")
        self.assertEqual([person["name"] for person in found["people"]], ["Bo", "Ana (Northwind)"])
        message = found["people"][0]["messages"][0]
        self.assertEqual((message["channel"], message["held"]), ("email", "prospect.company is missing and has no default"))
        message = found["people"][1]["messages"][0]
        marks = {row["field"]: message[row["section"]].encode()[row["from"]:row["to"]].decode()
                 for row in message["provenance"] if row["section"] == "text"}
        self.assertEqual(marks["prospect.first_name"], "Ana")
        self.assertRegex(self.heed("template", "preview", "offer", "--prospect", "bo@x.example")[0],
                         r"-- email: HELD -+(.|\n)*prospect.company is missing")
        self.fails(NOT_FOUND, 'no prospect "zoe"', "template", "preview", "offer", "--prospect", "zoe")

    def test_previews_a_folder_for_examples_where_there_is_no_workspace(self):
        self.write("offer/sms.liquid", "Hi {{ prospect.first_name | default: 'you' }}, how did it go?")
        del self.env["HEED_WORKSPACE"]
        found = self.json("template", "preview", "offer")
        self.assertTrue(found["examples"])
        self.assertEqual((found["looked_at"], found["branches"], found["branches_taken"]), (4, 2, 2))
        self.fails(USAGE, "need a workspace", "template", "preview", "offer", "--sequence", NAME)
        self.fails(NOT_FOUND, "no workspace", "template", "preview", "recap")

    def test_phrases_of_the_workspace_come_first_and_are_checked(self):
        self.write("offer/sms.liquid", "Hi, how did it go? STOP to opt out\n")
        self.write("ws/phrases/en.conf", "[phrases stall]\nbad = * this\n")
        self.fails(CONFIG, "phrases/en.conf:2: bad: a phrase begins and ends with a word", "template", "lint", "offer")

    def test_refuses_a_field_that_no_prospect_has_and_names_the_nearest(self):
        self.write("near/sms.liquid", "Hi {{ prospect.first_nme }}, about {{ fields.anything }}")
        err = self.fails_with_findings("template", "check", "near")
        self.assertIn("unknown field 'prospect.first_nme', did you mean 'prospect.first_name'?", err)
        self.assertNotIn("anything'", err)

    def test_snippets_serve_their_template_and_shared_ones_serve_all(self):
        self.write("t/_shared/_sign.liquid", "Yours, {{ name }}\n")
        self.write("t/one/_hello.liquid", "Hello {{ prospect.first_name | default: 'there' }}\n")
        self.write("t/one/sms.liquid", "{% render 'hello' %}!\n{% render 'sign', name: sender.name %}\n")
        self.write("t/two/sms.liquid", "{% render 'sign', name: 'Ann' %}")
        self.assertEqual(self.json("template", "put", "t")["put"], 3)
        rows = {row["name"]: row["parts"] for row in self.json("template", "list")}
        self.assertEqual((rows["_shared"], rows["one"]), (["_sign"], ["_hello", "sms"]))
        self.assertEqual(self.json("template", "check", "t/two")["bad"], 0)  # finds _shared beside it
        self.write("t/_shared/_sign.liquid", "Yours,\n{{ name | upcas }}")
        err = self.fails_with_findings("template", "put", "t")
        self.assertIn("_shared/_sign.liquid:2:11: unknown filter 'upcas'", err)
        self.write("t/_shared/_sign.liquid", "Yours")
        self.write("t/two/sms.liquid", "{% render 'hello' %}")
        self.assertIn("two/sms.liquid:1:11: no snippet is called 'hello'",
                      self.fails_with_findings("template", "check", "t"))
        self.write("t/two/_hello.liquid", "{% render 'hello' %}")
        self.write("t/_shared/email.liquid", "---\nsubject: x\n---\nx")
        self.assertIn("_shared holds snippets only", self.fails_with_findings("template", "check", "t"))
        self.write("lone/_x.liquid", "x")
        self.assertIn("lone: a template has 1 to 8 parts", self.fails_with_findings("template", "check", "lone"))

    def test_months_and_weekdays_are_in_the_language_of_the_prospect(self):
        self.take("Email,Language\nanna@example.com,de\nann@example.com,\n")
        self.write("recap/email.liquid", "---\nsubject: Hi\n---\nOn {{ '2026-10-06' | date: '%A, %-d %B' }}\n")
        self.heed("template", "put", "--force", "recap")
        self.heed("enroll", NAME, "--all")
        self.assertIn("On Dienstag, 6 Oktober", self.heed("plan", "anna@example.com")[0])
        self.assertIn("On Tuesday, 6 October", self.heed("plan", "ann@example.com")[0])

    def test_converts_merge_tags_of_other_tools(self):
        mail = self.write("old/email.txt", "---\nsubject: For *|FNAME|*\n---\nHi {{first_name|there}},\n\n{Hello|Hey}!\n")
        text = self.write("old/sms.txt", "Hi %FIRSTNAME%, {{shoe_size}}? {{> footer}}\n")
        out, err = self.heed("template", "convert", mail)
        self.assertIn('Hi {{ prospect.first_name | default: "there" }},\n\n{{ "Hello|Hey" | spin }}!\n', out)
        self.assertIn('email.txt:4:4: {{first_name|there}} -> {{ prospect.first_name | default: "there" }}', err)
        self.assertIn("3 changed, 0 to look at, 0 not converted", err)
        out, err = self.heed("template", "convert", mail, text, "--out", "hello", code=1)
        self.assertEqual(err, "")
        self.assertIn("NOT CONVERTED {{> footer}}: a partial", out)
        self.assertEqual((self.root / "hello/sms.liquid").read_text(),
                         "Hi {{ prospect.first_name }}, {{ fields.shoe_size }}? {{ fields.not_converted }}\n")
        self.assertIn("hello/email.liquid is there already",
                      self.heed("template", "convert", mail, "--out", "hello", code=REFUSED)[1])
        (self.root / "hello/sms.liquid").unlink()
        self.assertEqual(self.json("template", "check", "hello")["bad"], 0)

    def test_says_as_json_what_it_converted(self):
        text = self.write("sms.txt", "\ufeffHi %FIRSTNAME%, {{shoe_size}}? {{> footer}}\n")
        done = self.json("template", "convert", text, "--from", "activecampaign", code=1)[0]
        self.assertEqual([done[key] for key in ("changed", "look", "not_converted")], [1, 1, 1])
        self.assertEqual(done["text"], "Hi {{ prospect.first_name }}, {{ fields.shoe_size }}? {{ fields.not_converted }}\n")
        self.assertEqual({key: done["notes"][0][key] for key in ("line", "column", "kind", "from", "to")},
                         {"line": 1, "column": 4, "kind": "changed", "from": "%FIRSTNAME%",
                          "to": "{{ prospect.first_name }}"})

    def test_says_what_it_cannot_convert(self):
        text = self.write("sms.txt", "Hi")
        self.fails(USAGE, 'did you mean "mailchimp"', "template", "convert", text, "--from", "mailchim")
        self.fails(NOT_FOUND, "nowhere", "template", "convert", "nowhere")
        self.fails(INPUT, "not UTF-8", "template", "convert", self.write("latin.txt", b"\xe9"))
        self.fails(INPUT, "larger than", "template", "convert", self.write("large.txt", "x" * 300_000))

    def fails_with_findings(self, *words):
        out, err = self.heed(*words, code=CONFIG)
        self.assertEqual(out, "")
        return err

    def test_says_what_a_folder_lacks(self):
        self.write("empty/readme.txt", "")
        self.fails(INPUT, "holds no template", "template", "check", "empty")
        self.fails(NOT_FOUND, "nowhere", "template", "check", "nowhere")
        self.write("offer/emial.liquid", "x")
        self.assertIn('did you mean "email"', self.fails_with_findings("template", "check", "offer"))
        self.write("Bad Name/sms.liquid", "x")
        self.assertIn("is no name for a template", self.fails_with_findings("template", "check", "Bad Name"))
        self.write("latin/sms.liquid", b"Gr\xfc\xdfe")
        self.assertIn("not UTF-8", self.fails_with_findings("template", "check", "latin"))


class TestSequence(Workspace):
    def sequence(self, **changes):
        return json.dumps({"name": "short", "channels": ["email", "sms"],
                           "steps": [{"id": "one", "wait": "1 day", "template": "recap"}], **changes})

    def test_lists_and_shows(self):
        self.assertRegex(self.heed("sequence", "list")[0], rf"{NAME} +1 +6 +auto +email, sms, call")
        out, _ = self.heed("sequence", "show", NAME)
        self.assertRegex(out, r"3 +voice +4 business days +call +progress")
        shown = self.json("sequence", "show", NAME)
        self.assertEqual(len(shown["sequence"]["steps"]), 6)
        self.assertEqual(shown["created_at"][:10], "2027-03-01")
        self.fails(NOT_FOUND, 'no sequence "nothing"', "sequence", "show", "nothing")

    def test_puts_versions(self):
        path = self.write("short.json", self.sequence())
        self.assertRegex(self.heed("sequence", "put", path)[0], r"short +1 +put")
        self.assertRegex(self.heed("sequence", "put", path)[0], r"short +1 +unchanged")
        self.write("short.json", self.sequence(follow="never"))
        self.assertEqual(self.json("sequence", "put", path), [{"name": "short", "version": 2, "changed": True}])

    def test_shows_every_finding_with_its_path_and_puts_nothing(self):
        good = self.write("good.json", self.sequence(name="good"))
        bad = self.write("bad.json", self.sequence(follow="yes", steps=[
            {"id": "one", "wait": "soon", "template": "recpa"}, {"id": "one", "wait": "1 day", "channel": "pigeon",
                                                                 "instructions": "x"}]))
        out, err = self.heed("sequence", "put", good, bad, code=CONFIG)
        self.assertEqual(out, "")
        for path in ("follow", "steps[0].wait", "steps[0]", "steps[1].channel"):
            self.assertIn(f"{bad}: {path}: ", err)
        self.assertIn('"recap"', err)
        self.assertIn("nothing was put", err)
        self.assertNotIn("good", [row["name"] for row in self.json("sequence", "list")])
        findings = self.json("sequence", "check", bad, code=CONFIG)[0]["findings"]
        self.assertTrue(all(one["severity"] == "error" for one in findings))

    def test_warnings_are_shown_and_do_not_stop(self):
        path = self.write("short.json", self.sequence(floor={"touches": 6, "channels": 3}))
        out, err = self.heed("sequence", "put", path)
        self.assertIn("warning: ", err)
        self.assertIn("put", out)

    def test_says_what_cannot_be_read(self):
        for name, text, says in (("none.json", None, "none.json"), ("not.json", "{", "not.json"),
                                 ("list.json", "[]", "list.json"), ("big.json", " " * (2 << 20), "big.json")):
            path = self.write(name, text) if text is not None else self.root / name
            self.assertIn(says, self.heed("sequence", "check", path, code=CONFIG)[1])
        twin = self.write("twin.json", self.sequence())
        self.fails(INPUT, 'are both "short"', "sequence", "put", twin, self.write("short.json", self.sequence()))


class TestAccount(Workspace):
    def conf(self, text):
        path = self.root / "ws/heed.conf"
        path.write_text(path.read_text().split("[sender")[0] + text)

    def test_lists_senders_with_their_state(self):
        self.conf("[sender sam]\nthrough = console\nchannel = email\nfrom = Sam <sam@x.example>\nper_day = 50\n"
                  "[mailbox inbox]\nhost = imap.x.example\nuser = sam\npassword_env = NONE\n")
        with sqlite3.connect(self.root / "ws/heed.db") as store:
            store.execute("INSERT INTO sender_state VALUES('sam', 0, 20878, 12, 0, NULL)")
        self.assertRegex(self.heed("account", "list")[0], r"sam +sender +console +email +sam@x.example +12 of 50 +ready")
        with sqlite3.connect(self.root / "ws/heed.db") as store:
            store.execute("UPDATE sender_state SET day = 20877, paused_until = 1803880800000, reason = 'bad key'")
        row, mailbox = self.json("account", "list")
        self.assertEqual((row["state"], row["reason"], row["sent_today"]), ("paused", "bad key", 0))
        self.assertEqual((mailbox["kind"], mailbox["host"]), ("mailbox", "imap.x.example"))
        self.assertIn("paused until", self.heed("account", "list")[0])

    def test_tries_an_account_without_sending(self):
        self.assertIn("reach nobody", self.heed("account", "test", "sam")[0])
        self.assertIn("task for a person", self.json("account", "test", "phone")["result"])
        self.fails(NOT_FOUND, "no [sender nobody]", "account", "test", "nobody")

    def test_tells_why_a_server_cannot_be_reached(self):
        self.env["PASSWORD"] = "hunter2secret"
        self.conf("[sender sam]\nthrough = smtp\nfrom = sam@x.example\nhost = 127.0.0.1\nport = 9\ntls = off\n"
                  "user = sam\npassword_env = PASSWORD\n"
                  "[mailbox inbox]\nhost = 127.0.0.1\nport = 9\ntls = off\nuser = sam\npassword_env = PASSWORD\n")
        for name in ("sam", "inbox"):
            out, err = self.heed("account", "test", name, code=NET)
            self.assertIn(name, err)
            self.assertNotIn("hunter2secret", out + err)

    def test_names_the_line_of_a_bad_setting(self):
        self.conf("[sender sam]\nthrough = consol\n")
        self.assertRegex(self.fails(CONFIG, "heed.conf:", "account", "list"), r"heed.conf:\d+: .*console")


class TestProvider(Workspace):
    def test_lists_and_shows_those_that_come_with_heed(self):
        rows = {row["name"]: row for row in self.json("provider", "list")}
        self.assertEqual(rows["twilio"]["channel"], "sms")
        self.assertRegex(self.heed("provider", "list")[0], r"twilio +sms +Twilio")
        self.assertIn("account_sid", self.heed("provider", "show", "twilio")[0])
        settings = {one["name"]: one for one in self.json("provider", "show", "twilio")["settings"]}
        self.assertTrue(settings["auth_token"]["secret"])
        self.assertIn("twilio", self.fails(NOT_FOUND, "nothing", "provider", "show", "nothing"))

    def test_the_workspace_may_have_its_own(self):
        shipped = Path(self.json("provider", "show", "telegram")["path"]).read_text()
        self.write("ws/providers/mine.json", shipped.replace('"telegram"', '"mine"', 1))
        self.write("ws/providers/broken.json", "{")
        rows = {row["name"]: row for row in self.json("provider", "list")}
        self.assertTrue(rows["mine"]["path"].startswith(str(self.root)))
        self.assertIn("fault", rows["broken"])

    def test_checks_files(self):
        shipped = self.json("provider", "show", "telegram")["path"]
        self.assertIn("1 provider file without a fault", self.heed("provider", "check", shipped)[0])
        bad = self.write("bad.json", '{"format": 1, "name": "bad", "nonsense": 1}')
        _, err = self.heed("provider", "check", shipped, bad, code=CONFIG)
        self.assertIn("bad.json", err)
        self.assertIn("nonsense", err)
        self.assertGreater(self.json("provider", "check", bad, code=CONFIG)["faults"], 0)
        self.heed("provider", "check", self.root / "none.json", code=CONFIG)


class TestTokenKey(Workspace):
    def test_changes_once_and_then_only_by_force(self):
        self.assertIn("400 days", self.heed("account", "new-key")[0])
        self.fails(REFUSED, "--force", "account", "new-key")
        self.heed("account", "new-key", "--force")


class TestExport(Workspace):
    def fill(self):
        self.take("First name,Email,Phone,Telegram,Slack,Topic,SMS opt-out\n"
                  "Ana,ana@x.example;ana@y.example,+12025550123,123,U42,\"a, b\",yes\n"
                  "Bo,bo@x.example,,,,,\n")
        self.heed("enroll", NAME, "--all")

    def test_every_table_has_both_forms(self):
        self.fill()
        usage = " ".join(self.heed("export", "--help")[0].split("usage: heed export ")[1].split("\n\n")[0].split())
        for table in usage.split(" | "):
            lines = self.lines(table)
            rows = list(csv.DictReader(io.StringIO(self.heed("export", table, "--csv")[0])))
            self.assertEqual(len(lines), len(rows), table)
            for line, row in zip(lines, rows):
                self.assertEqual(set(line) - {"addresses"}, set(row) - {"email", "phone", "telegram",
                                                                        "other_addresses"})
        self.assertEqual(len(self.lines("enrollments")), 2)
        self.assertEqual(self.lines("enrollments")[0]["due_at"][-1], "Z")
        self.assertEqual([(row["address"], row["channel"]) for row in self.lines("suppressions")],
                         [("+12025550123", "sms")])

    def test_each_address_tells_where_it_is_barred(self):
        self.take("Email,Phone,SMS opt-out,Do not call\nana@x.example,+12025550123,yes,yes\n")
        row, = self.lines("prospects")
        self.assertEqual({one["value"]: one["suppressed"] for one in row["addresses"]},
                         {"ana@x.example": [], "+12025550123": ["call", "sms"]})

    def test_ids_are_those_that_other_commands_take(self):
        self.fill()
        self.assertIn("Ana", self.heed("plan", next(row["id"] for row in self.lines("prospects")
                                                    if row["first_name"] == "Ana"))[0])

    def test_prospects_survive_the_way_into_another_workspace(self):
        self.fill()
        before = {row["first_name"]: row for row in self.lines("prospects")}
        out = self.write("out.csv", self.heed("export", "prospects", "--csv")[0])
        self.heed("init", "other")
        self.env["HEED_WORKSPACE"] = str(self.root / "other")
        self.assertEqual(self.json("import", out)["added"], 2)
        after = {row["first_name"]: row for row in self.lines("prospects")}
        for name, row in before.items():
            values = [one["value"] for one in row["addresses"] if one["kind"] != "slack"]
            self.assertEqual(values, [one["value"] for one in after[name]["addresses"]])
            self.assertEqual((row["fields"] or {}).get("topic"), (after[name]["fields"] or {}).get("topic"))

    def test_says_what_there_is(self):
        self.fails(USAGE, "prospects, enrollments, touches", "export", "everything")

    def test_ends_quietly_when_nobody_reads_on(self):
        self.fill()
        with subprocess.Popen([HEED, "export", "prospects"], env=self.env, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL)
                              ) as process:
            process.stdout.close()
            err = process.stderr.read()
            self.assertEqual((process.wait(PATIENCE_S), err), (0, b""))

    def test_tells_a_full_disk(self):
        self.fill()
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([HEED, "export", "prospects"], env=self.env, stdout=full, stderr=subprocess.PIPE,
                                  timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, SYSTEM, done.stderr)


class TestRelabel(Workspace):
    """`heed inbox relabel`: what followed is taken back, the right thing is done, and `heed why` tells both."""

    def hear(self, words, headers=""):
        self.take("Email,Phone,First name\nana@x.example,+12025550123,Ana\n")
        self.heed("enroll", NAME, "ana@x.example")
        mail = f"From: Ana <ana@x.example>\nTo: sam@example.com\nSubject: Re: Hello\nMessage-ID: <1@x.example>\n{headers}\n{words}\n"
        self.heed("mail-in", stdin=mail)
        self.heed("run", "--once")
        return next(row for row in self.json("inbox") if row["kind"] == "reply")

    def relabel(self, *words):
        """A minute later than all before: a clock that stands still gives two processes the same ids."""
        start, real, speed = self.env["HEED_CLOCK"].split(":")
        self.env["HEED_CLOCK"] = f"{int(start) + 60000}:{real}:{speed}"
        return self.json("inbox", "relabel", *words)

    def state(self):
        row, = self.lines("enrollments")
        return row["state"], row["exit"] or row["hold_reason"]

    def test_corrects_the_verdict_and_what_followed(self):
        reply = self.hear("What does the red one weigh?")
        self.assertEqual(("question", ["question"]), (reply["lead"], reply["labels"]))
        self.assertEqual(("held", "question"), self.state())
        done = self.relabel(reply["id"], "not_interested")
        self.assertEqual(("question", "not_interested"), (done["was"]["lead"], done["is"]["lead"]))
        self.assertIn({"kind": "task", "what": "a task was opened: question", "left": None}, done["taken_back"])
        self.assertIn(f"{NAME} ended: not_interested", [row["what"] for row in done["now"]])
        self.assertEqual(("exited", "not_interested"), self.state())
        self.assertIn("said no: not before", self.heed("enroll", NAME, "ana@x.example", code=INPUT)[1])
        self.assertIn("enrolled 1", self.heed("enroll", NAME, "ana@x.example", "--despite-no")[0])
        why = self.json("why", reply["id"])
        self.assertEqual("not_interested", why["lead"])
        self.assertIn("relabel", [row["kind"] for row in why["followed"]])
        self.assertIn("taken back by a person", self.heed("why", reply["id"])[0])
        self.heed("check")  # exit 0: no promise is broken

    def test_opt_outs_and_wishes_are_given_and_taken(self):
        reply = self.hear("Good morning to you all.")
        done = self.relabel(reply["id"], "opt_out")
        self.assertEqual(("everything", None), (done["is"]["opt_out"], done["was"]["opt_out"]))
        self.assertEqual(("exited", "opted_out"), self.state())
        done = self.relabel(reply["id"], "no_opt_out", "wish=call")
        self.assertEqual("call", done["is"]["wish"])
        self.assertEqual([], self.lines("suppressions"))
        self.assertEqual("call", self.json("prefer", "ana@x.example")["wish"])
        self.assertEqual("held", self.state()[0])
        self.assertIn("asked for call", self.heed("plan", "ana@x.example")[0])
        self.heed("check")  # exit 0: no promise is broken

    def test_says_what_is_wrong(self):
        reply = self.hear("Good morning.")
        self.fails(USAGE, 'did you mean "question"', "inbox", "relabel", reply["id"], "questoin")
        self.fails(USAGE, "what is it?", "inbox", "relabel", reply["id"])
        self.fails(USAGE, "a message (me_...) is wanted", "inbox", "relabel", "ta_0123456789abc", "question")
        self.fails(USAGE, "only a person's message", "inbox", "relabel", reply["id"], "bounce", "question")
        self.fails(NOT_FOUND, "no message me_0123456789abc", "inbox", "relabel", "me_0123456789abc", "question")
        self.fails(USAGE, 'no channel "smss" in "wish=smss"; did you mean "sms"?', "inbox", "relabel", reply["id"], "wish=smss")
        self.fails(USAGE, 'cannot "doen", only done', "inbox", "doen", reply["id"])
        self.fails(NOT_FOUND, "`heed inbox` lists the open ones", "inbox", "done", "ta_0123456789abc")
        self.assertIn("relabel me_", self.heed("inbox", "--help")[0])

    def test_reads_a_mail_again_where_the_daemon_reads_it(self):
        """The process that parses loads no rare charset, the program itself would: its words were read another way by a correction."""
        words = base64.b64encode("What does the red one weigh?".encode("cp037")).decode()
        reply = self.hear(words, "Content-Type: text/plain; charset=IBM037\nContent-Transfer-Encoding: base64\n")
        self.assertEqual([], reply["labels"])
        done = self.relabel(reply["id"], "human")
        self.assertEqual([], done["is"]["labels"])
        self.heed("check")  # exit 0: no promise is broken


class TestAssign(Workspace):
    """A message that matching could not settle: `heed inbox` shows whose it may be, `heed inbox assign` settles it."""

    def setUp(self):
        super().setUp()
        self.take("Email,First name,Last name,Company\nana@northwind.example,Ana,Silva,Northwind\n"
                  "bo@northwind.example,Bo,Berg,Northwind\neve@acme.example,Eve,,\n")
        self.heed("enroll", NAME, "--all")
        self.later(2 * 86400 + 5 * 3600)
        self.heed("run", "--once")
        self.subject, = {row["subject"] for row in self.lines("touches") if row["address"] == "ana@northwind.example"}

    def later(self, seconds):
        start, real, speed = self.env["HEED_CLOCK"].split(":")
        self.env["HEED_CLOCK"] = f"{int(start) + seconds * 1000}:{real}:{speed}"

    def hear(self, sender, subject, words, number=1):
        self.later(60)
        self.heed("mail-in", stdin=f"From: {sender}\nTo: sam@example.com\nSubject: {subject}\n"
                                   f"Message-ID: <{number}@mail.example>\n\n{words}\n")
        self.heed("run", "--once")
        self.later(60)
        return next(row for row in self.json("inbox") if row["text"] == words)

    def state_of(self, email):
        return {row["name"].split()[0].lower(): row["state"] for row in self.lines("enrollments")}[email.split("@")[0]]

    def test_shows_whose_a_colleagues_mail_may_be(self):
        reply = self.hear("Cleo <cleo@northwind.example>", f"Re: {self.subject}", "What does the red one weigh?")
        self.assertEqual(None, reply["prospect"])
        one, *others = sorted(reply["candidates"], key=lambda row: row["name"])
        self.assertEqual(("Ana Silva (Northwind)", "Northwind"), (one["name"], one["company"]))
        self.assertEqual((self.subject, "email"), (one["latest_touch"]["subject"], one["latest_touch"]["channel"]))
        self.assertTrue(one["latest_touch"]["id"].startswith("to_"))
        lines = self.heed("inbox")[0].splitlines()
        at = next(n for n, line in enumerate(lines) if line.startswith(reply["id"]))
        self.assertIn("unknown sender", lines[at])
        below = lines[at + 1:at + 1 + 1 + len(others)]
        self.assertEqual({row["prospect"] for row in reply["candidates"]}, {line.split()[0] for line in below})
        self.assertTrue(all("perhaps" in line and f"our latest: {self.subject}"[:60] in line for line in below), below)
        self.assertIn("heed inbox assign ME_ID PR_ID", lines[-1])
        self.assertTrue(all(row["candidates"] == [] for row in self.json("inbox") if "candidates" in row
                            and row["id"] != reply["id"]))

    def test_names_each_person_once_by_the_touches_that_may_have_earned_it(self):
        reply = self.hear("Ana <ana@northwind.example>", "Hello", "Good morning")
        touches = {row["name"].split()[0]: row["id"] for row in self.lines("touches")}
        self.assertEqual([], reply["candidates"])

        def candidates(*names):
            rules = ",".join(f"candidate:{name}" for name in names)
            with sqlite3.connect(self.root / "ws/heed.db") as store:
                store.execute("UPDATE message SET rules = ? WHERE state = 'open'", (rules,))
            return [row["name"].split()[0] for row in self.json("inbox")[0]["candidates"]]

        self.assertEqual(["Eve", "Ana"], candidates(touches["Eve"], touches["Ana"], touches["Eve"]))
        self.assertEqual([], candidates(touches["Ana"], touches["Ana"]))  # theirs anyway: no question
        self.assertEqual([], candidates("to_0123456789abc", "pr_0123456789abc", "pr_", ""))

    def test_a_person_settles_whose_it_is(self):
        reply = self.hear("Cleo <cleo@northwind.example>", f"Re: {self.subject}", "What does the red one weigh?")
        ana = next(row for row in reply["candidates"] if row["name"].startswith("Ana"))["prospect"]
        done = self.json("inbox", "assign", reply["id"], ana)
        self.assertEqual((reply["id"], ana), (done["was_id"], done["prospect"]))
        self.assertIn("credited to the touch it answers", [row["what"] for row in done["now"]])
        self.assertEqual(("held", "active"), (self.state_of("ana@x"), self.state_of("bo@x")))
        row, = [row for row in self.json("inbox") if row["kind"] == "reply"]
        self.assertEqual((done["id"], ana, []), (row["id"], row["prospect"], row["candidates"]))
        why = self.json("why", done["id"])
        self.assertEqual(("person", "certain"), (why["via"], why["confidence"]))
        self.assertIn("a person said whose it is: Ana Silva", [row["what"] for row in why["followed"]])
        self.assertIn(f"and it is {done['id']} now", self.heed("why", reply["id"])[0])
        self.heed("check")  # exit 0: no promise is broken
        self.later(60)
        self.heed("inbox", "relabel", done["id"], "bulk")
        self.assertEqual("active", self.state_of("ana@x"))
        self.heed("check")

    def test_a_message_is_made_nobodys_again(self):
        reply = self.hear("Eve <eve@acme.example>", "Hello", "What does the red one weigh?")
        self.assertEqual("held", self.state_of("eve@x"))
        out, _ = self.heed("inbox", "assign", reply["id"], "nobody")
        self.assertIn(f"{reply['id']} is nobody's\n", out)
        self.assertIn("taken back: credited to the touch it answers\n", out)
        self.assertEqual("active", self.state_of("eve@x"))
        row, = [row for row in self.json("inbox") if row["kind"] == "reply"]
        self.assertEqual((reply["id"], None), (row["id"], row["prospect"]))
        self.assertIn("nobody knows whose it is", self.heed("why", reply["id"])[0])
        self.assertIn("a person said it is nobody's", self.heed("why", reply["id"])[0])
        self.fails(INPUT, "it is nobody's already", "inbox", "assign", reply["id"], "nobody")
        self.heed("check")  # exit 0: no promise is broken
        self.later(60)
        done = self.json("inbox", "assign", reply["id"], "eve@acme.example")
        self.assertEqual("held", self.state_of("eve@x"))
        self.assertIsNotNone(done["prospect"])
        self.heed("check")

    def test_an_address_of_theirs_is_kept(self):
        reply = self.hear("Eve <eve@private.example>", "Hello", "Good morning")
        out, _ = self.heed("inbox", "assign", reply["id"], "eve@acme.example", "--theirs")
        self.assertRegex(out, f"^{reply['id']} is me_[0-9a-z]{{13}} now, from Eve\n")
        self.assertIn("email eve@private.example is theirs, too", out)
        again = self.hear("Eve <eve@private.example>", "And", "Good evening", 2)
        self.assertTrue(again["name"].startswith("Eve"))
        row = next(row for row in self.lines("prospects") if row["first_name"] == "Eve")
        self.assertEqual(["eve@acme.example", "eve@private.example"], [one["value"] for one in row["addresses"]])
        self.heed("check")  # exit 0: no promise is broken

    def test_says_what_is_wrong(self):
        reply = self.hear("Eve <eve@acme.example>", "Hello", "Good morning")
        self.fails(USAGE, "whose is it?", "inbox", "assign", reply["id"])
        self.fails(USAGE, "a message (me_...) is wanted", "inbox", "assign", "ta_0123456789abc", "eve@acme.example")
        self.fails(NOT_FOUND, "no prospect", "inbox", "assign", reply["id"], "nobody@x.example")
        self.fails(NOT_FOUND, "no message me_0123456789abc", "inbox", "assign", "me_0123456789abc", "eve@acme.example")
        self.fails(USAGE, "--theirs needs a prospect", "inbox", "assign", reply["id"], "nobody", "--theirs")
        self.fails(INPUT, "is the address of pr_", "inbox", "assign", reply["id"], "bo@northwind.example", "--theirs")
        self.heed("inbox", "assign", reply["id"], "bo@northwind.example")
        self.fails(INPUT, "was given to somebody else", "inbox", "relabel", reply["id"], "question")
        self.fails(INPUT, "was given to somebody else", "inbox", "raw", reply["id"])
        self.heed("check")  # exit 0: no promise is broken


class TestRaw(Workspace):
    """`heed inbox raw`: a message's bytes as they came."""

    def take_in(self, mail):
        self.run_bytes("mail-in", stdin=mail)
        self.heed("run", "--once")
        row, = self.json("inbox")
        return row["id"]

    def run_bytes(self, *words, stdin=b""):
        return subprocess.run([HEED, *words], env=self.env, input=stdin, capture_output=True, timeout=PATIENCE_S, check=True).stdout

    def test_gives_back_every_byte(self):
        mail = b"From: Ana <ana@x.example>\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\n\xff\x00 odd \x80 bytes\r\n"
        self.assertEqual(mail, self.run_bytes("inbox", "raw", self.take_in(mail)))

    def test_gives_back_a_long_mail_with_its_pieces_in_order(self):
        head = b"From: Ana <ana@x.example>\r\nSubject: Long\r\n\r\nHello\r\n"
        mail = head + b"".join(b"line %09d\r\n" % n for n in range(300000))  # 4.8 MB: five pieces
        self.assertEqual(mail, self.run_bytes("inbox", "raw", self.take_in(mail)))
        self.heed("check")

    def test_says_what_is_wrong(self):
        name = self.take_in(b"From: Ana <ana@x.example>\n\nHello\n")
        self.fails(USAGE, "which message?", "inbox", "raw")
        self.fails(USAGE, "bytes are no JSON", "inbox", "raw", name, "--json")
        self.fails(USAGE, "a message (me_...) is wanted", "inbox", "raw", "to_0123456789abc")
        self.fails(NOT_FOUND, "no such message", "inbox", "raw", "me_0123456789abc")
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([HEED, "inbox", "raw", name], env=self.env, stdout=full, stderr=subprocess.PIPE,
                                  timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, SYSTEM, done.stderr)


if __name__ == "__main__":
    if not HEED:
        sys.exit("cli_test: HEED_BIN must name the program")
    unittest.main()
