// The class plays, on a phone that is in the room: what the lecturer opens takes the place of words and chat, which are
// behind a press, so that nothing scrolls; and it is answered once. The ticket is drawn here, and tells the room which
// phone answers.

import { element } from "./dom.js";
import { handBoard } from "./hand.js";
import { knownTiles, tile } from "./tiles.js";
import { heard, say } from "./tongue.js";
import { duration, power } from "./units.js";

const EVERY_MS = 1500;
export const ticket = [...crypto.getRandomValues(new Uint8Array(8))].map((b) => b.toString(16).padStart(2, "0")).join("");

const place = element("section", { className: "play" });
place.id = "play";
place.hidden = true;
place.setAttribute("aria-label", say("The class plays"));
document.querySelector("main").prepend(place);

let token = "", game = null, shown = "", timer = null, wrong = "", round = null, unread = 0;

// ---- which of the two is to be seen: the game, or the words and the chat

const other = button("", () => turn(document.body.dataset.front === "play" ? "talk" : "play"));
other.id = "other";
other.hidden = true;
document.querySelector("main").append(other);

function nameOther() {
  if (document.body.dataset.front !== "play") other.textContent = say("Back to what the class plays");
  else other.textContent = unread ? say`Words and chat (${unread} new)` : say("Words and chat");
}

function turn(front) {
  document.body.dataset.front = front;
  unread = 0;
  nameOther();
}

new MutationObserver((changes) => {
  unread += changes.reduce((sum, c) => sum + c.addedNodes.length, 0);
  nameOther();
}).observe(document.getElementById("chat"), { childList: true });

function playing(is) {
  place.hidden = other.hidden = !is;
  if (!is) delete document.body.dataset.front;
  else if (game.round !== round) turn(document.getElementById("compare").hidden ? "talk" : "play"); // who has no key yet has words to compare first
  round = is ? game.round : null;
}

const ask = (query, post) => fetch(`/play?${new URLSearchParams({ token, ticket, ...query })}`, post ? { method: "POST" } : {});
const yes = (bit) => (bit ? say("yes") : say("no"));

function button(text, act, className = "") {
  const b = element("button", { text, className });
  b.type = "button";
  b.onclick = act;
  return b;
}

async function answer(question, option) {
  for (const b of place.querySelectorAll("button")) b.disabled = true;
  try {
    const said = await ask({ round: game.round, question, option }, true);
    wrong = said.ok ? "" : heard(await said.text());
  } catch {
    wrong = say("the room cannot be reached");
  }
  shown = ""; // again, whatever came of it
  await look();
}

// ---- what there is to play

function vote() {
  const question = game.given.indexOf(null), n = game.pictures.length;
  if (game.open && question >= 0)
    return [element("h2", { text: n > 1 ? say`Picture ${question + 1} of ${n}: what does Bob say?` : say("What does Bob say?") }),
      tile(game.pictures[question].picture, say("a fresh picture")),
      element("p", { className: "two", children: [button(say("Yes"), () => answer(question, 1)), button(say("No"), () => answer(question, 0))] }),
      element("p", { text: say("Of these you know it:") }), knownTiles(game.known)];
  if (game.open) return [element("h2", { text: say("You have voted") }), element("p", { text: say("Look at the projector: what is true comes when all have voted.") })];
  const own = game.pictures.map((p, i) => [p, game.given[i]]).filter(([, given]) => given !== null);
  const right = own.filter(([p, given]) => p.label === given).length, alice = own.filter(([p]) => p.alice === p.label).length;
  return [element("h2", { text: own.length ? say`You had ${right} of ${own.length} right` : say("The vote is over") }),
    ...(own.length ? [element("p", { text: say`Alice, with her captions, had ${alice} of these ${own.length}.` }),
      element("ol", { className: "outcome", children: own.map(([p, given]) => element("li", { children: [tile(p.picture, say("a picture")), element("span", { text: say`Bob ${yes(p.label)}, you ${yes(given)}, Alice ${yes(p.alice)}` })] })) })] : [])];
}

function guess() {
  const params = game.params;
  if (!game.open) return [element("h2", { text: say("Look at the projector") }), element("p", { text: game.given[0] === null ? say`How long Eve needs at ${params} is told there.` : say`Your guess for ${params} was ${duration(10 ** (game.given[0] - 1))}.` })];
  if (game.given[0] !== null) return [element("h2", { text: say`You guess ${duration(10 ** (game.given[0] - 1))}` }), element("p", { text: say("Look at the projector.") })];
  const slider = element("input"), words = element("output", { className: "big" });
  Object.assign(slider, { type: "range", min: 0, max: game.options - 1, step: 1, value: 3 });
  slider.setAttribute("aria-label", say`how long Eve needs at ${params}`);
  const show = () => {
    words.textContent = `${duration(10 ** (slider.value - 1))}, ${power(slider.value - 1)} s`;
    slider.setAttribute("aria-valuetext", duration(10 ** (slider.value - 1)));
  };
  slider.oninput = show;
  show();
  return [element("h2", { text: say`How long will Eve need at ${params}?` }), words, slider, button(say("This is my guess"), () => answer(0, Number(slider.value)))];
}

function hand() {
  const said = element("p");
  said.setAttribute("role", "status");
  const board = handBoard(game.puzzle, () => { said.textContent = ""; tell.hidden = true; });
  const tell = button(say("Tell the class that I have it"), () => answer(0, [...board.secret()].reduce((sum, bit, i) => sum + (bit === "1" ? 2 ** i : 0), 0)));
  tell.hidden = true;
  if (!game.open) {
    board.reveal(game.puzzle);
    return [element("h2", { text: say("This is s") }), board.element];
  }
  const check = button(say("How many agree?"), () => {
    const n = board.ask();
    said.textContent = `${say`${n} of ${game.puzzle.rows.length} labels agree.`} ${n === 9 ? say("One lie: that is it.") : n > 9 ? "" : say("It should be 9.")}`.trim();
    tell.hidden = n !== 9 || game.given[0] !== null;
  });
  return [element("h2", { text: say("Who finds s?") }),
    element("p", { text: say("Choose Bob's places. In each row the ones at these places are an odd or an even number, as he says; one row is a lie.") }),
    board.element, check, said, tell, ...(game.given[0] === null ? [] : [element("p", { className: "done", text: say("You have it. The class knows.") })])];
}

const SHOWN = { vote, guess, hand };

function show() {
  const now = JSON.stringify([game, wrong]), draw = SHOWN[game.game];
  if (now === shown) return;
  shown = now;
  playing(!!draw);
  place.dataset.game = game.game;
  place.replaceChildren(...(draw ? draw() : []), ...(wrong ? [element("p", { className: "wrong", text: wrong })] : []));
}

// Of puzzles only what is new is drawn, so that nobody's choice is lost.
async function look() {
  try {
    const said = await ask({});
    if (said.ok) {
      const before = game?.round;
      game = await said.json();
      if (game.round !== before) wrong = "";
      show();
    }
  } catch {
    // the room is away; the session says so
  }
}

// The phone is in the room from now on, or no longer.
export function play(code) {
  token = code;
  timer ??= setInterval(look, EVERY_MS);
}
export function stopPlaying() {
  clearInterval(timer);
  timer = null;
  playing(false);
  shown = "";
}
