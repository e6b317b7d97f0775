# SPDX-License-Identifier: MIT
"""cases_cli.py - exit codes, outputs, interruption, hostile text"""
import json
import os
import pty
import select
import signal
import subprocess
import time

from cases import Skip, collector, exits, refuses, unprintable
from lab import end, quiet_environment, run

__all__ = ['CASES', 'Skip']
CASES, case = collector()


# --- Exit codes ---

@case('exit status 0: nothing at or above --fail-on')
def exit_0(stage):
    for state in ('compliant', 'no-cross', 'other-ca'):
        yield from exits(stage.scan('-i', stage.targets(state)), 0)
    yield from exits(stage.scan('-i', stage.targets('expired'), '--fail-on', 'never'), 0)


@case('exit status 1: something at or above --fail-on')
def exit_1(stage):
    yield from exits(stage.scan('-i', stage.targets('expired', 'compliant', 'refuses')), 1)
    yield from exits(stage.scan('-i', stage.targets('no-cross'), '--fail-on', 'warning'), 1)


@case('exit status 3: only that some could not be examined')
def exit_3(stage):
    yield from exits(stage.scan('-i', stage.targets('refuses', 'plain-http', 'closes')), 3)
    yield from exits(stage.scan('-i', stage.targets('refuses', 'compliant')), 3)
    yield from exits(stage.scan('-i', stage.targets('refuses', 'no-cross')), 3)


@case('exit status 2: nothing to scan')
def nothing(stage):
    yield from refuses(stage.run('scan'))
    yield from refuses(stage.scan('-i', stage.write('empty.txt', '')))
    yield from refuses(stage.scan('-i', stage.write('comments.txt', '# nobody\n\n  # here\n')))
    yield from refuses(stage.scan('-i', stage.write('head.csv', 'host,port\n')))
    yield from refuses(stage.scan('-i', '-', stdin=b''))


@case('exit status 2: wrong usage')
def usage(stage):
    target = stage.argument('compliant')
    for words in (['scan', '--no-such-option', target], ['scan', '--as-of', '2026-02-30', target],
                  ['scan', '--as-of', 'yesterday', target], ['scan', '-f', 'postcard', target],
                  ['scan', '--fail-on', 'note', target], ['scan', '-c', '0', target],
                  ['scan', '--timeout', '-1', target], ['scan', '--timeout', target],
                  ['scan', '--fetch', 'some', target], ['scan', '--color', 'green', target],
                  ['no-such-command']):
        ran = stage.run(*words)
        yield from (f'{words}: {fault}' for fault in exits(ran, 2))
        if ran.out or not ran.err:
            yield f'{words}: {ran.out[:100]} {ran}'


@case('exit status 2: files that are missing, folders, or unreadable')
def files(stage):
    target, folder = stage.argument('compliant'), stage.fresh()
    missing = folder / 'missing'
    yield from refuses(stage.scan('-i', missing), missing)
    yield from refuses(stage.scan('-i', folder), folder)
    yield from refuses(stage.run('scan', '--profile', f'{missing}.yaml', target), missing)
    yield from refuses(stage.run('scan', '--profile', folder, target), folder)
    garbage = stage.write('garbage.pem', 'this is no certificate\n')
    good = stage.lab.file('current.pem')
    for store, word in ((f'current={missing}', missing), (f'current={garbage}', garbage),
                        (f'nobody={good}', 'nobody'), ('current', 'current')):
        yield from refuses(stage.scan('--trust-store', store, target, stores=False), word)


@case('exit status 2: output that cannot be written')
def unwritable(stage):
    target = stage.argument('compliant')
    path = stage.fresh() / 'no' / 'such' / 'folder.ndjson'
    yield from refuses(stage.scan('-o', path, target), path)
    yield from refuses(stage.scan('-o', stage.fresh(), target))
    ran = stage.scan('-f', 'ndjson', '-o', '/dev/full', target)
    yield from exits(ran, 2)
    with open('/dev/full', 'wb') as full:
        for style in ('text', 'ndjson'):
            ran = stage.scan('-f', style, target, stdout=full)
            yield from exits(ran, 2)
            if not ran.err:
                yield f'{style}: not a word about the full device'


# --- Outputs ---

@case('-o: whole or not at all, several at once')
def outputs(stage):
    folder = stage.fresh()
    text, records = folder / 'report.txt', folder / 'records.ndjson'
    text.write_text('before')
    ran = stage.scan('-i', stage.targets('expired', 'compliant'), '-o', f'text:{text}', '-o',
                     f'ndjson:{records}')
    yield from exits(ran, 1)
    if ran.out:
        yield f'standard output: {ran.out[:200]}'
    if len(records.read_text().splitlines()) != 2 or 'expired' not in text.read_text():
        yield 'the files do not have the results'
    left = {path.name for path in folder.iterdir()} - {text.name, records.name}
    if left:
        yield f'left behind: {left}'
    text.write_text('before')
    yield from exits(stage.scan('-i', '/no/such/file', '-o', f'text:{text}'), 2)
    if text.read_text() != 'before' or len(list(folder.iterdir())) != 2:
        yield 'a run that scanned nothing touched its output'


@case('text: statuses, what to do, and no colour off a terminal')
def text_report(stage):
    ran = stage.scan('-i', stage.targets('retired', 'compliant', 'refuses'), '-f', 'text')
    words = ran.out.decode()
    for word in ('retired.example.gov.hk', 'ssl-ca-3-17-2017', 'ssl-ca-3-17-2025',
                 'migration.retired-intermediate', '2026-06-15', 'refuse'):
        if word not in words:
            yield f'"{word}" is not in the report:\n{words}'
    yield from unprintable(ran.out)
    forced = stage.scan('-i', stage.targets('retired'), '-f', 'text', '--color', 'always')
    if b'\x1b[' not in forced.out:
        yield '--color always gives none'


@case('hostile text of certificates and banners reaches no output raw')
def hostile(stage):
    targets = stage.targets('hostile-names', 'smtp-hostile', 'plain-http', 'compliant')
    for style in ('text', 'ndjson'):
        for more in ([], ['-v']):
            ran = stage.scan('-i', targets, '-f', style, '--color', 'never', *more)
            yield from exits(ran, 3)
            yield from (f'{style}: {fault}' for fault in unprintable(ran.out))
            yield from (f'{style}, stderr: {fault}' for fault in unprintable(ran.err))
    records = stage.ndjson('-i', targets).records()
    if len(records) != 4:
        yield f'{len(records)} records'
    subject = next(r['chain'][0]['subject'] for r in records
                   if r['target']['labels']['state'] == 'hostile-names')
    for word in ('\\u{001B}', '\\u{000A}', '\\u{202E}', '\\u{009B}'):
        if word not in subject:
            yield f'{word} is not in {subject}'
    message = next(r['error']['message'] for r in records
                   if r['target']['labels']['state'] == 'smtp-hostile')
    yield from unprintable(message.encode())


@case('hostile text of the target list reaches no output raw')
def hostile_labels(stage):
    entry = stage.states['leaf-only']
    targets = stage.write('fleet.csv', b'host,port,address,owner,remark\n' + (
        f'{entry["host"]},{entry["port"]},127.0.0.1,'
        'evil\x1b[2Jowner\u202e,\u2028\x07=cmd|calc\n').encode())
    for style in ('text', 'ndjson'):
        ran = stage.scan('-i', targets, '-f', style, '--color', 'never')
        if ran.status == 2:
            yield from unprintable(ran.err)
            continue
        yield from (f'{style}: {fault}' for fault in unprintable(ran.out))


# --- Interruption and time ---

def interrupted(stage, words, stdout):
    env = quiet_environment(stage.fresh())
    process = subprocess.Popen([str(word) for word in (
        stage.chainmend, 'scan', *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day,
        '--timeout', '60', *words)], stdin=subprocess.DEVNULL, stdout=stdout,
        stderr=subprocess.PIPE, env=env)
    try:
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=15)
    finally:
        end(process)
    return process.returncode, err


@case('exit status 130: SIGINT leaves whole results')
def interrupt(stage):
    targets = stage.targets('compliant', 'retired', 'expired', 'silent', 'stalls')
    folder = stage.fresh()
    path = folder / 'records.ndjson'
    for words in (['-o', path], []):
        with open(path if not words else os.devnull, 'wb') as stdout:
            status, err = interrupted(stage, ['-i', targets, '-f', 'ndjson', *words], stdout)
        if status != 130:
            yield f'exit status {status}: {err.decode()}'
        text = path.read_text()
        states = [json.loads(line)['target']['labels']['state'] for line in text.splitlines()]
        if not text.endswith('\n') or not {'compliant', 'retired', 'expired'} <= set(states):
            yield f'{words}: results of {states}'
        if list(folder.iterdir()) != [path]:
            yield f'left behind: {list(folder.iterdir())}'
        path.unlink()


@case('an interrupted plug-in ends as its line says')
def interrupted_plugin(stage):
    for states, status, word in ((('compliant', 'silent'), 3, b'UNKNOWN'), (('expired', 'silent'), 2, b'CRITICAL')):
        path = stage.fresh() / 'line'
        with open(path, 'wb') as stdout:
            found, err = interrupted(stage, ['-i', stage.targets(*states), '-f', 'nagios'], stdout)
        line = path.read_bytes().partition(b'\n')[0]
        if found != status or not line.startswith(b'CHAINMEND ' + word) or b'interrupted' not in err:
            yield f'{found}: {line} {err}'


def terminal_of(command, env, seconds):
    """What stands on the terminal of a program that is interrupted after SECONDS."""
    try:
        main, side = pty.openpty()
    except OSError as why:  # a bare chroot has no /dev/pts
        raise Skip(f'no terminal to try it on: {why}') from why
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=side, env=env)
    os.close(side)
    seen, until = b'', time.monotonic() + seconds
    try:
        while True:
            wait = until - time.monotonic()
            if wait <= 0:
                process.send_signal(signal.SIGINT)
                wait, until = 10, until + 10
            if not select.select([main], [], [], wait)[0]:
                continue
            try:
                seen += os.read(main, 4096)
            except OSError:  # Linux: nobody has the other side open any more
                return process.wait(10), seen.decode()
    finally:
        end(process)
        os.close(main)


@case('progress: goes on while targets are silent, and leaves a clean terminal')
def progress(stage):
    env = {**quiet_environment(stage.fresh()), 'TERM': 'xterm'}
    command = [stage.chainmend, 'scan', *stage.lab.profile(), *stage.lab.stores(), '--as-of',
               stage.day, '--timeout', '30', '-i', stage.targets('silent', 'compliant')]
    status, seen = terminal_of(command, env, 4)
    if status != 130:
        yield f'exit status {status}'
    for word in ('\r1/2 done in 0:01, ', '\r1/2 done in 0:02, '):
        if word not in seen:
            yield f'{word!r} is not in {seen!r}'
    last = 'chainmend: warning: interrupted: the results are not whole\r\n'
    if not seen.endswith('\r\x1b[K' + last):
        yield f'the line was not taken away: {seen[-80:]!r}'
    for words, wanted in ((['--no-progress'], last), (['-q'], '')):
        status, seen = terminal_of([*command, *words], env, 2)
        if seen != wanted:
            yield f'{words}: {seen!r}'


@case('standard descriptors that are closed are not taken for anything else')
def closed(stage):
    env = quiet_environment(stage.fresh())
    for closing, status in (('<&-', 0), ('2>&-', 0), ('>&-', 2), ('<&- >&- 2>&-', 2)):
        ran = run(['sh', '-c', f'exec "$@" {closing}', 'sh', stage.chainmend, 'scan',
                   *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day, '-f', 'ndjson',
                   stage.argument('compliant')], env=env)
        yield from (f'{closing}: {fault}' for fault in exits(ran, status))
        if status == 0 and len(ran.records()) != 1:
            yield f'{closing}: {ran.out[:200]}'


@case('a silent host costs its deadline and no more')
def deadline(stage):
    targets = stage.targets('silent', 'stalls', 'compliant', 'smtp-slow')
    ran = stage.ndjson('-i', targets, timeout=3)
    if ran.seconds > 12:
        yield f'{ran.seconds:.1f} s'
    kinds = {r['target']['labels']['state']: r['error'] and r['error']['kind']
             for r in ran.records()}
    if kinds.get('silent') != 'timeout' or kinds.get('smtp-slow', '') is not None:
        yield f'{kinds}'


@case('one connection at a time, or one thread, gives the same results')
def narrow(stage):
    targets = stage.targets('compliant', 'retired', 'leaf-only', 'smtp', 'refuses', 'node-1',
                            'node-2', 'node-3', 'tls10-only', 'plain-http')
    seen = []
    for words in (['-c', '1'], ['-t', '1'], ['-t', '2', '-c', '3'], ['--rate', '20']):
        ran = stage.ndjson('-i', targets, '--ordered', *words)
        seen.append([(r['target']['labels']['state'], r['status'],
                      sorted(f['rule'] for f in r['findings'])) for r in ran.records()])
    for other in seen[1:]:
        if other != seen[0]:
            yield f'{other}\nnot {seen[0]}'


# --- Manners ---

@case('one address gets 20 connections a second unless told otherwise, and none is called late')
def manners(stage):
    lines = [f'h{i}.example.gov.hk@127.0.0.1:{stage.states["refuses"]["port"]}' for i in range(110)]
    targets = stage.write('many.txt', '\n'.join(lines) + '\n')
    for words, least, most in ((['--per-address', 0], 0, 4), ([], 4, 20),
                               (['--per-address', 0, '--per-network', 20], 4, 20)):
        # The deadline of a target does not run while it waits for its turn.
        ran = stage.ndjson('-i', targets, '--retries', 0, '--offline', *words, timeout=2)
        kinds = {record['error']['kind'] for record in ran.records()}
        if len(ran.records()) != len(lines) or kinds != {'refused'}:
            yield f'{words}: {len(ran.records())} records, {kinds}'
        if not least < ran.seconds < most:
            yield f'{words}: {ran.seconds:.1f} s, not {least} to {most}'


# --- The rest of the command line ---

@case('help and version')
def helps(stage):
    for words in (['--help'], ['scan', '--help'], ['check', '--help'], ['--version']):
        ran = stage.run(*words)
        yield from exits(ran, 0)
        if not ran.out:
            yield f'{words}: nothing said'


@case('explain: every rule, and none that is not')
def explain(stage):
    listed = stage.run('explain')
    yield from exits(listed, 0)
    for rule in stage.lab.expected['rules']:
        if rule not in listed.out.decode():
            yield f'{rule} is not listed'
        ran = stage.run('explain', rule)
        if ran.status != 0 or rule not in ran.out.decode():
            yield f'{rule}: {ran}'
    yield from refuses(stage.run('explain', 'no.such-rule'), 'no.such-rule')


@case('profile list, show and lint')
def profiles(stage):
    listed = stage.run('profile', 'list')
    if b'hongkong-post' not in listed.out:
        yield f'hongkong-post is not listed: {listed}'
    shown = stage.run('profile', 'show', 'hongkong-post')
    yield from exits(shown, 0)
    again = stage.write('shown.yaml', shown.out)
    yield from exits(stage.run('profile', 'lint', again), 0)
    wrong = stage.write('wrong.yaml', shown.out + b'nonsense: 1\n')
    ran = stage.run('profile', 'lint', wrong)
    line = shown.out.count(b'\n') + 1
    if ran.status == 0 or f'wrong.yaml:{line}' not in (ran.out + ran.err).decode():
        yield f'{ran.out} {ran}'


@case('stdin is not touched unless it is asked for')
def stdin_is_free(stage):
    ran = run([stage.chainmend, 'scan', *stage.lab.profile(), *stage.lab.stores(), '--as-of',
               stage.day, stage.argument('compliant')], stdin=b'refused.example.hk:1\n',
              env=quiet_environment(stage.fresh()))
    yield from exits(ran, 0)
