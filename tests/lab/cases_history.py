# SPDX-License-Identifier: MIT
"""cases_history.py - what runs leave behind for those who ask later (--store, history)"""
import json
import os
import random
import subprocess
import time

from cases import Skip, collector, exits, refuses
from cases_resume import KILLS, TARGETS, command, kill_at_random, many, to_the_end
from lab import quiet_environment

__all__ = ['CASES', 'Skip']
CASES, case = collector()


def runs_of(stage, store):
    ran = stage.run('history', '--store', store, '-f', 'ndjson')
    return ran, [json.loads(line) for line in ran.out.decode().splitlines()]


@case('report --store draws the curve that the scan drew, with the runs before it')
def drawn_again(stage):
    folder, store, targets = stage.fresh(), stage.fresh() / 'fleet.db', stage.targets('retired', 'compliant')
    for _ in range(2):
        yield from exits(stage.scan('-i', targets, '--store', store, '--fail-on', 'never'), 0)
        time.sleep(1.1)  # the history has whole seconds
    formats = ('html', 'text')
    yield from exits(stage.scan('-i', targets, '--store', store, '--fail-on', 'never', '-o', f'ndjson:{folder}/ndjson', *(
        word for name in formats for word in ('-o', f'{name}:{folder}/{name}'))), 0)
    before = store.read_bytes()
    for words, same in ((('--store', store), True), ((), False)):
        yield from exits(stage.run('report', *stage.lab.profile(), *words, '--fail-on', 'never', folder / 'ndjson', *(
            word for name in formats for word in ('-o', f'{name}:{folder}/again-{name}'))), 0)
        page, again = ((folder / f'{name}html').read_text() for name in ('', 'again-'))
        if (page == again) != same or ('class="burndown"' in again) != ('class="burndown"' in page and same):
            yield f'{words}: the pages are {"not " if same else ""}the same, {"burndown" in page}'
        if ((folder / 'text').read_bytes() == (folder / 'again-text').read_bytes()) != same:
            yield f'{words}: the texts are {"not " if same else ""}the same'
    if store.read_bytes() != before:
        yield 'report has written to the history'
    yield from refuses(stage.run('report', *stage.lab.profile(), '--store', folder / 'missing.db', folder / 'ndjson'), 'missing.db')


@case('runs are kept, listed, and one host is shown through time')
def kept(stage):
    store, host = stage.fresh() / 'fleet.db', stage.states['expired']['host']
    targets = stage.targets('compliant', 'expired', 'refuses')
    for _ in range(2):
        yield from exits(stage.scan('-i', targets, '--store', store), 1)
    ran, runs = runs_of(stage, store)
    yield from exits(ran, 0)
    have = [{status: count for status, count in run['results'].items() if count} for run in runs]
    if have != 2 * [{'ok': 1, 'critical': 1, 'unreachable': 1}]:
        yield f'{have}'
    text = stage.run('history', '--store', store)
    yield from exits(text, 0)
    if b'Left to migrate' not in text.out:
        yield f'no burn-down: {text}'
    one = stage.run('history', '--store', store, host, '-f', 'ndjson')
    lines = [json.loads(line) for line in one.out.decode().splitlines()]
    if [line['status'] for line in lines] != ['critical', 'critical'] or 'leaf.expired' not in lines[0]['rules']:
        yield f'{host}: {one}'
    told = stage.run('history', '--store', store, f'{host}:{stage.states["expired"]["port"]}').out.decode()
    if told.count('critical leaf.expired') != 1:
        yield f'what did not change is told once: {told}'


@case('a history that cannot be written, or is none, costs no scan')
def refused(stage):
    one = stage.argument('compliant')
    folder = stage.fresh()
    yield from refuses(stage.scan(one, '--store', folder), folder)
    yield from refuses(stage.scan(one, '--store', folder / 'none' / 'x.db'), folder / 'none')
    letter = stage.write('letter', 'Dear Sir or Madam, this is no history at all.\n' * 20)
    yield from refuses(stage.scan(one, '--store', letter), letter)
    yield from refuses(stage.run('history', '--store', folder / 'missing.db'), 'missing.db')
    yield from refuses(stage.run('history'), '--store')
    yield from refuses(stage.run('history', '--store', letter, 'a b:c'), letter)
    if letter.read_text()[:8] != 'Dear Sir':
        yield 'the letter was changed'


@case('two runs at once into one history')
def together(stage):
    store, targets = stage.fresh() / 'fleet.db', many(stage)
    line = [str(word) for word in (
        stage.chainmend, 'scan', *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day, '--offline',
        '-q', '--per-address', 0, '-i', targets, '-f', 'ndjson', '--store', store)]
    running = [subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                env=quiet_environment(stage.fresh())) for _ in range(3)]
    for process in running:
        if process.wait(timeout=60) != 1:
            yield f'exit status {process.returncode}'
    _, runs = runs_of(stage, store)
    have = [sum(run['results'].values()) for run in runs]
    if have != 3 * [TARGETS]:
        yield f'{have} results, not {TARGETS} in each'


@case('killed many times: the run is one, with each result once')
def killed(stage):
    targets, folder, store = many(stage), stage.fresh(), stage.fresh() / 'fleet.db'
    env, deaths = quiet_environment(stage.fresh()), 0
    line = command(stage, targets, folder / 'checkpoint', '--store', store)
    with open(os.devnull, 'wb') as nowhere:
        dice = random.Random(1)
        for _ in range(KILLS // 2):
            deaths += kill_at_random(line, env, nowhere, dice)[0] is None
        for _ in range(2):  # the last one finds everything done
            status, err = to_the_end(line, env, nowhere)
            if status != 1:
                yield f'exit status {status}: {err.decode()}'
    _, runs = runs_of(stage, store)
    if len(runs) != 1 or sum(runs[0]['results'].values()) != TARGETS or not runs[0]['ended']:
        yield f'{deaths} deaths: {runs}'
