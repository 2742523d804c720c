// Before and at the greeting: what is to be seen, and what the two settle on.

import { element } from "./dom.js";
import { termsOf } from "./picture_words.js";
import { SCENARIOS } from "./scenarios.js";
import { QUESTIONS } from "./story.js";
import { heard } from "./tongue.js";
import { raise } from "./units.js";

export const idle = {
  data: () => ({}),
  draw(where, data, say, { openMenu, control }) {
    if (!control) {
      where.append(element("p", { className: "big", text: say.empty }));
      return;
    }
    const button = element("button", { className: "big", text: say.choose });
    button.type = "button";
    button.onclick = openMenu;
    where.append(element("p", { className: "big", text: say.invite }), button);
  },
};

export const ready = {
  data: (state, level) => ({ goal: SCENARIOS[state.scenario.name]?.goal[level] ?? "" }),
  draw(where, { goal }) {
    where.append(element("p", { className: "big", text: goal }));
  },
};

export const hello = {
  data: (state, level) => ({ params: state.params, task: state.task, experimental: state.experimental, rests: state.rests, toy: state.toy, numbers: state.numbers, words: termsOf(state.task, state.words, level), locked: state.last === "B1" || !!state.steps.B1 }),
  draw(where, { params, task, experimental, rests, toy, numbers, words, locked }, say) {
    const box = (who, shut) => element("span", { className: "box", text: say.box(who, shut), data: { shut } });
    where.append(
      element("h3", { text: raise(say.task(params, task, experimental, numbers)) }),
      element("p", { className: "boxes", children: [box("Alice", true), box("Bob", locked)] }),
      element("p", { text: [rests && say.rests(raise(heard(rests))), experimental && say.untested, toy && say.toy(params, heard(toy))].filter(Boolean).join(" ") }),
      element("dl", { className: "terms", children: QUESTIONS.filter(([key]) => words?.[key]).map(([key, question]) =>
        element("div", { children: [element("dt", { text: question }), element("dd", { text: raise(words[key]) })] })) }));
    const [title, , sentence, list] = where.children;
    title.id = "task-title";
    sentence.id = "task-rests";
    list.id = "task-words";
  },
};
