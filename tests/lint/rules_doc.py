#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes docs/rules.md from rules/rules.def and rules/texts.def, or compares.

    rules_doc.py ROOT           fails when docs/rules.md says something else
    rules_doc.py ROOT --write   writes it
"""
import ast
import pathlib
import re
import sys

HEAD = """# Rules

What chainmend can find fault with. `chainmend explain RULE` says the same in a
terminal. Ids never change. The severity is the worst a rule gives; where it
depends on the day or on who is hurt, a finding may be milder, and a profile may
set another one (`severity:`). Made from `rules/rules.def` and `rules/texts.def`
by `./dev format`; a lint keeps the two alike.

A result's status is its worst finding. Notes leave it `ok`. A leaf that is not
issued under the profile's authority is `out-of-scope` whatever is found, and a
host whose chain could not be read is `unreachable`.
"""


def rows(path, macro):
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    for call in re.findall(rf"^{macro}\((.*?)\)$", text, flags=re.S | re.M):
        parts = re.findall(r'(?:"(?:[^"\\]|\\.)*"\s*)+|\b\w+\b', call)
        yield [
            "".join(ast.literal_eval(s) for s in re.findall(r'"(?:[^"\\]|\\.)*"', p))
            if p.startswith('"')
            else p
            for p in parts
        ]


def document(root):
    words = {row[0]: row[1:] for row in rows(root / "rules/texts.def", "TEXT")}
    out = [HEAD]
    for symbol, rule, severity, _, reference in rows(root / "rules/rules.def", "RULE"):
        title, explanation, fix = words[symbol]
        out.append(
            f"\n## {rule}\n\n**{title[0].upper()}{title[1:]}.** At worst: "
            f"{severity.lower()}. See: {reference}.\n\n{explanation}\n\n*Fix:* {fix}\n"
        )
    return "".join(out)


def main():
    root = pathlib.Path(sys.argv[1])
    path, text = root / "docs/rules.md", document(root)
    if "--write" in sys.argv:
        path.write_text(text, encoding="utf-8")
    elif not path.exists() or path.read_text(encoding="utf-8") != text:
        sys.exit("docs/rules.md differs from rules.def and texts.def: run ./dev format")


main()
