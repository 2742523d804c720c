// The keyboard, and with it the remote controls of presenters, which press Page Up and Page Down.

import { $ } from "./dom.js";

const ACTS = { ArrowLeft: "back", ArrowRight: "forward", PageUp: "back", PageDown: "forward", Home: "first", End: "last", " ": "play", f: "full", m: "menu" };

export function openMenu(open = $("drawer").hidden) {
  $("drawer").hidden = !open;
  $("menu").setAttribute("aria-expanded", open);
  if (open) $("close").focus();
  else $("menu").focus();
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

// live: whether the film is shown.
export function wireKeys(live) {
  $("menu").onclick = () => openMenu();
  $("close").onclick = () => openMenu(false);
  $("full").onclick = fullScreen;
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey) return;
    if (e.key === "Escape" && !$("drawer").hidden) { openMenu(false); return; }
    if (e.target.closest("input, select, textarea") || (e.key === " " && e.target.closest("button, a, summary"))) return;
    const act = ACTS[e.key];
    if (!act || (act !== "full" && (!live() || (!$("drawer").hidden && act !== "menu")))) return;
    e.preventDefault();
    $(act).click();
  });
}
