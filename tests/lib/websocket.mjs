// A browser's WebSocket for node, as far as alice/browser/alice.js asks for it: binary messages, the client's end of RFC 6455
// over node's http. Where node has one of its own this one is used all the same, so that all versions test the same.

import { randomBytes } from "node:crypto";
import { request } from "node:http";

const TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10;

export class WebSocket {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSED = 3;
  readyState = WebSocket.CONNECTING;
  #socket = null;
  #buffer = Buffer.alloc(0);
  #parts = [];
  #closed = { wasClean: false, code: 1006, reason: "" };

  constructor(url) {
    const { hostname, port, pathname, search } = new URL(url);
    const asked = request({ host: hostname, port, path: pathname + search, agent: false, headers: {
      Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": randomBytes(16).toString("base64") } });
    asked.on("error", (e) => this.#refused(e.message));
    asked.on("response", (r) => {
      let text = "";
      r.on("data", (d) => { text += d; });
      r.on("close", () => this.#refused(`${r.statusCode} ${text.trim()}`));
    });
    asked.on("upgrade", (_, socket, head) => {
      this.#socket = socket;
      this.readyState = WebSocket.OPEN;
      socket.setNoDelay(true);
      socket.on("data", (d) => this.#take(d));
      socket.on("error", () => {});
      socket.on("close", () => this.#over());
      this.onopen?.();
      this.#take(head);
    });
    asked.end();
  }

  // A page is not told why; who reads the test's output is.
  #refused(why) {
    console.error(`no WebSocket: ${why}`);
    this.#over();
  }

  #over() {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    this.onclose?.(this.#closed);
  }

  #take(bytes) {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    for (let b = this.#buffer; b.length >= 2; b = this.#buffer) {
      const short = b[1] & 127, at = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (b.length < at) return;
      const n = short === 126 ? b.readUInt16BE(2) : short === 127 ? Number(b.readBigUInt64BE(2)) : short;
      if (b.length < at + n) return;
      this.#buffer = b.subarray(at + n);
      this.#frame(b[0] & 15, Boolean(b[0] & 128), b.subarray(at, at + n));
    }
  }

  #frame(opcode, last, data) {
    if (opcode === PING) this.#write(PONG, data);
    else if (opcode === CLOSE) {
      this.#closed = { wasClean: true, code: data.length ? data.readUInt16BE(0) : 1005, reason: data.subarray(2).toString() };
      this.#write(CLOSE, data);
      this.#socket.end();
    } else if (opcode <= BINARY) {
      if (opcode === TEXT) throw new Error("a text message");
      this.#parts.push(data);
      if (!last) return;
      const whole = Uint8Array.from(Buffer.concat(this.#parts));
      this.#parts = [];
      this.onmessage?.({ data: whole.buffer });
    }
  }

  #write(opcode, data) {
    const n = data.length, mask = randomBytes(4), head = Buffer.alloc(n < 126 ? 2 : n < 65536 ? 4 : 10), body = Buffer.from(data);
    head[0] = 0x80 | opcode;
    head[1] = 0x80 | (n < 126 ? n : n < 65536 ? 126 : 127);
    if (head.length === 4) head.writeUInt16BE(n, 2);
    else if (head.length === 10) head.writeBigUInt64BE(BigInt(n), 2);
    for (let i = 0; i < n; i++) body[i] ^= mask[i & 3];
    this.#socket.write(Buffer.concat([head, mask, body]));
  }

  get bufferedAmount() { return this.#socket?.writableLength ?? 0; }

  send(data) { this.#write(BINARY, data); }

  close(code = 1000) {
    if (this.readyState !== WebSocket.OPEN) return;
    const data = Buffer.alloc(2);
    data.writeUInt16BE(code);
    this.#write(CLOSE, data);
  }
}
