#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.py profiles OUT FILE..., embed.py page OUT STYLE SCRIPT, embed.py bodies OUT FILE... - files
into the C source OUT

The bytes go in as numbers: ISO C bounds string literals to 4095 characters.  The id of a built-in
profile is the name of its file without ".yaml"; style and script of the page get the hash that
lets them, and nothing else, run (CSP 3, 2.3.1).
"""
import base64
import hashlib
import pathlib
import sys

# What would end the element they stand in, or change how its text is read (HTML, 13.2.5.15 ff.).
ENDS = (b"</", b"<!--", b"<script", b"\r")


def numbers(data):
    for at in range(0, len(data), 16):
        yield "\t" + " ".join(f"{byte}," for byte in data[at : at + 16])


def read(name):
    data = pathlib.Path(name).read_bytes()
    if b"\0" in data:
        sys.exit(f"embed.py: {name}: holds a NUL")
    return data


def array(name, data):
    return ["", f"static const unsigned char {name}[] = {{", *numbers(data + b"\0"), "};"]


def profiles(files):
    lines, rows = ['#include "rules/profile/profile_builtin.h"'], []
    for number, name in enumerate(files):
        lines += array(f"text_{number}", read(name))
        rows.append(
            f'\t{{ "{pathlib.Path(name).stem}", (const char *)text_{number}, '
            f"sizeof text_{number} - 1 }},"
        )
    return [
        *lines, "", "const struct profile_builtin profile_builtins[] = {", *rows, "};",
        f"const size_t profile_builtin_count = {len(rows)};",
    ]


def page(files):
    lines = ['#include "reports/html/html_asset.h"']
    for noun, name in zip(("style", "script"), files, strict=True):
        data = read(name)
        for end in ENDS:
            if end in data.lower():
                sys.exit(f"embed.py: {name}: holds {end.decode()!r}")
        if not data.isascii():
            sys.exit(f"embed.py: {name}: not ASCII; what people read is translated elsewhere")
        hashed = base64.b64encode(hashlib.sha256(data).digest()).decode()
        lines += array(f"{noun}_text", data) + [
            "", f"const struct html_asset html_asset_{noun} = {{ (const char *){noun}_text,",
            f'\tsizeof {noun}_text - 1, "{hashed}" }};',
        ]
    return lines


def bodies(files):
    lines, rows = ['#include "reports/plan/plan_body.h"'], []
    for number, name in enumerate(files):
        data = read(name)
        if not data.isascii():
            sys.exit(f"embed.py: {name}: not ASCII; a server may read it in any code page")
        lines += array(f"text_{number}", data)
        rows.append(
            f'\t{{ "{pathlib.Path(name).name}", (const char *)text_{number}, '
            f"sizeof text_{number} - 1 }},"
        )
    return [
        *lines, "", "const struct plan_body plan_bodies[] = {", *rows, "};",
        f"const size_t plan_body_count = {len(rows)};",
    ]


KINDS = {"profiles": profiles, "page": page, "bodies": bodies}


def main(kind, out, *files):
    lines = [
        "/* SPDX-License-Identifier: MIT */",
        "/* Made by data/embed.py; do not edit. */",
        *KINDS[kind](files), "",
    ]
    pathlib.Path(out).write_text("\n".join(lines), encoding="ascii")


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in KINDS:
        sys.exit(__doc__.split(" - ")[0])
    main(*sys.argv[1:])
