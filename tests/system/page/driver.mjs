// Starts eve serve, opens its page in Chromium, and watches for what must not happen.

import { AsyncLocalStorage } from "node:async_hooks";
import { chromium } from "playwright-core";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";

export const BUILD = process.env.BUILD;
export const EVE = join(BUILD, "eve/eve");
const SHOTS = join(BUILD, "tests/system/page");

export function check(condition, ...text) {
  if (!condition) throw new Error(text.join(" "));
}

export function equal(found, expected, what) {
  const a = JSON.stringify(found), b = JSON.stringify(expected);
  check(a === b, `${what}: found ${a}, expected ${b}`);
}

export const pause = (ms) => new Promise((r) => setTimeout(r, ms));

export async function until(what, seconds, probe) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await probe();
    if (value) return value;
    check(Date.now() < end, `waited ${seconds} s in vain for ${what}`);
    await pause(50);
  }
}

// What is open in the part under way: what it leaves behind when it fails is put away.
const opened = new AsyncLocalStorage();

export async function inPart(part) {
  const open = new Set();
  try {
    await opened.run(open, part);
  } finally {
    for (const thing of open) await thing.abandon();
  }
}

export class Server {
  static async start(...options) {
    const server = new Server();
    server.folder = mkdtempSync(join(tmpdir(), "parley-page-test-"));
    server.process = spawn(EVE, ["serve", "--listen", "127.0.0.1:0", ...options], { env: { ...process.env, TMPDIR: server.folder } });
    server.open = opened.getStore();
    server.open.add(server);
    server.said = "";
    server.process.stderr.on("data", (d) => { server.said += d; });
    server.process.on("exit", (code, signal) => { server.ended = code ?? signal; });
    server.address = await new Promise((resolve, reject) => {
      server.process.stdout.once("data", (d) => resolve(String(d).split("\n")[0]));
      server.process.once("exit", () => reject(new Error(`eve serve ended: ${server.said}`)));
    });
    server.origin = server.address.split(/\/[#?]/)[0];
    server.token = server.address.split("=")[1];
    return server;
  }

  get(path, headers = {}) { return fetch(this.origin + path, { headers }); }

  post(path, body, headers = {}) {
    return fetch(this.origin + path, { method: "POST", body: JSON.stringify(body), headers: { Origin: this.origin, "X-Parley-Token": this.token, ...headers } });
  }

  async run() { return (await this.get("/save/run.json")).json(); }

  abandon() {
    this.process.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  async stop() {
    this.open.delete(this);
    check(this.ended === undefined, `eve serve ended by itself with ${this.ended}: ${this.said}`);
    this.process.kill("SIGTERM");
    await until("eve serve to end", 20, () => this.ended !== undefined);
    equal(this.ended, 0, "status of eve serve");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Page {
  static browser = null; // one for all: each page has a context of its own

  static async open(server, { width = 1280, height = 720, hash = "" } = {}) {
    const page = new Page();
    page.wrong = [];
    Page.browser ??= chromium.launch({ executablePath: process.env.BROWSER, args: ["--no-sandbox"] });
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
