// What the wall says in words, where more than 32 bits are counted: run by node, without a browser. usage: words.mjs FOLDER

import assert from "node:assert/strict";
import { modules } from "../../lib/modules.mjs";

const [{ costs, describeCaptured, describeEve }] = await modules(process.argv[2], "wall-words.js");

assert.equal(describeCaptured({ bytes: 2.2 * 2 ** 30, most: 2 ** 32 }), "The room's captures have 2253 of the 4096 MiB that they may have.");
assert.equal(describeCaptured({ bytes: 2 ** 31, most: 2 ** 32 }), "");

// Nobody has a key in no time.
const fallen = (seconds) => ({ set: "n64", task: "lpn", eve: "key", learners: [{ name: "isd", status: "solved", wall_seconds: seconds, tries: 3 }] });
for (const [seconds, text] of [[0.00021, "0.21 ms"], [0.0042, "4.2 ms"], [0.042, "42 ms"], [0.13, "0.13 s"], [4.83, "4.8 s"], [61, "61 s"]]) {
  assert.equal(describeEve(fallen(seconds)), `Eve has the key: isd, ${text}`);
  assert.equal(costs([fallen(seconds)])[0][5], text);
}
