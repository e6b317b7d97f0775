# SPDX-License-Identifier: MIT
"""cases_handshake.py - both ways of reading a server see the same fleet"""
from cases import Skip, collector, exits

__all__ = ['CASES', 'Skip']
CASES, case = collector()

# What may differ between the two, by the path of the member, and why.
NAMED = {
    ('tls', 'complete'): 'the reader goes no further than the proof',
}
# The same of one state alone.
NAMED_OF = {
    ('closes', ('error', 'message')): 'whether a close is a reset depends on what was unread then',
}


def choice(stage):
    """Raises Skip where this version of the program has no choice."""
    if '--handshake' not in stage.run('scan', '--help').out.decode():
        raise Skip('this version has no --handshake')


def by_target(ran):
    """Records without times; the key is what was asked for."""
    records = {}
    for record in ran.records():
        record.pop('time', None)
        record.pop('timing', None)
        target = record['target']
        key = (target['labels'].get('state'), target['host'], target['port'], target['address'])
        if key in records:
            raise ValueError(f'two records of {key}')
        records[key] = record
    return records


def differences(a, b, path=()):
    """Where two values are not the same."""
    if isinstance(a, dict) and isinstance(b, dict):
        for name in sorted(a.keys() | b.keys()):
            yield from differences(a.get(name), b.get(name), (*path, name))
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for index, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, (*path, index))
    elif a != b:
        yield path, a, b


@case('handshake: the reader and the complete handshake agree on every state of the fleet')
def agree(stage):
    choice(stage)
    seen = {}
    for way in ('flight', 'complete'):
        ran = stage.ndjson('-i', stage.lab.file('targets.csv'), '--ordered', '--handshake', way)
        yield from exits(ran, 1)
        seen[way] = by_target(ran)
    if len(seen['flight']) < len(stage.states) or seen['flight'].keys() != seen['complete'].keys():
        yield f'{len(seen["flight"])} and {len(seen["complete"])} records'
    for key, record in seen['flight'].items():
        for path, flight, complete in differences(record, seen['complete'].get(key)):
            # What a further look may differ in is what the main one may.
            own = path[2:] if path[:1] == ('looks',) else path
            named = own in NAMED or (key[0], path) in NAMED_OF
            if not named:
                yield f'{key[0]}: {".".join(map(str, path))}: flight {flight}, complete {complete}'


@case('handshake: a complete one is complete, and what the reader did not complete it does not call so')
def says_which(stage):
    choice(stage)
    state = 'compliant'
    for way, wanted in (('flight', False), ('complete', True)):
        for record in stage.ndjson('--handshake', way, stage.argument(state)).records():
            if record['tls']['complete'] is not wanted:
                yield f'{way}: complete is {record["tls"]["complete"]}'


@case('handshake: a way that there is not is refused')
def refused(stage):
    choice(stage)
    yield from exits(stage.scan('--handshake', 'none', stage.argument('compliant')), 2)
