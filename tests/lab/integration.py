#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""integration.py CHAINMEND LAB [WORD] - chainmend against a fleet in every state, as TAP

The fleet is the lab's (fleet.def), on the days before and after the retired intermediates had
to be gone; real servers that are installed take the part of some states.  Every record is held
against expected.json.  After that the command line is tried (cases_*.py).  WORD runs only the
cases whose names have it.

With CHAINMEND_SHARED, or ../shared beside the source, certificates of the real CA are judged too.
"""
import pathlib
import signal
import sys

import cases_bundle
import cases_check
import cases_cli
import cases_compare
import cases_config
import cases_csr
import cases_evidence
import cases_dcv
import cases_formats
import cases_handshake
import cases_history
import cases_import
import cases_input
import cases_keys
import cases_monitoring
import cases_plan
import cases_plan_ansible
import cases_plan_hostile
import cases_plan_java
import cases_plan_windows
import cases_policy
import cases_probe
import cases_report
import cases_resume
import cases_schema
import cases_revocation
import cases_starttls
import cases_timeline
import cases_trust
import cases_xlsx
from compare import by_state, faults
from lab import Lab, Trouble, quiet_environment, run
from real import SERVERS, Cast
from tap import Tap

MODULES = (
    cases_bundle,
    cases_check,
    cases_cli,
    cases_compare,
    cases_config,
    cases_csr,
    cases_evidence,
    cases_dcv,
    cases_formats,
    cases_handshake,
    cases_history,
    cases_import,
    cases_input,
    cases_keys,
    cases_monitoring,
    cases_plan,
    cases_plan_ansible,
    cases_plan_hostile,
    cases_plan_java,
    cases_plan_windows,
    cases_policy,
    cases_probe,
    cases_report,
    cases_resume,
    cases_schema,
    cases_revocation,
    cases_starttls,
    cases_timeline,
    cases_trust,
    cases_xlsx,
)
DAYS = ('2026-01-15', '2026-07-15')
TIMEOUT = 5
SCAN_SECONDS = 45


class Stage:
    """What a case has at hand: the program, the lab, a folder, the TAP."""

    def __init__(self, tap, chainmend, lab, word):
        self.tap, self.chainmend, self.lab, self.word = tap, chainmend, lab, word
        self.day, self.states = lab.expected['day'], lab.states
        self.folder = lab.folder / 'cases'
        self.folder.mkdir()
        self.count = 0

    def wants(self, name):
        return self.word in name

    def fresh(self):
        """A folder that nobody has written to."""
        self.count += 1
        path = self.folder / str(self.count)
        path.mkdir()
        return path

    def write(self, name, text):
        path = self.fresh() / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def run(self, *words, **more):
        """chainmend WORDS; `cache` names its cache folder, by default a new one."""
        env = quiet_environment(more.pop('cache', None) or self.fresh())
        return run([self.chainmend, *words], env=env, **more)

    def scan(self, *words, profile='', stores=True, timeout=TIMEOUT, **more):
        """chainmend scan with the lab's profile, stores and day."""
        return self.run('scan', *self.lab.profile(profile), *(self.lab.stores() if stores else []),
                        '--as-of', self.day, '--timeout', timeout, *words, **more)

    def ndjson(self, *words, **more):
        return self.scan('-f', 'ndjson', *words, **more)

    def targets(self, *states):
        """A target file of these states alone."""
        lines = pathlib.Path(self.lab.file('targets.csv')).read_text().splitlines()
        kept = [line for line in lines[1:] if line.rsplit(',', 1)[1] in states]
        return self.write('targets.csv', '\n'.join([lines[0], *kept]) + '\n')

    def argument(self, state):
        """The state as one argument of the command line."""
        entry = self.states[state]
        return f'{entry["protocol"]}://{entry["host"]}@{entry["address"]}:{entry["port"]}'


def scan_fleet(stage, acting):
    """The whole fleet, each record against the table."""
    tap, lab = stage.tap, stage.lab
    ran = stage.ndjson('-i', lab.file('targets.csv'), '--ordered', seconds=3 * SCAN_SECONDS)
    tap.case(f'{stage.day}: the scan ends with exit status 1, in time', [
        *([] if ran.status == 1 else [ran]),
        *([] if ran.seconds < SCAN_SECONDS else [f'{ran.seconds:.0f} s although nothing but '
                                                 f'{TIMEOUT} s a target is allowed']),
    ])
    try:
        records = ran.records()
    except ValueError as why:
        tap.case(f'{stage.day}: every line of output is JSON', [why])
        return
    # A real server has one default certificate, whatever states it takes the part of.
    for state in acting:
        lab.expected['states'][state]['must_not'].remove('deployment.default-certificate')
    grouped = by_state(records)
    for state in lab.states:
        found = grouped.pop(state, [])
        by = f' ({acting[state]})' if state in acting else ''
        wrong = [f'{len(found)} results'] if len(found) != 1 else []
        for record in found:
            wrong.extend(faults(record, state, lab.expected))
        tap.case(f'{stage.day}: {state}{by}', wrong)
    tap.case(f'{stage.day}: no other results', map(str, grouped))
    order = [record['target']['labels'].get('state') for record in records]
    tap.case(f'{stage.day}: --ordered gives the order of input',
             [] if order == list(lab.states) else [order])


def real_servers(stage, cast):
    for server in SERVERS:
        program = server.program
        if program in cast.missing:
            stage.tap.skip(f'{stage.day}: {program} takes its part', cast.missing[program])
        elif program in cast.failed:
            stage.tap.case(f'{stage.day}: {program} takes its part', [cast.failed[program]])
        else:
            stage.tap.case(f'{stage.day}: {program} takes its part')


# What real servers say they are; others say nothing that is known.
PLATFORMS = {'nginx': 'nginx', 'apache2': 'apache', 'postfix': 'postfix', 'dovecot': 'dovecot'}


def identified(stage, acting):
    """Real servers asked what they are."""
    for program, platform in PLATFORMS.items():
        states = [state for state in acting if acting[state] == program]
        if not states:
            continue
        records = stage.ndjson('--identify', '--probe', 'none',
                               *map(stage.argument, states)).records()
        said = {record['target']['labels'].get('platform') for record in records
                if record['target']['protocol'] != 'smtps'
                and not record['tls']['client_certificate_requested']}
        stage.tap.case(f'{stage.day}: {program} is identified',
                       [] if said == {platform} else [said])


def fleet(tap, chainmend, program, day, word):
    cast = Cast()
    with Lab(program, day, cast.states()) as lab:
        try:
            cast.start(lab)
            stage = Stage(tap, chainmend, lab, word)
            real_servers(stage, cast)
            scan_fleet(stage, cast.acting())
            identified(stage, cast.acting())
        finally:
            cast.stop()


def command_line(tap, chainmend, program, word):
    """One lab without real servers for all the rest; it has to end well, too."""
    with Lab(program, DAYS[0]) as lab:
        stage = Stage(tap, chainmend, lab, word)
        for module in MODULES:
            for name, case in module.CASES:
                if stage.wants(name):
                    try:
                        tap.case(name, case(stage) or [])
                    except module.Skip as why:
                        tap.skip(name, why)
                    except Exception as why:  # pylint: disable=broad-except
                        tap.case(name, [f'{type(why).__name__}: {why}'])
        status = lab.halt()
        tap.case('the lab ends when its standard input closes',
                 [] if status == 0 else [f'exit status {status}', lab.words])


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    chainmend, program = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
    word = sys.argv[3] if len(sys.argv) == 4 else ''
    # A signal unwinds the stack, so all that was started is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    tap = Tap()
    try:
        for day in DAYS:
            if word in day:
                fleet(tap, chainmend, program, day, word)
        command_line(tap, chainmend, program, word)
    except Trouble as why:
        tap.case('the lab runs', [why])
    tap.done()


main()
