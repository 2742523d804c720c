// The page in Chromium, watched for what must not happen.

import { chromium } from "playwright-core";
import { join } from "node:path";
import { FLAGS, SHOTS, check, equal, opened, until } from "./server.mjs";

export * from "./server.mjs";

export class Page {
  static browser = null; // one for all: each page has a context of its own

  static async open(server, { width = 1280, height = 720, hash = "" } = {}) {
    const page = new Page();
    page.wrong = [];
    Page.browser ??= chromium.launch({ executablePath: process.env.BROWSER, args: FLAGS });
    page.context = await (await Page.browser).newContext({ viewport: { width, height } });
    const open = opened.getStore();
    open.add(page);
    page.context.on("close", () => open.delete(page));
    page.tab = await page.context.newPage();
    page.tab.setDefaultTimeout(120000);
    page.tab.on("console", (m) => { if (m.type() === "error") page.wrong.push(`console: ${m.text()}`); });
    page.tab.on("pageerror", (e) => page.wrong.push(`error: ${e.message}`));
    page.tab.on("request", (r) => { if (!r.url().startsWith(server.origin) && !/^(data|blob):/.test(r.url())) page.wrong.push(`a request to ${r.url()}`); });
    await page.tab.goto(server.address + hash);
    await page.tab.waitForSelector("#steps li", { state: "attached" });
    return page;
  }

  text(selector) { return this.tab.textContent(selector); }

  // Opens the drawer with the form, tables and files, or closes it.
  async menu(open = true) {
    if ((await this.tab.isVisible("#drawer")) !== open) await this.tab.click(open ? "#menu" : "#close");
  }

  async start({ scenario, params, budget, seed, speed = "16" }) {
    await this.menu();
    await this.tab.selectOption("#speed", speed);
    await this.tab.selectOption("#scenario", scenario);
    if (params) await this.tab.selectOption("#params", params);
    if (budget) await this.tab.fill("#budget", String(budget));
    if (seed) await this.tab.fill("#seed", seed);
    await this.tab.click("#start");
    await this.tab.waitForSelector("#drawer", { state: "hidden" });
  }

  pill(word, seconds) { return until(`the pill to say "${word}" (it says "${this.last}")`, seconds, async () => (this.last = await this.text("#pill")) === word); }

  // What a press or an event has changed is drawn with the next frame.
  drawn() { return this.tab.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))); }

  async press(selector) {
    await this.tab.click(selector);
    await this.drawn();
  }

  // The end of the film, with all that the server has told.
  async toTheEnd(server) {
    const told = async () => (await server.run()).filter((e) => e.event !== "moment").length;
    await until("all events on the page", 120, async () => Number(await this.tab.evaluate(() => document.body.dataset.length)) >= (await told()));
    await this.press("#last");
  }

  async fits() {
    const [wide, window] = await this.tab.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    check(wide <= window, `the page is ${wide} wide in a window of ${window}`);
  }

  shot(name) { return this.tab.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true }); }

  abandon() { return this.context.close().catch(() => {}); }

  async close() {
    await this.fits();
    await this.context.close();
    equal(this.wrong, [], "what must not happen");
  }
}
