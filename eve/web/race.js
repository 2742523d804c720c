// The race of two bars. At small sets real programs run: Alice and Bob agree, and Eve's learner turns to what has passed;
// the bars fill as they do. Where that takes patience they run beside the lesson, and the server tells of them. At larger
// sets Eve's bar is what the laboratory has measured or extrapolated, and says so.

import { element } from "./dom.js";
import { post, withMine } from "./server.js";
import { heard as inWords, say, several } from "./tongue.js";
import { brief, count, duration, number, power } from "./units.js";

export const LIVE = ["n64", "n128", "n256"], PATIENT = ["n384", "n512"];
const LEAST = 1; // second: a full bar is at least that

// Eve's processes, as eve learn tells of them: seconds by the clock.
const eveSeconds = (verdict) => (verdict.learners ?? []).filter((l) => l.status !== "not-applicable").reduce((sum, l) => sum + (l.wall_seconds ?? 0), 0);

// Runs a set with the real programs. tell({alice, eve}): seconds so far, of each null before it begins; settles with
// {alice, eve, won}.
function runLive(params, tell) {
  return new Promise((settle, fail) => {
    let begun = { alice: null, eve: null }, done = {}, source = null, frame = 0, ours = false;
    const now = () => Object.fromEntries(["alice", "eve"].map((who) => [who, done[who] ?? (begun[who] === null ? null : (performance.now() - begun[who]) / 1000)]));
    const draw = () => { tell(now()); frame = requestAnimationFrame(draw); };
    const end = (text) => {
      cancelAnimationFrame(frame);
      source?.close();
      tell(now());
      if (text) fail(new Error(text));
      else settle(done);
    };
    const heard = (e) => {
      if (e.event === "scenario" && ours) end(say("Something else was started meanwhile: run it again."));
      else if (e.event === "scenario") ours = true;
      else if (e.from === "alice" && e.event === "connected") begun.alice ??= performance.now();
      else if (e.from === "alice" && e.event === "confirmed") done.alice = e.seconds;
      else if (e.from === "eve" && e.event === "attack") begun.eve = performance.now();
      else if (e.from === "eve" && e.event === "verdict") {
        done = { ...done, eve: eveSeconds(e), won: e.key_recovered };
        end(done.alice === undefined ? say("Alice and Bob have not agreed: run it again.") : "");
      } else if (["alice", "bob", "tap"].includes(e.from) && e.event === "ended" && e.status > 0) end(say`${e.from} has ended with status ${e.status}.`);
    };
    post("scenario", { name: "eve-wins", params, budget: 60, eve: true }).then(async (answer) => {
      if (!answer.ok) { end(inWords(await answer.text())); return; }
      source = new EventSource(withMine("events")); // what was shown before is over, so these are of this run
      source.onmessage = (message) => heard(JSON.parse(message.data));
      draw();
    }, (e) => end(e.message));
  });
}

// What Eve's bar says of a race that the server tells of. covered: it would answer what the class is still to guess.
function eveWords(now, covered) {
  if (now.wrong) return say`${inWords(now.wrong)}: run it again`;
  if (now.state === "over" && covered) return say("She has ended. When, is shown after the guess.");
  if (now.eve === null) return now.state === "over" ? say("stopped before she began") : "";
  const cores = several(now.threads, "on one core|on {0} cores");
  if (now.state === "learns") return [say`${brief(now.eve)} so far, ${cores}`, now.tries && say`${count(now.tries)} tries`, now.expected_seconds && say`at this rate ${duration(now.expected_seconds)} on average`].filter(Boolean).join("; ");
  const said = now.reads?.find((line) => line.side === "alice");
  if (now.won) return [say`${duration(now.eve)} ${cores}, and she has the key too`, said && say`she reads \u201c${said.text}\u201d`].filter(Boolean).join("; ");
  return now.stopped ? say`stopped after ${duration(now.eve)} ${cores}, without the key` : say`given up after ${duration(now.eve)} ${cores}, without the key`;
}

// Two bars a set, in order of n. row(params) makes a set's row when it is first asked for; who fills it sets `seconds` and
// `text` of row.bars.alice and .eve, `live` if they are real times, and calls draw().
function raceBars() {
  const rows = new Map(); // by set
  const list = element("div", { className: "race" });

  function laneOf(who, name) {
    const fill = element("span", { className: `fill ${who}` }), words = element("span", { className: "time" });
    return { fill, words, seconds: null, text: "", element: element("div", { className: "lane", children: [element("span", { className: "who", text: name }), element("span", { className: "bar", children: [fill] }), words] }) };
  }
  function row(params) {
    if (rows.has(params)) return rows.get(params);
    const bars = { alice: laneOf("alice", "Alice"), eve: laneOf("eve", "Eve") };
    const made = { params, bars, element: element("div", { className: "set", children: [element("b", { text: params }), element("div", { children: [bars.alice.element, bars.eve.element] })] }) };
    made.element.dataset.params = params;
    rows.set(params, made);
    list.replaceChildren(...[...rows.values()].sort((a, b) => Number(a.params.slice(1)) - Number(b.params.slice(1))).map((r) => r.element));
    return made;
  }

  // All bars to one scale: the longest that has really run is full; what is longer says how many times that is.
  function draw() {
    const full = Math.max(LEAST, ...[...rows.values()].filter((r) => r.live).flatMap((r) => Object.values(r.bars).map((b) => b.seconds ?? 0)));
    for (const row of rows.values())
      for (const bar of Object.values(row.bars)) {
        const times = (bar.seconds ?? 0) / full;
        bar.fill.style.width = `${Math.min(100, 100 * times)}%`;
        bar.fill.classList.toggle("torn", times > 1);
        bar.words.textContent = bar.seconds === null ? (bar.always ? bar.text : "") : `${bar.text}${times > 1 ? `; ${say`${times < 1e6 ? number(times, 2) : power(Math.round(Math.log10(times)))} times this width`}` : ""}`;
      }
  }
  return { element: list, row, known: (params) => rows.get(params), draw };
}

// {element, run(sets), follow(races), estimate(row), busy()}
export function race() {
  const { element: list, row: rowOf, known, draw } = raceBars();
  let running = false;

  async function run(sets) {
    if (running) return;
    running = true;
    try {
      for (const params of sets) {
        const row = rowOf(params);
        row.live = row.here = true;
        delete row.element.dataset.done;
        const tell = (now, text = (s) => brief(s)) => {
          for (const who of ["alice", "eve"]) Object.assign(row.bars[who], { seconds: now[who], text: now[who] === null ? "" : text(now[who], who) });
          draw();
        };
        tell({ alice: null, eve: null });
        const done = await runLive(params, tell);
        tell(done, (s, who) => (who === "alice" ? say`${duration(s)}, and she has the key` : done.won ? say`${duration(s)}, and she has the key too` : say`${duration(s)}, and she has nothing`));
        Object.assign(row.element.dataset, { done: "1", alice: done.alice, eve: done.eve, won: done.won });
      }
    } finally {
      running = false;
    }
  }

  // races: as the server tells of them. covered: the set that is being guessed, if any.
  function follow(races, covered) {
    for (const now of races) {
      if (known(now.params)?.here) continue; // it is this page's own
      const row = rowOf(now.params), hidden = now.state === "over" && covered === now.params;
      row.live = true;
      row.element.dataset.state = now.state;
      delete row.element.dataset.from;
      Object.assign(row.bars.alice, { seconds: now.alice, text: now.alice === null ? "" : say`${duration(now.alice)}, and she has the key` });
      Object.assign(row.bars.eve, { seconds: hidden ? null : now.eve, text: eveWords(now, hidden), always: true });
      if (now.state === "over" && !hidden) Object.assign(row.element.dataset, { done: "1", alice: now.alice, eve: now.eve, won: now.won });
      else delete row.element.dataset.done;
    }
    if (races.length) draw();
  }

  // A row of the laboratory's table of sets.
  function estimate(set) {
    if (known(set.set)?.live) return; // it has really run here
    const row = rowOf(set.set), how = (from) => (from === "measured" ? say("measured in the laboratory") : say("by the measured curve"));
    Object.assign(row.bars.alice, { seconds: set.bimodal_seconds, text: say`${duration(set.bimodal_seconds)} to learn, ${how(set.bimodal_from)}` });
    Object.assign(row.bars.eve, { seconds: set.eve_seconds, text: `${duration(set.eve_seconds)}, ${how(set.eve_from)}` });
    row.element.dataset.from = set.eve_from;
    draw();
  }
  return { element: list, run, follow, estimate, busy: () => running };
}
