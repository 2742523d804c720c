// What the lecturer does with the whole room: close it and open it again, clear tiles, let phones in.

import { element, put } from "./dom.js";
import { say } from "./tongue.js";

const $ = (id) => document.getElementById(id);
let closed = false, doorShown = "", change = null;

// What cannot be taken back is asked once: the first press turns the button into the question, the second is the answer.
// Escape, or leaving the button, is no; the second half of a double click is none.
const AT_LEAST_MS = 400;
function askTwice(button, question, needed, act) {
  const text = button.textContent;
  let asked = 0;
  const rest = () => {
    if (asked) button.textContent = text;
    asked = 0;
    button.classList.remove("asked");
  };
  button.addEventListener("click", () => {
    if (asked && performance.now() - asked < AT_LEAST_MS) return;
    if (!asked && needed()) {
      asked = performance.now();
      button.classList.add("asked");
      button.textContent = question;
      return;
    }
    rest();
    act();
  });
  button.addEventListener("blur", rest);
  button.addEventListener("keydown", (e) => {
    if (e.key === "Escape") rest();
    if (e.repeat) e.preventDefault(); // a key that is held down answers nothing
  });
}

// Who waits at the door. Names are behind a click: they may be what somebody was taken off for.
function showDoor({ guarded, waiting }) {
  const key = JSON.stringify([guarded, waiting]);
  if (key === doorShown) return;
  doorShown = key;
  $("door").hidden = !guarded && waiting.length === 0;
  put("door-count", waiting.length === 0 ? say("Nobody waits at the door") : say`Phones that ask to come in: ${waiting.length}`);
  const list = $("waiting"), focused = document.activeElement?.dataset.waits;
  list.replaceChildren(...waiting.map(({ number, name }) => {
    const button = element("button", { text: say("Let in") });
    button.type = "button";
    button.dataset.waits = number;
    button.setAttribute("aria-label", say`Let \u2068${name}\u2069 in`);
    button.addEventListener("click", () => change({ let_in: number }));
    return element("li", { children: [element("bdi", { text: name }), " ", button] });
  }));
  if (focused) (list.querySelector(`[data-waits="${focused}"]`) ?? list.querySelector("button") ?? $("door-count")).focus();
}

export function showRoom(room) {
  closed = room.closed;
  if (!$("close").classList.contains("asked")) $("close").textContent = closed ? say("Open the room again") : say("Close the room");
  $("show-hidden").hidden = !room.hidden;
  showDoor(room.door);
}

/** send: posts a change of the room. */
export function leadRoom(send) {
  change = send;
  askTwice($("close"), say("Really end all sessions?"), () => !closed, () => change(closed ? { open: true } : { close: true }));
  askTwice($("clear"), say("Really clear all that have ended?"), () => true, () => change({ clear_ended: true }));
  $("show-hidden").addEventListener("click", () => change({ show_hidden: true }));
  $("open-door").addEventListener("click", () => change({ open_door: true }));
}
