// The stage: three figures, the message under way between them, one picture, and what is said on top. All of it is in the
// scene (scene.js).

import { $, element, put } from "./dom.js";
import { renderPicture } from "./pictures.js";
import { sceneOf } from "./scene.js";
import { BETWEEN, BETWEEN_PINNED, SCENARIOS, STEPS, stepWords, titleOf, wireWords } from "./story.js";
import { hasBetween, stepsInOrder } from "./state.js";
import { renderTries } from "./tries.js";

const NAMES = { alice: "Alice", bob: "Bob" };

function chatLine({ side, text }) {
  return element("li", { children: [element("span", { className: `who ${side}`, text: NAMES[side] }), document.createTextNode(text)] });
}

function renderFigure(side, { words, says, chat }) {
  put(`fingerprint-${side}`, words);
  const lines = says.map((text) => element("p", { text }));
  if (lines.length) lines.push(element("p", { children: [element("span", { className: "private", text: "private" })] }));
  $(`says-${side}`).replaceChildren(...lines);
  $(`chat-${side}`).replaceChildren(...chat.map(chatLine));
}

let underWay = "";

// A new message is a new element, so that it sets out from its own side.
function renderMessage(message) {
  const key = JSON.stringify(message);
  if (key === underWay) return;
  underWay = key;
  $("wire").replaceChildren(...(message ? [element("div", { className: "message", data: { from: message.from }, children: [element("b", { text: message.name }), element("span", { text: message.size })] })] : []));
}

// What is said of this moment.
function tellingOf(state, scene, level) {
  const about = SCENARIOS[state.scenario?.name];
  if (scene.picture === "idle") return ["Parley", "Two programs agree on a secret key over a line that anybody may listen to."];
  if (scene.picture === "noise") return ["Too much noise", "Bob lies more and more often. Who still learns his secret?"];
  if (hasBetween(state)) return [titleOf(state.scenario.name, state.params), (state.scenario.name === "attacker-pinned" ? BETWEEN_PINNED : BETWEEN)[level]];
  if (scene.picture === "ready") return [titleOf(state.scenario.name, state.scenario.params), about?.goal[level] ?? ""];
  if (state.eve.read && scene.picture === "chat") return ["The moment of truth", "Eve has the key, and what was sealed lies open."];
  if (scene.picture === "chat") return ["The chat", state.eve.verdict?.key_recovered ? "Eve has the same bytes, and the key." : state.eve.verdict ? "Eve has the same bytes, and cannot read them." : "Alice and Bob talk, sealed with their key. Eve has the same bytes."];
  return [`${scene.step} ${STEPS[scene.step].title}`, stepWords(scene.step, state.task, state.words, level)];
}

// Of goal, question and look-at the one that belongs to this moment: the question while the two work, then where to look.
export function lessonOf(state, scene) {
  const about = SCENARIOS[state.scenario?.name];
  if (!about || scene.picture === "ready") return null;
  const late = ["chat", "noise"].includes(scene.picture) || (scene.between && (scene.alice.words || scene.bob.words || state.sides.alice.error || state.sides.alice.closed));
  const part = late ? "look" : ["hello"].includes(scene.picture) ? "goal" : "question";
  return { part, about };
}

const PARTS = { goal: "Goal", question: "Question", look: "Look at" };
let marked = [];

function renderLesson(state, scene, level) {
  const lesson = lessonOf(state, scene);
  $("lesson").hidden = !lesson;
  for (const e of marked) e.classList.remove("looked-at");
  marked = [];
  if (!lesson) return;
  $("lesson").dataset.part = lesson.part;
  put("lesson-name", PARTS[lesson.part]);
  put("lesson-text", lesson.about[lesson.part][level]);
  $("answer").hidden = lesson.part === "goal";
  put("answer-text", `${lesson.part === "look" ? `${lesson.about.question[level]} ` : ""}${lesson.about.answer[level]}`);
  if (lesson.part !== "look") return;
  marked = [...document.querySelectorAll(lesson.about.at)].filter((e) => e.offsetParent !== null);
  for (const e of marked) e.classList.add("looked-at");
}

function renderEve(state, scene, level, control) {
  const { eve } = scene, between = hasBetween(state);
  $("eve-panel").hidden = scene.picture === "noise" || scene.picture === "idle";
  $("eve-panel").dataset.at = eve.at;
  put("name-eve", between ? "Somebody in between" : eve.at ? "Eve" : "Eve listens");
  $("eve").hidden = between || !control;
  put("eve", state.eve.on ? "Turn Eve off" : "Turn Eve on");
  $("eve").setAttribute("aria-pressed", state.eve.on);
  put("wire-words", between ? (state.scenario.name === "attacker-pinned" ? "She has neither secret key, and gets no further." : "She labels for Alice, makes recipes for Bob, and passes on what they say.") : state.onWire ? wireWords(state.task, state.words, level) : "");
  put("learning-now", eve.says);
  $("tries").hidden = $("eve-numbers").hidden = !eve.at;
  put("risk", eve.risk);
  $("risk").title = eve.range;
  put("n-tries", eve.tries);
  put("expected", eve.expected);
  if (eve.at) renderTries($("tries"), state);
}

function renderChips(state, scene) {
  $("chips").hidden = !!scene.between || scene.picture === "noise";
  $("chips").replaceChildren(...stepsInOrder(state.steps).map((step) => {
    const chip = element("button", { text: step.name });
    chip.type = "button";
    chip.title = STEPS[step.name].title;
    const row = element("li", { children: [chip], className: `${step.done ? "done" : ""} ${scene.step === step.name ? "last" : ""}` });
    if (scene.step === step.name) chip.setAttribute("aria-current", "step");
    row.dataset.step = step.name;
    return row;
  }));
}

export function renderStage(state, level, room) {
  const scene = sceneOf(state);
  put("pill", scene.pill.word);
  $("pill").dataset.kind = scene.pill.kind;
  put("wrong", state.refused.join("\n"));
  put("scenario-title", state.scenario ? titleOf(state.scenario.name, state.scenario.params) : state.params ?? "");
  const [title, words] = tellingOf(state, scene, level);
  put("step-title", title);
  put("step-words", words);
  document.body.dataset.picture = scene.picture;
  renderFigure("alice", scene.alice);
  renderFigure("bob", scene.bob);
  renderMessage(scene.message);
  renderPicture(scene.picture, state, level, room);
  renderEve(state, scene, level, room.control);
  renderChips(state, scene);
  renderLesson(state, scene, level);
}
