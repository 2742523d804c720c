// One phone on the wall: its tile, and the same large, when it is its turn.

import { say } from "./tongue.js";
import { describeBriefly, describeEve, describeState, describeWords, lastLine } from "./wall-words.js";

export function element(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

export function button(text, act, label) {
  const b = element("button", "", text);
  b.type = "button";
  if (label) {
    b.title = label;
    b.setAttribute("aria-label", label);
  }
  b.addEventListener("click", act);
  return b;
}

// Whose phone it is, so that nobody else is meant who has its tile by then.
export const whose = (p) => `${p.number}:${p.joined}`;

const bdi = (text) => element("bdi", "", text); // a name's letters stay among themselves

// Who says it is not only a name, which anybody could have: Bob's lines have his colour, and stand on the right.
// What he passes on is said in the words that the phones have for it.
// known: whose the name is, Bob has told; else it is what she told Bob, and anybody can say so.
function drawLine(tag, p, { side, text, cut, from, known }) {
  const line = element(tag, side), who = element("b");
  who.append(bdi(side === "alice" ? p.name : from ?? "Bob"), !from ? ": " : known ? say(", through Bob: ") : say(", as Bob calls her: "));
  line.append(who, bdi(text + (cut ? "..." : "")));
  return line;
}

function drawWords(p, bobTells) {
  return describeWords(p, bobTells).map(([who, words, className]) => {
    const line = element("div", `words ${className}`);
    line.append(element("span", "who", who), words);
    return line;
  });
}

function mark(e, p) {
  e.dataset.state = p.state;
  e.dataset.eve = p.eve;
  e.classList.toggle("worded", !!p.words);
}

// pick: it is shown large; off: what takes it off the wall, or null.
// hide: what hides a line of it, or null.
export function drawTile(p, { bobTells, picked, pick, off, hide }) {
  const tile = element("li", "tile"), name = element("div", "name"), chosen = button("", pick);
  mark(tile, p);
  tile.dataset.number = p.number;
  tile.classList.toggle("picked", picked);
  chosen.className = "pick";
  chosen.setAttribute("aria-pressed", picked);
  chosen.title = p.name;
  chosen.append(bdi(p.name));
  name.append(chosen, element("span", "set", p.set));
  if (off) name.append(off);
  const step = element("div", "step");
  step.append(p.experimental ? say("experimental") : "", element("span", "state", (p.experimental ? "; " : "") + describeState(p)));
  const short = element("div", "short");
  short.setAttribute("aria-hidden", true); // in more words it is there already
  short.append(element("span", "set", p.set), element("span", "brief", describeBriefly(p)));
  tile.append(name, step, ...drawWords(p, bobTells), element("div", "eve", describeEve(p)), short);
  if (p.chat.length) {
    const chat = element("ul");
    chat.tabIndex = 0; // it scrolls, by the keyboard too
    chat.setAttribute("aria-label", say`what \u2068${p.name}\u2069 and Bob say, as Eve reads it`);
    for (const line of p.chat) {
      const li = drawLine("li", p, line);
      if (hide) li.append(hide(line));
      chat.append(li);
    }
    tile.append(chat);
  }
  return tile;
}

export function drawOne(p, bobTells) {
  const head = element("p", "head"), who = element("b");
  who.append(bdi(p.name));
  head.append(who, element("span", "", p.set), element("span", "", describeState(p)), element("b", "eve", describeEve(p)));
  const line = lastLine(p), all = [head, ...drawWords(p, bobTells)];
  if (line) {
    all.push(drawLine("p", p, line));
    all.at(-1).classList.add("said");
  }
  return all;
}
