// The pages in German and in French: who opens one sees none of the English texts that its tables translate, nothing runs
// out of the window or its box, and the choice is kept. Pages are asked for by what the browser prefers, by the address
// and by the control on the page.

import { chromium } from "playwright-core";
import { join } from "node:path";
import { FLAGS, Page, SHOTS, Server, check, equal, inPart, openRoom, opened, until } from "./driver.mjs";
import { neverScrolls } from "./curve.mjs";
import { eachPressChanges, hasWordsAtEachLevel } from "./stage.mjs";

const PATIENCE = 120; // seconds, on a machine that others use too
const SAYS = { // what one text of each page is
  de: { phone: "Mitmachen", key: "du hast einen Schl\u00fcssel", wall: "Der Raum", fallen: "Eve hat den Schl\u00fcssel", reveal: "Aufdecken", how: "Wie Alice es macht", none: "den Satz n65 gibt es hier nicht", gone: "dieses Telefon ist nicht mehr auf der Wand" },
  fr: { phone: "Participer", key: "vous avez une cl\u00e9", wall: "La salle", fallen: "Eve a la cl\u00e9", reveal: "R\u00e9v\u00e9ler", how: "Comment fait Alice", none: "le jeu n65 n\u2019existe pas ici", gone: "ce t\u00e9l\u00e9phone n\u2019est plus sur le mur" },
};

async function open(browser, wrong, size, locale) {
  const context = await browser.newContext({ viewport: size, locale, reducedMotion: "reduce" }), tab = await context.newPage();
  tab.setDefaultTimeout(PATIENCE * 1000);
  tab.on("console", (m) => { if (m.type() === "error") wrong.push(`console: ${m.text()}`); });
  tab.on("pageerror", (e) => wrong.push(`error: ${e.message}`));
  return tab;
}

// Texts and attributes on the page that its tables have in English, where the other language has another text.
const englishLeft = (tab, language, but = "#chat li, bdi, #tongue, #notes, .inside") => tab.evaluate(async ({ lang, but }) => {
  const script = document.querySelector("script[data-page]");
  const keys = [];
  for (const name of script.dataset.words.split(" "))
    for (const [key, own] of Object.entries((await (await fetch(`${lang}-${name}.json`)).json()).words))
      if (own !== key) for (const form of key.split("|")) keys.push(form);
  const whole = new Set(keys.filter((key) => !key.includes("{")).map((key) => key.trim()));
  const parted = keys.filter((key) => key.includes("{") && /[a-z]{3}/i.test(key.replace(/\{\d\}/g, "")))
    .map((key) => new RegExp(`^${key.trim().replace(/[.*+?^$()|[\]\\{}]/g, "\\$&").replace(/\\\{\d\\\}/g, ".+")}$`, "su"));
  const isEnglish = (text) => whole.has(text) || parted.some((p) => p.test(text));
  const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.data.trim().replace(/\s+/gu, " ");
    if (text && !texts.currentNode.parentElement.closest(but) && isEnglish(text)) found.push(text);
  }
  for (const name of ["aria-label", "title", "placeholder", "alt", "label"])
    for (const e of document.querySelectorAll(`[${name}]`)) if (isEnglish(e.getAttribute(name).trim())) found.push(`${name}: ${e.getAttribute(name)}`);
  return found;
}, { lang: language, but });

// What is wider than the window, or cut off by its own box.
const clipped = (tab) => tab.evaluate(() => {
  const found = document.documentElement.scrollWidth > innerWidth ? [`the page: ${document.documentElement.scrollWidth} of ${innerWidth}`] : [];
  for (const e of document.body.querySelectorAll("*")) {
    if (!e.checkVisibility() || e.closest(".unseen, svg, canvas, .scroll, [data-many=true]") || !e.textContent.trim() || e.clientWidth === 1) continue; // that is for who hears the page
    const box = e.getBoundingClientRect(), cuts = getComputedStyle(e).overflowX !== "visible" || e.localName === "button";
    if (box.right > innerWidth + 1 || box.left < -1) found.push(`${e.localName}#${e.id}: ${box.left} to ${box.right} of ${innerWidth}`);
    if (cuts && !["select", "option", "input", "textarea", "pre"].includes(e.localName) && e.scrollWidth > e.clientWidth + 1) found.push(`${e.localName}#${e.id}.${e.className}: ${e.scrollWidth} in ${e.clientWidth}`);
  }
  return found;
});

async function isIn(tab, language, what) {
  equal(await tab.evaluate(() => document.documentElement.lang), language, `the language of ${what}`);
  equal(await englishLeft(tab, language), [], `what is left in English on ${what}, ${language}`);
  equal(await clipped(tab), [], `what is cut off on ${what}, ${language}`);
  await tab.screenshot({ path: join(SHOTS, `${what.replaceAll(" ", "-")}-${language}.png`) });
}

// A phone by its browser's language, the wall by its address and then by the control.
async function room_of_a_class() {
  const room = await openRoom("n64,r509,n1024", "bob.events");
  const browser = await chromium.launch({ executablePath: process.env.BROWSER, args: FLAGS }), wrong = [];
  opened.getStore().add({ abandon: () => browser.close() });
  const wall = await open(browser, wrong, { width: 1280, height: 720 }, "en-GB");
  const address = room.server.address.replace("/#", "/wall.html#");
  await wall.goto(address);
  await wall.waitForSelector("#codes svg, #codes.plain");
  equal([await wall.textContent("h1"), (await englishLeft(wall, "de")).includes("Attack all")], ["The room", true], "the wall in English, and that it is noticed");
  for (const [language, locale] of [["de", "de-CH"], ["fr", "fr-CA"]]) {
    const says = SAYS[language], phone = await open(browser, wrong, { width: 390, height: 844 }, locale), name = `Ada ${language}`;
    await phone.goto(room.join);
    await phone.waitForSelector("#set option[value=n64]", { state: "attached" });
    equal(await phone.textContent("#join button[type=submit]"), says.phone, "the button of the phone");
    await isIn(phone, language, "the phone");
    await phone.setViewportSize({ width: 360, height: 640 });
    equal(await phone.evaluate(() => document.documentElement.scrollHeight), 640, `how high a small phone's page is, ${language}`);
    await phone.setViewportSize({ width: 390, height: 844 });
    await phone.fill("#name", "Bob");
    await phone.click("#join button[type=submit]");
    await until("the name to be refused", PATIENCE, () => phone.textContent("#wrong"));
    check(!/take you/.test(await phone.textContent("#wrong")), "the refusal is English", await phone.textContent("#wrong"));
    await phone.fill("#name", name);
    await phone.selectOption("#set", "n64");
    await phone.click("#join button[type=submit]");
    if (language === "fr") { // the other one has been taken off, so this one waits at the door
      const waits = await until("somebody at the door", PATIENCE, async () => (await room.state()).door.waiting[0]);
      await isIn(phone, language, "the phone at the door");
      await room.server.post("/class", { let_in: waits.number });
    }
    await phone.waitForSelector("#talk:not([hidden])");
    equal(await phone.textContent("#state"), says.key, "the state of the phone");
    await phone.fill("#line", "Here is the eavesdropper.");
    await phone.click("#say button");
    check((await phone.textContent("#chat")).includes("Here is the eavesdropper."), "what people say is translated");
    await isIn(phone, language, "the phone with a key");
    await wall.goto("about:blank");
    await wall.goto(address.replace("/wall.html", `/wall.html?lang=${language}`));
    await wall.waitForSelector("#codes svg, #codes.plain");
    await until("the tile", PATIENCE, async () => (await wall.textContent("#tiles")).includes(name));
    equal(await wall.textContent("h1"), says.wall, "the title of the wall");
    await wall.fill("#budget", "15");
    await wall.click("#all");
    await until("her key to fall", PATIENCE, async () => wall.locator(".tile[data-eve=key]", { hasText: name }).count());
    check((await wall.textContent("#news, #tiles")) !== null && (await wall.textContent("#tiles")).includes(says.fallen), "that the key fell", await wall.textContent("#tiles"));
    await isIn(wall, language, "the wall");
    await phone.click("#leave");
    await phone.waitForSelector("#over:not([hidden])");
    await isIn(phone, language, "the phone at its end");
    await phone.context().close();
    // somebody else has taken it off meanwhile, and the wall has not heard of that yet
    const { number, joined } = (await room.state()).pupils.find((p) => p.name === name);
    await wall.route(({ pathname, search }) => pathname === "/class" && search, () => {}); // never answered
    await room.server.post("/class", { take_off: number, joined });
    const off = wall.locator(`.tile[data-number="${number}"] .off`);
    await off.locator("button").first().focus(); // of the name; a line has a cross of its own
    await wall.keyboard.press("Enter");
    await wall.locator(".off.asked button").first().click();
    await until("the answer", PATIENCE, async () => (await wall.textContent("#wrong")) === says.gone);
    await wall.unrouteAll({ behavior: "ignoreErrors" });
  }
  // the choice is kept, without a word in the address, and English again
  await wall.goto("about:blank");
  await wall.goto(address);
  await until("the wall in French", PATIENCE, async () => (await wall.textContent("h1")) === SAYS.fr.wall);
  await wall.selectOption("#tongue", "en");
  await until("the wall in English", PATIENCE, async () => (await wall.textContent("h1")) === "The room");
  equal(await wall.evaluate(() => [document.documentElement.lang, document.getElementById("tongue").value]), ["en", "en"], "the language at last");
  // a name that is refused, a tile that is gone, a phone that waits at the door
  equal(wrong.filter((text) => !/status of (400|404|423)/.test(text)), [], "what must not happen");
  await browser.close();
  await room.server.stop();
}

// The stage at each press and each level, its menu and the curve; one run of the programs, which both languages look at.
async function stage() {
  const server = await Server.start();
  for (const language of ["de", "fr"]) {
    const page = await Page.open({ address: server.address.replace("/#", `/?lang=${language}#`), origin: server.origin }), { tab } = page;
    if (language === "de") await page.start({ scenario: "eve-wins", params: "n64", budget: 30, seed: "5eed".repeat(16) });
    await page.pill(SAYS[language].fallen, PATIENCE);
    await tab.click("#tab-live"); // the page before has led to the curve
    await page.toTheEnd(server);
    await hasWordsAtEachLevel(page, `the stage, ${language}`);
    await eachPressChanges(page, `the stage, ${language}`);
    await eachPressChanges(page, `the stage at 4:3, ${language}`, { width: 1024, height: 768 });
    await tab.setViewportSize({ width: 1280, height: 720 });
    for (const level of ["pupil", "student", "researcher"]) {
      await tab.selectOption("#level", level);
      await page.press("#first");
      for (let at = -1; at !== (at = await tab.evaluate(() => document.body.dataset.at));) {
        equal(await englishLeft(tab, language), [], `what is left in English on the stage, ${language}, ${level}, event ${at}`);
        await tab.keyboard.press("PageDown");
        await page.drawn();
      }
    }
    await page.shot(`the-stage-${language}`);
    await page.menu();
    await isIn(tab, language, "the menu");
    await page.menu(false);
    await tab.click("#tab-curve");
    await tab.waitForSelector("#separation:not([hidden]), #no-results:not([hidden])");
    await isIn(tab, language, "the curve");
    await neverScrolls(page);
    check(!/\d of \d/.test(await tab.textContent("#agreement-table")), `counts in English, ${language}`);
    await page.close();
  }
  await server.stop();
}

// What a class plays, by a show of hands.
async function games() {
  const server = await Server.start();
  const browser = await chromium.launch({ executablePath: process.env.BROWSER, args: FLAGS }), wrong = [];
  opened.getStore().add({ abandon: () => browser.close() });
  for (const language of ["de", "fr"]) {
    const tab = await open(browser, wrong, { width: 1280, height: 720 }, language);
    for (const level of ["pupil", "student", "researcher"]) {
      await tab.goto("about:blank");
      await tab.goto(`${server.origin}/play.html#game=hand&seed=7&level=${level}&token=${server.token}`);
      await tab.waitForSelector("#game button.next");
      equal(await tab.textContent("#game button.next"), SAYS[language].reveal, "the button of the puzzle");
      await tab.click("#game button.next");
      await isIn(tab, language, "the puzzle");
      await tab.click("#tab-vote");
      await tab.waitForSelector(".vote button.next");
      await tab.click("#game button.next"); // open
      await tab.fill(".hands input >> nth=0", "7");
      await tab.click(".hands button");
      await isIn(tab, language, "the vote");
      await tab.click("#game button.next"); // and close
      await tab.waitForSelector("table.outcome");
      await isIn(tab, language, "the vote that is over");
      await tab.click("#tab-guess");
      await tab.waitForSelector(".guess button.next");
      await isIn(tab, language, "the guess");
    }
    await tab.context().close();
  }
  equal(wrong, [], "what must not happen");
  await browser.close();
  await server.stop();
}

// "How Alice does it", each press of each task's smallest set, and the words of each chapter at each level.
async function how() {
  const server = await Server.start(), browser = await chromium.launch({ executablePath: process.env.BROWSER, args: FLAGS }), wrong = [];
  opened.getStore().add({ abandon: () => browser.close() });
  const left = (tab, language) => englishLeft(tab, language, "#tongue");
  for (const language of ["de", "fr"])
    for (const set of ["n64", "r509", "l32"]) {
      const tab = await open(browser, wrong, { width: 1280, height: 720 }, language);
      await tab.goto(`${server.origin}/how.html?seed=42&params=${set}`);
      await tab.waitForSelector("body[data-ready=true]");
      equal(await tab.textContent("h1"), SAYS[language].how, "the title");
      const length = await tab.evaluate(() => Number(document.body.dataset.length));
      for (let at = 0, chapter = ""; at < length; at++) {
        await tab.waitForSelector(`body[data-at="${at}"]`);
        const what = `how Alice does it, ${set}, ${await tab.evaluate(() => `${document.body.dataset.chapter} ${document.body.dataset.press}`)}`;
        equal(await left(tab, language), [], `what is left in English of ${what}, ${language}`);
        equal(await clipped(tab), [], `what is cut off of ${what}, ${language}`);
        const [w, h] = await tab.evaluate(() => [document.documentElement.scrollHeight, innerHeight]);
        check(w <= h, `${what}, ${language}: ${w} high in a window of ${h}`);
        const now = await tab.evaluate(() => document.body.dataset.chapter);
        for (const level of now === chapter ? [] : ["pupil", "researcher", "student"]) {
          await tab.selectOption("#level", level);
          equal(await left(tab, language), [], `what is left in English of ${what}, ${level}, ${language}`);
        }
        if (now !== chapter) await tab.screenshot({ path: join(SHOTS, `how-${set}-${now}-${language}.png`) });
        chapter = now;
        await tab.evaluate(() => document.activeElement.blur());
        await tab.keyboard.press("ArrowRight");
      }
      if (set === "n64") {
        await tab.goto(`${server.origin}/how.html?seed=42&params=n65`);
        await tab.waitForSelector("body[data-ready=failed]");
        equal(await tab.textContent("#wrong"), SAYS[language].none, "a set that there is none of");
      }
      await tab.context().close();
    }
  equal(wrong, [], "what must not happen");
  await browser.close();
  await server.stop();
}

const PARTS = { room_of_a_class, stage, games, how };
const parts = process.argv.slice(2).length ? process.argv.slice(2) : Object.keys(PARTS);
for (const name of parts) {
  await inPart(PARTS[name]);
  console.log(`ok ${name}`);
}
process.exit(0);
