"""A server of one file on the loopback that misbehaves as told: redirects, cuts off, ignores or mistakes ranges."""
import http.server
import threading


class FileServer:
    """Serves `content` at every path, by the first word of it:

    /good        whole, and from where a Range says
    /redirect    -> /good
    /cut         half of what was asked for, then the connection ends; always with ranges
    /cut-once    the first answer so, the others whole
    /no-ranges   whole, whatever a Range says
    /missing     404
    /broken      500
    /wrong       as many other bytes
    /endless     no length, and more than anybody wants
    /pointer     a Git LFS pointer
    """

    def __init__(self, content):
        self.requests = []  # (path, Range or None)
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                server.answer(self, content)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def address(self, path):
        return f"http://127.0.0.1:{self._server.server_address[1]}/{path}"

    def ranges(self, path):
        return [wanted for asked, wanted in self.requests if asked == "/" + path]

    def answer(self, handler, content):
        wanted = handler.headers.get("Range")
        self.requests.append((handler.path, wanted))
        kind = handler.path.strip("/")
        cut = kind == "cut" or (kind == "cut-once" and len(self.ranges(kind)) == 1)
        if kind in ("missing", "broken"):
            return handler.send_error(404 if kind == "missing" else 500)
        if kind == "redirect":
            handler.send_response(302)
            handler.send_header("Location", self.address("good"))
            return handler.end_headers()
        if kind == "pointer":
            content = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
        if kind == "wrong":
            content = bytes(255 - byte for byte in content)
        start = 0
        if wanted and kind != "no-ranges":
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(content):
                return handler.send_error(416)
            handler.send_response(206)
            handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            handler.send_response(200)
        body = content[start:]
        if kind != "endless":
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if cut:
            handler.wfile.write(body[:len(body) // 2])
            handler.close_connection = True
        elif kind == "endless":
            try:
                for _ in range(100):
                    handler.wfile.write(body)
            except OSError:
                pass  # enough was enough
        else:
            handler.wfile.write(body)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
