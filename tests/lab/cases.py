# SPDX-License-Identifier: MIT
"""cases.py - what the cases_*.py share: the list of cases, and words for common faults

A case is a function of the stage (integration.py) that yields or returns faults; it raises Skip
where it cannot be run.
"""
import importlib
import sys
import unicodedata

FORBIDDEN = {0x061C, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF,
             *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A)}


class Skip(Exception):
    """The case cannot be run here."""


def collector():
    """The list of a module's cases, and the decorator that adds to it."""
    cases = []

    def named(name):
        def add(case):
            cases.append((name, case))
            return case
        return add
    return cases, named


def debian(module, package):
    """A MODULE of Debian's: a python3 that is not Debian's does not look where it is."""
    sys.path.append('/usr/lib/python3/dist-packages')
    try:
        return importlib.import_module(module)
    except ImportError as why:
        raise Skip(f'{package} is not installed') from why
    finally:
        sys.path.pop()


def exits(ran, status):
    """The exit status is that one."""
    if ran.status != status:
        yield f'not exit status {status}: {ran}'


def refuses(ran, *words):
    """Exit status 2, nothing on standard output, one clear line that has these words."""
    yield from exits(ran, 2)
    if ran.out:
        yield f'standard output: {ran.out[:200]}'
    said = ran.err.decode(errors='replace').strip()
    if len(said.splitlines()) != 1:
        yield f'not one clear line: {said}'
    for word in words:
        if str(word) not in said:
            yield f'"{word}" is not in: {said}'


def unprintable(text, allowed='\n'):
    """Bytes that could act on a terminal or hide in a line."""
    try:
        words = text.decode()
    except UnicodeDecodeError as why:
        yield f'not UTF-8: {why}'
        return
    found = {c for c in words if c not in allowed and
             (unicodedata.category(c) == 'Cc' or ord(c) in FORBIDDEN)}
    if found:
        yield f'raw {[hex(ord(c)) for c in found]}'


def statuses(ran, wanted):
    """The records' statuses by state are these."""
    have = {r['target']['labels'].get('state'): r['status'] for r in ran.records()}
    if have != wanted:
        yield f'{have}, not {wanted}'
