# SPDX-License-Identifier: MIT
"""peers.py - what other programs make of a service or of a chain file, with one file of roots

An answer is 'yes' (verified), 'no' (TLS came about, or there is a file, and it was not) or '-' (it never
came to that), and the words the program had for it.
"""
import dataclasses
import re
import shutil
import subprocess
import tempfile

SECONDS = 12
SMTP = {'smtp': 'smtp', 'submission': 'smtp', 'imap': 'imap', 'pop3': 'pop3'}


@dataclasses.dataclass
class Service:
    """Where it is, what it is called, and what it sends as files; `roots` is a file."""
    host: str
    address: str
    port: int
    protocol: str
    leaf: str
    rest: str
    chain: str
    roots: str


@dataclasses.dataclass
class Answer:
    says: str
    why: str = ''


def run(*command):
    """Exit status and all that was said; None when it took too long."""
    try:
        ran = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None, 'it waited, and no TLS came'
    return ran.returncode, ran.stdout.decode(errors='replace')


def first(pattern, text, otherwise):
    found = re.search(pattern, text)
    return ' '.join(found[1].split()) if found else otherwise


def clipped(text):
    return first(r'(?s)\A\s*(.{1,160})', text, '')


def openssl_verify(service, moment=None):
    command = ['openssl', 'verify', '-no-CApath', '-no-CAstore', '-purpose', 'sslserver', '-CAfile', service.roots]
    command += ['-untrusted', service.rest] if service.rest else []
    command += ['-verify_hostname', service.host] if service.host else []
    command += ['-attime', str(moment)] if moment else []
    status, said = run(*command, service.leaf)
    if status == 0:
        return Answer('yes')
    return Answer('no', first(r'error \d+ at \d+ depth lookup: *(.*)', said, clipped(said)))


def openssl_connect(service):
    command = ['openssl', 's_client', '-connect', f'{service.address}:{service.port}', '-servername', service.host,
               '-verify_hostname', service.host, '-verify_return_error', '-no-CApath', '-no-CAstore', '-CAfile',
               service.roots]
    if service.protocol in SMTP:
        command += ['-starttls', SMTP[service.protocol]]
    status, said = run(*command)
    wrong = re.search(r'verify error:num=\d+:(.*)', said)
    if wrong:
        return Answer('no', wrong[1].strip())
    # A server that breaks off later has been verified by then.
    if re.search(r'Verify return code: 0 \(ok\)|Verification: OK', said) and 'BEGIN CERTIFICATE' in said:
        return Answer('yes')
    return Answer('-', first(r'(?m)^[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:([^:\n]+)', said, clipped(said) if status is not None else said))


def gnutls(service):
    command = ['gnutls-cli', '--port', service.port, '--sni-hostname', service.host, '--verify-hostname', service.host,
               '--x509cafile', service.roots]
    if service.protocol in SMTP:
        command += ['--starttls-proto', SMTP[service.protocol]]
    _, said = run(*command, service.address)
    if 'Status: The certificate is trusted' in said:
        return Answer('yes')
    if 'Status: The certificate is NOT trusted' in said or "does not match" in said:
        return Answer('no', first(r'Status: The certificate is NOT trusted\. (.*)', said, 'the name does not match'))
    return Answer('-', first(r'\*\*\* (.*)', said, clipped(said)))


def certtool(service, moment=None):
    """The same library over a file; another day is faketime's business."""
    command = ['faketime', f'@{moment}'] if moment else []
    command += ['certtool', '--verify', '--load-ca-certificate', service.roots, '--infile', service.chain,
                '--verify-purpose', '1.3.6.1.5.5.7.3.1']
    command += ['--verify-hostname', service.host] if service.host else []
    _, said = run(*command)
    if 'Chain verification output: Verified' in said:
        return Answer('yes')
    return Answer('no', first(r'Chain verification output: Not verified\. (.*)', said, clipped(said)))


def curl(service):
    scheme = {'https': 'https', 'submission': 'smtp'}.get(service.protocol, service.protocol)
    with tempfile.TemporaryDirectory() as nothing:
        command = ['curl', '-q', '--silent', '--show-error', '--noproxy', '*', '--max-time', SECONDS - 4, '--cacert',
                   service.roots, '--capath', nothing, '--connect-to', f'::{service.address}:{service.port}',
                   '--output', '/dev/null', '--write-out', r'\nshaken %{time_appconnect}\n', '--ssl-reqd']
        status, said = run(*command, f'{scheme}://{service.host}:{service.port}/')
    if status in (51, 60):
        return Answer('no', first(r'curl: \(\d+\) (?:SSL certificate problem: |SSL: )?(.*)', said, clipped(said)))
    shaken = re.search(r'shaken ([0-9.]+)', said)
    if status is not None and shaken and float(shaken[1]) > 0 and status != 35:
        return Answer('yes')
    return Answer('-', first(r'curl: \(\d+\) (.*)', said, clipped(said)))


# What is asked of a service that is served, and of a chain in a file.
SERVED = {'openssl verify': openssl_verify, 'openssl s_client': openssl_connect, 'GnuTLS': gnutls, 'curl': curl}
FILED = {'openssl verify': openssl_verify, 'GnuTLS': certtool}
PROGRAMS = {'openssl verify': ['openssl'], 'openssl s_client': ['openssl'], 'GnuTLS': ['gnutls-cli', 'certtool'],
            'curl': ['curl'], 'GnuTLS on another day': ['faketime']}


def missing(tool):
    return [program for program in PROGRAMS[tool] if not shutil.which(program)]


def versions():
    for program, command in (('openssl', ('version',)), ('gnutls-cli', ('--version',)), ('curl', ('--version',))):
        if shutil.which(program):
            yield clipped(run(program, *command)[1].splitlines()[0]).split(' (')[0]
        else:
            yield f'{program} is not installed'
