#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when the HTML report's style does not parse or names what is not there, or its script makes markup of text."""
import pathlib
import re
import shutil
import subprocess
import sys

import source

try:
    import tinycss2
except ImportError:  # it belongs to Debian's interpreter, which need not be the first of the path
    if pathlib.Path('/usr/bin/python3') != pathlib.Path(sys.executable):
        sys.exit(subprocess.run(['/usr/bin/python3', '-B', *sys.argv], check=False).returncode)
    sys.exit('python3-tinycss2 is not installed')

# Ways for a text to become markup or code.
MARKUP = re.compile(r'\b(innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|DOMParser|'
                    r'document\.write|eval|Function|setAttribute\("(?:on|style|src|href))')


def errors(rules):
    """What no browser would take, at any depth."""
    for rule in rules:
        if rule.type == 'error':
            yield rule.source_line, rule.message
        elif rule.type == 'at-rule' and rule.content is not None:
            nested = tinycss2.parse_rule_list if rule.at_keyword == 'media' else tinycss2.parse_declaration_list
            yield from errors(nested(rule.content, skip_comments=True, skip_whitespace=True))
        elif rule.type == 'qualified-rule':
            yield from errors(tinycss2.parse_declaration_list(rule.content, skip_comments=True,
                                                              skip_whitespace=True))


def style_faults(path, code):
    text = path.read_text()
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    yield from (f'{path.name}:{line}: {message}' for line, message in errors(rules))
    defined, used = set(re.findall(r'(--[\w-]+):', text)), set(re.findall(r'var\((--[\w-]+)', text))
    yield from (f'{path.name}: {name} is used and not set' for name in used - defined)
    yield from (f'{path.name}: {name} is set and not used' for name in defined - used)
    selectors = re.sub(r'\{[^{}]*\}|/\*.*?\*/', ' ', text, flags=re.S)
    for name in sorted(set(re.findall(r'\.([a-z][\w-]*)', selectors))):
        if not re.search(rf'["\s]{name}["\s]', code):
            yield f'{path.name}: nothing is of the class {name}'


def script_faults(path):
    text = path.read_text()
    for number, line in enumerate(text.splitlines(), 1):
        found = MARKUP.search(line)
        if found:
            yield f'{path.name}:{number}: {found[1]}'
    for program in filter(shutil.which, ('node', 'nodejs')):
        checked = subprocess.run([program, '--check', path], capture_output=True, text=True, check=False)
        if checked.returncode:
            yield checked.stderr.strip()
        break


def main():
    top = source.root()
    style, script = top / 'data/html/page.css', top / 'data/html/page.js'
    code = ''.join(path.read_text() for path in sorted((top / 'reports/html').glob('*.c')))
    code += script.read_text().replace('`', '"')
    source.finish([*style_faults(style, code), *script_faults(script)])


main()
