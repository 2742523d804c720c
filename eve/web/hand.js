// The puzzle by hand, on the projector and on a phone: ten rows of eight bits with labels, eight buttons for the places of
// s. How many labels agree is said only when somebody asks.

import { element } from "./dom.js";
import { say } from "./tongue.js";

// The label that a choice of places gives a row.
export const labelOf = (row, secret) => [...row].reduce((sum, bit, i) => sum ^ (bit === "1" && secret[i] === "1" ? 1 : 0), 0);

export const agreeing = (puzzle, secret) => puzzle.rows.filter((row, i) => labelOf(row, secret) === puzzle.labels[i]).length;

// {element, secret(), toggle(i), ask(), reveal(answer)}; moved: called when a place is chosen or left.
export function handBoard(puzzle, moved = () => {}) {
  const chosen = Array(puzzle.rows[0].length).fill("0"), buttons = [], rows = [], marks = [];
  const column = (text, className) => { const th = element("th", { text, className }); th.scope = "col"; return th; };
  const heads = element("tr", { children: [element("td"), ...chosen.map((_, i) => column(String(i + 1), "")), column(say("Bob says"), "label"), element("td", { className: "mark" })] });
  const places = element("tr", { children: [element("th", { text: "s" })] });
  chosen.forEach((_, i) => {
    const button = element("button", { text: "0" });
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-label", say`place ${i + 1}`);
    button.onclick = () => toggle(i);
    buttons.push(button);
    places.append(element("td", { children: [button] }));
  });
  places.append(element("td", { className: "label" }), element("td", { className: "mark" }));
  puzzle.rows.forEach((row, i) => {
    const mark = element("td", { className: "mark" });
    const tr = element("tr", { children: [element("th", { text: String(i + 1) }), ...[...row].map((bit) => element("td", { text: bit, className: bit === "1" ? "one" : "" })), element("td", { text: puzzle.labels[i] ? say("1 odd") : say("0 even"), className: "label" }), mark] });
    tr.firstChild.scope = "row";
    rows.push(tr);
    marks.push(mark);
  });
  places.firstChild.scope = "row";
  const table = element("table", { className: "board", children: [element("thead", { children: [heads] }), element("tbody", { children: rows }), element("tfoot", { children: [places] })] });
  table.setAttribute("aria-label", say("ten rows of bits, what Bob says of each, and the places that you choose"));

  function show() {
    chosen.forEach((bit, i) => {
      buttons[i].textContent = bit;
      buttons[i].setAttribute("aria-pressed", bit === "1");
    });
    for (const tr of rows) [...tr.cells].slice(1, 9).forEach((td, i) => td.classList.toggle("counts", chosen[i] === "1"));
    for (const mark of marks) mark.textContent = "";
  }
  function toggle(i) {
    chosen[i] = chosen[i] === "1" ? "0" : "1";
    show();
    moved();
  }
  const secret = () => chosen.join("");
  // The answer with what it says of each row.
  function reveal(answer) {
    [...answer.secret].forEach((bit, i) => { chosen[i] = bit; });
    show();
    rows.forEach((tr, i) => {
      tr.classList.toggle("lie", i === answer.lie);
      marks[i].textContent = i === answer.lie ? say("the lie") : "\u2713";
    });
  }
  show();
  return { element: table, secret, toggle, reveal, ask: () => agreeing(puzzle, secret()) };
}
