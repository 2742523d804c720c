// n = 8 by hand, on the projector and on paper: the rows, the places of s, and the answer behind a press.

import { button, element } from "./dom.js";
import { handBoard } from "./hand.js";
import { get } from "./server.js";
import { say, several } from "./tongue.js";

const anySeed = () => 1 + Math.floor(Math.random() * 1e6);
const again = () => dispatchEvent(new Event("hashchange")); // the address says another puzzle: the view is made anew

// The puzzle that the address names; null: the server has none, and what it says is on the page.
async function puzzleOf(page) {
  const { settings } = page;
  if (!settings.seed) page.change("seed", anySeed());
  const answer = await get(`puzzle?${new URLSearchParams({ seed: settings.seed, rows: settings.rows })}`);
  if (answer.ok) return answer.json();
  page.wrong(await answer.text());
  return null;
}

function rowsChoice(page) {
  const rows = element("select", { children: [new Option(say("few ones in a row"), "light"), new Option(say("any rows, as in a session"), "uniform")] });
  rows.value = page.settings.rows === "uniform" ? "uniform" : "light";
  rows.setAttribute("aria-label", say("which rows"));
  rows.onchange = () => { page.change("rows", rows.value); again(); };
  return rows;
}

export async function handView(page) {
  const { settings } = page, puzzle = await puzzleOf(page);
  if (!puzzle) return { element: element("p"), update() {} };
  let asked = 0, revealed = false, followed = 0;
  const said = element("p", { className: "said" }), why = element("p", { className: "why" }), found = element("p", { className: "found" });
  said.setAttribute("role", "status");
  const board = handBoard(puzzle, () => { said.textContent = ""; });

  const check = button(say("How many agree?"), "", () => {
    asked++;
    const n = board.ask();
    said.textContent = `${say`${n} of ${puzzle.rows.length} labels agree with ${board.secret()}.`} ${several(asked, "One try of 256.|{0} tries of 256.")}`;
  });
  const reveal = () => {
    revealed = true;
    board.reveal(puzzle);
    said.textContent = "";
    show();
  };
  const next = button("", "next", async () => {
    const now = page.state();
    if (revealed) { page.change("seed", anySeed()); again(); }
    else if (open(now)) { await page.act({ close: true }); reveal(); }
    else if (now.phones > 0 && now.control) {
      if (await page.act({ open: "hand", seed: settings.seed, rows: settings.rows })) followed = page.state().round;
    } else reveal();
  });
  const skip = button(say("Reveal"), "", reveal);

  const open = (now) => now?.game === "hand" && now.open && now.round === followed;
  function show() {
    const now = page.state(), phones = now?.phones > 0 && now.control;
    next.textContent = revealed ? say("Another one") : open(now) ? say("Close and reveal") : phones ? say("Show it on the phones") : say("Reveal");
    skip.hidden = revealed || !phones || open(now);
    check.hidden = revealed;
    why.textContent = revealed ? page.words().why(puzzle) : "";
    const named = now?.game === "hand" && now.round === followed ? now.found.filter((name) => name) : []; // of who is gone there is none
    found.textContent = named.length ? say`Solved by ${named.join(", ")}.` : "";
  }
  const side = element("div", { className: "side", children: [check, said, found, why, element("p", { className: "acts", children: [next, skip, button(say("Print"), "", () => print()), rowsChoice(page)] })] });
  // on paper the places are for a pencil
  const paper = element("p", { className: "paper", text: say("s = _ _ _ _ _ _ _ _     Which of the ten is the lie?") });
  return {
    element: element("div", { className: "hand", children: [element("div", { children: [board.element, paper] }), side] }),
    update(now) {
      // whoever opened it: a page that was loaded again, or another one of the lecturer's
      if (!followed && now.game === "hand" && now.open && JSON.stringify(now.puzzle.rows) === JSON.stringify(puzzle.rows)) followed = now.round;
      show();
    },
    key(key) { if (/^[1-8]$/.test(key) && !revealed) board.toggle(Number(key) - 1); },
  };
}
