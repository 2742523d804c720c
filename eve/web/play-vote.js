// The vote: a few fresh pictures at a time, on the phones or by a show of hands; then what Bob says of them, how the class
// did, and how Alice does.

import { button, element, svg } from "./dom.js";
import { knownTiles, tile } from "./tiles.js";
import { say, several } from "./tongue.js";
import { number, percent, shareOf } from "./units.js";

const yes = (bit) => (bit ? say("yes") : say("no"));

// The share of right answers of the class and of Alice, beside a coin's.
function bars(score) {
  const W = 640, LEFT = 118, RIGHT = 92, ROW = 46, x = (share) => LEFT + share * (W - LEFT - RIGHT), share = score.right / score.answers, alice = score.judged_right / score.judged;
  const all = svg("svg", { viewBox: `0 0 ${W} ${2 * ROW + 34}`, role: "img", "aria-label": say`The class ${shareOf(share, score.answers)}, Alice ${percent(alice)}, a coin 50%` });
  const bar = (y, name, kind, value, low, high, words) => all.append(
    svg("text", { x: LEFT - 10, y: y + 25, "text-anchor": "end", class: "ink" }, [name]),
    svg("rect", { x: x(0), y, width: Math.max(1, x(value) - x(0)), height: ROW - 12, class: kind }),
    svg("path", { d: `M${x(low)} ${y + 2}v${ROW - 16}M${x(low)} ${y + ROW / 2 - 6}H${x(high)}M${x(high)} ${y + 2}v${ROW - 16}`, class: "range" }),
    svg("text", { x: W - RIGHT + 8, y: y + 25, class: "ink" }, [words]));
  bar(4, say("the class"), "class", share, score.coins_low, score.coins_high, shareOf(share, score.answers));
  bar(4 + ROW, "Alice", "alice", alice, score.alice_low, score.alice_high, percent(alice));
  all.append(svg("path", { d: `M${x(0.5)} 0V${2 * ROW + 8}`, class: "needle coin" }), svg("text", { x: x(0.5), y: 2 * ROW + 28, "text-anchor": "middle", class: "ink" }, [say("a coin 50%")]));
  return all;
}

function outcome(now) {
  const heads = ["", say("the class"), say("Bob says"), say("Alice predicts")].map((text) => { const th = element("th", { text }); th.scope = "col"; return th; });
  const rows = now.pictures.map((p, i) => {
    const [no, said] = now.counts[i], right = p.alice === p.label;
    return element("tr", { children: [element("td", { children: [tile(p.picture, say`picture ${i + 1}`)] }), element("td", { text: say`${said} yes, ${no} no` }), element("td", { text: yes(p.label), className: "bob" }),
      element("td", { text: `${yes(p.alice)} ${right ? "\u2713" : "\u2717"}`, className: right ? "right" : "missed" })] });
  });
  return element("table", { className: "outcome", children: [element("thead", { children: [element("tr", { children: heads })] }), element("tbody", { children: rows })] });
}

function howMany(page) {
  const how = element("select", { children: [1, 3, 5, 10, 20].map((n) => new Option(several(n, "{0} picture|{0} pictures"), n)) });
  how.value = page.settings.pictures;
  if (how.selectedIndex < 0) how.value = "5";
  how.setAttribute("aria-label", say("pictures in a vote"));
  how.onchange = () => page.change("pictures", how.value);
  return how;
}

// A show of hands on picture `at()`: counted() once the server has both counts.
function handsForm(page, at, counted) {
  const field = (name) => { const e = element("input"); Object.assign(e, { type: "number", min: 0, max: 1000, step: 1, value: 0 }); e.setAttribute("aria-label", say`hands for ${name}`); return e; };
  const yeses = field(say("yes")), noes = field(say("no"));
  const form = element("form", { className: "hands", children: [element("label", { children: [say("Hands for yes "), yeses] }), element("label", { children: [say("for no "), noes] }), button(say("Count them"), "", () => form.requestSubmit())] });
  form.onsubmit = async (e) => {
    e.preventDefault();
    for (const [option, box] of [[0, noes], [1, yeses]])
      if (Number(box.value) > 0 && !(await page.act({ hands: { question: at(), option, count: Number(box.value) } }))) return;
    yeses.value = noes.value = 0;
    counted();
  };
  return form;
}

// The picture to vote on, and which of how many it is.
function ballot(now, at) {
  const strip = () => element("ol", { className: "strip", children: now.pictures.map((p, i) => element("li", { className: i === at ? "now" : "", children: [tile(p.picture, say`picture ${i + 1}`)] })) });
  return [tile(now.pictures[at].picture, say("the picture to vote on")), ...(now.pictures.length > 1 ? [strip()] : [])];
}

const alreadyKnown = (now) => [element("p", { text: say`Four of the ${number(now.n_known, 6)} that everybody has seen:` }), knownTiles(now.known)];

function tally(page, s) {
  const why = element("p", { className: "why", text: s.answers ? page.words().why(s) : say("Nobody has voted.") });
  const fine = element("p", { className: "quiet", text: several(s.answers, "{0} vote|{0} votes", number(s.answers, 6)) + say` on ${s.pictures} pictures so far; of these Alice had ${s.alice_right} right. The bracket on the class's bar is where a class that knows nothing lands in 95 of 100 votes; Alice's bar is of ${number(s.judged, 6)} more pictures of the same session.` });
  return [...(s.answers ? [bars(s)] : []), why, fine];
}

export async function voteView(page) {
  const pictures = element("div", { className: "pictures" }), side = element("div", { className: "side" }), status = element("p", { className: "said" });
  status.setAttribute("role", "status");
  const open = (now) => now?.game === "vote" && now.open;
  const how = howMany(page), ask = (more) => page.act({ open: "vote", pictures: Number(how.value), ...more });
  const next = button("", "next", () => (open(page.state()) ? page.act({ close: true }) : ask()));
  const anew = button(say("Another session"), "", () => ask({ anew: true }));
  const acts = element("p", { className: "acts", children: [next, how, anew] });

  let at = 0, shown = ""; // hands are shown for one picture after the other
  const hands = handsForm(page, () => at, () => {
    at = Math.min(at + 1, page.state().pictures.length - 1);
    shown = "";
    update(page.state());
  });

  function draw(now) {
    if (now.game !== "vote") {
      pictures.replaceChildren(element("p", { className: "big", text: say("No vote is open.") }));
      side.replaceChildren(status, acts);
    } else if (now.open) {
      at = Math.min(at, now.pictures.length - 1);
      pictures.replaceChildren(...ballot(now, at));
      side.replaceChildren(...alreadyKnown(now), status, ...(now.control ? [hands] : []), acts);
    } else {
      pictures.replaceChildren(outcome(now));
      side.replaceChildren(...tally(page, now.score), status, acts);
    }
  }
  function update(now, again = false) {
    const key = JSON.stringify([now.game, now.round, now.open, at]);
    if (key !== shown || again) {
      if (!shown || JSON.parse(shown)[1] !== now.round) at = 0;
      shown = JSON.stringify([now.game, now.round, now.open, at]);
      draw(now);
    }
    next.textContent = open(now) ? say("Close and reveal") : now.game === "vote" ? say("Vote again") : say("Open the vote");
    acts.hidden = !now.control;
    how.hidden = anew.hidden = open(now);
    anew.hidden ||= now.game !== "vote";
    const votes = now.game === "vote" ? now.answers.reduce((a, b) => a + b, 0) : 0;
    status.textContent = open(now) ? [several(votes, "{0} vote|{0} votes"), now.phones === null ? "" : say`${now.done} of ${now.phones} phones are done`].filter(Boolean).join("; ") : "";
  }
  return { element: element("div", { className: "vote", children: [pictures, side] }), update };
}
