# SPDX-License-Identifier: MIT
"""cases_input.py - targets and profiles: every way to say them, and how wrong ones are refused"""
import json

from cases import Skip, collector, exits, refuses, statuses

__all__ = ['CASES', 'Skip']
CASES, case = collector()


@case('targets as arguments')
def arguments(stage):
    states = ('compliant', 'smtp', 'imap', 'smtps', 'chinese-name', 'node-3')
    for state in states:
        entry = stage.states[state]
        records = stage.ndjson(stage.argument(state)).records()
        have = [(r['status'], r['target']['host'], r['target']['address'], r['target']['port'],
                 r['target']['protocol']) for r in records]
        wanted = entry['status'] if state != 'node-3' else 'warning'
        if have != [(wanted, entry['host'], entry['address'], entry['port'], entry['protocol'])]:
            yield f'{state}: {have}'


@case('targets from standard input')
def stdin(stage):
    text = '\ufeff# a fleet\r\n' + ''.join(
        f'{stage.argument(state)}\r\n' for state in ('compliant', 'retired', 'leaf-only'))
    ran = stage.ndjson('-i', '-', '--ordered', stdin=text.encode())
    have = [r['status'] for r in ran.records()]
    if have != ['ok', 'warning', 'critical']:
        yield f'{have} {ran}'


@case('targets as NDJSON')
def ndjson(stage):
    states = ('compliant', 'smtp', 'leaf-only')
    lines = [json.dumps({key: stage.states[state][key] for key in
                         ('host', 'port', 'protocol', 'address')} | {'state': state})
             for state in states]
    ran = stage.ndjson('-i', stage.write('fleet.ndjson', '\n'.join(lines) + '\n'))
    yield from statuses(ran, {state: stage.states[state]['status'] for state in states})


@case('targets from an Ansible inventory')
def ansible(stage):
    states = ('compliant', 'retired', 'smtp')
    hosts = {stage.states[state]['host']: {
        'ansible_host': stage.states[state]['address'],
        'chainmend_port': stage.states[state]['port'],
        'chainmend_protocol': stage.states[state]['protocol']} for state in states}
    inventory = {'_meta': {'hostvars': hosts}, 'all': {'children': ['ungrouped', 'web']},
                 'web': {'hosts': list(hosts)}}
    ran = stage.ndjson('-i', stage.write('inventory.json', json.dumps(inventory, indent=1)))
    have = {r['target']['host']: r['status'] for r in ran.records()}
    wanted = {stage.states[state]['host']: stage.states[state]['status'] for state in states}
    if have != wanted:
        yield f'{have}, not {wanted}: {ran}'


@case('the same service named twice is examined once')
def duplicates(stage):
    some = stage.targets('compliant', 'retired')
    ran = stage.ndjson('-i', some, '-i', some, stage.argument('compliant'))
    have = sorted(r['target']['labels'].get('state', '') for r in ran.records())
    if have != ['compliant', 'retired']:
        yield f'{have} {ran}'


@case('a range of addresses is as many targets')
def cidr(stage):
    port = stage.states['refuses']['port']
    ran = stage.ndjson(f'127.0.0.16/30:{port}')
    have = sorted((r['target']['address'], r['error']['kind']) for r in ran.records())
    if have != [(f'127.0.0.{last}', 'refused') for last in range(16, 20)]:
        yield f'{have} {ran}'
    yield from exits(ran, 3)


@case('the hosts file is honoured, a name that is not there is a DNS error')
def names(stage):
    port = stage.states['refuses']['port']
    records = stage.ndjson(f'localhost:{port}').records()
    if '127.0.0.1' not in [r['target']['address'] for r in records]:
        yield f'localhost: {[r["target"] for r in records]}'
    ran = stage.ndjson('nobody.invalid:443', timeout=3)
    kinds = [r['error']['kind'] for r in ran.records()]
    # Where there is no network nobody says that the name does not exist.
    if kinds not in (['dns'], ['timeout']):
        yield f'nobody.invalid: {kinds}'


@case('a bad target is named with file, line and reason')
def bad_targets(stage):
    good = stage.argument('compliant')
    for line in ('www.example.hk:99999', 'ftp://', 'gopher://www.example.hk', 'two words',
                 '192.0.2.0/4', 'a..b', '[::1', 'www.example.hk:', '-i'):
        path = stage.write('fleet.txt', f'{good}\n# fine\n{line}\n')
        yield from (f'{line}: {fault}' for fault in refuses(stage.scan('-i', path), f'{path}:3'))
    for line in ('www.example.hk,x', 'www.example.hk,443,x', '"www.example.hk,443'):
        path = stage.write('fleet.csv', f'host,port\n{line}\n')
        yield from (f'{line}: {fault}' for fault in refuses(stage.scan('-i', path), f'{path}:2'))
    path = stage.write('fleet.ndjson', '{"host":"www.example.hk"}\n{"host":7}\n')
    yield from refuses(stage.scan('-i', path), f'{path}:2')


@case('--skip-bad-input: a bad line becomes a result')
def skip_bad(stage):
    path = stage.write('fleet.txt', f'two words\n{stage.argument("compliant")}\nx:99999\n')
    ran = stage.ndjson('-i', path, '--skip-bad-input')
    have = sorted((r['status'], (r['error'] or {}).get('kind')) for r in ran.records())
    if have != [('ok', None), ('unreachable', 'bad-target'), ('unreachable', 'bad-target')]:
        yield f'{have}'
    yield from exits(ran, 3)


@case('a faulty profile is named with file and line')
def bad_profiles(stage):
    with open(stage.lab.file('profile.yaml'), encoding='utf-8') as file:
        good = file.read().splitlines()
    target = stage.argument('compliant')

    def line_of(word):
        return next(i for i, line in enumerate(good) if word in line)
    sha = line_of('sha256:')
    replaced = line_of('replaced_by:')
    day = line_of('not_after:')
    changes = {
        'an unknown key': (len(good), 'nonsense: 1'),
        'a bad fingerprint': (sha, good[sha].replace('sha256: ', 'sha256: xyz')),
        'a short fingerprint': (sha, good[sha][:-1]),
        'an id that leads nowhere': (replaced, good[replaced].split(':')[0] + ': nobody'),
        'a day that does not exist': (day, good[day].split(':')[0] + ': 2042-02-30'),
        'no YAML': (len(good), '\t- ]['),
    }
    for what, (line, text) in changes.items():
        lines = good[:line] + [text] + good[line + 1:]
        path = stage.write('profile.yaml', '\n'.join(lines) + '\n')
        ran = stage.run('scan', '--profile', path, target)
        # An id is only seen to lead nowhere when all of the file is read.
        place = f'{path}:' if what == 'an id that leads nowhere' else f'{path}:{line + 1}'
        yield from (f'{what}: {fault}' for fault in refuses(ran, place))
