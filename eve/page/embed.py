"""Writes the files of the page as a C table: embed.py OUTPUT FILE... Programs and tables are compressed, as browsers take them."""

import gzip
import os
import sys

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
}

COMPRESSED = (".wasm", ".json")


def main():
    output, files = sys.argv[1], sys.argv[2:]
    with open(output, "w", encoding="ascii") as out:
        out.write('#include "eve/page/assets.h"\n\n')
        for i, path in enumerate(files):
            with open(path, "rb") as f:
                data = f.read()
            if path.endswith(COMPRESSED):
                data = gzip.compress(data, mtime=0)
            out.write("static const unsigned char file%d[] = {\n" % i)
            for at in range(0, len(data), 24):
                out.write("".join("%d," % b for b in data[at : at + 24]) + "\n")
            out.write("0};\n")
        out.write("const struct asset assets[] = {\n")
        for i, path in enumerate(files):
            name = os.path.basename(path)
            out.write('    {"/%s", "%s", %s, file%d, sizeof file%d - 1},\n'
                      % ("" if name == "index.html" else name, TYPES[os.path.splitext(name)[1]],
                         '"gzip"' if name.endswith(COMPRESSED) else "0", i, i))
        out.write("    {0, 0, 0, 0, 0},\n};\n")


if __name__ == "__main__":
    main()
