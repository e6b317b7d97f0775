# SPDX-License-Identifier: MIT
"""cases_config.py - scans as a scheduler starts them: a configuration, a lock, a notification, the journal"""
import json
import os
import signal
import subprocess
import time

from cases import Skip, collector, exits, refuses
from lab import end, quiet_environment

__all__ = ['CASES', 'Skip']
CASES, case = collector()


def configuration(stage, *lines, targets=('expired', 'compliant')):
    """A file with the lab's profile, stores and day, and LINES."""
    words = [str(word) for word in (*stage.lab.profile(), *stage.lab.stores())]
    stores = [word for word in words if '=' in word]
    return stage.write('run.yaml', '\n'.join([
        'schema: chainmend.config/1',
        'targets:', *(f'  - {stage.argument(state)}' for state in targets),
        f'profile: {words[words.index("--profile") + 1]}',
        'trust-store:', *(f'  {store.replace("=", ": ", 1)}' for store in stores),
        f'as-of: {stage.day}', 'timeout: 5', *lines]) + '\n')


@case('a configuration holds a whole run, and the command line has the last word')
def whole(stage):
    folder = stage.fresh()
    path = configuration(stage, f'output: ["ndjson:{folder}/run.ndjson", "text:{folder}/run.txt"]', 'fail-on: never',
                         f'store: {folder}/fleet.db', 'ordered: true', 'quiet: false')
    yield from exits(stage.run('scan', '--config', path), 0)
    records = [json.loads(line) for line in (folder / 'run.ndjson').read_text().splitlines()]
    if [record['status'] for record in records] != ['critical', 'ok']:
        yield f'{[record["status"] for record in records]}'
    if not (folder / 'run.txt').read_text() or not (folder / 'fleet.db').exists():
        yield 'an output is missing'
    yield from exits(stage.run('scan', f'--config={path}', '--fail-on', 'critical'), 1)


@case('what is wrong in a configuration is said with its line')
def wrong(stage):
    for line, *words in (
            ('rate: soon', '--rate', 'soon'),
            ('speed: 3', "no option 'speed'"),
            ('config: other.yaml', "no option 'config'"),
            ('ordered: maybe', 'true or false'),
            ('fail-on: [never, {a: b}]', 'wanted here'),
            ('output: ["nosuch:\x08"]', 'run.yaml'),
            ('timeout: 3', 'second time')):
        path = configuration(stage, line)
        count = len(path.read_text().splitlines())
        yield from refuses(stage.run('scan', '--config', path), *words,
                           *([f'run.yaml:{count}:'] if 'nosuch' not in line else []))
    yield from refuses(stage.run('scan', '--config', stage.write('letter', 'Dear Sir')), 'not a configuration')
    yield from refuses(stage.run('scan', '--config', stage.write('empty', '')), 'empty:')
    yield from refuses(stage.run('scan', '--config', stage.fresh()), 'irectory')
    yield from refuses(stage.run('scan', '--config', stage.fresh() / 'missing'), 'missing')
    yield from refuses(stage.run('scan', '--config'), '--config')


@case('a second run of a configuration says so, and exits with 3')
def busy(stage):
    path = configuration(stage, 'output: "ndjson:-"', targets=('silent',) if 'silent' in stage.states else ('expired',))
    line = [str(stage.chainmend), 'scan', '--config', str(path), '--rate', '0.3', stage.argument('compliant'),
            stage.argument('expired'), '--timeout', '20']
    first = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             env=quiet_environment(stage.fresh()))
    try:
        time.sleep(0.5)
        ran = stage.run('scan', '--config', path)
        yield from exits(ran, 3)
        if b'another run of this is going on' not in ran.err or ran.out:
            yield f'{ran}'
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=30)
    finally:
        end(first)


@case('a program is told of the end: the counts, the reason, and only of problems unless asked')
def told(stage):
    folder = stage.fresh()
    log = folder / 'log'
    program = stage.write('tell', f'#!/bin/sh\necho "$1 exit=$CHAINMEND_EXIT_CODE critical=$CHAINMEND_CRITICAL '
                                  f'ok=$CHAINMEND_OK config=$CHAINMEND_CONFIG" >>{log}\ncat >>{log}\n')
    os.chmod(program, 0o755)
    path = configuration(stage, f'notify: [{program}, "two words; $(touch {folder}/oops)"]', 'output: "ndjson:-"')
    yield from exits(stage.run('scan', '--config', path), 1)
    said = log.read_text() if log.exists() else ''
    for word in ('two words; $(touch', 'exit=1 critical=1 ok=1', f'config={path}', '1 critical'):
        if word not in said:
            yield f'"{word}" is not in: {said}'
    if (folder / 'oops').exists():
        yield 'an argument was run'
    log.unlink(missing_ok=True)
    yield from exits(stage.run('scan', '--config', path, '--fail-on', 'never'), 0)
    if log.exists():
        yield 'told although nothing was wrong'
    yield from exits(stage.run('scan', '--config', path, '--fail-on', 'never', '--notify-on', 'always'), 0)
    if 'exit=0' not in (log.read_text() if log.exists() else ''):
        yield 'not told of an end that was good'
    log.unlink(missing_ok=True)
    yield from exits(stage.run('scan', '--config', path, '--profile', folder / 'missing.yaml'), 2)
    if 'missing.yaml' not in (log.read_text() if log.exists() else ''):
        yield 'the reason was not told'
    ran = stage.ndjson(stage.argument('compliant'), '--notify', '/nonexistent/tell', '--notify-on', 'always')
    yield from exits(ran, 0)
    if b'/nonexistent/tell' not in ran.err:
        yield f'not said: {ran}'


@case('lines for the journal carry their level')
def journal(stage):
    folder = stage.fresh()
    with open(folder / 'err', 'wb') as err:
        about = os.fstat(err.fileno())
        env = dict(quiet_environment(stage.fresh()), JOURNAL_STREAM=f'{about.st_dev}:{about.st_ino}')
        subprocess.run([stage.chainmend, 'scan', '--profile', 'missing.yaml', 'localhost'], stderr=err,
                       stdin=subprocess.DEVNULL, env=env, timeout=30, check=False)
    text = (folder / 'err').read_text()
    if not text.startswith('<3>chainmend: '):
        yield text
    if stage.run('scan', '--profile', 'missing.yaml', 'localhost').err.startswith(b'<'):
        yield 'a level where there is no journal'
