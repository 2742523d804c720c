// What the stage promises, asked of a page that shows a whole run: nothing scrolls, the back row can read it, each press
// changes what is seen, "look at" points to something, and the film is told in ninety seconds.

import { check, equal } from "./driver.mjs";

const SECONDS = 90, LEVELS = ["pupil", "student", "researcher"];
const ON_STAGE = ["#pill", "#step-title", "#step-words", "#figure-alice", "#figure-bob", "#picture", "#wire", "#transport", "#forward", "#moment"];
// What the back row reads, where it is to be seen: words above, figures, the picture, Eve and her chart.
const READ = ["#pill", "#step-title", "#step-words", ".face h2", "#lesson-name", "#lesson-text", "#answer summary", ".says p", ".fingerprint", ".chat li", ".message *",
  "#picture :is(p, h3, h4, li, dt, dd, figcaption)", "#picture svg text", "#wire-words", "#learning-now", "#eve-numbers :is(dt, dd)", "#tries text"];

const frame = (page) => page.tab.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))));

// What a class looks at: all but the bar at the bottom, whose slider moves with each event. In pixels, or, which is much
// quicker, as the words there.
async function seen(page, pixels) {
  await frame(page);
  if (!pixels) return page.tab.evaluate(() => ["header", "#words", "#stage", "#eve-panel"].map((s) => document.querySelector(s).innerText).join("\n"));
  await page.tab.evaluate(() => document.activeElement?.blur());
  const { width, height } = page.tab.viewportSize(), bar = await page.tab.$eval("#transport", (e) => e.getBoundingClientRect().top);
  return (await page.tab.screenshot({ clip: { x: 0, y: 0, width, height: Math.min(height, bar) }, animations: "disabled" })).toString("base64");
}

export async function inside(page, selectors, what) {
  for (const selector of selectors) {
    const boxes = await page.tab.$$eval(selector, (all) => all.map((e) => { const { left, top, right, bottom } = e.getBoundingClientRect(); return { left, top, right, bottom, w: innerWidth, h: innerHeight }; }));
    check(boxes.length, `${what}: no ${selector}`);
    for (const b of boxes)
      check(b.right > b.left && b.bottom > b.top && b.left >= -1 && b.top >= -1 && b.right <= b.w + 1 && b.bottom <= b.h + 1, `${what}: ${selector} lies outside the window: ${JSON.stringify(b)}`);
  }
}

// No element of the stage holds more than it shows.
async function nothingIsCut(page, what) {
  const cut = await page.tab.evaluate(() => [...document.querySelectorAll("#words, #telling, .figure, #picture, #eve-panel, #eve-says, #middle, header")]
    .filter((e) => e.offsetParent && (e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2))
    .map((e) => `${e.id || e.localName} ${e.scrollWidth}x${e.scrollHeight} in ${e.clientWidth}x${e.clientHeight}`));
  equal(cut, [], `${what}: cut off`);
}

async function neverScrolls(page, width, height, what) {
  const [w, h, font] = await page.tab.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight, parseFloat(getComputedStyle(document.documentElement).fontSize)]);
  check(w <= width && h <= height, `${what}: ${w} x ${h} in a window of ${width} x ${height}`);
  check(font >= height / 40 - 0.5, `${what}: letters of ${font}`);
  const small = await page.tab.evaluate(([selectors, least]) => selectors.flatMap((s) => [...document.querySelectorAll(s)]).filter((e) => e.textContent.trim() && e.getClientRects().length)
    .map((e) => [e, parseFloat(getComputedStyle(e).fontSize) * (e.ownerSVGElement ? Math.abs(e.getScreenCTM().d) : 1)])
    .filter(([, size]) => size < least).map(([e, size]) => `${size.toFixed(1)}: ${e.textContent.trim().slice(0, 40)}`), [READ, height / 40 - 0.5]);
  equal(small, [], `${what}: letters below ${height / 40}`);
  await inside(page, ON_STAGE, what);
  await nothingIsCut(page, what);
}

// At every moment there is something to ask, and the answer is behind a click.
async function asksTheClass(page, what) {
  if (["idle"].includes(await page.tab.evaluate(() => document.body.dataset.picture))) return;
  const text = await page.text("#lesson-text"), name = await page.text("#lesson-name");
  check(text.length > 10 && (name === "Look at" || text.includes("?")), `${what}: no question to the class, but "${name} ${text}"`);
  check((await page.tab.isVisible("#answer summary")) && !(await page.tab.isVisible("#answer-text")), `${what}: the answer is not behind a click`);
}

// Each step says what it says three times, in the picture too.
export async function hasWordsAtEachLevel(page, name) {
  for (const step of ["A1", "A2", "B2", "A3", "B3", "A4", "B4", null]) {
    await page.tab.click(step ? `#chips li[data-step="${step}"] button` : "#last");
    const said = { "#step-words": new Set(), "#lesson-text": new Set(), "#answer-text": new Set(), "#picture": new Set() };
    for (const level of LEVELS) {
      await page.tab.selectOption("#level", level);
      await frame(page);
      for (const [selector, all] of Object.entries(said)) all.add(await page.text(selector));
      await nothingIsCut(page, `${name}, ${step ?? "the end"}, ${level}`);
    }
    for (const [selector, all] of Object.entries(said)) equal(all.size, LEVELS.length, `${name}, ${step ?? "the end"}: levels with words of their own in ${selector}, ${[...all].join(" | ")}`);
  }
  await page.tab.selectOption("#level", "student");
}

// Which of the two heaps of A2 is composed is asked before it is told.
export async function asksWhichIsComposed(page) {
  await page.tab.click('#chips li[data-step="A2"] button');
  await frame(page);
  const told = /plain|all uniform|have a recipe/, labels = () => page.tab.$$eval("#picture canvas", (all) => all.map((c) => c.getAttribute("aria-label")).join());
  check(!told.test((await page.text("#picture")) + (await labels())), "A2 tells before it asks", await page.text("#picture"));
  await page.tab.click("#which");
  check(told.test(await page.text("#picture")) && told.test(await labels()), "A2 does not tell", await page.text("#picture"));
  await page.tab.click("#last");
}

// f, from wherever the keys are heard.
export async function fillsTheScreen(page) {
  const full = () => page.tab.evaluate(() => !!document.fullscreenElement);
  for (const wanted of [true, false]) {
    await page.tab.keyboard.press("f");
    await page.tab.waitForFunction((w) => !!document.fullscreenElement === w, wanted);
    equal(await full(), wanted, "the full screen");
  }
}

// At a size: from the first moment to the last, by the presenter's remote.
export async function eachPressChanges(page, name, { width = 1280, height = 720, pixels = false } = {}) {
  await page.tab.setViewportSize({ width, height });
  await page.tab.click("#first");
  let before = await seen(page, pixels), presses = 0;
  for (;;) {
    const at = await page.tab.evaluate(() => document.body.dataset.at);
    await page.tab.keyboard.press("PageDown");
    await frame(page);
    const now = await page.tab.evaluate(() => document.body.dataset.at);
    if (now === at) break;
    const after = await seen(page, pixels), last = now === (await page.tab.evaluate(() => document.body.dataset.length));
    check(after !== before || last, `${name}: press ${presses + 1} changes nothing (event ${at} to ${now})`);
    await neverScrolls(page, width, height, `${name} after ${presses + 1} presses`);
    await asksTheClass(page, `${name} after ${presses + 1} presses`);
    before = after;
    check(++presses < 60, `${name}: more than 60 presses`);
  }
  await page.tab.keyboard.press("PageUp");
  await frame(page);
  check((await page.tab.evaluate(() => document.body.dataset.at)) !== (await page.tab.evaluate(() => document.body.dataset.length)), `${name}: Page Up goes back`);
  await page.tab.keyboard.press("End");
  return presses;
}

export async function toldInNinetySeconds(page, name) {
  const seconds = Number(await page.tab.evaluate(() => document.body.dataset.seconds));
  check(seconds > 3 && seconds <= SECONDS, `${name} takes ${seconds} s at speed 1`);
}

// At the end, at each level: words for it, and what they point to is there to be seen and says something.
export async function looksAtSomething(page, name) {
  await page.tab.keyboard.press("End");
  const said = new Set();
  for (const level of LEVELS) {
    await page.tab.selectOption("#level", level);
    await frame(page);
    equal(await page.text("#lesson-name"), "Look at", `${name}: what is said at the end`);
    const words = await page.text("#lesson-text");
    check(words.length > 10, `${name}, ${level}: no words`);
    said.add(words);
    const pointed = await page.tab.$$eval(".looked-at", (all) => all.map((e) => ({ text: e.textContent.trim(), id: e.id })));
    check(pointed.length, `${name}, ${level}: "${words}" points to nothing`);
    for (const { id, text } of pointed) check(text && text !== "\u2026", `${name}, ${level}: #${id} says nothing`);
    await inside(page, pointed.map(({ id }) => `#${id}`), `${name}, ${level}: look at`);
    for (const part of ["goal", "question", "look"]) {
      const text = await page.text(`#about-${part}`);
      check(text.length > 10, `${name}, ${level}: no ${part}`);
    }
    await page.tab.click("#answer summary");
    check((await page.tab.isVisible("#answer-text")) && (await page.text("#answer-text")).length > 10, `${name}, ${level}: no answer`);
    await page.tab.click("#answer summary");
  }
  await page.tab.selectOption("#level", "student");
  check(said.size > 1, `${name}: all levels hear the same`);
  await frame(page);
}

export async function tellsItself(page, name, options) {
  await toldInNinetySeconds(page, name);
  const presses = await eachPressChanges(page, name, options);
  await looksAtSomething(page, name);
  return presses;
}

// On a phone nothing scrolls sideways, and the first screen has what matters.
export async function fitsAPhone(page, name, named = []) {
  await page.tab.setViewportSize({ width: 390, height: 844 });
  await frame(page);
  await page.tab.evaluate(() => scrollTo(0, 0));
  await page.fits();
  await inside(page, ["#pill", "#step-title", "#step-words", "#figure-alice", "#figure-bob", "#picture", "#transport", ...named], `${name} on a phone`);
  const top = (s) => page.tab.$eval(s, (e) => e.getBoundingClientRect().top), bar = await top("#transport");
  for (const s of named) check((await page.tab.$eval(s, (e) => e.getBoundingClientRect().bottom)) <= bar, `${name} on a phone: ${s} is behind the bar`);
  await page.tab.setViewportSize({ width: 1280, height: 720 });
}
