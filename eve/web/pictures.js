// The one picture in the middle: each kind has a file of its own and is drawn again only where its data have changed.

import { $, darkness } from "./dom.js";
import { hello, idle, ready } from "./picture_hello.js";
import { samples } from "./picture_samples.js";
import { learned } from "./picture_learned.js";
import { masks } from "./picture_masks.js";
import { compare } from "./picture_compare.js";
import { chat } from "./picture_chat.js";
import { between } from "./picture_between.js";
import { noise } from "./picture_noise.js";
import { picturesIn } from "./picture_words.js";

// data: what it is drawn from, as plain values; draw: puts it into the element, which has been emptied. say: its words.
const KINDS = { idle, ready, hello, samples, learned, masks, compare, chat, between, noise };

let drawn = null, leave = null;

export function renderPicture(kind, state, level, room) {
  const data = KINDS[kind].data(state, level), on = `${kind} ${level} ${darkness().matches} `, key = on + JSON.stringify(data), say = picturesIn(level);
  if (key === drawn) return;
  const where = $("picture"), same = drawn?.startsWith(on);
  drawn = key;
  if (same && KINDS[kind].update?.(where, data)) return;
  leave?.();
  where.dataset.kind = kind;
  where.replaceChildren();
  leave = KINDS[kind].draw(where, data, say, room) ?? null;
}
