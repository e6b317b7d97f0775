#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""hostile.py CHAINMEND SMITH [WORD] - every server, list and fetched thing that means ill, as TAP

All hostile servers are scanned at once, beside good ones, with each way of reading a server there
is; each has to give one result, of the right kind, inside its deadline.  Then come fleets of them
(fleet.py) and hostile things to fetch (fetched.py).  WORD runs only the cases whose names have
it.  The numbers are those of suite.py.
"""
import pathlib
import random
import signal
import sys

import cases_fields
import cases_handshake
import cases_message
import cases_starttls
import cases_wire
import fetched
import fleet
import outputs
from case import GRACE, TIMEOUT, faults
from host import Host
from stage import Stage, Tap, unprintable
from suite import LIST, OPEN

GOOD = 60
PEAK_MIB = 200


def endpoints(stage, host, word):
    """Every hostile endpoint, each with an address and a name of its own."""
    mint, folder = stage.mint, stage.folder
    cases = [*cases_wire.cases(mint, folder, host), *cases_handshake.cases(mint, folder),
             *cases_message.cases(mint), *cases_fields.cases(mint), *cases_starttls.cases(mint)]
    cases = [case for case in cases if word in f'{case.number} {case.what}']
    for count, case in enumerate(cases):
        if isinstance(case.serve, tuple):
            case.address, case.port = case.serve
        else:
            case.address, case.port = host.add(case.serve), host.port
        case.host = f'c{count}.example.hk'
    return cases


def all_at_once(stage, cases, engine, options):
    """One scan of all of them, good ones among them."""
    tap = stage.tap
    known = [case for case in cases if case.scheme in stage.schemes]
    good = stage.good.targets(GOOD)
    targets = [case.target() for case in known] + good
    random.Random(1).shuffle(targets)
    ran = stage.ndjson('-i', stage.targets(targets), '-c', len(targets), *options)
    tap.say(f'{engine}: {len(known)} hostile and {GOOD} good ones: {ran}')
    try:
        records = by_host(ran)
    except ValueError as why:
        tap.case(f'{engine}: each line of output is JSON', [why])
        return
    tap.case(f'{engine}: the scan ends by itself with the right exit status, in time, in bounds',
             [*ran.wrong_status(), *stage.in_time(ran), *stage.memory(ran, PEAK_MIB)])
    tap.case(f'{engine}: the output is UTF-8 without control characters, and so is what is said',
             [*unprintable(ran.out), *unprintable(ran.err)])
    tap.case(f'{engine}: the good ones are undisturbed', undisturbed(stage, records, good))
    again = second_look(stage, known, records, engine, options)
    for case in cases:
        name = f'{engine}: {case.number} {case.what}'
        if case.scheme not in stage.schemes:
            tap.skip(name, f'the program speaks no STARTTLS of {case.scheme} yet')
            continue
        found = records.pop(case.host, [])
        tap.case(name, judged(stage, again.get(case.host, found), case, engine))
    left = [host for host in records if not host.startswith('good')]
    tap.case(f'{engine}: nothing else is in the output', left)


def by_host(ran):
    records = {}
    for (when, _), record in zip(ran.lines, ran.records()):
        records.setdefault(record['target']['host'], []).append((when, record))
    return records


def second_look(stage, known, records, engine, options):
    """
    Those that were wrong at the end of their time, by themselves: three hundred servers share
    this machine with the program.  What comes late twice is late.
    """
    late = [case for case in known for when, record in records.get(case.host, [])
            if when > 0.8 * TIMEOUT and any(faults(case, record, engine))]
    if not late:
        return {}
    stage.tap.say(f'{engine}: late, and looked at once more: {[case.what for case in late]}')
    return by_host(stage.ndjson('-i', stage.targets([case.target() for case in late]), *options))


def judged(stage, found, case, engine):
    if len(found) != 1:
        yield f'{len(found)} results'
    for when, record in found:
        if when > TIMEOUT + GRACE + stage.leeway():
            yield f'the result came after {when:.1f} s'
        wrong = list(faults(case, record, engine))
        yield from wrong
        if wrong:
            yield f'{record["status"]}: {record["error"]}, {record["tls"]}'


def undisturbed(stage, records, good):
    for target in good:
        host = target.split('//')[1].split('@')[0]
        found = records.get(host, [])
        if len(found) != 1:
            yield f'{host}: {len(found)} results'
        for when, record in found:
            trusted = any(path['trusted'] for path in record['paths'])
            if record['error'] or not trusted or when > TIMEOUT + GRACE + stage.leeway():
                yield f'{host} after {when:.1f} s: {record["error"]}, {record["paths"]}'


def numbered(stage, cases):
    """Every number of the list is served by something, and what was left open is in the table."""
    have = {case.number for case in cases} | set(fleet.NUMBERS) | set(fetched.NUMBERS)
    stage.tap.case('each of the 88 cases of the list is there',
                   [f'{number}: {what}' for number, what in LIST.items() if number not in have])
    stage.tap.case('each case that may end in several ways is in the table of those',
                   sorted({f'{case.number} {case.what}: {case.kinds}' for case in cases
                           if len(case.kinds) > 1 and case.number not in OPEN}))


def schemes(stage):
    """Those that the program takes; a target with any other is bad usage."""
    known = {'tls', 'https'}
    for scheme in ('smtp', 'submission', 'imap', 'pop3', 'ftp', 'sieve', 'nntp', 'mysql', 'ldap',
                   'postgres', 'xmpp', 'rdp'):
        ran = stage.scan('-f', 'ndjson', f'{scheme}://a.example.hk@127.0.0.1:1')
        if ran.status == 3:
            known.add(scheme)
    return known


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    chainmend, program = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
    word = sys.argv[3] if len(sys.argv) == 4 else ''
    # A signal unwinds the stack, so all that was started is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    tap = Tap()
    stage = Stage(tap, chainmend, program)
    host = Host(stage.smith, '127.77')
    try:
        cases = endpoints(stage, host, word)
        if not word:
            numbered(stage, cases)
        stage.schemes = schemes(stage)
        fleets, things = fleet.prepare(stage, host), fetched.prepare(stage, host)
        host.start(stage.folder.fresh())
        for engine, options in stage.engines() if cases else ():
            all_at_once(stage, cases, engine, options)
        outputs.cases(stage, [case for case in cases if case.number in (74, 75, 76)], word)
        fleet.cases(stage, host, fleets, cases, word)
        fetched.cases(stage, things, word)
        host.stop()
        tap.case('the hostile servers themselves did as they should', host.faults)
    finally:
        if host.workers:
            host.stop()
        stage.close()
    tap.done()


main()
