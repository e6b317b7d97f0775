#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.py OUT FILE... - writes the profiles FILE... into the C source OUT.

The bytes go in as numbers: ISO C bounds string literals to 4095 characters.
The id of a built-in profile is the name of its file without ".yaml".
"""
import pathlib
import sys


def numbers(data):
    for at in range(0, len(data), 16):
        yield "\t" + " ".join(f"{byte}," for byte in data[at : at + 16])


def main(out, files):
    lines = [
        "/* SPDX-License-Identifier: MIT */",
        "/* Made by data/profiles/embed.py; do not edit. */",
        '#include "rules/profile/profile_builtin.h"',
    ]
    rows = []
    for number, name in enumerate(files):
        data = pathlib.Path(name).read_bytes()
        if b"\0" in data:
            sys.exit(f"embed.py: {name}: holds a NUL")
        lines += ["", f"static const unsigned char text_{number}[] = {{"]
        lines += [*numbers(data + b"\0"), "};"]
        rows.append(
            f'\t{{ "{pathlib.Path(name).stem}", (const char *)text_{number}, '
            f"sizeof text_{number} - 1 }},"
        )
    lines += ["", "const struct profile_builtin profile_builtins[] = {", *rows, "};"]
    lines += [f"const size_t profile_builtin_count = {len(rows)};", ""]
    pathlib.Path(out).write_text("\n".join(lines), encoding="ascii")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: embed.py OUT FILE...")
    main(sys.argv[1], sys.argv[2:])
