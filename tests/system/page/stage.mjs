// What the stage promises, asked of a page that shows a whole run: nothing scrolls, the back row can read it, each press
// changes what is seen, "look at" points to something, and the film is told in ninety seconds.

import { check, equal, until } from "./driver.mjs";

const SECONDS = 90, LEVELS = ["pupil", "student", "researcher"];
const ON_STAGE = ["#pill", "#step-title", "#step-words", "#figure-alice", "#figure-bob", "#picture", "#wire", "#transport", "#forward", "#moment"];
// What the back row reads, where it is to be seen: words above, figures, the picture, Eve and her chart.
const READ = ["#pill", "#step-title", "#step-words", ".face h2", "#lesson-name", "#lesson-text", "#answer summary", ".says p", ".fingerprint", ".chat li", ".message *",
  "#picture :is(p, h3, h4, li, dt, dd, figcaption)", "#picture svg text", "#wire-words", "#learning-now", "#eve-numbers :is(dt, dd)", "#tries text"];

const frame = (page) => page.tab.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))));

// All that is asked of the page, once it is drawn; `texts`: selectors whose words are wanted too. In one question: a run has
// forty presses, and each question goes to the browser and back.
const look = (page, texts = []) => page.tab.evaluate(async ({ onStage, read, texts }) => {
  await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
  const root = document.documentElement, one = (s) => document.querySelector(s), every = (s) => [...document.querySelectorAll(s)];
  const size = (e) => parseFloat(getComputedStyle(e).fontSize) * (e.ownerSVGElement ? Math.abs(e.getScreenCTM().d) : 1);
  const box = (e) => { const { left, top, right, bottom } = e.getBoundingClientRect(); return { left, top, right, bottom, w: innerWidth, h: innerHeight }; };
  const visible = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().height > 0;
  return {
    at: document.body.dataset.at, length: document.body.dataset.length, bar: one("#transport").getBoundingClientRect().top,
    // what a class looks at: all but the bar at the bottom, whose slider moves with each event
    words: ["header", "#words", "#stage", "#eve-panel"].map((s) => one(s).innerText).join("\n"), texts: texts.map((s) => [s, one(s).textContent]),
    width: root.scrollWidth, height: root.scrollHeight, font: size(root),
    small: read.flatMap(every).filter((e) => e.textContent.trim() && e.getClientRects().length).map((e) => [e, size(e)])
      .filter(([, s]) => s < innerHeight / 40 - 0.5).map(([e, s]) => `${s.toFixed(1)}: ${e.textContent.trim().slice(0, 40)}`),
    onStage: onStage.map((s) => [s, every(s).map(box)]),
    cut: every("#words, #telling, .figure, #picture, #picture > *, #eve-panel, #eve-says, #middle, header")
      .filter((e) => e.offsetParent && (e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2))
      .map((e) => `${e.id || e.localName} ${e.scrollWidth}x${e.scrollHeight} in ${e.clientWidth}x${e.clientHeight}`),
    // a needle goes through no words, and no name is broken in two
    crossed: every("#tries path.needle").flatMap((needle) => every("#tries text:not(.coin)").filter((text) => {
      const a = needle.getBoundingClientRect(), b = text.getBoundingClientRect();
      return a.height && a.left < b.right - 1 && a.right > b.left + 1 && a.top < b.bottom - 3 && a.bottom > b.top + 3;
    }).map((text) => text.textContent)),
    broken: every(".face h2").filter((e) => visible(e) && e.getBoundingClientRect().height > 2 * size(e)).map((e) => e.textContent),
    picture: document.body.dataset.picture, lesson: { name: one("#lesson-name").textContent, text: one("#lesson-text").textContent },
    answer: { summary: visible(one("#answer summary")), text: visible(one("#answer-text")) },
  };
}, { onStage: ON_STAGE, read: READ, texts });

// The same as the class sees it: in pixels, or, which is much quicker, as the words there.
async function seen(page, looked, pixels) {
  if (!pixels) return looked.words;
  await page.tab.evaluate(() => document.activeElement?.blur());
  const { width, height } = page.tab.viewportSize();
  return (await page.tab.screenshot({ clip: { x: 0, y: 0, width, height: Math.min(height, looked.bar) }, animations: "disabled" })).toString("base64");
}

function lieInside(found, what) {
  for (const [selector, boxes] of found) {
    check(boxes.length, `${what}: no ${selector}`);
    for (const b of boxes)
      check(b.right > b.left && b.bottom > b.top && b.left >= -1 && b.top >= -1 && b.right <= b.w + 1 && b.bottom <= b.h + 1, `${what}: ${selector} lies outside the window: ${JSON.stringify(b)}`);
  }
}

export async function inside(page, selectors, what) {
  lieInside(await page.tab.evaluate((all) => all.map((selector) => [selector, [...document.querySelectorAll(selector)]
    .map((e) => { const { left, top, right, bottom } = e.getBoundingClientRect(); return { left, top, right, bottom, w: innerWidth, h: innerHeight }; })]), selectors), what);
}

// No element of the stage holds more than it shows.
function nothingIsCut({ cut, crossed, broken }, what) {
  equal(cut, [], `${what}: cut off`);
  equal(crossed, [], `${what}: words that a needle crosses`);
  equal(broken, [], `${what}: names in two lines`);
}

// Powers, roots and Greek letters are written as such.
function writesPowers({ words }, what) {
  const plain = words.match(/.{0,20}(\^|\bsqrt\b|\b(the|e)ta\b|\bsigma\b).{0,20}/i);
  check(!plain, `${what}: in plain letters: ${plain?.[0]}`);
}

function neverScrolls(looked, width, height, what) {
  const { width: w, height: h, font } = looked;
  check(w <= width && h <= height, `${what}: ${w} x ${h} in a window of ${width} x ${height}`);
  check(font >= height / 40 - 0.5, `${what}: letters of ${font}`);
  equal(looked.small, [], `${what}: letters below ${height / 40}`);
  lieInside(looked.onStage, what);
  nothingIsCut(looked, what);
}

// At every moment there is something to ask, and the answer is behind a click.
function asksTheClass({ picture, lesson, answer }, what) {
  if (picture === "idle") return;
  check(lesson.text.length > 10 && (["Look at", "Schaut auf", "Regardez"].includes(lesson.name) || lesson.text.includes("?")), `${what}: no question to the class, but "${lesson.name} ${lesson.text}"`);
  equal(answer, { summary: true, text: false }, `${what}: the answer is not behind a click; what is to be seen`);
}

// Each step says what it says three times, in the picture too.
export async function hasWordsAtEachLevel(page, name) {
  for (const step of ["A1", "A2", "B2", "A3", "B3", "A4", "B4", null]) {
    await page.tab.click(step ? `#chips li[data-step="${step}"] button` : "#last");
    const said = { "#step-words": new Set(), "#lesson-text": new Set(), "#answer-text": new Set(), "#picture": new Set() };
    for (const level of LEVELS) {
      await page.tab.selectOption("#level", level);
      const looked = await look(page, Object.keys(said));
      for (const [selector, text] of looked.texts) said[selector].add(text);
      nothingIsCut(looked, `${name}, ${step ?? "the end"}, ${level}`);
      writesPowers(looked, `${name}, ${step ?? "the end"}, ${level}`);
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
    await until(`the full screen: ${wanted}`, 120, async () => (await full()) === wanted);
  }
}

// At a size: from the first moment to the last, by the presenter's remote.
export async function eachPressChanges(page, name, { width = 1280, height = 720, pixels = false } = {}) {
  await page.tab.setViewportSize({ width, height });
  await page.tab.click("#first");
  let looked = await look(page), before = await seen(page, looked, pixels), presses = 0;
  for (;;) {
    const { at } = looked;
    await page.tab.keyboard.press("PageDown");
    looked = await look(page);
    if (looked.at === at) break;
    const after = await seen(page, looked, pixels), last = looked.at === looked.length;
    check(after !== before || last, `${name}: press ${presses + 1} changes nothing (event ${at} to ${looked.at})`);
    neverScrolls(looked, width, height, `${name} after ${presses + 1} presses`);
    writesPowers(looked, `${name} after ${presses + 1} presses`);
    asksTheClass(looked, `${name} after ${presses + 1} presses`);
    before = after;
    check(++presses < 60, `${name}: more than 60 presses`);
  }
  await page.tab.keyboard.press("PageUp");
  looked = await look(page);
  check(looked.at !== looked.length, `${name}: Page Up goes back`);
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
