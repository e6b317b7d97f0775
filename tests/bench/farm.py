# SPDX-License-Identifier: MIT
"""farm.py - a folder of certificates, and the TLS servers that show them on loopback

The programs that make and serve are make_farm.c and serve_farm.c.  The servers end with the pipe
that is their standard input, whatever becomes of this process.
"""
import http.server
import json
import os
import pathlib
import select
import shutil
import socket
import subprocess
import threading

FORMAT = 1
DAY = '2026-07-15'  # FARM_DAY of make_farm.c
# A way to ask: which certificates, at which port from the first one on.
WAYS = {
    'ec': ('TLS 1.3 ECDSA P-256', 'ec', 0),
    'rsa': ('TLS 1.3 RSA 2048', 'rsa', 1),
    'rsa12': ('TLS 1.2 RSA 2048', 'rsa', 2),
    'ec12': ('TLS 1.2 ECDSA P-256', 'ec', 3),
    'ec384': ('TLS 1.3 ECDSA P-256 under P-384', 'ec384', 4),
}
CLOSED, WEB = 8, 9  # ports that nobody listens at, and where the profile's URLs lead
BLOCK, BLOCKS = 10, 20  # of ports: the servers take the next one when a port is taken
FIRST = 127 << 24 | 20 << 16
MAKE_SECONDS, READY_SECONDS, END_SECONDS = 900, 60, 10


class Trouble(Exception):
    """Something that has to work did not; the text says what."""


def address(number):
    """The address of leaf NUMBER."""
    return socket.inet_ntoa((FIRST + number).to_bytes(4, 'big'))


class Web(http.server.BaseHTTPRequestHandler):
    """What the profiles' URLs lead to: /KIND/FILE."""

    def do_GET(self):
        words = self.path.split('/')
        path = self.server.folder.joinpath(words[1], 'web', words[2]) if len(words) == 3 else None
        if not path or '..' in words or not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Farm:
    """Made when it is not there, or not as it is wanted; started and ended by `with`."""

    def __init__(self, folder, programs, port, say):
        self.folder, self.programs, self.say = pathlib.Path(folder).resolve(), programs, say
        self.port, self.web_port = port, port + WEB  # the second is part of the certificates
        self.servers = self.web = None
        if not 0 < port <= 65535 - BLOCK * BLOCKS:
            raise Trouble(f'no room for ports from {port} on')

    # --- what is on disk ---

    def facts(self, kind):
        try:
            return json.loads((self.folder / kind / 'facts.json').read_text())
        except (OSError, ValueError):
            return {}

    def has(self, kind, leafs):
        facts = self.facts(kind)
        return facts.get('format') == FORMAT and facts.get('web') == self.web_port and facts.get('leafs', 0) >= leafs

    def ensure(self, wanted):
        """WANTED: number of leafs by kind."""
        self.folder.mkdir(parents=True, exist_ok=True)
        making = {}
        try:
            for kind, leafs in wanted.items():
                if not self.has(kind, leafs):
                    self.say(f'making {leafs} certificates and keys: {kind}')
                    making[kind] = self.make(kind, leafs)
            for kind, process in making.items():
                words = process.communicate(timeout=MAKE_SECONDS)[1].decode(errors='replace')
                if process.returncode:
                    raise Trouble(f'{kind} cannot be made: {words.strip()}')
                facts = {'format': FORMAT, 'web': self.web_port, 'leafs': wanted[kind], 'day': DAY}
                (self.folder / kind / 'facts.json').write_text(json.dumps(facts))
        finally:
            for process in making.values():
                if process.poll() is None:
                    process.kill()
                    process.wait()

    def make(self, kind, leafs):
        folder = self.folder / kind
        if folder.exists():
            if not (folder / 'leafs').exists():
                raise Trouble(f'{folder} is in the way: no folder of a farm')
            shutil.rmtree(folder)
        url = f'http://127.0.0.1:{self.web_port}/{kind}'
        return subprocess.Popen([self.programs / 'bench_make_farm', kind, folder, str(leafs), url],
                                stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def targets(self, way, count, live=None, with_port=True):
        """A file of COUNT targets, the first LIVE of them (all) with a server."""
        live = count if live is None else live
        port, closed = self.port + WAYS[way][2], self.port + CLOSED
        path = self.folder / f'{way}-{count}-{live}-{port if with_port else "no-port"}.txt'
        if not path.exists():
            with path.with_suffix('.new').open('w') as file:
                for number in range(count):
                    end = f':{port if number < live else closed}' if with_port else ''
                    file.write(f'{address(number)}{end}\n')
            path.with_suffix('.new').rename(path)
        return path

    def leafs(self, way):
        return self.facts(WAYS[way][1])['leafs']

    def judgement(self, way):
        """The options under which everything a server of that way shows is faultless."""
        folder = self.folder / WAYS[way][1]
        stores = [word for store in ('current', 'stock-java', 'legacy-devices')
                  for word in ('--trust-store', f'{store}={folder / store}.pem')]
        return ['--profile', str(folder / 'profile.yaml'), *stores, '--as-of', DAY]

    # --- what runs ---

    def __enter__(self):
        try:
            self.start_web()
            self.start_servers()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start_web(self):
        try:
            self.web = http.server.ThreadingHTTPServer(('127.0.0.1', self.web_port), Web)
        except OSError as why:
            raise Trouble(f'port {self.web_port}: {why.strerror} (--port)') from why
        self.web.folder = self.folder
        threading.Thread(target=self.web.serve_forever, daemon=True).start()

    def start_servers(self):
        for block in range(1, BLOCKS + 1):
            words = self.try_servers()
            if words is None:
                return
            if 'in use' not in words:
                break
            self.port = self.web_port - WEB + block * BLOCK
        raise Trouble(f'the farm does not start: {words}')

    def try_servers(self):
        """None when they serve, else what they said."""
        self.servers = subprocess.Popen(
            [self.programs / 'bench_serve_farm', self.folder, str(self.port), str(os.cpu_count() or 1)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        ready, _, _ = select.select([self.servers.stdout], [], [], READY_SECONDS)
        if ready and self.servers.stdout.readline() == b'ready\n':
            return None
        self.servers.kill()
        words = self.servers.stderr.read().decode(errors='replace').strip()
        self.end_servers()
        return words or 'not a word of it'

    def stop(self):
        if self.web:
            self.web.shutdown()
            self.web.server_close()
            self.web = None
        self.end_servers()

    def end_servers(self):
        servers, self.servers = self.servers, None
        if not servers:
            return
        servers.stdin.close()
        try:
            servers.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            servers.kill()
            servers.wait()
        servers.stdout.close()
        servers.stderr.close()
