// Phones of a class in a browser: each a page of the room, with Alice in WebAssembly, against a real bob; and the wall.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { BUILD, SHOTS, check, equal, inPart, openRoom, until } from "./server.mjs";

const PATIENCE = 120; // seconds, on a machine that others use too

async function newTab(browser, wrong, { width, height }) {
  const context = await browser.newContext({ viewport: { width, height } }), tab = await context.newPage();
  tab.setDefaultTimeout(PATIENCE * 1000);
  tab.on("console", (m) => { if (m.type() === "error") wrong.push(`console: ${m.text()}`); });
  tab.on("pageerror", (e) => wrong.push(`error: ${e.message}`));
  return tab;
}

async function fits(tab, what) {
  const [wide, window] = await tab.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  check(wide <= window, `${what} is ${wide} wide in a window of ${window}`);
}

async function joinAs(tab, address, name, set) {
  await tab.goto(address);
  await tab.waitForSelector(`#set option[value=${set}]`, { state: "attached" });
  await tab.fill("#name", name);
  await tab.selectOption("#set", set);
  await tab.click("#join button[type=submit]");
}

// Eight phones: the words on each are Bob's and the wall's, chat both ways, Eve opens the toys and not the others; one
// reloads, one leaves; and the room is closed.
async function eight_phones() {
  const room = await openRoom("n64,n128,r509,n1024");
  const browser = await chromium.launch({ executablePath: process.env.BROWSER, args: ["--no-sandbox"] });
  const wrong = [];
  const wall = await newTab(browser, wrong, { width: 1280, height: 720 });
  await wall.goto(room.server.address); // the projector's page leads to the wall
  await wall.click("#to-wall");
  await wall.waitForSelector("#codes svg, #codes.plain");
  const sets = ["n64", "n64", "n128", "r509", "n64", "n1024", "n64", "n1024"];
  const phones = await Promise.all(sets.map(async (set, i) => ({ set, name: `Pupil ${i}`, tab: await newTab(browser, wrong, { width: 390, height: 844 }) })));
  await fits(phones[0].tab, "an empty page");
  await Promise.all(phones.map((p) => joinAs(p.tab, room.join, p.name, p.set)));
  await Promise.all(phones.map((p) => p.tab.waitForSelector("#talk:not([hidden])")));
  const bobs = room.told().filter((e) => e.event === "confirmed").map((e) => e.fingerprint);
  for (const p of phones) {
    const words = await p.tab.textContent("#words");
    check(bobs.includes(words), `the words of ${p.name}, ${words}, are none of Bob's`);
    const tile = await until(`the tile of ${p.name}`, PATIENCE, async () => (await room.state()).pupils.find((t) => t.name === p.name && t.words));
    equal([tile.words, tile.set, tile.steps], [words, p.set, 8], "the tile");
    await fits(p.tab, `the page of ${p.name}`);
    await p.tab.fill("#line", `Here is ${p.name}.`);
    await p.tab.click("#say button");
  }
  equal(new Set(bobs).size, 8, "different words");
  await until("all to be open at Bob's", PATIENCE, () => room.told().filter((e) => e.event === "open").length === 8);
  room.bob.stdin.write("Good morning, class.\n");
  for (const p of phones) {
    await until(`${p.name} to hear Bob`, PATIENCE, async () => (await p.tab.textContent("#chat")).includes("Bob: Good morning, class."));
    await until(`Bob to hear ${p.name}`, PATIENCE, () => room.heard().includes(`Here is ${p.name}.`));
  }
  await phones[0].tab.screenshot({ path: join(SHOTS, "phone.png"), fullPage: true });
  await wall.fill("#budget", "8");
  await wall.click("#all");
  await until("Eve to be done", PATIENCE, async () => { const s = await room.state(); return !s.attacking && s.pupils.every((t) => t.set === "n1024" || t.chat.length); });
  for (const tile of (await room.state()).pupils) {
    equal(tile.eve, tile.set === "n1024" ? "failed" : "key", `what Eve has of ${tile.set}`);
    const shown = wall.locator(`.tile[data-number="${tile.number}"]`);
    await until(`the tile to turn`, PATIENCE, async () => (await shown.getAttribute("data-eve")) === tile.eve);
    const text = await shown.textContent();
    check(text.includes(tile.words) && text.includes(tile.set), "name, set and words", text);
    equal(text.includes(`Here is ${tile.name}.`), tile.eve === "key", `the chat of ${tile.name} on the wall`);
  }
  const rows = await wall.$$eval("#costs tr", (trs) => trs.map((tr) => [...tr.cells].map((c) => c.textContent)));
  equal(rows.map((r) => r[3]).sort(), ["0 of 2", "1 of 1", "1 of 1", "4 of 4"], "what the table says of the sets");
  await fits(wall, "the wall");
  await wall.screenshot({ path: join(SHOTS, "wall.png") });
  // one leaves, one reloads and is there again
  await phones[0].tab.click("#leave");
  await phones[0].tab.waitForSelector("#over:not([hidden])");
  await phones[1].tab.reload();
  await until("the first session of who reloads to end", PATIENCE, async () => (await room.state()).pupils.find((t) => t.name === "Pupil 1").state === "ended");
  await joinAs(phones[1].tab, room.join, "Pupil 1", "n64");
  await phones[1].tab.waitForSelector("#compare:not([hidden])");
  await until("two tiles of who reloads", PATIENCE, async () => // the wall follows the capture, a moment behind the phone
    (await room.state()).pupils.filter((t) => t.name === "Pupil 1").map((t) => t.state).join() === "ended,open");
  // the room is closed
  await wall.click("#close");
  await phones[2].tab.waitForSelector("#over:not([hidden])");
  check((await phones[2].tab.textContent("#why")).includes("closed the room"), "why", await phones[2].tab.textContent("#why"));
  await phones[2].tab.screenshot({ path: join(SHOTS, "phone-over.png") });
  equal(wrong, [], "what must not happen");
  await phones[2].tab.goto("about:blank");
  await phones[2].tab.goto(room.join);
  await until("the page to say that the room is closed", PATIENCE, async () => (await phones[2].tab.textContent("#wrong")).includes("closed the room"));
  // and opened again, with another code
  await wall.click("#close");
  const anew = await until("the room to be open again", PATIENCE, async () => (await room.state()).join[0]?.address);
  check(anew !== room.join, "another token", anew);
  await phones[2].tab.goto("about:blank");
  await joinAs(phones[2].tab, anew, "A & \u05e2\u05d3\u05d4", "n64");
  await phones[2].tab.waitForSelector("#compare:not([hidden])");
  await until("the name on the wall, whole", PATIENCE, async () => (await wall.textContent("#tiles")).includes("A & \u05e2\u05d3\u05d4"));
  // of a name, why not is said; an address that is no code is a wrong one
  await phones[0].tab.click("#again");
  for (const [name, word] of [["Bob", "take you"], ["a\u200bb", "cannot be seen"]]) {
    await phones[0].tab.goto("about:blank");
    await joinAs(phones[0].tab, anew, name, "n64");
    await until(`the page to refuse ${name}`, PATIENCE, async () => (await phones[0].tab.textContent("#wrong")).includes(word));
  }
  equal(wrong.filter((text) => !text.includes("status of 4")), [], "what must not happen in the end");
  wrong.length = 0;
  await phones[0].tab.goto("about:blank");
  await phones[0].tab.goto(`${anew.split("#")[0]}#%`);
  await until("the page to say that this is no code", PATIENCE, async () => (await phones[0].tab.textContent("#wrong")).includes("token"));
  equal(wrong.filter((text) => !text.includes("status of 403")), [], "what a wrong code leads to");
  await browser.close();
  await room.server.stop();
}

if (!existsSync(join(BUILD, "alice/browser/alice.wasm"))) {
  console.log(readFileSync(join(BUILD, "alice/browser/alice-missing.txt"), "utf8"));
  process.exit(77);
}
const parts = process.argv.slice(2).length ? process.argv.slice(2) : ["eight_phones"];
for (const name of parts) {
  await inPart({ eight_phones }[name]);
  console.log(`ok ${name}`);
}
process.exit(0);
