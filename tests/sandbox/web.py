"""HTTP/1.1, as much as the services need: a server with keep-alive for small requests, and one POST. No TLS, no
chunked bodies in requests; loopback only."""
import asyncio
from urllib.parse import urlsplit

MAX_BODY = 1 << 20
REASONS = {200: "OK", 201: "Created", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
           413: "Content Too Large", 429: "Too Many Requests"}


class Request:
    def __init__(self, method, target, headers, began):
        self.method, self.headers, self.began = method, headers, began
        self.path, _, self.query = target.partition("?")
        self.body = b""


class Server:
    """routes: [(method, path prefix, handler)]; handler(request) -> (status, content type, body bytes)."""

    def __init__(self, began):
        self.routes, self._began = [], began      # began(): taken when a request's first line is there

    async def listen(self, port=0):
        server = await asyncio.start_server(self._serve, "127.0.0.1", port, limit=MAX_BODY)
        return server, server.sockets[0].getsockname()[1]

    async def _serve(self, reader, writer):
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass
        finally:
            writer.close()

    async def _one(self, reader, writer):
        line = await reader.readline()
        if not line:
            return False
        began = self._began()
        method, target, _ = line.decode("latin-1").split()
        request = Request(method, target, await read_headers(reader), began)
        length = int(request.headers.get("content-length", "0"))
        if length > MAX_BODY:
            write_answer(writer, 413, "text/plain", b"too large\n")
            return False
        if request.headers.get("expect", "").lower() == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.body = await reader.readexactly(length)
        write_answer(writer, *self._answer(request))
        await writer.drain()
        return request.headers.get("connection", "").lower() != "close"

    def _answer(self, request):
        for method, prefix, handler in self.routes:
            if method == request.method and request.path.startswith(prefix):
                return handler(request)
        return 404, "text/plain", b"not found\n"


async def read_headers(reader):
    headers = {}
    while (line := await reader.readline()) not in (b"\r\n", b"\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers


def write_answer(writer, status, content_type, body):
    head = f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}\r\nContent-Type: {content_type}\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


async def post(url, body, headers):
    """POSTs bytes; returns the status, or 0 when nobody answered."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    writer = None
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(parts.hostname, parts.port), 5)
        lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}",
                 "Connection: close", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        line = await asyncio.wait_for(reader.readline(), 10)
        return int(line.split()[1])
    except (OSError, asyncio.TimeoutError, IndexError, ValueError):
        return 0
    finally:
        if writer:
            writer.close()


class Hook:
    """heed's webhooks as the world sees them: public URLs, answered by a port of this machine (a proxy's work)."""

    def __init__(self, public, real, ledger):
        self.public, self.real, self.ledger = public.rstrip("/"), real.rstrip("/"), ledger
        self._room = asyncio.Semaphore(8)

    async def post(self, url, body, headers):
        """Like the services do: again for a while when not answered 2xx. True when it was."""
        if not url.startswith(self.public + "/"):
            self.ledger.notes["foreign_url"] += 1
            return False
        real = self.real + url[len(self.public):]
        async with self._room:
            for attempt in range(7):
                status = await post(real, body, headers)
                if 200 <= status < 300:
                    return True
                self.ledger.notes[f"hook_answered_{status}"] += 1
                await asyncio.sleep(0.01 * 2 ** attempt)
        self.ledger.notes["hook_gave_up"] += 1
        return False
