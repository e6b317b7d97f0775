#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""verdicts.py [--write FILE] CHAINMEND LAB - our verdicts beside those of OpenSSL, GnuTLS and curl

Serves every state of tests/lab/fleet.def on loopback and lets all of them look at it, with the roots of two
trust stores; then real certificates (CHAINMEND_SHARED), where they are at hand.  Prints the page docs/verdicts.md,
or writes it to FILE.  The exit status is 1 when a difference has no explanation (reasons.py).
"""
import argparse
import calendar
import collections
import concurrent.futures
import json
import os
import pathlib
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'lab'))
import peers  # noqa: E402
import reasons  # noqa: E402
from lab import Lab, Trouble, run  # noqa: E402

STORES = ('current', 'stock-java')
AT_ONCE = 8
SCAN_SECONDS = 180
SHARED = pathlib.Path(os.environ.get('CHAINMEND_SHARED', pathlib.Path(__file__).resolve().parents[2] / '..' / 'shared'))
REAL = SHARED / 'pki' / 'real'

# What a server might send of the real certificates, and a day on which to look at it.
LEAF, OLD, NEW, EV_OLD, EV_NEW = ('leaf-ssl-ca-3-17-2020-chinese-idn', 'ssl-ca-3-17-old-2017', 'ssl-ca-3-17-new-2025',
                                  'ev-ssl-ca-3-17-old-2017', 'ev-ssl-ca-3-17-new-2025')
CROSS, CROSS_2017, CROSS_2207 = ('cross-root-ca-3-by-globalsign-r3-2022', 'cross-root-ca-3-by-root-ca-1-2017-06',
                                 'cross-root-ca-3-by-root-ca-1-2022-07-a')
THEN, NOW = '2021-03-01', '2026-11-27'
CHAINS = (
    (THEN, (LEAF, OLD)), (THEN, (LEAF, OLD, CROSS_2017)), (THEN, (LEAF, CROSS_2017, OLD)), (THEN, (LEAF,)),
    (THEN, (LEAF, 'root-ca-3')), (THEN, (LEAF, EV_OLD)), (THEN, (LEAF, NEW)), (THEN, (LEAF, OLD, CROSS)),
    (NOW, (LEAF, NEW, CROSS)), (NOW, (LEAF, OLD, CROSS)), (NOW, (NEW, CROSS)), (NOW, (OLD, CROSS)), (NOW, (EV_NEW, CROSS)),
    (NOW, (EV_OLD, CROSS)), (NOW, (NEW, CROSS_2207)), (NOW, (NEW,)), (NOW, (NEW, CROSS_2017, CROSS)),
)
ROOTS = {'current': ('root-ca-3', 'globalsign-root-ca-r3'), 'stock-java': ('globalsign-root-ca-r3',)}


def ours(record, store):
    """Does a client with these roots, that fetches nothing, connect?"""
    path = next((path for path in record['paths'] if path['trust_store'] == store), None)
    if not path:
        return '-'
    named = not any(f['rule'] == 'leaf.name-mismatch' for f in record['findings'])
    return 'yes' if path['trusted'] and path['completed_by'] == 'served' and named else 'no'


def worst(record):
    """What a person is told: the worst findings."""
    if record['status'] == 'unreachable':
        return f'unreachable ({record["error"]["kind"]})'
    order = ('critical', 'warning')
    for severity in order:
        rules = sorted({f['rule'] for f in record['findings'] if f['severity'] == severity})
        if rules:
            return f'{severity}: {", ".join(rules)}' if record['status'] == severity else \
                f'{record["status"]}, {severity}: {", ".join(rules)}'
    return record['status']


class Row:
    """One service or chain: its record, and each program's answer for each store."""

    def __init__(self, title, record):
        self.title, self.record = title, record
        self.answers = collections.defaultdict(dict)

    def differences(self):
        for tool, answers in self.answers.items():
            for store, answer in answers.items():
                if answer.says != ours(self.record, store):
                    yield tool, store, answer


def ask(rows, jobs):
    """JOBS are (row, tool, store, function, arguments)."""
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        done = [(job, pool.submit(job[3], *job[4])) for job in jobs]
        for (row, tool, store, *_), answer in done:
            row.answers[tool][store] = answer.result()
    return rows


def usable(tools):
    return {tool: function for tool, function in tools.items() if not peers.missing(tool)}


def fleet(chainmend, lab):
    scanned = run([chainmend, 'scan', '-i', lab.file('targets.csv'), *lab.profile(), *lab.stores(), '--as-of',
                   lab.expected['day'], '--timeout', '5', '--ordered', '--cache', lab.file('cache'), '-q', '-f', 'ndjson'],
                  seconds=SCAN_SECONDS)
    if scanned.status != 1:
        raise Trouble(f'the scan: {scanned}')
    rows, jobs = [], []
    for record in scanned.records():
        target, state = record['target'], record['target']['labels']['state']
        rows.append(Row(state, record))
        rest = pathlib.Path(lab.service(state, 'rest.pem'))
        for store in STORES:
            service = peers.Service(target['host'], target['address'], target['port'], target['protocol'],
                                    lab.service(state, 'leaf.pem'), rest if rest.exists() and rest.stat().st_size else '',
                                    lab.service(state, 'chain.pem'), lab.file(f'{store}.pem'))
            for tool, function in usable(peers.SERVED).items():
                # A state that serves nothing has no file either.
                if tool != 'openssl verify' or record['chain']:
                    jobs.append((rows[-1], tool, store, function, (service,)))
    return ask(rows, jobs)


def moment_of(day):
    return calendar.timegm(time.strptime(day, '%Y-%m-%d'))


def written(folder, name, stems):
    path = folder / f'{name}.pem'
    path.write_text(''.join((REAL / f'{stem}.pem').read_text() for stem in stems))
    return path


def real(chainmend, folder):
    roots = {store: written(folder, store, stems) for store, stems in ROOTS.items()}
    tools = usable(peers.FILED)
    if peers.missing('GnuTLS on another day'):
        tools.pop('GnuTLS', None)
    rows, jobs = [], []
    for number, (day, stems) in enumerate(CHAINS):
        chain = written(folder, f'chain-{number}', stems)
        command = [chainmend, 'check', '--as-of', day, '--offline', '-q', '-f', 'ndjson', '--fail-on', 'never']
        for store, path in roots.items():
            command += ['--trust-store', f'{store}={path}']
        checked = run([*command, chain])
        if checked.status != 0:
            raise Trouble(f'the check of {stems}: {checked}')
        title = ' + '.join('leaf' if stem == LEAF else stem for stem in stems)
        rows.append(Row(f'{day}: {title}', checked.records()[0]))
        rest = written(folder, f'rest-{number}', stems[1:]) if stems[1:] else ''
        for store, path in roots.items():
            service = peers.Service('', '', 0, '', written(folder, f'leaf-{number}', stems[:1]), rest, chain, path)
            for tool, function in tools.items():
                jobs.append((rows[-1], tool, store, function, (service, moment_of(day))))
    return ask(rows, jobs)


def cell(answers):
    said = [answers[store].says if store in answers else ' ' for store in STORES]
    return said[0] if said[0] == said[1] else ' / '.join(said)


def table(title, rows, tools):
    yield f'| {title} | chainmend says | chainmend | {" | ".join(tools)} |'
    yield '|' + '---|' * (len(tools) + 3)
    for row in rows:
        mine = {store: peers.Answer(ours(row.record, store)) for store in STORES}
        others = [cell(row.answers[tool]) if row.answers.get(tool) else '' for tool in tools]
        yield f'| {row.title} | {worst(row.record)} | {cell(mine)} | {" | ".join(others)} |'


def explained(rows):
    """Lines for differences by cause, and those that have none."""
    grouped, unknown = collections.defaultdict(lambda: collections.defaultdict(list)), []
    for row in rows:
        for tool, store, answer in row.differences():
            number = reasons.cause(row.record, answer)
            if number is None:
                unknown.append(f'{row.title}: {tool} says {answer.says} for {store} ({answer.why}), and chainmend '
                               f'{ours(row.record, store)}')
            elif row.title not in grouped[number][tool]:
                grouped[number][tool].append(row.title)
    lines = []
    for number in sorted(grouped):
        where = '; '.join(f'{tool}: {", ".join(titles)}' for tool, titles in grouped[number].items())
        lines.append(f'- {reasons.CAUSES[number][1]} ({where})')
    return lines, unknown


def alone(rows):
    """Who is served well in every program's eyes, and has a fault in ours."""
    grouped = collections.defaultdict(list)
    for row in rows:
        answers = [answer.says for tool in row.answers.values() for answer in tool.values()]
        if answers and set(answers) == {'yes'} and row.record['status'] in ('critical', 'warning'):
            grouped[worst(row.record)].append(row.title)
    return [f'- {said} ({", ".join(titles)})' for said, titles in sorted(grouped.items())]


def count(rows):
    asked = [(row, tool, store) for row in rows for tool, answers in row.answers.items() for store in answers]
    return len(asked), sum(len(list(row.differences())) for row in rows)


def absent():
    """What is not there, by name."""
    for tool in peers.PROGRAMS:
        for program in peers.missing(tool):
            yield f'- {program} is not installed: no column "{tool}".'


PREFACE = '''# Verdicts beside those of others

Made by `./dev verdicts`, from a run on {day} with {versions}; not written by hand.

Every state of the demo's fleet is served on loopback, by the lab's own servers, and looked at by all programs with the same
roots. "yes" is a client that connects, "no" one that refuses the certificate, "-" one that never gets that far. Where two
stand in a cell, the first is for the trust store `current`, the second for `stock-java`, which lacks the CA's own root. The
column *chainmend* is `paths[]` and the name: trusted, `completed_by` `served`, the name covered. `openssl verify` is given the
chain as a file, the others connect. None of them is told to ask for revocations.
'''


def page(rows, certificates, day):
    lines = [PREFACE.format(day=day, versions=', '.join(peers.versions())), *absent(), '## The fleet', '']
    asked, differ = count(rows)
    differences, unknown = explained(rows)
    lines += [f'{len(rows)} services, {asked} answers of others; {asked - differ} are as chainmend has it, {differ} differ.', '',
              *table('state', rows, list(peers.SERVED)), '', '### Why they differ', '', *differences, '',
              '### What none of them says', '', 'Every program connects with every store, and something is wrong:', '',
              *alone(rows), '']
    if certificates:
        asked, differ = count(certificates)
        more, other = explained(certificates)
        unknown += other
        lines += ['## Real certificates', '',
                  'Certificates of the CA as a server might send them, as files; nobody here has their keys, so nothing that '
                  'connects can be asked, curl among them. GnuTLS is `certtool`, on other days with `faketime`. The leaf '
                  'is one of 2020; the files of today have none, for no newer one is at hand. No name is asked for.', '',
                  f'{len(certificates)} chains, {asked} answers of others; {asked - differ} are as chainmend has it, {differ} '
                  'differ.', '', *table('chain', certificates, list(peers.FILED)), '']
        lines += ['### Why these differ', '', *more, ''] if more else []
        lines += ['### What none of these says', '', *alone(certificates), ''] if alone(certificates) else []
    else:
        lines += ['## Real certificates', '', 'They were not at hand in this run (CHAINMEND_SHARED).', '']
    return '\n'.join(lines), unknown


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--write', type=pathlib.Path)
    parser.add_argument('chainmend', type=pathlib.Path)
    parser.add_argument('lab', type=pathlib.Path)
    options = parser.parse_args()
    # A signal unwinds the stack, so all that was started is ended.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    try:
        with Lab(options.lab) as lab:
            rows, day = fleet(options.chainmend.resolve(), lab), lab.expected['day']
        certificates = []
        if REAL.is_dir():
            with tempfile.TemporaryDirectory(prefix='chainmend-verdicts-') as folder:
                certificates = real(options.chainmend.resolve(), pathlib.Path(folder))
    except (Trouble, OSError, json.JSONDecodeError) as why:
        print(f'verdicts: {why}', file=sys.stderr)
        return 2
    text, unknown = page(rows, certificates, day)
    if options.write:
        options.write.write_text(text)
    else:
        print(text)
    for line in unknown:
        print(f'verdicts: NOT explained: {line}', file=sys.stderr)
    return 1 if unknown else 0


if __name__ == '__main__':
    sys.exit(main())
