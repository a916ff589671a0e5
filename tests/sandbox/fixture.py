"""For the tests: a sandbox on a thread of its own, and a receiver that plays heed's webhooks."""
import asyncio
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from clock import Clock
from prospects import make_people
from sandbox import Sandbox

PUBLIC = "https://heed.sandbox.example"
MONDAY_NOON = 1_803_902_400_000       # 2027-03-01 12:00 UTC


class Receiver:
    """Keeps what is posted, as (path, headers, body); answers as told by .answer."""

    def __init__(self):
        self.posts, self.answer = [], 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posts.append((self.path, dict(self.headers), body))
                self.send_response(receiver.answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Running:
    """with Running() as run: run.sandbox, run.receiver, run.ports; run.call(f, ...) runs f in the loop."""

    def __init__(self, seed=7, count=200, speed=0, start_ms=MONDAY_NOON, settings=None):
        self.people = make_people(seed, count)
        self.clock = Clock(f"{start_ms}:{int(time.time() * 1000)}:{speed}")
        self.settings, self.receiver = settings, Receiver()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory(prefix="heed-sandbox-test-")

    def __enter__(self):
        self.sandbox = Sandbox(self.folder.name, self.people, self.clock, self.settings)
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.wait(self.sandbox.start(PUBLIC, self.receiver.url))
        self.ports, self.ledger, self.mailbox = self.sandbox.ports, self.sandbox.ledger, self.sandbox.mailbox
        return self

    def __exit__(self, *_):
        self.wait(self.sandbox.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()
        self.receiver.stop()
        self.folder.cleanup()

    def wait(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(20)

    def call(self, function, *arguments):
        async def run():
            return function(*arguments)
        return self.wait(run())

    def person(self, kind):
        return next(person for person in self.people if person.kind == kind)

    def until(self, condition, seconds=10):
        """True as soon as the condition holds, false when it never did."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.005)
        return bool(condition())
