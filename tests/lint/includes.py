#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when a file includes what its folder may not know of, or a library by the wrong door."""
import fnmatch
import re

import source

LAYERS = ('checker/base', 'checker', 'rules', 'reports', 'cli')  # each may include those before it
ENGINE = ('checker/tls', 'checker/starttls', 'checker/engine', 'checker/survey')  # of checker, which only cli/ may know
DOORS = {  # library: the files that may name it (tests may name any)
    'openssl/': ['checker/capture/capture_words.c', 'checker/cert/*.[ch]', 'checker/csr/csr*.[ch]', 'checker/key/*.[ch]', 'checker/tls/crypto.[ch]', 'checker/engine/fetch*.c',
                 'checker/engine/libraries.c', 'checker/tls/proof.c', 'checker/revoke/*.[ch]', 'checker/tls/tls*.[ch]',
                 'checker/trust/trust*.[ch]', 'checker/conform/conform*.[ch]',
                 'checker/key/*.[ch]'],
    'curl/': ['checker/engine/fetch*.c'],
    'idn2.h': ['checker/target/name.c'],
    'libpsl.h': ['checker/target/domain.c'],
    'sys/epoll.h': ['checker/engine/loop.c'],
    'ares*.h': ['checker/engine/libraries.c', 'checker/engine/resolve*.c'],
    'cyaml/': ['rules/profile/profile*.[ch]', 'rules/waiver/waivers*.[ch]'],
    'yaml.h': ['rules/profile/profile*.[ch]', 'cli/options/config.c'],
    'arpa/nameser.h': ['checker/dns/dns_message.c'],
    'popt.h': ['cli/*.[ch]'],
    'xlsxwriter.h': ['reports/xlsx/book.c'],
    'sqlite3.h': ['reports/history/history*.[ch]'],
    'jansson.h': ['checker/capture/capture_json.[ch]', 'checker/capture/capture_tlsx.c', 'checker/capture/capture_zgrab2.c',
                  'checker/engine/libraries.c', 'checker/target/target*.[ch]',
                  'reports/evidence/evidence*.[ch]', 'reports/result/result*.[ch]'],
}


def layer(path):
    """The place of a file's folder among LAYERS."""
    return 0 if path.startswith(LAYERS[0] + '/') else LAYERS.index(path.split('/')[0])


def is_engine(path):
    return path.startswith(tuple(folder + '/' for folder in ENGINE))


def fault(top, name, kind, header):
    in_tests = name.startswith('tests/')
    if kind == '"':
        if not (top / header).exists():
            return 'does not exist; paths start at the root'
        if header.startswith('tests/') or in_tests:
            return None if in_tests else 'is a test'
        if layer(header) > layer(name):
            return 'is above ' + name.rpartition('/')[0]
        if is_engine(header) and not (name.startswith('cli/') or is_engine(name)):
            return 'is the engine, which only cli/ and the engine itself may know'
        return None
    for library, doors in DOORS.items():
        if fnmatch.fnmatch(header, library + '*') and not in_tests:
            if not any(fnmatch.fnmatch(name, door) for door in doors):
                return 'belongs in ' + ', '.join(doors)
    return None


def main():
    top, faults = source.root(), []
    for path in source.c_files(top):
        name = path.relative_to(top).as_posix()
        included = [(n, *m.groups()) for n, line in enumerate(path.read_text().splitlines(), 1)
                    if (m := re.match(r'\s*#\s*include\s+(["<])([^">]+)', line))]
        for n, kind, header in included:
            why = fault(top, name, kind, header)
            if why:
                faults.append(f'{name}:{n}: {header} {why}')
        own = path.with_suffix('.h')
        if path.suffix == '.c' and own.exists() and included:
            if included[0][2] != own.relative_to(top).as_posix():
                faults.append(f'{name}:{included[0][0]}: its own header comes first')
    source.finish(faults)


main()
