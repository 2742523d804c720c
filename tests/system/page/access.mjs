// Who does not see, or not well, or has no mouse: axe-core finds nothing serious, in the light and in the dark, and all can
// be done by the keyboard.

import { AXE, serious } from "./axe.mjs";
import { Page, check, equal, until } from "./driver.mjs";

// The same run on a page of its own, on which the policy that forbids scripts from elsewhere is off.
export async function nothingSerious(server, page) {
  const context = await (await Page.browser).newContext({ viewport: { width: 1280, height: 720 }, bypassCSP: true, reducedMotion: "reduce" });
  const tab = await context.newPage();
  const drawn = () => tab.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))));
  tab.setDefaultTimeout(120000);
  try {
    await tab.goto(page.tab.url());
    await tab.waitForSelector("#steps li", { state: "attached" });
    await tab.evaluate(AXE);
    await until("the run", 120, () => tab.evaluate(() => Number(document.body.dataset.length) > 10));
    await tab.evaluate(() => { const e = document.createElement("button"); e.id = "planted"; document.querySelector("main").append(e); });
    check((await serious(tab)).some((text) => text.includes("planted")), "a button without a name is not seen");
    await tab.evaluate(() => document.getElementById("planted").remove());
    const code = () => tab.evaluate(() => document.querySelector("#picture canvas").toDataURL());
    await tab.emulateMedia({ colorScheme: "dark" });
    await tab.click('#chips li[data-step="A3"] button');
    await drawn();
    const inTheDark = await code();
    await tab.emulateMedia({ colorScheme: "light" });
    await drawn();
    await until("the code word in the other colours", 120, async () => (await code()) !== inTheDark);
    for (const [colorScheme, steps] of [["light", ["B1", "A3", "B4"]], ["dark", ["B2", "A4"]]]) {
      await tab.emulateMedia({ colorScheme });
      for (const step of steps) {
        await tab.click(`#chips li[data-step="${step}"] button`);
        await drawn();
        equal(await serious(tab), [], `${colorScheme}, step ${step}`);
      }
      await tab.click("#last");
      await drawn();
      equal(await serious(tab), [], `${colorScheme}, at the end`);
      await tab.click("#menu");
      equal(await serious(tab), [], `${colorScheme}, with the drawer open`);
      await tab.click("#close");
      await tab.click("#tab-curve");
      await tab.waitForSelector("#separation:not([hidden]), #no-results:not([hidden])");
      await drawn();
      equal(await serious(tab), [], `${colorScheme}, the curve`);
      await tab.click("#tab-live");
    }
  } finally {
    await context.close();
  }
}

// Tab reaches every control that can be seen, and each has a name; m opens the drawer, Escape closes it.
export async function byKeyboard(page) {
  const { tab } = page;
  await tab.keyboard.press("End");
  await tab.keyboard.press("m");
  check(await tab.isVisible("#drawer"), "m opens the drawer");
  await tab.keyboard.press("Escape");
  check(!(await tab.isVisible("#drawer")), "Escape closes it");
  equal(await tab.evaluate(() => document.activeElement.id), "menu", "where the focus is then");
  const reached = new Set();
  await tab.evaluate(() => document.activeElement.blur());
  for (let i = 0; i < 60; i++) {
    await tab.keyboard.press("Tab");
    const here = await tab.evaluate(() => { const e = document.activeElement; return e === document.body ? "" : e.id || `${e.localName} ${e.textContent}`; });
    if (here && reached.has(here)) break;
    reached.add(here);
  }
  for (const id of ["tab-live", "level", "menu", "full", "first", "back", "play", "forward", "last", "moment", "eve"]) check(reached.has(id), `Tab does not reach #${id}`, [...reached].join(", "));
}
