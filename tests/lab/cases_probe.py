# SPDX-License-Identifier: MIT
"""cases_probe.py - what one connection cannot see: further looks, CAA, what software it is"""
import socket
import ssl
import struct
import threading

from cases import Skip, collector, exits, refuses

__all__ = ['CASES', 'Skip']
CASES, case = collector()

RETIRED = 'migration.retired-intermediate'


def found(record):
    return {(finding['rule'], finding.get('look')) for finding in record['findings']}


def looks(record):
    return [look['look'] for look in record.get('looks', [])]


@case('looks: the certificate that most clients do not get is found, by both readers')
def two_keys(stage):
    for how in ('flight', 'complete'):
        ran = stage.ndjson('--handshake', how, stage.argument('two-keys-one-left'))
        record = ran.records()[0]
        if (RETIRED, 'rsa') not in found(record) or looks(record)[0] != 'rsa':
            yield f'{how}: {found(record)}, looks {looks(record)}'
        look = record['looks'][0]
        if not look['tls']['proven'] or not look['chain'][0]['key'].startswith('RSA'):
            yield f'{how}: {look}'
        if 'rsa' not in stage.scan('--handshake', how, '-v',
                                   stage.argument('two-keys-one-left')).out.decode():
            yield f'{how}: the text report does not say which look showed it'


@case('looks: none, some, or all of them')
def choice(stage):
    for words, want in ((['--probe', 'none'], []), (['--probe', 'sni'], ['no-sni']),
                        (['--probe', 'versions,key-types'], ['rsa', 'tls1.2']),
                        (['--probe', 'none', '--repeat', '3'], ['again', 'again']),
                        ([], ['rsa', 'tls1.2', 'no-sni'])):
        ran = stage.ndjson(*words, stage.argument('two-keys'))
        yield from exits(ran, 0)
        if looks(ran.records()[0]) != want:
            yield f'{words}: {looks(ran.records()[0])}'
    yield from refuses(stage.ndjson('--probe', 'everything', stage.argument('two-keys')),
                       '--probe', 'key-types')


@case('looks: many targets are looked at once each')
def many(stage):
    entry = stage.states['two-keys']
    lines = ''.join(f'name-{i}.example.gov.hk@{entry["address"]}:{entry["port"]}\n'
                    for i in range(257))
    ran = stage.ndjson('-v', '-i', stage.write('many.txt', lines), '--per-address', '0')
    if any(looks(record) for record in ran.records()):
        yield 'looked further although there are 257 targets'
    if '--probe all' not in ran.err.decode():
        yield f'not said: {ran.err}'


class NameServer:
    """Answers CAA questions from a table, on loopback; what is not in it is no such name."""

    def __init__(self, table):
        self.table = table
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(('127.0.0.1', 0))
        self.socket.settimeout(0.1)
        self.over = False
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return f'127.0.0.1:{self.socket.getsockname()[1]}'

    def __exit__(self, *_):
        self.over = True
        self.thread.join()
        self.socket.close()

    def serve(self):
        while not self.over:
            try:
                packet, peer = self.socket.recvfrom(512)
            except TimeoutError:
                continue
            self.socket.sendto(self.answer(packet), peer)

    def answer(self, packet):
        labels, at = [], 12
        while packet[at]:
            labels.append(packet[at + 1:at + 1 + packet[at]].decode().lower())
            at += 1 + packet[at]
        values = self.table.get('.'.join(labels))
        records = b''
        for tag, value in values or []:
            data = bytes([0, len(tag)]) + tag.encode() + value.encode()
            records += struct.pack('!HHHIH', 0xC00C, 257, 1, 60, len(data)) + data
        return (packet[:2] + struct.pack('!HHHHH', 0x8180 | (3 if values is None else 0), 1,
                                         len(values or []), 0, 0) + packet[12:at + 5] + records)


@case('CAA: records of a parent that let another CA issue, this one, and none at all')
def caa(stage):
    argument = stage.argument('compliant')
    for table, status, rule in (
            ({'gov.hk': [('issue', 'letsencrypt.org')]}, 'found', True),
            ({'gov.hk': [('issue', 'letsencrypt.org')],
              'example.gov.hk': [('issue', 'hongkongpost.gov.hk')]}, 'found', False),
            ({}, 'none', False)):
        with NameServer(table) as resolver:
            ran = stage.ndjson('--caa', '--resolver', resolver, argument)
        record = ran.records()[0]
        if record['caa']['status'] != status:
            yield f'{table}: {record["caa"]}'
        if (('leaf.caa-forbids', None) in found(record)) != rule:
            yield f'{table}: {found(record)}'
    if 'caa' in stage.ndjson(argument).records()[0]:
        yield 'asked without being told to'
    yield from refuses(stage.ndjson('--caa', '--resolver', 'nobody', argument), '--resolver')


class WebServer:
    """Answers each connection with WORDS behind a TLS handshake of a state's certificate."""

    def __init__(self, stage, state, words):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(stage.lab.service(state, 'chain.pem'),
                                     stage.lab.service(state, 'key.pem'))
        self.words, self.over = words, False
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.socket.settimeout(0.1)
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return self.socket.getsockname()[1]

    def __exit__(self, *_):
        self.over = True
        self.thread.join()
        self.socket.close()

    def serve(self):
        while not self.over:
            try:
                client = self.socket.accept()[0]
                client.settimeout(3)
                with self.context.wrap_socket(client, server_side=True) as tls:
                    if tls.recv(4096).startswith(b'HEAD / '):
                        tls.sendall(self.words)
            except OSError:
                continue


@case('identify: what a web server says becomes the label, unless there is one')
def identify(stage):
    host = stage.states['compliant']['host']
    flood = b'HTTP/1.1 200 OK\r\nServer: ' + b'A' * 100000
    for words, label, banner in (
            (b'HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\n\r\n', 'nginx', 'nginx/1.22.1'),
            (b'HTTP/1.1 401 No\r\nX-OWA-Version: 14.3.513.0\r\n\r\n', 'exchange-2010', None),
            (b'HTTP/1.1 200 OK\r\nServer: \x1b]0;owned\x07\xff\r\n\r\n', None,
             '\\u{001B}]0;owned\\u{0007}\\xFF'),
            (flood, None, None)):
        with WebServer(stage, 'compliant', words) as port:
            ran = stage.ndjson('--identify', f'{host}@127.0.0.1:{port}')
        yield from exits(ran, 0)
        target = ran.records()[0]['target']
        if target['labels'].get('platform') != label:
            yield f'{words[:80]}: {target["labels"]}'
        if words is not flood and target.get('banner') != banner:
            yield f'{words[:80]}: {target.get("banner")!r}'
        if len(target.get('banner', '')) > 160:
            yield 'a banner without a bound'
    with WebServer(stage, 'compliant', b'HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n') as port:
        targets = stage.write('t.csv',
                              f'host,port,address,platform\n{host},{port},127.0.0.1,iis\n')
        labels = stage.ndjson('--identify', '-i', targets).records()[0]['target']['labels']
    if labels['platform'] != 'iis':
        yield f'what was given: {labels}'
