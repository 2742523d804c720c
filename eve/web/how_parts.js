// Stops that are the same for all tasks.

import { $, element } from "./dom.js";
import { figure, meter, paragraph } from "./how_draw.js";
import { about, digitsOf } from "./how_words.js";
import { several, say } from "./tongue.js";
import { number, percent } from "./units.js";

const ONE_BY_ONE = 8;
const AFTER = { lpn: (n) => say`After ${n} passes what she believes`, ring: (n) => say`After ${n} turns what she believes` };

export const yes = (bit) => (bit ? say("yes") : say("no"));

export function again(run) {
  const button = element("button", { text: say("Guess again") });
  button.type = "button";
  button.id = "again";
  button.onclick = () => { run.guess++; run.redraw().then(() => $("again")?.focus()); };
  return element("p", { className: "save", children: [button] });
}

export function dotsOf(count) {
  return several(count, "one dot|{0} dots", number(count, 5));
}

// The last that is seen of both, and whether it is any good.
// more: what else is to be seen of Eve's last belief.
export function check(run, more = () => []) {
  return { chapter: "beliefs", async draw() {
    const { alice, eve, checked, limit } = run.about, share = (d) => d.disagreements / checked;
    const e = await run.ask("belief", "eve", eve.steps - 1);
    const verdict = (d) => [paragraph(say`misses ${number(d.disagreements, 7)} of ${number(checked, 7)} labels: ${percent(share(d))}`, "big"),
      paragraph(d.accepted ? say`At most ${number(limit, 7)} may be missed: she has it.` : say`At most ${number(limit, 7)} may be missed: this is no secret of Bob's.`, d.accepted ? "right" : "off")];
    const rate = (d, who) => meter(share(d), who, say`${percent(share(d))} missed`);
    return { alice: [paragraph(AFTER[run.about.task](number(alice.iterations, 7))), ...verdict(alice), rate(alice, "alice")],
      eve: [paragraph(AFTER[run.about.task](number(eve.iterations, 7))), ...verdict(eve), rate(eve, "eve"), ...more(e)] };
  } };
}

// ---- fresh pictures

export function three(rows) {
  return element("dl", { className: "three", children: rows.map(([name, value, className]) => element("div", { children: [element("dt", { text: name }), element("dd", { text: value, className: className ?? "" })] })) });
}

// One by one, then many at once.
export const predictions = (all) => [...Array.from({ length: ONE_BY_ONE }, (_, i) => i + 1), 100, 1000, all].filter((n, i, list) => n <= all && list.indexOf(n) === i);

// The last of the first n. picture: draws it.
export function predict(run, n, picture) {
  return { chapter: "predict", async draw() {
    const f = await run.ask("fresh", n - 1);
    const column = (who, name, says, right) => [
      three([[say`${name} says`, yes(says)], [say("Bob says"), yes(f.bob)], ["", says === f.bob ? say("right") : who === "alice" && f.lie ? say("he lies") : say("wrong"), says === f.bob ? "right" : "off"]]),
      element("p", { className: "big", text: say`${number(right, 7)} of ${number(n, 7)} right: ${percent(right / n)}`, data: { right, n } }),
      meter(right / n, who, say`${percent(right / n)} right`)];
    return { lead: [element("div", { className: "row", children: [figure("bit now", picture(f), say`fresh picture ${number(n, 7)}, which has no caption`)] })],
      alice: column("alice", "Alice", f.alice, f.alice_right), eve: column("eve", "Eve", f.eve, f.eve_right) };
  } };
}

// known: what Alice knew. all: names what all captions together are, if there are several.
export function counted(run, known, all) {
  return { chapter: "count", async draw() {
    const a = run.about, nodes = (log10) => [paragraph(say`a number of ${digitsOf(log10)} digits`, "big"), paragraph(say`about ${about(log10)}`)];
    return { alice: [paragraph(say("What Alice needed to know:")), paragraph(known, "big"), paragraph(say("Chosen by herself, and told nobody."))],
      eve: [paragraph(say("Possible captions of one picture:")), ...nodes(a.recipe_log10), ...(all ? [paragraph(all), ...nodes(a.captions_log10)] : [])] };
  } };
}
