"""Random templates, rendered by the engine (lax) and by Debian's ruby-liquid 5.4.0: what differs, and is not known to.

Usage: differential.py [--count N] [--seed N] [--show N] LIQUID_RUNNER
Prints how many cases agreed, differed for a known reason (by reason) or without one, and the first of those; exit code 1
when there is one. The generator's own, no template of others: only what 5.4.0 and 5.13 have in common.
"""
import argparse
import base64
import json
import pathlib
import random
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BATCH = 5000

TEXTS = ["", " ", "a", "b", "Ann", "ann", "Anna Maria", "tea, oat", "a-b-c", "<b>x</b>", "x & y", "1", "12", "3.5", "-7", "0", "true",
         "10:30", "2026-03-14", "2026-03-14 10:00", "May 1, 2020", "caf\u00e9", "\u00c9t\u00e9", "stra\u00dfe", "\u20ac", "line\nbreak",
         " two  words ", "%20a+b", "a/b?c=d&e", "YQ==", "1,2,3", "zzz", "A", "\u4e2d\u6587", "&lt;x&gt; &amp;", "one two three four"]
NUMBERS = [0, 1, 2, 3, 7, 10, -1, -5, 100, 12345]
DECIMALS = [0.0, 1.5, 2.0, -3.25, 0.1, 10.75, 99.99]
NAMES = ["a", "b", "c", "n", "f", "s", "t", "l", "m", "p", "x", "e", "z"]
WORDS = ["name", "price", "k", "size", "first", "last", "deep"]
COMPARISONS = ["==", "!=", "<", ">", "<=", ">=", "<>", "contains"]
FORMATS = ["%Y-%m-%d", "%-d %B %Y", "%H:%M", "%a %b %e", "%j %U %W", "%s", "%y%m%d", "%I %p %l", "%Y %%", "%D %T %R %F", "%^a %-m %_d %3N %L"]


class Maker:
    """Makes one template and its data from a seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.depth = 0

    def pick(self, *choices):
        return self.random.choice(choices)

    def chance(self, percent):
        return self.random.randrange(100) < percent

    # ---- data ----
    def scalar(self):
        kind = self.random.randrange(10)
        if kind < 5:
            return self.random.choice(TEXTS)
        if kind < 7:
            return self.random.choice(NUMBERS)
        return self.random.choice(DECIMALS) if kind < 8 else self.pick(True, False, None)

    def item(self):
        return {"name": self.random.choice(TEXTS), "price": self.random.choice(NUMBERS + DECIMALS), "k": self.scalar()}

    def data(self):
        return {"a": self.scalar(), "b": {"k": self.scalar(), "name": self.random.choice(TEXTS), "deep": {"k": [1, "two"]}},
                "n": self.random.choice(NUMBERS), "f": self.random.choice(DECIMALS), "s": self.random.choice(TEXTS),
                "t": self.pick(True, False), "l": [self.scalar() for _ in range(self.random.randrange(6))],
                "m": [self.random.choice(NUMBERS) for _ in range(self.random.randrange(5))],
                "p": [self.item() for _ in range(self.random.randrange(4))], "x": self.random.choice(TEXTS), "e": self.pick([], "", {})}

    # ---- expressions ----
    def text(self):
        text = self.random.choice([t for t in TEXTS if "\n" not in t and '"' not in t])
        return self.pick("'", '"').join(["", text, ""]) if "'" not in text else f'"{text}"'

    def path(self):
        path = self.random.choice(NAMES + ["i", "forloop"])
        for _ in range(self.pick(0, 0, 0, 1, 1, 2)):
            path += self.pick(f".{self.random.choice(WORDS)}", f"[{self.pick(0, 1, -1)}]", f'["{self.random.choice(WORDS)}"]')
        if path.startswith("forloop"):
            path = "forloop." + self.pick("index", "index0", "rindex", "rindex0", "first", "last", "length")
        return path

    def literal(self):
        return self.pick(self.text, lambda: str(self.random.choice(NUMBERS)), lambda: str(self.random.choice(DECIMALS)),
                         lambda: self.pick("nil", "true", "false"))()

    def value(self):
        return self.path() if self.chance(65) else self.literal()

    def range(self):
        return f"({self.pick(0, 1, -1, 'n')}..{self.pick(0, 1, 3, 5, 'n', 'm.size')})"

    def number(self):
        return self.pick(str(self.random.choice(NUMBERS)), str(self.random.choice(DECIMALS)), "n", "f", "'2'", "'1.5'")

    def filter(self):
        text, number, whole = self.text, self.number, lambda: self.pick("0", "1", "2", "3", "5", "-1", "-2", "n")
        plain = ("abs capitalize ceil compact downcase escape escape_once first floor join last lstrip newline_to_br reverse round rstrip "
                 "size sort sort_natural strip strip_html strip_newlines uniq upcase url_encode url_decode base64_encode h").split()
        made = [lambda: f"append: {self.value()}", lambda: f"prepend: {self.value()}", lambda: f"at_least: {number()}",
                lambda: f"at_most: {number()}", lambda: f"concat: {self.pick('l', 'm', 'p')}",
                lambda: f"default: {self.value()}", lambda: f"default: {text()}, allow_false: {self.pick('true', 'false')}",
                lambda: f"divided_by: {number()}", lambda: f"join: {text()}", lambda: f"map: {self.pick(chr(39) + 'name' + chr(39), chr(39) + 'price' + chr(39))}",
                lambda: f"minus: {number()}", lambda: f"modulo: {number()}", lambda: f"plus: {number()}", lambda: f"times: {number()}",
                lambda: f"remove: {text()}", lambda: f"remove_first: {text()}", lambda: f"remove_last: {text()}",
                lambda: f"replace: {text()}, {text()}", lambda: f"replace_first: {text()}, {text()}",
                lambda: f"replace_last: {text()}, {text()}", lambda: f"round: {whole()}", lambda: f"slice: {whole()}",
                lambda: f"slice: {whole()}, {whole()}", lambda: f"sort: 'price'", lambda: f"sort_natural: 'name'",
                lambda: f"split: {self.pick(text(), chr(39) * 2, chr(39) + ',' + chr(39), chr(39) + ' ' + chr(39))}",
                lambda: f"truncate: {whole()}", lambda: f"truncate: {whole()}, {text()}", lambda: f"truncatewords: {whole()}",
                lambda: f"uniq: 'name'", lambda: f"where: 'name', {text()}", lambda: "where: 'k'"]
        return self.random.choice(plain) if self.chance(45) else self.random.choice(made)()

    def filtered(self):
        text = self.value()
        for _ in range(self.pick(0, 0, 1, 1, 2, 3)):
            text += " | " + self.filter()
        return text

    def condition(self):
        parts = []
        for _ in range(self.pick(1, 1, 1, 2, 3)):
            if self.chance(35):
                parts.append(self.value())
            else:
                right = self.pick("blank", "empty", "nil") if self.chance(20) else self.value()
                parts.append(f"{self.value()} {self.pick('==', '!=') if right in ('blank', 'empty') else self.random.choice(COMPARISONS)} {right}")
        text = parts[0]
        for part in parts[1:]:
            text += self.pick(" and ", " or ") + part
        return text

    # ---- tags ----
    def tag(self, inside):
        left, right = self.pick("{%", "{%", "{%", "{%-"), self.pick("%}", "%}", "%}", "-%}")
        return f"{left} {inside} {right}"

    def choose(self):
        kind = self.pick("if", "if", "unless")
        text = self.tag(f"{kind} {self.condition()}") + self.body()
        for _ in range(self.pick(0, 0, 1)):
            text += self.tag(f"elsif {self.condition()}") + self.body()
        if self.chance(40):
            text += self.tag("else") + self.body()
        return text + self.tag(f"end{kind}")

    def case(self):
        text = self.tag(f"case {self.value()}") + self.pick("", " ", "\n")
        for _ in range(self.pick(1, 1, 2)):
            text += self.tag("when " + self.pick(", ", " or ").join(self.value() for _ in range(self.pick(1, 1, 2)))) + self.body()
        if self.chance(50):
            text += self.tag("else") + self.body()
        return text + self.tag("endcase")

    def loop(self):
        head = f"for {self.pick('i', 'j')} in {self.pick(self.range(), 'l', 'm', 'p', 'b', 's', 'e', self.path())}"
        parts = [f"limit:{self.pick(0, 1, 2, 'n')}" if self.chance(25) else "",
                 f"offset:{self.pick(0, 1, 2, 'continue')}" if self.chance(25) else ""]
        head += " reversed" if self.chance(20) else ""
        text = self.tag(" ".join([head] + [part for part in parts if part])) + self.body()
        if self.chance(30):
            text += self.tag(f"if {self.condition()}") + self.tag(self.pick("break", "continue")) + self.tag("endif") + self.body()
        if self.chance(25):
            text += self.tag("else") + self.body()
        return text + self.tag("endfor")

    def table(self):
        parts = [f"cols:{self.pick(1, 2, 3)}" if self.chance(70) else "", f"limit:{self.pick(1, 2)}" if self.chance(20) else "",
                 f"offset:{self.pick(0, 1)}" if self.chance(20) else ""]
        head = " ".join([f"tablerow i in {self.pick(self.range(), 'l', 'm', 'p')}"] + [part for part in parts if part])
        return self.tag(head) + self.body() + self.tag("endtablerow")

    def capture(self):
        return self.tag(f"capture {self.pick('z', 'x', 'c')}") + self.body() + self.tag("endcapture")

    def plain_tag(self):
        values = ", ".join(self.value().replace(",", "") for _ in range(self.pick(1, 2, 3))) # the lax parser cuts quoted texts there
        return self.tag(self.pick(f"assign {self.pick('z', 'x', 'c', 'n')} = {self.filtered()}", f"assign z = {self.range()}",
                                  f"increment {self.pick('z', 'q')}", f"decrement {self.pick('z', 'q')}", f"cycle {values}",
                                  f"cycle {self.pick(chr(39) + 'g' + chr(39), 'a', 1)}: {values}", f"echo {self.filtered()}", "# note"))

    def hidden(self):
        return self.pick("{% comment %}{{ a }}{% if a %}b{% endif %}{% endcomment %}", "{% raw %}{{ a }}{% if %}{% endraw %}",
                         "{%- raw %} {{ {% endraw -%}",
                         "{% liquid\nassign q = a\nif q\necho q | upcase\nelse\necho 'no'\nendif\n%}",
                         "{% ifchanged %}" + "{{ a }}" + "{% endifchanged %}")

    def date(self):
        day, month, year = self.pick(1, 9, 14, 28), self.pick(1, 2, 3, 10, 12), self.pick(1999, 2020, 2024, 2026)
        time = self.pick("", "", " 10:00", " 23:59:59", " 7:05", "T10:30:00Z", "T10:30:00+02:00", " 10:00 pm", " 10:00 +0200")
        name = ["", "Jan", "February", "Mar", "", "", "", "", "", "", "October", "", "December"][month]
        text = self.pick(f"{year}-{month:02}-{day:02}{time}", f"{day} {name} {year}", f"{name} {day}, {year}{'' if 'T' in time else time}",
                         f"{year}/{month:02}/{day:02}", "now", "today", f"{self.random.randrange(2_000_000_000)}", f"Mon, {day} {name} {year}")
        value = f'"{text}"' if self.chance(90) else str(self.random.randrange(-10_000_000, 2_000_000_000))
        return f'{value} | date: "{self.random.choice(FORMATS)}"'

    def output(self):
        inside = self.range() if self.chance(4) else self.date() if self.chance(6) else self.filtered()
        return f"{self.pick('{{', '{{', '{{-')} {inside} {self.pick('}}', '}}', '-}}')}"

    def piece(self):
        kind = self.random.randrange(20)
        if kind < 5:
            return self.pick(" ", "\n", "x", "text ", ", ", "<p>", " \n ")
        if kind < 13 or self.depth > 3:
            return self.output()
        return self.pick(self.choose, self.choose, self.case, self.loop, self.loop, self.table, self.capture, self.plain_tag, self.plain_tag,
                         self.plain_tag, self.hidden)()

    def body(self):
        self.depth += 1
        text = "".join(self.piece() for _ in range(self.pick(0, 1, 1, 2, 3)))
        self.depth -= 1
        return text

    def make(self):
        text = "".join(self.piece() for _ in range(self.pick(1, 2, 3, 4)))
        return {"template": text, "data": self.data()}


# ---- known differences, by cause ----
def uses(*words):
    pattern = re.compile("|".join(words))
    return lambda template, ours, theirs: pattern.search(template) is not None


RULES = [
    ("nil and white space are blank since 5.5; before, only with Rails", uses(r"[!=]= blank\b")),
    ("the lax parser leaves nil out of a cycle", uses(r"cycle [^%]*\bnil\b")),
    ("a dash at the end of endraw trims since 5.5", uses(r"endraw -%")),
    ("the other engine takes longer than 2 seconds", lambda template, ours, theirs: theirs == "took too long"),
    ("a limit is passed", lambda template, ours, theirs: re.match("Liquid error: (more than|the (template|text) )", ours) is not None),
    ("what is no finite number says so in other words", lambda template, ours, theirs: "Computation results in" in theirs),
    ("first and last of a text are its characters since 5.5", uses(r"\.(first|last)\b", r'\["(first|last)"\]', r"\| (first|last)\b")),
    ("equal keys keep their order here; Ruby's sort gives no promise",
     lambda template, ours, theirs: "| sort" in template and sorted(ours) == sorted(theirs)),
]


def reason(case, ours, theirs):
    for name, holds in RULES:
        if holds(case["template"], ours, theirs):
            return name
    return None


# ---- running ----
def run(command, cases):
    done = subprocess.run(command, input=json.dumps({"tests": cases}), capture_output=True, text=True)
    lines = done.stdout.splitlines()
    if done.returncode != 0 or len(lines) != len(cases):
        sys.exit(f"{command[0]} gave {len(lines)} lines for {len(cases)} cases: {done.stderr[-2000:]}")
    return [(kind, base64.b64decode(coded).decode("utf-8", "replace")) for kind, _, coded in (line.partition(" ") for line in lines)]


class Tally:
    def __init__(self):
        self.agreed, self.known, self.found = 0, {}, []

    def add(self, case, ours, theirs):
        why = None if ours[1] == theirs[1] else reason(case, ours[1], theirs[1])
        if ours[1] == theirs[1]:
            self.agreed += 1
        elif why:
            self.known[why] = self.known.get(why, 0) + 1
        else:
            self.found.append((case, ours, theirs))


def show(found):
    case, ours, theirs = found
    print(f"seed {case['seed']}\n  template: {case['template']!r}\n  data:     {json.dumps(case['data'], ensure_ascii=False)}")
    print(f"  ours:     {ours[1]!r}\n  theirs:   {theirs[1]!r}")


def main():
    parser = argparse.ArgumentParser(prog="script/fuzz --differential")
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=10)
    parser.add_argument("runner")
    arguments = parser.parse_args()
    tally = Tally()
    for start in range(arguments.seed, arguments.seed + arguments.count, BATCH):
        seeds = range(start, min(start + BATCH, arguments.seed + arguments.count))
        cases = [dict(Maker(seed).make(), seed=seed) for seed in seeds]
        for case, ours, theirs in zip(cases, run([arguments.runner], cases), run(["ruby", HERE / "differential.rb"], cases)):
            tally.add(case, ours, theirs)
    for found in sorted(tally.found, key=lambda found: len(found[0]["template"]))[:arguments.show]:
        show(found)
    for why in sorted(tally.known):
        print(f"{tally.known[why]:8,} differ: {why}")
    print(f"{tally.agreed:,} agree, {sum(tally.known.values()):,} differ for known reasons, {len(tally.found):,} differ without one")
    return 1 if tally.found else 0


if __name__ == "__main__":
    sys.exit(main())
