// What the wall says in words, where more than 32 bits are counted: run by node, without a browser. usage: words.mjs FOLDER

import assert from "node:assert/strict";
import { modules } from "../../lib/modules.mjs";

const [{ describeCaptured }] = await modules(process.argv[2], "wall-words.js");

assert.equal(describeCaptured({ bytes: 2.2 * 2 ** 30, most: 2 ** 32 }), "The room's captures have 2253 of the 4096 MiB that they may have.");
assert.equal(describeCaptured({ bytes: 2 ** 31, most: 2 ** 32 }), "");
