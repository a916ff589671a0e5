"""What is rendered: a short and a medium plain mail (files beside this one), a long HTML mail, and 200 prospects. The
same on every run."""
import json
import os
import random
import re
import shutil

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = ("short", "medium", "long")
PROSPECTS, ROWS, TOUCHES = 200, 49, 5
SEED = 20261121

FIRST = "Anna Björn Chloé Dmitri Eve François Grace Hiro Inès João Kofi Lena Márta Noor Olu Priya Quinn Rosa Søren Tariq"
LAST = "O'Brien Müller García Novák Okafor Schmidt Dubois Rossi Nakamura Singh Smith"
COMPANY = ["Acme Tools", "Björk & Co", "Delta <Labs>", "Norwind GmbH", "Smith & Sons", "Quanta", "Hôtel du Lac",
           "Red Fern Realty", "BlueOak", "Pico \"P\" Ltd"]
CITY = "Berlin Lyon Praha Austin Leeds Porto Osaka Accra".split()
CHANNEL = "call email sms linkedin meeting whatsapp".split()
SUMMARY = ["you were happy with Product A and its reporting, and wanted to check the price of Package X with your partner",
           "we compared the two plans and you leaned to the yearly one because of the onboarding help",
           "you told me the current tool loses leads between the first call and the quote",
           "you asked for a reference customer in your trade & a sample contract",
           "we agreed that a two-week pilot with 5 seats would show whether the team uses it"]
COMMITMENT = ["talk to your business partner about Package X", "send me the list of current contacts",
              "test the import with real data", "ask finance about the yearly budget", ""]
QUESTION = ["How did that conversation go?", "What did the team say when they saw it?",
            "What came up when you tried it?", "Which of the two plans fits the budget?", ""]
TITLE = ["CEO", "Head of Sales", "Owner", "COO", ""]
STAGE = ["new", "contacted", "proposal", "negotiation"]
SENDER = {"name": "Kim Larsen", "title": "Account manager", "phone": "+45 12 34 56 78", "company": "Example ApS"}

CSS = "font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:20px;color:#222222;padding:%spx 16px;" \
      "border-bottom:1px solid #e6e6e6;"
HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">\
<title>Summary for {{ prospect.company | escape }}</title></head>
<body style="margin:0;padding:0;background:#f4f4f4;">\
<div style="display:none;max-height:0;overflow:hidden;">{{ last.summary | escape }}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">\
<table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0" style="background:#ffffff;">
<tr><td colspan="2" style="WIDE"><p>Hi {{ prospect.first_name | default: "there" | escape }},</p>\
<p>When we last spoke, {{ last.summary | escape }}.</p>\
<p>{{ last.question | default: "What has changed since then?" | escape }}</p></td></tr>
"""
ROW = """<tr><td width="180" style="NARROW">Item %d</td>
<td style="NARROW">{{ f.k%02d | escape }}</td></tr>
"""
TAIL = """<tr><td colspan="2" style="WIDE"><p>{{ prospect.first_name | default: "Hello" | escape }}, \
what is the one thing to clear up so that {{ prospect.company | escape }} can decide?</p>\
<p><a href="{{ meeting_url | escape }}">Choose a time</a></p></td></tr>
<tr><td colspan="2" style="WIDE"><p>{{ sender.name | escape }}<br>{{ sender.title | escape }}</p>\
<p><a href="{{ unsubscribe_url | escape }}">No more mail</a></p></td></tr></table></td></tr></table></body></html>
"""


def long_mail():
    text = HEAD + "".join(ROW % (k + 1, k) for k in range(ROWS)) + TAIL
    return text.replace("WIDE", CSS % 12).replace("NARROW", CSS % 8)


def as_handlebars(liquid):
    """Handlebars escapes by itself; `default` is a helper of ours."""
    text = re.sub(r'\{\{ (\S+) \| default: "([^"]*)" \| escape \}\}', r'{{default \1 "\2"}}', liquid)
    return re.sub(r"\{\{ (\S+) \| escape \}\}", r"{{\1}}", text)


def touch(pick):
    at = "2026-%02d-%02dT%02d:%02d:00Z" % (pick.randint(6, 11), pick.randint(1, 28), pick.randint(8, 18),
                                           pick.choice([0, 15, 30, 45]))
    return {"at": at, "channel": pick.choice(CHANNEL), "direction": pick.choice(["in", "out"]),
            "summary": pick.choice(SUMMARY), "important": pick.random() < .4}


def field(pick, number):
    words = COMPANY + CITY + FIRST.split() + [str(pick.randint(10, 9999))]
    return pick.choice(SUMMARY if number % 6 == 0 else words)


def prospect(pick, number):
    history = sorted((touch(pick) for _ in range(TOUCHES)), key=lambda one: one["at"], reverse=True)
    who = {"first_name": "" if number % 17 == 3 else pick.choice(FIRST.split()), "last_name": pick.choice(LAST.split()),
           "company": pick.choice(COMPANY), "title": pick.choice(TITLE), "city": pick.choice(CITY),
           "email": "p%03d@example.org" % number, "score": pick.randint(0, 100), "stage": pick.choice(STAGE)}
    last = {"channel": history[0]["channel"], "at": history[0]["at"], "summary": history[0]["summary"],
            "commitment": pick.choice(COMMITMENT), "question": pick.choice(QUESTION)}
    return {"prospect": who, "sender": SENDER, "last": last, "history": history,
            "meeting_url": "https://meet.example.org/k/%06x" % pick.getrandbits(24),
            "unsubscribe_url": "https://u.example.org/%016x" % pick.getrandbits(64),
            "f": {"k%02d" % k: field(pick, k) for k in range(ROWS)}}


def write(folder):
    pick = random.Random(SEED)
    for name in os.listdir(HERE):
        if name.endswith((".liquid", ".hbs")):
            shutil.copy(os.path.join(HERE, name), folder)
    for ending, text in (("liquid", long_mail()), ("hbs", as_handlebars(long_mail()))):
        with open(os.path.join(folder, "long." + ending), "w", encoding="utf-8") as out:
            out.write(text)
    with open(os.path.join(folder, "prospects.json"), "w", encoding="utf-8") as out:
        json.dump([prospect(pick, number) for number in range(PROSPECTS)], out, ensure_ascii=False)
