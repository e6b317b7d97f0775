#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.py OUT HANT.mo HANS.mo PROFILE... - writes catalogues into the C source OUT.

One table of English texts, sorted by their bytes, each with its translations.  The titles that
built-in profiles have in several languages are in it too: findings speak of them.
"""
import pathlib
import re
import struct
import sys


def read(name):
    """{text: translation} of a GNU .mo file; of a plural the first form, which is Chinese's only one."""
    data = pathlib.Path(name).read_bytes()
    magic, _, count, texts, translations = struct.unpack_from("<5I", data)
    if magic != 0x950412DE:
        sys.exit(f"embed.py: {name}: not a catalogue of this machine's byte order")

    def string(table, number):
        length, offset = struct.unpack_from("<2I", data, table + 8 * number)
        return data[offset : offset + length].split(b"\0")[0]

    rows = {string(texts, n): string(translations, n) for n in range(count)}
    rows.pop(b"", None)  # the header
    return rows


def titles(name):
    """(en, zh-Hant, zh-Hans) of each title that the profile has in all three."""
    text = pathlib.Path(name).read_text(encoding="utf-8")
    for block in re.findall(r"^ *title:\n((?: +[\w-]+: .*\n)+)", text, re.M):
        found = dict(re.findall(r"^ +([\w-]+): (.*)$", block, re.M))
        rows = [found.get(language, "").strip("\"'") for language in ("en", "zh-Hant", "zh-Hans")]
        if all(rows):
            yield [row.encode() for row in rows]


def literal(text):
    """TEXT in C; octal, because hexadecimal goes on for as long as there are digits."""
    if text is None:
        return "NULL"
    return '"' + "".join(
        chr(b) if 0x20 <= b < 0x7F and b not in b'"\\?' else f"\\{b:03o}" for b in text
    ) + '"'


def main(out, hant, hans, *profiles):
    catalogues = [read(hant), read(hans)]
    for name in profiles:
        for title, *translations in titles(name):
            for rows, translation in zip(catalogues, translations):
                rows.setdefault(title, translation)
    texts = sorted({b"", *catalogues[0], *catalogues[1]})  # C wants one row at least
    lines = [
        "/* SPDX-License-Identifier: MIT */",
        "/* Made by po/embed.py; do not edit. */",
        '#include "checker/base/lang_catalogue.h"',
        "",
        "const struct lang_row lang_rows[] = {",
    ]
    for text in texts:
        lines.append(f"\t{{ .text = {literal(text)},")
        for name, rows in zip(("LANGUAGE_ZH_HANT", "LANGUAGE_ZH_HANS"), catalogues):
            lines.append(f"\t\t.translated[{name}] = {literal(rows.get(text))},")
        lines.append("\t},")
    lines += ["};", f"const size_t lang_row_count = {len(texts)};", ""]
    pathlib.Path(out).write_text("\n".join(lines), encoding="ascii")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit("usage: embed.py OUT HANT.mo HANS.mo PROFILE...")
    main(*sys.argv[1:])
