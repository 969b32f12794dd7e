"""HTTP/2 written by hand, for what no well-behaved client does."""
import socket
import ssl
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 8, 9
END_STREAM, ACK, END_HEADERS = 1, 1, 4
CANCEL = struct.pack(">I", 8)
EMPTY_MESSAGE = b"\0" + struct.pack(">I", 0)


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes((kind, flags)) + struct.pack(">I", stream) + payload


def header_block(method):
    """The headers of a gRPC call, so that one block does for all streams."""
    return literals((":method", "POST"), (":scheme", "http"), (":path", method), (":authority", "localhost"), ("te", "trailers"),
                    ("content-type", "application/grpc"))


def literals(*fields):
    """Fields that no table is needed for (RFC 7541, 6.2.2), each name and value shorter than 127 bytes."""
    return b"".join(b"\0" + bytes((len(name),)) + name.encode() + bytes((len(value),)) + value.encode() for name, value in fields)


def connect(address, timeout=60):
    if address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(timeout)
        connection.connect(address.removeprefix("unix:"))
        return connection
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=timeout)


class RawConnection:
    """Streams one after another on one connection; `send` what `call` and others make."""

    def __init__(self, address, tls=False):
        self.socket = connect(address)
        if tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.set_alpn_protocols(["h2"])
            self.socket = context.wrap_socket(self.socket)
        self._received = b""
        self._next_stream = 1
        self.ended = 0
        self.send(PREFACE + frame(SETTINGS, 0, 0) + frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", (1 << 31) - 1 - 65535)))

    def send(self, data):
        self.socket.sendall(data)

    def new_stream(self):
        self._next_stream += 2
        return self._next_stream - 2

    def call(self, block, message=EMPTY_MESSAGE):
        stream = self.new_stream()
        return frame(HEADERS, END_HEADERS, stream, block) + frame(DATA, END_STREAM, stream, message)

    def ask(self, block, message):
        """A whole message in frames of the usual size; it has to fit into HTTP/2's first window of 64 KiB."""
        stream, whole = self.new_stream(), b"\0" + struct.pack(">I", len(message)) + message
        parts = [whole[start:start + 16_000] for start in range(0, len(whole), 16_000)]
        return frame(HEADERS, END_HEADERS, stream, block) + b"".join(
            frame(DATA, END_STREAM if number == len(parts) - 1 else 0, stream, part) for number, part in enumerate(parts))

    def call_and_reset(self, block):
        stream = self.new_stream()
        return frame(HEADERS, END_HEADERS, stream, block) + frame(RST_STREAM, 0, stream, CANCEL)

    def receive(self):
        """Reads once, counts the streams that the server ended, answers pings. False at the end of the connection."""
        data = self.socket.recv(1 << 16)
        self._received += data
        at = 0
        while len(self._received) - at >= 9:
            size = int.from_bytes(self._received[at:at + 3], "big")
            if len(self._received) - at < 9 + size:
                break
            kind, flags = self._received[at + 3], self._received[at + 4]
            payload = self._received[at + 9:at + 9 + size]
            at += 9 + size
            if kind == PING and not flags & ACK:
                self.send(frame(PING, ACK, 0, payload))
            elif kind == RST_STREAM or (kind in (DATA, HEADERS) and flags & END_STREAM):
                self.ended += 1
        self._received = self._received[at:]
        return bool(data)

    def close(self):
        self.socket.close()
