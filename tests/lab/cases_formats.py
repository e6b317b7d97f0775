# SPDX-License-Identifier: MIT
"""cases_formats.py - the formats for other programs, read by others' readers"""
import csv
import fcntl
import json
import pathlib
import re
import shutil
import subprocess
import urllib.parse
import xml.etree.ElementTree

import sarif
from cases import Skip, collector, debian, exits, refuses

__all__ = ['CASES', 'Skip']
CASES, case = collector()
WAIVERS = '''schema: chainmend.waivers/1
waivers:
  - {rule: leaf.expired, host: "*", reason: it goes, until: 2099-01-01, by: mail team}
'''
FORMATS = ('ndjson', 'json', 'csv', 'junit', 'sarif', 'prometheus', 'nagios', 'markdown')


def made(stage):
    """The fleet in each format, and its records."""
    folder = stage.fresh()
    outputs = [word for name in FORMATS if name != 'nagios' for word in ('-o', f'{name}:{folder}/{name}')]
    ran = stage.scan('-i', stage.lab.file('targets.csv'), *outputs, seconds=120)
    records = [json.loads(line) for line in (folder / 'ndjson').read_text().splitlines()]
    return ran, folder, records


# --- JUnit, Markdown ---

@case('junit: a consumer that is not ours finds each result with its kind, owner and line')
def consumer(stage):
    reader = debian('junitparser', 'python3-junitparser')
    _, folder, records = made(stage)
    whole = reader.JUnitXml.fromfile(str(folder / 'junit'))
    kinds = {'critical': reader.Failure, 'warning': reader.Failure, 'unreachable': reader.Error, 'out-of-scope': reader.Skipped}
    have, want = [], []
    for suite in whole:
        for found in suite:
            # The first that it knows of; passed: none.
            result = (found.result or [None])[0]
            have.append((type(result), getattr(result, 'type', None), found.classname, found._elem.get('line')))  # pylint: disable=protected-access
    for record in records:
        counting = [f['rule'] for f in record['findings'] if f['severity'] != 'note' and not f.get('waived')]
        kind = kinds.get(record['status'], type(None))
        want.append((kind, {reader.Failure: (counting or [None])[0], reader.Error: (record['error'] or {}).get('kind')}.get(kind),
                     record['target']['labels'].get('owner') or record['target']['protocol'],
                     record['target']['source'].rpartition(':')[2]))
    if have != want:
        yield f'{next((pair for pair in zip(have, want) if pair[0] != pair[1]), (len(have), len(want)))}'


def flat(tokens):
    for token in tokens:
        yield token
        yield from flat(token.children or [])


@case('markdown: another reader finds counts, owners, problems, services to tick off, and what is waived')
def ticket(stage):
    reader = debian('markdown_it', 'python3-markdown-it').MarkdownIt('commonmark').enable('table')
    folder = stage.fresh()
    ran = stage.scan('-i', stage.lab.file('targets.csv'), '-o', f'markdown:{folder}/page', '-o', f'ndjson:{folder}/ndjson',
                     '--waivers', stage.write('waivers.yaml', WAIVERS), seconds=120)
    yield from exits(ran, 1)
    records = [json.loads(line) for line in (folder / 'ndjson').read_text().splitlines()]
    tokens = reader.parse((folder / 'page').read_text())
    kinds = {token.type for token in flat(tokens)}
    if kinds & {'link_open', 'image', 'html_block', 'html_inline', 'fence', 'code_block'}:
        yield f'{kinds}'
    cells = [tokens[i + 1].content for i, token in enumerate(tokens) if token.type in ('td_open', 'th_open')]
    have = [record['status'] for record in records]
    for status in set(have):
        if cells[cells.index(status) + 1] != str(have.count(status)):
            yield f'{status}: {cells[:12]}'
    for owner in {record['target']['labels']['owner'] for record in records}:
        mine = [r['status'] for r in records if r['target']['labels']['owner'] == owner]
        at = cells.index(f'` {owner} `')
        if cells[at + 1:at + 6] != [str(mine.count(s)) for s in ('critical', 'warning', 'unreachable', 'out-of-scope', 'ok')]:
            yield f'{owner}: {cells[at:at + 7]}'
    items = [token.content for token in tokens if token.type == 'inline']
    ticks = [item for item in items if item.startswith('[ ] ')]
    todo = sum(r['status'] == 'unreachable' or any(f['severity'] != 'note' and not f.get('waived') for f in r['findings'])
               for r in records)
    if len(ticks) != todo:
        yield f'{len(ticks)} to tick off, not {todo}'
    at = next((i for i, item in enumerate(items) if item.startswith('Waived')), len(items))
    waived = [f for r in records for f in r['findings'] if f.get('waived')]
    if not waived or not any(item.startswith('` leaf.expired `: it goes (mail team') for item in items[at:]) or \
            len(items) - at - 2 != len(waived):
        yield f'{len(waived)} waived: {items[at:]}'


@case('chain: certificates of the profile are named by their ids')
def drawn(stage):
    for state in ('both-retired-first', 'compliant'):
        words = (*stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day)
        chain = stage.lab.service(state, 'chain.pem')
        ran = stage.run('check', *words, '--explain', '-o', 'chain:-', '-o', f'ndjson:{stage.fresh()}/x', chain)
        record = json.loads(stage.run('check', *words, '--explain', '-f', 'ndjson', chain).out)
        known = {cert['sha256'][:8]: cert['known_as'] for cert in record['chain'] if cert['known_as']}
        lines = ran.out.decode().splitlines()
        for start, name in known.items():
            said = [line for line in lines if f'[{start}' in line]
            if not said or not all(f' ({name})  [' in line for line in said):
                yield f'{state}: {name}: {said}'


# --- CSV ---

SEVERITIES = ('critical', 'warning', 'note')


def table(path):
    """Rows as Python's reader has them, each with every column."""
    with open(path, encoding='utf-8', newline='') as text:
        rows = list(csv.DictReader(text, strict=True))
    if any(None in row or None in row.values() for row in rows):
        raise RuntimeError(f'{path}: rows differ in length')
    return rows


def list_of(values):
    return '; '.join(dict.fromkeys(values))


def host_row(record):
    """What a row of hosts says, made of the record alone."""
    target, leaf = record['target'], next((c for c in record['chain'] if c['role'] == 'leaf'), None)
    findings = [f for f in record['findings'] if not f.get('waived')]
    faults = [f for f in findings if f['severity'] != 'note']
    labels = {name: value for name, value in target['labels'].items() if name not in ('owner', 'platform') and value}
    worst = findings[0] if findings else {}
    row = {
        'host': target['host'], 'port': target['port'], 'protocol': target['protocol'], 'address': target['address'],
        'owner': target['labels'].get('owner'), 'platform': target['labels'].get('platform'),
        'status': record['status'], 'error': (record['error'] or {}).get('kind'),
        'worst_rule': worst.get('rule'), 'worst_severity': worst.get('severity'),
        'rules': list_of(f['rule'] for f in faults), 'waived': len(record['findings']) - len(findings),
        'due': min((f['due'] for f in faults if f['due']), default=None),
        'actions': list_of(' '.join(filter(None, (a['do'], a.get('certificate')))) for f in faults for a in f['actions']),
        'leaf_subject': leaf and leaf['subject'], 'leaf_not_after': leaf and (leaf['not_after'] or '')[:10],
        'leaf_key': leaf and leaf['key'], 'leaf_sha256': leaf and leaf['sha256'], 'issuer': leaf and leaf['issuer'],
        'issuing': next((c['known_as'] for c in record['chain'] if c['role'] == 'issuing' and c['known_as']), None),
        'tls': (record['tls'] or {}).get('version'),
        'trusted_by': list_of(p['trust_store'] for p in record['paths'] if p['trusted']),
        'not_trusted_by': list_of(p['trust_store'] for p in record['paths'] if p['trusted'] is False),
        'sni': target['sni'], 'unicode': target.get('unicode'), 'banner': target.get('banner'),
        'labels': '; '.join(f'{name}={value}' for name, value in labels.items()), 'as_of': record['as_of'],
        'source': target['source'].rpartition(':')[0], 'line': target['source'].rpartition(':')[2], 'time': record['time']}
    row.update((name, sum(f['severity'] == name for f in findings)) for name in SEVERITIES)
    return {name: '' if value is None else str(value) for name, value in row.items()}


@case('csv: rows of hosts and of findings are those of the records, from scan, report and a configuration')
def rows_of_csv(stage):
    folder = stage.fresh()
    waivers = stage.write('waivers.yaml', WAIVERS)
    words = ('-i', stage.lab.file('targets.csv'), '--waivers', waivers)
    ran = stage.scan(*words, '--identify', '--csv', 'hosts', '-o', f'csv:{folder}/hosts', '-o', f'ndjson:{folder}/ndjson', seconds=120)
    yield from exits(ran, 1)
    records = [json.loads(line) for line in (folder / 'ndjson').read_text().splitlines()]
    rows = table(folder / 'hosts')
    if len(rows) != len(records) or not any(row['waived'] != '0' for row in rows) or not any(row['banner'] for row in rows):
        yield f'{len(rows)} rows for {len(records)} records, or nothing waived, or nobody said what it is'
    for row, record in zip(rows, records):
        for name, value in host_row(record).items():
            # A formula's apostrophe; names of certificates may begin with anything.
            if row[name] != value and row[name] != "'" + value:
                yield f'{row["host"]}: {name} is {row[name]!r}, not {value!r}'
        if bool(row['days_left']) != bool(row['leaf_not_after']):
            yield f'{row}'
    for kind in ('hosts', 'findings'):
        yield from exits(stage.run('report', *stage.lab.profile(), '--csv', kind, '-o', folder / f'{kind}-again',
                                   folder / 'ndjson'), 1)
    if (folder / 'hosts').read_bytes() != (folder / 'hosts-again').read_bytes():
        yield 'report says something else than the scan'
    found = table(folder / 'findings-again')
    if len(found) != sum(max(1, len(record['findings'])) for record in records):
        yield f'{len(found)} rows of findings'
    want = [(f['rule'], f['message'], f.get('look', '')) for r in records for f in r['findings']]
    have = [(row['rule'], row['message'], row['look']) for row in found if row['rule']]
    if have != want:
        yield f'{next((pair for pair in zip(have, want) if pair[0] != pair[1]), None)}'


@case('csv: a configuration and check have rows of hosts, too')
def hosts_of_others(stage):
    folder = stage.fresh()
    config = stage.write('run.yaml', 'schema: chainmend.config/1\ncsv: hosts\n')
    ran = stage.scan('--config', config, '-o', f'csv:{folder}/config', stage.argument('compliant'))
    yield from exits(ran, 0)
    rows = table(folder / 'config')
    if len(rows) != 1 or rows[0]['status'] != 'ok' or rows[0]['worst_rule'] or 'worst_rule' not in rows[0]:
        yield f'{rows}'
    ran = stage.run('check', *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day, '--csv', 'hosts',
                    '-o', f'csv:{folder}/check', stage.lab.service('expired', 'chain.pem'))
    yield from exits(ran, 1)
    rows = table(folder / 'check')
    if [(row['status'], row['port'], row['worst_severity']) for row in rows] != [('critical', '', 'critical')]:
        yield f'{rows}'
    yield from refuses(stage.run('scan', '--config', config, '-o', f'text:{folder}/x', 'a.example'), '--csv')


@case('junit, sarif, prometheus: counts are those of the records')
def counts(stage):
    _, folder, records = made(stage)
    have = [record['status'] for record in records]
    suite = xml.etree.ElementTree.parse(folder / 'junit').getroot().find('testsuite')
    wanted = {'tests': len(have), 'failures': have.count('critical') + have.count('warning'),
              'errors': have.count('unreachable'), 'skipped': have.count('out-of-scope')}
    found = {key: int(suite.get(key)) for key in wanted}
    met = {'tests': len(suite.findall('testcase')), 'failures': len(suite.findall('testcase/failure')),
           'errors': len(suite.findall('testcase/error')), 'skipped': len(suite.findall('testcase/skipped'))}
    if found != wanted or met != wanted:
        yield f'junit: {found}, {met}, not {wanted}'
    run = json.loads((folder / 'sarif').read_text())['runs'][0]
    if len(run['results']) != sum(len(r['findings']) for r in records) + have.count('unreachable'):
        yield f'sarif: {len(run["results"])} results'
    levels = {'critical': 'error', 'warning': 'warning', 'note': 'note'}
    want = sorted((f['rule'], levels[f['severity']], bool(f.get('waived'))) for r in records for f in r['findings'])
    want += [('target.unreachable', 'warning', False)] * have.count('unreachable')
    if sorted((r['ruleId'], r['level'], 'suppressions' in r) for r in run['results']) != sorted(want):
        yield 'sarif: other rules or levels than the records have'
    text = (folder / 'prometheus').read_text()
    for status in ('ok', 'warning', 'critical', 'out-of-scope', 'unreachable'):
        if f'chainmend_results{{status="{status}"}} {have.count(status)}\n' not in text:
            yield f'prometheus: {status}: {text[:600]}'
    for owner, status in sorted({(r['target']['labels'].get('owner') or 'none', r['status']) for r in records}):
        count = sum((r['target']['labels'].get('owner') or 'none', r['status']) == (owner, status) for r in records)
        if f'chainmend_owner_results{{owner="{owner}",status="{status}"}} {count}\n' not in text:
            yield f'prometheus: {owner}, {status}: {text[:3000]}'


@case('sarif: a log as its standard and code scanning want it, wherever targets come from')
def code_scanning(stage):
    om, folder = debian('sarif_om', 'python3-sarif-python-om'), stage.fresh()
    listed = stage.write('a list, 100%.csv', pathlib.Path(stage.lab.file('targets.csv')).read_text())
    one = stage.argument('expired')
    (listed.parent / 'short.csv').write_text(f'host\n{one}\n')
    for words, place in (
            (('-i', listed, '--waivers', stage.write('waivers.yaml', WAIVERS)), f'file://{urllib.parse.quote(str(listed))}'),
            (('-i', './/short.csv'), 'short.csv'), (('-i', '../' + listed.parent.name + '/short.csv'), '../'),
            (('-i', '-'), 'standard-input'), ((one,), 'command-line')):
        ran = stage.scan(*words, '-o', f'sarif:{folder}/log', '-o', f'ndjson:{folder}/ndjson', seconds=120,
                         cwd=listed.parent, stdin=f'{one}\n'.encode())
        yield from exits(ran, 1)
        log = json.loads((folder / 'log').read_text())
        yield from sarif.faults(om, log)
        places = [r['locations'][0]['physicalLocation'] for r in log['runs'][0]['results']]
        if not places or any(not p['artifactLocation']['uri'].startswith(place) for p in places):
            yield f'{words}: {places[:1]}'
    if any(p['region']['startLine'] != 1 for p in places):
        yield f'{places}'
    # A chain file is its own place.
    chain = pathlib.Path(stage.lab.service('expired', 'chain.pem'))
    ran = stage.run('check', *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day, '-f', 'sarif', chain.name,
                    cwd=chain.parent)
    yield from exits(ran, 1)
    log = json.loads(ran.out)
    yield from sarif.faults(om, log)
    if {r['locations'][0]['physicalLocation']['artifactLocation']['uri'] for r in log['runs'][0]['results']} != {'chain.pem'}:
        yield f'{log["runs"][0]["results"][0]["locations"]}'


@case('prometheus: promtool has nothing to say')
def promtool(stage):
    if not shutil.which('promtool'):
        raise Skip('promtool (prometheus) is not installed')
    _, folder, _ = made(stage)
    with open(folder / 'prometheus', 'rb') as text:
        done = subprocess.run(['promtool', 'check', 'metrics'], stdin=text, capture_output=True, check=False, timeout=60)
    if done.returncode or done.stderr or done.stdout:
        yield f'{done}'


@case('nagios: a plug-in\'s line and exit codes')
def nagios(stage):
    line = re.compile(rb"CHAINMEND (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+ \|( [a-z_]+=\d+;\d*;\d*;\d*)+\n")
    for state, status in (('compliant', 0), ('expired', 2), ('refuses', 2)):
        ran = stage.scan('-f', 'nagios', '--fail-on', 'never', stage.argument(state))
        yield from exits(ran, status)
        if not line.match(ran.out):
            yield f'{state}: {ran.out[:200]}'


@case('nagios: a fault of ours is UNKNOWN, in one line on standard output')
def unknown(stage):
    config = stage.write('run.yaml', 'schema: chainmend.config/1\nformat: nagios\ntimeout: soon\n')
    busy = stage.write('busy.yaml', 'schema: chainmend.config/1\nformat: nagios\n')
    nowhere = stage.fresh() / 'missing' / 'file'
    with open(busy, encoding='utf-8') as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for words, *said in (
                (('scan', '-f', 'nagios', '--timeout', '-1', 'a.example'), '--timeout'),
                (('scan', '--timeout', '-1', 'a.example', '-f', 'nagios'), '--timeout'),
                (('scan', '--bogus', '--format=nagios'), '--bogus'),
                (('scan', '-f', 'nagios', '-i', '/nonexistent'), '/nonexistent'),
                (('scan', '-f', 'nagios', '-i', stage.write('bad', 'a b|c\n')), 'bad:1'),
                (('scan', '-f', 'nagios', '--profile', '/nonexistent', 'a.example'), '/nonexistent'),
                (('scan', '-f', 'nagios', '--lang', 'zh-Hant', '--lang', 'a|b\nc', 'a.example'), 'a/b'),
                (('scan', '-o', f'nagios:{nowhere}', 'a.example'), 'missing'),
                (('scan', '--config', config, 'a.example'), 'run.yaml:3'),
                (('scan', '--config', busy, 'a.example'), 'another run'),
                (('check', '-f', 'nagios', '/nonexistent'), '/nonexistent'),
                (('report', '-f', 'nagios', '/nonexistent'), '/nonexistent'),
                (('compare', '-f', 'nagios', 'a'), ''),
                (('scna', '-f', 'nagios', 'a.example'), 'scna')):
            ran = stage.run(*words)
            yield from exits(ran, 3)
            line = ran.out.decode()
            if not re.fullmatch(r'CHAINMEND UNKNOWN - [^|\n]+\n', line) or any(word not in line for word in said):
                yield f'{words}: {line!r}'
    # What is on standard output is not for the monitoring system there.
    ran = stage.run('scan', '-o', 'ndjson:-', '-o', f'nagios:{stage.fresh()}/line', '-i', '/nonexistent')
    yield from exits(ran, 3)
    if ran.out or b'/nonexistent' not in ran.err:
        yield f'{ran}'
