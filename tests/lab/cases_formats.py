# SPDX-License-Identifier: MIT
"""cases_formats.py - the formats for other programs, read by others' readers"""
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree

from cases import Skip, collector, exits

__all__ = ['CASES', 'Skip']
CASES, case = collector()
FORMATS = ('ndjson', 'json', 'csv', 'junit', 'sarif', 'prometheus', 'nagios', 'markdown')


def made(stage):
    """The fleet in each format, and its records."""
    folder = stage.fresh()
    outputs = [word for name in FORMATS if name != 'nagios' for word in ('-o', f'{name}:{folder}/{name}')]
    ran = stage.scan('-i', stage.lab.file('targets.csv'), *outputs, seconds=120)
    records = [json.loads(line) for line in (folder / 'ndjson').read_text().splitlines()]
    return ran, folder, records


@case('each format: report says byte for byte what the scan said')
def again(stage):
    ran, folder, _ = made(stage)
    yield from exits(ran, 1)
    for name in FORMATS:
        if name == 'nagios':
            continue
        ran = stage.run('report', '-f', name, *stage.lab.profile(''), folder / 'ndjson')
        if ran.out != (folder / name).read_bytes():
            yield f'{name} differs: {ran}'


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
    rules = run['tool']['driver']['rules']
    if len(run['results']) != sum(len(r['findings']) for r in records) + have.count('unreachable'):
        yield f'sarif: {len(run["results"])} results'
    for result in run['results']:
        if rules[result['ruleIndex']]['id'] != result['ruleId']:  # SARIF 2.1.0, 3.27.6
            yield f'sarif: {result}'
        if result['level'] not in ('note', 'warning', 'error') or not result['message']['text']:  # 3.27.10, 3.27.11
            yield f'sarif: {result}'
        place = result['locations'][0]['physicalLocation']
        if place['region']['startLine'] < 2 or not re.fullmatch(r'[A-Za-z0-9._~%/:-]+', place['artifactLocation']['uri']):
            yield f'sarif: {place}'
    text = (folder / 'prometheus').read_text()
    for status in ('ok', 'warning', 'critical', 'out-of-scope', 'unreachable'):
        if f'chainmend_results{{status="{status}"}} {have.count(status)}\n' not in text:
            yield f'prometheus: {status}: {text[:600]}'


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
    yield from exits(stage.scan('-f', 'nagios', '--timeout', '-1', 'a.example'), 3)
    yield from exits(stage.scan('-f', 'nagios', '-i', '/nonexistent'), 3)
