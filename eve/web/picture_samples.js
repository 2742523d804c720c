// The pictures themselves: a part of the samples as they passed, plain ones and composed ones, which look the same.

import { colour, element } from "./dom.js";
import { heapWords } from "./picture_words.js";

const bit = (data, i) => (data.charCodeAt(i >> 3) >> (i & 7)) & 1;

// From 0 to 1. An entry is a bit, or a byte: the high one of a number.
const shadeOf = (data, bits, i) => (bits === 8 ? data.charCodeAt(i) / 255 : bit(data, i));

function paint(canvas, entries64, labels64, { rows, columns, entry_bits: bits = 1 }) {
  const entries = atob(entries64), labels = labels64 ? atob(labels64) : null, cell = 4, gap = 3;
  canvas.width = (columns + gap + 2) * cell;
  canvas.height = rows * cell;
  const c = canvas.getContext("2d"), ink = colour("--ink"), label = colour("--bob");
  const square = (shade, x, r, width, fill) => {
    c.globalAlpha = shade;
    c.fillStyle = fill;
    if (shade) c.fillRect(x * cell, r * cell, width * cell, cell);
  };
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < columns; j++) square(shadeOf(entries, bits, r * columns + j), j, r, 1, ink);
    if (labels) square(shadeOf(labels, bits, r), columns + gap, r, 2, label);
  }
}

const KINDS = ["plain", "composed"];

// Which of the two stands at the left: by the samples themselves, so that the class cannot know it.
const sidesOf = ({ plain }) => ([...atob(plain)].reduce((sum, c) => sum ^ c.charCodeAt(0), 0) % 2 ? [...KINDS].reverse() : KINDS);

// Before Bob has answered, which of the two is composed is a question to the class, and the answer is behind a press.
export const samples = {
  data: (state, level) => ({ id: state.samples?.id ?? null, all: state.samples, words: heapWords(state.task, level), labelled: !!state.steps.B2 }),
  draw(where, { all, words, labelled }, say) {
    if (!all) {
      where.append(element("p", { className: "quiet", text: say.underway }));
      return;
    }
    const tell = () => KINDS.forEach((kind, i) => {
      where.querySelector(`#${kind}`).setAttribute("aria-label", words[i]);
      where.querySelector(`#${kind} + figcaption`).textContent = labelled ? `${words[i]}${say.labels}` : words[i];
    });
    where.append(element("div", { className: "pair", children: sidesOf(all).map((kind, i) => {
      const canvas = element("canvas");
      canvas.id = kind;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", say.heaps[i]);
      paint(canvas, all[kind], labelled ? all[`${kind}_labels`] : null, all);
      return element("figure", { children: [canvas, element("figcaption", { text: say.heaps[i] })] });
    }) }));
    if (labelled) {
      tell();
      return;
    }
    const show = element("button", { text: say.show });
    show.id = "which";
    show.type = "button";
    show.onclick = () => { show.remove(); tell(); };
    where.append(show);
  },
};
