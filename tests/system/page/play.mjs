// The class plays: a real bob, the real eve serve --room, a projector and phones in Chromium.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { BUILD, FLAGS, Server, check, equal, inPart, until } from "./driver.mjs";

const PATIENCE = 120; // seconds, on a machine that others use too
const SHOTS = join(BUILD, "tests/system/page");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PROJECTOR = { width: 1280, height: 720 }, PHONE = { width: 390, height: 844 };
const LEVELS = ["pupil", "student", "researcher"];

async function openRoom(sets) {
  const folder = mkdtempSync(join(tmpdir(), "parley-play-")), events = join(folder, "bob.events");
  const bob = spawn(join(BUILD, "bob/bob"), ["--listen", "127.0.0.1:0", "--params", sets, "--events", events]);
  const told = () => (existsSync(events) ? readFileSync(events, "utf8").split("\n").filter(Boolean).map((l) => JSON.parse(l)) : []);
  const address = (await until("bob to listen", PATIENCE, () => told().find((e) => e.event === "listening"))).address;
  const server = await Server.start("--room", address, "--join", "127.0.0.1:0");
  const game = async () => (await server.get("/game")).json();
  return { bob, server, folder, game, join: (await (await server.get("/class")).json()).join[0].address };
}

async function newTab(browser, wrong, viewport, more = {}) {
  const context = await browser.newContext({ viewport, ...more }), tab = await context.newPage();
  tab.setDefaultTimeout(PATIENCE * 1000);
  tab.on("console", (m) => { if (m.type() === "error") wrong.push(`console: ${m.text()}`); });
  tab.on("pageerror", (e) => wrong.push(`error: ${e.message}`));
  return tab;
}

async function fits(tab, what, high = false) {
  const [wide, window, tall, height] = await tab.evaluate(() => [document.documentElement.scrollWidth, innerWidth, document.documentElement.scrollHeight, innerHeight]);
  check(wide <= window, `${what} is ${wide} wide in a window of ${window}`);
  check(!high || tall <= height, `${what} is ${tall} high in a window of ${height}`);
}

// What the class plays fits a phone: nothing scrolls, neither the page nor the game in it, on small phones too.
async function fitsPhones(tab, what) {
  for (const size of [{ width: 360, height: 640 }, PHONE]) {
    await tab.setViewportSize(size);
    await fits(tab, `${what}, on a phone of ${size.height}`, true);
    const [tall, height] = await tab.$eval("#play", (e) => [e.scrollHeight, e.clientHeight]);
    check(tall <= height, `${what}: ${tall} high in ${height}, on a phone of ${size.height}`);
  }
}

// Nothing covers another on a projector of 4:3 either.
async function fitsNarrow(tab, what, left, right) {
  await tab.setViewportSize({ width: 1024, height: 768 });
  await fits(tab, `${what} at 4:3`, true);
  const [a, b] = await tab.evaluate((all) => all.map((s) => document.querySelector(s).getBoundingClientRect()).map(({ left, right }) => [left, right]), [left, right]);
  check(a[1] <= b[0] + 1, `${what} at 4:3: ${left} ends at ${a[1]}, ${right} begins at ${b[0]}`);
  await tab.setViewportSize(PROJECTOR);
}

// A phone in the room.
async function joinAs(tab, address, name) {
  await tab.goto(address);
  await tab.waitForSelector("#set option[value=n64]", { state: "attached" });
  await tab.fill("#name", name);
  await tab.selectOption("#set", "n64");
  await tab.click("#join button[type=submit]");
  await tab.waitForSelector("#compare:not([hidden])");
}

const open = async (room, tab, hash) => {
  await tab.goto(`${room.server.origin}/play.html#${hash}&token=${room.server.token}`);
  await tab.waitForSelector("#game button.next");
};

const shot = (tab, name) => tab.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
const next = (tab) => tab.click("#game button.next:not(:disabled)");


// Words and chat are behind a press, and so is what the class plays.
async function wordsBehindAPress(tab) {
  equal([await tab.isVisible("#words"), await tab.isVisible("#play")], [false, true], "before the press: the words, the game");
  await tab.click("#other");
  equal([await tab.isVisible("#words"), await tab.isVisible("#line"), await tab.isVisible("#play")], [true, true, false], "behind it: the words, the chat, the game");
  await fits(tab, "words and chat beside a game", true);
  await tab.click("#other");
  equal([await tab.isVisible("#words"), await tab.isVisible("#play")], [false, true], "behind another: the words, the game");
}

// ---- by hand

const wrongOf = (puzzle, s) => puzzle.rows.filter((row, i) => [...row].filter((bit, j) => bit === "1" && s[j] === "1").length % 2 !== puzzle.labels[i]).length;

async function byHand(room, projector, phones) {
  const puzzle = await (await room.server.get("/puzzle?seed=7&rows=light")).json();
  const all = Array.from({ length: 256 }, (_, s) => [...s.toString(2).padStart(8, "0")].reverse().join(""));
  equal(all.filter((s) => wrongOf(puzzle, s) <= 1), [puzzle.secret], "the secrets that miss one label at most");
  equal([puzzle.secret, puzzle.lie], ["00100011", 6], "the exercise of eve/page/TEACHING.md");
  await open(room, projector, "game=hand&seed=7&level=student");
  equal(await projector.$$eval(".board tbody tr", (trs) => trs.map((tr) => [...tr.cells].slice(1, 9).map((c) => c.textContent).join(""))), puzzle.rows, "the rows");
  equal(await projector.$$eval(".board tbody .label", (tds) => tds.map((td) => Number(td.textContent[0]))), puzzle.labels, "the labels");
  for (const level of LEVELS) {
    await projector.selectOption("#level", level);
    check(projector.url().includes(`level=${level}`), "the address has the level", projector.url());
    const asked = await projector.textContent("#ask-text");
    check(!(await projector.isVisible("#ask-answer")), `${level}: the answer is behind a click`);
    await projector.click("#ask summary");
    check(asked.endsWith("?") && (await projector.textContent("#ask-answer")).length > 40, `${level}: an answer`);
    await fits(projector, `by hand, ${level}`, true);
    await projector.click("#ask summary");
  }
  // by the keyboard: two places, asked once
  await projector.keyboard.press("2");
  await projector.keyboard.press("5");
  equal(await projector.textContent(".said"), "", "nothing is said before it is asked");
  await projector.click("text=How many agree?");
  check((await projector.textContent(".said")).startsWith(`${10 - wrongOf(puzzle, "01001000")} of 10 labels agree with 01001000. One try`), "what is said", await projector.textContent(".said"));
  await projector.keyboard.press("PageDown"); // a presenter's remote: on the phones
  for (const tab of phones) await tab.waitForSelector("#play .board");
  await fitsPhones(phones[0], "the puzzle");
  await fitsNarrow(projector, "by hand", ".board", ".hand .side button");
  for (const [i, bit] of [...puzzle.secret].entries()) if (bit === "1") await phones[0].click(`#play .board tfoot td:nth-child(${i + 2}) button`);
  await phones[0].click("#play >> text=How many agree?");
  check((await phones[0].textContent("#play [role=status]")).startsWith("9 of 10"), "what the phone says");
  await fitsPhones(phones[0], "the puzzle, solved");
  await wordsBehindAPress(phones[0]);
  await phones[0].click("#play >> text=Tell the class");
  await projector.waitForSelector(".found:has-text('Solved by Pupil 0')");
  equal(await projector.$$eval(".lie", (e) => e.length), 0, "the lie is not shown yet");
  await shot(phones[0], "play-hand-phone");
  await projector.keyboard.press("PageDown");
  await projector.waitForSelector(".lie");
  equal(await projector.$$eval(".board tbody tr", (trs) => trs.findIndex((tr) => tr.classList.contains("lie"))), puzzle.lie, "the lie");
  check((await projector.textContent(".why")).includes(puzzle.secret.replaceAll(/[^01]/g, "")) || (await projector.textContent(".why")).includes("places"), "the explanation");
  await phones[1].waitForSelector("#play .lie");
  await fits(projector, "by hand, over", true);
  await shot(projector, "play-hand");
  await projector.emulateMedia({ media: "print" });
  check(!(await projector.isVisible(".next")) && (await projector.isVisible(".board tbody")) && (await projector.isVisible(".paper")), "on paper: the rows, and place for s");
  check(!(await projector.isVisible(".board tfoot")) && (await projector.$eval(".board .mark", (e) => getComputedStyle(e).visibility)) === "hidden", "on paper: not the answer");
  await projector.emulateMedia({ media: null });
}

// ---- the vote

async function aVote(room, projector, phones) {
  await projector.click("#tab-vote");
  await projector.waitForSelector(".vote");
  await projector.selectOption(".vote select", "3");
  await next(projector);
  await projector.waitForSelector(".pictures canvas");
  const pixels = await phones[0].waitForSelector("#play .two").then(() => phones[0].$eval("#play > canvas", (c) => [c.width, c.height]));
  equal(pixels, [16, 16], "dots of a picture");
  await fits(projector, "an open vote", true);
  await fitsPhones(phones[0], "a vote");
  await shot(phones[0], "play-vote-phone");
  for (const [i, tab] of phones.entries())
    for (let q = 0; q < 3; q++) {
      await tab.waitForSelector(`#play h2:has-text("Picture ${q + 1}")`);
      await tab.click(`#play .two button:has-text("${(i + q) % 2 ? "Yes" : "No"}")`);
    }
  await projector.fill(".hands label:first-child input", "7");
  await projector.click("text=Count them");
  await projector.waitForSelector(".said:has-text('16 votes; 3 of 3 phones')");
  check((await projector.$$(".vote table")).length === 0, "nothing is told yet");
  await projector.keyboard.press("PageDown");
  await projector.waitForSelector(".vote table");
  const { score, pictures, counts } = await room.game();
  equal(counts, [[2, 8], [1, 2], [2, 1]], "the counts");
  equal(score.right, pictures.reduce((sum, p, i) => sum + counts[i][p.label], 0), "how many are right");
  const percent = (x) => `${(100 * x).toFixed(1)}%`, chart = await projector.textContent(".vote .side svg");
  check(chart.includes(`${score.right} of 16`) && chart.includes(percent(score.judged_right / score.judged)), "the two bars", chart);
  for (const level of LEVELS) { // of few votes a share in percent says more than is known
    await projector.selectOption("#level", level);
    check((await projector.textContent(".vote .why")).includes(`${score.right} of 16`), `${level}: the class in counts`, await projector.textContent(".vote .why"));
  }
  await projector.selectOption("#level", "student");
  check(score.judged_right / score.judged > 0.92 && score.judged_right / score.judged < 0.955, "Alice's share", JSON.stringify(score));
  equal(await projector.$$eval(".vote tbody tr", (trs) => trs.map((tr) => [tr.cells[1].textContent, tr.cells[2].textContent, tr.cells[3].textContent])),
    pictures.map((p, i) => [`${counts[i][1]} yes, ${counts[i][0]} no`, p.label ? "yes" : "no", `${p.alice ? "yes" : "no"} ${p.alice === p.label ? "\u2713" : "\u2717"}`]), "the table");
  const own = pictures.filter((p, q) => p.label === q % 2).length;
  await phones[0].waitForSelector(`#play h2:has-text("You had ${own} of 3 right")`);
  await fits(projector, "a vote, over", true);
  await shot(projector, "play-vote");
}

// ---- the guess and the race

async function guessAndRace(room, projector, phones) {
  await open(room, projector, "game=guess&params=n512&race=n64,n128&level=pupil");
  await next(projector);
  await phones[0].waitForSelector("#play input[type=range]");
  await phones[0].focus("#play input[type=range]");
  for (let i = 0; i < 5; i++) await phones[0].keyboard.press("ArrowRight");
  equal(await phones[0].getAttribute("#play input[type=range]", "aria-valuetext"), "120 days", "a guess in words");
  await phones[0].click("#play >> text=This is my guess");
  await phones[1].click("#play >> text=This is my guess");
  await projector.click("text=Note this guess");
  await projector.waitForSelector(".said:has-text('3 guesses')");
  equal(await projector.$$eval(".chart svg", (e) => e.length), 0, "no guess is shown yet");
  // an answer that has been on its way since before a press changes nothing after it
  const asked = /\/game(\?|$)/, held = [];
  await projector.route(asked, async (route) => {
    if (route.request().method() !== "GET") await route.continue();
    else held.push({ route, answer: await route.fetch() });
  });
  await until("the page to ask", PATIENCE, () => held.length > 0);
  await next(projector);
  await projector.waitForSelector(".chart svg");
  await Promise.all([projector.waitForResponse(asked), held[0].route.fulfill({ response: held[0].answer })]);
  await projector.evaluate(() => new Promise((r) => setTimeout(r, 100)));
  equal(await projector.textContent("#game button.next"), "Run the race", "the next press");
  for (const { route, answer } of held.splice(1)) await route.fulfill({ response: answer });
  await projector.unroute(asked);
  equal((await room.game()).counts[0].flatMap((n, i) => Array(n).fill(i)), [3, 3, 8], "the guesses");
  const state = await (await room.server.get("/state")).json();
  if (state.results.includes("hardness")) {
    const { tables } = await (await room.server.get("/results/hardness")).json(), row = tables.sets.find((s) => s.set === "n512");
    equal(await projector.getAttribute(".set[data-params=n512]", "data-from"), row.eve_from, "where the time comes from");
    check((await projector.textContent(".why")).includes(`Eve needs ${Math.round(row.eve_seconds / 60)} minutes`), "Eve's time at n512 as it is kept", row.eve_seconds, await projector.textContent(".why"));
    check((await projector.textContent(".set[data-params=n512]")).includes(row.eve_from === "measured" ? "measured in the laboratory" : "by the measured curve"), "and so says its bar");
  }
  await next(projector); // the race
  for (const params of ["n64", "n128"]) {
    const row = await projector.waitForSelector(`.set[data-params=${params}][data-done]`);
    if (params !== "n128") continue; // its events are those that are kept
    const told = await room.server.run(), alice = told.find((e) => e.from === "alice" && e.event === "confirmed"), verdict = told.find((e) => e.event === "verdict");
    const [a, e, won] = await row.evaluate((r) => [Number(r.dataset.alice), Number(r.dataset.eve), r.dataset.won]);
    check(Math.abs(a - alice.seconds) < 1e-6 && alice.params === params, "Alice's bar is her session", a, alice.seconds);
    check(Math.abs(e - verdict.learners.reduce((sum, l) => sum + (l.status === "not-applicable" ? 0 : l.wall_seconds), 0)) < 1e-6, "Eve's bar is her learner's", e);
    equal(won, String(verdict.key_recovered), "who has the key");
    equal(verdict.key_recovered, true, "Eve at n128");
  }
  const widths = await projector.$$eval(".fill", (all) => all.map((e) => parseFloat(e.style.width)));
  check(widths.every((w) => w > 0 && w <= 100), "bars of some width", widths);
  await fits(projector, "the race", true);
  await shot(projector, "play-race");
  await besideTheLesson(room, projector);
  await projector.click("#end");
  await phones[0].waitForSelector("#play", { state: "hidden" });
}

// What takes patience goes on while other things are done, can be stopped, and answers no guess before it is revealed.
async function besideTheLesson(room, projector) {
  const row = (params, more = "") => projector.waitForSelector(`.set[data-params=${params}]${more}`), words = async (params) => (await row(params)).textContent();
  const raceOf = async (params) => (await room.game()).races.find((r) => r.params === params);
  equal(await projector.textContent("#game button.next"), "Run n512 meanwhile", "what comes next");
  await next(projector);
  await row("n512", "[data-state=learns]");
  await until("her tries", PATIENCE, async () => /so far, on .*tries.*on average/.test(await words("n512")));
  check(await projector.isEnabled("#game button.next"), "the lesson goes on");
  equal((await room.server.post("/game", { race: "n256" })).status, 200, "another one beside it");
  await row("n256", "[data-done]");
  await until("what she reads", PATIENCE, async () => (await words("n256")).includes("Meet me under the old oak"));
  const won = await raceOf("n256");
  equal(await (await row("n256")).evaluate((e) => [Number(e.dataset.alice), Number(e.dataset.eve), e.dataset.won]), [won.alice, won.eve, "true"], "the race at n256, and what its bars are");
  await projector.click("text=Stop n512");
  await row("n512", "[data-done]");
  check(/stopped after .* without the key/.test(await words("n512")) || (await raceOf("n512")).won, "a stopped race", await words("n512"));
  await room.server.post("/game", { open: "guess", params: "n512" });
  await until("the answer to be covered", PATIENCE, async () => (await words("n512")).includes("shown after the guess"));
  check(!/stopped after/.test(await words("n512")) && (await (await row("n512")).evaluate((e) => e.querySelector(".fill.eve").style.width)) === "0%", "it is told before the guess is revealed", await words("n512"));
  await next(projector);
  await row("n512", "[data-done]");
  await projector.click("text=Run n384");
  await row("n384", "[data-state=learns]");
  for (const params of ["n1024", "n2048"]) {
    await projector.waitForSelector(`#game button.next:has-text("Ask for ${params}")`);
    await next(projector);
    await projector.waitForSelector("#game button.next:has-text('Reveal')");
    await next(projector);
    if ((await (await room.server.get("/state")).json()).results.includes("hardness")) await row(params, "[data-from]");
  }
  await fits(projector, "races beside the lesson", true);
  await projector.click("text=Stop n384");
  await row("n384", "[data-done]");
  await shot(projector, "play-beside");
  const stage = await projector.context().newPage();
  await stage.goto(room.server.address);
  await stage.waitForSelector("#to-play:has-text('n512 has ended')");
  await fits(stage, "the stage that tells of it");
  await stage.close();
}

// ---- for all

async function serious(tab, what) {
  await tab.evaluate(AXE);
  const found = await tab.evaluate(async () => (await window.axe.run(document, { resultTypes: ["violations"] })).violations);
  equal(found.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target} ${n.any?.[0]?.message ?? ""}`).join("; ")}`), [], what);
}

// Light and dark, narrow too; on a page on which the policy that forbids other scripts is off.
async function forAll(room, browser, wrong, phone) {
  const tab = await newTab(browser, wrong, PROJECTOR, { bypassCSP: true, reducedMotion: "reduce" });
  for (const game of ["hand", "vote", "guess"]) {
    await open(room, tab, `game=${game}&seed=7&race=n64`);
    if (game === "vote") await next(tab).then(() => tab.waitForSelector(".known"));
    for (const colorScheme of ["light", "dark"]) {
      await tab.emulateMedia({ colorScheme });
      await serious(tab, `${game}, ${colorScheme}`);
    }
    if (game === "vote") {
      await phone.waitForSelector("#play .two");
      await serious(phone, "a vote on a phone");
      await shot(tab, "play-dark");
    }
    await tab.setViewportSize(PHONE);
    await fits(tab, `${game}, narrow`);
    await shot(tab, `play-${game}-narrow`);
    await tab.setViewportSize(PROJECTOR);
  }
  const asked = /\/game(\?|$)/;
  // who only looks is not asked to press what would be refused
  await tab.route(asked, async (route) => { const answer = await route.fetch(); await route.fulfill({ json: { ...(await answer.json()), control: false } }); });
  for (const game of ["vote", "guess"]) {
    await tab.click(`#tab-${game}`);
    await tab.waitForSelector("body[data-control=false]");
    await tab.waitForSelector("#game button.next", { state: "hidden" });
  }
  await tab.unroute(asked);
  await tab.waitForSelector("#game button.next");
  // by Tab, everything that can be pressed
  await tab.evaluate(() => document.activeElement?.blur());
  const reached = new Set();
  for (let i = 0; i < 30; i++) {
    await tab.keyboard.press("Tab");
    reached.add(await tab.evaluate(() => document.activeElement.id || document.activeElement.textContent));
  }
  for (const name of ["tab-hand", "level", "to-stage", "Ask the class"]) check(reached.has(name), `Tab does not reach ${name}`, [...reached].join(", "));
}

async function class_plays() {
  const room = await openRoom("n64"), wrong = [];
  const browser = await chromium.launch({ executablePath: process.env.BROWSER, args: FLAGS });
  const projector = await newTab(browser, wrong, PROJECTOR);
  const phones = await Promise.all([0, 1, 2].map((i) => newTab(browser, wrong, PHONE, i === 2 ? { bypassCSP: true } : {})));
  await Promise.all(phones.map((tab, i) => joinAs(tab, room.join, `Pupil ${i}`)));
  await byHand(room, projector, phones);
  await aVote(room, projector, phones);
  await guessAndRace(room, projector, phones);
  await forAll(room, browser, wrong, phones[2]);
  equal(wrong, [], "what must not happen");
  await browser.close();
  room.bob.kill();
  await room.server.stop();
  rmSync(room.folder, { recursive: true });
}

if (!existsSync(join(BUILD, "alice/browser/alice.wasm"))) {
  console.log(readFileSync(join(BUILD, "alice/browser/alice-missing.txt"), "utf8"));
  process.exit(77);
}
await inPart(class_plays);
console.log("ok class_plays");
process.exit(0);
