// "How Alice does it" in WebAssembly says what the same C files say on this machine, and its session is that of the programs.
//
// node inside.mjs FOLDER PROGRAM INSIDE SEED SET...    FOLDER has how-machine.js, PROGRAM is how.wasm, INSIDE the native twin
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [folder, program, inside, seed, ...sets] = process.argv.slice(2);
const { How } = await import(pathToFileURL(`${folder}/how-machine.js`));
const compiled = new WebAssembly.Module(readFileSync(program));

function check(condition, what) {
  if (!condition) throw new Error(what);
}

/** [what, a, b, object] of each line of the twin. */
function native(set) {
  const done = spawnSync(inside, [seed, set], { encoding: 'utf8', maxBuffer: 1 << 28 });
  check(done.status === 0, `${inside}: ${done.stderr}`);
  return done.stdout.trimEnd().split('\n').map((line) => {
    const [what, a, b] = line.split(' ', 3);
    return [what, Number(a), Number(b), line.slice(`${what} ${a} ${b} `.length)];
  });
}

function run(set) {
  const how = new How(compiled);
  how.start(seed, set);
  check(how.about() === null, 'it tells of a session that has not been');
  while (how.work());
  return how;
}

function refused(what, seed, set) {
  let said = null;
  try {
    new How(compiled).start(seed, set);
  } catch (e) {
    said = e;
  }
  check(said?.constructor === Error && said.message.length > 0, `${what} was taken, or failed as ${said}`);
}

function compare(set) {
  const how = run(set), lines = native(set);
  check(lines.length > 100, `only ${lines.length} lines of ${set}`);
  for (const [what, a, b, text] of lines) {
    const mine = JSON.stringify(how[what](a, b));
    const twin = JSON.stringify(JSON.parse(text));
    check(mine === twin, `${set}, ${what} ${a} ${b}: ${mine.slice(0, 300)} here, ${twin.slice(0, 300)} there`);
  }
  const about = how.about();
  how.free();
  console.log(`words ${set} ${about.words}`);
}

check(JSON.stringify(WebAssembly.Module.imports(compiled)) === '[]', 'it imports something');
const names = WebAssembly.Module.exports(compiled).map((e) => e.name);
check(names.includes('how_start') && !names.some((name) => name.startsWith('surface')), `it exports ${names}`);
for (const set of sets) compare(set);
refused('a set that there is none of', seed, 'n65');
refused('no seed', '', sets[0]);
refused('a long seed', 'x'.repeat(200), sets[0]);
