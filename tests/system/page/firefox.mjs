// The page and a phone in Firefox: an Alice there agrees with a real bob, the stage shows her session on its first screen,
// and who looks on follows the lecturer.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Firefox } from "./bidi.mjs";
import { BUILD, SHOTS, check, equal, inPart, openRoom, opened, until } from "./server.mjs";

const PATIENCE = 120; // seconds, on a machine that others use too
const ON_STAGE = ["#pill", "#step-title", "#step-words", "#figure-alice", "#figure-bob", "#picture", "#transport", "#forward", "#moment"];
const PAGE_DOWN = "\uE00F", HOME = "\uE011"; // as WebDriver names keys

async function fits(tab, what) {
  const [wide, window] = await tab.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  check(wide <= window, `${what} is ${wide} wide in a window of ${window}`);
}

// Joins, compares, chats both ways; the words.
async function joins(room, phone) {
  const name = "Ada & \u05e2\u05d3\u05d4";
  await phone.goto(room.join);
  await until("the sets", PATIENCE, () => phone.evaluate(() => !!document.querySelector("#set option[value=n64]")));
  await phone.fill("#name", name);
  await phone.fill("#set", "n64");
  await phone.click("#join button[type=submit]");
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

async function in_firefox() {
  const room = await openRoom("n64");
  const browser = await Firefox.start(process.env.BROWSER);
  opened.getStore().add(browser);
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
  equal(browser.wrong, [], "what must not happen");
  browser.kill();
  opened.getStore().delete(browser);
  await room.server.stop();
}

if (!existsSync(join(BUILD, "alice/browser/alice.wasm"))) {
  console.log(readFileSync(join(BUILD, "alice/browser/alice-missing.txt"), "utf8"));
  process.exit(77);
}
await inPart(in_firefox);
console.log("ok in_firefox");
process.exit(0);
