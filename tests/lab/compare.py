# SPDX-License-Identifier: MIT
"""compare.py - holds a result record against what the lab's fleet says of its state

faults() returns words, none when the record is as it should be.
"""
SEVERITIES = ('note', 'warning', 'critical')
CURRENT_CROSS = 'root-ca-3-cross-2022'
KEYS = ('schema', 'time', 'as_of', 'target', 'status', 'error', 'tls', 'chain', 'paths', 'findings',
        'timing')
DUE = '2026-06-15'


def worst(found):
    return max((SEVERITIES.index(severity) for severity in found.values()), default=-1)


def severities(record):
    """Rule by worst severity."""
    found = {}
    for finding in record['findings']:
        rule, severity = finding['rule'], finding['severity']
        if rule not in found or SEVERITIES.index(severity) > SEVERITIES.index(found[rule]):
            found[rule] = severity
    return found


def actions(record):
    return [(action['do'], action.get('certificate')) for finding in record['findings']
            for action in finding['actions']]


def shape(record, day):
    """What holds for every record, whatever was scanned."""
    for key in KEYS:
        if key not in record:
            yield f'no "{key}"'
    if record.get('schema') != 'chainmend.result/1' or record.get('as_of', '')[:10] != day:
        yield f'schema {record.get("schema")}, as of {record.get("as_of")}'
    found = severities(record)
    if record['status'] in ('ok', 'warning', 'critical'):
        said = ('ok', 'ok', 'warning', 'critical')[worst(found) + 1]
        if record['status'] != said:
            yield f'status {record["status"]}, but the worst finding makes it {said}'
    if record['status'] == 'unreachable' and not record['error']:
        yield 'unreachable without an error'
    for finding in record['findings']:
        if finding['rule'].startswith('migration.retired-') and finding['due'] != DUE:
            yield f'{finding["rule"]} is due {finding["due"]}'


def shown(record, finding):
    """The chain that a finding is about: that of the look which showed it."""
    if 'look' not in finding:
        return record['chain']
    return [cert for look in record['looks'] if look['look'] == finding['look']
            for cert in look['chain']]


def sane_actions(record):
    """Nobody removes what was not sent, installs what was, or takes the good cross away."""
    for finding in record['findings']:
        yield from sane(finding, shown(record, finding))


def sane(finding, certs):
    served = [cert['sha256'] for cert in certs]
    known = {cert['known_as'] for cert in certs}
    for action in finding['actions']:
        verb, certificate = action['do'], action.get('certificate')
        if verb == 'remove-certificate' and certificate not in known and certificate not in served:
            yield f'removes {certificate}, which was not served'
        if verb == 'remove-certificate' and certificate == CURRENT_CROSS:
            yield f'removes {certificate}'
        if verb == 'install-certificate' and certificate in known:
            yield f'installs {certificate}, which was served'


def rules(record, entry):
    found = severities(record)
    for rule, severity in entry['must'].items():
        if rule not in found:
            yield f'{rule} is missing'
        elif found[rule] != severity:
            yield f'{rule} is {found[rule]}, not {severity}'
    for rule in found:
        if rule in entry['must_not']:
            words = [f['message'] for f in record['findings'] if f['rule'] == rule]
            yield f'{rule} is wrong here: {words}'


def wanted_actions(record, entry):
    have = actions(record)
    for action in entry['actions']:
        verb, certificate = action['do'], action['certificate']
        if not any(v == verb and certificate in (None, c) for v, c in have):
            yield f'no action {verb} {certificate or ""} in {have}'


def error(record, entry):
    kind = record['error'] and record['error']['kind']
    if entry['error']:
        if kind != entry['error']:
            yield f'error {record["error"]}, not {entry["error"]}'
    elif kind is not None and kind not in entry['error_may']:
        yield f'error {record["error"]}'


def chain(record, entry):
    have = [cert['sha256'] for cert in record['chain']]
    if have != entry['chain']:
        yield f'chain {[cert["known_as"] or cert["subject"] for cert in record["chain"]]}'
    elif [cert['known_as'] for cert in record['chain']] != entry['known_as']:
        yield f'known as {[cert["known_as"] for cert in record["chain"]]}'


def tls(record, entry):
    if not entry['tls']:
        return
    have = record['tls'] or {}
    if have.get('version') != entry['tls'] or have.get('stapled') != entry['stapled']:
        yield f'TLS {have}'


def target(record, entry, state):
    have = record['target']
    for key in ('host', 'port', 'protocol', 'address'):
        if have[key] != entry[key]:
            yield f'target {key} {have[key]}, not {entry[key]}'
    if have['sni'] != entry['host']:
        yield f'asked for {have["sni"]}'
    if have['labels'].get('state') != state:
        yield f'labels {have["labels"]}'


def faults(record, state, expected):
    entry = expected['states'][state]
    if record['status'] != entry['status']:
        yield f'status {record["status"]}, not {entry["status"]}'
    yield from shape(record, expected['day'])
    yield from rules(record, entry)
    yield from wanted_actions(record, entry)
    yield from sane_actions(record)
    yield from error(record, entry)
    yield from chain(record, entry)
    yield from tls(record, entry)
    yield from target(record, entry, state)


def by_state(records):
    """Records by the state in their labels; several of one state are a fault of the scan."""
    grouped = {}
    for record in records:
        grouped.setdefault(record['target']['labels'].get('state'), []).append(record)
    return grouped
