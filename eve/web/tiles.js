// A picture of a session: n bits as a square of dots, drawn on a canvas in the colours of the page.

import { colour, element } from "./dom.js";
import { say } from "./tongue.js";

export const bitsOf = (hex) => [...hex].flatMap((_, i) => (i % 2 ? [] : [parseInt(hex.slice(i, i + 2), 16)])).flatMap((byte) => Array.from({ length: 8 }, (_, b) => (byte >> b) & 1));

// Dots of whole pixels, so that nothing blurs; its size on the page is the style sheet's.
export function tile(hex, name) {
  const bits = bitsOf(hex), side = Math.ceil(Math.sqrt(bits.length)), canvas = element("canvas", { className: "tile" });
  canvas.width = canvas.height = side;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", name);
  const draw = canvas.getContext("2d");
  draw.fillStyle = colour("--field") || "#fff";
  draw.fillRect(0, 0, side, side);
  draw.fillStyle = colour("--ink") || "#000";
  bits.forEach((bit, i) => { if (bit) draw.fillRect(i % side, Math.floor(i / side), 1, 1); });
  return canvas;
}

// Pictures with what Bob has said of them.
export function knownTiles(known) {
  return element("ul", { className: "known", children: known.map(({ picture, label }, i) =>
    element("li", { children: [tile(picture, say`picture ${i + 1}, for which Bob says ${label ? say("yes") : say("no")}`), element("b", { text: label ? say("yes") : say("no") })] })) });
}
