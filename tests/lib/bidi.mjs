// Firefox, driven through WebDriver BiDi (https://w3c.github.io/webdriver-bidi/) with nothing but node: one browser, tabs
// in it, functions that run in a page. What playwright does for Chromium, as far as the tests need it.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const START_MS = 90000, ANSWER_MS = 120000;
// No pages of its own, no updates, no looking for portals: nothing that asks for another host.
const PREFERENCES = {
  "app.normandy.enabled": false, "app.update.disabledForTesting": true, "browser.aboutwelcome.enabled": false,
  "browser.newtabpage.enabled": false, "browser.safebrowsing.update.enabled": false, "browser.search.update": false,
  "browser.startup.homepage": "about:blank", "browser.startup.page": 0, "browser.topsites.contile.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false, "extensions.getAddons.cache.enabled": false,
  "extensions.update.enabled": false, "media.gmp-manager.updateEnabled": false, "messaging-system.rsexperimentloader.enabled": false,
  "network.captive-portal-service.enabled": false, "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,#remote-settings-dummy/v1", "toolkit.telemetry.enabled": false, "ui.prefersReducedMotion": 1,
};

// A WebSocket of text messages over node's http: the client's end of RFC 6455, as far as a browser on this machine needs it.
function connect(url, heard, lost) {
  return new Promise((resolve, reject) => {
    const asked = request({ host: url.hostname, port: url.port, path: url.pathname, headers: { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": randomBytes(16).toString("base64") } });
    asked.on("error", reject);
    asked.on("response", (r) => reject(new Error(`no WebSocket: ${r.statusCode}`)));
    asked.on("upgrade", (_, socket, head) => {
      let buffer = head, text = Buffer.alloc(0);
      const take = () => {
        while (buffer.length >= 2) {
          const short = buffer[1] & 127, at = short === 126 ? 4 : short === 127 ? 10 : 2;
          if (buffer.length < at) return;
          const n = short === 126 ? buffer.readUInt16BE(2) : short === 127 ? Number(buffer.readBigUInt64BE(2)) : short;
          if (buffer.length < at + n) return;
          const opcode = buffer[0] & 15, whole = buffer[0] & 128;
          if (opcode < 3) text = Buffer.concat([text, buffer.subarray(at, at + n)]);
          buffer = buffer.subarray(at + n);
          if (opcode < 3 && whole) {
            heard(text.toString());
            text = Buffer.alloc(0);
          }
        }
      };
      socket.on("data", (d) => { buffer = Buffer.concat([buffer, d]); take(); });
      socket.on("close", lost);
      socket.on("error", lost);
      take();
      resolve((message) => {
        const bytes = Buffer.from(message), mask = randomBytes(4), n = bytes.length;
        const length = Buffer.alloc(n < 126 ? 0 : n < 65536 ? 2 : 8); // the shortest form, or Firefox hangs up
        if (length.length === 2) length.writeUInt16BE(n);
        else if (length.length === 8) length.writeBigUInt64BE(BigInt(n));
        const header = Buffer.concat([Buffer.from([0x81, 0x80 | (n < 126 ? n : n < 65536 ? 126 : 127)]), length, mask]);
        for (let i = 0; i < bytes.length; i++) bytes[i] ^= mask[i & 3];
        socket.write(Buffer.concat([header, bytes]));
      });
    });
    asked.end();
  });
}

export class Firefox {
  wrong = []; // errors of pages
  #waiting = new Map();
  #last = 0;

  // preferences: besides those above.
  static async start(executable, preferences = {}) {
    const browser = new Firefox();
    browser.folder = mkdtempSync(join(tmpdir(), "parley-firefox-"));
    writeFileSync(join(browser.folder, "user.js"), Object.entries({ ...PREFERENCES, ...preferences }).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(""));
    browser.process = spawn(executable, ["--headless", "--no-remote", "--profile", browser.folder, "--remote-debugging-port", "0", "about:blank"],
      { env: { ...process.env, HOME: browser.folder, MOZ_CRASHREPORTER_DISABLE: "1" }, detached: true, stdio: ["ignore", "ignore", "pipe"] });
    try {
      const url = await browser.#address();
      browser.#send = await connect(new URL(`${url}/session`), (text) => browser.#heard(JSON.parse(text)), () => browser.#lost());
      browser.about = (await browser.ask("session.new", { capabilities: {} })).capabilities;
      await browser.ask("session.subscribe", { events: ["log.entryAdded"] });
      return browser;
    } catch (e) {
      browser.kill();
      throw e;
    }
  }

  #send = null;

  #address() {
    return new Promise((resolve, reject) => {
      let said = "";
      const timer = setTimeout(() => reject(new Error(`Firefox does not listen: ${said}`)), START_MS);
      this.process.stderr.on("data", (d) => {
        said += d;
        const at = said.match(/WebDriver BiDi listening on (ws:\S+)/);
        if (at) { clearTimeout(timer); resolve(at[1]); }
      });
      this.process.on("exit", (code, signal) => { clearTimeout(timer); reject(new Error(`Firefox ended with ${code ?? signal}: ${said}`)); });
      this.process.on("error", reject);
    });
  }

  #heard(message) {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === "event" && message.params.level === "error") this.wrong.push(`${message.params.type}: ${message.params.text}`);
    else if (message.type === "success") waiting?.resolve(message.result);
    else if (message.type === "error") waiting?.reject(new Error(`${message.error}: ${message.message}`));
  }

  #lost() {
    for (const { reject } of this.#waiting.values()) reject(new Error("Firefox is gone"));
    this.#waiting.clear();
  }

  ask(method, params = {}) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Firefox does not answer ${method}`)), ANSWER_MS);
      const over = (then) => (value) => { clearTimeout(timer); then(value); };
      this.#waiting.set(id, { resolve: over(resolve), reject: over(reject) });
      this.#send(JSON.stringify({ id, method, params }));
    });
  }

  // In a window of its own: what is not in front is hardly drawn.
  async newTab({ width, height }) {
    const { context } = await this.ask("browsingContext.create", { type: "window" });
    await this.ask("browsingContext.setViewport", { context, viewport: { width, height } });
    return new Tab(this, context);
  }

  // With all that it has started: it is a group of its own.
  kill() {
    try {
      process.kill(-this.process.pid, "SIGKILL");
    } catch {
      // it has gone by itself
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  // For driver.mjs: what is open when a part fails.
  abandon() { this.kill(); }
}

class Tab {
  constructor(browser, context) {
    this.browser = browser;
    this.context = context;
  }

  async goto(url) { await this.browser.ask("browsingContext.navigate", { context: this.context, url, wait: "complete" }); }

  // Runs a function of the page's, with arguments that JSON knows; what it returns, as JSON knows it.
  async evaluate(what, ...values) {
    const declared = `async (text) => JSON.stringify(await (${what})(...JSON.parse(text)))`;
    const said = await this.browser.ask("script.callFunction", { functionDeclaration: declared, awaitPromise: true, target: { context: this.context }, arguments: [{ type: "string", value: JSON.stringify(values) }] });
    if (said.type === "exception") throw new Error(said.exceptionDetails.text);
    return said.result.value === undefined ? undefined : JSON.parse(said.result.value);
  }

  // Runs a script's text, which the page's own policy does not keep out.
  async run(text) {
    const said = await this.browser.ask("script.evaluate", { expression: text, awaitPromise: false, target: { context: this.context }, resultOwnership: "none", serializationOptions: { maxObjectDepth: 0 } });
    if (said.type === "exception") throw new Error(said.exceptionDetails.text);
  }

  text(selector) { return this.evaluate((s) => document.querySelector(s)?.textContent ?? null, selector); }

  visible(selector) { return this.evaluate((s) => !!document.querySelector(s)?.getClientRects().length, selector); }

  click(selector) { return this.evaluate((s) => document.querySelector(s).click(), selector); }

  fill(selector, value) {
    return this.evaluate((s, v) => { const e = document.querySelector(s); e.value = v; for (const type of ["input", "change"]) e.dispatchEvent(new Event(type, { bubbles: true })); }, selector, value);
  }

  // As WebDriver names keys: "\uE00F" is Page Down.
  async press(key) {
    await this.browser.ask("input.performActions", { context: this.context, actions: [{ type: "key", id: "keys", actions: [{ type: "keyDown", value: key }, { type: "keyUp", value: key }] }] });
  }

  async screenshot() {
    return Buffer.from((await this.browser.ask("browsingContext.captureScreenshot", { context: this.context })).data, "base64");
  }

  async close() { await this.browser.ask("browsingContext.close", { context: this.context }); }
}
