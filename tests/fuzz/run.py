"""Runs the fuzzers of the preset "fuzz" side by side and sums up what they found; see script/fuzz."""
import argparse
import pathlib
import re
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ROOT / "tests/fuzz"
BUILD = ROOT / "build/fuzz"
STATUS = re.compile(r"^#(\d+)\s+\w+\s+cov: (\d+) ft: \d+ corp: (\d+)")
SAY_EVERY_S = 30


def names():
    return sorted(path.stem[len("fuzz_"):] for path in SOURCES.glob("fuzz_*.c"))


def what_it_does(name):
    head = (SOURCES / f"fuzz_{name}.c").read_text().split("*/")[0].split(" - ", 1)[1]
    return " ".join(head.replace("\n *", " ").split())


class Fuzzer:
    """One libFuzzer process, and what it last said of itself."""

    def __init__(self, name, seconds):
        self.name, self.seconds = name, seconds
        self.executions = self.coverage = self.corpus = 0
        self.state, self.spent = "waits", 0.0
        self.findings = BUILD / "findings" / name
        self.program = BUILD / "tests/fuzz" / f"fuzz_{name}"
        self.log = self.findings / "log.txt"

    def command(self):
        kept = BUILD / "corpus" / self.name
        seeds = SOURCES / "seeds" / re.sub("_(parse|render)$", "", self.name)
        for folder in (kept, self.findings):
            folder.mkdir(parents=True, exist_ok=True)
        command = [self.program, f"-max_total_time={self.seconds}", "-timeout=10", "-rss_limit_mb=2048",
                   "-max_len=16384", f"-artifact_prefix={self.findings}/"]
        if re.search("template|parts", self.name):
            command.append(f"-dict={SOURCES / 'liquid.dict'}")
        return command + [kept] + ([seeds] if seeds.is_dir() else [])

    def found(self):
        return sorted(self.findings.glob("*-*")) if self.findings.is_dir() else []

    def read(self, line):
        status = STATUS.match(line)
        if status:
            self.executions, self.coverage, self.corpus = map(int, status.groups())

    def run(self):
        start = time.monotonic()
        command = self.command()
        for old in self.found():
            old.unlink()
        self.state = "runs"
        with open(self.log, "w") as log, subprocess.Popen(
                command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, errors="replace",
                cwd=self.findings) as process:
            for line in process.stderr:
                log.write(line)
                self.read(line)
                self.spent = time.monotonic() - start
        self.spent = time.monotonic() - start
        self.state = "done" if process.returncode == 0 and not self.found() else "FOUND"

    def line(self):
        return (f"{self.name:18} {self.state:5} {self.spent:6.0f} s  {self.executions:12,} executions"
                f"  cov {self.coverage:6}  corpus {self.corpus:6}  findings {len(self.found())}")

    def show_findings(self):
        for path in self.found():
            where = path.relative_to(ROOT)
            print(f"  {where}\n    again: {self.program.relative_to(ROOT)} {where}")
        if self.state == "FOUND":
            print(f"    log:   {self.log.relative_to(ROOT)}")


def work_through(waiting, lock):
    while True:
        with lock:
            if not waiting:
                return
            fuzzer = waiting.pop(0)
        fuzzer.run()


def build(fuzzers):
    subprocess.run(["cmake", "--preset", "fuzz"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "build/fuzz", "--target", *(f"fuzz_{f.name}" for f in fuzzers)], cwd=ROOT, check=True)


def run_all(fuzzers, jobs):
    waiting, lock = list(fuzzers), threading.Lock()
    workers = [threading.Thread(target=work_through, args=(waiting, lock), daemon=True) for _ in range(jobs)]
    for worker in workers:
        worker.start()
    said = time.monotonic()
    while any(worker.is_alive() for worker in workers):
        time.sleep(0.2)
        if time.monotonic() - said >= SAY_EVERY_S:
            said = time.monotonic()
            for fuzzer in fuzzers:
                if fuzzer.state == "runs":
                    print(fuzzer.line(), flush=True)


def read_arguments():
    parser = argparse.ArgumentParser(prog="script/fuzz")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in names()]
    if unknown:
        parser.error(f"there is no fuzzer \"{unknown[0]}\"; there are: {', '.join(names())}")
    if arguments.seconds < 1 or arguments.jobs < 1:
        parser.error("--seconds and --jobs are at least 1")
    return arguments


def main():
    arguments = read_arguments()
    if arguments.list:
        for name in names():
            print(f"{name:18} {what_it_does(name)}")
        return 0
    fuzzers = [Fuzzer(name, arguments.seconds) for name in arguments.names or names()]
    build(fuzzers)
    run_all(fuzzers, arguments.jobs)
    print("\n" + "\n".join(fuzzer.line() for fuzzer in fuzzers))
    for fuzzer in fuzzers:
        fuzzer.show_findings()
    return 1 if any(fuzzer.state != "done" for fuzzer in fuzzers) else 0


if __name__ == "__main__":
    sys.exit(main())
