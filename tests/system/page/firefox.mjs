// The pages in Firefox. stage: two Alices on phones agree with a real bob, Eve opens a toy on the wall, the stage shows a session
// on its first screen, who looks on follows the lecturer, and axe-core finds nothing serious. eight: the same with eight phones,
// and all in the dark. how: a session in the page itself, press by press, with the words that the C code
// has for the same seed. play: a puzzle, a vote and a guess, on a projector and a phone.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Firefox } from "./bidi.mjs";
import { AXE, serious } from "./axe.mjs";
import { faults } from "./measure.mjs";
import { BUILD, SHOTS, Server, check, equal, inPart, openRoom, opened, until } from "./server.mjs";

const PATIENCE = 120; // seconds, on a machine that others use too
const ON_STAGE = ["#pill", "#step-title", "#step-words", "#figure-alice", "#figure-bob", "#picture", "#transport", "#forward", "#moment"];
const PAGE_UP = "\uE00E", PAGE_DOWN = "\uE00F", END = "\uE010", HOME = "\uE011", RIGHT = "\uE014"; // as WebDriver names keys

async function fits(tab, what, high = false) {
  const [wide, window, tall, height] = await tab.evaluate(() => [document.documentElement.scrollWidth, innerWidth, document.documentElement.scrollHeight, innerHeight]);
  check(wide <= window, `${what} is ${wide} wide in a window of ${window}`);
  check(!high || tall <= height, `${what} is ${tall} high in a window of ${height}`);
}

async function firefox(preferences) {
  const browser = await Firefox.start(process.env.BROWSER, preferences);
  opened.getStore().add(browser);
  return browser;
}

function done(browser) {
  equal(browser.wrong, [], "what must not happen");
  browser.kill();
  opened.getStore().delete(browser);
}

// Contrast, names of controls and what else axe-core knows.
async function nothingSerious(tab, what) {
  await tab.run(AXE);
  equal(await serious(tab), [], what);
}

// Enters the room.
async function enters(room, phone, name, set = "n64") {
  await phone.goto(room.join);
  await until("the sets", PATIENCE, () => phone.evaluate((s) => !!document.querySelector(`#set option[value=${s}]`), set));
  await phone.fill("#name", name);
  await phone.fill("#set", set);
  await phone.click("#join button[type=submit]");
}

// All enter at once, have words of their own, which are Bob's and the tile's, and talk with Bob and each other.
async function meet(room, phones) {
  await Promise.all(phones.map((p) => enters(room, p.tab, p.name, p.set)));
  for (const p of phones) await until(`the chat of ${p.name}`, PATIENCE, () => p.tab.visible("#talk"));
  const bobs = room.told().filter((e) => e.event === "confirmed").map((e) => e.fingerprint);
  equal(new Set(bobs).size, phones.length, "different words");
  for (const p of phones) {
    const words = await p.tab.text("#words");
    check(bobs.includes(words), `the words of ${p.name}, ${words}, are none of Bob's`);
    const tile = await until(`the tile of ${p.name}`, PATIENCE, async () => (await room.state()).pupils.find((t) => t.name === p.name && t.words));
    equal([tile.words, tile.set, tile.steps], [words, p.set, 8], "the tile");
    await p.tab.fill("#line", `Here is ${p.name}.`);
    await p.tab.click("#say button");
  }
  await until("all to be open at Bob's", PATIENCE, () => room.told().filter((e) => e.event === "open").length === phones.length);
  room.bob.stdin.write("Good morning, Firefox.\n");
  for (const p of phones) {
    await until(`Bob to hear ${p.name}`, PATIENCE, () => room.heard().includes(`Here is ${p.name}.`));
    const lines = ["Good morning, Firefox.", ...phones.map((o) => `Here is ${o.name}.`)];
    await until(`${p.name} to hear all`, PATIENCE, async () => { const chat = await p.tab.text("#chat"); return lines.every((line) => chat.includes(line)); });
    await fits(p.tab, `the page of ${p.name}`);
  }
}

// Eve opens the toys and not the others, and the wall shows it.
async function fall(room, wall, phones) {
  await wall.goto(room.server.address.replace("/#", "/wall.html#"));
  const tiles = () => wall.evaluate(() => [...document.querySelectorAll(".tile")].map((t) => [Number(t.dataset.number), t.dataset.eve, t.textContent]));
  await until("the tiles", PATIENCE, async () => (await tiles()).length === phones.length);
  await wall.fill("#budget", "15");
  await wall.click("#all");
  const turned = await until("the tiles to turn", PATIENCE, async () => {
    const all = await tiles();
    return all.every(([, eve, text]) => eve === "failed" || (eve === "key" && text.includes("Good morning, Firefox."))) && all;
  });
  for (const pupil of (await room.state()).pupils) {
    const [, eve, text] = turned.find(([number]) => number === pupil.number);
    equal(eve, pupil.set === "n1024" ? "failed" : "key", `what Eve has of ${pupil.name}`);
    equal(text.includes(`Here is ${pupil.name}.`), eve === "key", `the chat of ${pupil.name} on the wall`);
  }
}

const at = (tab) => tab.evaluate(() => document.body.dataset.at);
const wholeRun = (tab) => until("the run", PATIENCE, () => tab.evaluate(() => document.querySelectorAll("#steps li").length >= 8 && Number(document.body.dataset.length) > 8));

async function firstScreen(tab) {
  const [w, h, outside] = await tab.evaluate((selectors) => [document.documentElement.scrollWidth, document.documentElement.scrollHeight, selectors.filter((s) => {
    const b = document.querySelector(s).getBoundingClientRect();
    return !(b.right > b.left && b.bottom > b.top && b.left >= -1 && b.top >= -1 && b.right <= innerWidth + 1 && b.bottom <= innerHeight + 1);
  })], ON_STAGE);
  check(w <= 1280 && h <= 720, `the stage has ${w} x ${h} in a window of 1280 x 720`);
  equal(outside, [], "what lies outside of the first screen");
}

async function follows(lecturer, viewer) {
  await lecturer.press(HOME);
  for (let i = 0; i < 3; i++) {
    const before = await at(lecturer);
    await lecturer.press(PAGE_DOWN);
    await until("a press to be drawn", PATIENCE, async () => (await at(lecturer)) !== before);
  }
  await until("the viewer to follow", PATIENCE, async () => (await at(viewer)) === (await at(lecturer)));
  check(await viewer.visible("#follow"), "who follows is told so");
}

// What the back row has to read of the wall; the table is behind t.
async function isLegible(wall) {
  equal(await wall.evaluate(faults, ["header form", "#join", "#costs-part", "#compare", ".tile"]), [], "the wall");
  writeFileSync(join(SHOTS, "firefox-wall.png"), await wall.screenshot());
  await wall.press("t");
  equal(await wall.evaluate(faults, ["header form", "#costs tr"]), [], "the table");
}

async function stage() {
  const room = await openRoom("n64,n128"), browser = await firefox(), phones = [];
  for (const [name, set] of [["Ada & \u05e2\u05d3\u05d4", "n64"], ["Ben", "n128"]]) phones.push({ name, set, tab: await browser.newTab({ width: 390, height: 844 }) });
  await meet(room, phones);
  const phone = phones[0].tab;
  await nothingSerious(phone, "the phone's page");
  await phone.evaluate(() => { const e = document.createElement("input"); e.id = "planted"; document.querySelector("main").append(e); });
  check((await serious(phone)).some((text) => text.includes("planted")), "a field without a name is not seen");
  await phone.evaluate(() => document.getElementById("planted").remove());
  writeFileSync(join(SHOTS, "firefox-phone.png"), await phone.screenshot());
  const lecturer = await browser.newTab({ width: 1280, height: 720 }), viewer = await browser.newTab({ width: 1280, height: 720 });
  await fall(room, viewer, phones);
  await isLegible(viewer);
  await lecturer.goto(room.server.address);
  await viewer.goto(`${room.server.origin}/`);
  await Promise.all([lecturer, viewer].map(wholeRun));
  await firstScreen(lecturer);
  await follows(lecturer, viewer);
  await firstScreen(lecturer);
  await nothingSerious(lecturer, "the stage");
  writeFileSync(join(SHOTS, "firefox-stage.png"), await lecturer.screenshot());
  await phone.click("#leave");
  await until("the end", PATIENCE, () => phone.visible("#over"));
  equal(await phone.text("#why"), "You and Bob have said all.", "how it ended");
  done(browser);
  await room.server.stop();
}

// A class, in the dark; axe-core looks at each page that there is.
async function eight() {
  const DARK = { "layout.css.prefers-color-scheme.content-override": 0 };
  const room = await openRoom("n64,n1024"), browser = await firefox(DARK), phones = [];
  for (let i = 0; i < 8; i++) phones.push({ name: `Pupil ${i}`, set: i % 4 === 3 ? "n1024" : "n64", tab: await browser.newTab({ width: 390, height: 844 }) });
  const wall = await browser.newTab({ width: 1280, height: 720 });
  await phones[0].tab.goto(room.join);
  check(await phones[0].tab.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches), "it is not dark");
  await nothingSerious(phones[0].tab, "before joining");
  await phones[0].tab.goto("about:blank");
  await meet(room, phones);
  await nothingSerious(phones[0].tab, "with a key");
  await fall(room, wall, phones);
  await nothingSerious(wall, "the wall");
  writeFileSync(join(SHOTS, "firefox-wall.png"), await wall.screenshot());
  await wall.goto(room.server.address);
  await wholeRun(wall);
  for (const key of [HOME, PAGE_DOWN, PAGE_DOWN, PAGE_DOWN, END]) {
    await wall.press(key);
    await nothingSerious(wall, `the stage at ${await at(wall)}`);
  }
  for (const address of ["how.html", `play.html#game=hand&seed=7&level=student&token=${room.server.token}`]) {
    await wall.goto(`${room.server.origin}/${address}`);
    await until(address, PATIENCE, () => wall.evaluate(() => document.body.dataset.ready === "true" || !!document.querySelector(".board")));
    await nothingSerious(wall, address);
  }
  await phones[0].tab.click("#leave");
  await until("the end", PATIENCE, () => phones[0].tab.visible("#over"));
  await nothingSerious(phones[0].tab, "at the end");
  done(browser);
  await room.server.stop();
}

const looks = (tab) => tab.evaluate(() => ["words", "show"].map((id) => document.getElementById(id).innerText).join() + [...document.querySelectorAll("canvas")].map((c) => c.toDataURL()).join() +
  [...document.querySelectorAll(".now, [aria-pressed=true]")].map((e) => e.outerHTML).join());

async function how() {
  const SEED = "a lesson", server = await Server.start(), browser = await firefox(), tab = await browser.newTab({ width: 1280, height: 720 });
  const said = execFileSync(join(BUILD, "tests/system/browser/inside"), [SEED, "n64"], { encoding: "utf8", maxBuffer: 1 << 28 }).split("\n").find((line) => line.startsWith("about 0 0 "));
  await tab.goto(`${server.origin}/how.html?${new URLSearchParams({ seed: SEED, params: "n64" })}`);
  await until("the session", PATIENCE, () => tab.evaluate(() => document.body.dataset.ready === "true"));
  equal(await tab.text("#their-words"), JSON.parse(said.slice("about 0 0 ".length)).words, "the words");
  const length = await tab.evaluate(() => Number(document.body.dataset.length));
  let before = "";
  for (let i = 0; i < length; i++) {
    if (i) await tab.press(i % 2 ? PAGE_DOWN : RIGHT);
    await until(`press ${i}`, PATIENCE, async () => (await at(tab)) === String(i));
    const now = await looks(tab);
    check(now !== before, `press ${i} changes nothing`);
    before = now;
    await fits(tab, `press ${i}`, true);
  }
  await tab.press(PAGE_UP);
  await until("one press back", PATIENCE, async () => (await at(tab)) === String(length - 2));
  await tab.press(HOME);
  await until("the beginning", PATIENCE, async () => (await at(tab)) === "0");
  await tab.press(END);
  await until("the end", PATIENCE, async () => (await at(tab)) === String(length - 1));
  writeFileSync(join(SHOTS, "firefox-how.png"), await tab.screenshot());
  done(browser);
  await server.stop();
}

async function play() {
  const room = await openRoom("n64"), browser = await firefox();
  const phone = await browser.newTab({ width: 390, height: 844 }), tab = await browser.newTab({ width: 1280, height: 720 });
  const has = (where, selector, text) => until(`"${text}" in ${selector}`, PATIENCE, async () => ((await where.text(selector)) ?? "").includes(text));
  await enters(room, phone, "Ada");
  await until("the words", PATIENCE, () => phone.visible("#compare"));
  await tab.goto(`${room.server.origin}/play.html#game=hand&seed=7&level=student&token=${room.server.token}`);
  await until("the board", PATIENCE, () => tab.visible(".board"));
  for (const key of ["3", "7", "8"]) await tab.press(key);
  await tab.click("#game .side > button");
  await has(tab, ".said", "9 of 10 labels agree");
  await fits(tab, "the puzzle", true);
  await tab.click("#tab-vote");
  await until("the vote", PATIENCE, () => tab.visible(".vote"));
  await tab.fill(".vote select", "1");
  await tab.press(PAGE_DOWN);
  await until("the vote on the phone", PATIENCE, () => phone.visible("#play .two"));
  await fits(phone, "a vote on a phone");
  await phone.click("#play .two button");
  await has(tab, ".said", "1 vote; 1 of 1 phones");
  await tab.press(PAGE_DOWN);
  await until("what Bob says", PATIENCE, () => tab.visible(".vote table"));
  const { score } = await room.game();
  check((await tab.text(".vote .side svg")).includes(`${score.right} of 1`), "one vote in counts", await tab.text(".vote .side svg"));
  await fits(tab, "a vote, over", true);
  writeFileSync(join(SHOTS, "firefox-play.png"), await tab.screenshot());
  await tab.click("#tab-guess");
  await until("the guess", PATIENCE, () => tab.visible(".guess"));
  await tab.press(PAGE_DOWN);
  await until("the guess on the phone", PATIENCE, () => phone.visible("#play input[type=range]"));
  await phone.fill("#play input[type=range]", "8");
  await phone.click("#play > button");
  await has(tab, ".said", "1 guess");
  await tab.press(PAGE_DOWN);
  await until("the guesses", PATIENCE, () => tab.visible(".chart svg"));
  await fits(tab, "a guess, over", true);
  done(browser);
  await room.server.stop();
}

if (!existsSync(join(BUILD, "alice/browser/alice.wasm"))) {
  console.log(readFileSync(join(BUILD, "alice/browser/alice-missing.txt"), "utf8"));
  process.exit(77);
}
const parts = { stage, eight, how, play };
for (const name of process.argv.length > 2 ? process.argv.slice(2) : ["stage"]) {
  await inPart(parts[name]);
  console.log(`ok ${name}`);
}
process.exit(0);
