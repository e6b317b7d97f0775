# SPDX-License-Identifier: MIT
"""cases_dcv.py - dcv against knot, unbound and nginx: what passes, what would not, and why"""
import json
import socket
import socketserver
import threading
import time

from cases import Skip, collector, exits, refuses
from cases_schema import invalid, validator
from dcv_lab import CODE, PATH, Names, Web, program, zone_text

__all__ = ['CASES', 'Skip']
CASES, case = collector()

DAY = '2026-11-27'
OTHER = CODE.replace('4f', '5f')
RECORDS = [
    f'good A 127.0.0.1\ngood TXT "{CODE}"\ngood TXT "v=spf1 -all"\ngood MX 10 mail',
    f'ttl A 127.0.0.1\nttl 60 TXT "{CODE}"',
    f'capitals A 127.0.0.1\ncapitals TXT "{CODE.lower()}"',
    f'quoted A 127.0.0.1\nquoted TXT "\\"{CODE}\\""',
    f'old A 127.0.0.1\nold TXT "{OTHER}"',
    f'long A 127.0.0.1\nlong TXT "{CODE[:7]}" "{CODE[7:]}"',
    'none A 127.0.0.1',
    f'child.parent A 127.0.0.1\nparent TXT "{CODE}"',
    f'alias CNAME target\ntarget TXT "{CODE}"\ntarget A 127.0.0.1',
    f'other-ca TXT "{CODE}"\nother-ca CAA 0 issue "letsencrypt.org"\nsub.other-ca TXT "{CODE}"',
    f'own-ca TXT "{CODE}"\nown-ca CAA 0 issue "eCert.gov.hk; account=7"\nown-ca CAA 0 issuewild ";"',
    f'critical TXT "{CODE}"\ncritical CAA 128 future "x"',
    'silent-mail A 127.0.0.1\nsilent-mail MX 0 .',
    'w-all A 127.0.0.1',
    *[f'w-{name} A 127.0.0.1' for name in (
        'other', 'html', 'mark', 'lines', 'wide', 'quoted', 'more', 'missing', 'large', 'https', 'far', 'see-other', 'port',
        'scheme', 'loop', 'lost', 'inside', 'gzip', 'one-scheme', 'ten', 'eleven')],
    'w-two A 127.0.0.1\nw-two A 127.0.0.2',
    'w-both A 127.0.0.1\nw-both A 127.0.0.2',
    'w-none TXT "nothing"',
    'private A 10.0.0.1',
    f'twice A 127.0.0.1\ntwice.dcv.test TXT "{CODE}"',
]
TO = 'location / { return %s; }'


def sites():
    """What each name serves: at both addresses alike, unless said."""
    good = [f'location = /{PATH} {{ default_type text/plain; return 200 "{CODE}"; }}']

    def says(text, kind='text/plain'):
        return [f'location = /{PATH} {{ default_type {kind}; return 200 "{text}"; }}']

    chain = [f'location = /{PATH} {{ return 302 /1; }}',
             *[f'location = /{n} {{ return 302 /{n + 1}; }}' for n in range(1, 10)],
             f'location = /10 {{ return 200 "{CODE}"; }}']
    longer = [*chain[:-1], 'location = /10 { return 302 /11; }', f'location = /11 {{ return 200 "{CODE}"; }}']
    names = {
        'w-all': good, 'w-both': good, 'w-two': good, 'good': good,
        'w-other': says(OTHER), 'w-html': says(f'<html><body>{CODE}x', 'text/html'),
        'w-mark': says('\ufeff' + CODE), 'w-lines': says(CODE + '\\r\\n'), 'w-quoted': says(f'\\"{CODE}\\"'),
        'w-more': says(f'{CODE}\\nand more'), 'w-missing': [TO % '404'], 'w-large': says('x' * 900), 'w-wide': [],
        'w-far': [TO % '301 $scheme://w-all.dcv.test$request_uri'],
        'w-see-other': [TO % '303 http://w-all.dcv.test$request_uri'],
        'w-port': [TO % '302 http://w-all.dcv.test:8081$request_uri'],
        'w-scheme': [TO % '302 ftp://w-all.dcv.test$request_uri'],
        'w-loop': [TO % '302 $request_uri'],
        'w-lost': [TO % '302 http://nowhere.dcv.test/'],
        'w-inside': [TO % '302 http://10.0.0.1/'],
        'w-gzip': ['add_header Content-Encoding gzip;', *says('junk')],
        'w-ten': chain, 'w-eleven': longer,
        'w-https': [f'if ($scheme = http) {{ return 308 https://$host$request_uri; }}', *good],
    }
    return {(f'{name}.dcv.test', '127.0.0.1'): lines for name, lines in names.items()}


def needs(*programs):
    for name in programs:
        try:
            program(name)
        except FileNotFoundError as why:
            raise Skip(f'{why} is not installed') from why


def flipped(delegation):
    """A DS record whose digest is of another key."""
    return delegation[:-1] + ('0' if delegation[-1] != '0' else '1')


def other_tag(delegation):
    words = delegation.split()
    words[2] = str(int(words[2]) ^ 1)
    return ' '.join(words)


def begin(names):
    """All zones: dcv.test on two servers, three signed ones with parents that say right and wrong."""
    signed = ('signed.test', 'bogus.test', 'keys.test')
    text = [f'@ TXT "{CODE}"', '@ A 127.0.0.1']
    differ = [f'differ TXT "{CODE}"']
    zones = {origin: zone_text(origin, text) for origin in (*signed, 'lame.test')}
    names.knot(1, {'dcv.test': zone_text('dcv.test', [*RECORDS, *differ]), **zones}, sign=signed)
    names.knot(2, {'dcv.test': zone_text('dcv.test', RECORDS, serial=2),
                   **{origin: zones[origin] for origin in signed}}, sign=())
    above = []
    for origin, change in zip(signed, (str, flipped, other_tag)):
        above += [f'{origin}. NS ns1.{origin}.', change(names.keys(1, origin))]
    for origin in ('dcv.test', 'lame.test'):
        above += [f'{origin}. NS ns1.{origin}.', f'ns1.{origin}. A 127.0.0.1']
    names.knot(3, {'test': zone_text('test', above)}, sign=('test',))
    both, one = ('127.0.0.1', '127.0.0.2'), ('127.0.0.1',)
    names.unbound({'test': ('127.0.0.3',), 'dcv.test': both, 'lame.test': one, **{origin: one for origin in signed}},
                  [names.keys(3, 'test')])


class Bench:
    """dcv with the lab's servers."""

    def __init__(self, stage, names, web):
        self.stage, self.names, self.web = stage, names, web
        self.file = stage.write('fileauth.txt', CODE)

    def run(self, *words, **more):
        ports = ['--dns-port', self.names.port, '--http-port', self.web.http, '--https-port', self.web.https]
        return self.stage.run('dcv', '--allow-private', *ports,
                              *[word for resolver in self.names.resolvers for word in ('--resolver', resolver)],
                              '--timeout', '3', '--as-of', DAY, *words, **more)

    def records(self, *words):
        ran = self.run('-f', 'ndjson', '--file', self.file, *words)
        return ran, {record['name']: record for record in ran.records()}


def with_servers(stage, check):
    """CHECK, a generator, between the start and the end of all servers."""
    needs('knotd', 'keymgr', 'unbound', 'nginx')
    folder = stage.fresh()
    for name in ('names', 'web'):
        (folder / name).mkdir()
    with Names(folder / 'names') as names, Web(folder / 'web') as web:
        begin(names)
        served = sites()
        served[('w-two.dcv.test', '127.0.0.2')] = [f'location = /{PATH} {{ return 200 "{OTHER}"; }}']
        served[('w-both.dcv.test', '127.0.0.2')] = served[('w-both.dcv.test', '127.0.0.1')]
        wide = web.write('wide/' + PATH, CODE.encode('utf-16'))
        served[('w-wide.dcv.test', '127.0.0.1')] = [f'root {web.folder}/wide;'] if wide else []
        web.nginx(stage.lab.service('compliant', 'chain.pem'), stage.lab.service('compliant', 'key.pem'), served)
        yield from check(Bench(stage, names, web))


def expect(records, rows):
    for name, outcome, *ids in rows:
        record = records.get(name)
        if not record:
            yield f'{name}: no record'
            continue
        found = {finding['id'] for finding in record['findings']}
        if record['outcome'] != outcome:
            yield f'{name}: {record["outcome"]} and not {outcome}: {sorted(found)}'
        for wanted in ids:
            if wanted.lstrip('!') in found if wanted[0] == '!' else wanted not in found:
                yield f'{name}: {wanted}: {sorted(found)}'


DNS = (
    ('good.dcv.test', 'pass', '!txt-ttl', '!txt-missing', '!server-lame'),
    ('ttl.dcv.test', 'pass', 'txt-ttl'),
    ('long.dcv.test', 'pass', '!txt-ttl'),
    ('capitals.dcv.test', 'fail', 'txt-differs'),
    ('quoted.dcv.test', 'fail', 'txt-differs'),
    ('old.dcv.test', 'fail', 'txt-missing'),
    ('none.dcv.test', 'fail', 'txt-missing'),
    ('nowhere.dcv.test', 'fail', 'txt-missing'),
    ('child.parent.dcv.test', 'fail', 'txt-missing'),
    ('alias.dcv.test', 'pass', 'alias'),
    ('differ.dcv.test', 'fail', 'txt-servers-differ', 'servers-serials-differ'),
    ('other-ca.dcv.test', 'fail', 'caa-forbids'),
    ('sub.other-ca.dcv.test', 'fail', 'caa-forbids'),
    ('own-ca.dcv.test', 'pass', '!caa-forbids'),
    ('critical.dcv.test', 'fail', 'caa-forbids'),
    ('lame.test', 'pass', 'server-lame'),
    ('signed.test', 'pass', '!dnssec-bogus', '!dnssec-unchecked'),
    ('bogus.test', 'fail', 'dnssec-bogus', 'caa-bogus'),
    ('keys.test', 'fail', 'dnssec-keys-differ'),
)


@case('dcv: TXT records, CAA and DNSSEC against knot and unbound')
def by_dns(stage):
    def check(bench):
        ran, records = bench.records('--product', 'multi-domain', '--method', 'dns', *[row[0] for row in DNS])
        yield from exits(ran, 1)
        yield from expect(records, DNS)
        if not any(look['authentic'] for look in records.get('signed.test', {}).get('servers', [])):
            yield 'nobody validates signed.test'
        ran, records = bench.records('--method', 'dns', 'good.dcv.test')
        yield from exits(ran, 0)
        for name, place in (('twice.dcv.test', 'twice.dcv.test.dcv.test'), ('child.parent.dcv.test', 'at parent.dcv.test')):
            ran, records = bench.records('--method', 'dns', name)
            yield from exits(ran, 1)
            if place not in ' '.join(finding['message'] for finding in records[name]['findings']):
                yield f'{name}: nothing is said of {place}: {records[name]["findings"]}'
        ran, records = bench.records('*.good.dcv.test', 'good.dcv.test')
        yield from exits(ran, 0)
        yield from expect(records, [('*.good.dcv.test', 'pass', '!file-status')])
        if records and records['*.good.dcv.test']['methods']['file'] != 'not-offered':
            yield 'a file for a wildcard'
        ran, records = bench.records('*.own-ca.dcv.test')
        yield from exits(ran, 1)
        yield from expect(records, [('*.own-ca.dcv.test', 'fail', 'caa-forbids')])
        yield from exits(bench.records('--method', 'file', '*.good.dcv.test')[0], 1)
        for word in (CODE, OTHER):
            if word in json.dumps(list(records.values())):
                yield 'the code stands in the report'
    yield from with_servers(stage, check)


FILES = (
    ('w-all.dcv.test', 'pass', '!file-line-ends'),
    ('w-both.dcv.test', 'pass'),
    ('w-two.dcv.test', 'fail', 'file-differs'),
    ('w-other.dcv.test', 'fail', 'file-differs'),
    ('w-html.dcv.test', 'fail', 'file-more'),
    ('w-mark.dcv.test', 'fail', 'file-differs'),
    ('w-wide.dcv.test', 'fail', 'file-differs'),
    ('w-quoted.dcv.test', 'fail', 'file-differs'),
    ('w-lines.dcv.test', 'pass', 'file-line-ends'),
    ('w-more.dcv.test', 'fail', 'file-more'),
    ('w-missing.dcv.test', 'fail', 'file-status'),
    ('w-large.dcv.test', 'fail', 'file-differs'),
    ('w-gzip.dcv.test', 'fail', 'file-differs'),
    ('w-https.dcv.test', 'pass'),
    ('w-far.dcv.test', 'pass'),
    ('w-ten.dcv.test', 'pass'),
    ('w-eleven.dcv.test', 'fail', 'file-redirect-lost'),
    ('w-see-other.dcv.test', 'fail', 'file-redirect'),
    ('w-port.dcv.test', 'fail', 'file-redirect'),
    ('w-scheme.dcv.test', 'fail', 'file-redirect'),
    ('w-loop.dcv.test', 'fail', 'file-redirect-lost'),
    ('w-lost.dcv.test', 'fail', 'file-redirect-lost'),
    ('w-none.dcv.test', 'fail', 'file-no-address'),
)


@case('dcv: files against nginx, redirects allowed and not, one address of two')
def by_file(stage):
    def check(bench):
        ran, records = bench.records('--method', 'file', '--product', 'multi-domain', *[row[0] for row in FILES])
        yield from exits(ran, 1)
        yield from expect(records, FILES)
        wrong = [finding['message'] for finding in records['w-two.dcv.test']['findings'] if finding['level'] == 'fatal']
        if not wrong or any('127.0.0.2' not in message for message in wrong):
            yield f'the address that is wrong is not named: {wrong}'
        yield from exits(bench.records('--method', 'file', 'w-all.dcv.test', 'w-both.dcv.test')[0], 0)
        text = bench.run('--file', bench.file, 'w-two.dcv.test', '--method', 'file')
        yield from exits(text, 1)
        if b'would fail' not in text.out or b'To do:' not in text.out or b'3.2.2.9' not in text.out:
            yield text.out.decode()
        code = stage.write('code', f'  {CODE}\n')
        yield from exits(bench.run('--code-file', code, '--method', 'file', 'w-all.dcv.test'), 0)
        nothing = bench.run('--method', 'file', 'w-all.dcv.test')
        yield from exits(nothing, 3)
    yield from with_servers(stage, check)


@case('dcv: one method for all names, e-mail, exempt names, days, addresses that are not public')
def by_rules(stage):
    def check(bench):
        # One passes by its file alone, the other by its record alone: the CA has one method chosen for both.
        both = ('w-all.dcv.test', 'long.dcv.test')
        ran, records = bench.records(*both)
        yield from expect(records, [(name, 'pass') for name in both])
        yield from exits(ran, 1)
        yield from exits(bench.records('good.dcv.test', 'w-all.dcv.test')[0], 0)
        for name, status, outcome, fault in (('good.dcv.test', 3, 'open', 'mail-unread'),
                                             ('silent-mail.dcv.test', 1, 'fail', 'mail-none'),
                                             ('nowhere.dcv.test', 1, 'fail', 'mail-none')):
            ran, records = bench.records('--method', 'email', name)
            yield from exits(ran, status)
            yield from expect(records, [(name, outcome, fault, 'mail-discouraged')])
        ran, records = bench.records('--method', 'email', 'good.dcv.test', '--as-of', '2028-03-15')
        yield from exits(ran, 1)
        yield from expect(records, [('good.dcv.test', 'fail', 'mail-ended')])
        yield from exits(bench.records('--method', 'email', '--product', 'multi-domain', 'good.dcv.test')[0], 1)
        for issued, status, fault in (('2026-10-28', 0, 'code-ends-soon'), ('2026-10-27', 1, 'code-expired'),
                                      ('2026-11-27', 0, '!code-ends-soon'), ('2026-11-28', 0, 'code-ahead')):
            ran, records = bench.records('--issued', issued, 'good.dcv.test')
            yield from exits(ran, status)
            yield from expect(records, [('good.dcv.test', 'pass' if status == 0 else 'fail', fault)])
        ran, records = bench.records('--as-of', '2026-03-14', 'none.dcv.test')
        yield from exits(ran, 0)
        yield from expect(records, [('none.dcv.test', 'exempt', 'exempt')])
        ran, records = bench.records('--product', 'server', 'good.dcv.test', 'w-all.dcv.test')
        yield from expect(records, [('good.dcv.test', 'fail', 'product-names')])
        ran, records = bench.records('--product', 'server', '*.good.dcv.test')
        yield from expect(records, [('*.good.dcv.test', 'fail', 'product-wildcard')])
    yield from with_servers(stage, check)


@case('dcv: without --allow-private nothing within is asked')
def within(stage):
    def check(bench):
        ran = stage.run('dcv', '-f', 'ndjson', '--as-of', DAY, '--file', bench.file, '--http-port', bench.web.http,
                        '--https-port', bench.web.https, '--dns-port', bench.names.port,
                        '--resolver', ','.join(bench.names.resolvers), 'good.dcv.test')
        yield from exits(ran, 3)
        record = ran.records()[0]
        yield from expect({record['name']: record},
                          [('good.dcv.test', 'open', 'file-address-private', 'server-private', 'servers-unknown')])
        if record['visits']:
            yield f'somebody was visited: {record["visits"]}'
    yield from with_servers(stage, check)


@case('dcv: records are as docs/schema/ says, text in three languages')
def as_written(stage):
    def check(bench):
        valid = validator('dcv')
        names = ('good.dcv.test', 'w-lost.dcv.test', 'bogus.test', 'alias.dcv.test', '測試.dcv.test')
        ran, records = bench.records('--issued', '2026-11-20', *names)
        if 'xn--g6w251d.dcv.test' not in records:
            yield f'no A-label: {sorted(records)} {ran}'
        for name, record in records.items():
            yield from invalid(valid, record, name)
            if valid.is_valid({**record, 'misspelt': 1}):
                yield 'an unknown key passes'
        out = stage.fresh() / 'all.json'
        bench.run('-o', f'json:{out}', '--file', bench.file, *names)
        if [record['name'] for record in json.loads(out.read_text())] != list(records):
            yield 'json and ndjson differ'
        for language in ('en', 'zh-Hant', 'zh-Hans'):
            text = bench.run('--file', bench.file, '-v', '--lang', language, *names).out.decode()
            if '測試' not in text or CODE in text:
                yield f'{language}: {text}'
    yield from with_servers(stage, check)


class Plain(socketserver.StreamRequestHandler):
    """The server's text, whatever is asked, and no TLS."""

    def handle(self):
        if self.rfile.readline(4096).startswith(b'GET '):
            self.wfile.write(b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n' + self.server.text)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


class Six(Server):
    address_family = socket.AF_INET6


@case('dcv: addresses of both families are looked at, and one scheme is enough')
def families(stage):
    needs('knotd', 'keymgr', 'unbound')
    folder = stage.fresh()
    with Names(folder) as names, Server(('127.0.0.1', 0), Plain) as four:
        try:
            six = Six(('::1', four.server_address[1]), Plain)
        except OSError as why:
            raise Skip(f'no IPv6: {why}') from why
        servers = (four, six)
        for server in servers:
            server.text = CODE.encode()
            threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            names.knot(1, {'six.test': zone_text('six.test', ['www A 127.0.0.1', 'www AAAA ::1'])})
            names.unbound({'six.test': ('127.0.0.1',)})
            port = four.server_address[1]
            words = ('dcv', '--allow-private', '-f', 'ndjson', '--dns-port', names.port, '--http-port', port,
                     '--https-port', port, '--resolver', names.resolvers[0], '--timeout', '3', '--as-of', DAY,
                     '--method', 'file', '--file', stage.write('fileauth.txt', CODE), 'www.six.test')
            good = stage.run(*words)
            six.text = OTHER.encode()
            bad = stage.run(*words)
        finally:
            for server in servers:
                server.shutdown()
            six.server_close()
    yield from exits(good, 0)
    record = good.records()[0]
    yield from expect({'www.six.test': record}, [('www.six.test', 'pass', 'file-one-scheme', 'caa-above-unknown')])
    if {visit['address'] for visit in record['visits']} != {'127.0.0.1', '::1'}:
        yield f'visited: {record["visits"]}'
    yield from exits(bad, 1)
    said = [finding['message'] for finding in bad.records()[0]['findings'] if finding['id'] == 'file-differs']
    if len(said) != 1 or ' ::1 ' not in said[0]:
        yield f'the address that is wrong is not named: {said}'


class Hostile(socketserver.BaseRequestHandler):
    """Says what its path wants, without an end."""

    def handle(self):
        try:
            asked = self.request.recv(4096).decode(errors='replace')
            if 'Host: head' in asked:
                self.request.sendall(b'HTTP/1.1 200 OK\r\n')
                while True:
                    self.request.sendall(b'X-More: and more\r\n' * 100)
            if 'Host: interim' in asked:
                while True:
                    self.request.sendall(b'HTTP/1.1 100 Continue\r\nX: y\r\n\r\n' * 100)
            if 'Host: drip' in asked:
                self.request.sendall(b'HTTP/1.1 200 OK\r\n\r\n')
                while True:
                    self.request.sendall(b'x')
                    time.sleep(0.2)
            self.request.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: text/\x1b[31m\r\n\r\n')
            while True:
                self.request.sendall(b'body without end ' * 100)
        except OSError:
            pass


@case('dcv: answers without an end are left inside their bounds')
def hostile(stage):
    needs('knotd', 'keymgr', 'unbound')
    folder = stage.fresh()
    names_of = ('body', 'head', 'interim', 'drip')
    records = [*[f'{name} A 127.0.0.1' for name in names_of],
               *[f'huge TXT "{"x" * 250}" "{"y" * 250}" "{n}"' for n in range(90)], 'huge A 127.0.0.1']
    with Names(folder) as names, Server(('127.0.0.1', 0), Hostile) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            names.knot(1, {'bad.test': zone_text('bad.test', records)})
            names.unbound({'bad.test': ('127.0.0.1',)})
            port = server.server_address[1]
            file = stage.write('fileauth.txt', CODE)
            ran = stage.run('dcv', '--allow-private', '-f', 'ndjson', '--dns-port', names.port, '--http-port', port,
                            '--https-port', port, '--resolver', names.resolvers[0], '--timeout', '2', '--as-of', DAY,
                            '--file', file, *[f'{name}.bad.test' for name in (*names_of, 'huge')], seconds=60)
        finally:
            server.shutdown()
    yield from exits(ran, 1)
    if ran.seconds > 30:
        yield f'{ran.seconds} s'
    found = {record['name']: {finding['id'] for finding in record['findings']} for record in ran.records()}
    for name, fault in (('body', 'file-too-large'), ('head', 'file-unreachable'), ('interim', 'file-unreachable'),
                        ('drip', 'file-unreachable'), ('huge', 'txt-too-many')):
        if fault not in found.get(f'{name}.bad.test', ()):
            yield f'{name}: no {fault}: {found.get(f"{name}.bad.test")}'
    if b'\x1b' in ran.out:
        yield 'an escape sequence came through'


@case('dcv: what makes no sense is refused')
def refused(stage):
    for words, named in (((), 'which names'), (('a b.hk',), 'a b.hk'), (('192.0.2.1',), '192.0.2.1'),
                         (('--product', 'gold', 'a.hk'), 'gold'), (('--method', 'phone', 'a.hk'), 'phone'),
                         (('--file', '/nonexistent', 'a.hk'), '/nonexistent'), (('--issued', 'today', 'a.hk'), 'today'),
                         (('--resolver', 'dns.example', 'a.hk'), 'dns.example'), (('-f', 'csv', 'a.hk'), 'csv'),
                         (('--resolver', '127.0.0.1:0', 'a.hk'), '127.0.0.1:0'),
                         (('-i', stage.write('list', 'good.hk # fine\n\nbad name\n'),), 'list:3'),
                         (('--file', stage.write('empty', ''), 'a.hk'), 'is empty'),
                         (('--code-file', stage.write('blank', ' \n'), 'a.hk'), 'no code')):
        yield from refuses(stage.run('dcv', *words), named)
