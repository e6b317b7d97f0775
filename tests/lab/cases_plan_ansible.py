# SPDX-License-Identifier: MIT
"""cases_plan_ansible.py - the work of a plan done by its playbook, on real servers of five kinds

Check mode changes nothing, the first run everything, the second nothing; ansible-lint has nothing
to say.
"""
import os
import pathlib
import re
import shutil

from cases import Skip, collector, exits
from cases_plan import are, plan, results, statuses, ward_of
from lab import run
from real import Apache, Dovecot, Haproxy, Nginx, Postfix

__all__ = ['CASES', 'Skip']
CASES, case = collector()

SERVERS = ((Nginx, ('compliant',)), (Apache, ('wrong-order',)), (Haproxy, ('cross-2022-07',)), (Postfix, ('smtp',)),
           (Dovecot, ('imap', 'imaps', 'pop3-leaf-only', 'pop3s')))
PLAYBOOK_SECONDS = 300


def needs(program):
    if not shutil.which(program):
        raise Skip(f'{program} is not installed')


def ansible(stage, *words):
    home = stage.fresh()
    env = {**os.environ, 'HOME': str(home), 'ANSIBLE_HOME': str(home), 'ANSIBLE_NOCOLOR': '1', 'ANSIBLE_PIPELINING': '1',
           'ANSIBLE_LOCAL_TEMP': str(home / 'tmp'), 'ANSIBLE_LOCALHOST_WARNING': 'false',
           'ANSIBLE_PYTHON_INTERPRETER': 'auto_silent', 'LC_ALL': 'C.UTF-8', 'CHAINMEND': 'no-chainmend-here'}
    env.pop('CHAINMEND_SHARED', None)
    return run(words, env=env, seconds=PLAYBOOK_SECONDS)


def recap(ran):
    """What the play says of each host at its end."""
    found = {}
    for host, rest in re.findall(r'^(\S+) +: (ok=.*)$', ran.out.decode(errors='replace'), re.M):
        found[host] = {name: int(count) for name, count in re.findall(r'(\w+)=(\d+)', rest)}
    return found


def all_servers(stage):
    """Started, with their wards; those that are not installed are left out."""
    started = []
    for kind, states in SERVERS:
        try:
            server, ward = ward_of(stage, kind, states)
        except Skip:
            continue
        started.append((server, ward))
        server.start(ward, ward.folder / 'server')
    if not started:
        raise Skip('none of the servers is installed')
    return started


def one_list(stage, started):
    """The first service of each server."""
    lines = []
    for server, ward in started:
        head, first = pathlib.Path(ward.targets(server.platform)).read_text().splitlines()[:2]
        lines = lines or [head]
        lines.append(first)
    return stage.write('targets.csv', '\n'.join(lines) + '\n')


def play(stage, place, *words):
    return ansible(stage, 'ansible-playbook', '-c', 'local', '-i', place / 'inventory.yml', place / 'playbook.yml', *words)


def told(ran, changed, when):
    found = recap(ran)
    yield from exits(ran, 0)
    wrong = {host: counts for host, counts in found.items()
             if counts['failed'] or counts['unreachable'] or bool(counts['changed']) != changed}
    if wrong or not found:
        yield f'{when}: {wrong or ran.out.decode(errors="replace")[-2000:]}'


def treat(stage, started):
    targets = one_list(stage, started)
    yield from are(statuses(stage, targets), 'warning', 'before')
    folder, ran = plan(stage, results(stage, targets), '--ansible')
    yield from exits(ran, 0)
    place = folder / 'ansible'
    (place / 'group_vars').mkdir()
    for server, ward in started:
        config = ward.folder / 'server' / server.config
        (place / 'group_vars' / f'chainmend_{server.platform}.yml').write_text(
            f'chainmend_options: ["--config", "{config}"]\n')
    yield from told(play(stage, place, '--check'), True, 'check mode says what would be done')
    yield from are(statuses(stage, targets), 'warning', 'after check mode')
    yield from told(play(stage, place), True, 'the first run')
    yield from are(statuses(stage, targets), 'ok', 'after')
    yield from told(play(stage, place), False, 'the second run')


@case('plan --ansible: five servers are put right by the playbook')
def playbook(stage):
    needs('ansible-playbook')
    started = all_servers(stage)
    try:
        yield from treat(stage, started)
    finally:
        for server, _ in started:
            server.stop()


@case('plan --ansible: ansible-lint has nothing to say')
def lint(stage):
    needs('ansible-lint')
    folder, ran = plan(stage, results(stage, stage.targets('retired', 'smtp-retired', 'no-cross')), '--ansible',
                       '--platform', 'iis')
    yield from exits(ran, 0)
    if 'chainmend_iis' not in (folder / 'ansible' / 'inventory.yml').read_text():
        yield 'no host of IIS is in the inventory'
    place = stage.fresh() / 'ansible'
    shutil.copytree(folder / 'ansible', place)
    linted = ansible(stage, 'sh', '-c', f'cd "{place}" && ansible-lint --offline --nocolor')
    yield from exits(linted, 0)
    listed = ansible(stage, 'ansible-inventory', '-i', place / 'inventory.yml', '--list')
    yield from exits(listed, 0)
