// The chat as it is on the wire: sealed blocks, which open in place once Eve has the key.

import { element } from "./dom.js";
import { say } from "./tongue.js";

const SEAL = 18; // bytes of a sealed message that are none of its text
const size = (text) => new TextEncoder().encode(text).length;

// The sealed messages that hold something said: a side's first one has its name, an empty one ends what it says.
export function talk(sealed) {
  const named = new Set();
  return sealed.filter(({ side, bytes }) => {
    const first = !named.has(side);
    named.add(side);
    return !first && bytes > SEAL;
  });
}

// What of the chat is in which of these: the lines of a side come in order, each with the byte of its newline, and a long
// one may need several messages. before: bytes of each side of which the lines are not there.
export function opened(messages, lines, before, hidden) {
  const left = { alice: lines.filter((l) => l.side === "alice"), bob: lines.filter((l) => l.side === "bob") }, rest = { alice: 0, bob: 0, ...before };
  return messages.map(({ side, bytes }) => {
    const texts = [];
    let inside = bytes - SEAL;
    if (rest[side] > 0) {
      const more = Math.min(rest[side], inside);
      rest[side] -= more;
      inside -= more;
      texts.push("\u2026");
    }
    while (inside > 0 && left[side].length) {
      const line = left[side].shift();
      const bytes = line.bytes ?? size(line.text);
      texts.push(line.hidden ? hidden : `${line.text}${line.cut ? "\u2026" : ""}`);
      rest[side] = Math.max(0, bytes + 1 - inside);
      inside -= bytes + 1;
    }
    return texts.join(" ");
  });
}

const MOST = 8; // messages that are shown
const NAMES = { alice: "Alice", bob: "Bob" };

export const chat = {
  data: (state) => {
    const messages = talk(state.sealed), read = state.eve.read, texts = read ? opened(messages, read.lines, read.before, say("(hidden)")) : null;
    return { sealed: messages.slice(-MOST).map(({ side, bytes, hex }) => ({ side, bytes, hex })), texts: texts?.slice(-MOST) ?? null, left: Math.max(0, messages.length - MOST) };
  },
  draw(where, { sealed, texts, left }, words) {
    const list = element("ul", { className: "wired" });
    list.id = "chat-eve";
    if (left) list.append(element("li", { className: "quiet", text: words.more(left) }));
    sealed.forEach((e, i) => {
      const text = texts ? texts[i] : `${e.hex}${e.hex.length < 2 * e.bytes ? "\u2026" : ""}`;
      list.append(element("li", { className: texts ? "open" : "sealed", data: { from: e.side }, children: [element("span", { className: `who ${e.side}`, text: NAMES[e.side] }), element("span", { className: "inside", text })] }));
    });
    where.append(element("h3", { text: texts ? words.open : sealed.length ? words.sealed : words.begins }), list);
  },
};
