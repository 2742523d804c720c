// The wall of a class that grows from 4 phones to 30, each a real Alice: what the back row has to read is there, large
// enough, in the first screen; the table is beside the tiles, and whole behind one key.

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { AXE, serious } from "./axe.mjs";
import { faults, unseen } from "./measure.mjs";
import { BUILD, FLAGS, SHOTS, equal, inPart, openRoom, opened, until } from "./server.mjs";
import { BESIDE, named, table } from "./tiles.mjs";

const PATIENCE = 120;

// Phones of one process, without a page of their own; the first of them says what is written here.
function phones(room, set, first, n) {
  const source = process.env.SOURCE, browser = join(BUILD, "alice/browser");
  const child = spawn("node", [join(source, "tests/lib/many.mjs"), join(source, "alice/browser"), join(browser, "alice.wasm"), room.join, set, String(first), String(n)], { stdio: ["pipe", "ignore", "inherit"] });
  opened.getStore().add({ abandon: () => child.kill("SIGKILL") });
  return child;
}

const there = (room, n, state) => until(`${n} phones to be ${state}`, PATIENCE, async () => (await room.state()).pupils.filter((p) => p.state === state).length >= n);
const drawn = (wall, n) => until(`${n} tiles that are drawn`, PATIENCE, async () => (await wall.locator('.tile.worded:is([data-state="open"], [data-state="ended"])').count()) === n);

async function measured(wall, n, what) {
  for (const colorScheme of ["light", "dark"]) {
    await wall.emulateMedia({ colorScheme });
    await wall.mouse.move(0, 0);
    equal(await wall.evaluate(faults, BESIDE), [], `${n} tiles, ${what}, ${colorScheme}`);
    equal(await serious(wall), [], `${n} tiles, ${what}, ${colorScheme}`);
    await wall.screenshot({ path: join(SHOTS, `wall-${n}-${what.replace(/ /g, "-")}-${colorScheme}.png`) });
  }
  await wall.emulateMedia({ colorScheme: "light" });
}

async function a_class_that_grows() {
  const room = await openRoom("n64,n128,n1024", "bob.events", "--per-address", "128");
  const browser = await chromium.launch({ executablePath: process.env.BROWSER, args: FLAGS }), wrong = [];
  opened.getStore().add({ abandon: () => browser.close() });
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, bypassCSP: true, reducedMotion: "reduce" }), wall = await context.newPage();
  wall.setDefaultTimeout(PATIENCE * 1000);
  wall.on("console", (m) => { if (m.type() === "error") wrong.push(`console: ${m.text()}`); });
  wall.on("pageerror", (e) => wrong.push(`error: ${e.message}`));
  await wall.goto(room.server.address.replace("/#", "/wall.html#"));
  await wall.evaluate(AXE);
  await wall.waitForSelector("#codes svg, #codes.plain");
  equal(await wall.evaluate(() => document.body.dataset.view), "code", "what stands there before anybody has joined");
  equal(await wall.evaluate(faults, ["header form", "#codes svg", "#codes p", "#count", "#served"]), [], "an empty room");
  const speakers = [phones(room, "n64", 0, 3), phones(room, "n1024", 3, 1)];
  await there(room, 4, "open");
  await drawn(wall, 4);
  await measured(wall, 4, "words");
  for (const [n, set] of [[12, "n128"], [30, "n64"]]) {
    const before = await wall.locator(".tile").count();
    phones(room, set, before, n - before);
    await there(room, n, "open");
    await drawn(wall, n);
    await measured(wall, n, "words");
    await named((await room.state()).pupils, wall, n);
    await table(wall, n);
  }
  speakers[0].stdin.write("Here is somebody with a line that is longer than a tile is wide.\n");
  await wall.fill("#budget", "20");
  await wall.click("#all");
  await until("Eve to have all toys", PATIENCE, async () => (await room.state()).pupils.every((p) => p.eve === "key" || p.set === "n1024"));
  await until("their tiles to turn", PATIENCE, async () => (await wall.locator('.tile[data-eve="key"]').count()) === 29);
  await until("what Eve reads to be there", PATIENCE, async () => (await room.state()).pupils.filter((p) => p.chat.length).length > 20);
  speakers[1].stdin.end();
  await there(room, 1, "ended");
  await drawn(wall, 30);
  await measured(wall, 30, "keys");
  equal(await wall.evaluate(unseen, ["#sum", ["29 have a key", "1 ended", "Eve has 29"]]), [], "the sums");
  equal(wrong, [], "what must not happen");
  await browser.close();
  await room.server.stop();
}

if (!existsSync(join(BUILD, "alice/browser/alice.wasm"))) {
  console.log(readFileSync(join(BUILD, "alice/browser/alice-missing.txt"), "utf8"));
  process.exit(77);
}
await inPart(a_class_that_grows);
console.log("ok a_class_that_grows");
process.exit(0);
