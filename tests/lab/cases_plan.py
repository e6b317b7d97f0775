# SPDX-License-Identifier: MIT
"""cases_plan.py - results turned into work (plan), and the work done on real servers

Each server is started with the retired intermediate, put right by the script that was emitted for
it, found to be in order by a scan, put back, and found to be wrong again.
"""
import json
import pathlib
import re

from cases import Skip, collector, exits, refuses
from cases_schema import validator
from real import Apache, Dovecot, Haproxy, Missing, Nginx, Postfix
from ward import Ward, script

__all__ = ['CASES', 'Skip']
CASES, case = collector()


def plan(stage, results, *words):
    """The folder of a plan, and what the program said."""
    folder = stage.fresh() / 'plan'
    return folder, stage.run('plan', results, '-o', folder, *stage.lab.profile(), *words)


def results(stage, targets, *words):
    path = stage.fresh() / 'run.ndjson'
    stage.scan('-i', targets, '-o', f'ndjson:{path}', *words)
    return path


def statuses(stage, targets):
    records = stage.ndjson('-i', targets).records()
    return {record['target']['labels']['state']: record['status'] for record in records}


def are(have, status, when):
    wrong = {state: found for state, found in have.items() if found != status}
    if wrong or not have:
        yield f'{when}: {wrong}, not {status}'


def scripts(folder):
    return sorted(folder.glob('*/apply*.sh'))


def says(ran, status, *words):
    yield from exits(ran, status)
    said = ran.out.decode(errors='replace') + ran.err.decode(errors='replace')
    for word in words:
        if word not in said:
            yield f'"{word}" is not in: {said}'


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(pathlib.Path(folder).rglob('*.pem')) if path.is_file()}


def heal(stage, server, ward, platform, config):
    """From wrong to right to wrong again."""
    targets = ward.targets(platform)
    yield from are(statuses(stage, targets), 'warning', 'before')
    folder, ran = plan(stage, results(stage, targets))
    yield from exits(ran, 0)
    if len(scripts(folder)) != len(ward.states):
        yield f'{len(scripts(folder))} scripts for {len(ward.states)} services'
        return
    option = ['--config', config]
    for path in scripts(folder):
        before = tree(ward.folder)
        yield from says(script(path, '--dry-run', *option), 0, 'would change')
        if tree(ward.folder) != before:
            yield f'{path}: --dry-run changed something'
        ran = script(path, *option)
        yield from says(ran, 0, 'done', 'as planned')
        yield from says(script(path, *option), 0, 'nothing to do')
        yield from says(script(path, '--verify', *option, chainmend=stage.chainmend), 0, 'that is what is planned')
    yield from are(statuses(stage, targets), 'ok', 'after')
    for path in scripts(folder):
        yield from says(script(path, '--undo', *option), 0, 'restoring', 'RETIRED')
        yield from says(script(path, '--undo', *option), 0, 'nothing to undo')
    yield from are(statuses(stage, targets), 'warning', 'undone')
    if server.processes and any(process.poll() is not None for process in server.processes):
        yield f'the server ended: {server.said()}'


def ward_of(stage, kind, states):
    try:
        server = kind()
    except Missing as why:
        raise Skip(str(why)) from None
    server.states = states
    return server, Ward(stage.lab, stage.fresh(), states)


def treated(stage, kind, states, platform, config):
    server, ward = ward_of(stage, kind, states)
    try:
        server.start(ward, ward.folder / 'server')
        yield from heal(stage, server, ward, platform, ward.folder / 'server' / config)
    finally:
        server.stop()


@case('plan: nginx is put right and put back')
def nginx(stage):
    yield from treated(stage, Nginx, ('compliant', 'tls12-only'), 'nginx', 'nginx.conf')


@case('plan: Apache is put right and put back')
def apache(stage):
    yield from treated(stage, Apache, ('wrong-order', 'compliant'), 'apache', 'httpd.conf')


@case('plan: HAProxy is put right and put back, by its runtime API')
def haproxy(stage):
    yield from treated(stage, Haproxy, ('cross-2022-07', 'both-crosses'), 'haproxy', 'haproxy.cfg')


@case('plan: Postfix is put right and put back')
def postfix(stage):
    yield from treated(stage, Postfix, ('smtp', 'smtp-retired', 'submission'), 'postfix', '')


@case('plan: Dovecot is put right and put back')
def dovecot(stage):
    yield from treated(stage, Dovecot, ('imap', 'imaps', 'pop3-leaf-only', 'pop3s'), 'dovecot', 'dovecot.conf')


def as_schema(document, name):
    try:
        check = validator(name)
    except Skip:
        return
    yield from (f'{name}: {fault.message[:300]}' for fault in check.iter_errors(document))


@case('plan: a folder for every host that needs work, and the whole')
def folders(stage):
    path = results(stage, stage.lab.file('targets.csv'))
    folder, ran = plan(stage, path)
    yield from exits(ran, 0)
    records = [json.loads(line) for line in path.read_text().splitlines()]
    failing = {f'{record["target"]["host"]}:{record["target"]["port"]}' for record in records
               if record['status'] in ('warning', 'critical', 'unreachable')}
    index = json.loads((folder / 'plan.json').read_text())
    planned = {f'{host["host"]}:{host["port"]}' for host in index['hosts']}
    if not failing or failing - planned:
        yield f'without a folder: {sorted(failing - planned)}'
    yield from as_schema(index, 'plan-index')
    for host in index['hosts']:
        place = folder / host['folder']
        yield from as_schema(json.loads((place / 'plan.json').read_text()), 'plan')
        whole = json.loads((place / 'plan.json').read_text())
        if not (place / 'plan.md').read_text().startswith('# '):
            yield f'{place}: no plan.md'
        for piece in whole['work']:
            for name in (piece['script'], piece['chain_file']):
                if name and not (place / name).is_file():
                    yield f'{place}: {name} is missing'
    total = index['total']
    if total['hosts'] != len(index['hosts']) or sum(owner['hosts'] for owner in index['owners']) != total['hosts']:
        yield f'{total}: {index["owners"]}'
    if sum(len(group['folders']) for group in index['groups']) != total['hosts']:
        yield 'not each host is in one group'
    for name in ('index.md',):
        if not (folder / name).is_file():
            yield f'{name} is missing'


@case('plan: the cheapest work that suffices')
def cheapest(stage):
    wanted = {'retired': ['chain'], 'retired-old-leaf': ['chain'], 'leaf-only': ['chain'], 'wrong-order': ['chain'],
              'unrelated': ['chain'], 'both-crosses': ['chain'], 'ev-under-ov': ['chain'], 'expired': ['request'],
              'expires-in-20-days': ['request'], 'tls10-only': ['setting'], 'refuses': ['look'], 'smtp-plain': ['look']}
    folder, ran = plan(stage, results(stage, stage.targets(*wanted, 'compliant', 'root-sent')))
    yield from exits(ran, 0)
    index = json.loads((folder / 'plan.json').read_text())
    have = {}
    for host in index['hosts']:
        whole = json.loads((folder / host['folder'] / 'plan.json').read_text())
        have[(host['host'], host['port'])] = [need for piece in whole['work'] for need in piece['needs']]
    want = {(stage.states[state]['host'], stage.states[state]['port']): needs for state, needs in wanted.items()}
    for place, needs in want.items():
        if have.get(place) != needs:
            yield f'{place}: {have.get(place)}, not {needs}'
    if set(have) - set(want):
        yield f'work where nothing is to be done: {set(have) - set(want)}'
    if index['in_order'] != 2:
        yield f'{index["in_order"]} in order'


@case('plan: whole or not at all, and never over what is no plan')
def in_the_way(stage):
    path = results(stage, stage.targets('retired'))
    folder, ran = plan(stage, path)
    yield from exits(ran, 0)
    again = stage.run('plan', path, '-o', folder, *stage.lab.profile())
    yield from exits(again, 0)
    kept = folder.with_name(folder.name + '.1')
    if not (kept / 'index.md').is_file() or not (folder / 'index.md').is_file():
        yield 'the earlier plan was not kept'
    other = stage.fresh() / 'mine'
    other.mkdir()
    (other / 'letter.txt').write_text('dear')
    yield from refuses(stage.run('plan', path, '-o', other, *stage.lab.profile()), 'in the way')
    if sorted(item.name for item in other.parent.iterdir()) != ['mine']:
        yield 'something was left behind'
    yield from refuses(stage.run('plan', path, '-o', stage.fresh() / 'a' / 'b', *stage.lab.profile()), 'a/b')
    yield from refuses(stage.run('plan', path), '--output')
    yield from refuses(stage.run('plan', '-o', stage.fresh() / 'x'), 'nothing to plan')
    yield from refuses(stage.run('plan', path, '-o', stage.fresh() / 'x', '--platform', 'vax', *stage.lab.profile()),
                       'vax', 'nginx', 'postfix')
    broken = stage.write('broken.ndjson', path.read_text() + '{"schema":"chainmend.result/1"}\n')
    gone = stage.fresh() / 'gone'
    yield from refuses(stage.run('plan', broken, '-o', gone, *stage.lab.profile()), f'{broken}:2: ')
    if list(gone.parent.iterdir()):
        yield 'a broken file of results left something behind'


class OldApache(Apache):
    """As before 2.4.8: the certificate alone in its file, and no word of a chain."""

    def commands(self):
        for command in super().commands():
            conf = self.folder / 'httpd.conf'
            text = conf.read_text()
            for state in self.states:
                text = text.replace(f'SSLCertificateFile {self.chain(state)}', f'SSLCertificateFile {self.leaf(state)}' +
                                    (f'\nSSLCertificateChainFile {self.rest(state)}' if state != 'unrelated' else ''))
            conf.write_text(text)
            yield command


@case('plan: Apache before 2.4.8 has its chain in a file of its own')
def old_apache(stage):
    server, ward = ward_of(stage, OldApache, ('wrong-order', 'unrelated'))
    try:
        server.start(ward, ward.folder / 'server')
        targets = ward.targets('apache-2.2')
        folder, ran = plan(stage, results(stage, targets))
        yield from exits(ran, 0)
        option = ['--config', ward.folder / 'server' / 'httpd.conf']
        for path in scripts(folder):
            yield from says(script(path, *option), 0, 'done')
            yield from says(script(path, *option), 0, 'nothing to do')
        yield from are(statuses(stage, targets), 'ok', 'after')
        for path in scripts(folder):
            yield from says(script(path, '--undo', *option), 0, 'restoring')
        have = statuses(stage, targets)
        if 'ok' in have.values():
            yield f'undone: {have}'
    finally:
        server.stop()


@case('plan: a script that cannot end well puts everything back')
def rolled_back(stage):
    server, ward = ward_of(stage, Nginx, ('compliant',))
    try:
        server.start(ward, ward.folder / 'server')
        targets = ward.targets('nginx')
        folder, ran = plan(stage, results(stage, targets))
        yield from exits(ran, 0)
        path, = scripts(folder)
        before = tree(ward.folder)
        option = ['--config', ward.folder / 'server' / 'nginx.conf']
        # Where nobody listens nothing can be read afterwards.
        elsewhere = path.with_name('elsewhere.sh')
        elsewhere.write_text(re.sub("^PORT='.*'$", "PORT='1'", path.read_text(), flags=re.M))
        yield from says(script(elsewhere, *option), 1, 'rolling back')
        after = {name: data for name, data in tree(ward.folder).items() if 'chainmend-backup' not in name}
        if after != before:
            yield 'files are not what they were'
        yield from are(statuses(stage, targets), 'warning', 'rolled back')
        # A certificate that is not the one that is wanted is not used.
        chain = folder / path.parent.name / 'chain.pem'
        for item in path.parent.glob('*.crt'):
            item.write_text('nothing')
        chain.write_text(chain.read_text().replace('A', 'B', 1))
        broken = path.with_name('broken.sh')
        broken.write_text(re.sub("^NEW_URLS='.*'$", "NEW_URLS='- -'", path.read_text(), flags=re.M))
        yield from says(script(broken, *option), 1, 'neither here nor to be had')
        if {name: data for name, data in tree(ward.folder).items() if 'chainmend-backup' not in name} != before:
            yield 'files are not what they were'
        yield from says(script(path, '--config', '/nonexistent'), 2)
        yield from says(script(path, '--unheard-of'), 2, 'usage')
    finally:
        server.stop()


@case('plan: what was not at hand is fetched by the script, and only what is wanted is taken')
def fetched(stage):
    server, ward = ward_of(stage, Nginx, ('compliant',))
    try:
        server.start(ward, ward.folder / 'server')
        targets = ward.targets('nginx')
        folder, ran = plan(stage, results(stage, targets), '--offline')
        yield from exits(ran, 0)
        path, = scripts(folder)
        if (path.parent / 'chain.pem').exists():
            yield 'there is a chain though nothing was at hand'
        yield from says(script(path, '--config', ward.folder / 'server' / 'nginx.conf'), 0, 'done')
        yield from are(statuses(stage, targets), 'ok', 'after')
    finally:
        server.stop()
