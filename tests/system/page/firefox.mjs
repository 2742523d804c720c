// The pages in Firefox. stage: an Alice on a phone agrees with a real bob, the stage shows her session on its first screen,
// and who looks on follows the lecturer. how: a session in the page itself, press by press, with the words that the C code
// has for the same seed. play: a puzzle, a vote and a guess, on a projector and a phone.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Firefox } from "./bidi.mjs";
import { BUILD, SHOTS, Server, check, equal, inPart, openRoom, opened, until } from "./server.mjs";

const PATIENCE = 120; // seconds, on a machine that others use too
const ON_STAGE = ["#pill", "#step-title", "#step-words", "#figure-alice", "#figure-bob", "#picture", "#transport", "#forward", "#moment"];
const PAGE_UP = "\uE00E", PAGE_DOWN = "\uE00F", END = "\uE010", HOME = "\uE011", RIGHT = "\uE014"; // as WebDriver names keys

async function fits(tab, what, high = false) {
  const [wide, window, tall, height] = await tab.evaluate(() => [document.documentElement.scrollWidth, innerWidth, document.documentElement.scrollHeight, innerHeight]);
  check(wide <= window, `${what} is ${wide} wide in a window of ${window}`);
  check(!high || tall <= height, `${what} is ${tall} high in a window of ${height}`);
}

async function firefox() {
  const browser = await Firefox.start(process.env.BROWSER);
  opened.getStore().add(browser);
  return browser;
}

function done(browser) {
  equal(browser.wrong, [], "what must not happen");
  browser.kill();
  opened.getStore().delete(browser);
}

// Enters the room.
async function enters(room, phone, name) {
  await phone.goto(room.join);
  await until("the sets", PATIENCE, () => phone.evaluate(() => !!document.querySelector("#set option[value=n64]")));
  await phone.fill("#name", name);
  await phone.fill("#set", "n64");
  await phone.click("#join button[type=submit]");
}

// Joins, compares, chats both ways; the words.
async function joins(room, phone) {
  const name = "Ada & \u05e2\u05d3\u05d4";
  await enters(room, phone, name);
  await until("the chat", PATIENCE, () => phone.visible("#talk"));
  const words = await phone.text("#words");
  equal(room.told().filter((e) => e.event === "confirmed").map((e) => e.fingerprint), [words], "the words of Bob");
  const tile = await until("the tile", PATIENCE, async () => (await room.state()).pupils.find((t) => t.words));
  equal([tile.name, tile.words, tile.steps], [name, words, 8], "the tile");
  await phone.fill("#line", "Here is Firefox.");
  await phone.click("#say button");
  await until("Bob to hear her", PATIENCE, () => room.heard().includes("Here is Firefox."));
  room.bob.stdin.write("Good morning, Firefox.\n");
  await until("her to hear Bob", PATIENCE, async () => (await phone.text("#chat")).includes("Good morning, Firefox."));
  await fits(phone, "the phone's page");
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

async function stage() {
  const room = await openRoom("n64"), browser = await firefox();
  const phone = await browser.newTab({ width: 390, height: 844 });
  await joins(room, phone);
  writeFileSync(join(SHOTS, "firefox-phone.png"), await phone.screenshot());
  const lecturer = await browser.newTab({ width: 1280, height: 720 }), viewer = await browser.newTab({ width: 1280, height: 720 });
  await lecturer.goto(room.server.address);
  await viewer.goto(`${room.server.origin}/`);
  await Promise.all([lecturer, viewer].map(wholeRun));
  await firstScreen(lecturer);
  await follows(lecturer, viewer);
  await firstScreen(lecturer);
  writeFileSync(join(SHOTS, "firefox-stage.png"), await lecturer.screenshot());
  await phone.click("#leave");
  await until("the end", PATIENCE, () => phone.visible("#over"));
  equal(await phone.text("#why"), "You and Bob have said all.", "how it ended");
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
const parts = { stage, how, play };
for (const name of process.argv.length > 2 ? process.argv.slice(2) : ["stage"]) {
  await inPart(parts[name]);
  console.log(`ok ${name}`);
}
process.exit(0);
