# SPDX-License-Identifier: MIT
"""cases_evidence.py - what a scan saw is kept, and judged again without a network to the same outcome"""
import copy
import hashlib
import json
import os
import re
import shutil

from authority import Authority
from cases import Skip, collector, exits, refuses
from cases_cli import interrupted
from cases_report import ALL, WAIVERS, first_difference
from cases_schema import at, invalid, places, validator

__all__ = ['CASES', 'Skip']
CASES, case = collector()

SECONDS = 170
STATES = ('compliant', 'retired', 'leaf-only', 'expired', 'refuses')


def manifest(folder):
    return json.loads((folder / 'manifest.json').read_text())


def kept(stage, *words, **more):
    """A scan of a few states that keeps evidence: what it did, and the folder."""
    folder = stage.fresh() / 'evidence'
    targets = stage.targets(*STATES)
    return stage.ndjson('-i', targets, '--evidence', folder, *words, **more), folder


def again(stage, folder, *words, **more):
    return stage.run('check', '-f', 'ndjson', folder, *words, **more)


def same_records(have, wanted):
    """The order is that of completion."""
    one, two = sorted(have.splitlines()), sorted(wanted.splitlines())
    if one != two:
        place = next((i for i, (a, b) in enumerate(zip(one, two)) if a != b), min(len(one), len(two)))
        yield f'{len(one)} and {len(two)} records; ' + first_difference(b'\n'.join(one[place:place + 1]),
                                                                        b'\n'.join(two[place:place + 1]))


@case('evidence: the whole fleet, asked everything, is judged again to the same records')
def everything(stage):
    folder, owners = stage.fresh() / 'evidence', stage.write('owners.csv', 'host,owner\n*.gov.hk,ops\n')
    ran = stage.ndjson('-i', stage.lab.file('targets.csv'), *ALL, '--evidence', folder, '--owner-map', owners,
                       '--waivers', stage.write('waivers.yaml', WAIVERS), seconds=SECONDS)
    yield from exits(ran, 1)
    for key in ('"looks":[{', '"caa":{', '"revocation":[{', '"lines":[{', '"waived":{', '"banner":'):
        if key not in ran.out.decode():
            yield f'the fleet shows no {key}, so this proves less'
    once_more = again(stage, folder, seconds=SECONDS)
    yield from exits(once_more, 1)
    yield from same_records(once_more.out, ran.out)
    yield from same_records((folder / 'results.ndjson').read_bytes(), ran.out)
    said = manifest(folder)
    if said['counts']['observations'] != len(ran.out.splitlines()):
        yield f'{said["counts"]}'
    yield from as_documented(folder)


def as_documented(folder):
    """Both files against docs/schema/, by a validator that is not ours."""
    lines = [json.loads(line) for line in (folder / 'observations.ndjson').read_text().splitlines()]
    line, whole, said = validator('observation'), validator('evidence'), manifest(folder)
    yield from invalid(whole, said, 'the manifest')
    for one in lines:
        yield from invalid(line, one, one['target']['host'])
    richest = max(lines, key=lambda one: len(json.dumps(one)))
    for valid, value in ((whole, said), (line, richest)):
        for path in places(value):
            if path and path[-1] == 'labels':
                continue
            other = copy.deepcopy(value)
            at(other, path)['misspelt'] = {}
            if valid.is_valid(other):
                yield f'an unknown key in {path} passes'


@case('evidence: in order, byte for byte; every file is what its name or the manifest says')
def by_hash(stage):
    ran, folder = kept(stage, '--ordered')
    yield from exits(ran, 1)
    if again(stage, folder).out != ran.out:
        yield 'judged again it is another text'
    said = manifest(folder)
    for kind, ending in (('certificates', '.der'), ('lists', '.crl'), ('ocsp', '.ocsp')):
        files = list((folder / kind).iterdir())
        if said['counts'][kind] != len(files):
            yield f'{len(files)} {kind}, not {said["counts"][kind]}'
        for path in files:
            if path.name != hashlib.sha256(path.read_bytes()).hexdigest() + ending:
                yield f'{path.name} has other bytes'
    for name, sum_ in said['files'].items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != sum_:
            yield f'{name} has another sum'
    if said['profile']['sha256'] != said['files']['profile.yaml']:
        yield f'{said["profile"]}'
    if said['vantage']['host'] == '' or said['version'] == '' or said['command'] != 'scan':
        yield f'{said}'
    stores = {store['id'] for store in said['trust_stores']}
    if stores != {'current', 'stock-java', 'legacy-devices'} or not all(s['anchors'] for s in said['trust_stores']):
        yield f'{said["trust_stores"]}'


@case('evidence: another day, profile, store or waiver judges it anew')
def otherwise(stage):
    ran, folder = kept(stage)
    before = {r['target']['host']: r for r in ran.records()}
    late = again(stage, folder, '--as-of', '2031-01-01')
    if {r['as_of'] for r in late.records()} != {'2031-01-01'}:
        yield f'{late}'
    if not any('leaf.expired' in str(r['findings']) for r in late.records() if r['status'] == 'critical'):
        yield 'nothing has expired in 2031'
    text = (folder / 'profile.yaml').read_text()
    mild = stage.write('mild.yaml', text + '\nseverity: {leaf.expired: note}\n'
                       if not re.search(r'^severity:', text, re.M) else
                       re.sub(r'^severity:\n', 'severity:\n  leaf.expired: note\n', text, flags=re.M))
    for record in again(stage, folder, '--profile', mild).records():
        old = before[record['target']['host']]
        if record['paths'] != old['paths']:
            yield f'{record["target"]["host"]}: stores that were files are not the same'
        for finding in record['findings']:
            if finding['rule'] == 'leaf.expired' and finding['severity'] != 'note':
                yield f'{finding}'
    store = stage.lab.file('legacy-devices.pem')
    other = again(stage, folder, '--trust-store', f'current={store}').records()
    if [r['paths'] for r in other] == [before[r['target']['host']]['paths'] for r in other]:
        yield 'another store changes no path'
    waived = again(stage, folder, '--waivers', stage.write('waivers.yaml', WAIVERS))
    if b'"waived":{' not in waived.out:
        yield 'nothing is waived'


@case('evidence: what was changed is found out, and nothing is written')
def changed(stage):
    _, folder = kept(stage)

    def spoilt(name, change):
        copy = stage.fresh() / 'copy'
        shutil.copytree(folder, copy)
        path = copy / name
        path.write_bytes(change(path.read_bytes()))
        report = stage.fresh() / 'report.ndjson'
        ran = stage.run('check', copy, '-o', f'ndjson:{report}')
        yield from refuses(ran, path)
        if report.exists():
            yield f'{name}: a report of what was changed'

    certificate = next(path.name for path in (folder / 'certificates').iterdir()
                       if path.stem in (folder / 'observations.ndjson').read_text())
    yield from spoilt(f'certificates/{certificate}', lambda old: old[:-1] + bytes([old[-1] ^ 1]))
    yield from spoilt('observations.ndjson', lambda old: old.replace(b'"error":"refused"', b'"error":"timeout"'))
    yield from spoilt('results.ndjson', lambda old: old + b'{}\n')
    yield from spoilt('profile.yaml', lambda old: old + b'# as it should have been\n')
    yield from spoilt('manifest.json', lambda old: old[:200])


@case('evidence: no folder is written over, added to, or left behind')
def whole(stage):
    one = stage.argument('compliant')
    full = stage.fresh()
    (full / 'letter').write_text('mine')
    yield from refuses(stage.scan(one, '--evidence', full), full)
    yield from refuses(stage.scan(one, '--evidence', full / 'letter'), full / 'letter')
    yield from refuses(stage.scan(one, '--evidence', full / 'none' / 'there'), full / 'none')
    if sorted(path.name for path in full.iterdir()) != ['letter'] or (full / 'letter').read_text() != 'mine':
        yield f'{list(full.iterdir())}'
    empty = stage.fresh()
    yield from exits(stage.scan(one, '--evidence', empty, '-q'), 0)
    if not (empty / 'manifest.json').exists():
        yield 'an empty folder is as good as none'
    gone = stage.fresh()
    yield from exits(stage.scan('--evidence', gone / 'new', '-i', gone / 'no-such-list'), 2)
    if list(gone.iterdir()):
        yield f'{list(gone.iterdir())} is left behind'


@case('evidence: what it does not go with is said')
def misused(stage):
    _, folder = kept(stage)
    yield from refuses(stage.scan(stage.argument('compliant'), '-f', 'ndjson', '--checkpoint', stage.fresh() / 'c',
                                  '--evidence', stage.fresh() / 'e'), '--checkpoint', '--evidence')
    yield from refuses(stage.run('check', folder, folder), folder)
    yield from refuses(stage.run('check', folder, '--name', 'www.example.hk'), '--name')
    yield from refuses(stage.run('check', stage.fresh()), 'manifest.json')
    yield from refuses(stage.run('explain-chain', stage.lab.service('compliant', 'chain.pem'),
                                 '--evidence', stage.fresh() / 'x'), '--evidence')


@case('evidence: with what responders and lists of certificates said')
def asked(stage):
    with Authority(stage.fresh()) as ca:
        targets = [ca.serve('good'), ca.serve('bad'), ca.serve('bad', chain=())]
        for works in (True, False):
            ca.responder_works = works
            folder = stage.fresh() / 'evidence'
            ran = stage.run('scan', '--profile', ca.profile(), '--trust-store', f'all={ca.at("root.pem")}',
                            '--timeout', 5, '-f', 'ndjson', '--ordered', '--fetch', 'any', '--evidence', folder, *targets)
            if b'"by":"ocsp"' not in ran.out or (not works and b'"by":"list"' not in ran.out):
                yield f'nobody was asked: {ran}'
            seen = len(ca.web.seen)
            once_more = again(stage, folder)
            yield from exits(once_more, ran.status)
            if once_more.out != ran.out:
                yield first_difference(once_more.out, ran.out)
            if len(ca.web.seen) != seen:
                yield f'somebody was asked again: {ca.web.seen[seen:]}'
            counts, lists = manifest(folder)['counts'], manifest(folder)['asked_lists']
            if works and counts['ocsp'] < 2 or not works and not any(one['sha256'] for one in lists):
                yield f'{counts} {lists}'


@case('evidence: of a run that was interrupted it says so')
def cut_short(stage):
    folder, path = stage.fresh() / 'evidence', stage.fresh() / 'records.ndjson'
    targets = stage.targets('compliant', 'retired', 'expired', 'silent', 'stalls')
    with open(os.devnull, 'wb') as nowhere:
        status, err = interrupted(stage, ['-i', targets, '-o', f'ndjson:{path}', '--evidence', folder], nowhere)
    if status != 130 or not manifest(folder)['interrupted']:
        yield f'exit status {status}: {err.decode()}'
    once_more = again(stage, folder)
    yield from exits(once_more, 1)
    yield from same_records(once_more.out, path.read_bytes())
    text = stage.run('check', folder)
    if b'interrupted' not in text.out.lower():
        yield f'{text.out.decode()[-600:]}'
