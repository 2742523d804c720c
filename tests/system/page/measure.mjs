// What is measured of a page as it is drawn, in whatever browser: run there, it gives a list of faults.

// For a room's last row: all letters that are seen are a fortieth of the height, nothing scrolls, nothing covers another, and
// what a box says is inside of it.
export function faults(boxes) {
  const found = [], name = (e) => `${e.localName}${e.id ? `#${e.id}` : ""}${e.className ? `.${e.className}` : ""}`;
  const root = document.documentElement, least = innerHeight / 40 - 0.01, whole = (b) => b.left >= -1 && b.top >= -1 && b.right <= innerWidth + 1 && b.bottom <= innerHeight + 1;
  if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) found.push(`the page has ${root.scrollWidth} x ${root.scrollHeight} in ${innerWidth} x ${innerHeight}`);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && getComputedStyle(e).clipPath === "none";
  for (let node; (node = texts.nextNode());) {
    const e = node.parentElement, range = document.createRange();
    if (!node.data.trim() || e.localName === "option") continue;
    let shown = true;
    for (let up = e; up && up !== document.body; up = up.parentElement) shown &&= seen(up);
    range.selectNodeContents(node);
    if (!shown || !range.getBoundingClientRect().width) continue;
    const size = parseFloat(getComputedStyle(e).fontSize);
    if (size < least) found.push(`${name(e)} "${node.data}" has letters of ${size}`);
  }
  const all = boxes.flatMap((selector) => [...document.querySelectorAll(selector)]).filter((e) => e.checkVisibility() && e.getBoundingClientRect().width > 2).map((e) => [name(e), e.getBoundingClientRect(), e]);
  for (const [what, box, e] of all) {
    if (!whole(box)) found.push(`${what} lies outside of the window`);
    if (e.matches(".tile") && e.scrollHeight > e.clientHeight + 1) found.push(`${what} ${e.textContent} is ${e.scrollHeight} high in ${e.clientHeight}`);
    if (e.matches(".tile") && e.scrollWidth > e.clientWidth + 1) found.push(`${what} ${e.textContent} is ${e.scrollWidth} wide in ${e.clientWidth}`);
  }
  for (const [i, [a, p]] of all.entries()) for (const [b, q] of all.slice(i + 1))
    if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1) found.push(`${a} and ${b} cover each other`);
  return found.slice(0, 8);
}

// Which of these texts nobody sees, of whatever is inside of the selector.
export function unseen([selector, wanted]) {
  const shown = [...document.querySelectorAll(selector)].map((e) => e.innerText.replace(/\s+/gu, " ")).join("\n");
  return wanted.filter((text) => !shown.includes(text));
}
