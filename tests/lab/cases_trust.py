# SPDX-License-Identifier: MIT
"""cases_trust.py - trust stores, fetching, pinning, the cache, revocation lists"""
import http.server
import pathlib
import threading

from cases import Skip, collector, exits

__all__ = ['CASES', 'Skip']
CASES, case = collector()

RETIRED = 'ssl-ca-3-17-2017'
LISTS = ('revocation.list-unavailable', 'revocation.list-expired', 'revocation.list-invalid')


def paths(record):
    return {path['trust_store']: (path['trusted'], path['completed_by'])
            for path in record['paths']}


def rules(record):
    return {finding['rule'] for finding in record['findings']}


@case('paths: who can build one, and of what')
def who_builds(stage):
    served, profile = (True, 'served'), (True, 'profile')
    wanted = {
        'compliant': (served, served, served),
        'compliant-ev': (served, served, served),
        'wrong-order': (served, served, served),
        'no-cross': (served, profile, profile),
        'root-instead-of-cross': (served, profile, profile),
        'cross-2017': (served, profile, profile),
        'leaf-only': (profile, profile, profile),
        'leaf-and-cross': (profile, profile, profile),
        'other-ca': ((False, 'nothing'),) * 3,
        'self-signed': ((False, 'nothing'),) * 3,
    }
    ran = stage.ndjson('-i', stage.targets(*wanted))
    for record in ran.records():
        state = record['target']['labels']['state']
        stores = dict(zip(('current', 'stock-java', 'legacy-devices'), wanted[state]))
        if paths(record) != stores:
            yield f'{state}: {paths(record)}'
        for path in record['paths']:
            first = record['chain'][0]['sha256']
            if path['trusted'] and path['certificates'][0] != first:
                yield f'{state}: a path that does not begin with the leaf'


@case('paths: revocation of the retired twin leaves the other one a path')
def twin_paths(stage):
    ran = stage.ndjson('-i', stage.targets('both-retired-first', 'retired'))
    for record in ran.records():
        if paths(record)['current'] != (True, 'served'):
            yield f'{record["target"]["labels"]["state"]}: {paths(record)}'


@case('without a trust store whose anchors are known the answer is null')
def unknown(stage):
    ran = stage.ndjson('-i', stage.targets('compliant', 'leaf-only'), stores=False)
    for record in ran.records():
        state = record['target']['labels']['state']
        if any(path['trusted'] is not None for path in record['paths']):
            yield f'{state}: {record["paths"]}'
        if 'chain.untrusted' in rules(record):
            yield f'{state}: untrusted by whom?'


@case('--trust-store replaces the anchors of one store alone')
def one_store(stage):
    other = stage.lab.service('other-ca', 'rest.pem')
    ran = stage.ndjson('-i', stage.targets('compliant'), '--trust-store', f'stock-java={other}',
                       stores=False)
    have = {store: trusted for store, (trusted, _) in paths(ran.records()[0]).items()}
    if have != {'current': None, 'stock-java': False, 'legacy-devices': None}:
        yield f'{have}'


# --- Fetching ---

class Counter(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # pylint: disable=invalid-name
        self.server.paths.append(self.path)
        self.send_error(404)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class Counting:
    """A web server that has nothing and remembers what it was asked for."""

    def __enter__(self):
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Counter)
        self.server.paths = []
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def profile(self, stage):
        text = pathlib.Path(stage.lab.file('profile.yaml')).read_text()
        port = self.server.server_address[1]
        return stage.write('profile.yaml', text.replace(stage.lab.expected['web'],
                                                        f'http://127.0.0.1:{port}'))


@case('--offline and --fetch none fetch nothing')
def fetches_nothing(stage):
    with Counting() as web:
        profile = web.profile(stage)
        for words, wanted in (([], True), (['--offline'], False), (['--fetch', 'none'], False)):
            web.server.paths.clear()
            ran = stage.run('scan', '--profile', profile, *stage.lab.stores(), '--as-of',
                            stage.day, '-i', stage.targets('leaf-only', 'retired'), '-f', 'ndjson',
                            *words)
            if bool(web.server.paths) != wanted:
                yield f'{words}: {web.server.paths}'
            yield from exits(ran, 1)
            for record in ran.records():
                if LISTS[0] not in rules(record):
                    yield f'{words}: nothing is said of the missing list'


@case('the cache: what was fetched is there offline')
def cached(stage):
    cache, targets = stage.fresh(), stage.targets('leaf-only')
    for words in (['--cache', cache], ['--cache', cache, '--offline'],
                  ['--cache', cache, '--fetch', 'none']):
        record = stage.ndjson('-i', targets, *words).records()[0]
        if paths(record)['current'] != (True, 'profile'):
            yield f'{words}: {paths(record)}'
        if rules(record) & set(LISTS):
            yield f'{words}: {rules(record)}'
    record = stage.ndjson('-i', targets, '--cache', stage.fresh(), '--offline').records()[0]
    if paths(record)['current'][1] != 'nothing':
        yield f'an empty cache: {paths(record)}'


@case('pinning: the retired bytes at the current URL are not accepted')
def pinned(stage):
    cache, targets = stage.fresh(), stage.targets('leaf-only', 'leaf-only-ev')
    old = {stage.states[state]['chain'][1] for state in ('retired', 'retired-ev')}
    for record in stage.ndjson('-i', targets, '--cache', cache, profile='stale').records():
        used = {sha for path in record['paths'] for sha in path['certificates']}
        if used & old or any(trusted for trusted, _ in paths(record).values()):
            yield f'a path through {used & old}: {record["paths"]}'
        if 'chain.incomplete' not in rules(record) or record['status'] != 'critical':
            yield f'{record["status"]}: {rules(record)}'
    for record in stage.ndjson('-i', targets, '--cache', cache).records():
        if paths(record)['current'] != (True, 'profile'):
            yield f'afterwards, with the right bytes: {paths(record)}'


# --- Revocation lists ---

@case('a list that is missing, past, or signed by another is said, and proves nothing')
def lists(stage):
    targets = stage.targets('compliant', 'retired')
    for variant, rule in zip(('mute', 'lapsed', 'forged'), LISTS):
        for record in stage.ndjson('-i', targets, profile=variant).records():
            have = rules(record) & set(LISTS)
            if have != {rule}:
                yield f'{variant}: {have}'
            if 'revocation.intermediate-revoked' in rules(record):
                yield f'{variant}: revoked?'
