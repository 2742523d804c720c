"""A phone that joins the room of eve serve, without a browser: a WebSocket by hand (RFC 6455), through which a real alice
talks, or whatever a test wants to send."""

import base64
import contextlib
import hashlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import threading
import urllib.parse
import urllib.request

import eve
import parley
from parley import check, later, path, patience, wait_until

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class Refused(Exception):
    def __init__(self, status, text):
        super().__init__("%s: %s" % (status, text))
        self.status, self.text = status, text


def masked(data, key):
    """XOR with the key over and over; in one step of long integers."""
    n = len(data)
    pad = (key * (n // 4 + 1))[:n]
    return (int.from_bytes(data, "little") ^ int.from_bytes(pad, "little")).to_bytes(n, "little")


class Phone:
    """One WebSocket."""

    def __init__(self, room, name="Ada", params="n64", token=None, fields=(), timeout=60, raw_query=None, host=None, source=None,
                 number=None):
        self.socket = socket.create_connection(room.join_at, patience(timeout), (source, 0) if source else None)
        query = raw_query or urllib.parse.urlencode({"token": room.join_token if token is None else token, "set": params,
                                                     "name": name, **({"phone": number} if number else {})},
                                                    quote_via=urllib.parse.quote)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = ["GET /alice?%s HTTP/1.1" % query, "Host: " + (host or "%s:%d" % room.join_at), "Connection: Upgrade",
                 "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + key, *fields]
        self.socket.sendall("\r\n".join(lines + ["", ""]).encode())
        self.buffer = b""
        head = self._until(b"\r\n\r\n")
        status = int(head.split()[1])
        if status != 101:
            with contextlib.suppress(OSError):
                while piece := self.socket.recv(65536):
                    self.buffer += piece
            self.socket.close()
            raise Refused(status, self.buffer.decode(errors="replace"))
        accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
        check(accept in head, "the answer to the key", head)
        self.close_code = None
        self.answers = True  # pings

    def _until(self, mark):
        while mark not in self.buffer:
            piece = self.socket.recv(65536)
            if not piece:
                raise Refused(0, "the connection ended")
            self.buffer += piece
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def _bytes(self, n):
        while len(self.buffer) < n:
            piece = self.socket.recv(1 << 16)
            if not piece:
                raise EOFError
            self.buffer += piece
        out, self.buffer = self.buffer[:n], self.buffer[n:]
        return out

    def frame(self, data, opcode=BINARY, fin=True):
        key = os.urandom(4)
        n = len(data)
        head = bytes([opcode | (128 if fin else 0)])
        head += bytes([128 | n]) if n < 126 else b"\xfe" + struct.pack(">H", n) if n < 65536 else b"\xff" + struct.pack(">Q", n)
        return head + key + masked(data, key)

    def send(self, data, opcode=BINARY, fin=True):
        self.socket.sendall(self.frame(data, opcode, fin))

    def receive(self):
        """(opcode, payload) of the next frame; answers pings; None at the end."""
        while True:
            try:
                head = self._bytes(2)
                n = head[1] & 127
                if n == 126:
                    n = struct.unpack(">H", self._bytes(2))[0]
                elif n == 127:
                    n = struct.unpack(">Q", self._bytes(8))[0]
                data = self._bytes(n)
            except (EOFError, ConnectionError):
                return None
            opcode = head[0] & 15
            if opcode == PING:
                if not self.answers:
                    continue
                with contextlib.suppress(OSError):
                    self.send(data, PONG)
                continue
            if opcode == CLOSE:
                self.close_code = struct.unpack(">H", data[:2])[0] if data else 0
                self.close_text = data[2:].decode()
            return opcode, data

    def until_closed(self):
        """The code and text of the close; None when there was none."""
        while frame := self.receive():
            if frame[0] == CLOSE:
                return self.close_code, self.close_text
        return None

    def close(self):
        with contextlib.suppress(OSError):
            self.send(struct.pack(">H", 1000), CLOSE)
        self.socket.close()

    def drop(self):
        """Gone without a word."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class Tunnel:
    """An address of this machine: who connects there (an alice, which knows no WebSocket) has a phone of its own.
    A # in the name is which of them it is."""

    def __init__(self, room, name, params, **options):
        self.room, self.name, self.params, self.options = room, name, params, options
        self.phones, self.numbered = [], 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        later(self.listener.close)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.numbered += 1
                threading.Thread(target=self._serve, args=(client, self.name.replace("#", str(self.numbered))), daemon=True).start()

    def _serve(self, client, name):
        with client, contextlib.suppress(OSError, Refused):
            phone = Phone(self.room, name, self.params, **self.options)
            self.phones.append(phone)
            threading.Thread(target=self._back, args=(phone, client), daemon=True).start()
            while data := client.recv(1 << 16):
                phone.send(data)
            phone.send(struct.pack(">H", 1000), CLOSE)
            while select.select([phone.socket], [], [], 10)[0] and phone.close_code is None:
                pass

    @staticmethod
    def _back(phone, client):
        with contextlib.suppress(OSError):
            while frame := phone.receive():
                if frame[0] == CLOSE:
                    break
                client.sendall(frame[1])
            client.shutdown(socket.SHUT_WR)


class Room:
    """eve serve --room, and what the wall asks it."""

    def __init__(self, bob, *options):
        self.error_path = path("eve.stderr")
        with open(self.error_path, "wb") as error:
            self.process = subprocess.Popen([eve.EVE, "serve", "--listen", "127.0.0.1:0", "--join", "127.0.0.1:0", "--room", bob,
                                             *map(str, options)], stdout=subprocess.PIPE, stderr=error, text=True,
                                            env=dict(os.environ, TMPDIR=parley.FOLDER))
        later(self.kill)
        line = self.process.stdout.readline()
        if "without libwslay" in self.stderr or "without libmicrohttpd" in self.stderr:
            raise parley.Skip("this eve was built without what a room needs")
        check(line.startswith("http://"), "eve serve:", line, self.stderr)
        self.host, self.token = line[len("http://"):].strip().split("/#token=")
        self.look_up()

    def look_up(self):
        """Where phones join."""
        self.join = self.state()["join"]
        address, self.join_token = self.join[0]["address"][len("http://"):].split("/#")
        self.join_at = (address.rsplit(":", 1)[0], int(address.rsplit(":", 1)[1]))

    @property
    def stderr(self):
        with open(self.error_path, encoding="utf-8", errors="backslashreplace") as f:
            return f.read()

    def ask(self, what, body=None, host=None, fields=None):
        """(status, text)"""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Origin": "http://" + self.host, "X-Parley-Token": self.token} if body is not None else {}
        request = urllib.request.Request("http://%s%s" % (host or self.host, what), data, dict(headers, **(fields or {})))
        try:
            with urllib.request.urlopen(request, timeout=patience(60)) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def ask_join(self, what, **fields):
        return self.ask(what, host="%s:%d" % self.join_at, fields=fields)

    def state(self, since=0, viewer=False):
        """As who gives the lecture sees it, or as any viewer does."""
        status, text = self.ask("/class?since=%d%s" % (since, "" if viewer else "&viewer=" + self.token))
        check(status == 200, "the wall", status, text)
        return json.loads(text)

    def post(self, body):
        status, text = self.ask("/class", body)
        check(status == 200, "a change of the room", status, text)

    def pupil(self, name):
        return next((p for p in self.state()["pupils"] if p["name"] == name), None)

    def until(self, name, what, condition, seconds=60):
        """The tile of this name once the condition holds."""
        last = [None]

        def found():
            last[0] = self.pupil(name)
            return last[0] if last[0] and condition(last[0]) else None
        try:
            return wait_until(found, seconds, "%s of %s" % (what, name))
        except AssertionError as error:
            raise AssertionError("%s: %s" % (error, last[0])) from error

    def stop(self):
        check(self.process.poll() is None, "eve serve has ended", self.stderr)
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(patience(60)) == 0, "status of eve serve", self.process.returncode, self.stderr)
        for report in ("Sanitizer", "runtime error:"):
            check(report not in self.stderr, self.stderr[-3000:])

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
