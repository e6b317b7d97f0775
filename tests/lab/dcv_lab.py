# SPDX-License-Identifier: MIT
"""dcv_lab.py - name servers, resolvers and web servers on loopback, for cases_dcv.py

Authoritative: knot, twice, on 127.0.0.1 and 127.0.0.2.  Resolver: unbound, which validates from a
trust anchor of the test's own, and goes to knot.  Web: nginx, on both addresses.  All run as who
runs the tests, from one folder, at free ports, and are ended by their pids.
"""
import os
import pathlib
import shutil
import socket
import subprocess
import time

from lab import Trouble, end

CODE = 'HKP-4f1c9a7be02d4a55'
PATH = '.well-known/pki-validation/fileauth.txt'
START_SECONDS = 20
ADDRESSES = ('127.0.0.1', '127.0.0.2', '127.0.0.3')


def free_port(address='127.0.0.1'):
    """One that is free for TCP and UDP on both addresses."""
    for _ in range(100):
        with socket.socket() as probe:
            probe.bind((address, 0))
            port = probe.getsockname()[1]
        try:
            for host in ADDRESSES:
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    with socket.socket(socket.AF_INET, kind) as other:
                        other.bind((host, port))
        except OSError:
            continue
        return port
    raise Trouble('no free port')


def program(name):
    found = shutil.which(name, path=os.environ.get('PATH', '') + ':/usr/sbin:/sbin')
    if not found:
        raise FileNotFoundError(name)
    return found


class Started:
    """Processes that end with the folder they live in."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.processes = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            end(process)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def start(self, command, ready):
        log = open(self.folder / f'{len(self.processes)}.log', 'wb')  # pylint: disable=consider-using-with
        process = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        log.close()
        self.processes.append(process)
        give_up = time.monotonic() + START_SECONDS
        while not ready():
            if process.poll() is not None or time.monotonic() > give_up:
                raise Trouble(f'{command[0]} does not start: {pathlib.Path(log.name).read_text()[-1500:]}')
            time.sleep(0.05)
        return process


def listens(address, port):
    try:
        with socket.create_connection((address, port), 1):
            return True
    except OSError:
        return False


def zone_text(origin, records, serial=1):
    """A zone file: the two name servers, and what RECORDS say."""
    return '\n'.join([f'$ORIGIN {origin}.', '$TTL 3600',
                      f'@ SOA ns1.{origin}. hostmaster.{origin}. {serial} 7200 900 86400 300',
                      f'@ NS ns1.{origin}.', f'@ NS ns2.{origin}.',
                      'ns1 A 127.0.0.1', 'ns2 A 127.0.0.2', *records]) + '\n'


class Names(Started):
    """knot on two addresses, each with zones of its own, and unbound in front of both."""

    def __init__(self, folder):
        super().__init__(folder)
        self.port, self.resolver_port = free_port(), free_port()

    def knot(self, number, zones, sign=()):
        """Serves {origin: text} at 127.0.0.NUMBER; those of SIGN signed."""
        address, home = f'127.0.0.{number}', self.folder / f'knot{number}'
        home.mkdir()
        lines = ['server:', f'    rundir: "{home}"', f'    listen: {address}@{self.port}',
                 'log:', '  - target: stderr', '    any: notice',
                 'database:', f'    storage: "{home}"',
                 'template:', '  - id: default', f'    storage: "{home}"', 'zone:']
        for origin, text in zones.items():
            (home / f'{origin}.zone').write_text(text)
            lines += [f'  - domain: {origin}', f'    file: {origin}.zone']
            if origin in sign:
                lines += ['    dnssec-signing: on']
        conf = self.write(f'knot{number}/knot.conf', '\n'.join(lines) + '\n')
        self.start([program('knotd'), '-c', conf], lambda: listens(address, self.port))
        return conf

    def keys(self, number, origin):
        """The DS record (SHA-256), as knot would give it to the parent."""
        command = [program('keymgr'), '-c', self.folder / f'knot{number}/knot.conf', origin, 'ds']
        give_up = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up:
            out = subprocess.run(command, capture_output=True, text=True, check=False).stdout
            for line in out.splitlines():
                if line.split()[4:5] == ['2']:
                    return line
            time.sleep(0.1)  # it listens before it has signed
        raise Trouble(f'no key for {origin}: {out}')

    def unbound(self, origins, anchors=()):
        """ORIGINS: {zone: addresses of its servers}.  It validates what ANCHORS say."""
        conf = [
            'server:', f'  directory: "{self.folder}"', '  chroot: ""', '  username: ""', '  pidfile: ""',
            f'  interface: 127.0.0.1@{self.resolver_port}', f'  interface: 127.0.0.2@{self.resolver_port}',
            '  do-daemonize: no', '  use-syslog: no',
            '  do-not-query-localhost: no', '  module-config: "validator iterator"', '  val-clean-additional: yes',
            '  do-ip6: no', '  so-rcvbuf: 0', '  num-threads: 1', '  verbosity: 1',
            *[f'  local-zone: "{zone}" nodefault' for zone in ('test.', 'invalid.')],
            *[f'  trust-anchor: "{anchor}"' for anchor in anchors],
        ]
        for origin, addresses in origins.items():
            conf += ['stub-zone:', f'  name: "{origin}"', *[f'  stub-addr: {at}@{self.port}' for at in addresses]]
        path = self.write('unbound.conf', '\n'.join(conf) + '\n')
        self.start([program('unbound'), '-c', path], lambda: listens('127.0.0.1', self.resolver_port))

    @property
    def resolvers(self):
        return [f'127.0.0.1:{self.resolver_port}', f'127.0.0.2:{self.resolver_port}']


class Web(Started):
    """nginx on 127.0.0.1 and 127.0.0.2, http and https."""

    def __init__(self, folder):
        super().__init__(folder)
        self.http, self.https = free_port(), free_port()

    def nginx(self, certificate, key, sites):
        """SITES: {(name, address): the lines of its server block}."""
        blocks = ['server {', *[f'listen {address}:{self.http} default_server; listen {address}:{self.https} ssl default_server;'
                                for address in ADDRESSES[:2]],
                  f'ssl_certificate {certificate}; ssl_certificate_key {key}; return 404; }}']
        for (name, address), lines in sites.items():
            blocks += ['server {', f'listen {address}:{self.http};', f'listen {address}:{self.https} ssl;',
                       f'server_name {name};', f'ssl_certificate {certificate};', f'ssl_certificate_key {key};',
                       *lines, '}']
        text = '\n'.join(['daemon off;', 'worker_processes 1;', f'pid {self.folder}/nginx.pid;',
                          f'error_log {self.folder}/error.log;', 'events { worker_connections 64; }', 'http {',
                          *[f'{kind}_temp_path {self.folder}/{kind};' for kind in
                            ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi')],
                          'access_log off;', 'absolute_redirect off;', 'server_names_hash_bucket_size 128;', *blocks, '}']) + '\n'
        conf = self.write('nginx.conf', text)
        self.start([program('nginx'), '-c', conf, '-p', self.folder, '-e', self.folder / 'early.log'],
                   lambda: listens('127.0.0.1', self.http) and listens('127.0.0.1', self.https))
