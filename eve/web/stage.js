// The stage: three figures, the message under way between them, one picture, and what is said on top. All of it is in the
// scene (scene.js).

import { $, element, put } from "./dom.js";
import { TELLING } from "./picture_words.js";
import { renderPicture } from "./pictures.js";
import { questionAt } from "./questions.js";
import { BETWEEN, BETWEEN_PINNED, SCENARIOS, titleOf } from "./scenarios.js";
import { sceneOf } from "./scene.js";
import { STEPS, stepWords, wireWords } from "./story.js";
import { hasBetween, stepsInOrder } from "./state.js";
import { say } from "./tongue.js";
import { renderTries } from "./tries.js";
import { raise } from "./units.js";

const NAMES = { alice: "Alice", bob: "Bob" };

function chatLine({ side, text }) {
  return element("li", { children: [element("span", { className: `who ${side}`, text: NAMES[side] }), document.createTextNode(text)] });
}

function renderFigure(side, { words, says, chat }) {
  put(`fingerprint-${side}`, words);
  const lines = says.map((text) => element("p", { text }));
  if (lines.length) lines.push(element("p", { children: [element("span", { className: "private", text: say("private") })] }));
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
  if (scene.picture === "idle") return ["Parley", TELLING.idle[level]];
  if (scene.picture === "noise") return [say("Too much noise"), TELLING.noise[level]];
  if (hasBetween(state)) return [titleOf(state.scenario.name, state.params), (state.scenario.name === "attacker-pinned" ? BETWEEN_PINNED : BETWEEN)[level]];
  if (scene.picture === "ready") return [titleOf(state.scenario.name, state.scenario.params), about?.goal[level] ?? ""];
  if (state.eve.read && scene.picture === "chat") return [say("The moment of truth"), TELLING.read[level]];
  if (scene.picture === "chat") return [say("The chat"), TELLING[state.eve.verdict?.key_recovered ? "found" : state.eve.verdict ? "lost" : "chat"][level]];
  return [`${scene.step} ${STEPS[scene.step].title}`, stepWords(scene.step, state.task, state.words, level)];
}

// What the class is asked at this moment: the scenario's question before it begins, then each step's own; in the end where
// to look, and behind the click the scenario's question once more. {name, text, answer, at}, or null.
function lessonOf(state, scene, level) {
  const about = SCENARIOS[state.scenario?.name];
  const late = ["chat", "noise"].includes(scene.picture) || (scene.between && (scene.alice.words || scene.bob.words || state.sides.alice.error || state.sides.alice.closed));
  if (about && late) return { name: say("Look at"), text: about.look[level], answer: `${about.question[level]} ${about.answer[level]}`, at: about.at };
  if (about && (scene.between || scene.picture === "ready")) return { name: say("Question"), text: about.question[level], answer: about.answer[level] };
  const step = scene.picture === "chat" ? "chat" : scene.step;
  if (!step || scene.picture === "noise") return null;
  const { question, answer } = questionAt(step, level);
  return { name: say("Question"), text: question, answer };
}

let marked = [], asked = "";

function renderLesson(state, scene, level) {
  const lesson = lessonOf(state, scene, level);
  $("lesson").hidden = !lesson;
  for (const e of marked) e.classList.remove("looked-at");
  marked = [];
  if (!lesson) return;
  if (asked !== lesson.text) $("answer").open = false; // another question has an answer of its own
  asked = lesson.text;
  put("lesson-name", lesson.name);
  put("lesson-text", raise(lesson.text));
  put("answer-text", raise(lesson.answer));
  if (!lesson.at) return;
  marked = [...document.querySelectorAll(lesson.at)].filter((e) => e.offsetParent !== null);
  for (const e of marked) e.classList.add("looked-at");
}

function renderEve(state, scene, level, control) {
  const { eve } = scene, between = hasBetween(state);
  $("eve-panel").hidden = scene.picture === "noise" || scene.picture === "idle";
  $("eve-panel").dataset.at = eve.at;
  put("name-eve", between ? say("Somebody in between") : eve.at ? "Eve" : say("Eve listens"));
  $("eve").hidden = between || !control;
  put("eve", state.eve.on ? say("Turn Eve off") : say("Turn Eve on"));
  $("eve").setAttribute("aria-pressed", state.eve.on);
  put("wire-words", between ? TELLING[state.scenario.name === "attacker-pinned" ? "pinned" : "between"][level] : state.onWire ? raise(wireWords(state.task, state.words, level)) : "");
  put("learning-now", eve.says);
  $("tries").hidden = $("eve-numbers").hidden = !eve.at;
  ["risk-name", "tries-name", "expected-name"].forEach((id, i) => put(id, eve.names[i]));
  put("risk", eve.risk);
  $("risk").title = eve.range;
  put("n-tries", eve.tries);
  put("expected", eve.expected);
  if (eve.at) renderTries($("tries"), state, level);
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
  const scene = sceneOf(state, level);
  put("pill", scene.pill.word);
  $("pill").dataset.kind = scene.pill.kind;
  put("wrong", state.refused.join("\n"));
  put("scenario-title", state.scenario ? titleOf(state.scenario.name, state.scenario.params) : state.params ?? "");
  const [title, words] = tellingOf(state, scene, level);
  put("step-title", title);
  put("step-words", raise(words));
  Object.assign(document.body.dataset, { picture: scene.picture, read: scene.read ? "yes" : "no" });
  renderFigure("alice", scene.alice);
  renderFigure("bob", scene.bob);
  renderMessage(scene.message);
  renderPicture(scene.picture, state, level, room);
  renderEve(state, scene, level, room.control);
  renderChips(state, scene);
  renderLesson(state, scene, level);
}
