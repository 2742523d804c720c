// What the projector shows: tiles, the code where phones join, or the table; and in which form tiles fit on it.

import { $ } from "./dom.js";

const FORMS = ["whole", "brief", "short", "dense", "pair", "line"], VIEWS = ["tiles", "code", "table"];
const AGAIN_MS = 8000; // between two looks for a larger form
let chosen = null, usual = "code", least = 0, n_before = 0, begun = 0, showOne = null;

export const view = () => chosen ?? usual;

function render() {
  document.body.dataset.view = view();
  for (const [id, which] of [["larger", "code"], ["whole", "table"]]) $(id).setAttribute("aria-pressed", view() === which);
}

function go(to) {
  chosen = to;
  render();
  least = 0;
  fit();
}

// As long as nobody is here the code is shown, large; then the tiles, unless the lecturer wants something else.
export function showUsual(anybody) {
  const now = anybody ? "tiles" : "code";
  if (now === usual) return;
  usual = now;
  if (chosen === now) chosen = null;
  render();
}

/** Takes the first form in which all tiles fit. While phones agree, or for a moment after, it becomes only smaller, so that
    a line that comes and goes does not move the others. */
export function fit(busy = false) {
  chooseForm(busy);
  showWholeRows();
}

function chooseForm(busy) {
  const list = $("tiles"), n = list.children.length;
  if (n < n_before || (!busy && Date.now() - begun > AGAIN_MS)) {
    least = 0;
    begun = Date.now();
  }
  n_before = n;
  for (let i = least; i < FORMS.length; i++) {
    document.body.dataset.form = FORMS[least = i];
    document.body.dataset.small = isSmall();
    showOne();
    if (view() !== "tiles" || list.scrollHeight <= list.clientHeight + 1) return;
  }
}

// Of the table beside the tiles a row is shown whole or not at all: the others are behind t.
function showWholeRows() {
  const { bottom } = $("costs").closest(".scroll").getBoundingClientRect();
  for (const row of $("costs").rows) row.classList.toggle("cut", view() === "tiles" && row.getBoundingClientRect().bottom > bottom + 1);
}

const isSmall = () => least >= FORMS.indexOf("short");
// Of a tile its words do not show.
export const isWordless = () => least >= FORMS.indexOf("pair");

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

const turn = (by) => VIEWS[(VIEWS.indexOf(view()) + by + VIEWS.length) % VIEWS.length];
const other = (which) => (view() === which ? "tiles" : which);

// j: the code, t: the table, each back to the tiles as well; Page Up and Page Down, as presenters' remotes have them, turn.
const ACTS = { j: () => other("code"), t: () => other("table"), Escape: () => "tiles", PageDown: () => turn(1), PageUp: () => turn(-1) };

export function wireView(one) {
  showOne = one;
  $("larger").addEventListener("click", () => go(other("code")));
  $("whole").addEventListener("click", () => go(other("table")));
  addEventListener("resize", () => { least = 0; fit(); });
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.defaultPrevented || (e.target.closest("input") && !e.key.startsWith("Page"))) return;
    if (e.key === "f") fullScreen();
    else if (ACTS[e.key]) go(ACTS[e.key]());
    else return;
    e.preventDefault();
  });
  render();
}
