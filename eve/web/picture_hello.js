// Before and at the greeting: what is to be seen, and what the two settle on.

import { element } from "./dom.js";
import { QUESTIONS, SCENARIOS } from "./story.js";
import { raise } from "./units.js";

export const idle = {
  data: () => ({}),
  draw(where, data, { openMenu, control }) {
    if (!control) {
      where.append(element("p", { className: "big", text: "Nothing has happened yet." }));
      return;
    }
    const button = element("button", { className: "big", text: "Choose a scenario" });
    button.type = "button";
    button.onclick = openMenu;
    where.append(element("p", { className: "big", text: "Two agree on a secret, and one listens." }), button);
  },
};

export const ready = {
  data: (state, level) => ({ goal: SCENARIOS[state.scenario.name]?.goal[level] ?? "", question: SCENARIOS[state.scenario.name]?.question[level] ?? "" }),
  draw(where, { goal, question }) {
    where.append(element("p", { className: "big", text: goal }), element("p", { className: "big quiet", text: question }));
  },
};

export const hello = {
  data: (state) => ({ params: state.params, task: state.task, experimental: state.experimental, rests: state.rests, toy: state.toy, numbers: state.numbers, words: state.words, locked: state.last === "B1" || !!state.steps.B1 }),
  draw(where, { params, task, experimental, rests, toy, words, locked }) {
    const box = (who, shut) => element("span", { className: "box", text: `${who}'s number: ${shut ? "locked in" : "not yet"}`, data: { shut } });
    where.append(
      element("h3", { text: `The task of ${params}: ${task}${experimental ? ", experimental" : ""}` }),
      element("p", { className: "boxes", children: [box("Alice", true), box("Bob", locked)] }),
      element("p", { text: [rests && `Its secrecy rests on ${raise(rests)}: assumed, not proven.`, experimental && "Nobody outside has looked at it yet.",
        toy && `${params} is a toy: an eavesdropper finds its key ${toy}.`].filter(Boolean).join(" ") }),
      element("dl", { className: "terms", children: QUESTIONS.filter(([key]) => words?.[key]).map(([key, question]) =>
        element("div", { children: [element("dt", { text: question }), element("dd", { text: words[key] })] })) }));
    const [title, , sentence, list] = where.children;
    title.id = "task-title";
    sentence.id = "task-rests";
    list.id = "task-words";
  },
};
