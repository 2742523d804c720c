// What a lecturer does on the wall, and what the class sees of it.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { faults } from "./measure.mjs";
import { BUILD, SHOTS, check, equal, opened, until } from "./server.mjs";
import { BESIDE, named } from "./tiles.mjs";

const PATIENCE = 120; // seconds, on a machine that others use too

export const tilesWith = (wall, text) => wall.$$eval(".tile", (all, said) => all.filter((tile) => tile.textContent.includes(said)).length, text);

async function numberOf(room, name) {
  return (await room.state()).pupils.find((p) => p.name === name && p.state === "open").number;
}

async function say(phone, text) {
  await phone.tab.fill("#line", text);
  await phone.tab.click("#say button");
}

// Whose chat Eve reads: of all who were here, and of those who still hear what is said.
const fallen = async (room, test = () => true) => (await room.state()).pupils.filter((p) => p.eve === "key" && test(p)).length;

// By the keyboard: the question stands in the tile, No is no, and the phone says why it is out.
export async function takeOff(wall, phone) {
  const number = await wall.getAttribute(`.tile:has(.name button[aria-label*="${phone.name}"])`, "data-number"); // others' tiles may quote the name
  const tile = wall.locator(`.tile[data-number="${number}"]`), n = await wall.locator(".tile").count();
  await tile.locator(".name .off button").focus();
  await wall.keyboard.press("Enter");
  await wall.waitForSelector(".off.asked");
  equal(await wall.evaluate(() => document.activeElement.textContent), "No", "where the focus is");
  await wall.screenshot({ path: join(SHOTS, "wall-off.png") });
  await wall.keyboard.press("Enter");
  await until("No to be no", PATIENCE, async () => (await wall.locator(".off.asked").count()) === 0);
  check(await wall.evaluate(() => document.activeElement.closest(".off")), "the focus is lost");
  await wall.keyboard.press("Enter");
  await wall.waitForSelector(".off.asked");
  await wall.keyboard.press("Escape");
  await until("Escape to be no", PATIENCE, async () => (await wall.locator(".off.asked").count()) === 0);
  equal([await tile.count(), await phone.tab.locator("#over").isHidden()], [1, true], "nobody is off yet");
  await wall.keyboard.press("Enter");
  await wall.waitForSelector(".off.asked");
  await wall.keyboard.press("Shift+Tab");
  await wall.keyboard.press("Enter");
  await phone.tab.waitForSelector("#over:not([hidden])");
  check((await phone.tab.textContent("#why")).includes("taken you out of the room"), "why", await phone.tab.textContent("#why"));
  await until("the tile to go", PATIENCE, async () => (await tile.count()) === 0);
  equal(await wall.locator(".tile").count(), n - 1, "the others stay");
}

// A name that Bob vouches for is another thing than one that somebody has told him: of who comes past the room nothing is known.
export async function saysWhoSpeaks(room, wall) {
  const bob = room.told().find((e) => e.event === "listening").address;
  const stranger = spawn(join(BUILD, "alice/alice"), ["--connect", bob, "--params", "n64", "--name", "Stranger"], { stdio: ["pipe", "ignore", "ignore"] });
  opened.getStore().add({ abandon: () => stranger.kill("SIGKILL") });
  stranger.stdin.write("Nobody knows me.\n");
  await until("what the stranger says", PATIENCE, async () => (await tilesWith(wall, "Nobody knows me.")) > 0);
  check((await wall.textContent("#tiles")).includes("Stranger, as Bob calls her: Nobody knows me."), "whose name that is", await wall.textContent("#tiles"));
  check((await wall.textContent("#tiles")).includes("Pupil 2, through Bob: Here is Pupil 2."), "and whose another", await wall.textContent("#tiles"));
  stranger.stdin.end();
}

// By the mouse: the cross of a line, which is not that of the name; what it asks; and where the line is gone then.
async function presses(room, wall, name, text, answer) {
  const tile = wall.locator(`.tile[data-number="${await numberOf(room, name)}"]`), line = tile.locator("li", { hasText: text });
  await until(`${text} to be the last line of ${name}`, PATIENCE, async () => (await tile.locator("li").last().textContent()).includes(text));
  await line.hover();
  await line.locator(".off button").click();
  await line.locator(".off.asked").waitFor();
  const answers = line.locator(".off.asked button"), texts = await answers.allTextContents();
  await until(`all answers about ${text} to be seen`, PATIENCE, async () => { // the tile may be drawn anew meanwhile, and pushed away by others
    await line.scrollIntoViewIfNeeded({ timeout: 1000 }).catch(() => {});
    if (await answers.count() === 0) // it was, and asks nothing any more
      await line.hover({ timeout: 1000 }).then(() => line.locator(".off button").first().click({ timeout: 1000 })).catch(() => {});
    return answers.evaluateAll(seenWhole);
  });
  await answers.filter({ hasText: answer }).click();
  return texts;
}

// Nothing cuts them off, or covers them.
const seenWhole = (all) => all.length > 0 && all.every((e) => {
  const b = e.getBoundingClientRect();
  return [[b.left + 2, b.top + 2], [b.right - 2, b.bottom - 2]].every(([x, y]) => document.elementFromPoint(x, y) === e);
});

export async function hidesLines(room, wall, phones) {
  const n = await fallen(room, (p) => p.state === "open"), all = await fallen(room);
  await say(phones[4], "Something rude.");
  await until("the line on all tiles that have fallen", PATIENCE, async () => (await tilesWith(wall, "Something rude.")) === n);
  const tile = wall.locator(`.tile[data-number="${await numberOf(room, "Pupil 2")}"]`);
  await tile.hover();
  await tile.locator(".name .off button").click();
  await wall.waitForSelector(".name .off.asked");
  await tile.locator(".name .off.asked button", { hasText: "No" }).click();
  equal(await presses(room, wall, "Pupil 2", "Something rude.", "No"), ["This line", "All of hers", "No"], "what can be done to a line");
  equal(await tilesWith(wall, "Something rude."), n, "tiles with the line, behind No");
  equal(await wall.isVisible("#show-hidden"), false, "nothing is hidden");
  await presses(room, wall, "Pupil 2", "Something rude.", "This line");
  await until("the line to be gone from all tiles", PATIENCE, async () => (await tilesWith(wall, "Something rude.")) === 0);
  check((await phones[2].tab.textContent("#chat")).includes("Something rude."), "a phone keeps what it has heard");
  await say(phones[4], "some thing RUDE.");
  await say(phones[4], "Something else.");
  await until("another line of hers", PATIENCE, async () => (await tilesWith(wall, "Something else.")) === n);
  equal(await tilesWith(wall, "RUDE"), 0, "tiles on which the line is back");
  await presses(room, wall, "Pupil 2", "Something else.", "All of hers");
  await until("all of hers to be gone", PATIENCE, async () => (await tilesWith(wall, "Something else.")) + (await tilesWith(wall, "Here is Pupil 4.")) === 0);
  room.bob.stdin.write("Quiet, please.\n");
  equal(await presses(room, wall, "Pupil 2", "Quiet, please.", "No"), ["This line", "No"], "what can be done to a line of Bob's");
  await until("Bob's line on all tiles", PATIENCE, async () => (await tilesWith(wall, "Quiet, please.")) === n);
  equal(await tilesWith(wall, "Here is Pupil 2."), all, "tiles with what another has said");
  await wall.click("#show-hidden");
  for (const text of ["Something rude.", "some thing RUDE.", "Something else."])
    await until(`${text} to be there again`, PATIENCE, async () => (await tilesWith(wall, text)) === n);
  await until("the button to go", PATIENCE, async () => !(await wall.isVisible("#show-hidden")));
}

// Who was taken off comes back through the lecturer alone, as does who is new at that address; both wait without being touched.
export async function guardsTheDoor(room, wall, off, newcomer, joinAs) {
  const waits = async (tab) => { await tab.waitForSelector("#wrong:text('the lecturer has to let you in')"); check(await tab.isVisible("#join"), "who waits is not in"); };
  const asks = (tab) => tab.clock.fastForward(4000); // as long as a phone waits until it asks again
  for (const tab of [off.tab, newcomer]) await tab.clock.install();
  await off.tab.click("#again");
  await off.tab.click("#join button[type=submit]");
  await waits(off.tab);
  await joinAs(newcomer, room.join, "Newcomer", "n64", 2);
  await waits(newcomer);
  await until("the wall to say who waits", PATIENCE, async () => (await wall.textContent("#door-count")) === "Phones that ask to come in: 2");
  equal(await wall.isVisible("#waiting"), false, "names that nobody has asked for");
  await wall.click("#door-count");
  equal((await wall.locator("#waiting bdi").allTextContents()).sort(), ["Newcomer", off.name], "who waits");
  await asks(off.tab);
  await waits(off.tab);
  equal((await room.state()).now, 6, "who is here, while two wait");
  await wall.click(`#waiting li:has-text("${off.name}") button`);
  await until("one to wait", PATIENCE, async () => (await wall.locator("#waiting bdi").allTextContents()).join() === "Newcomer");
  for (const tab of [off.tab, newcomer]) await asks(tab);
  await off.tab.waitForSelector("#compare:not([hidden])");
  await waits(newcomer);
  await wall.click("#open-door");
  await asks(newcomer);
  await newcomer.waitForSelector("#compare:not([hidden])");
  await until("nobody to wait", PATIENCE, async () => !(await wall.isVisible("#door")));
  await until("one tile for each", PATIENCE, async () => (await room.state()).pupils.filter((p) => ["Newcomer", off.name].includes(p.name) && !p.off).map((p) => p.state).join() === "open,open");
}

// A question about a tile that goes meanwhile is no question any more, and the others take its place.
export async function forgetsQuestions(room, wall) {
  const ended = wall.locator('.tile[data-state="ended"]');
  check((await ended.count()) > 0, "nobody has left");
  await ended.first().locator(".name .off button").focus();
  await wall.keyboard.press("Enter");
  await wall.waitForSelector(".off.asked");
  await room.server.post("/class", { clear_ended: true });
  await until("the tiles of those who have left to go", PATIENCE, async () => (await ended.count()) === 0);
  await wall.evaluate(() => { document.body.dataset.form = "planted"; });
  await until("the others to take their place", PATIENCE, () => wall.evaluate(() => document.body.dataset.form !== "planted"));
}

// Many tiles, of what the room has told of a few: names, sets and words can be read from the last row.
export async function holdsMany(state, tab, room) {
  const few = state.pupils.filter((p) => !p.off && p.words);
  for (const n of [12, 30]) {
    const pupils = Array.from({ length: n }, (_, i) => ({ ...few[i % few.length], name: `Pupil ${i}`, number: i + 1, joined: i + 1 }));
    await tab.route(({ pathname }) => pathname === "/class", (route) => {
      const since = new URL(route.request().url()).searchParams.get("since");
      return route.fulfill({ json: { ...state, pupils: since === "0" ? pupils : [] } });
    });
    await tab.goto("about:blank");
    await tab.goto(room.server.address.replace("/#", "/wall.html#"));
    await until(`${n} tiles`, PATIENCE, async () => (await tab.locator(".tile.worded").count()) === n);
    equal(await tab.evaluate(faults, BESIDE), [], `${n} tiles`);
    await named(pupils, tab, n);
    await tab.screenshot({ path: join(SHOTS, `wall-many-${n}.png`) });
  }
}
