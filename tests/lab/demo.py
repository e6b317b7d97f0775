#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""demo.py [--out DIR] [--day YYYY-MM-DD] CHAINMEND LAB - a fleet in every state, scanned

Serves the lab's fleet on loopback, real servers that are installed taking their parts, scans
it, and shows the report; DIR (build/demo) keeps the report
as a page and as records, and all that the scan read.  Then results are turned into work (DIR/work),
the scripts are run on the real servers, and a second scan is compared with the first.
The exit status says whether every service was judged as it should be, and put right where it can be.
"""
import argparse
import json
import pathlib
import shutil
import signal
import subprocess
import sys

from compare import by_state, faults
from lab import Lab, Trouble
from mend import mend, relabel
from real import Cast

SCAN_SECONDS = 120


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('--out', default='build/demo')
    parser.add_argument('--day')
    parser.add_argument('chainmend', type=pathlib.Path)
    parser.add_argument('lab', type=pathlib.Path)
    return parser.parse_args()


def say(words):
    print(words, flush=True)


def scan_command(chainmend, lab):
    return [chainmend, 'scan', '-i', lab.file('targets.csv'), *lab.profile(), *lab.stores(),
            '--as-of', lab.expected['day'], '--timeout', '5', '--cache', lab.file('cache')]


def scan_again(chainmend, lab, results):
    subprocess.run([*map(str, scan_command(chainmend, lab)), '-q', '-o', f'ndjson:{results}'],
                   stdin=subprocess.DEVNULL, timeout=SCAN_SECONDS, check=False)


def scan(chainmend, lab):
    """The scan, its report on our standard output; its exit status, None when it took too long."""
    results, page = lab.folder / 'results.ndjson', lab.folder / 'fleet.html'
    short = ['chainmend scan -i targets.csv --profile profile.yaml', '--trust-store …',
             '-o text:- -o html:fleet.html -o ndjson:results.ndjson']
    say(f'demo: {" ".join(short)}\n')
    command = [*scan_command(chainmend, lab), '-o', 'text:-',
               '-o', f'html:{page}', '-o', f'ndjson:{results}']
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL)
    try:
        status = process.wait(SCAN_SECONDS)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return status, results


def judge(status, results, expected):
    """What is not as the fleet's table has it."""
    if status != 1:
        yield f'exit status {status}: this fleet has critical findings'
    if not results.exists():
        yield 'no records were written'
        return
    grouped = by_state(json.loads(line) for line in results.read_text().splitlines())
    for state in expected['states']:
        records = grouped.get(state, [])
        if len(records) != 1:
            yield f'{state}: {len(records)} results'
        for record in records:
            yield from (f'{state}: {fault}' for fault in faults(record, state, expected))


def clear(folder):
    """An empty folder; nothing is removed but what an earlier demo left."""
    mark = folder / 'made-by-demo'
    if folder.exists() and not mark.exists():
        raise Trouble(f'{folder} is in the way: no folder of an earlier demo')
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mark.touch()


def announce(lab, acting):
    others = ', '.join(sorted(set(acting.values())))
    by = f', {len(acting)} of them by {others}' if acting else ''
    say(f'demo: {len(lab.states)} services on 127.0.0.0/8 as of {lab.expected["day"]}{by}')


def show(chainmend, lab, cast):
    """Scans, and where that went well puts right what real servers play; what is wrong."""
    relabel(lab, cast)
    # A real server has one default certificate, whatever states it takes the part of.
    for state in cast.acting():
        lab.expected['states'][state]['must_not'].remove('deployment.default-certificate')
    status, results = scan(chainmend, lab)
    wrong = list(judge(status, results, lab.expected))
    if wrong:
        return wrong
    say('')
    return mend(chainmend, lab, cast, results, lambda path: scan_again(chainmend, lab, path), say)


def perform(options, folder, without=()):
    """What is wrong, and how many services there are.  A real server that does not start is left
    out: the lab has its part then."""
    cast = Cast(without)
    with Lab(options.lab, options.day, cast.states(), folder) as lab:
        try:
            cast.start(lab)
            if not cast.failed:
                announce(lab, cast.acting())
                return show(options.chainmend.resolve(), lab, cast), len(lab.states)
        finally:
            cast.stop()
    for program, why in cast.failed.items():
        say(f'demo: {program} is left out: {why}')
    clear(folder)
    return perform(options, folder, (*without, *cast.failed))


def main():
    options = arguments()
    # A signal unwinds the stack, so all that was started is ended.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    # Servers run from folders of their own, so every path has to be a whole one.
    folder = pathlib.Path(options.out).resolve()
    try:
        clear(folder)
        wrong, count = perform(options, folder)
    except (Trouble, OSError, subprocess.TimeoutExpired) as why:
        say(f'demo: {why}')
        return 2
    except KeyboardInterrupt:
        return 130
    say('')
    for fault in wrong:
        say(f'demo: NOT as it should be: {fault}')
    if not wrong:
        say(f'demo: all {count} services were judged as they should be; the records are in '
            f'{folder}/results.ndjson')
        say(f'demo: the report to look at in a browser: {folder}/fleet.html')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
