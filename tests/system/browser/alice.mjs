// Alice as a browser has her, over TCP instead of a WebSocket.
//
// node alice.mjs FOLDER PROGRAM ADDRESS PORT SET NAME [--seed HEX] [--wire FILE] [--say TEXT] [--stay]
//
// FOLDER has session.js and machine.js, PROGRAM is the .wasm. Each event is a line of JSON on standard output. Once the chat
// is open she says TEXT, and then that this is all, unless she is to stay. FILE.alice and FILE.bob get what passed.
import { randomBytes } from 'node:crypto';
import { createWriteStream, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, wire: { type: 'string' }, say: { type: 'string' }, stay: { type: 'boolean' } },
});
const [folder, program, host, port, set, name] = positionals;
const { Alice } = await import(pathToFileURL(`${folder}/machine.js`));
const { Session } = await import(pathToFileURL(`${folder}/session.js`));

const alice = new Alice(new WebAssembly.Module(readFileSync(program)));
const seed = values.seed ? Buffer.from(values.seed, 'hex') : randomBytes(32);
const wires = values.wire ? [createWriteStream(`${values.wire}.alice`), createWriteStream(`${values.wire}.bob`)] : [];
let session = null;

const socket = createConnection({ host, port: Number(port) }, () => {
  alice.start(set, name, seed, performance.now());
  console.log(JSON.stringify({ event: 'connected' }));
  const transport = {
    send(bytes) {
      wires[0]?.write(bytes);
      socket.write(bytes);
    },
    get waiting() {
      return socket.writableLength;
    },
    close: () => socket.end(),
  };
  session = new Session(alice, transport, tell);
});
socket.on('data', (bytes) => {
  wires[1]?.write(bytes);
  session.received(new Uint8Array(bytes));
});
socket.on('end', () => session.ended());
socket.on('error', (e) => (session ? session.broken(e.message) : tell({ event: 'ended', done: false, text: e.message })));

function tell(event) {
  if (event.event === 'open') event.memory = alice.memoryBytes;
  console.log(JSON.stringify(event));
  if (event.event === 'open' && values.say !== undefined) session.say(values.say);
  if (event.event === 'open' && !values.stay) session.leave();
}
