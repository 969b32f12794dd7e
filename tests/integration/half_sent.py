"""Calls whose messages never come whole, many at a time on one connection, sent as fast as HTTP/2's windows allow."""
import select
import socket
import struct
import time

import hpack
from raw_http2 import ACK, DATA, END_HEADERS, END_STREAM, HEADERS, PING, PREFACE, RST_STREAM, SETTINGS, WINDOW_UPDATE, connect, frame, header_block

INITIAL_WINDOW, MAX_FRAME = 4, 16384


class HalfSentCalls:
    def __init__(self, address):
        self._socket = connect(address)
        self._socket.setblocking(False)
        self._out = bytearray(PREFACE + frame(SETTINGS, 0, 0))
        self._in = bytearray()
        self._decoder = hpack.Decoder()
        self._connection_window = self._initial_window = 65535
        self._windows = {}  # by stream
        self._unsent = {}   # bytes of each stream that are to be sent still
        self._next = 1
        self.codes = {}     # gRPC status of each stream that has ended; None where it was reset
        self.closed = False

    def begin(self, method, declared, sent):
        """A call with a message that says to have `declared` bytes, of which `sent` will be sent."""
        stream = self._next
        self._next += 2
        self._windows[stream] = self._initial_window
        self._unsent[stream] = bytearray(b"\0" + struct.pack(">I", declared) + bytes(sent))
        self._out += frame(HEADERS, END_HEADERS, stream, header_block(method))
        return stream

    def dribble(self):
        """One more byte on each stream that is open."""
        for stream in self._windows:
            if stream not in self.codes:
                self._unsent[stream] += b"\0"

    def work(self, seconds):
        """Sends what may be sent and reads what comes, for so long."""
        end = time.monotonic() + seconds
        while not self.closed and time.monotonic() < end:
            self._fill()
            readable, writable, _ = select.select([self._socket], [self._socket] if self._out else [], [], min(0.05, seconds))
            try:
                if writable:
                    del self._out[:self._socket.send(self._out[:1 << 20])]
                if readable:
                    data = self._socket.recv(1 << 18)
                    self.closed = not data
                    self._in += data
                    self._read()
            except (BlockingIOError, InterruptedError):
                pass
            except (ConnectionError, socket.timeout):
                self.closed = True

    def unsent(self):
        return sum(len(data) for stream, data in self._unsent.items() if stream not in self.codes)

    def _fill(self):
        if len(self._out) > 1 << 20:
            return
        for stream, data in self._unsent.items():
            while data and stream not in self.codes and len(self._out) < 1 << 20:
                size = min(len(data), MAX_FRAME, self._windows[stream], self._connection_window)
                if size <= 0:
                    break
                self._out += frame(DATA, 0, stream, bytes(data[:size]))
                del data[:size]
                self._windows[stream] -= size
                self._connection_window -= size

    def _read(self):
        at = 0
        while len(self._in) - at >= 9:
            size = int.from_bytes(self._in[at:at + 3], "big")
            if len(self._in) - at < 9 + size:
                break
            kind, flags = self._in[at + 3], self._in[at + 4]
            stream = int.from_bytes(self._in[at + 5:at + 9], "big")
            self._take(kind, flags, stream, bytes(self._in[at + 9:at + 9 + size]))
            at += 9 + size
        del self._in[:at]

    def _take(self, kind, flags, stream, payload):
        if kind == SETTINGS and not flags & ACK:
            for setting, value in struct.iter_unpack(">HI", payload):
                if setting == INITIAL_WINDOW:
                    for known in self._windows:
                        self._windows[known] += value - self._initial_window
                    self._initial_window = value
            self._out += frame(SETTINGS, ACK, 0)
        elif kind == PING and not flags & ACK:
            self._out += frame(PING, ACK, 0, payload)
        elif kind == WINDOW_UPDATE:
            grown = struct.unpack(">I", payload)[0]
            if stream == 0:
                self._connection_window += grown
            elif stream in self._windows:
                self._windows[stream] += grown
        elif kind == HEADERS:
            headers = dict(self._decoder.decode(payload))
            if flags & END_STREAM:
                self.codes[stream] = int(headers["grpc-status"])
        elif kind == RST_STREAM:
            self.codes.setdefault(stream, None)

    def close(self):
        self._socket.close()
