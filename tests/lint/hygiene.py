#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails on small things that no reviewer should have to find: licence lines, white space, globals, ..."""
import re

import source

BINARY = ('.pem', '.der', '.p7b', '.pfx', '.p12', '.crl', '.png', '.gz')
VERBATIM = ('tests/golden/', 'tests/fuzz/corpus/')  # what the program prints, or what it is fed
TABS = ('.c', '.h', '.def', '.ps1', '.sh', 'dev', '.ci/run')
LICENSED = TABS + ('.py', '.yaml', '.build', '_options.txt', '.1', '.cron', '.service.in', '.timer')
SPDX = {
    '.c': '/* SPDX-License-Identifier: MIT */',
    '.h': '/* SPDX-License-Identifier: MIT */',
    '.def': '/* SPDX-License-Identifier: MIT */',
    '.1': '.\\" SPDX-License-Identifier: MIT',
    None: '# SPDX-License-Identifier: MIT',
}
# Bidirectional controls, zero-width characters, a byte order mark: what you see is not what is there.
INVISIBLE = re.compile('[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]')
# Written in parts, so that this line is none of them.
UNFINISHED = re.compile(r'\b(TO' r'DO|FIX' r'ME|XX' r'X|HA' r'CK)\b')
MAY_PRINT = ('cli/', 'reports/', 'tests/')
PRINTS = re.compile(r'\b(printf|fprintf|vprintf|vfprintf|puts|fputs|putchar|fputc|putc|perror|exit|_exit|'
                    r'abort|err|errx|warn|warnx)\s*\(|\b(stdout|stderr)\b')

# Objects that are neither const nor on the stack, each with its reason.
MUTABLE = {
    'checker/base/heap.c:ran_out': 'the hooks of libraries take no argument; it is about the process',
}


def kind_of(name):
    for ending in LICENSED:
        if name.endswith(ending) and ('.' in ending or name == ending):
            return ending
    return None


def check_text(name, text):
    kind, lines = kind_of(name), text.split('\n')
    if kind:
        want = SPDX.get(kind, SPDX[None])
        first = lines[1] if lines[0].startswith('#!') and len(lines) > 1 else lines[0]
        if first != want:
            yield f'{name}:1: the first line is not: {want}'
    if text and not text.endswith('\n'):
        yield f'{name}: no newline at the end'
    if text.endswith('\n\n'):
        yield f'{name}: empty lines at the end'
    for n, line in enumerate(lines, 1):
        if '\r' in line:
            yield f'{name}:{n}: carriage return'
        if line != line.rstrip() and not name.endswith('.md'):
            yield f'{name}:{n}: white space at the end'
        if INVISIBLE.search(line):
            yield f'{name}:{n}: invisible character'
        if UNFINISHED.search(line):
            yield f'{name}:{n}: unfinished, by its own words'
        if kind in TABS:
            if re.match(r'\t* {8}', line) or re.match(r' +\t', line):
                yield f'{name}:{n}: indented with blanks'
        elif '\t' in line and kind in ('.yaml', '.build', '_options.txt'):
            yield f'{name}:{n}: tab'


def check_guard(name, text):
    guard = re.sub(r'\W', '_', name).upper()
    found = re.search(r'^#ifndef (\w+)\n#define (\w+)$', text, re.M)
    if not found or found[1] != guard or found[2] != guard:
        yield f'{name}: the include guard is not {guard}'
    if not text.rstrip().endswith('#endif'):
        yield f'{name}: something stands after the include guard'
    if not re.match(r'/\* SPDX[^\n]*\n/\*\n \* [\w.]+ - \S', text):
        yield f'{name}: does not begin with what it is: "name - what it is"'


def declaration(tokens, i):
    """The words from I up to its "=" or ";" without what stands in braces, and where its ";" is."""
    words, assigned = [], False
    while i < len(tokens) and tokens.word[i] != ';':
        assigned = assigned or tokens.word[i] == '='
        after = tokens.skip(i) if tokens.word[i] in source.CLOSING else i + 1
        if not assigned and tokens.word[i] not in '{[':
            words += tokens.word[i:after]
        i = after
    return words, i


def declarations(tokens):
    """Yields (line, words) of what is declared at file scope, and of what is static in functions."""
    i = 0
    for _, start, _, brace in [*source.functions(tokens), (None, len(tokens), None, len(tokens))]:
        while i < start:
            words, end = declaration(tokens, i)
            yield tokens.line[i], words
            i = end + 1
        i = tokens.skip(brace) if brace < len(tokens) else brace
        for k in range(brace, i):
            if tokens.word[k] == 'static':
                yield tokens.line[k], declaration(tokens, k)[0]


def can_change(words):
    """Of a declaration: whether it makes an object, and one that is not const."""
    if len(words) < 2 or words[0] in ('typedef', 'extern', '_Static_assert'):
        return False
    if len(words) == 2 and words[0] in ('struct', 'union', 'enum'):
        return False
    if '(' in words:
        opening = words.index('(')
        if words[opening + 1] != '*':
            return False  # a prototype
        return words[opening + 2] != 'const'
    star = max((i for i, word in enumerate(words) if word == '*'), default=0)
    return 'const' not in words[star:]


def check_code(name, text):
    if name.endswith('.h'):
        yield from check_guard(name, text)
    bare = source.blank(text)
    tokens = source.Tokens(text)
    for n, line in enumerate(bare.split('\n'), 1):
        if '//' in line:
            yield f'{name}:{n}: // comment'
    if not name.startswith(MAY_PRINT):
        for n, line in enumerate(source.without_preprocessor(bare).split('\n'), 1):
            found = PRINTS.search(line)
            if found:
                yield f'{name}:{n}: {found[1] or found[2]} outside cli/ and reports/'
    if not name.startswith('tests/'):
        for n, words in declarations(tokens):
            if can_change(words) and f'{name}:{words[-1]}' not in MUTABLE:
                yield f'{name}:{n}: {" ".join(words)}: lives as long as the program and can change'


def check_listed(top, path, name):
    """A file that no meson.build names is not built; a header, not compiled alone."""
    for folder in path.parents:
        listed = name if name.endswith('.h') else path.relative_to(folder).as_posix()
        if re.match(r'tests/(unit/test_|fuzz/fuzz_)', name):  # a row of a table there
            listed = path.stem.partition('_')[2]
        build = folder / 'meson.build'
        if build.exists() and f"'{listed}'" in build.read_text():
            return
        if folder == top:
            break
    yield f'{name}: no meson.build names it'


def main():
    top, faults = source.root(), []
    for path in source.every_file(top):
        name = path.relative_to(top).as_posix()
        if name.endswith(BINARY) or name.startswith(VERBATIM):
            continue
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError as err:
            faults.append(f'{name}: not UTF-8: {err}')
            continue
        faults += check_text(name, text)
        if name.endswith(('.c', '.h')):
            faults += check_code(name, text)
            faults += check_listed(top, path, name)
    source.finish(faults)


main()
