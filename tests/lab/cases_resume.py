# SPDX-License-Identifier: MIT
"""cases_resume.py - runs that are ended in the middle and go on: nothing twice, nothing missing"""
import collections
import json
import os
import random
import signal
import subprocess
import time

from cases import Skip, collector, exits, refuses
from lab import end, quiet_environment

__all__ = ['CASES', 'Skip']
CASES, case = collector()

TARGETS = 400
KILLS = 20


def many(stage):
    """Some hundred targets on loopback: two services by many names, and ports where nobody is."""
    states = [stage.states[state] for state in ('compliant', 'expired', 'refuses')]
    lines = [f'h{i}.example.gov.hk,{states[i % 3]["address"]},{states[i % 3]["port"]},'
             f'{states[i % 3]["host"]}' for i in range(TARGETS)]
    return stage.write('many.csv', '\n'.join(['host,address,port,sni', *lines]) + '\n')


def command(stage, targets, checkpoint, *words):
    return [str(word) for word in (
        stage.chainmend, 'scan', *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day,
        '--timeout', 20, '--offline', '-q', '-c', 8, '--rate', 300, '--per-address', 0, '-i', targets, '-f', 'ndjson',
        '--checkpoint', checkpoint, '--resume', *words)]


def name_of(record):
    target = record['target']
    return f'{target["host"]} {target["address"]}:{target["port"]}'


def once(targets, text, descr):
    """TEXT has whole records, one for each target."""
    if not text.endswith('\n'):
        yield f'{descr}: ends in the middle of a record: {text[-80:]!r}'
    found = collections.Counter()
    for line in text.splitlines():
        try:
            found[name_of(json.loads(line))] += 1
        except ValueError:
            yield f'{descr}: no record: {line[:200]}'
    twice = [name for name, count in found.items() if count > 1]
    if twice or len(found) != len(targets.read_text().splitlines()) - 1:
        yield f'{descr}: {len(found)} of {TARGETS} targets; twice: {twice[:5]}'


def kill_at_random(line, env, stdout, dice):
    """Runs it, and kills it somewhere on its way; its exit status, None when it was killed."""
    process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=stdout,
                               stderr=subprocess.PIPE, env=env)
    try:
        process.wait(dice.uniform(0.005, 0.12))
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    _, err = process.communicate(timeout=60)
    if process.returncode < 0:
        return None, err
    return process.returncode, err


def to_the_end(line, env, stdout):
    process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=stdout,
                               stderr=subprocess.PIPE, env=env)
    try:
        _, err = process.communicate(timeout=60)
    finally:
        end(process)
    return process.returncode, err


def killed(stage, targets, words, open_output):
    """KILLS runs that are killed and one that is not, each with an output of its own."""
    folder = stage.fresh()
    env, dice = quiet_environment(stage.fresh()), random.Random(20261122)
    line = command(stage, targets, folder / 'checkpoint', *words)
    deaths = 0
    for number in range(KILLS):
        with open_output(folder, number) as stdout:
            status, err = kill_at_random(line, env, stdout, dice)
        deaths += status is None
        if status not in (None, 1):
            yield f'run {number}: exit status {status}: {err.decode()}'
    with open_output(folder, KILLS) as stdout:
        status, err = to_the_end(line, env, stdout)
    if status != 1:
        yield f'the last run: exit status {status}: {err.decode()}'
    if deaths < KILLS // 2:
        yield f'only {deaths} runs were killed'
    # What is finished is not scanned again, and says the same.
    begin = time.monotonic()
    with open_output(folder, KILLS + 1) as stdout:
        status, err = to_the_end(line, env, stdout)
    if status != 1:
        yield f'the finished one: exit status {status}: {err.decode()}'
    if time.monotonic() - begin > 5:
        yield 'the finished one was scanned again'


@case('killed 20 times: a file that appears at the end has everything once')
def killed_file(stage):
    targets, path = many(stage), stage.fresh() / 'records.ndjson'
    yield from killed(stage, targets, ['-o', path], lambda *_: open(os.devnull, 'wb'))
    yield from once(targets, path.read_text(), 'the file')


@case('killed 20 times: standard output, a new file for each run')
def killed_each(stage):
    targets, seen = many(stage), []

    def output(folder, number):
        seen.append(folder / f'out-{number}')
        return open(seen[-1], 'wb')
    yield from killed(stage, targets, [], output)
    yield from once(targets, ''.join(path.read_text() for path in seen), 'all outputs')
    for path in seen:
        if path.read_text() and not path.read_text().endswith('\n'):
            yield f'{path.name} ends in the middle of a record'


@case('killed 20 times: standard output, one file that grows')
def killed_appended(stage):
    targets, path = many(stage), stage.fresh() / 'out'
    yield from killed(stage, targets, [], lambda *_: open(path, 'ab'))
    yield from once(targets, path.read_text(), 'the file')


@case('killed 20 times: standard output, one file that is emptied each time')
def killed_emptied(stage):
    targets, path = many(stage), stage.fresh() / 'out'
    yield from killed(stage, targets, [], lambda *_: open(path, 'wb'))
    yield from once(targets, path.read_text(), 'the file')


@case('interrupted: the checkpoint is good, and the two parts are the whole')
def interrupted(stage):
    targets, folder = many(stage), stage.fresh()
    env = quiet_environment(stage.fresh())
    line = command(stage, targets, folder / 'checkpoint', '-o', folder / 'whole', '-o', 'ndjson:-')
    with open(folder / 'first', 'wb') as stdout:
        process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=stdout,
                                   stderr=subprocess.PIPE, env=env)
        try:
            time.sleep(0.4)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
        finally:
            end(process)
    if process.returncode != 130:
        yield f'exit status {process.returncode}: {err.decode()}'
    first = (folder / 'first').read_text()
    if not 0 < first.count('\n') < TARGETS or (folder / 'whole').read_text() != first:
        yield f'{first.count(chr(10))} records, and not the same in both outputs'
    with open(folder / 'second', 'wb') as stdout:
        status, err = to_the_end(line, env, stdout)
    if status != 1:
        yield f'exit status {status}: {err.decode()}'
    yield from once(targets, first + (folder / 'second').read_text(), 'both parts')
    yield from once(targets, (folder / 'whole').read_text(), 'the file')


@case('a checkpoint is bound to targets, profile, trust and options')
def bound(stage):
    one, other = stage.argument('compliant'), stage.argument('expired')
    path = stage.fresh() / 'checkpoint'
    words = ['--checkpoint', path, '--offline']
    yield from exits(stage.ndjson(one, *words), 0)
    yield from refuses(stage.ndjson(one, *words), path, '--resume')
    yield from refuses(stage.ndjson(other, *words, '--resume'), path, 'other targets')
    yield from refuses(stage.ndjson(one, *words, '--resume', '--first-address'), 'other options')
    yield from refuses(stage.ndjson(one, *words, '--resume', '--handshake', 'complete'),
                       'other options')
    yield from refuses(stage.ndjson(one, *words, '--resume', '-q', stores=False), 'trust')
    text = open(stage.lab.file('profile.yaml'), encoding='utf-8').read()
    changed = stage.write('profile.yaml', text + '\n# changed\n')
    yield from refuses(stage.ndjson(one, *words, '--resume', '--profile', changed),
                       'another profile')
    yield from refuses(stage.scan(one, *words, '--resume'), 'text')
    ran = stage.ndjson(one, *words, '--resume', '--timeout', 3, '-c', 1)
    yield from exits(ran, 0)
    if ran.out or b'nothing is scanned again' not in ran.err:
        yield f'everything was done: {ran.out[:200]} {ran}'
    before = path.read_bytes()
    yield from refuses(stage.ndjson(one, '--checkpoint', stage.write('letter', 'Dear Sir,'),
                                    '--resume'), 'not a checkpoint')
    if path.read_bytes() != before:
        yield 'a run that was refused changed the checkpoint'


@case('a service with several lines and addresses is done as a whole')
def together(stage):
    states = ('node-1', 'node-2', 'node-3', 'compliant')
    path = stage.fresh() / 'checkpoint'
    first = stage.ndjson('-i', stage.targets(*states), '--checkpoint', path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    have = sorted(len(line['records']) for line in lines if 'records' in line)
    if have != [1, 3]:
        yield f'{have}: {first}'
