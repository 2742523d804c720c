// For the youngest: a picture under three of eight pictures of noise. The noise follows from the seed; the picture is one
// that is drawn here, until somebody puts a photograph of their own in its place.

import { bitsOf, figure, grid, paragraph, xor } from "./how_draw.js";
import { element } from "./dom.js";
import { dotsOfFile } from "./how_own.js";
import { say, sayAll } from "./tongue.js";

const SIDE = 64;

// A cat that looks at you: a dot is black where it says so.
export function drawing() {
  const bits = new Uint8Array(SIDE * SIDE), last = 31; // of the grid that it is drawn on, two dots for each place there
  const inside = (x, y, cx, cy, rx, ry) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;
  for (let i = 0; i < bits.length; i++) {
    const x = ((i % SIDE) >> 1), y = Math.floor(i / SIDE) >> 1, m = Math.min(x, last - x); // both halves are alike
    let black = inside(x, y, 15.5, 18, 12, 10.5) || (m >= 4 && m <= 10 && y >= 3 && y <= 14 && y - 3 >= Math.abs(m - 5) * 1.6);
    if (inside(m, y, 10.3, 16, 2.7, 2.4)) black = inside(m, y, 10.6, 16, 1, 2.2); // eyes
    if (inside(x, y, 15.5, 21, 1.6, 1.1) || (m === 15 && y >= 21 && y <= 23) || (y === 24 && (m === 13 || m === 14)) || (y === 23 && m === 12)) black = false; // nose, mouth
    if ((y === 20 || y === 23) && m >= 0 && m <= 8) black = m > 5 ? false : m % 2 === 0 || inside(x, y, 15.5, 18, 12, 10.5); // whiskers
    bits[i] = black ? 1 : 0;
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

const WORDS = sayAll({
  drawn: { hides: "the picture that hides a drawing", found: "The drawing!", spoken: "a cat that looks at you" },
  own: { hides: "the picture that hides yours", found: "Your picture!", spoken: "the picture that was chosen" },
});

// What is hidden: kept while this page lasts, whichever session it shows.
let own = null, wrong = "";

function chooser(run) {
  const input = element("input"), label = element("label", { className: "own", text: say("A photograph of your own: ") });
  Object.assign(input, { type: "file", accept: "image/*", id: "own" });
  input.onchange = async () => {
    try {
      own = input.files.length ? await dotsOfFile(input.files[0], SIDE) : null;
      wrong = "";
    } catch {
      wrong = say`${input.files[0].name} is no picture that this browser can read.`;
    }
    run.redraw();
  };
  label.append(input);
  return element("div", { className: "row", children: [label, paragraph(wrong || (own ? say("It is on this device alone.") : say("It stays on this device.")), wrong ? "off" : "quiet")] });
}

export function tiles(run) {
  let data = null;
  const load = async () => {
    if (!data) {
      const { tiles: hex, caption } = await run.ask("tiles");
      data = { bits: hex.map((h) => bitsOf(h)), caption };
    }
    return { ...data, words: WORDS[own ? "own" : "drawn"], hidden: data.caption.reduce((sum, t) => xor(sum, data.bits[t]), own ?? drawing()) };
  };
  const dots = (bits, spoken) => grid(bits, [null, "--ink"], spoken, SIDE, 4);
  const column = ({ bits, hidden, words }, chosen, n, who) => {
    const used = chosen.slice(0, n), left = used.reduce((sum, t) => xor(sum, bits[t]), hidden), open = who === "alice" && n === 3;
    const row = element("div", { className: "row", children: bits.map((b, t) =>
      figure(`bit ${used.at(-1) === t ? "now" : used.includes(t) ? "" : "faint"}`, dots(b, used.includes(t) ? say`picture ${t + 1}, noise, taken` : say`picture ${t + 1}, noise`), String(t + 1))) });
    const taken = used.map((t) => t + 1).join(", ");
    return [row,
      figure("sofar", dots(left, open ? words.spoken : say("noise")), n ? say`without ${taken}` : words.hides, { taken, open: String(open) }),
      paragraph(n === 0 ? (who === "alice" ? say`The caption says: ${chosen.map((t) => t + 1).join(", ")}` : say("No caption: three of eight, 56 ways"))
        : n < 3 ? say("still noise") : open ? words.found : say("Noise. 55 other ways to try."), "big")];
  };
  const stop = (n) => ({ chapter: "puzzle", async draw() {
    const d = await load();
    return { lead: n === 0 ? [chooser(run)] : [], alice: column(d, d.caption, n, "alice"), eve: column(d, guessed(d.caption, 0), n, "eve") };
  } });
  return [0, 1, 2, 3].map(stop);
}
