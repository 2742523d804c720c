// Starts eve serve, and what all tests of the page need besides, whatever browser they drive.

import { AsyncLocalStorage } from "node:async_hooks";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";

export const BUILD = process.env.BUILD;
export const EVE = join(BUILD, "eve/eve");
export const SHOTS = join(BUILD, "tests/system/page");
// Of Chromium. Without a graphics card it imitates one, which takes longer than drawing by itself.
export const FLAGS = ["--no-sandbox", "--disable-gpu"];

export function check(condition, ...text) {
  if (!condition) throw new Error(text.join(" "));
}

export function equal(found, expected, what) {
  const a = JSON.stringify(found), b = JSON.stringify(expected);
  check(a === b, `${what}: found ${a}, expected ${b}`);
}

export const pause = (ms) => new Promise((r) => setTimeout(r, ms));

// Some probes cost much: the longer it takes, the less often it is asked.
export async function until(what, seconds, probe) {
  const end = Date.now() + seconds * 1000;
  for (let wait = 20; ; wait = Math.min(1.2 * wait, 300)) {
    const value = await probe();
    if (value) return value;
    check(Date.now() < end, `waited ${seconds} s in vain for ${what}`);
    await pause(wait);
  }
}

// What is open in the part under way: what it leaves behind when it fails is put away.
export const opened = new AsyncLocalStorage();

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
    await until("eve serve to end", 120, () => this.ended !== undefined);
    equal(this.ended, 0, "status of eve serve");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// A bob that offers these sets, and the room before him; "bob.events" among the options: eve hears what he tells.
export async function openRoom(sets, ...options) {
  const PATIENCE = 120, folder = mkdtempSync(join(tmpdir(), "parley-room-")), events = join(folder, "bob.events");
  const bob = spawn(join(BUILD, "bob/bob"), ["--listen", "127.0.0.1:0", "--params", sets, "--conference", "--timeout", "300", "--events", events]); // phones share two cores
  let heard = "";
  bob.stdout.on("data", (d) => { heard += d; });
  const told = () => (existsSync(events) ? readFileSync(events, "utf8").split("\n").filter(Boolean).map((l) => JSON.parse(l)) : []);
  const abandon = () => { bob.kill("SIGKILL"); rmSync(folder, { recursive: true, force: true }); };
  opened.getStore().add({ abandon });
  const address = (await until("bob to listen", PATIENCE, () => told().find((e) => e.event === "listening"))).address;
  const server = await Server.start("--room", address, "--join", "127.0.0.1:0", ...options.map((o) => (o === "bob.events" ? events : o)));
  const state = async () => (await server.get("/class")).json();
  const game = async () => (await server.get("/game")).json();
  return { bob, told, server, state, game, folder, heard: () => heard, join: (await state()).join[0].address };
}
