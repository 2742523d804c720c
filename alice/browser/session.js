// Drives one Alice over a transport, and tells what happens: the loop of proto/session.h.
//
// A transport has send(bytes), waiting (bytes that it has not sent yet) and close(); its owner calls the session's
// received(bytes), ended() and broken(text).

const SLICE_MS = 40; // of jobs, between two looks at what has arrived
const PROGRESS_MS = 100; // between two events of progress
const WAITING_MAX = 1 << 20; // bytes that the transport may have unsent before it gets more
const RETRY_MS = 20;
const HELD_MAX = 8 << 20; // bytes that wait for Alice: no step needs half as many
const LINE_MAX = 2000; // bytes of a line of the chat: escaped it is four times as long at most, and fits told.h

export class Session {
  #alice;
  #transport;
  #tell;
  #now;
  #input = []; // pieces that Alice could not take yet
  #held = 0;
  #inputEnded = false;
  #said = []; // pieces for the chat
  #line = new Uint8Array(0); // of it, not yet complete
  #timer = null;
  #progressAt = -Infinity;
  #progressed = '';
  #leaving = false; // and the end mark follows them
  #open = false; // the chat
  #why = null; // the connection is over, in the words of who has closed it
  #closed = null; // the event
  #over = false;

  /** alice: a started one. tell: gets each event. now: a clock in milliseconds that does not jump back. */
  constructor(alice, transport, tell, now = () => performance.now()) {
    this.#alice = alice;
    this.#transport = transport;
    this.#tell = tell;
    this.#now = now;
    this.#turn();
  }

  received(bytes) {
    if (this.#over) return;
    this.#input.push(bytes);
    this.#held += bytes.length;
    if (this.#held > HELD_MAX) this.broken('more arrived than any step needs');
    else this.#turn();
  }

  /** The other side has closed the connection. */
  ended() {
    this.#why = 'the peer closed the connection';
    this.#inputEnded = true;
    this.#turn();
  }

  broken(text) {
    if (this.#over) return;
    this.#input = [];
    this.#why = text;
    this.#alice.broken(text);
    this.#turn();
  }

  /** Says a line in the chat. */
  say(text) {
    if (this.#over) return;
    this.#said.push(new TextEncoder().encode(text + '\n'));
    this.#turn();
  }

  /** Says that all has been said, which ends the session once Bob has answered. */
  leave() {
    this.#leaving = true;
    this.#turn();
  }

  // What should not happen, such as an assertion of the program's, is an end like others.
  #turn() {
    if (this.#over) return;
    try {
      this.#go();
    } catch (e) {
      this.#closed = { status: 70, reason: `an error in the program: ${e.message}`, step: '' };
      this.#end();
    }
  }

  #go() {
    clearTimeout(this.#timer);
    if (this.#alice.deadline <= this.#now()) this.#alice.tick(this.#now());
    const until = this.#now() + SLICE_MS;
    let busy;
    do busy = this.#pass();
    while (busy && this.#now() < until && !this.#over);
    if (this.#over) return;
    this.#tellProgress();
    const wait = busy ? 0 : this.#blocked() ? RETRY_MS : Math.max(0, this.#alice.deadline - this.#now());
    if (wait !== Infinity) this.#timer = setTimeout(() => this.#turn(), Math.min(wait, 1e6));
  }

  #blocked() {
    return this.#transport.waiting >= WAITING_MAX;
  }

  // Everything that can be done now, once. Whether anything was.
  #pass() {
    let moved = this.#give();
    for (let e; (e = this.#alice.event(this.#now())); moved = true) this.#happened(e);
    for (let bytes; !this.#blocked() && (bytes = this.#alice.output(this.#now())); moved = true) this.#transport.send(bytes);
    moved = this.#hear() || moved;
    moved = this.#speak() || moved;
    moved = this.#alice.work(this.#now()) || moved;
    if (!moved && this.#alice.finished && !this.#blocked()) this.#end();
    return moved;
  }

  #give() {
    if (this.#alice.finished) return false;
    if (this.#input.length > 0 && this.#alice.wantsInput) {
      const bytes = this.#input.shift();
      this.#held -= bytes.length;
      this.#alice.receive(bytes, this.#now());
      return true;
    }
    if (this.#input.length === 0 && this.#inputEnded) {
      this.#inputEnded = false;
      this.#alice.receiveEnd(this.#now());
      return true;
    }
    return false;
  }

  #speak() {
    if (this.#leaving && this.#said.length === 0) {
      this.#leaving = false;
      this.#alice.sendEnd();
      return true;
    }
    if (this.#said.length === 0 || !this.#alice.wantsData) return false;
    const bytes = this.#said.shift();
    const taken = this.#alice.send(bytes);
    if (taken < bytes.length) this.#said.unshift(bytes.subarray(taken));
    return taken > 0;
  }

  #happened(event) {
    event.clock = Date.now() * 1000;
    if (event.event === 'confirmed') event.words = event.fingerprint.split(' ');
    if (event.event === 'peer_end' || event.event === 'closed') { // behind all that he has said
      this.#hear();
      this.#flushLine();
    }
    if (event.event === 'open') this.#open = true;
    if (event.event === 'peer_end') this.#leaving = true;
    if (event.event === 'closed') this.#closed = event;
    this.#tell(event);
  }

  #hear() {
    let heard = false;
    for (let bytes; (bytes = this.#alice.data()); heard = true) this.#heard(bytes);
    return heard;
  }

  // The chat is lines; one that is very long is shown in pieces, none of which ends within a character.
  #heard(bytes) {
    let line = new Uint8Array(this.#line.length + bytes.length);
    line.set(this.#line);
    line.set(bytes, this.#line.length);
    bytes.fill(0);
    this.#line.fill(0);
    for (;;) {
      const end = line.indexOf(10);
      if (end < 0 && line.length <= LINE_MAX) break;
      let n = end < 0 || end > LINE_MAX ? LINE_MAX : end;
      if (n !== end) for (let i = 0; i < 3 && (line[n] & 0xc0) === 0x80; i++) n--;
      this.#tellLine(line.subarray(0, n));
      line = line.subarray(n + (n === end ? 1 : 0));
    }
    this.#line = line.slice();
  }

  #flushLine() {
    if (this.#line.length > 0) this.#tellLine(this.#line);
    this.#line = new Uint8Array(0);
  }

  #tellLine(bytes) {
    this.#tell({ event: 'chat', side: 'bob', text: this.#alice.escape(bytes) });
  }

  #tellProgress() {
    const now = this.#now();
    if (now < this.#progressAt + PROGRESS_MS) return;
    const progress = this.#alice.progress();
    const text = JSON.stringify(progress);
    if (text === this.#progressed) return;
    this.#progressAt = now;
    this.#progressed = text;
    this.#tell({ event: 'progress', ...progress });
  }

  #end() {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#line.fill(0);
    this.#transport.close();
    this.#alice.free();
    const { status, reason, step } = this.#closed;
    this.#tell({ event: 'ended', done: status === 0, step, text: this.#inWords(reason) });
  }

  // A chat that was cut off says so, in words of a person: the program's own speak of end marks.
  #inWords(reason) {
    const cut = this.#why !== null && reason.startsWith(this.#why);
    if (!cut) return reason;
    const why = this.#why === 'the peer closed the connection' ? 'Bob has closed the connection' : this.#why;
    return this.#open ? `${why}; what was said last may not have arrived` : why;
  }
}
