# SPDX-License-Identifier: MIT
"""real.py - real servers that take the part of some states of the lab's fleet

Each is started from a configuration written into a folder of its own, on loopback and high
ports, as nobody when the tests run as root, and is ended by its pid.  Nothing of the machine's
own configuration is read.  Postfix alone needs root; gnutls-serv cannot be bound to loopback.
"""
import ctypes
import grp
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time

UP_SECONDS = 20
END_SECONDS = 8
PLACES = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
NOBODY = 'nobody'
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class Missing(Exception):
    """The server cannot be run here; the text says why."""


def find(program):
    path = shutil.which(program, path=os.environ.get('PATH', '') + ':' + PLACES)
    if not path:
        raise Missing(f'{program} is not installed')
    return path


def die_with_parent():
    """In the child: whatever ends the test ends its servers."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Server:
    """One real server: a subclass names its program and states, and writes its configuration."""

    program = ''
    platform = ''  # as plan calls it; '' where it has no script
    config = ''  # what its scripts take with --config, in its folder
    states = ()
    as_nobody = True
    stdin = subprocess.DEVNULL

    def __init__(self):
        self.path = self.find()
        self.folder, self.processes = None, []
        self.check()

    def find(self):
        """The program; raises Missing when there is none."""
        return find(self.program)

    def check(self):
        """Raises Missing when it cannot be run here."""

    def commands(self):
        """The command lines to run, after writing what they read."""
        raise NotImplementedError

    def start(self, lab, folder):
        self.lab, self.folder = lab, pathlib.Path(folder)
        self.folder.mkdir(mode=0o755)
        self.own(self.folder)
        with open(self.folder / 'output', 'wb') as output:
            for command in self.commands():
                self.processes.append(subprocess.Popen(
                    [str(word) for word in command], cwd=self.folder, stdin=self.stdin,
                    stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
                    preexec_fn=die_with_parent, **self.identity()))
        self.wait_until_up()

    def identity(self):
        if os.geteuid() != 0 or not self.as_nobody:
            return {}
        nobody = pwd.getpwnam(NOBODY)
        return {'user': nobody.pw_uid, 'group': nobody.pw_gid, 'extra_groups': []}

    def own(self, path):
        """Gives a folder to whoever runs the server."""
        who = self.identity()
        if who:
            os.chown(path, who['user'], who['group'])

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def make_dir(self, name):
        path = self.folder / name
        path.mkdir()
        self.own(path)
        return path

    def place(self, state):
        entry = self.lab.states[state]
        return entry['address'], entry['port']

    def chain(self, state):
        return self.lab.service(state, 'chain.pem')

    def leaf(self, state):
        return self.lab.service(state, 'leaf.pem')

    def rest(self, state):
        return self.lab.service(state, 'rest.pem')

    def key(self, state):
        return self.lab.service(state, 'key.pem')

    def wait_until_up(self):
        deadline = time.monotonic() + UP_SECONDS
        waiting = [self.place(state) for state in self.states]
        while waiting:
            if any(process.poll() is not None for process in self.processes):
                raise RuntimeError(f'{self.program} ended: {self.said()}')
            if time.monotonic() > deadline:
                raise RuntimeError(f'{self.program} does not listen on {waiting[0]}: {self.said()}')
            try:
                socket.create_connection(waiting[0], timeout=1).close()
                waiting.pop(0)
            except OSError:
                time.sleep(0.05)

    def said(self):
        words = ''
        for path in sorted(self.folder.glob('*')):
            if path.name == 'output' or path.suffix == '.log':
                words += path.read_text(errors='replace')
        return words[-2000:].strip()

    def stop(self):
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                # Its session is its own, so its children are all there is in it.
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            if process.stdin:
                process.stdin.close()


class Nginx(Server):
    program = 'nginx'
    platform = 'nginx'
    config = 'nginx.conf'
    states = ('compliant', 'retired', 'both-retired-first', 'leaf-only', 'no-cross', 'chinese-name',
              'tls12-only', 'smtps', 'two-keys', 'two-keys-one-left')

    def other(self, state):
        """A second certificate, of services that have two."""
        if not state.startswith('two-keys'):
            return ''
        return f'''
		ssl_certificate {self.lab.service(state, 'other.pem')};
		ssl_certificate_key {self.lab.service(state, 'other-key.pem')};'''

    def commands(self):
        blocks = ''
        for state in self.states:
            address, port = self.place(state)
            versions = 'TLSv1.2' if state == 'tls12-only' else 'TLSv1.2 TLSv1.3'
            blocks += f'''
	server {{
		listen {address}:{port} ssl;
		ssl_certificate {self.chain(state)};
		ssl_certificate_key {self.key(state)};{self.other(state)}
		ssl_protocols {versions};
		return 204;
	}}'''
        temp = ''.join(f'\n\t{kind}_temp_path {self.folder}/{kind};'
                       for kind in ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'))
        conf = self.write('nginx.conf', f'''daemon off;
worker_processes 1;
pid {self.folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 128; }}
http {{
	access_log off;{temp}{blocks}
}}
''')
        yield [self.path, '-p', self.folder, '-e', 'stderr', '-c', conf]


class Apache(Server):
    program = 'apache2'
    platform = 'apache'
    config = 'httpd.conf'
    states = ('compliant-ev', 'retired-ev', 'cross-2017', 'wrong-order', 'unrelated',
              'client-cert-tls12')
    modules = '/usr/lib/apache2/modules'

    def check(self):
        if not pathlib.Path(self.modules, 'mod_ssl.so').exists():
            raise Missing(f'apache2 has no mod_ssl in {self.modules}')

    def commands(self):
        hosts = ''
        for state in self.states:
            address, port = self.place(state)
            more = ''
            if state.startswith('client-cert'):
                more = (f'SSLProtocol TLSv1.2\nSSLVerifyClient require\n'
                        f'SSLCACertificateFile {self.lab.file("current.pem")}\n')
            hosts += f'''
Listen {address}:{port}
<VirtualHost {address}:{port}>
ServerName {self.lab.states[state]["host"]}
SSLEngine on
SSLCertificateFile {self.chain(state)}
SSLCertificateKeyFile {self.key(state)}
{more}</VirtualHost>
'''
        conf = self.write('httpd.conf', f'''ServerRoot {self.folder}
ServerName lab.example.gov.hk
LoadModule mpm_event_module {self.modules}/mod_mpm_event.so
LoadModule authz_core_module {self.modules}/mod_authz_core.so
LoadModule ssl_module {self.modules}/mod_ssl.so
Mutex file:{self.folder}
DefaultRuntimeDir {self.folder}
PidFile {self.folder}/httpd.pid
ErrorLog {self.folder}/error.log
StartServers 1
DocumentRoot {self.make_dir("docs")}
{hosts}''')
        yield [self.path, '-D', 'FOREGROUND', '-f', conf]


class Haproxy(Server):
    program = 'haproxy'
    platform = 'haproxy'
    config = 'haproxy.cfg'
    states = ('node-1', 'node-2', 'node-3', 'cross-2022-07', 'both-crosses')

    def commands(self):
        fronts = ''
        for state in self.states:
            address, port = self.place(state)
            # One file with all of it: the key may stand at its end.
            both = self.write(f'{state}.pem', pathlib.Path(self.chain(state)).read_text() +
                              pathlib.Path(self.key(state)).read_text())
            fronts += (f'frontend {state}\n\tbind {address}:{port} ssl crt {both}\n'
                       f'\thttp-request return status 204\n')
        conf = self.write('haproxy.cfg', f'''global
	maxconn 100
	stats socket {self.folder}/haproxy.sock level admin
	ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
	mode http
	timeout connect 5s
	timeout client 10s
	timeout server 5s
{fronts}''')
        yield [self.path, '-db', '-f', conf]


class Openssl(Server):
    program = 'openssl'
    states = ('duplicate', 'root-sent', 'ev-under-ov', 'client-cert-tls13', 'tls10-only')
    more = {
        'client-cert-tls13': ['-tls1_3', '-Verify', '3', '-verify_return_error'],
        'tls10-only': ['-tls1', '-cipher', 'AES128-SHA:AES256-SHA:@SECLEVEL=0'],
    }

    def commands(self):
        for state in self.states:
            address, port = self.place(state)
            yield [self.path, 's_server', '-accept', f'{address}:{port}', '-cert', self.leaf(state),
                   '-key', self.key(state), '-cert_chain', self.rest(state), '-quiet', '-www',
                   *self.more.get(state, [])]


class Gnutls(Server):
    program = 'gnutls-serv'
    states = ('ecdsa-leaf', 'root-instead-of-cross', 'client-auth')

    def commands(self):
        for state in self.states:
            _, port = self.place(state)
            yield [self.path, '--quiet', '--http', '--port', port, '--x509certfile',
                   self.chain(state), '--x509keyfile', self.key(state)]


class Postfix(Server):
    program = 'postfix'
    platform = 'postfix'
    states = ('smtp', 'smtp-retired', 'submission')
    as_nobody = False
    # Whoever changes user forgets the wish to die with its parent: a shell minds the pipe instead.
    stdin = subprocess.PIPE
    minder = 'trap : TERM; "$@" & read -r _; kill $!; wait $!'

    def check(self):
        if os.geteuid() != 0:
            raise Missing('postfix starts only as root')
        try:
            pwd.getpwnam('postfix')
        except KeyError:
            raise Missing('there is no user "postfix"') from None
        self.daemons = next((path for path in ('/usr/lib/postfix/sbin', '/usr/libexec/postfix')
                             if pathlib.Path(path, 'master').exists()), None)
        if not self.daemons:
            raise Missing('postfix has no master program where Debian has it')

    def commands(self):
        queue, data = self.make_dir('queue'), self.make_dir('data')
        shutil.chown(data, 'postfix')
        services = ''.join(
            '{0}:{1} inet n - n - 10 smtpd\n  -o smtpd_tls_chain_files={2},{3}\n'.format(
                *self.place(state), self.key(state), self.chain(state)) for state in self.states)
        self.write('main.cf', f'''compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
daemon_directory = {self.daemons}
mail_owner = postfix
maillog_file = {self.folder}/postfix.log
maillog_file_prefixes = {self.folder}
myhostname = mx.example.gov.hk
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination =
mynetworks =
alias_maps =
alias_database =
local_recipient_maps =
smtpd_tls_security_level = may
smtpd_tls_session_cache_database =
smtpd_relay_restrictions = reject
''')
        self.write('master.cf', f'''{services}
cleanup unix n - n - 0 cleanup
rewrite unix - - n - - trivial-rewrite
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
''')
        # What "postfix start-fg" does, but for the shell script between us and the master.
        made = subprocess.run([self.path, '-c', self.folder, 'check'], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=UP_SECONDS)
        if made.returncode:
            raise RuntimeError(f'postfix check: {made.stdout}{made.stderr}')
        master = [f'{self.daemons}/master', '-c', self.folder, '-s']
        yield ['/bin/sh', '-c', self.minder, 'sh', *master]


class Dovecot(Server):
    program = 'dovecot'
    platform = 'dovecot'
    config = 'dovecot.conf'
    states = ('imap', 'imaps', 'pop3-leaf-only', 'pop3s')
    as_nobody = False

    def check(self):
        for module in ('imap-login', 'pop3-login'):
            if not any(pathlib.Path(place, module).exists()
                       for place in ('/usr/lib/dovecot', '/usr/libexec/dovecot')):
                raise Missing(f'dovecot has no {module}')

    def commands(self):
        version = subprocess.run([self.path, '--version'], capture_output=True, text=True,
                                 timeout=10).stdout
        found = re.match(r'(\d+)\.(\d+)', version)
        modern = bool(found) and tuple(map(int, found.groups())) >= (2, 4)
        yield [self.path, '-F', '-c', self.write('dovecot.conf', self.conf(modern))]

    def tls(self, state, modern):
        if modern:
            return (f'ssl_server_cert_file = {self.chain(state)}\n'
                    f'ssl_server_key_file = {self.key(state)}\n')
        return f'ssl_cert = <{self.chain(state)}\nssl_key = <{self.key(state)}\n'

    def conf(self, modern):
        ports = {state: self.place(state)[1] for state in self.states}
        hosts = ''
        for state in self.states:
            host = self.lab.states[state]['host']
            hosts += f'local_name {host} {{\n{self.tls(state, modern)}}}\n'
        return self.frame(modern, ('imap', 'pop3'), self.tls('imap', modern) + hosts, f'''
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {ports["imap"]}
  }}
  inet_listener imaps {{
    port = {ports["imaps"]}
    ssl = yes
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {ports["pop3-leaf-only"]}
  }}
  inet_listener pop3s {{
    port = {ports["pop3s"]}
    ssl = yes
  }}
}}
''')

    def frame(self, modern, protocols, tls, services):
        """A configuration of these protocols; TLS and SERVICES are parts of it."""
        users = ''
        if os.geteuid() != 0:
            me = pwd.getpwuid(os.geteuid()).pw_name
            ours = grp.getgrgid(os.getegid()).gr_name
            users = (f'default_internal_user = {me}\ndefault_login_user = {me}\n'
                     f'default_internal_group = {ours}\n')
        # Its auth process wants to know somebody before any login process answers.
        known = self.write('users', 'somebody:{PLAIN}x\n')
        passdb = (f'passdb passwd-file {{\n  passwd_file_path = {known}\n}}\n' if modern else
                  f'passdb {{\n  driver = passwd-file\n  args = {known}\n}}\n')
        start = ('dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n' if modern
                 else '')
        listed = 'protocols {\n' + ''.join(f'  {name} = yes\n' for name in protocols) + '}\n' \
            if modern else f'protocols = {" ".join(protocols)}\n'
        return f'''{start}{listed}base_dir = {self.make_dir("run")}
state_dir = {self.make_dir("state")}
log_path = {self.folder}/dovecot.log
listen = 127.0.0.1
ssl = yes
{users}{passdb}{tls}
service anvil {{
  chroot =
}}
{services}'''


SERVERS = (Nginx, Apache, Haproxy, Openssl, Gnutls, Postfix, Dovecot)


class Cast:
    """The real servers of one lab: those that are there take their parts, and leave with it."""

    def __init__(self, without=()):
        self.servers, self.missing, self.failed, self.started = [], {}, {}, []
        for kind in SERVERS:
            if kind.program in without:
                continue
            try:
                self.servers.append(kind())
            except Missing as why:
                self.missing[kind.program] = str(why)

    def states(self):
        return [state for server in self.servers for state in server.states]

    def start(self, lab):
        """Starts all of them; one that does not come up is told in `failed`."""
        for server in self.servers:
            self.started.append(server)
            try:
                server.start(lab, lab.folder / f'real-{server.program}')
            except (RuntimeError, OSError, subprocess.SubprocessError) as why:
                self.failed[server.program] = str(why)

    def stop(self):
        for server in self.started:
            server.stop()
        self.started = []

    def acting(self):
        """Which server plays which state."""
        return {state: server.program for server in self.started for state in server.states
                if server.program not in self.failed}
