// For the youngest: a photograph under three of eight pictures of noise. The noise follows from the seed; the photograph is
// drawn here.

import { bitsOf, figure, noise, paragraph, xor } from "./how_draw.js";
import { element } from "./dom.js";

const SIDE = 32;

// A cat that looks at you: a dot is black where it says so.
export function photograph() {
  const bits = new Uint8Array(SIDE * SIDE);
  const inside = (x, y, cx, cy, rx, ry) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const m = Math.min(x, SIDE - 1 - x); // both halves are alike
      let black = inside(x, y, 15.5, 18, 12, 10.5) || (m >= 4 && m <= 10 && y >= 3 && y <= 14 && y - 3 >= Math.abs(m - 5) * 1.6);
      if (inside(m, y, 10.3, 16, 2.7, 2.4)) black = inside(m, y, 10.6, 16, 1, 2.2); // eyes
      if (inside(x, y, 15.5, 21, 1.6, 1.1) || (m === 15 && y >= 21 && y <= 23) || (y === 24 && (m === 13 || m === 14)) || (y === 23 && m === 12)) black = false; // nose, mouth
      if ((y === 20 || y === 23) && m >= 0 && m <= 8) black = m > 5 ? false : m % 2 === 0 || inside(x, y, 15.5, 18, 12, 10.5); // whiskers
      bits[y * SIDE + x] = black ? 1 : 0;
    }
  return bits;
}

// Which three Eve takes at her guess number: not the right ones, of which she would have to be lucky.
function guessed(caption, number) {
  const all = [];
  for (let a = 0; a < 8; a++) for (let b = a + 1; b < 8; b++) for (let c = b + 1; c < 8; c++) all.push([a, b, c]);
  const right = [...caption].sort((a, b) => a - b).join();
  return all.filter((t) => t.join() !== right)[(number * 17 + 5) % 55];
}

export function tiles() {
  let data = null;
  const load = async (run) => {
    if (data) return data;
    const { tiles, caption } = await run.ask("tiles"), bits = tiles.map((hex) => bitsOf(hex));
    return (data = { bits, caption, hidden: caption.reduce((sum, t) => xor(sum, bits[t]), photograph()) });
  };
  const column = ({ bits, hidden }, chosen, n, who) => {
    const used = chosen.slice(0, n), left = used.reduce((sum, t) => xor(sum, bits[t]), hidden), open = who === "alice" && n === 3;
    const row = element("div", { className: "row", children: bits.map((b, t) =>
      figure(`bit ${used.at(-1) === t ? "now" : used.includes(t) ? "" : "faint"}`, noise(b, `picture ${t + 1}, noise${used.includes(t) ? ", taken" : ""}`), String(t + 1))) });
    const taken = used.map((t) => t + 1).join(", ");
    return [row,
      figure("sofar", noise(left, open ? "a cat that looks at you" : "noise"), n ? `without ${taken}` : "the picture that hides a photograph", { taken, open: String(open) }),
      paragraph(n === 0 ? (who === "alice" ? `The caption says: ${chosen.map((t) => t + 1).join(", ")}` : "No caption: three of eight, 56 ways")
        : n < 3 ? "still noise" : open ? "The photograph!" : "Noise. 55 other ways to try.", "big")];
  };
  const stop = (n) => ({ chapter: "puzzle", async draw(run) {
    const d = await load(run);
    return { alice: column(d, d.caption, n, "alice"), eve: column(d, guessed(d.caption, 0), n, "eve") };
  } });
  return [0, 1, 2, 3].map(stop);
}
