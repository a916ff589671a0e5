#!/usr/bin/python3
"""How fast Liquid mails are rendered: heed beside ruby-liquid, ruby-liquid-c, liquidjs, handlebars and the C floor, on
one core, in turns, so that all meet the same machine. Parsing does not count, CPU time does.
Usage: liquid.py [--rounds N] [--seconds S] [--case NAME] BUILD MODULES FOLDER   (script/bench does it)

Ends with one line of JSON: the median of each engine, heed's ratios to the others, and the goals. Exits with 1 when a
mail of heed differs from ruby-liquid's; a goal missed is told, not punished: it depends on the machine, and on who else
uses it. The best rounds are the least disturbed."""
import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "liquid")
sys.path.insert(0, HERE)
import cases  # pylint: disable=wrong-import-position
WARM_UP_S = 0.2
REFERENCE = "ruby"
FLOOR = ("memcpy", "simd", "byte", "vm", "snprintf")
# case: the engine heed is held against, and how many times its speed heed must have
GOALS = {"short": ("vm", 0.8), "medium": ("simd", 1 / 8), "long": ("simd", 1 / 3)}


class Engine:
    """A process that renders for so many seconds whenever it is asked to."""

    def __init__(self, key, command, case, folder):
        self.key, self.out = key, os.path.join(folder, f"{case}.{key}.out")
        self.process = subprocess.Popen([*command, case, folder, self.out], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.name = self.hear()["engine"]
        self.rates, self.arena_bytes = [], None
        with open(self.out, "rb") as mails:
            self.mails = mails.read()

    def hear(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.key}: exit {self.process.wait()}")
        return json.loads(line)

    def round(self, seconds):
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        heard = self.hear()
        self.arena_bytes = heard.get("arena_bytes")
        return heard["renders"] / heard["cpu_s"]

    def stop(self):
        self.process.stdin.close()
        self.process.wait()

    def result(self):
        mails = self.mails.split(b"\x1e")
        result = {"engine": self.name, "per_s": round(statistics.median(self.rates)), "best": round(max(self.rates)),
                  "least": round(min(self.rates)), "ns": round(1e9 / statistics.median(self.rates), 1),
                  "bytes": round(statistics.mean(map(len, mails))),
                  "sha256": hashlib.sha256(self.mails).hexdigest()[:16]}
        if self.arena_bytes:
            result["arena_bytes"] = self.arena_bytes
        return result


def commands(options, case):
    yield "heed", [os.path.join(options.build, "bench_heed")]
    for mode, key in (("plain", "ruby"), ("c", "ruby-c")):
        yield key, ["ruby", os.path.join(HERE, "ruby.rb"), mode]
    for key in ("liquidjs", "handlebars"):
        yield key, ["node", os.path.join(HERE, "node.js"), key]
    for way in FLOOR:
        if (way, case) != ("vm", "medium"):  # it has no ifs and no loops
            yield way, [os.path.join(options.build, "bench_floor"), way]


def measure(case, options):
    engines = [Engine(key, command, case, options.folder) for key, command in commands(options, case)]
    for engine in engines:
        engine.round(WARM_UP_S)
    for _ in range(options.rounds):
        for engine in engines:
            engine.rates.append(engine.round(options.seconds))
    for engine in engines:
        engine.stop()
    return {engine.key: engine.result() for engine in engines}


def show(case, results):
    ours, reference = results["heed"], results[REFERENCE]
    other, goal = GOALS[case]
    print(f"\n{case}: {ours['bytes']} bytes, {ours['arena_bytes']} bytes of memory a render")
    print(f"{'engine':34} {'mails/s':>12} {'ns':>10} {'best':>12} {'heed is':>9}   mails")
    for key, result in results.items():
        same = "same" if result["sha256"] == reference["sha256"] else "differ"
        print(f"{result['engine']:34} {result['per_s']:12,} {result['ns']:10,} {result['best']:12,} "
              f"{ours['per_s'] / result['per_s']:8.2f}x   {same}")
    ratio, best = (ours[key] / results[other][key] for key in ("per_s", "best"))
    print(f"goal: {goal:.3f} x C {other}; reached {ratio:.3f} ({best:.3f} by the best rounds): "
          f"{'met' if ratio >= goal else 'MISSED'}", flush=True)


def summary(options, results):
    goals = {}
    for case, (other, goal) in GOALS.items():
        if case in results:
            ratio, best = (results[case]["heed"][key] / results[case][other][key] for key in ("per_s", "best"))
            goals[case] = {"against": "C " + other, "goal": round(goal, 3), "reached": round(ratio, 3),
                           "by_best": round(best, 3), "met": ratio >= goal}
    same = all(one["heed"]["sha256"] == one[REFERENCE]["sha256"] for one in results.values())
    return {"bench": "liquid", "rounds": options.rounds, "seconds": options.seconds, "load": os.getloadavg()[0],
            "cases": results, "goals": goals, "same_as_ruby": same}


def pin():
    """To the last core; this script only waits while an engine works."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def main():
    parser = argparse.ArgumentParser(description="heed's Liquid beside others and the C floor.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.3, help="of CPU time, per engine and round")
    parser.add_argument("--case", choices=cases.CASES, action="append", help="only this one; may be repeated")
    parser.add_argument("build")
    parser.add_argument("modules")
    parser.add_argument("folder")
    options = parser.parse_args()
    os.environ["NODE_PATH"] = options.modules
    shutil.rmtree(options.folder, ignore_errors=True)
    os.makedirs(options.folder)
    cases.write(options.folder)
    pin()
    results = {}
    for case in options.case or cases.CASES:
        results[case] = measure(case, options)
        show(case, results[case])
    last = summary(options, results)
    print(json.dumps(last))
    shutil.rmtree(options.folder, ignore_errors=True)
    return 0 if last["same_as_ruby"] else 1


if __name__ == "__main__":
    sys.exit(main())
