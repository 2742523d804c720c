// The page end to end, with the real programs: what it shows is what they say.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import http from "node:http";
import { nothingSerious, byKeyboard } from "./access.mjs";
import { addressesSetUp, viewersFollow, othersAreLed } from "./follow.mjs";
import * as curve from "./curve.mjs";
import { asksWhichIsComposed, eachPressChanges, fillsTheScreen, fitsAPhone, hasWordsAtEachLevel, tellsItself } from "./stage.mjs";
import { BUILD, EVE, Page, Server, check, equal, inPart, pause, until } from "./driver.mjs";

const SEED = "5eed".repeat(16);
const PATIENCE = 120; // seconds, on a machine that others use too
const ONE_CORE = ["--threads", "1"]; // for Eve, where all that she does with it is to fail

// A number as the page writes it: 1,234 or 1.2 · 10⁶.
function read(text) {
  const [mantissa, exponent] = text.replaceAll(",", "").split(" \u00b7 10");
  const raised = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";
  return Number(mantissa) * 10 ** Number([...(exponent ?? "\u2070")].map((c) => (c === "\u207b" ? "-" : raised.indexOf(c))).join(""));
}

// What the programs write in plain letters, as the page writes it: a twin of its own.
const RAISED = [["modulo 2^16", "modulo 2\u00b9\u2076"], ["2^16", "2\u00b9\u2076"], ["1/sqrt(n)", "1\u2060/\u2060\u221an"], ["theta", "\u03b8"], ["sigma", "\u03c3"]];
const written = (text) => RAISED.reduce((t, [plain, raised]) => t.replaceAll(plain, raised), text);

// What the page shows of Eve's judgement, beside the verdict among the events.
async function sameNumbers(page, run) {
  const verdict = run.find((e) => e.event === "verdict");
  const rows = await page.tab.$$eval("#judged tbody tr", (trs) => trs.map((tr) => [...tr.cells].map((c) => c.textContent)));
  equal(rows.length, verdict.learners.length, "learners on the page");
  verdict.learners.forEach((j, i) => {
    equal(rows[i][0], j.name, "learner");
    check(rows[i][1].startsWith(j.status), "status", rows[i][1], j.status);
    if (j.risk !== null) check(rows[i][2].startsWith(`${j.risk.toFixed(4)} (${j.risk_low.toFixed(4)}`), "risk", rows[i][2], j.risk);
    if (j.tries > 0 && j.tries < 1) equal(rows[i][3], "less than 1", "tries");
    else check(Math.abs(read(rows[i][3]) - j.tries) <= Math.max(0.5, 0.005 * j.tries) && Number.isInteger(read(rows[i][3])), "tries", rows[i][3], j.tries);
  });
  const bytes = run.filter((e) => e.from === "wire" && e.event === "step").map((e) => e.step);
  equal(await page.tab.$$eval("#steps li.done", (all) => all.map((li) => li.dataset.step)), bytes, "steps on the page and on the wire");
  return verdict;
}

// The code word's wrong dots vanish round by round; where motion is not wanted, they are gone at once.
async function showsTheCodeWord(page, { rounds, code_bits: bits }) {
  const red = () => page.tab.$eval("#codeword", (canvas) => { // dots in the colour of what is wrong, of all; and in which round
    const probe = document.createElement("canvas").getContext("2d");
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--eve").trim();
    probe.fillRect(0, 0, 1, 1);
    const [r, g, b] = probe.getImageData(0, 0, 1, 1).data, { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let wrong = 0, all = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i + 3]) { all++; wrong += data[i] === r && data[i + 1] === g && data[i + 2] === b; }
    return [wrong / all, Number(canvas.dataset.round)];
  });
  await page.tab.click('#chips li[data-step="A3"] button');
  await until("the last round", PATIENCE, async () => (await page.tab.getAttribute("#codeword", "data-round")) === String(rounds.length));
  check(Math.abs((await red())[0] - rounds.at(-1).wrong / bits) < 0.002, "wrong dots at the end");
  check((await page.text("#picture .caption")).includes(`${rounds.at(-1).wrong} wrong`), "how many are wrong", await page.text("#picture .caption"));
  await page.tab.click("#first");
  await page.tab.click('#chips li[data-step="A3"] button');
  await page.tab.waitForSelector("#codeword");
  const [wrong, round] = await red(); // a round lasts half a second, which this machine may need to answer
  check(Math.abs(wrong - rounds[round - 1].wrong / bits) < 0.002, `wrong dots in round ${round}`, wrong);
  await page.tab.click("#first");
  await page.tab.emulateMedia({ reducedMotion: "reduce" });
  await page.tab.click('#chips li[data-step="A3"] button');
  await page.tab.waitForSelector("#codeword");
  equal(await page.tab.getAttribute("#codeword", "data-round"), String(rounds.length), "the round that is shown without motion");
  await page.tab.emulateMedia({ reducedMotion: null });
  await page.press("#last");
}

// The hill and the one try that jumps over it, as the learner's events tell of them.
async function showsTheTries(page, run) {
  const bins = new Array(64).fill(0);
  for (const e of run.filter((e) => e.event === "learning" && e.tried)) e.tried.forEach((n, i) => { bins[i] += n; });
  const all = bins.reduce((a, b) => a + b, 0);
  equal(await page.tab.getAttribute("#tries", "data-tries"), String(all), "tries on the page and in the events");
  equal(await page.text("#n-tries"), all.toLocaleString("en"), "the number beside the hill counts its tries");
  const most = Math.max(...bins);
  check((await page.text("#tries")).includes(`${most.toLocaleString("en")} ${most === 1 ? "try" : "tries"}`), "the longest bar has its number", await page.text("#tries"));
  const bars = await page.tab.$$eval("#tries rect title", (titles) => titles.map((t) => t.textContent));
  equal(bars.length, bins.filter((n, i) => n && i / 64 < 0.65).length, "bars");
  check(bars.some((t) => parseFloat(t) < 25) && bars.some((t) => parseFloat(t) > 30), "a hill and the try that jumps over", bars.join("; "));
}

async function eve_wins() {
  const server = await Server.start(), page = await Page.open(server);
  await page.start({ scenario: "eve-wins", params: "n64", seed: SEED });
  await page.pill("Eve has the key", PATIENCE);
  await until("the chat that Eve reads", PATIENCE, async () => (await page.text("#chat-eve")).includes("old oak"));
  await until("the end", PATIENCE, async () => (await server.run()).filter((e) => e.event === "ended").length === 3);
  await page.toTheEnd(server);
  const run = await server.run(), verdict = await sameNumbers(page, run);
  const words = run.filter((e) => e.event === "confirmed" && e.private).map((e) => e.fingerprint);
  equal(words[0], words[1], "fingerprints of Alice and Bob");
  equal(run.filter((e) => e.event === "note" && /of its events/.test(e.text)).map((e) => e.text), [], "events of alice and bob that the page does not take");
  equal([await page.text("#fingerprint-alice"), await page.text("#fingerprint-bob")], words, "fingerprints on the page");
  // the capture, saved, gives anybody the same key
  const capture = join(server.folder, "saved.pcap");
  writeFileSync(capture, Buffer.from(await (await server.get("/save/capture.pcap?source=16")).arrayBuffer()));
  const learned = JSON.parse(spawnSync(EVE, ["learn", capture, "--json", "--seed", SEED]).stdout);
  equal(verdict.key, learned.sessions[0].key, "the key on the page and of eve learn");
  check((await page.text("#learning-now")).includes(verdict.key), "the key is shown");
  check((await page.text("#chat-alice li:first-child")).includes("old oak") && (await page.text("#chat-eve li:first-child")).includes("old oak"), "the chat begins with the question");
  await showsTheCodeWord(page, run.find((e) => e.event === "learned"));
  await showsTheTries(page, run);
  await curve.savedTriesAreWhole(page);
  await page.shot("eve-wins");
  await viewersFollow(server, page);
  await addressesSetUp(server, page);
  await nothingSerious(server, page);
  await byKeyboard(page);
  console.log(`  eve-wins: ${await tellsItself(page, "eve-wins", { pixels: true })} presses`);
  await eachPressChanges(page, "eve-wins", { width: 1024, height: 768 });
  await hasWordsAtEachLevel(page, "eve-wins");
  await asksWhichIsComposed(page);
  await fillsTheScreen(page);
  await fitsAPhone(page, "eve-wins", ["#learning-now", "#chat-eve"]);
  await page.close();

  // the same capture as a source of its own, and kept events beside it
  const events = join(server.folder, "alice.events");
  writeFileSync(events, run.filter((e) => e.from === "alice" && e.side === "alice" && e.event !== "chat").map((e) => JSON.stringify(e)).join("\n") + "\n");
  const replay = await Server.start(capture, events), again = await Page.open(replay, { width: 390, height: 800, hash: "&speed=16" });
  await again.pill("agreed", PATIENCE);
  await until("the fingerprint from kept events", PATIENCE, async () => {
    await again.tab.click("#last");
    return (await again.text("#fingerprint-alice")) === words[0];
  });
  equal(await again.text("#fingerprint-bob"), "", "nothing of Bob, who is no source");
  await again.tab.click("#eve"); // the lecturer turns her on
  await again.tab.click("#play");
  await again.pill("Eve has the key", PATIENCE);
  await again.shot("capture-phone");
  await again.close();
  await replay.stop();
  await server.stop();
}

// The other tasks: what they are and rest on, the steps in their words, what the programs measured, and Eve.
async function other_tasks() {
  const server = await Server.start(), page = await Page.open(server);
  const fplll = spawnSync("fplll", ["--version"]).error === undefined;
  for (const [params, task, words] of [["r509", "ring", /h, which all can compute/], ["l64", "lwe", /modulo 2\u00b9\u2076/]]) {
    await page.start({ scenario: "eve-wins", params, seed: SEED });
    check((await page.text("#about-set")).startsWith(`${task}, experimental`), "the chosen set", await page.text("#about-set"));
    await page.pill(task === "lwe" && !fplll ? "Eve out of budget" : "Eve has the key", PATIENCE);
    await until("the end", PATIENCE, async () => (await server.run()).filter((e) => e.event === "ended").length === 3);
    await page.toTheEnd(server);
    const run = await server.run(), learned = run.find((e) => e.event === "learned"), samples = run.find((e) => e.event === "samples");
    for (const f of learned.figures) check((await page.text("#own-alice")).includes(`${written(f.what)}: `), `no ${f.what} of Alice's`);
    await page.press('#chips li[data-step="B1"] button');
    equal(await page.text("#task-title"), `The task of ${params}: ${task}, experimental`, "title of the task");
    const { rests_on: rests, words: said } = run.find((e) => e.from === "wire" && e.event === "connected");
    for (const text of [written(rests), "Nobody outside has looked", `${params} is a toy`]) check((await page.text("#task-rests")).includes(text), `it is not said: ${text}`);
    const answers = await page.tab.$$eval("#task-words dd", (all) => all.map((dd) => dd.textContent));
    equal(answers, ["picture", "caption", "label", "cancelled", "left", "read_off"].map((key) => written(said[key])), "what the task is");
    check(words.test(await page.text('#steps li[data-step="A2"]')), "A2 in the task's words");
    await page.press('#chips li[data-step="B2"] button');
    check(learned.figures.length && (await page.tab.isVisible("#plain")) && samples.rows === 40, "figures and pictures");
    await tellsItself(page, params);
    if (task === "lwe" && fplll) await showsTheTries(page, run); // a hundred drawn secrets beside a lattice's one try
    equal(run.filter((e) => e.event === "note" && /of its events/.test(e.text)).map((e) => e.text), [], "events that the page does not take");
    await page.shot(`task-${task}`);
  }
  equal((await server.post("/scenario", { name: "no-captions", params: "r509" })).status, 400, "a scenario of LPN alone");
  await page.close();
  await server.stop();
}

async function back_and_forth() {
  const server = await Server.start(), page = await Page.open(server);
  await page.start({ scenario: "eve-wins", params: "n64", seed: SEED });
  await page.pill("Eve has the key", PATIENCE);
  await until("the end", PATIENCE, async () => (await server.run()).filter((e) => e.event === "ended").length === 3);
  await page.toTheEnd(server);
  await page.tab.emulateMedia({ reducedMotion: "reduce" }); // a moment says the same each time
  // once what was asked for is drawn: where the page is, and all that it says there
  const look = () => page.tab.evaluate(async () => {
    await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
    return [document.body.dataset.at, ...["#pill", "#stage", "#eve-panel", "#judged"].map((s) => document.querySelector(s).textContent)].join("|");
  });
  const moments = async (key) => { // from here to where the key changes nothing any more
    const all = [];
    for (let now = await look(); now !== all.at(-1); now = await look()) {
      all.push(now);
      await page.tab.keyboard.press(key);
    }
    return all;
  };
  await page.press("#first");
  const there = await moments("ArrowRight");
  check(there.length >= 12, `only ${there.length} moments`);
  const back = await moments("ArrowLeft");
  equal(back.reverse().slice(-8), there.slice(-8), "going back shows the same");
  equal(back.length, there.length, "moments back and forth");
  await page.menu();
  await page.press('#steps li[data-step="B2"] button');
  equal((await page.tab.$$("#steps li.done")).length, 4, "steps done after a jump to B2");
  await page.close();
  await server.stop();
}

async function eve_fails() {
  const server = await Server.start(...ONE_CORE), page = await Page.open(server);
  await page.start({ scenario: "eve-fails", budget: 6 });
  await page.pill("Eve out of budget", PATIENCE);
  const run = await server.run(), verdict = await sameNumbers(page, run);
  equal(run.filter((e) => e.event === "connected" && e.from === "wire").map((e) => [e.params, e.toy ?? null]), [["n2048", null]], "the set of the scenario");
  equal([verdict.key_recovered, verdict.key], [false, null], "no key");
  check(!(await page.text("#chat-eve")).includes("oak"), "Eve reads nothing");
  check((await page.text("#chat-bob")).includes("oak"), "Bob reads it");
  const judged = verdict.learners.find((j) => j.name === "isd");
  check(run.some((e) => e.event === "learning" && e.learner === "isd" && e.select_risk !== null), "isd shows its risk while it searches");
  check(!/wins/i.test(await page.text("#about-title")) && (await page.text("#about-title")).includes("Eve against n2048: Eve out of budget"), "the title", await page.text("#about-title"));
  check(judged.expected_seconds > 1e8, "expected time to success", judged.expected_seconds);
  await page.toTheEnd(server);
  check(/years|age of the universe/.test(await page.text("#expected")), "the expected time in words", await page.text("#expected"));
  await tellsItself(page, "eve-fails");
  await hasWordsAtEachLevel(page, "eve-fails");
  await page.shot("eve-fails");
  await page.close();
  await server.stop();
}

async function no_captions() {
  const server = await Server.start(...ONE_CORE), page = await Page.open(server);
  await page.start({ scenario: "no-captions", budget: 4 });
  await page.pill("Eve out of budget", PATIENCE);
  const run = await server.run(), verdict = await sameNumbers(page, run);
  equal(verdict.learners.map((j) => j.name), ["blind"], "whose learner");
  check(verdict.learners[0].risk > 0.3 && verdict.learners[0].risk < 0.7, "a risk is shown", verdict.learners[0].risk);
  check(run.filter((e) => e.event === "learning" && e.select_risk !== null).length > 0, "and while it learns");
  check(run.find((e) => e.event === "learned" && e.from === "alice").accepted, "Alice has learned in the same session");
  await page.shot("no-captions");
  await tellsItself(page, "no-captions");
  // why bars stand left of Eve's best is said, and the interval that is to be looked at is there
  for (const [level, why] of [["pupil", "luck"], ["student", "luck"], ["researcher", "by chance"]]) {
    await page.tab.selectOption("#level", level);
    await page.drawn();
    check((await page.text("#lesson-text")).includes(why), `${level}: why bars stand further left`, await page.text("#lesson-text"));
  }
  const percent = (x) => `${(100 * x).toFixed(1)}%`, { risk, risk_low: low, risk_high: high } = verdict.learners[0];
  equal(await page.text("#risk"), `${percent(risk)} (${percent(low)} to ${percent(high)})`, "the risk with its interval");
  await page.close();
  await server.stop();
}

async function too_much_noise() {
  const server = await Server.start(), page = await Page.open(server);
  await page.start({ scenario: "too-much-noise", params: "n512", budget: 1 });
  await page.pill("no secret at constant noise", 3 * PATIENCE);
  const result = (await server.run()).find((e) => e.event === "result");
  equal([...new Set(result.tables.cells.map((c) => c.n))], [64, 512], "the sets: n64 and the one that was chosen");
  equal(result.manifest.parameters.budget_seconds, 1, "the budget that was chosen");
  // a live run for each position of the slider: its sessions, and what came of them
  const run = await server.run(), units = run.filter((e) => e.event === "unit" && e.rule === "fixed" && e.n === 512);
  const cells = result.tables.cells.filter((c) => c.rule === "fixed" && c.n === 512).sort((a, b) => b.a - a.a);
  equal(await page.tab.$eval("#noise", (e) => Number(e.max)), cells.length - 1, "positions of the slider");
  for (const [i, cell] of cells.entries()) {
    const own = units.filter((u) => u.a === Math.round(100 * cell.a));
    equal([own.length, own.filter((u) => u.alice).length, own.filter((u) => u.eve).length >= cell.eve_labels], [cell.sessions, cell.learned, true], `sessions at a = ${cell.a}`);
    await page.tab.$eval("#noise", (e, i) => { e.value = i; e.dispatchEvent(new Event("input")); }, i);
    const words = await page.text("#noise-verdict");
    check(words.startsWith(cell.learned === cell.sessions ? "Alice learns," : cell.learned ? `Alice learns in ${cell.learned} of` : "Alice does not learn,"), `at a = ${cell.a}: ${words}`);
    check((await page.text(".rate")).includes(`One label in ${+(1 / cell.theta).toPrecision(2)} `), "the rate", await page.text(".rate"));
  }
  await page.shot("too-much-noise");
  // a press goes on to where another square is drawn, not to another session that changes none
  const drawn = [], at = {};
  for (const u of run.filter((e) => e.event === "unit" && e.rule === "fixed")) {
    const of = (at[`${u.n} ${u.a}`] ??= []);
    of.push(u);
    drawn.push(JSON.stringify(Object.entries(at).map(([k, all]) => [k, all.filter((x) => x.alice).length / all.length, all.filter((x) => x.eve).length / all.length])));
  }
  const squares = drawn.filter((d, i) => d !== drawn[i - 1]).length, presses = await tellsItself(page, "too-much-noise");
  check(presses <= squares + 5, "presses, and how often squares change", presses, squares);
  await page.close();
  await server.stop();
}

async function somebody_in_between() {
  const server = await Server.start(), page = await Page.open(server);
  await page.start({ scenario: "attacker", params: "n64", seed: SEED });
  await page.pill("fingerprints differ", PATIENCE);
  await until("the chat to be read in between", PATIENCE, async () => (await page.text("#chat-eve")).includes("old oak"));
  await until("the chat to arrive", PATIENCE, async () => (await page.text("#chat-bob")).includes("old oak"));
  const words = (await server.run()).filter((e) => e.event === "confirmed" && e.private && ["alice", "bob"].includes(e.from)).map((e) => e.fingerprint);
  equal([await page.text("#fingerprint-alice"), await page.text("#fingerprint-bob")].sort(), words.sort(), "fingerprints on the page");
  check(words[0] !== words[1], "the fingerprints are the same");
  await page.toTheEnd(server);
  const wires = (await server.run()).filter((e) => e.from === "wire" && e.event === "connected");
  equal(wires.map((e) => e.with).sort(), ["alice", "bob"], "two sessions on the wire");
  check(wires[0].session !== wires[1].session, "which are not one");
  for (const e of wires) check((await page.text(`#session-${e.with}`)).includes(e.session), "both are shown");
  for (const id of ["steps", "steps-bob"]) equal((await page.tab.$$(`#${id} li.done`)).length, 8, `steps of ${id}`);
  for (const id of ["wire-alice", "wire-bob"]) equal((await page.tab.$$(`#${id} li.done`)).length, 8, `chips of ${id}`);
  equal([await page.text("#compare-alice .said"), await page.text("#compare-bob .said")], [await page.text("#fingerprint-alice"), await page.text("#fingerprint-bob")], "the two sets of words face to face");
  check((await page.text(".sign")).includes("not the same"), "that they differ is said");
  check(!/no (recipes|captions)/.test(await page.text("#live")), "she made the recipes of the session with Bob");
  const first = async (id) => page.text(`${id} li:first-child`);
  for (const id of ["#chat-alice", "#chat-eve", "#chat-bob"]) check((await first(id)).includes("old oak"), `the question comes first in ${id}`);
  await page.shot("attacker");
  await tellsItself(page, "attacker");
  await fitsAPhone(page, "attacker");
  await page.start({ scenario: "attacker-pinned", params: "n64" });
  await page.pill("refused", PATIENCE);
  await until("Bob to wait on", PATIENCE, async () => (await server.run()).some((e) => e.from === "bob" && e.event === "note" && e.text.includes("waits on")));
  const run = await server.run();
  equal(run.filter((e) => e.event === "ended" && ["alice", "bob"].includes(e.from)).map((e) => e.status), [1], "status of Alice; Bob waits");
  equal(run.filter((e) => ["confirmed", "open", "chat"].includes(e.event) && ["alice", "bob"].includes(e.from)).length, 0, "keys and chat");
  await page.toTheEnd(server);
  const passed = async (id) => page.tab.$$eval(`#${id} li.done`, (all) => all.map((li) => li.dataset.step));
  equal([await passed("steps"), await passed("steps-bob")], [["A1", "B1"], ["A1"]], "how far the two sessions get");
  check(!(await page.text("#step-words")).includes("a key each"), "nobody gets a key");
  check((await page.text("#flag")).includes("\u2691"), "the flag");
  await tellsItself(page, "attacker-pinned");
  await page.shot("attacker-pinned");
  await page.close();
  await server.stop();
}

// The costs beside the slider are those of the kept file, measured where it has a measurement.
async function curve_has_its_numbers(page, server) {
  const result = await (await server.get("/results/hardness")).json();
  for (const n of [256, 2048]) {
    await page.tab.$eval("#n-slider", (slider, n) => { slider.value = Math.log2(n); slider.dispatchEvent(new Event("input")); }, n);
    equal(await page.text("#n-value"), String(n), "n beside the slider");
    const kinds = await page.tab.$$eval("#costs .cost", (all) => all.map((c) => c.dataset.from));
    const seen = (learner) => (result.tables.times.some((t) => t.learner === learner && t.n === n && t.solved > 0) ? "measured" : "extrapolated");
    equal(kinds.slice(0, 2), [seen("bimodal"), seen("isd")], `measured or extrapolated at n = ${n}`);
    check(page.tab.url().includes(`n=${n}`), "n in the address");
  }
}

async function address_keeps_settings() {
  const server = await Server.start();
  const hash = `&scenario=eve-fails&params=n512&seed=${SEED}&budget=7&level=pupil&speed=4&tab=live`;
  const page = await Page.open(server, { hash });
  const values = () => page.tab.evaluate(() => ["scenario", "params", "seed", "budget", "level", "speed"].map((id) => document.getElementById(id).value));
  equal(await values(), ["eve-fails", "n512", SEED, "7", "pupil", "4"], "settings from the address");
  const address = page.tab.url();
  check(!address.includes(server.token), "the token stays out of the address");
  await page.tab.goto("about:blank");
  await page.tab.goto(address);
  await page.tab.waitForSelector("#steps li", { state: "attached" });
  equal(await values(), ["eve-fails", "n512", SEED, "7", "pupil", "4"], "settings restored");
  equal((await server.run()).length, 0, "events: an address alone starts nothing");
  await page.tab.click("#tab-curve");
  await page.tab.waitForSelector("#separation:not([hidden]), #no-results:not([hidden])");
  if (await page.tab.isVisible("#separation")) {
    await curve_has_its_numbers(page, server);
    await curve.sliderMatchesAxis(page);
    await curve.legendTellsApart(page);
    await curve.savedIsWhole(page);
    await curve.neverScrolls(page);
    await curve.fitsAPhone(page);
  }
  await page.shot("curve");
  await page.close();
  await server.stop();
}

async function strangers_are_refused() {
  const server = await Server.start();
  const scenario = { name: "eve-wins", params: "n64" };
  const status = async (headers, body = scenario, path = "/scenario") => (await server.post(path, body, headers)).status;
  equal(await status({ Origin: "http://example.org" }), 403, "a foreign origin");
  equal(await status({ Origin: "null" }), 403, "no origin");
  equal(await status({ "X-Parley-Token": "" }), 403, "no token");
  equal(await status({ "X-Parley-Token": "0".repeat(32) }), 403, "a wrong token");
  equal((await server.run()).length, 0, "events: nothing has started");
  equal(await status({}, { name: "eve-loses" }), 400, "no such scenario");
  equal(await status({}, { ...scenario, params: "n65" }), 400, "no such set");
  equal(await status({}, { ...scenario, seed: "-x" }), 400, "an option for a seed");
  equal(await status({}, { ...scenario, seed: "x".repeat(65) }), 400, "a seed that does not fit");
  equal(await status({}, { ...scenario, learner: "exec:id" }), 400, "a program of somebody's");
  equal(await status({}, { ...scenario, budget: -1 }), 400, "a budget below 0");
  equal(await status({}, [], "/eve"), 400, "no object");
  equal((await server.get("/../../etc/passwd")).status, 404, "no file");
  equal((await server.get("/results/..%2f..%2fREADME")).status, 404, "no file of the lab");
  equal((await server.get("/figures/..%2f..%2fREADME")).status, 404, "no figure of the lab");
  check((await (await server.get("/figures/statistical")).text()).includes("</svg>"), "the kept figure");
  const foreign = await new Promise((resolve) => http.get(server.origin + "/state", { headers: { Host: "evil.example:80" } }, (r) => { r.resume(); resolve(r.statusCode); }));
  equal(foreign, 403, "a foreign name for this host");
  await server.stop();
}

// A file of events that somebody else has made: it is neither shown as what it says it is, nor run.
async function foreign_events_are_refused() {
  const folder = mkdtempSync(join(tmpdir(), "parley-page-test-")), file = join(folder, "foreign.events");
  const markup = '</text></svg><meta http-equiv="refresh" content="0; url=/uplot-license.txt"><img src=x onerror=window.ran=1>';
  const base = { schema: 1, time: 0, clock: 1795630204008866 };
  const cell = { rule: "fixed", n: markup, a: markup, theta: 0.1, state: 0, learned: 1, sessions: 1, eve_labels: 0 };
  const lines = [
    { ...base, event: "connected", side: "alice", peer: "127.0.0.1:1" },
    { ...base, event: "result", side: "lab", experiment: "window", tables: { cells: [cell] }, manifest: {} },
    { ...base, event: "scenario", side: "page", name: "eve-wins", eve: true },
    { ...base, event: "connected", side: "wire", session: "0123456789abcdef", params: "n64", n: 64, theta: 0.125 },
    { ...base, event: "verdict", side: "eve", key_recovered: true, key: markup },
    { ...base, event: "error", side: "bob", text: markup },
  ];
  writeFileSync(file, lines.map((e) => JSON.stringify(e)).join("\n") + "\n");
  const server = await Server.start(file), page = await Page.open(server);
  await until("the lines to be read", PATIENCE, async () => (await server.run()).some((e) => e.event === "error"));
  await page.tab.click("#last");
  await until("the error on the page", PATIENCE, async () => (await page.text("#own-bob")).includes("http-equiv"));
  await pause(500);
  check((await page.tab.title()).startsWith("Parley"), "the page was taken away");
  equal(await page.tab.evaluate(() => [window.ran, document.querySelectorAll("#live img, #live meta").length]), [undefined, 0], "what ran");
  equal((await server.run()).filter((e) => !["refused", "moment"].includes(e.event)).map((e) => [e.from, e.event]), [["alice", "connected"], ["bob", "error"]], "what was taken");
  check(server.said.includes("foreign.events, line 2: 'side' is not alice or bob"), "the error", server.said);
  check((await page.text("#wrong")).includes("line 2"), "the error on the page");
  await page.close();
  await server.stop();
  rmSync(folder, { recursive: true });
}

// A session of alice and bob by themselves through a tap: its capture and both files of events.
async function record(folder, name) {
  const files = Object.fromEntries(["alice", "bob"].map((side) => [side, join(folder, `${name}-${side}.events`)]));
  files.capture = join(folder, `${name}.pcap`);
  const line = (program, pattern, stream) => new Promise((resolve, reject) => {
    let said = "";
    const look = (d) => { said += d; const found = pattern.exec(said); if (found) resolve(found[1]); };
    program[stream].on("data", look);
    program.once("exit", () => reject(new Error(`it ended: ${said}`)));
  });
  const bob = spawn(join(BUILD, "bob/bob"), ["--listen", "127.0.0.1:0", "--once", "--params", "n64", "--events", files.bob]);
  bob.stdin.end("hi\n");
  const bobs = await until("bob to listen", PATIENCE, () => { try { return /"address":"([^"]+)"/.exec(readFileSync(files.bob, "utf8"))?.[1]; } catch { return null; } });
  const tap = spawn(EVE, ["tap", "--listen", "127.0.0.1:0", "--to", bobs, "--write", files.capture, "--once"]);
  const taps = await line(tap, /listening at ([^ ,]+)/, "stderr");
  const alice = spawn(join(BUILD, "alice/alice"), ["-q", "--connect", taps, "--params", "n64", "--events", files.alice]);
  alice.stdin.end("hello\n");
  await until("all three to end", PATIENCE, () => [alice, bob, tap].every((program) => program.exitCode !== null));
  equal(alice.exitCode, 0, "alice's status");
  files.session = /"session":"([0-9a-f]{16})"/.exec(readFileSync(files.alice, "utf8"))[1];
  return files;
}

// Events are shown beside the bytes of their own session and no other.
async function sessions_are_not_mixed() {
  const folder = mkdtempSync(join(tmpdir(), "parley-page-test-"));
  const [one, other] = await Promise.all(["one", "other"].map((name) => record(folder, name)));
  const shown = async (whole, ...sources) => {
    const server = await Server.start(...sources), page = await Page.open(server);
    await pause(2500); // after two seconds a stranger is refused
    const result = await until(`all of ${sources.join(", ")}`, PATIENCE, async () => {
      await page.toTheEnd(server);
      const now = { pill: await page.text("#pill"), words: [await page.text("#fingerprint-alice"), await page.text("#fingerprint-bob")].filter(Boolean), wrong: await page.text("#wrong"),
        own: (await page.text("#own-alice")) + (await page.text("#own-bob")), said: server.said };
      return whole(now) && now;
    });
    if (result.wrong) { await page.tab.setViewportSize({ width: 360, height: 740 }); await page.shot("refused-phone"); }
    await page.close();
    await server.stop();
    return result;
  };
  const [good, mixed, foreign, apart] = await Promise.all([ // at once: each of them mostly waits
    shown((r) => r.pill === "agreed" && r.words.length === 2, one.alice, one.capture, one.bob),
    shown((r) => r.pill === "agreed" && r.words.length && r.wrong, one.capture, one.alice, other.bob),
    shown((r) => r.pill === "agreed" && r.said.includes("other-bob.events"), other.bob, one.capture),
    shown((r) => r.words.length && r.wrong, one.alice, other.bob)]);
  equal([good.pill, good.words.length, good.wrong], ["agreed", 2, ""], "a capture and its own events");
  equal([mixed.pill, mixed.words.length], ["agreed", 1], "a capture, its alice and another session's bob");
  for (const text of [mixed.wrong, mixed.said]) check([one.session, other.session, "other-bob.events", "one.pcap"].every((word) => text.includes(word)), `both sessions are named: ${text}`);
  equal([foreign.pill, foreign.own, foreign.words], ["agreed", "", []], "a capture and another session's events");
  check(!["agreed", "fingerprints differ"].includes(apart.pill) && apart.words.length === 1, `events of two sessions: ${apart.pill}`);
  check([one.session, other.session].every((word) => apart.wrong.includes(word)), `both sessions are named: ${apart.wrong}`);
  rmSync(folder, { recursive: true });
}

async function lost_folder_is_named() {
  const server = await Server.start();
  const [work] = readdirSync(server.folder).filter((name) => name.startsWith("parley-page-"));
  rmSync(join(server.folder, work), { recursive: true });
  const answer = await server.post("/scenario", { name: "eve-wins" }), text = await answer.text();
  equal([answer.status, text], [500, `${join(server.folder, work, "run1")}: No such file or directory\n`], "the answer");
  await server.stop();
}

// What the policy forbids, tried from within: nothing on the page needs it.
async function policy_forbids_the_rest() {
  const server = await Server.start(), page = await Page.open(server);
  const policy = (await server.get("/")).headers.get("content-security-policy");
  for (const word of ["default-src 'none'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"])
    check(policy.includes(word), `the policy has no ${word}: ${policy}`);
  // Alice in a browser is WebAssembly, and nothing else is compiled
  check(!/unsafe|\*|blob:/.test(policy.replace("'wasm-unsafe-eval'", "")), `the policy allows too much: ${policy}`);
  const tried = await page.tab.evaluate(async () => {
    const fails = async (act) => { try { await act(); return false; } catch { return true; } };
    const styled = document.createElement("p");
    styled.setAttribute("style", "position: fixed");
    document.body.append(styled);
    const script = document.createElement("script");
    script.append("window.ran = true");
    const result = { html: await fails(() => { styled.innerHTML = "<b>x</b>"; }), appended: await fails(() => document.body.append(script)),
      style: getComputedStyle(styled).position, fetch: await fails(() => fetch("https://example.org/")) };
    styled.remove();
    return { html: result.html, script: !window.ran, style: result.style, fetch: result.fetch };
  });
  equal(tried, { html: true, script: true, style: "static", fetch: true }, "what is forbidden");
  page.wrong = page.wrong.filter((text) => !/Content Security Policy|trusted/i.test(text) && !text.includes("example.org"));
  await page.close();
  await server.stop();
}

async function others_are_led() {
  await othersAreLed();
}

async function lookers_only_look() {
  const server = await Server.start("--listen", "0.0.0.0:0");
  const origin = server.origin;
  check(!origin.includes("//0.0.0.0"), "an address that nobody can open", origin);
  equal((await fetch(`${origin}/page.css`)).status, 200, "the style sheet, which comes without the token");
  equal((await fetch(`${origin}/state`)).status, 403, "without the viewers' token");
  equal((await fetch(`${origin}/state?viewer=${server.token}`)).status, 200, "with it");
  equal((await fetch(`${origin}/scenario`, { method: "POST", body: '{"name":"eve-wins"}', headers: { Origin: origin, "X-Parley-Token": server.token } })).status, 403, "a change");
  await server.stop();
}

// What a person on another machine sees; elsewhere.py starts eve serve there.
async function from_another_host() {
  const address = process.env.ADDRESS, origin = address.split(/\/[#?]/)[0];
  const page = await Page.open({ address, origin });
  const rules = await page.tab.evaluate(() => [...document.styleSheets].map((sheet) => sheet.cssRules.length));
  check(rules.length >= 2 && rules.every((n) => n > 0), "style sheets", JSON.stringify(rules));
  await until("the steps", PATIENCE, async () => {
    await page.tab.click("#last");
    return (await page.tab.$$("#steps li.done")).length === 8;
  });
  for (const control of ["#starter", "#start", "#eve"]) check(!(await page.tab.isVisible(control)), `${control} can be seen`);
  const saved = await page.tab.evaluate(async () => (await fetch(document.getElementById("save-run").href)).status);
  equal(saved, 200, "what has happened can be saved");
  await page.shot("from-another-host");
  await page.close();
}

// Processor seconds of a process.
function used(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function a_hundred_viewers() {
  const server = await Server.start(...ONE_CORE);
  const counts = new Array(100).fill(0), open = [];
  for (let i = 0; i < 105; i++) {
    open.push(await new Promise((resolve, reject) => {
      const request = http.get(`${server.origin}/events`, { agent: false }, (answer) => {
        if (i < 100) answer.on("data", (d) => { counts[i] += String(d).split("\ndata: ").length - 1; });
        else answer.pause(); // never reads
        resolve(request);
      });
      request.on("error", reject);
    }));
    open[i].removeAllListeners("error");
    open[i].on("error", () => {});
  }
  equal((await server.post("/scenario", { name: "eve-fails", params: "n1024", budget: 3 })).status, 200, "started");
  await until("the learners to begin", PATIENCE, async () => (await server.run()).some((e) => e.event === "learning"));
  const cpu = used(server.process.pid), began = Date.now();
  await until("the verdict", PATIENCE, async () => { await pause(1000); return (await server.run()).some((e) => e.event === "verdict"); });
  const share = (used(server.process.pid) - cpu) / ((Date.now() - began) / 1000);
  const events = (await server.run()).length;
  await until("all to have all", PATIENCE, () => counts.every((n) => n >= events));
  console.log(`  100 viewers and 5 who never read: ${(100 * share).toFixed(1)}% of a core, ${events} events each`);
  check(share < 0.1, `eve serve took ${share} of a core`);
  open.forEach((r) => r.destroy());
  await server.stop();
}

const parts = { eve_wins, other_tasks, back_and_forth, eve_fails, no_captions, too_much_noise, somebody_in_between, address_keeps_settings, strangers_are_refused, foreign_events_are_refused, sessions_are_not_mixed, lost_folder_is_named, policy_forbids_the_rest, others_are_led, lookers_only_look, a_hundred_viewers };
if (process.env.ADDRESS) parts.from_another_host = from_another_host;
const wanted = process.argv.slice(2);
const waiting = Object.entries(parts).filter(([name]) => !wanted.length || wanted.includes(name));
let failed = 0;

async function some() {
  for (let next; (next = waiting.shift()); ) {
    const [name, part] = next, began = Date.now();
    try {
      await inPart(part);
      console.log(`ok    ${name.padEnd(30)} ${((Date.now() - began) / 1000).toFixed(1)} s`);
    } catch (e) {
      failed++;
      console.log(`FAIL  ${name}: ${e.stack}`);
    }
  }
}

await Promise.all([some(), some()]); // two at a time: each of them mostly waits
await (await Page.browser)?.close();
process.exit(failed ? 1 : 0);
