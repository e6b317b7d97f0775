# SPDX-License-Identifier: MIT
"""real_starttls.py - real servers that come to TLS by a dialogue of their own, and real proxies

As those of real.py, but each is one service on a free port that serves what one state of the lab's
fleet serves, beside the lab and not in its place.
"""
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import threading
from urllib.parse import quote

from real import Dovecot, Missing, Server, UP_SECONDS, die_with_parent

ADDRESS = '127.0.0.1'


def free_port():
    with socket.create_server((ADDRESS, 0)) as server:
        return server.getsockname()[1]


def first(pattern, what):
    """The last in order of what matches: the newest version of a server."""
    found = sorted(pathlib.Path('/').glob(pattern))
    if not found:
        raise Missing(f'{what} is not installed')
    return found[-1]


class Dialogue(Server):
    """A server of the protocol that plays the state."""

    protocol = ''
    state = 'compliant'

    def __init__(self):
        super().__init__()
        self.port = free_port()

    @property
    def states(self):
        return (self.state,)

    def place(self, _):
        return ADDRESS, self.port

    @property
    def host(self):
        return self.lab.states[self.state]['host']

    def copy(self, source, name):
        """A copy that belongs to who runs the server, and nobody else may read it."""
        path = self.folder / name
        shutil.copy(source, path)
        path.chmod(0o600)
        self.own(path)
        return path

    def prepare(self, *command):
        """Runs what has to be done before the server can start."""
        made = subprocess.run([str(word) for word in command], cwd=self.folder, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=3 * UP_SECONDS, preexec_fn=die_with_parent,
                              **self.identity())
        if made.returncode:
            raise RuntimeError(f'{command[0]}: {made.stdout}{made.stderr}')


class Slapd(Dialogue):
    program = 'slapd'
    protocol = 'ldap'
    state = 'retired'

    def commands(self):
        conf = self.write('slapd.conf', f'''TLSCertificateFile {self.chain(self.state)}
TLSCertificateKeyFile {self.key(self.state)}
database config
''')
        # With a level of debugging it stays in the foreground.
        yield [self.path, '-d', '0', '-h', f'ldap://{ADDRESS}:{self.port}', '-f', conf]


class Vsftpd(Dialogue):
    program = 'vsftpd'
    protocol = 'ftp'
    state = 'both-retired-first'

    def commands(self):
        conf = self.write('vsftpd.conf', f'''listen=YES
background=NO
listen_address={ADDRESS}
listen_port={self.port}
run_as_launching_user=YES
ftpd_banner=The first line\\nis not the last
anonymous_enable=YES
ftp_username=nobody
secure_chroot_dir={self.make_dir('empty')}
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
xferlog_enable=NO
ssl_enable=YES
rsa_cert_file={self.chain(self.state)}
rsa_private_key_file={self.key(self.state)}
'''.replace('\\n', ' '))
        self.own(conf)
        yield [self.path, conf]


class Postgres(Dialogue):
    program = 'initdb'
    protocol = 'postgres'
    state = 'leaf-only'

    def __init__(self):
        self.bin = first('usr/lib/postgresql/*/bin/postgres', 'PostgreSQL').parent
        super().__init__()

    def find(self):
        return self.bin / 'initdb'

    def commands(self):
        data = self.folder / 'data'
        self.prepare(self.path, '--no-sync', '--no-locale', '-A', 'reject', '-D', data)
        yield [self.bin / 'postgres', '-D', data, '-p', self.port, '-h', ADDRESS, '-F',
               *(word for pair in {
                   'unix_socket_directories': self.folder,
                   'dynamic_shared_memory_type': 'mmap',
                   'ssl': 'on',
                   'ssl_cert_file': self.chain(self.state),
                   'ssl_key_file': self.copy(self.key(self.state), 'key.pem'),
               }.items() for word in ('-c', f'{pair[0]}={pair[1]}'))]


class Mariadb(Dialogue):
    program = 'mariadbd'
    protocol = 'mysql'
    state = 'compliant-ev'

    def commands(self):
        # Nobody ever logs in, so it needs none of the tables that say who may.
        yield [self.path, '--no-defaults', '--skip-grant-tables', '--skip-networking=0',
               '--skip-innodb', '--default-storage-engine=MyISAM', '--skip-log-bin',
               f'--datadir={self.make_dir("data")}', f'--socket={self.folder}/socket',
               f'--pid-file={self.folder}/pid', f'--bind-address={ADDRESS}', f'--port={self.port}',
               f'--ssl-cert={self.chain(self.state)}', f'--ssl-key={self.key(self.state)}']


class Prosody(Dialogue):
    program = 'prosody'
    protocol = 'xmpp'
    state = 'no-cross'

    def commands(self):
        data = self.make_dir('data')
        conf = self.write('prosody.cfg.lua', f'''daemonize = false
pidfile = "{data}/pid"
data_path = "{data}"
log = {{ info = "*console" }}
interfaces = {{ "{ADDRESS}" }}
c2s_ports = {{ {self.port} }}
modules_enabled = {{ "saslauth"; "tls" }}
modules_disabled = {{ "s2s"; "posix"; "http" }}
c2s_require_encryption = true
VirtualHost "{self.host}"
	ssl = {{ certificate = "{self.chain(self.state)}"; key = "{self.key(self.state)}"; }}
''')
        yield [self.path, '-F', '--config', conf]


class Sieve(Dialogue, Dovecot):
    """Dovecot's ManageSieve server."""

    protocol = 'sieve'
    state = 'wrong-order'

    def check(self):
        first('usr/lib*/dovecot/managesieve-login', "Dovecot's managesieve-login")

    def conf(self, modern):
        return self.frame(modern, ('sieve',), self.tls(self.state, modern), f'''
service managesieve-login {{
  chroot =
  inet_listener sieve {{
    port = {self.port}
  }}
}}
''')


class Xrdp(Dialogue):
    program = 'xrdp'
    protocol = 'rdp'
    state = 'cross-2017'

    def commands(self):
        conf = self.write('xrdp.ini', f'''[Globals]
ini_version=1
fork=true
port=tcp://{ADDRESS}:{self.port}
security_layer=tls
certificate={self.chain(self.state)}
key_file={self.key(self.state)}
ssl_protocols=TLSv1.2, TLSv1.3
[Logging]
LogFile={self.folder}/xrdp.log
LogLevel=INFO
EnableSyslog=false
''')
        yield [self.path, '--nodaemon', '--config', conf]


class Accepting(Dialogue):
    """One that is handed its connections, as by inetd."""

    def __init__(self):
        super().__init__()
        self.over, self.thread = threading.Event(), None

    def commands(self):
        self.prepare_talks()
        server = socket.create_server(self.place(self.state))
        self.thread = threading.Thread(target=self.serve, args=(server,))
        self.thread.start()
        return ()

    def prepare_talks(self):
        """What has to be there before the first connection."""

    def serve(self, server):
        with server:
            server.settimeout(0.1)
            while not self.over.is_set():
                try:
                    client = server.accept()[0]
                except TimeoutError:
                    continue
                with client:
                    client.settimeout(UP_SECONDS)
                    self.talk(client)

    def talk(self, client):
        raise NotImplementedError

    def stop(self):
        self.over.set()
        if self.thread:
            self.thread.join(2 * UP_SECONDS)


class Nnrpd(Accepting):
    """INN's server for readers, which needs no innd beside it to come to TLS."""

    program = 'nnrpd'
    protocol = 'nntp'
    state = 'root-sent'

    def find(self):
        return first('usr/lib/news/bin/nnrpd', 'nnrpd (INN)')

    def prepare_talks(self):
        for name in ('etc', 'db', 'spool', 'spool/overview', 'run', 'log', 'tmp'):
            self.make_dir(name)
        self.write('etc/readers.conf', 'auth all { auth: "*" default: "<x>" }\n'
                                       'access all { users: "<x>" newsgroups: "*" }\n')
        self.own(self.write('spool/overview/group.index', ''))
        self.write('etc/storage.conf', 'method tradspool {\n  newsgroups: *\n  class: 0\n}\n')
        self.conf = self.write('etc/inn.conf', f'''mta: "/bin/false"
domain: example.gov.hk
pathhost: news.example.gov.hk
hismethod: hisv6
ovmethod: tradindexed
pathnews: {self.path.parents[1]}
pathbin: {self.path.parent}
pathetc: {self.folder}/etc
pathdb: {self.folder}/db
pathspool: {self.folder}/spool
pathrun: {self.folder}/run
pathlog: {self.folder}/log
pathtmp: {self.folder}/tmp
tlscertfile: {self.chain(self.state)}
tlskeyfile: {self.copy(self.key(self.state), 'key.pem')}
''')

    def talk(self, client):
        with open(self.folder / 'output', 'ab') as output:
            subprocess.run([self.path], cwd=self.folder, stdin=client, stdout=client,
                           stderr=output, env={**os.environ, 'INNCONF': str(self.conf)},
                           check=False, preexec_fn=die_with_parent, timeout=UP_SECONDS,
                           **self.identity())


class ScriptedNntp(Accepting):
    """RFC 4642 in a few lines, for machines without INN: Debian's package wants a full host name."""

    program = 'python3'
    protocol = 'nntp'
    state = 'root-sent'

    def prepare_talks(self):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.chain(self.state), self.key(self.state))

    def talk(self, client):
        try:
            client.sendall(b'201 news.example.gov.hk ready, no posting\r\n')
            for line in client.makefile('rb', buffering=0):
                if line.upper() == b'STARTTLS\r\n':
                    client.sendall(b'382 Continue with TLS negotiation\r\n')
                    self.context.wrap_socket(client, server_side=True).close()
                    return
                client.sendall(b'483 TLS first\r\n')
        except OSError:  # whoever only looks leaves in the middle
            pass


DIALOGUES = (Slapd, Vsftpd, Postgres, Mariadb, Prosody, Sieve, Nnrpd, ScriptedNntp, Xrdp)


class Proxy(Dialogue):
    """A proxy that wants to know who asks."""

    user, password = 'scan', 'open-sesame'

    def url(self, password=None):
        secret = quote(password or self.password, safe='')
        return f'{self.protocol}://{self.user}:{secret}@{ADDRESS}:{self.port}'


class Tinyproxy(Proxy):
    program = 'tinyproxy'
    protocol = 'http'

    def commands(self):
        conf = self.write('tinyproxy.conf', f'''Port {self.port}
Listen {ADDRESS}
Timeout {UP_SECONDS}
MaxClients 50
LogLevel Connect
BasicAuth {self.user} {self.password}
''')
        yield [self.path, '-d', '-c', conf]


class Microsocks(Proxy):
    program = 'microsocks'
    protocol = 'socks5h'
    password = 'open:sesame@1/2'

    def commands(self):
        yield [self.path, '-i', ADDRESS, '-p', self.port, '-u', self.user, '-P', self.password]


PROXIES = (Tinyproxy, Microsocks)
