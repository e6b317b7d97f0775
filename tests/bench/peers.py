# SPDX-License-Identifier: MIT
"""peers.py - what else reads certificates of many servers, as contestants

Each is asked for the chain, or for what of it the tool can show, with every other test of it
turned off.  What is not installed is skipped, by name.
"""
import shutil

from contest import Contestant, Wrong

HOSTS = 1000
FEW = 100  # for what starts a process a host and loads all roots in each


def counted(mark, wanted):
    """Checks that the output has MARK so many times."""
    def check(out):
        found = out.read_bytes().count(mark)
        if found != wanted:
            raise Wrong(f'answered {found} times instead of {wanted}')
    return check


class Peers:
    """The commands of those that are installed, for one way of the farm."""

    def __init__(self, farm, way, port, folder):
        self.farm, self.way, self.port, self.folder = farm, way, port, folder

    def with_ports(self, hosts):
        return self.farm.targets(self.way, hosts)

    def without_ports(self, hosts):
        return self.farm.targets(self.way, hosts, with_port=False)

    def curl(self):
        config = self.folder / 'curl.config'
        with config.open('w') as file:
            for line in self.with_ports(HOSTS).read_text().split():
                file.write(f'url = "https://{line}/"\noutput = "/dev/null"\n')
        return Contestant('curl --parallel', ['curl', '--parallel', '--parallel-max', '300', '--insecure', '--silent',
                                              '--write-out', '%{certs}', '--config', config],
                          HOSTS, counted(b'BEGIN CERTIFICATE', 3 * HOSTS))

    def s_client(self, name, more):
        command = ['xargs', '-P', '8', '-a', self.with_ports(FEW), '-I', '{}', 'openssl', 's_client', '-connect', '{}',
                   '-showcerts', *more]
        return Contestant(name, command, FEW, counted(b'BEGIN CERTIFICATE', 3 * FEW))

    def openssl(self):
        return self.s_client('openssl s_client, as typed', [])

    def openssl_lean(self):
        return self.s_client('openssl s_client, no CA files', ['-no-CAfile', '-no-CApath', '-no-CAstore'])

    def sslscan(self):
        off = ['--no-ciphersuites', '--no-compression', '--no-fallback', '--no-groups', '--no-heartbleed',
               '--no-renegotiation', '--no-cipher-details', '--no-colour']
        return Contestant('sslscan', ['sslscan', *off, f'--targets={self.with_ports(HOSTS)}'],
                          HOSTS, counted(b'Altnames:', HOSTS))

    def nmap(self):
        return Contestant('nmap ssl-cert', ['nmap', '-n', '-Pn', '-sT', '-p', str(self.port), '--script', 'ssl-cert',
                                            '-iL', self.without_ports(HOSTS)],
                          HOSTS, counted(b'ssl-cert: Subject', HOSTS))

    def zgrab2(self):
        return Contestant('zgrab2', ['zgrab2', 'tls', '--port', str(self.port), '--input-file',
                                     self.without_ports(HOSTS)],
                          HOSTS, counted(b'"status":"success"', HOSTS))

    def tlsx(self):
        return Contestant('tlsx', ['tlsx', '-list', self.without_ports(HOSTS), '-port', str(self.port), '-scan-mode',
                                   'ctls', '-json', '-tls-chain', '-silent', '-concurrency', '300'],
                          HOSTS, counted(b'"probe_status":true', HOSTS))

    def all(self):
        """Those that are here, and the names of those that are not."""
        there, absent = [], []
        for program, make in (('curl', self.curl), ('tlsx', self.tlsx), ('zgrab2', self.zgrab2),
                              ('sslscan', self.sslscan), ('nmap', self.nmap), ('openssl', self.openssl_lean),
                              ('openssl', self.openssl)):
            if not shutil.which(program):
                absent.append(program)
                continue
            peer = make()
            peer.may_fail = True
            there.append(peer)
        return there, absent
