// "How Alice does it": what the page shows is what the C code says for the same seed on this machine; each press changes what
// is seen; it fits a projector and a phone; it can be used without a mouse and by who sees little.

import { chromium } from "playwright-core";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { AXE, serious } from "./axe.mjs";
import { BUILD, FLAGS, Page, Server, check, equal, inPart } from "./driver.mjs";

const SETS = process.argv.slice(2);
const SEED = "a lesson", INSIDE = join(BUILD, "tests/system/browser/inside"), LEVELS = ["pupil", "student", "researcher"];

async function open(server, query, options = {}, prepare = async () => {}) {
  Page.browser ??= chromium.launch({ executablePath: process.env.BROWSER, args: FLAGS });
  const context = await (await Page.browser).newContext({ viewport: { width: 1280, height: 720 }, ...options });
  context.setDefaultTimeout(120000);
  await prepare(context);
  const tab = await context.newPage(), wrong = [];
  tab.on("console", (m) => { if (m.type() === "error" && !m.text().includes("404")) wrong.push(m.text()); });
  tab.on("pageerror", (e) => wrong.push(e.message));
  tab.on("request", (r) => { if (!r.url().startsWith(server.origin)) wrong.push(`a request to ${r.url()}`); });
  await tab.goto(`${server.origin}/how.html?${new URLSearchParams(query)}`);
  await tab.waitForSelector("body[data-ready]");
  return { tab, close: async () => { await context.close(); equal(wrong, [], "what must not happen"); } };
}

const text = (tab, selector) => tab.textContent(selector);
const at = (tab) => tab.evaluate(() => Number(document.body.dataset.at));

// What somebody sees: the words, and each picture's dots.
const seen = (tab) => tab.evaluate(() => ["words", "show"].map((id) => document.getElementById(id).innerText).join() +
  [...document.querySelectorAll("canvas")].map((c) => c.toDataURL()).join() + [...document.querySelectorAll(".now, [aria-pressed=true]")].map((e) => e.outerHTML).join());

async function press(tab, key) {
  const before = await at(tab);
  await tab.keyboard.press(key);
  await tab.waitForSelector(`body:not([data-at="${before}"])`);
}

async function fits(tab, what, projector) {
  const [w, h, width, height] = await tab.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight, innerWidth, innerHeight]);
  check(w <= width, `${what}: ${w} wide in a window of ${width}`);
  check(!projector || h <= height, `${what}: ${h} high in a window of ${height}`);
}

/** {"what a b": object} */
function fromC(set) {
  const lines = execFileSync(INSIDE, [SEED, set], { encoding: "utf8", maxBuffer: 1 << 28 }).trimEnd().split("\n");
  return Object.fromEntries(lines.map((line) => [line.split(" ", 3).join(" "), JSON.parse(line.split(" ").slice(3).join(" "))]));
}

const numbers = (words) => words.replace(/,/g, "").match(/\d+(\.\d+)?/g)?.map(Number) ?? [];

// At each press of a chapter, what is there of it.
const SHOWN = {
  puzzle: async (tab, c, n) => equal(await tab.getAttribute("#alice .sofar", "data-taken"), c["tiles 0 0"].caption.slice(0, n).map((t) => t + 1).join(", "), "the tiles of the caption"),
  lpn: {
    cancel: async (tab, c, n) => {
      const p = c[`piece ${await chosen(tab)} 0`], w = c["about 0 0"].w;
      if (n < w) return;
      equal(await tab.getAttribute("#alice .sofar", "data-dots"), String(p.dots), "dots that are left");
      equal(await tab.getAttribute("#eve .sofar", "data-dots"), String(p.eve.dots), "dots that are left of Eve's");
    },
    labels: async (tab, c, n) => {
      const p = c[`piece ${await chosen(tab)} 0`], { w, plain, composed, left } = c["about 0 0"];
      if (n === w + 1) equal(await tab.getAttribute("#alice [data-folded]", "data-folded"), String(p.label_left), "the sum of the labels");
      if (n === w + 2) {
        const lies = [p, ...p.recipe].filter((r) => r.lie).length;
        check(lies > 0, "the first piece that is shown has no lie");
        equal(await tab.$$eval("#alice .lie", (all) => all.length), lies, "lies that are marked");
        check((await text(tab, "#alice")).includes(lies % 2 ? "the sum is wrong" : "the sum is right"), "what the lies do");
      }
      if (n === w + 3) equal(numbers(await tab.$eval("#lies tbody", (e) => [...e.rows].map((r) => r.cells[1].textContent).join(" "))), [plain, composed, left].flatMap((x) => [x.wrong, x.labels]), "lies that are counted");
    },
    beliefs: async (tab, c, n) => {
      const { alice, eve } = c["about 0 0"], of = (who) => tab.$eval(`${who} .code`, (e) => [e.dataset.wrong, e.dataset.unsettled, e.dataset.iteration].map(Number));
      const told = (b) => [b.wrong, b.unsettled, b.iteration];
      if (n < alice.steps) equal([await of("#alice"), await of("#eve")], [told(c[`belief 0 ${n}`]), told(c[`belief 1 ${n}`])], `beliefs at step ${n}`);
      else equal([numbers(await text(tab, "#alice"))[1], numbers(await text(tab, "#eve"))[1]], [alice.disagreements, eve.disagreements], "labels that are missed");
    },
  },
  ring: {
    cancel: async (tab, c, n) => {
      const p = c["piece 0 0"];
      if (n < c["about 0 0"].w) return;
      equal([await tab.getAttribute("#alice .sofar", "data-dots"), await tab.getAttribute("#eve .sofar", "data-dots")], [String(p.dots), String(p.eve.dots)], "dots that are left");
    },
    labels: async (tab, c, n) => {
      const p = c["piece 0 0"], a = c["about 0 0"];
      if (n === 1) equal([await tab.getAttribute("#alice [data-folded]", "data-folded"), await tab.getAttribute("#eve [data-folded]", "data-folded")], [String(p.ones), String(p.eve.ones)], "ones that are left of labels");
      if (n === 3) equal(numbers(await tab.$eval("#lies tbody", (e) => [...e.rows].map((r) => r.cells[1].textContent).join(" "))), [a.w_e, a.n, p.ones, a.n, p.eve.ones, a.n], "lies and ones that are counted");
    },
    beliefs: async (tab, c, n) => {
      const { alice, eve } = c["about 0 0"], of = (who) => tab.$eval(`${who} .code`, (e) => [e.dataset.misfits, e.dataset.wrong, e.dataset.iteration].map(Number));
      const told = (b) => [b.misfits, b.wrong, b.iteration];
      if (n < alice.steps) equal([await of("#alice"), await of("#eve")], [told(c[`belief 0 ${n}`]), told(c[`belief 1 ${n}`])], `beliefs at step ${n}`);
      else equal([numbers(await text(tab, "#alice"))[1], numbers(await text(tab, "#eve"))[1]], [alice.disagreements, eve.disagreements], "labels that are missed");
    },
  },
  lwe: {
    cancel: async (tab, c, n) => {
      const p = c[`piece ${await chosen(tab)} 0`], turned = (side) => String(side.folds[n].left.match(/..../g).filter((v) => v !== "0000").length);
      equal([await tab.getAttribute("#alice .sofar", "data-turned"), await tab.getAttribute("#eve .sofar", "data-turned")], [turned(p), turned(p.eve)], "clocks that are turned");
    },
    labels: async (tab, c, n) => {
      const p = c[`piece ${await chosen(tab)} 0`], last = p.folds.length - 1;
      if (n <= last) equal([await tab.getAttribute("#alice [data-label]", "data-label"), await tab.getAttribute("#eve [data-label]", "data-label")], [p, p.eve].map((side) => String(side.folds[n].label)), "labels that are left");
    },
    beliefs: async (tab, c, n) => {
      const { alice, eve } = c["about 0 0"];
      if (n === 3) equal([await tab.getAttribute("#alice [data-wrong]", "data-wrong"), await tab.getAttribute("#eve [data-wrong]", "data-wrong")], [String(c["belief 0 0"].wrong), String(c["belief 1 0"].wrong)], "numbers that are wrong");
      if (n === 4) equal([numbers(await text(tab, "#alice"))[0], numbers(await text(tab, "#eve"))[0]], [alice.disagreements, eve.disagreements], "labels that are too far off");
    },
  },
  predict: async (tab, c, n) => {
    if (n > 8) return;
    const f = c[`fresh ${n === 8 ? 99 : n} 0`], right = (who) => tab.$eval(`${who} [data-right]`, (e) => Number(e.dataset.right));
    equal([await right("#alice"), await right("#eve")], [f.alice_right, f.eve_right], `right predictions at press ${n}`);
  },
};

const chosen = (tab) => tab.evaluate(() => document.body.dataset.j);

async function showsWhatTheCodeSays(server, set) {
  const c = fromC(set), { task, words } = c["about 0 0"], { tab, close } = await open(server, { seed: SEED, params: set });
  equal(await text(tab, "#their-words"), words, "the words");
  const length = await tab.evaluate(() => Number(document.body.dataset.length)), chapters = new Set();
  check(length > 20, `only ${length} presses`);
  let before = "";
  for (let i = 0; i < length; i++) {
    if (i) await press(tab, i % 2 ? "PageDown" : "ArrowRight");
    const [chapter, n] = await tab.evaluate(() => [document.body.dataset.chapter, Number(document.body.dataset.press)]), now = await seen(tab);
    check(now !== before, `${set}: press ${i} (${chapter} ${n}) changes nothing`);
    before = now;
    chapters.add(chapter);
    await (SHOWN[task]?.[chapter] ?? SHOWN[chapter])?.(tab, c, n);
    await fits(tab, `${set}, press ${i} (${chapter} ${n})`, true);
    if (n === 0) await hasWords(tab, chapter);
  }
  equal([...chapters], ["puzzle", "choose", "cancel", "labels", "beliefs", "predict", "count"], "chapters");
  await tab.keyboard.press("PageDown");
  await press(tab, "PageUp");
  equal(await at(tab), length - 2, "Page Up");
  await press(tab, "Home");
  await press(tab, "End");
  equal(await at(tab), length - 1, "End");
  await press(tab, "Home");
  for (const chapter of chapters) {
    await tab.setViewportSize({ width: 390, height: 844 });
    await tab.click(`#chips [data-chapter=${chapter}]`);
    await tab.waitForSelector(`body[data-chapter=${chapter}]`);
    if (!["choose", "count"].includes(chapter)) await press(tab, "ArrowRight");
    await fits(tab, `${set}, ${chapter} on a phone`, false);
  }
  await close();
}

async function hasWords(tab, chapter) {
  const said = new Set();
  for (const level of LEVELS) {
    await tab.selectOption("#level", level);
    const words = [await text(tab, "#text"), await text(tab, "#question"), await text(tab, "#answer-text")];
    for (const one of words) check(one.length > 20 && !one.includes("undefined") && !one.includes("NaN"), `${chapter}, ${level}: "${one}"`);
    check(!(await tab.isVisible("#answer-text")), `${chapter}, ${level}: the answer is not behind a click`);
    said.add(words.join());
  }
  equal(said.size, LEVELS.length, `${chapter}: words of its own for each level`);
  await tab.selectOption("#level", "student");
  await tab.evaluate(() => document.activeElement.blur());
}

async function asks(server) {
  const { tab, close } = await open(server, { seed: SEED, params: "n64", chapter: "choose" });
  await tab.click("#answer summary");
  check(await tab.isVisible("#answer-text"), "a click on Answer shows it");
  const before = await seen(tab);
  await tab.click(".pick[data-j='7']");
  await tab.waitForSelector(".pick[data-j='7'][aria-pressed=true]");
  check((await seen(tab)) !== before, "another picture changes nothing");
  await tab.click("#chips [data-chapter=labels]");
  await tab.waitForSelector("body[data-chapter=labels]");
  await press(tab, "ArrowLeft"); // the last of what cancels
  const guess = await seen(tab);
  await tab.click("#again");
  for (let i = 0; i < 3000 && (await seen(tab)) === guess; i++) await tab.waitForTimeout(20);
  check((await seen(tab)) !== guess, "another guess changes nothing");
  const address = tab.url();
  await tab.goto(address);
  await tab.waitForSelector("body[data-ready]");
  equal(await tab.evaluate(() => document.body.dataset.chapter), "cancel", "the chapter that the address names");
  await close();
  const none = await open(server, { seed: SEED, params: "n65" });
  check((await text(none.tab, "#wrong")).includes("n65"), "a set that there is none of is not told");
  await none.close();
}

// A picture of one's own lies under the noise, on this device alone; what is no picture is refused in words.
async function takesOnesOwn(server) {
  const { tab, close } = await open(server, { seed: SEED, params: "n64", chapter: "puzzle", level: "pupil" });
  const dots = () => tab.$eval("#alice .sofar canvas", (c) => { // the share of the left half that is black, and of the right one
    const { data, width, height } = c.getContext("2d").getImageData(0, 0, c.width, c.height), black = [0, 0];
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) black[Number(x >= width / 2)] += data[4 * (y * width + x) + 3] > 0;
    return black.map((n) => n / ((width * height) / 2));
  });
  const toTheEnd = async () => { for (let i = 0; i < 3; i++) await press(tab, "PageDown"); };
  await toTheEnd();
  check((await text(tab, "#alice")).includes("The drawing!") && !(await text(tab, "#alice")).includes("photo"), "what is drawn is called a drawing", await text(tab, "#alice"));
  const cat = await dots();
  await press(tab, "Home");
  const png = await tab.evaluate(() => { // grey at the left, white at the right, and a wide frame that is cut off
    const canvas = document.createElement("canvas"), c = canvas.getContext("2d");
    canvas.width = 400;
    canvas.height = 200;
    for (const [fill, x, width] of [["#f00", 0, 400], ["#000", 100, 50], ["#808080", 150, 50], ["#fff", 200, 100]]) { c.fillStyle = fill; c.fillRect(x, 0, width, 200); }
    return canvas.toDataURL("image/png").split(",")[1];
  });
  const asked = [];
  tab.on("request", (r) => asked.push(r.url()));
  await tab.setInputFiles("#own", { name: "face.png", mimeType: "image/png", buffer: Buffer.from(png, "base64") });
  await tab.waitForSelector("#lead:has-text('It is on this device alone.')");
  const hidden = await dots();
  check(hidden.every((share) => Math.abs(share - 0.5) < 0.06), "under the noise nothing shows", hidden);
  await toTheEnd();
  check((await text(tab, "#alice")).includes("Your picture!"), "whose it is", await text(tab, "#alice"));
  const [left, right] = await dots();
  check(Math.abs(left - 0.75) < 0.03 && right === 0, "black, grey in dots, and white", left, right);
  check(Math.abs(left - cat[0]) > 0.1, "another picture than the drawing");
  equal(asked, [], "requests with it");
  check(!tab.url().includes("face"), "the address does not tell of it");
  await press(tab, "Home");
  await tab.setInputFiles("#own", { name: "words.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") });
  await tab.waitForSelector("#lead:has-text('words.txt is no picture')");
  await close();
}

// A program that was built without the tools for it, as far as a page can tell.
async function saysWhatIsMissing(server) {
  const missing = "a compiler that is called planted";
  const { tab, close } = await open(server, { seed: SEED, params: "n64" }, {}, async (context) => {
    await context.route("**/how.wasm", (route) => route.fulfill({ status: 404, body: "nothing is here" }));
    await context.route("**/alice-missing.txt", (route) => route.fulfill({ status: 200, body: `${missing}\n` }));
  });
  equal([await text(tab, "#wrong"), await tab.isVisible("#show"), await tab.isVisible("#waiting")], [missing, false, false], "without the program");
  await close();
}

// Light and dark, without motion.
async function nothingSerious(server) {
  for (const [colorScheme, chapters] of [["light", ["puzzle", "labels", "beliefs"]], ["dark", ["choose", "predict"]]]) {
    const { tab, close } = await open(server, { seed: SEED, params: "n64" }, { bypassCSP: true, reducedMotion: "reduce", colorScheme });
    await tab.evaluate(AXE);
    for (const chapter of chapters) {
      await tab.click(`#chips [data-chapter=${chapter}]`);
      await tab.waitForSelector(`body[data-chapter=${chapter}]`);
      if (chapter !== "choose") await press(tab, "ArrowRight");
      equal(await serious(tab), [], `${colorScheme}, ${chapter}`);
    }
    await close();
  }
}

async function main() {
  const server = await Server.start();
  if ((await server.get("/how.wasm")).status === 404) {
    const { tab, close } = await open(server, {}), missing = (await (await server.get("/alice-missing.txt")).text()).trim();
    equal(await text(tab, "#wrong"), missing, "what is missing");
    await close();
    console.log(`the page says it, and the rest is skipped: ${missing}`);
    return 77;
  }
  check(existsSync(INSIDE), `there is no ${INSIDE}`);
  for (const set of SETS) await showsWhatTheCodeSays(server, set);
  await asks(server);
  await takesOnesOwn(server);
  await saysWhatIsMissing(server);
  await nothingSerious(server);
  await server.stop();
  return 0;
}

let status = 1;
await inPart(async () => { status = await main(); }).catch((e) => console.log(e.stack));
await (await Page.browser)?.close();
process.exit(status);
