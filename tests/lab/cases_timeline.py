# SPDX-License-Identifier: MIT
"""cases_timeline.py - what breaks on which day, counted once more from the records"""
import collections
import datetime
import json
import re

from cases import Skip, collector, exits, refuses
from cases_schema import invalid, validator

__all__ = ['CASES', 'Skip']
CASES, case = collector()

SECONDS = 120
AHEAD = 400
OWN = {'leaf.expired', 'leaf.expires-soon', 'migration.renewal-due', 'migration.leaf-client-auth'}


def service(record):
    target = record['target']
    scheme = '' if target['protocol'] == 'https' else ' ' + target['protocol']
    address = '@' + target['connect_to'] if 'connect_to' in target else ''
    shown = target.get('unicode', target['host'])
    return f'{shown}{address}:{target["port"]}{scheme}' + (f' ({target["host"]})' if 'unicode' in target else '')


def seen(record):
    """Chains of the main look and of those with one of their own."""
    return [look['chain'] for look in (record, *record.get('looks', ())) if look.get('chain')]


def counted(records, day):
    """Services by day, kind and subject, from what documents say of records alone."""
    events = collections.defaultdict(set)
    last = datetime.date.fromisoformat(day) + datetime.timedelta(days=AHEAD)
    for record in records:
        if any(f['rule'] == 'deployment.inspected' for f in record['findings']):
            continue
        leafs = {chain[0]['not_after'] for chain in seen(record) if chain[0]['role'] == 'leaf'}
        ends = {(path['until'], path['trust_store']) for path in record['paths'] if path['trusted'] and leafs
                and path['until'] < record['chain'][0]['not_after']}
        noted = [(end, 'leaf-ends', None) for end in leafs] + [(end, 'path-ends', store) for end, store in ends]
        for finding in record['findings']:
            if finding.get('waived'):
                noted.append((finding['waived']['until'], 'waiver-ends', finding['rule']))
            elif finding['rule'] == 'trust.path-ends' and finding['due'] in {end[:10] for end, _ in ends}:
                continue
            elif finding['due'] and finding['rule'] not in OWN:
                noted.append((finding['due'], 'deadline', finding['rule']))
        for when, kind, subject in noted:
            if datetime.date.fromisoformat(when[:10]) <= last:
                events[when[:10], kind, subject].add(service(record))
    return events


def subject(event):
    return event['store'] or event['rule'] or event['list']


def differences(events, records, day):
    want = counted(records, day)
    have = {(e['day'], e['kind'], subject(e)): e for e in events}
    for key in sorted(set(want) | set(have), key=str):
        event = have.get(key)
        if key[1] in ('validity-rule', 'client-auth-ends', 'revocation-expected'):
            continue
        if not event:
            yield f'{key} is missing'
        elif event['services'] != len(want.get(key, ())):
            yield f'{key}: {event["services"]} services, not {len(want.get(key, ()))}'
        elif event['names'] != sorted(want[key], key=str.encode)[:8]:
            yield f'{key}: {event["names"]}'


def leaving(stage, day):
    """The lab's profile, whose second root leaves the store of stock Java on that day."""
    text = (stage.lab.folder / 'profile.yaml').read_text()
    edited = re.sub(r'(id: stock-java.*?anchors: \[)globalsign-r3\]', rf'\1{{id: globalsign-r3, until: {day}}}]', text,
                    flags=re.S)
    if edited == text:
        raise RuntimeError('the profile of the lab has no such store')
    return stage.write('leaving.yaml', edited)


@case('timeline: its counts are those of the records, by day, kind, trust store and rule')
def recounted(stage):
    folder, valid = stage.fresh(), validator('timeline')
    soon = (datetime.date.fromisoformat(stage.day) + datetime.timedelta(days=30)).isoformat()
    waivers = stage.write('waivers.yaml', 'schema: chainmend.waivers/1\nwaivers:\n  - {rule: chain.incomplete, host: "*", '
                                          f'reason: later, until: {soon}, by: ops}}\n')
    ran = stage.run('scan', '--profile', leaving(stage, soon), *stage.lab.stores(), '--as-of', stage.day, '--timeout', 5,
                    '-i', stage.lab.file('targets.csv'), '--waivers', waivers, '-o', f'ndjson:{folder}/n',
                    '-o', f'timeline:{folder}/t', seconds=SECONDS)
    yield from exits(ran, 1)
    records = [json.loads(line) for line in (folder / 'n').read_text().splitlines()]
    events = [json.loads(line) for line in (folder / 't').read_text().splitlines()]
    for event in events:
        yield from invalid(valid, event, f'{event["day"]} {event["kind"]}')
        if valid.is_valid({**event, 'misspelt': 1}):
            yield 'an unknown key passes'
    kinds = {event['kind'] for event in events}
    if not {'leaf-ends', 'path-ends', 'deadline', 'waiver-ends', 'revocation-expected', 'client-auth-ends'} <= kinds:
        yield f'only {kinds}, so this proves less'
    if [(e['day'], e['in_days']) for e in events] != sorted((e['day'], e['in_days']) for e in events):
        yield 'not by day'
    if {e['store'] for e in events if e['kind'] == 'path-ends'} != {'stock-java'}:
        yield f'not the one store: {[e for e in events if e["kind"] == "path-ends"]}'
    yield from differences(events, records, stage.day)


@case('timeline: reports show it when asked, from a scan, from files and from records, and say the same')
def shown(stage):
    folder, targets = stage.fresh(), stage.targets('expires-in-5-days', 'retired', 'compliant')
    names = ('text', 'html', 'timeline')
    outputs = [word for name in names for word in ('-o', f'{name}:{folder / name}')]
    yield from exits(stage.scan('-i', targets, '--timeline', *outputs, '-o', f'ndjson:{folder}/n', seconds=SECONDS), 1)
    again = stage.fresh()
    outputs = [word for name in names for word in ('-o', f'{name}:{again / name}')]
    yield from exits(stage.run('report', *stage.lab.profile(), '--timeline', *outputs, folder / 'n'), 1)
    yield from (f'{name} is another one' for name in names if (folder / name).read_bytes() != (again / name).read_bytes())
    ends = (datetime.date.fromisoformat(stage.day) + datetime.timedelta(days=5)).isoformat()
    chain = stage.lab.service('expires-in-5-days', 'chain.pem')
    checked = stage.run('check', *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day, '--timeline', chain)
    for text in ((folder / 'text').read_text(), checked.out.decode()):
        if f'{ends}, in 5 days\n    the server\'s certificate ends\n      1 service: ' not in text:
            yield f'not said: {text}'
    if 'id="timeline"' not in (folder / 'html').read_text():
        yield 'the page has no such part'
    yield from exits(stage.run('report', *stage.lab.profile(), '-o', f'html:{again}/plain', folder / 'n'), 1)
    if 'id="timeline"' in (again / 'plain').read_text():
        yield 'the page has it without being asked'


@case('timeline: asked for where nothing shows it, it is refused')
def refused(stage):
    chain = stage.lab.service('compliant', 'chain.pem')
    yield from refuses(stage.run('check', '--timeline', '-f', 'csv', chain), '--timeline', '-f timeline')
