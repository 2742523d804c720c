// The page's scripts for node, of which older ones take a file for a module only beside a package.json that says so.

import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// What modules of this folder export, by their names.
export async function modules(folder, ...names) {
  const copy = mkdtempSync(join(tmpdir(), "parley-modules-"));
  try {
    cpSync(folder, copy, { recursive: true });
    writeFileSync(join(copy, "package.json"), '{ "type": "module" }\n');
    return await Promise.all(names.map((name) => import(join(copy, name))));
  } finally {
    rmSync(copy, { recursive: true });
  }
}
