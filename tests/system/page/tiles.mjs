// What has to be seen of a wall with many tiles, whoever is behind them.

import { faults, unseen } from "./measure.mjs";
import { check, equal, until } from "./server.mjs";

const PATIENCE = 120;
export const BESIDE = ["header form", "header nav", "#join", "#costs-part", "#compare", ".tile", "#one"];

// Names and sets are on the tiles, words too; or, of many, on the tile that is pressed: words of thirty fit beside code
// and table as long as three lines are enough for those of each.
export async function named(all, wall, n) {
  equal(await wall.evaluate(unseen, [".tile", all.flatMap((p) => [p.name, p.set])]), [], `${n} tiles: what is not there`);
  const wordless = await wall.evaluate(unseen, ["#tiles", all.map((p) => p.words)]);
  check(n > 20 || !wordless.length, `${n} tiles without their words: ${wordless}`);
  const pupil = all[0];
  await wall.click(`.tile[data-number="${pupil.number}"] .pick`);
  await until("it to stand large", PATIENCE, async () => !(await wall.evaluate(unseen, ["#one", [pupil.name, pupil.set, pupil.words]])).length);
  equal(await wall.evaluate(faults, BESIDE), [], `${n} tiles, one of them large`);
  await wall.click(`.tile[data-number="${pupil.number}"] .pick`);
}

// Of a table that is too long beside the tiles a row is there whole, or not at all.
async function cutsNoRow(wall, n) {
  await wall.$eval("#costs", (rows) => { for (let i = 0; i < 12; i++) rows.append(Object.assign(rows.rows[0].cloneNode(true), { className: "planted" })); });
  await until(`no row of the table to be cut, ${n} tiles`, PATIENCE, () => wall.$eval("#costs-part .scroll", (box) => {
    const { bottom } = box.getBoundingClientRect(), rows = [...box.querySelectorAll("tbody tr")];
    const shown = rows.filter((row) => row.checkVisibility({ visibilityProperty: true }));
    return shown.length < rows.length && shown.every((row) => row.getBoundingClientRect().bottom <= bottom + 1);
  }));
  await wall.$eval("#costs", (rows) => rows.querySelectorAll(".planted").forEach((row) => row.remove()));
}

export async function table(wall, n) {
  await cutsNoRow(wall, n);
  const within = () => wall.$eval("#costs tr td:first-child", (e) => e.getBoundingClientRect().bottom <= innerHeight && e.checkVisibility());
  check(await within(), `${n} tiles: no row of the table is beside them`);
  await wall.keyboard.press("t");
  equal(await wall.evaluate(faults, ["header form", "#costs tr"]), [], `${n} tiles: the whole table`);
  equal(await wall.$$eval("th", (all) => all.filter((e) => e.checkVisibility()).length), 7, "its columns");
  await wall.keyboard.press("PageUp");
  equal(await wall.evaluate(() => document.body.dataset.view), "code", "what comes before the table");
  equal(await wall.evaluate(faults, ["header form", "#codes svg", "#codes p", "#count", "#served"]), [], "the code, large");
  await wall.keyboard.press("j");
  equal(await wall.evaluate(() => document.body.dataset.view), "tiles", "where j leads back to");
}
