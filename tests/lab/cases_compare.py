# SPDX-License-Identifier: MIT
"""cases_compare.py - two runs held against each other (compare), and owners from a table (--owner-map)"""
import json

from cases import Skip, collector, exits, refuses

__all__ = ['CASES', 'Skip']
CASES, case = collector()


def record(stage, state):
    """What a scan says of a state of the fleet."""
    return json.loads(stage.ndjson('-i', stage.targets(state)).out)


def line(found, host):
    """A record as if it were of HOST."""
    target = {**found['target'], 'host': host, 'sni': host, 'port': 443, 'address': '192.0.2.1'}
    target.pop('unicode', None)
    return json.dumps({**found, 'target': target}) + '\n'


def changes(ran):
    return {change['target']['host']: change for change in map(json.loads, ran.out.decode().splitlines())}


def one(stage, host, state):
    return line(record(stage, state), host)


def labels_of(target):
    """Without what the fleet's own list says."""
    return {name: value for name, value in target['labels'].items() if name in ('owner', 'site', 'rack', 'desk')}


@case('two runs: each class of change, by record and by exit status')
def classes(stage):
    good, bad, down = (record(stage, state) for state in ('compliant', 'expired', 'refuses'))
    table = [('regressed', good, bad), ('fixed', bad, good), ('unreachable', good, down), ('unchanged', bad, bad),
             ('new', None, good), ('gone', good, None)]
    old = stage.write('old.ndjson', ''.join(line(was, f'{name}.hk') for name, was, _ in table if was))
    new = stage.write('new.ndjson', ''.join(line(now, f'{name}.hk') for name, _, now in table if now))
    ran = stage.run('compare', old, new, '-f', 'ndjson')
    yield from exits(ran, 1)
    have = {host: (change['change'], change['schema']) for host, change in changes(ran).items()}
    if have != {f'{name}.hk': (name, 'chainmend.change/1') for name, _, _ in table}:
        yield f'{have}'
    rules = {finding['rule']: finding['change'] for finding in changes(ran)['regressed.hk']['findings']}
    if rules.get('leaf.expired') != 'new':
        yield f'{rules}'
    yield from exits(stage.run('compare', old, new, '--fail-on', 'never'), 0)
    yield from exits(stage.run('compare', old, old, '--fail-on', 'unreachable'), 0)
    quiet = stage.write('quiet.ndjson', line(good, 'a.hk'))
    silent = stage.write('silent.ndjson', line(down, 'a.hk'))
    yield from exits(stage.run('compare', quiet, silent), 0)
    yield from exits(stage.run('compare', quiet, silent, '--fail-on', 'unreachable'), 1)


@case('a comparison for people, in three languages and as a page')
def people(stage):
    old = stage.write('old.ndjson', one(stage, 'a.hk', 'compliant'))
    new = stage.write('new.ndjson', one(stage, 'a.hk', 'expired'))
    page = stage.fresh() / 'change.html'
    for language in ('en', 'zh-Hant', 'zh-Hans'):
        ran = stage.run('compare', old, new, '--lang', language, '-o', '-', '-o', f'html:{page}')
        yield from exits(ran, 1)
        if b'a.hk:443' not in ran.out or b'leaf.expired' not in ran.out:
            yield f'{language}: {ran}'
        text = page.read_text()
        if f'lang="{language}"' not in text or 'default-src &#39;none&#39;;' not in text or '<script' in text:
            yield f'{language}: {text[:400]}'
        page.unlink()


@case('a document, standard input, and what is no comparison')
def inputs(stage):
    old, new = one(stage, 'a.hk', 'compliant'), one(stage, 'a.hk', 'expired')
    path = stage.write('old.ndjson', old)
    ran = stage.run('compare', path, '-', '-f', 'ndjson', stdin=new.encode())
    yield from exits(ran, 1)
    if changes(ran)['a.hk']['change'] != 'regressed':
        yield f'{ran}'
    yield from refuses(stage.run('compare', path), 'OLD and NEW')
    yield from refuses(stage.run('compare', path, path, path), 'OLD and NEW')
    yield from refuses(stage.run('compare', '-', '-'), 'only one')
    yield from refuses(stage.run('compare', path, stage.folder / 'missing'), 'missing')
    yield from refuses(stage.run('compare', path, path, '-f', 'xlsx'), 'xlsx')
    broken = stage.write('broken.ndjson', old + '{"schema":"chainmend.result/1"}\n')
    yield from refuses(stage.run('compare', path, broken), f'{broken}:2: ')


@case('owners from a table, in every output, and never over what the input says')
def owners(stage):
    host, folder = stage.states['expired']['host'], stage.fresh()
    table = stage.write('owners.csv', f'host,owner,site\n# the fleet\n{host},web team,Kowloon\n127.0.0.0/8,others,\n')
    targets = stage.write('fleet.txt', ''.join(stage.argument(name) + '\n' for name in ('compliant', 'expired')))
    path = folder / 'run.ndjson'
    ran = stage.scan('-i', targets, '--owner-map', table, '-o', f'ndjson:{path}', '-o', '-')
    yield from exits(ran, 1)
    if b'web team' not in ran.out:
        yield f'no owner in the text: {ran}'
    records = [json.loads(line) for line in path.read_text().splitlines()]
    labels = {found['target']['host']: labels_of(found['target']) for found in records}
    if labels[host] != {'owner': 'web team', 'site': 'Kowloon'}:
        yield f'{host}: {labels[host]}'
    if labels[stage.states['compliant']['host']] != {'owner': 'others'}:
        yield f'{labels}'
    again = stage.write('again.csv', 'host,owner,rack\n*,nobody,12\n')
    report = stage.run('report', path, '--owner-map', again, '-f', 'ndjson')
    for target in (json.loads(text)['target'] for text in report.out.decode().splitlines()):
        if labels_of(target) != {**labels[target['host']], 'rack': '12'}:
            yield f'report: {target}'
    ran = stage.run('compare', path, path, '--owner-map', again, '-f', 'ndjson')
    yield from exits(ran, 0)
    if changes(ran)[host]['owner'] != 'web team' or changes(ran)[host]['target']['labels'].get('rack') != '12':
        yield f'compare: {ran}'


@case('labels of the input are in every output')
def labels_everywhere(stage):
    folder, state = stage.fresh(), stage.states['expired']
    targets = stage.write('fleet.csv', f'host,address,port,owner,desk\n{state["host"]},127.0.0.1,{state["port"]},Ann,7b\n')
    ran = stage.scan('-i', targets, '-o', f'ndjson:{folder}/r.ndjson', '-o', f'html:{folder}/r.html', '-o', '-')
    yield from exits(ran, 1)
    target = json.loads((folder / 'r.ndjson').read_text())['target']
    if target['labels'] != {'owner': 'Ann', 'desk': '7b'}:
        yield f'{target}'
    if b'Ann' not in ran.out or 'Ann' not in (folder / 'r.html').read_text():
        yield 'the owner is not in each report'
    compared = stage.run('compare', folder / 'r.ndjson', folder / 'r.ndjson', '-f', 'ndjson')
    if changes(compared)[state['host']]['target']['labels'] != {'owner': 'Ann', 'desk': '7b'}:
        yield f'{compared}'


@case('an owner map that cannot be read costs no scan')
def refused(stage):
    argument = stage.argument('compliant')
    table = stage.write('owners.csv', 'host,owner\na.hk:99999,x\n')
    yield from refuses(stage.scan(argument, '--owner-map', table), f'{table}:2:1: ')
    yield from refuses(stage.scan(argument, '--owner-map', stage.folder / 'missing'), 'missing')
    headless = stage.write('headless.csv', 'a.hk,x\n')
    yield from refuses(stage.scan(argument, '--owner-map', headless), f'{headless}:1: ')
