#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when a file includes what its folder may not know of, or a library by the wrong door."""
import fnmatch
import re

import source

BASE = {'checker/base'}
MAY_SEE = {  # folder: the folders whose headers it may include
    'checker/base': BASE,
    'checker': {'checker'} | BASE,
    'rules': {'rules', 'checker'} | BASE,
    'reports': {'reports', 'rules', 'checker'} | BASE,
    'cli': {'cli', 'reports', 'rules', 'checker'} | BASE,
}
DOORS = {  # library: the files that may name it (tests may name any)
    'openssl/': ['checker/cert.c', 'checker/cert_*.[ch]', 'checker/checksum.c', 'checker/crypto.[ch]',
                 'checker/fetch*.c', 'checker/hasher.c', 'checker/libraries.c', 'checker/proof.c', 'checker/pubkey.[ch]',
                 'checker/revoke*.[ch]', 'checker/tls*.[ch]', 'checker/trust*.[ch]'],
    'curl/': ['checker/fetch*.c'],
    'idn2.h': ['checker/name.c'],
    'sys/epoll.h': ['checker/loop.c'],
    'ares*.h': ['checker/libraries.c', 'checker/resolve.c'],
    'cyaml/': ['rules/profile*.[ch]'],
    'yaml.h': ['rules/profile*.[ch]'],
    'popt.h': ['cli/*.[ch]'],
    'jansson.h': ['checker/libraries.c', 'checker/target*.[ch]'],
}


def engine_of(top):
    """The nouns of the engine, as checker/meson.build lists its files."""
    listed = re.search(r"static_library\('engine', files\((.*?)\)", (top / 'checker/meson.build').read_text(), re.S)
    return {name.split('.')[0] for name in re.findall(r"'([^']+)'", listed[1])}


def fault(top, engine, name, kind, header):
    def is_engine(path):
        return path.startswith('checker/') and path[len('checker/'):-2] in engine

    folder, in_tests = name.rpartition('/')[0], name.startswith('tests/')
    if kind == '"':
        if not (top / header).exists():
            return 'does not exist; paths start at the root'
        if not in_tests and header.rpartition('/')[0] not in MAY_SEE[folder]:
            return 'is above ' + folder
        if is_engine(header) and not (in_tests or folder == 'cli' or is_engine(name)):
            return 'is the engine, which only cli/ and the engine itself may know'
        return None
    for library, doors in DOORS.items():
        if fnmatch.fnmatch(header, library + '*') and not in_tests:
            if not any(fnmatch.fnmatch(name, door) for door in doors):
                return 'belongs in ' + ', '.join(doors)
    return None


def main():
    top, faults = source.root(), []
    engine = engine_of(top)
    for path in source.c_files(top):
        name = path.relative_to(top).as_posix()
        included = [(n, *m.groups()) for n, line in enumerate(path.read_text().splitlines(), 1)
                    if (m := re.match(r'\s*#\s*include\s+(["<])([^">]+)', line))]
        for n, kind, header in included:
            why = fault(top, engine, name, kind, header)
            if why:
                faults.append(f'{name}:{n}: {header} {why}')
        own = path.with_suffix('.h')
        if path.suffix == '.c' and own.exists() and included:
            if included[0][2] != own.relative_to(top).as_posix():
                faults.append(f'{name}:{included[0][0]}: its own header comes first')
    source.finish(faults)


main()
