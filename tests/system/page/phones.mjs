// Phones of a class in a browser: each a page of the room, with Alice in WebAssembly, against a real bob; and the wall.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { AXE, serious } from "./axe.mjs";
import { forgetsQuestions, guardsTheDoor, hidesLines, holdsMany, saysWhoSpeaks, takeOff, tilesWith } from "./led.mjs";
import { odd_phones } from "./odd_phones.mjs";
import { BUILD, FLAGS, SHOTS, check, equal, inPart, openRoom, opened, until } from "./server.mjs";

const PATIENCE = 120; // seconds, on a machine that others use too

async function newTab(browser, wrong, { width, height, bypassCSP = false }) {
  const context = await browser.newContext({ viewport: { width, height }, bypassCSP, reducedMotion: "reduce" }), tab = await context.newPage();
  tab.setDefaultTimeout(PATIENCE * 1000);
  tab.on("console", (m) => { if (m.type() === "error") wrong.push(`console: ${m.text()}`); });
  tab.on("pageerror", (e) => wrong.push(`error: ${e.message}`));
  return tab;
}

async function fits(tab, what) {
  const [wide, window] = await tab.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  check(wide <= window, `${what} is ${wide} wide in a window of ${window}`);
}

// times: that the button is pressed, faster than the room answers.
async function joinAs(tab, address, name, set, times = 1) {
  await tab.goto(address);
  await tab.waitForSelector(`#set option[value=${set}]`, { state: "attached" });
  await tab.fill("#name", name);
  await tab.selectOption("#set", set);
  if (times === 1) await tab.click("#join button[type=submit]");
  else await tab.$eval("#join button[type=submit]", (button, n) => { for (let i = 0; i < n; i++) button.click(); }, times);
}

// It has a key, or the test says why not.
async function hasKey({ tab, name }) {
  await tab.waitForSelector("#talk:not([hidden]), #over:not([hidden])").catch(async (e) => { throw new Error(`${name}: ${await tab.innerText("main")}`, { cause: e }); });
  check(await tab.isVisible("#talk"), `${name} has no key:`, await tab.textContent("#why"));
}

// Eight phones: the words on each are Bob's and the wall's, chat both ways, Eve opens the toys and not the others; one
// reloads, one leaves; and the room is closed.
async function eight_phones() {
  const room = await openRoom("n64,n128,r509,n1024", "bob.events", "--threads", "1");
  const browser = await chromium.launch({ executablePath: process.env.BROWSER, args: FLAGS });
  const wrong = [];
  const wall = await newTab(browser, wrong, { width: 1280, height: 720 });
  await wall.goto(room.server.address); // the projector's page leads to the wall
  await wall.click("#to-wall");
  await wall.waitForSelector("#codes svg, #codes.plain");
  const sets = ["n64", "n64", "n128", "r509", "n64", "n1024", "n64", "n1024"];
  const phones = await Promise.all(sets.map(async (set, i) => ({ set, name: `Pupil ${i}`, tab: await newTab(browser, wrong, { width: 390, height: 844 }) })));
  await fits(phones[0].tab, "an empty page");
  await Promise.all(phones.map((p) => joinAs(p.tab, room.join, p.name, p.set)));
  await Promise.all(phones.map(hasKey));
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
  // and each hears the others, through Bob
  for (const p of phones)
    for (const other of phones.filter((o) => o !== p))
      await until(`${p.name} to hear ${other.name}`, PATIENCE, async () => (await p.tab.textContent("#chat")).includes(`${other.name.replace(" ", "-")}, through Bob: Here is ${other.name}.`));
  await phones[0].tab.screenshot({ path: join(SHOTS, "phone.png"), fullPage: true });
  await wall.fill("#budget", "4");
  const wanted = (t) => (t.set === "n1024" ? "failed" : "key");
  await until("Eve to be done", PATIENCE, async () => {
    const s = await room.state();
    if (s.attacking) return false;
    if (s.pupils.some((t) => t.eve !== wanted(t))) await wall.click("#all"); // at first, and where a busy machine needs longer
    return s.pupils.every((t) => t.eve === wanted(t) && (t.set === "n1024" || t.chat.length));
  });
  for (const tile of (await room.state()).pupils) {
    equal(tile.eve, wanted(tile), `what Eve has of ${tile.set}`);
    const shown = wall.locator(`.tile[data-number="${tile.number}"]`);
    await until(`the tile to turn`, PATIENCE, async () => (await shown.getAttribute("data-eve")) === tile.eve);
    const text = await shown.textContent();
    check(text.includes(tile.words) && text.includes(tile.set), "name, set and words", text);
    const spoken = await shown.locator(".words").allTextContents();
    equal(spoken, [`Bob: ${tile.words}`], "whose words the tile shows, where Bob tells them"); // Eve's are the same, and stand there otherwise
    equal(text.includes(`Here is ${tile.name}.`), tile.eve === "key", `the chat of ${tile.name} on the wall`);
  }
  const rows = await wall.$$eval("#costs tr", (trs) => trs.map((tr) => [...tr.cells].map((c) => (c.querySelector(".wide") ?? c).textContent)));
  equal(rows.map((r) => r[3]).sort(), ["0 of 2", "1 of 1", "1 of 1", "4 of 4"], "what the table says of the sets");
  await fits(wall, "the wall");
  await wall.screenshot({ path: join(SHOTS, "wall.png") });
  // one leaves, one reloads and is there again
  await phones[0].tab.click("#leave");
  await phones[0].tab.waitForSelector("#over:not([hidden])");
  await phones[1].tab.reload();
  await until("the first session of who reloads to end", PATIENCE, async () => (await room.state()).pupils.find((t) => t.name === "Pupil 1").state === "ended");
  await joinAs(phones[1].tab, room.join, "Pupil 1", "n64", 2);
  await phones[1].tab.waitForSelector("#compare:not([hidden])");
  await until("two tiles of who reloads", PATIENCE, async () => // the wall follows the capture, a moment behind the phone
    (await room.state()).pupils.filter((t) => t.name === "Pupil 1").map((t) => t.state).join() === "ended,open");
  const states = async () => wall.$$eval(".tile", (tiles) => tiles.map((t) => t.dataset.state));
  await until("who has left to stand behind who is here", PATIENCE, async () => (await states()).join() === [...Array(7).fill("open"), "ended", "ended"].join());
  const above = await wall.$$eval(".tile ul", (chats) => chats.filter((c) => c.scrollTop + c.clientHeight < c.scrollHeight - 2).length);
  equal(above, 0, "chats that do not show their last lines");
  await saysWhoSpeaks(room, wall);
  await hidesLines(room, wall, phones);
  await takeOff(wall, phones[3]);
  equal(await tilesWith(wall, "Here is Pupil 3."), 0, "tiles with what who is off had said");
  await guardsTheDoor(room, wall, phones[3], await newTab(browser, wrong, { width: 390, height: 844 }), joinAs);
  await forgetsQuestions(room, wall);
  await holdsMany(await room.state(), await newTab(browser, wrong, { width: 1280, height: 720 }), room);
  // the room is closed, which is asked once; Escape is no, and so is leaving the button
  await wall.focus("#close");
  for (const no of ["Escape", "Shift+Tab"]) {
    await wall.keyboard.press("Enter");
    await until("the question", PATIENCE, async () => (await wall.textContent("#close")) === "Really end all sessions?");
    await wall.keyboard.press(no);
    equal(await wall.textContent("#close"), "Close the room", `behind ${no}`);
  }
  equal((await room.state()).closed, false, "the room, behind No");
  await wall.focus("#close");
  await wall.keyboard.press("Enter");
  await new Promise((r) => setTimeout(r, 500)); // a double click answers nothing
  await wall.keyboard.press("Enter");
  await phones[2].tab.waitForSelector("#over:not([hidden])");
  check((await phones[2].tab.textContent("#why")).startsWith("the lecturer has closed the room"), "why", await phones[2].tab.textContent("#why"));
  check(!(await phones[2].tab.textContent("#why")).includes("end mark"), "in plain words", await phones[2].tab.textContent("#why"));
  await phones[2].tab.screenshot({ path: join(SHOTS, "phone-over.png") });
  equal(wrong.filter((text) => !text.includes("status of 423")), [], "what must not happen"); // as who waits at the door is told
  await phones[2].tab.goto("about:blank");
  await phones[2].tab.goto(room.join);
  await until("the page to say that the room is closed", PATIENCE, async () => (await phones[2].tab.textContent("#wrong")).includes("closed the room"));
  // and opened again, with another code
  await until("the wall to offer that", PATIENCE, async () => (await wall.textContent("#close")) === "Open the room again");
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

// Whatever is said: the words, the line that is written, and Leave are in view, on small phones and on those held sideways.
async function inView(tab, name) {
  for (const [width, height] of [[390, 844], [360, 640], [844, 390], [640, 360]]) {
    await tab.setViewportSize({ width, height });
    const found = await tab.evaluate((longest) => {
      const words = document.querySelector("#words"), own = words.textContent;
      words.textContent = longest; // whichever they are
      const outside = ["#words", "#line", "#say button", "#leave", "#chat"].filter((s) => {
        const b = document.querySelector(s).getBoundingClientRect();
        return !(b.width && b.height >= 24 && b.left >= 0 && b.top >= 0 && b.right <= innerWidth && b.bottom <= innerHeight);
      });
      const chat = document.querySelector("#chat"), root = document.documentElement;
      const all = [outside, root.scrollWidth <= innerWidth && root.scrollHeight <= innerHeight, chat.scrollHeight > chat.clientHeight];
      words.textContent = own;
      return all;
    }, "necklace elephant umbrella cupboard november");
    await tab.screenshot({ path: join(SHOTS, `${name}-${width}x${height}.png`) });
    equal(found, [[], true, true], `at ${width} x ${height}: what is out of view, that the page does not scroll, that the chat does`);
  }
  await tab.setViewportSize({ width: 390, height: 844 });
}

// axe-core on what is shown now, in the light and in the dark.
async function nothingSerious(tab, what) {
  for (const colorScheme of ["light", "dark"]) {
    await tab.emulateMedia({ colorScheme });
    equal(await serious(tab), [], `${what}, ${colorScheme}`);
  }
  await tab.emulateMedia({ colorScheme: "light" });
}

const focused = (tab) => tab.evaluate(() => document.activeElement.id);

// What a screen reader is told, in order: roles, names, and which of them speak up when they change.
async function tells(tab, roles, live, what) {
  const told = await tab.locator("body").ariaSnapshot();
  let at = 0;
  for (const line of roles) {
    const found = told.indexOf(line, at);
    check(found >= 0, `${what}: ${line} is not there, or not in its place:\n${told}`);
    at = found + line.length;
  }
  for (const [selector, how] of Object.entries(live))
    equal(await tab.$eval(selector, (e) => e.getAttribute("aria-live") ?? { status: "polite", log: "polite", alert: "assertive" }[e.getAttribute("role")] ?? "off"), how, `${what}: how ${selector} is read out`);
}

// A phone and the wall for who does not see, or has no mouse: a session by the keyboard alone.
async function for_all_senses() {
  const room = await openRoom("n64,n1024", "--params", "n64,n1024");
  const browser = await chromium.launch({ executablePath: process.env.BROWSER, args: FLAGS });
  opened.getStore().add({ abandon: () => browser.close() });
  const wrong = [], phone = await newTab(browser, wrong, { width: 390, height: 844, bypassCSP: true });
  const wall = await newTab(browser, wrong, { width: 1280, height: 720, bypassCSP: true });
  for (const [tab, address] of [[wall, room.server.address.replace("/#", "/wall.html#")], [phone, room.join]]) {
    await tab.goto(address);
    await tab.evaluate(AXE);
  }
  await phone.waitForSelector("#set option[value=n64]", { state: "attached" });
  equal(await phone.$$eval("#set option", (all) => all.map((o) => o.value)), ["n64", "n1024"], "the sets that Bob offers");
  await phone.screenshot({ path: join(SHOTS, "phone-join.png") });
  await nothingSerious(phone, "before joining");
  await phone.evaluate(() => { const e = document.createElement("input"); e.id = "planted"; document.querySelector("main").append(e); });
  check((await serious(phone)).some((text) => text.includes("planted")), "a field without a name is not seen");
  await phone.evaluate(() => document.getElementById("planted").remove());
  await tells(phone, ['heading "Be Alice" [level=1]', "- status: not joined", 'textbox "The room\'s code, as on the projector"', 'textbox "Your name, for all to see"', 'combobox "How hard you make it for Eve"', 'button "Join"'],
    { "#state": "polite", "#wrong": "assertive" }, "before joining");
  await phone.focus("#name");
  await phone.keyboard.type("Bob");
  await phone.keyboard.press("Enter");
  await until("the name to be refused", PATIENCE, async () => (await phone.textContent("#wrong")).includes("take you"));
  await phone.focus("#name");
  await phone.keyboard.type("by");
  await phone.keyboard.press("Tab");
  equal(await focused(phone), "set", "what follows the name");
  await phone.keyboard.press("n");
  await phone.selectOption("#set", "n64");
  await phone.keyboard.press("Tab");
  await phone.keyboard.press("Enter");
  await phone.waitForSelector("#talk:not([hidden])");
  equal(await focused(phone), "compare-title", "where the focus is when there are words to compare");
  await tells(phone, ["- status: you have a key", 'region "you have a key"', 'list "the steps"', 'region "Read these words aloud"', await phone.textContent("#words"), 'region "Chat with Bob"', 'list "Chat with Bob"', 'textbox "what you say"', 'button "Say"', 'button "Leave"'],
    { "#chat": "polite", "#state": "polite" }, "with a key");
  await until("it to be open at Bob's", PATIENCE, () => room.told().some((e) => e.event === "open"));
  for (let i = 0; i < 14; i++) room.bob.stdin.write(`Line ${i} of Bob's, which is long enough to take more than one line on a phone and on a tile.\n`);
  await until("Bob's lines", PATIENCE, async () => (await phone.textContent("#chat")).includes("Line 13"));
  await inView(phone, "phone-hears");
  await phone.focus("#line");
  await phone.keyboard.type("By keys alone.");
  await phone.keyboard.press("Enter");
  await inView(phone, "phone-speaks");
  await nothingSerious(phone, "with a key");
  await phone.screenshot({ path: join(SHOTS, "phone-chat.png") });
  // the wall: all its controls by Tab, then an attack
  await until("the wall to show the words", PATIENCE, async () => (await wall.textContent("#tiles")).includes("Bobby"));
  await until("the wall to say whose words it shows", PATIENCE, async () => (await wall.textContent("#tiles")).includes("Eve saw: "));
  check((await wall.textContent("#whose")).includes("ask him"), "where Bob's words are", await wall.textContent("#whose"));
  await wall.keyboard.press("Tab");
  const reached = [];
  for (let i = 0; i < 5; i++) {
    reached.push(await focused(wall));
    await wall.keyboard.press("Tab");
  }
  equal(reached, ["budget", "all", "clear", "close", "stage"], "what Tab reaches on the wall");
  await wall.focus("#budget");
  await wall.keyboard.press("Enter");
  await until("her key to fall", PATIENCE, async () => (await wall.textContent("#news")).includes("Bobby: Eve has the key"));
  await until("what Eve reads", PATIENCE, async () => (await wall.textContent("#tiles")).includes("By keys alone."));
  const chat = wall.locator(".tile ul");
  check(await chat.evaluate((e) => e.scrollTop + e.clientHeight >= e.scrollHeight - 2 && e.scrollHeight > e.clientHeight), "the last lines are those that are seen");
  await tells(wall, ['heading "The room" [level=1]', 'spinbutton "Seconds for all"', 'button "Attack all"', 'button "Clear ended"', 'button "Close the room"', 'log "What happens in the room"', "img", "status", 'list "The class"', "Eve has the key", 'table "Who chose what, and what it cost Eve"'],
    { "#count": "polite", "#news": "polite", "#left": "off", "#wrong": "assertive", "#tiles": "off" }, "the wall");
  await nothingSerious(wall, "the wall, with a key that fell");
  await wall.screenshot({ path: join(SHOTS, "wall-one.png") });
  await phone.focus("#leave");
  await phone.keyboard.press("Enter");
  await until("the end", PATIENCE, async () => (await focused(phone)) === "over-title");
  await nothingSerious(phone, "at the end");
  equal(wrong.filter((text) => !text.includes("status of 400")), [], "what must not happen");
  await browser.close();
  await room.server.stop();
}

if (!existsSync(join(BUILD, "alice/browser/alice.wasm"))) {
  console.log(readFileSync(join(BUILD, "alice/browser/alice-missing.txt"), "utf8"));
  process.exit(77);
}
const all = { eight_phones, for_all_senses, odd_phones: () => odd_phones(newTab, joinAs) };
const parts = process.argv.slice(2).length ? process.argv.slice(2) : Object.keys(all);
const waiting = parts.filter((name) => name === "odd_phones"); // most of its time it waits for one to sleep
const runs = async (names) => {
  for (const name of names) {
    await inPart(all[name]);
    console.log(`ok ${name}`);
  }
};
// Each puts away what it has opened, whatever becomes of the other.
const ended = await Promise.allSettled([runs(waiting), runs(parts.filter((name) => !waiting.includes(name)))]);
for (const { reason } of ended) if (reason) throw reason;
process.exit(0);
