# SPDX-License-Identifier: MIT
"""cases_plan_java.py - plans for Tomcat and keystores of Java, carried out on a real Tomcat

One Tomcat with a connector for each way of having a certificate: two files of PEM, one file, a
keystore of Java, a PKCS#12.  Each begins with another state of the fleet that is wrong, is mended by
the script of its plan, scanned, taken back, and scanned again.  Certificates are reloaded by the
manager application, so that nothing is restarted.
"""
import functools
import json
import pathlib
import re
import shutil
import socket
import subprocess
import time

from cases import Skip, collector
from cases_plan import says
from lab import quiet_environment
from real import Missing, die_with_parent, find
from ward import free_port, script

__all__ = ['CASES', 'Skip']
CASES, case = collector()

HOME = pathlib.Path('/usr/share/tomcat10')
MANAGER = pathlib.Path('/usr/share/tomcat10-admin/manager')
PASSWORD = 'chang&it <"$now">'  # what XML and shells have to write otherwise
UP_SECONDS = 60
HANDSHAKE_SECONDS = 30  # the first ones of a Java that has just begun take their time

# kind of connector: state of the fleet it begins with
CONNECTORS = {'pair': 'retired', 'full': 'retired-no-cross', 'jks': 'retired-old-leaf', 'p12': 'leaf-only'}

SERVER = '''<?xml version="1.0" encoding="UTF-8"?>
<!-- <Certificate certificateFile="conf/never.pem"/> <Connector keystoreFile="conf/never.jks"/> -->
<Server port="-1" shutdown="NO">
  <GlobalNamingResources>
    <Resource name="users" auth="Container" type="org.apache.catalina.UserDatabase"
              factory="org.apache.catalina.users.MemoryUserDatabaseFactory" pathname="conf/tomcat-users.xml"/>
  </GlobalNamingResources>
  <Service name="Catalina">
    <Connector port="{manager}" address="127.0.0.1" protocol="HTTP/1.1"/>
{connectors}
    <Engine name="Catalina" defaultHost="localhost">
      <Realm className="org.apache.catalina.realm.UserDatabaseRealm" resourceName="users"/>
      <Host name="localhost" appBase="webapps" autoDeploy="false"/>
    </Engine>
  </Service>
</Server>
'''
CONNECTOR = '''    <Connector port="{port}" address="127.0.0.1" SSLEnabled="true"
               protocol="org.apache.coyote.http11.Http11NioProtocol">
      <SSLHostConfig>
        <Certificate {certificate}/>
      </SSLHostConfig>
    </Connector>'''
USERS = '''<tomcat-users xmlns="http://tomcat.apache.org/xml">
  <role rolename="manager-script"/>
  <user username="mend" password="mend" roles="manager-script"/>
</tomcat-users>
'''
LOGGING = 'handlers = java.util.logging.ConsoleHandler\n'


def xml(text):
    for plain, escaped in (('&', '&amp;'), ('<', '&lt;'), ('>', '&gt;'), ('"', '&quot;')):
        text = text.replace(plain, escaped)
    return text


def do(*words, **more):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, **more)


class Tomcat:
    """A Tomcat of its own in a folder; a connector for each kind, with the chain of its state."""

    def __init__(self, stage):
        try:
            self.keytool, self.java = find('keytool'), find('java')
        except Missing as why:
            raise Skip(why) from why
        for place in (HOME / 'bin/bootstrap.jar', MANAGER):
            if not place.exists():
                raise Skip(f'{place} is not installed')
        self.stage, self.base = stage, stage.fresh()
        for name in ('conf/Catalina/localhost', 'logs', 'temp', 'webapps', 'work'):
            (self.base / name).mkdir(parents=True)
        self.conf = self.base / 'conf'
        self.password = self.base / 'password'
        self.password.write_text(PASSWORD + '\n')
        self.ports = {kind: free_port() for kind in CONNECTORS}
        self.manager = free_port()

    def file(self, kind, name):
        return self.stage.lab.service(CONNECTORS[kind], name)

    def has_rest(self, kind):
        return pathlib.Path(self.file(kind, 'rest.pem')).stat().st_size > 0

    def pkcs12(self, kind, path):
        more = ['-certfile', self.file(kind, 'rest.pem')] if self.has_rest(kind) else []
        do('openssl', 'pkcs12', '-export', '-in', self.file(kind, 'leaf.pem'), '-inkey', self.file(kind, 'key.pem'),
           *more, '-name', 'the server', '-passout', f'file:{self.password}', '-out', path)

    def keytool_do(self, *words):
        return do(self.keytool, '-J-Duser.language=en', *words)

    def make(self):
        """Key and chain of each connector, and what its element says."""
        conf = self.conf
        for kind in ('pair', 'full'):
            shutil.copy(self.file(kind, 'key.pem'), conf / f'{kind}.key')
        shutil.copy(self.file('pair', 'leaf.pem'), conf / 'pair.pem')
        shutil.copy(self.file('pair', 'rest.pem'), conf / 'pair-chain.pem')
        shutil.copy(self.file('full', 'chain.pem'), conf / 'full.pem')
        self.pkcs12('jks', conf / 'made.p12')
        self.pkcs12('p12', conf / 'p12.p12')
        self.keytool_do('-importkeystore', '-srckeystore', conf / 'made.p12', '-srcstorepass:file', self.password,
                        '-destkeystore', conf / 'jks.jks', '-deststoretype', 'JKS', '-deststorepass:file',
                        self.password)
        # The retired intermediate, trusted by itself: it has the name of the current one.
        self.keytool_do('-importcert', '-noprompt', '-alias', 'hkp old', '-file', self.file('jks', 'rest.pem'),
                        '-keystore', conf / 'jks.jks', '-storepass:file', self.password)
        return {
            'pair': 'certificateFile="conf/pair.pem" certificateKeyFile="conf/pair.key"\n'
                    '          certificateChainFile="${catalina.base}/conf/pair-chain.pem" type="RSA"',
            'full': "certificateKeyFile='conf/full.key' certificateFile='conf/full.pem'",
            'jks': f'certificateKeystoreFile="conf/jks.jks" certificateKeystorePassword="{xml(PASSWORD)}"',
            'p12': f'certificateKeystoreFile="{conf}/p12.p12" certificateKeystoreType="PKCS12"\n'
                   f'          certificateKeystorePassword="{xml(PASSWORD)}"',
        }

    def __enter__(self):
        elements = self.make()
        connectors = '\n'.join(CONNECTOR.format(port=self.ports[kind], certificate=elements[kind])
                               for kind in CONNECTORS)
        (self.conf / 'server.xml').write_text(SERVER.format(manager=self.manager, connectors=connectors))
        (self.conf / 'tomcat-users.xml').write_text(USERS)
        (self.conf / 'web.xml').write_text('<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0"/>\n')
        (self.conf / 'logging.properties').write_text(LOGGING)
        (self.conf / 'Catalina/localhost/manager.xml').write_text(
            f'<Context docBase="{MANAGER}" privileged="true"/>\n')
        env = {**quiet_environment(self.base), 'CATALINA_HOME': str(HOME), 'CATALINA_BASE': str(self.base),
               'CATALINA_OPTS': '-Xmx128m -XX:TieredStopAtLevel=1'}
        with open(self.base / 'output', 'wb') as output:
            self.process = subprocess.Popen(
                ['sh', HOME / 'bin/catalina.sh', 'run'], cwd=self.base, env=env, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=die_with_parent)
        try:
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def wait(self):
        deadline = time.monotonic() + UP_SECONDS
        for port in (*self.ports.values(), self.manager):
            while True:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f'Tomcat is not up: {(self.base / "output").read_text()[-2000:]}')
                try:
                    socket.create_connection(('127.0.0.1', port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def reload(self):
        url = f'http://127.0.0.1:{self.manager}/manager/text/sslReload'
        return f'curl -fsS -u mend:mend {url} | grep ^OK'

    def target(self, kind):
        return f'{self.stage.states[CONNECTORS[kind]]["host"]}@127.0.0.1:{self.ports[kind]}'

    def scan(self, kind):
        """The record of a connector."""
        return self.stage.ndjson('--probe', 'none', self.target(kind), timeout=HANDSHAKE_SECONDS).records()[0]

    def stored(self, kind):
        """How many certificates the key's entry of a keystore has, and which aliases there are."""
        path = next(self.conf.glob(f'{kind}.{kind}'))
        said = self.keytool_do('-list', '-v', '-keystore', path, '-storepass:file', self.password).stdout.decode()
        return (int(re.search(r'Certificate chain length: (\d+)', said)[1]),
                sorted(re.findall(r'^Alias name: (.*)$', said, re.M)))


class Plan:
    """The folder that `plan` makes of one record."""

    def __init__(self, stage, record, platform):
        self.stage, self.folder = stage, stage.fresh() / 'plan'
        results = stage.write('results.ndjson', json.dumps(record) + '\n')
        self.ran = stage.run('plan', *stage.lab.profile(), '--platform', platform, '-o',
                             self.folder, results)
        self.host = next((path for path in sorted(self.folder.glob('*/')) if path.is_dir()), None)

    def apply(self, *words):
        return script(self.host / 'apply.sh', *words)


def files_of(tomcat):
    return {path.name: path.read_bytes() for path in tomcat.conf.iterdir() if path.is_file()}


def mend(tomcat, kind):
    """Wrong, mended, right, taken back, wrong: with the script of a plan for Tomcat."""
    before = tomcat.scan(kind)
    if before['status'] == 'ok':
        yield f'{before["status"]} at first'
    plan = Plan(tomcat.stage, before, 'tomcat')
    apply = functools.partial(plan.apply, '--config', tomcat.conf / 'server.xml', '--reload', tomcat.reload())
    was = files_of(tomcat)
    yield from says(apply('--dry-run'), 0, 'would change')
    yield from says(apply('--verify'), 1, 'not what is planned')
    if files_of(tomcat) != was:
        yield '--dry-run or --verify changed files'
    yield from says(apply(), 0, 'done')
    after = tomcat.scan(kind)
    if after['status'] != 'ok':
        yield f'{after["status"]} after the script: {after["findings"]}'
    yield from says(apply('--verify'), 0, 'that is what is planned')
    mended = files_of(tomcat)
    yield from says(apply(), 0, 'nothing to do')
    if files_of(tomcat) != mended:
        yield 'a second run changed files'
    yield from says(apply('--undo'), 0, 'restoring')
    again = tomcat.scan(kind)
    if again['status'] != before['status'] or [one['sha256'] for one in again['chain']] != [
            one['sha256'] for one in before['chain']]:
        yield f'{again["status"]} after --undo, not {before["status"]}'
    if files_of(tomcat) != was:
        yield '--undo did not bring the files back as they were'
    yield from says(apply('--undo'), 0, 'nothing to undo')


@case('plan: Tomcat with PEM and with keystores is mended, and taken back')
def tomcat_is_mended(stage):
    with Tomcat(stage) as tomcat:
        for kind in CONNECTORS:
            yield from (f'{kind}: {fault}' for fault in mend(tomcat, kind))
        yield from keystore_alone(tomcat)
        yield from wrong_password(tomcat)
        yield from no_reload(tomcat)


def keystore_alone(tomcat):
    """A keystore that is named, with how it is read again; the retired twin is no longer trusted."""
    plan = Plan(tomcat.stage, tomcat.scan('jks'), 'java-keystore')
    words = ('--file', tomcat.conf / 'jks.jks', '--password-file', tomcat.password, '--reload', tomcat.reload())
    if tomcat.stored('jks')[1] != ['hkp old', 'the server']:
        yield f'a keystore with {tomcat.stored("jks")}'
    yield from says(plan.apply(*words), 0, 'done')
    if tomcat.stored('jks') != (3, ['the server']):
        yield f'the keystore has {tomcat.stored("jks")} afterwards'
    if tomcat.scan('jks')['status'] != 'ok':
        yield 'the keystore is not mended'
    yield from says(plan.apply(*words, '--undo'), 0, 'restoring')
    # Rolled back, when what is sent is still wrong.
    was = files_of(tomcat)
    yield from says(plan.apply(*words[:-1], 'true', '--wait', '2'), 1, 'rolling back')
    if files_of(tomcat) != was:
        yield 'a failed run left changed files behind'


def wrong_password(tomcat):
    plan = Plan(tomcat.stage, tomcat.scan('p12'), 'java-keystore')
    wrong = tomcat.stage.write('password', 'another\n')
    was = files_of(tomcat)
    words = ('--file', tomcat.conf / 'p12.p12', '--reload', 'true')
    yield from says(plan.apply(*words, '--password-file', wrong), 2, 'keytool error')
    yield from says(plan.apply(*words), 2, '--password-file')
    yield from says(plan.apply('--password-file', wrong), 2, '--file')
    if files_of(tomcat) != was:
        yield 'a wrong password changed files'


def no_reload(tomcat):
    plan = Plan(tomcat.stage, tomcat.scan('pair'), 'tomcat')
    words = ('--config', tomcat.conf / 'server.xml', '--no-reload')
    yield from says(plan.apply(*words), 0, 'has to be reloaded')
    if tomcat.scan('pair')['status'] == 'ok':
        yield 'it was reloaded all the same'
    do('sh', '-c', tomcat.reload())
    if tomcat.scan('pair')['status'] != 'ok':
        yield 'the file that was changed is not right'
