// The curve: the slider stands where its n is on the axis, a fit is a curve, the file that is saved is whole.

import { readFileSync } from "node:fs";
import { check, equal, until } from "./driver.mjs";

// The middle of the thumb, beside the place of n on the axis of the chart.
export async function sliderMatchesAxis(page) {
  for (const n of [64, 512, 2048, 8192]) {
    const [thumb, place] = await page.tab.$eval("#n-slider", (slider, n) => {
      slider.value = Math.log2(n);
      slider.dispatchEvent(new Event("input"));
      const { left, width } = slider.getBoundingClientRect(), share = (slider.value - slider.min) / (slider.max - slider.min), half = 8;
      const over = document.querySelector("#separation-chart .u-over").getBoundingClientRect();
      return [left + half + share * (width - 2 * half), over.left + (Math.log2(n / 64) / Math.log2(2 ** slider.max / 64)) * over.width];
    }, n);
    check(Math.abs(thumb - place) < 6, `the slider is at ${thumb}, n = ${n} on the axis at ${place}`);
  }
}

// What is in the file that a button saves. Nothing of it lies outside the picture.
async function saved(page, button) {
  const [download] = await Promise.all([page.tab.waitForEvent("download"), page.tab.click(button)]);
  const text = readFileSync(await download.path(), "utf8"), tab = await page.context.newPage();
  await tab.setContent(text);
  const { cut, words, corners } = await tab.evaluate(() => {
    const all = document.querySelector("svg"), whole = all.getBoundingClientRect();
    const cut = [...all.querySelectorAll("text, circle, polyline")].filter((e) => { const b = e.getBoundingClientRect(); return b.left < whole.left - 1 || b.right > whole.right + 1 || b.top < whole.top - 1 || b.bottom > whole.bottom + 1; });
    return { cut: cut.map((e) => e.outerHTML.slice(0, 120)), words: [...all.querySelectorAll("text")].map((e) => e.textContent), corners: [...all.querySelectorAll("polyline")].map((e) => e.getAttribute("points").split(" ").length) };
  });
  await tab.close();
  equal(cut, [], `what ${button} cuts off`);
  return { words, corners };
}

// Eve's tries, from the drawer.
export async function savedTriesAreWhole(page) {
  await page.menu();
  const { words } = await saved(page, "#save-svg");
  check(words.includes("50%") && words.some((w) => w.includes("labels that a try gets wrong")) && words.some((w) => w.startsWith("Alice ")), "words of the saved tries", words.join(", "));
  await page.menu(false);
}

// What was measured has another mark in the legend than what is a fit, and the two fits have different ones.
export async function legendTellsApart(page) {
  const marks = await page.tab.$$eval("#separation-chart .u-legend .u-series", (rows) => rows.map((row) => {
    const style = getComputedStyle(row.querySelector(".u-marker"));
    return { label: row.textContent, mark: `${style.borderTopStyle} ${style.borderTopWidth} ${style.backgroundColor === "rgba(0, 0, 0, 0)" ? "line" : "dot"}` };
  }));
  const measured = marks.filter((m) => m.label.includes("measured")).map((m) => m.mark), fits = marks.filter((m) => m.label.includes("extrapolated")).map((m) => m.mark);
  check(measured.length >= 2 && measured.every((m) => m.endsWith("dot")), "marks of what was measured", JSON.stringify(marks));
  check(fits.length === 2 && fits.every((m) => m.endsWith("line") && !m.includes(" 0px")) && fits[0] !== fits[1], "marks of the fits", JSON.stringify(marks));
}

// Both axes have units, and a fit has many corners.
export async function savedIsWhole(page) {
  const { words, corners } = await saved(page, "#separation-svg");
  check(words.some((w) => / (s|ms|µs|y)$/.test(w)) && words.some((w) => /^n, bits/.test(w)), "units", words.join(", "));
  check(corners.length && corners.every((n) => n >= 60), "a fit is no curve", corners.join());
}

// One result at a time: nothing scrolls on a projector, and nothing sideways on a phone.
export async function neverScrolls(page) {
  for (const [width, height] of [[1280, 720], [1024, 768], [1920, 1080], [390, 844]]) {
    await page.tab.setViewportSize({ width, height });
    for (const tab of await page.tab.$$("#shown [role=tab]")) {
      await tab.click();
      const name = await tab.textContent(), panel = `#${await tab.getAttribute("aria-controls")}`;
      equal(await page.tab.$$eval("#curve section", (all) => all.filter((e) => e.getClientRects().length).map((e) => `#${e.id}`)), [panel], `what ${name} shows`);
      await until(`${name} not to scroll at ${width} x ${height}`, 120, () => page.tab.evaluate(([w, h]) => {
        const { scrollWidth, scrollHeight } = document.documentElement;
        const inner = [...document.querySelectorAll("#curve .scroll")].every((e) => e.scrollWidth <= e.clientWidth);
        return scrollWidth <= w && (w < h || (scrollHeight <= h && inner));
      }, [width, height]));
    }
  }
  await page.tab.click("#shown [role=tab]");
  await page.tab.setViewportSize({ width: 1280, height: 720 });
}

export async function fitsAPhone(page) {
  await page.tab.setViewportSize({ width: 390, height: 844 });
  await until("the chart to be as narrow as the phone", 120, () => page.tab.evaluate(() => document.querySelector("#separation-chart canvas").getBoundingClientRect().width <= innerWidth));
  await page.fits();
  const wide = await page.tab.$$eval("#separation *, #window svg", (all) => all.filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => `${e.localName}.${e.className} ${e.getBoundingClientRect().right}`));
  equal(wide, [], "what does not fit a phone");
  await sliderMatchesAxis(page);
  await page.tab.setViewportSize({ width: 1280, height: 720 });
}
