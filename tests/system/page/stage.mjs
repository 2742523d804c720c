// What the stage promises, asked of a page that shows a whole run: nothing scrolls, the back row can read it, each press
// changes what is seen, "look at" points to something, and the film is told in ninety seconds.

import { check, equal, pause } from "./driver.mjs";

const SECONDS = 90, LEVELS = ["pupil", "student", "researcher"];
const ON_STAGE = ["#pill", "#step-title", "#step-words", "#figure-alice", "#figure-bob", "#picture", "#wire", "#transport", "#forward", "#moment"];
const READ = ["#pill", "#step-title", "#step-words", ".face h2"]; // what the back row reads

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
  for (const selector of READ) {
    const size = await page.tab.$eval(selector, (e) => parseFloat(getComputedStyle(e).fontSize));
    check(size >= height / 40 - 0.5, `${what}: ${selector} has letters of ${size} in ${height}`);
  }
  await inside(page, ON_STAGE, what);
  await nothingIsCut(page, what);
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
  await pause(50);
}

export async function tellsItself(page, name, options) {
  await toldInNinetySeconds(page, name);
  const presses = await eachPressChanges(page, name, options);
  await looksAtSomething(page, name);
  return presses;
}

// On a phone nothing scrolls sideways, and the first screen has what matters.
export async function fitsAPhone(page, name) {
  await page.tab.setViewportSize({ width: 390, height: 844 });
  await frame(page);
  await page.tab.evaluate(() => scrollTo(0, 0));
  await page.fits();
  await inside(page, ["#pill", "#step-title", "#step-words", "#figure-alice", "#figure-bob", "#picture", "#transport"], `${name} on a phone`);
  await page.tab.setViewportSize({ width: 1280, height: 720 });
}
