#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when code and documents disagree: rules, their texts and tests; options; subcommands."""
import re

import source

# Options of other programs that the documents speak of.
FOREIGN = {
    '--list': 'ansible-inventory',
    '--reconfigure': 'meson',
    '--no-install-recommends': 'apt-get',
    '--parallel': 'curl',
    '--check': 'ansible-playbook',
    '--dry-run': 'the scripts of a plan',
    '--no-reload': 'the scripts of a plan',
    '--socket': 'the scripts of a plan',
    '--file': 'the scripts of a plan',
    '--config': 'the scripts of a plan',
    '--verify': 'the scripts of a plan',
    '--undo': 'the scripts of a plan',
}


def read(path, faults):
    if not path.exists():
        faults.append(f'{path.name}: missing')
        return ''
    return path.read_text()


def check_rules(top, faults):
    rows = re.findall(r'^RULE\((\w+), "([^"]+)", .*\)$',
                      read(top / 'rules/rules.def', faults), re.M)
    ids = [rule for _, rule in rows]
    if not rows:
        faults.append('rules/rules.def: no row was understood')
    if ids != sorted(set(ids)):
        faults.append('rules/rules.def: the rows are not sorted by id, or an id stands twice')
    for symbol, rule in rows:
        if symbol != re.sub(r'[.-]', '_', rule):
            faults.append(f'rules/rules.def: {symbol} is not how {rule} is spelt as a symbol')

    texts = re.findall(r'^\w+\((\w+),', read(top / 'rules/texts.def', faults), re.M)
    sections = re.findall(r'^## `?([a-z-]+\.[a-z-]+)`?$', read(top / 'docs/rules.md', faults), re.M)
    tested = ''.join(path.read_text() for path in (top / 'tests/unit').glob('test_*.c')
                     if path.name.startswith(('test_rules', 'test_fleet')))
    for symbol, rule in rows:
        if texts.count(symbol) != 1:
            faults.append(f'rules/texts.def: {texts.count(symbol)} rows for {symbol}')
        if sections.count(rule) != 1:
            faults.append(f'docs/rules.md: {sections.count(rule)} sections for {rule}')
        if not re.search(rf'(?<![\w.-]){re.escape(rule)}(?![\w-])', tested):
            faults.append(f'tests/unit/test_rules.c, tests/unit/test_fleet.c: {rule} is not tested')
    faults += [f'docs/rules.md: {rule} is no rule' for rule in sections if rule not in ids]
    faults += [f'rules/texts.def: {symbol} is no rule'
               for symbol in texts if symbol not in {row[0] for row in rows}]


def findings_of(text):
    """What tests expect to be found: strings that are empty, or have a severity and a rule."""
    return [found for found in re.findall(r'"((?:[^"\\\n]|\\.)*)"', re.sub(r'"\s*\n\s*"', '', text))
            if not found or re.search(r'(?:critical|warning|note) [a-z]+[.]', found)]


def check_verdicts(top, faults):
    """Each rule fires in some test, and in the same file something is judged on which it does not."""
    tests = {path.name: findings_of(path.read_text()) for path in (top / 'tests/unit').glob('test_*.c')}
    for rule in re.findall(r'^RULE\(\w+, "([^"]+)"', read(top / 'rules/rules.def', faults), re.M):
        said = re.compile(rf'(?:critical|warning|note) {re.escape(rule)}(?![\w.-])')
        fires = {name for name, found in tests.items() if any(said.search(one) for one in found)}
        if not fires:
            faults.append(f'tests/unit: no test expects {rule} with its severity')
        elif not any(not said.search(one) for name in fires for one in tests[name]):
            faults.append(f'tests/unit: {rule} is found in every row of {", ".join(sorted(fires))}')


def check_dcv(top, faults):
    """Each finding of dcv stands in the documents, with its level, and a test has it."""
    rows = re.findall(r'^DCV_FAULT\((\w+), "([^"]+)", \w+, (\w+),', read(top / 'rules/dcv/faults.def', faults), re.M)
    listed = re.findall(r'^\| `([a-z0-9-]+)` \| (?:all|`\w+`) \| `(\w+)` \|', read(top / 'docs/formats.md', faults), re.M)
    tested = ''.join(path.read_text() for path in (top / 'tests/unit').glob('test_dcv*.c'))
    if not rows:
        faults.append('rules/dcv/faults.def: no row was understood')
    if sorted(listed) != sorted((rule, level.lower()) for _, rule, level in rows):
        wrong = {rule for rule, _ in set(listed) ^ {(rule, level.lower()) for _, rule, level in rows}}
        faults.append(f'docs/formats.md: has other findings of dcv than faults.def: {", ".join(sorted(wrong))}')
    faults += [f'tests/unit/test_dcv*.c: {symbol} is not tested' for symbol, _, _ in rows
               if not re.search(rf'\bDCV_FAULT_{symbol}\b', tested)]


def check_command_line(top, faults):
    code = {path.name: path.read_text() for path in sorted((top / 'cli').rglob('*.c'))}
    options = {'--' + name for text in code.values()
               for name in re.findall(r'\b(?:VALUE|FLAG)\(\s*"([a-z][a-z0-9-]*)"', text)}
    commands = re.findall(r'"([a-z]+)",\s*&options_\w+,\s*command_\w+', code.get('main.c', ''))
    if not options or not commands:
        faults.append('cli/: no table of options, or none of subcommands, was understood')
    # Those of the bench, which docs/performance.md speaks of.
    known = options | set(re.findall(r"add_argument\('(--[a-z-]+)'", read(top / 'tests/bench/bench.py', faults)))
    # And those of the scripts that a plan has.
    known |= set(re.findall(r'^  (--[a-z-]+)', read(top / 'data/platforms/common.sh', faults), re.M))
    if 'main.c' in code:
        options |= set(re.findall(r'"(--[a-z-]+)"', code['main.c']))

    # mdoc(7) writes --cache as "Fl -cache".
    manual = read(top / 'data/chainmend.1', faults).replace('\\-', '-').replace('Fl -', '--')
    for option in sorted(options):
        if not re.search(rf'{option}(?![\w-])', manual):
            faults.append(f'data/chainmend.1: says nothing of {option}')
    for command in commands:
        if not re.search(rf'^\.(SS|TP|B|BI|BR|Nm|Cm|It|Ss|SY)\b.*\b{command}\b|^\\fB.*\b{command}\b',
                         manual, re.M):
            faults.append(f'data/chainmend.1: says nothing of the subcommand {command}')

    pages = [top / 'README.md', top / 'data/chainmend.1', *sorted((top / 'docs').glob('*.md'))]
    for page in pages:
        text = read(page, faults).replace('\\-', '-')
        for n, line in enumerate(text.split('\n'), 1):
            for option in re.findall(r'(?<![\w-])--[a-z][a-z0-9-]*', line):
                if option not in options | known and option not in FOREIGN:
                    faults.append(f'{page.relative_to(top)}:{n}: no option is called {option}')


def main():
    top, faults = source.root(), []
    check_rules(top, faults)
    check_verdicts(top, faults)
    check_dcv(top, faults)
    check_command_line(top, faults)
    source.finish(faults)


main()
