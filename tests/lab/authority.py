# SPDX-License-Identifier: MIT
"""authority.py - a CA made with the openssl command, with everything a certificate may name

For cases_revocation.py: a root, an issuing certificate, leafs good and revoked on TLS servers, a
web server that knows what has not changed, and a responder that asks `openssl ocsp`.
"""
import base64
import hashlib
import http.server
import pathlib
import shutil
import socket
import ssl
import subprocess
import threading
import urllib.parse

CONFIG = '''
[ca]
default_ca = own
[own]
database = {folder}/index.txt
crlnumber = {folder}/crlnumber
default_md = sha256
default_crl_days = 7
default_days = 90
new_certs_dir = {folder}
serial = {folder}/serial
policy = any
unique_subject = no
[any]
commonName = supplied
countryName = optional
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[issuing]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
crlDistributionPoints = URI:{url}/root.crl
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:www.example.hk
crlDistributionPoints = URI:{url}/leaf.crl
authorityInfoAccess = OCSP;URI:{url}/ocsp,caIssuers;URI:{url}/issuing.der
'''

PROFILE = '''schema: chainmend.profile/1
id: lab-authority
title: {{en: A CA of the lab}}
certificates:
  - {{id: root, role: root, name: Lab Root, sha256: {root}, serial: {root_serial}}}
  - {{id: issuing, role: issuing, state: current, name: Lab Issuing, issuer: root, sha256: {issuing}, serial: {issuing_serial}}}
serve:
  - {{role: issuing, need: required}}
trust_stores:
  - {{id: all, anchors: [root], title: {{en: Everybody}}}}
revocation_lists:
  - {{id: root-arl, issuer: root, url: "{url}/{arl}", covers: ca-certificates{expect}}}
leaf:
  authority: [issuing]
'''


def openssl(*words, **more):
    return subprocess.run(['openssl', *map(str, words)], check=True, capture_output=True, **more).stdout


class Web(http.server.BaseHTTPRequestHandler):
    """Files of the authority's folder, and its responder."""

    def answer(self, body, etag=None):
        if etag and self.headers.get('If-None-Match') == etag:
            self.server.seen.append((self.path, 304))
            self.send_response(304)
            self.end_headers()
            return
        self.server.seen.append((self.path, 200))
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        if etag:
            self.send_header('ETag', etag)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path.startswith('/ocsp/'):
            request = base64.b64decode(urllib.parse.unquote(self.path[len('/ocsp/'):]))
            return self.answer(self.server.authority.respond(request))
        path = self.server.authority.folder / self.path.lstrip('/')
        if not path.is_file() or path.suffix not in ('.crl', '.der', '.pem'):
            self.server.seen.append((self.path, 404))
            return self.send_error(404)
        body = path.read_bytes()
        return self.answer(body, f'"{hashlib.sha256(body).hexdigest()[:16]}"')

    def do_POST(self):
        request = self.rfile.read(int(self.headers['Content-Length']))
        self.answer(self.server.authority.respond(request))

    def log_message(self, *_):
        pass


class Authority:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.web = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Web)
        self.web.authority, self.web.seen = self, []
        self.url = f'http://127.0.0.1:{self.web.server_address[1]}'
        self.sockets = []
        self.responder_works = True
        threading.Thread(target=self.web.serve_forever, daemon=True).start()

    def __enter__(self):
        for level in ('root', 'issuing'):
            place = self.folder / level
            place.mkdir()
            (place / 'index.txt').write_text('')
            (place / 'crlnumber').write_text('05\n')
            (place / 'serial').write_text('1000\n' if level == 'root' else '2000\n')
            (place / 'ca.cnf').write_text(CONFIG.format(folder=place, url=self.url))
        self.key('root')
        openssl('req', '-x509', '-new', '-key', self.at('root.key'), '-subj', '/CN=Lab Root/C=HK', '-days', 365,
                '-config', self.folder / 'root/ca.cnf', '-extensions', 'root', '-out', self.at('root.pem'))
        self.issue('issuing', 'root', '/CN=Lab Issuing/C=HK', 'issuing', days=200)
        openssl('x509', '-in', self.at('issuing.pem'), '-outform', 'DER', '-out', self.at('issuing.der'))
        for name in ('good', 'bad'):
            self.issue(name, 'issuing', '/CN=www.example.hk', 'leaf')
        self.revoke('bad', 'issuing', 'keyCompromise')
        self.publish('root')
        self.publish('issuing', 'leaf.crl')
        return self

    def __exit__(self, *_):
        self.web.shutdown()
        self.web.server_close()
        for one in self.sockets:
            one.close()

    def at(self, name):
        return self.folder / name

    def key(self, name):
        openssl('ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', self.at(name + '.key'))

    def by(self, level):
        return ['-config', self.folder / level / 'ca.cnf', '-cert', self.at(level + '.pem'), '-keyfile',
                self.at(level + '.key'), '-batch']

    def issue(self, name, by, subject, extensions, days=90):
        self.key(name)
        openssl('req', '-new', '-key', self.at(name + '.key'), '-subj', subject, '-config',
                self.folder / by / 'ca.cnf', '-out', self.at(name + '.csr'))
        openssl('ca', *self.by(by), '-in', self.at(name + '.csr'), '-extensions', extensions, '-days', days, '-notext', '-out',
                self.at(name + '.pem'))

    def revoke(self, name, by, reason):
        openssl('ca', *self.by(by), '-revoke', self.at(name + '.pem'), '-crl_reason', reason)

    def publish(self, level, name=None):
        """A new list, with the next number."""
        openssl('ca', *self.by(level), '-gencrl', '-out', self.at('list.pem'))
        openssl('crl', '-in', self.at('list.pem'), '-outform', 'DER', '-out', self.at(name or level + '.crl'))

    def keep(self, name, copy):
        shutil.copy(self.at(name), self.at(copy))

    def respond(self, request):
        if not self.responder_works:
            return b'\x30\x03\x0a\x01\x03'  # tryLater
        query, answer = self.at(f'{threading.get_ident()}.req'), self.at(f'{threading.get_ident()}.resp')
        query.write_bytes(request)
        openssl('ocsp', '-index', self.folder / 'issuing/index.txt', '-CA', self.at('issuing.pem'), '-rsigner',
                self.at('issuing.pem'), '-rkey', self.at('issuing.key'), '-reqin', query, '-respout', answer,
                '-ndays', 1, '-resp_no_certs')
        return answer.read_bytes()

    def serve(self, name, chain=('issuing',)):
        """The leaf on a TLS server; a target that leads there."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        served = self.at(name + '-chain.pem')
        served.write_text(''.join(self.at(part + '.pem').read_text() for part in (name, *chain)))
        context.load_cert_chain(served, self.at(name + '.key'))
        listener = socket.create_server(('127.0.0.1', 0))
        self.sockets.append(listener)

        def talk(peer):
            try:
                with peer, context.wrap_socket(peer, server_side=True) as stream:
                    stream.recv(1)
            except (OSError, ValueError):
                pass

        def accept():
            while True:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=talk, args=(peer,), daemon=True).start()
        threading.Thread(target=accept, daemon=True).start()
        return f'www.example.hk@127.0.0.1:{listener.getsockname()[1]}'

    def field(self, name, what):
        text = openssl('x509', '-in', self.at(name + '.pem'), '-noout', *what).decode().strip()
        return text.partition('=')[2].replace(':', '').lower()

    def profile(self, arl='root.crl', expect=''):
        path = self.at('profile.yaml')
        path.write_text(PROFILE.format(
            url=self.url, arl=arl, expect=expect,
            root=self.field('root', ['-fingerprint', '-sha256']), root_serial=self.field('root', ['-serial']),
            issuing=self.field('issuing', ['-fingerprint', '-sha256']),
            issuing_serial=self.field('issuing', ['-serial'])))
        return path
