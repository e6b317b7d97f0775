# SPDX-License-Identifier: MIT
"""cases_import.py - what tlsx, zgrab2 and openssl s_client saw is judged as what a scan saw"""
import base64
import json
import pathlib
import re
import subprocess

from cases import Skip, collector, exits, refuses

__all__ = ['CASES', 'Skip']
CASES, case = collector()

STATES = ('compliant', 'retired', 'leaf-only', 'expired', 'both-retired-first', 'root-instead-of-cross',
          'chinese-name', 'tls12-only')
SUITES = {'TLS_AES_256_GCM_SHA384': 0x1302, 'ECDHE-RSA-AES256-GCM-SHA384': 0xc030}
BLOCK = re.compile(r'-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n', re.S)


def name_of(stage, state):
    entry = stage.states[state]
    return entry.get('a_label') or entry['host'].encode('idna').decode()


def scanned(stage, states=STATES):
    """What a scan says of these states, by state."""
    ran = stage.ndjson('-i', stage.targets(*states), '--probe', 'none')
    return {record['target']['labels']['state']: record for record in ran.records()}


def do_import(stage, kind, *words, **more):
    return stage.run('import', '--from', kind, *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day,
                     *words, **more)


def compared(have, wanted, state):
    """What is judged is the same, whoever saw it."""
    for key in ('status', 'chain', 'paths', 'findings', 'validation', 'scts'):
        if have[key] != wanted[key]:
            yield f'{state}: {key}: {have[key]} is not {wanted[key]}'
    for key in ('host', 'sni', 'port'):
        if have['target'][key] != wanted['target'][key]:
            yield f'{state}: {key}: {have["target"][key]}'
    if have['tls']['proven'] is not None:
        yield f'{state}: proven: {have["tls"]}'


def all_compared(stage, ran, states=STATES):
    wanted, records = scanned(stage, states), ran.records()
    if len(records) != len(states):
        yield f'{len(records)} results: {ran}'
    for state, record in zip(states, records):
        yield from compared(record, wanted[state], state)


# --- Captures ---

def s_client(stage, state, *words):
    """What openssl prints, behind its command as a terminal shows it."""
    entry, name = stage.states[state], name_of(stage, state)
    ran = subprocess.run(['openssl', 's_client', '-connect', f'{entry["address"]}:{entry["port"]}', '-servername', name,
                          *words], stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False)
    return (f'$ openssl s_client -connect {name}:{entry["port"]} -servername {name} {" ".join(words)}\n'
            + ran.stderr.decode() + ran.stdout.decode())


def served(stage, state):
    """The certificates that a server of the lab sends, in PEM."""
    return BLOCK.findall(pathlib.Path(stage.lab.service(state, 'chain.pem')).read_text())


def tlsx(stage, state, **more):
    """A line as tlsx writes it with -json -cert -tls-chain (its Response and CertificateResponse)."""
    leaf, *above = served(stage, state)
    entry, name = stage.states[state], name_of(stage, state)
    chain = [{'expired': False, 'subject_dn': 'CN=x', 'certificate': pem} for pem in above]
    line = {'timestamp': '2026-01-10T16:00:00.123456789+08:00', 'host': name, 'ip': entry['address'],
            'port': str(entry['port']), 'probe_status': True, 'tls_version': 'tls13', 'cipher': 'TLS_AES_256_GCM_SHA384',
            'mismatched': False, 'not_before': '2026-01-10T00:00:00Z', 'subject_cn': name, 'certificate': leaf,
            'fingerprint_hash': {'sha256': '00'}, 'tls_connection': 'ctls', 'chain': chain, 'sni': name, **more}
    return json.dumps({key: value for key, value in line.items() if value not in (None, [])}) + '\n'


def zgrab2(stage, state, module='tls', **more):
    """A line as zgrab2 writes it (Grab, ScanResponse, zcrypto's ServerHandshake)."""
    raw = [base64.b64encode(base64.b64decode(''.join(pem.splitlines()[1:-1]))).decode() for pem in served(stage, state)]
    entry = stage.states[state]
    certificates = {'certificate': {'raw': raw[0], 'parsed': {'version': 3}}, 'validation': {'browser_trusted': False}}
    if raw[1:]:
        certificates['chain'] = [{'raw': one} for one in raw[1:]]
    log = {'handshake_log': {'server_hello': {'version': {'name': 'TLSv1.2', 'value': 771}, 'cipher_suite': {
        'hex': '0x1302', 'name': 'TLS_AES_256_GCM_SHA384', 'value': 0x1302}}, 'server_certificates': certificates}}
    result = {'response': {'request': {'tls_log': log}}} if module == 'http' else log
    return json.dumps({'ip': entry['address'], 'domain': name_of(stage, state), 'data': {module: {
        'status': 'success', 'protocol': module, 'port': entry['port'], 'result': result,
        'timestamp': '2026-01-10T08:00:00Z', **more}}}) + '\n'


# --- Cases ---

@case('import: what openssl s_client -showcerts shows, several in one file')
def by_openssl(stage):
    text = ''.join(s_client(stage, state, '-showcerts') for state in STATES)
    ran = do_import(stage, 's_client', stage.write('capture.txt', text))
    yield from exits(ran, 1)
    yield from all_compared(stage, ran)
    record = ran.records()[0]
    if record['tls']['version'] != 'TLSv1.3' or record['tls']['cipher'] not in SUITES or not record['tls']['complete']:
        yield f'{record["tls"]}'
    if record['target']['address'] is not None or not re.search(r'capture\.txt:\d+$', record['target']['source']):
        yield f'{record["target"]}'


@case('import: s_client without a command has no name, and without -showcerts no chain')
def bare_openssl(stage):
    text = s_client(stage, 'compliant', '-showcerts').split('\n', 1)[1]
    file = stage.write('capture.txt', text)
    record, = do_import(stage, 's_client', file).records()
    target = record['target']
    if (target['host'], target['port'], target['sni']) != (str(file), None, None) or record['status'] != 'ok':
        yield f'{target} {record["status"]}'
    record, = do_import(stage, 's_client', file, '--name', 'www.other.example.hk').records()
    if 'leaf.name-mismatch' not in str(record['findings']):
        yield f'{record["findings"]}'
    bare = stage.write('bare.txt', s_client(stage, 'compliant'))
    yield from refuses(do_import(stage, 's_client', bare), f'{bare}:', '-showcerts')


@case('import: tlsx, with what it could not reach')
def by_tlsx(stage):
    down = json.dumps({'timestamp': '2026-01-10T08:00:00Z', 'host': 'down.example.hk', 'port': '443',
                       'probe_status': False, 'error': 'dial tcp 192.0.2.1:443: connect: connection refused'})
    text = ''.join(tlsx(stage, state) for state in STATES)
    ran = do_import(stage, 'tlsx', '-', stdin=(text + down + '\n').encode())
    yield from exits(ran, 1)
    *records, last = ran.records()
    wanted = scanned(stage)
    for state, record in zip(STATES, records):
        yield from compared(record, wanted[state], state)
        if record['time'] != '2026-01-10T08:00:00Z' or record['target']['address'] != stage.states[state]['address']:
            yield f'{record["time"]} {record["target"]}'
    if last['status'] != 'unreachable' or last['error']['kind'] != 'refused' or 'connection refused' not in str(last):
        yield f'{last}'


@case('import: tlsx that was not told to write all')
def little_tlsx(stage):
    leaf = stage.write('leaf.json', tlsx(stage, 'leaf-only'))
    yield from refuses(do_import(stage, 'tlsx', leaf), leaf, '-tls-chain', '--whole')
    record, = do_import(stage, 'tlsx', leaf, '--whole').records()
    if 'chain.incomplete' not in str(record['findings']):
        yield f'{record["findings"]}'
    both = stage.write('both.json', tlsx(stage, 'leaf-only') + tlsx(stage, 'compliant'))
    have = [record['status'] for record in do_import(stage, 'tlsx', both).records()]
    if have != ['critical', 'ok']:
        yield f'{have}'
    none = stage.write('none.json', tlsx(stage, 'compliant', certificate=None))
    yield from refuses(do_import(stage, 'tlsx', none), f'{none}:1', '-cert')


@case('import: zgrab2, by tls and by http')
def by_zgrab2(stage):
    for module in ('tls', 'http'):
        text = ''.join(zgrab2(stage, state, module) for state in STATES)
        ran = do_import(stage, 'zgrab2', stage.write('grab.json', text))
        yield from exits(ran, 1)
        yield from all_compared(stage, ran)
        record = ran.records()[0]
        protocol = 'https' if module == 'http' else 'tls'
        if record['tls']['version'] != 'TLSv1.3' or record['target']['protocol'] != protocol:
            yield f'{record["tls"]} {record["target"]}'


@case('import: the addresses of one name are compared')
def nodes(stage):
    text = tlsx(stage, 'compliant') + tlsx(stage, 'retired', host=name_of(stage, 'compliant'),
                                           port=str(stage.states['compliant']['port']), ip='192.0.2.99')
    ran = do_import(stage, 'tlsx', stage.write('two.json', text))
    if not all('deployment.nodes-differ' in str(record['findings']) for record in ran.records()):
        yield f'{[record["findings"] for record in ran.records()]}'


@case('import: what cannot be read is said with its line, or is a result')
def bad(stage):
    file = stage.write('mixed.json', tlsx(stage, 'compliant') + '{"host": "a b"}\n\nnot JSON\n' + tlsx(stage, 'retired'))
    yield from refuses(do_import(stage, 'tlsx', file), f'{file}:2')
    ran = do_import(stage, 'tlsx', '--skip-bad-input', file)
    have = [(record['status'], (record['error'] or {}).get('kind')) for record in ran.records()]
    if have[1:3] != 2 * [('unreachable', 'bad-target')] or have[0][0] != 'ok' or len(have) != 4:
        yield f'{have}'
    yield from refuses(do_import(stage, 'zgrab2', file), f'{file}:1', '"data"')
    yield from refuses(do_import(stage, 's_client', file), file, 'no connection')
    yield from refuses(do_import(stage, 'nmap', file), 'nmap', 'tlsx')
    yield from refuses(stage.run('import', file), '--from')
    yield from refuses(stage.run('import', '--from', 'tlsx'), 'nothing to import')
    yield from refuses(do_import(stage, 'tlsx', file.parent / 'none'), 'none')
    hostile = tlsx(stage, 'compliant', host='a\u001b]0;x\u0007.hk', error='\u202e')
    ran = do_import(stage, 'tlsx', '--skip-bad-input', '-f', 'text', '-', stdin=hostile.encode())
    if b'\x1b' in ran.out or b'\x07' in ran.out:
        yield 'an escape sequence came through'


@case('import: every format, and evidence that is judged again')
def formats(stage):
    file, folder = stage.write('all.json', ''.join(tlsx(stage, state) for state in STATES)), stage.fresh()
    ran = do_import(stage, 'tlsx', file, '-o', f'ndjson:{folder}/n', '-o', f'html:{folder}/h', '-o', f'csv:{folder}/c',
                    '-o', 'text:-', '--evidence', folder / 'evidence', '--store', folder / 'runs.db')
    yield from exits(ran, 1)
    if b'Judged as of' not in ran.out or not (folder / 'h').exists():
        yield f'{ran}'
    again = stage.run('check', '-f', 'ndjson', folder / 'evidence')
    yield from exits(again, 1)
    if again.out != (folder / 'n').read_bytes():
        yield 'judged again it is another text'
    said = json.loads((folder / 'evidence' / 'manifest.json').read_text())
    if said['command'] != 'import' or said['counts']['observations'] != len(STATES):
        yield f'{said["command"]} {said["counts"]}'
