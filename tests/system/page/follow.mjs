// Viewers follow the lecturer's moment and tab, or look around alone.

import { Page, Server, check, equal, until } from "./driver.mjs";

const PATIENCE = 120;
const at = (page) => page.tab.evaluate(() => document.body.dataset.at);
const same = (one, other, what) => until(what, PATIENCE, async () => (await at(one)) === (await at(other)));

// A second window with the token, and a viewer without it.
export async function viewersFollow(server, lecturer) {
  const projector = await Page.open(server), viewer = await Page.open({ ...server, address: `${server.origin}/`, origin: server.origin });
  const length = await at(lecturer);
  for (const page of [projector, viewer]) await until("the run", PATIENCE, async () => (await page.tab.evaluate(() => document.body.dataset.length)) === length);
  await lecturer.tab.keyboard.press("Home");
  for (let i = 0; i < 4; i++) await lecturer.tab.keyboard.press("PageDown");
  for (const page of [projector, viewer]) await same(page, lecturer, "the lecturer's moment");
  check(await viewer.tab.isVisible("#follow"), "who follows is told so");
  await lecturer.tab.click("#tab-curve");
  for (const page of [projector, viewer]) await until("the lecturer's tab", PATIENCE, () => page.tab.isVisible("#curve"));
  await lecturer.tab.click("#tab-live");
  await until("the stage again", PATIENCE, () => viewer.tab.isVisible("#stage"));
  // alone; what a press changes is drawn with the next frame
  const led = await at(viewer);
  await viewer.tab.keyboard.press("PageDown");
  await until("the viewer's next moment", PATIENCE, async () => (await at(viewer)) !== led);
  equal(await viewer.tab.getAttribute("#follow", "aria-pressed"), "false", "who has moved is alone");
  const own = await at(viewer);
  await lecturer.tab.keyboard.press("End");
  await same(projector, lecturer, "the projector");
  equal(await at(viewer), own, "the viewer's own moment");
  await viewer.tab.click("#follow");
  await same(viewer, lecturer, "the lecturer's moment once more");
  // whoever acts leads
  await projector.tab.keyboard.press("PageUp");
  await same(lecturer, projector, "the other window's moment");
  await lecturer.tab.keyboard.press("End");
  equal((await server.post("/moment", { at: 1, tab: "live", who: "00000000" }, { "X-Parley-Token": "" })).status, 403, "a moment without the token");
  for (const wrong of [{ at: -1 }, { at: 1.5 }, { tab: "drawer" }, { who: "<b>" }])
    equal((await server.post("/moment", { at: 1, tab: "live", who: "00000000", ...wrong })).status, 400, `a moment with ${JSON.stringify(wrong)}`);
  await projector.close();
  await viewer.close();
}

// An address opened in the lecturer's window sets the page up, whatever it showed before.
export async function addressesSetUp(server, lecturer) {
  const { tab } = lecturer, here = tab.url(), viewer = await Page.open({ ...server, address: `${server.origin}/` });
  const whileLoading = (ask) => tab.evaluate(ask).catch(() => null); // a page that is left answers nothing
  const shows = (level, scenario) => until(`${level} and ${scenario}`, PATIENCE, async () =>
    (await whileLoading(() => `${document.getElementById("level").value} ${document.getElementById("scenario").value}`)) === `${level} ${scenario}`);
  await tab.goto(`${server.origin}/#scenario=attacker&level=pupil`);
  await shows("pupil", "attacker");
  await tab.goto(`${server.origin}/play.html`);
  await tab.goto(`${server.origin}/#tab=curve&n=256`);
  await until("the curve at the viewer's", PATIENCE, () => viewer.tab.isVisible("#curve"));
  check(await tab.isVisible("#curve"), "the address names the curve");
  await tab.click("#tab-live");
  await until("the stage at the viewer's", PATIENCE, () => viewer.tab.isVisible("#stage"));
  await tab.goto(here);
  await shows("student", "eve-wins");
  await until("the run", PATIENCE, () => whileLoading(() => Number(document.body.dataset.length) > 0));
  await tab.keyboard.press("End");
  await viewer.close();
}

// Where nobody may change anything, one address leads.
export async function othersAreLed() {
  const server = await Server.start("--listen", "0.0.0.0:0");
  const address = await until("the lecturer's address", PATIENCE, () => server.said.match(/opens (http:\S+#lead=[0-9a-f]{32}):/)?.[1]);
  const lecturer = await Page.open({ address, origin: server.origin }), viewer = await Page.open(server);
  check(!lecturer.tab.url().includes("lead="), "the token to lead with stays out of the address");
  await lecturer.tab.click("#tab-curve");
  await until("the lecturer's tab", PATIENCE, () => viewer.tab.isVisible("#curve"));
  await viewer.tab.click("#tab-live");
  await lecturer.tab.click("#tab-live");
  await lecturer.tab.click("#tab-curve");
  equal(await viewer.tab.isVisible("#curve"), false, "who is alone stays where she is");
  await viewer.tab.click("#follow");
  await until("the lecturer's tab again", PATIENCE, () => viewer.tab.isVisible("#curve"));
  await lecturer.close();
  await viewer.close();
  await server.stop();
}
