# SPDX-License-Identifier: MIT
"""cases_starttls.py - cases 86 to 88: what may go wrong before TLS begins"""
import tls
from case import Book
from mint import noise
from shake import shake

FAILS = {'kinds': ('starttls',), 'chain': 0}
ENDLESS = {'kinds': ('limit', 'starttls'), 'chain': 0}
SILENT = {'kinds': ('timeout',), 'chain': 0}
BREACH = {'kinds': ('starttls', 'limit', 'not-tls'), 'chain': 0}


def cases(mint):
    book = Book()
    smtp(book, mint.chain(), mint.good_key)
    lines(book)
    binary(book)
    xmpp(book)
    injected(book, mint.chain(), mint.good_key)
    for scheme in ('smtp', 'submission', 'imap', 'pop3', 'ftp', 'sieve', 'nntp', 'mysql', 'ldap',
                   'postgres', 'xmpp', 'rdp', 'https', 'tls'):
        @book.case(88, f'{scheme}: waits for a word that nobody knows', scheme=scheme, **SILENT)
        async def waits(peer):
            await peer.hold()

        @book.case(88, f'{scheme}: one byte, then silence', scheme=scheme,
                   kinds=('timeout', 'starttls', 'not-tls'), chain=0)
        async def hints(peer):
            await peer.send(b'\0')
    return book.cases


def smtp(book, chain, key):
    def at(stage, answer, what, **want):
        """Well behaved up to STAGE, where ANSWER is said: bytes, or a function of the peer."""
        async def serve(peer):
            for step, good in (('greeting', b'220 mail ESMTP\r\n'),
                               ('ehlo', b'250-mail\r\n250 STARTTLS\r\n'), ('go', b'220 go\r\n')):
                if step != 'greeting':
                    await peer.line()
                if step == stage:
                    return await say(peer, answer)
                await peer.send(good)
            return await shake(peer, chain, key)
        book.add(86, f'SMTP: {what}', serve, scheme='smtp', **want)

    def flood(chunk):
        async def serve(peer):
            await peer.flood(chunk)
        return serve
    at('greeting', flood(b'220-and so on\r\n' * 2048), 'a greeting without end', **ENDLESS)
    at('ehlo', flood(b'250-KEYWORD\r\n' * 2048), 'keywords without end', **ENDLESS)
    at('go', flood(b'220-and so on\r\n' * 2048), 'a go-ahead without end', **ENDLESS)
    at('greeting', b'220 ' + b'x' * (1 << 20) + b'\r\n', 'a greeting of 1 MB', **ENDLESS)
    at('ehlo', b'250 ' + b'x' * (1 << 20) + b'\r\n', 'an answer of 1 MB', **ENDLESS)
    at('greeting', flood(b'x' * 65536), 'a greeting without a line', **ENDLESS)
    at('ehlo', b'250-mail\r\n250 SIZE 1\r\n', 'STARTTLS is not offered', **FAILS)
    at('ehlo', b'500 what?\r\n', 'EHLO is unknown', **FAILS)
    at('go', b'454 4.7.0 not now\r\n', '454', **FAILS)
    at('greeting', b'421 busy\r\n', '421', **FAILS)
    at('greeting', b'554 go away\x1b[2J\xff\n', '554 and an escape', **FAILS)
    at('ehlo', noise(86, 4096), 'EHLO is answered with binary', **BREACH)
    at('ehlo', b'999-\0\0\r\n\r\n\r\n', 'a code of 999 and empty lines', **FAILS)
    at('ehlo', b'250-mail\r\n250-STARTTLS\r\n', 'the last line never comes', **SILENT)

    async def closes(peer):
        await peer.close()
    for stage in ('greeting', 'ehlo', 'go'):
        at(stage, closes, f'closed instead of the {stage}', kinds=('reset', 'starttls'), chain=0)

    async def drips(peer):
        await peer.drip(b'220 ' + b'x' * 400 + b'\r\n', 0.1)
    at('greeting', drips, 'a greeting of a byte each 100 ms', **SILENT)

    async def plain(peer):
        await peer.send(b'220 go\r\n')
        await peer.more()
        await peer.send(b'220 still plain\r\n')
    at('go', plain, 'plain text in the place of TLS', kinds=('not-tls', 'starttls'), chain=0)


async def say(peer, answer):
    if callable(answer):
        await answer(peer)
    else:
        await peer.send(answer)


def injected(book, chain, key):
    """What comes in clear behind the go-ahead may be anybody's (RFC 3207, 6)."""
    for scheme, greeting, reads, go in (
            ('smtp', b'220 mail\r\n', b'250-mail\r\n250 STARTTLS\r\n', b'220 go\r\n'),
            ('imap', b'* OK ready\r\n', None, b'a OK begin\r\n'),
            ('pop3', b'+OK ready\r\n', None, b'+OK begin\r\n')):
        async def serve(peer, greeting=greeting, reads=reads, go=go):
            await peer.send(greeting)
            for answer in filter(None, (reads,)):
                await peer.line()
                await peer.send(answer)
            await peer.line()
            await peer.send(go + b'250 injected\r\n* OK injected\r\n+OK injected\r\n')
            await shake(peer, chain, key)
        number = 86 if scheme == 'smtp' else 87
        # Discarded, and the chain is there; or refused for what it is.
        book.add(number, f'{scheme}: plain text pipelined behind the go-ahead', serve,
                 scheme=scheme, kinds=(None, 'starttls'), chain=range(3))


def dialogue(book, scheme, what, *steps, **want):
    """STEPS: bytes to say; None reads what the client says, as much as comes at once."""
    async def serve(peer):
        for step in steps:
            if step is None:
                peer.buffer = b''
                await peer.more()
            else:
                await say(peer, step)
    book.add(87, f'{scheme}: {what}', serve, scheme=scheme, **(want or FAILS))


def lines(book):
    def flood(chunk):
        async def serve(peer):
            await peer.flood(chunk)
        return serve
    ok = b'* OK ready\r\n'
    dialogue(book, 'imap', 'a literal of 4 GB', ok, None, b'* X {4294967295}\r\n',
             flood(b'x' * 65536), **BREACH)
    dialogue(book, 'imap', 'a literal of 2^64 in the greeting',
             b'* OK {18446744073709551616}\r\n', None, b'a NO\r\n')
    dialogue(book, 'imap', 'untagged lines without end', ok, None, flood(b'* 1 EXISTS\r\n' * 2048),
             **ENDLESS)
    dialogue(book, 'imap', 'PREAUTH', b'* PREAUTH welcome\r\n')
    dialogue(book, 'imap', 'BYE', b'* BYE\r\n')
    dialogue(book, 'imap', 'BAD', ok, None, b'a BAD what?\r\n')
    dialogue(book, 'imap', 'the answer to another tag', ok, None, b'b OK\r\n',
             kinds=('starttls', 'timeout'), chain=0)
    dialogue(book, 'pop3', '-ERR', b'-ERR go away\r\n')
    dialogue(book, 'pop3', 'no STLS', b'+OK\r\n', None, b'-ERR unknown\r\n', None, b'-ERR\r\n')
    dialogue(book, 'pop3', 'a line without end', flood(b'+' * 65536), **ENDLESS)
    dialogue(book, 'ftp', 'a greeting without end', flood(b'220-x\r\n' * 4096), **ENDLESS)
    dialogue(book, 'ftp', 'no AUTH TLS', b'220 ftp\r\n', None, b'502 no\r\n', None, b'502 no\r\n')
    dialogue(book, 'ftp', 'not now', b'421 too many\r\n')
    dialogue(book, 'sieve', 'no STARTTLS', b'"IMPLEMENTATION" "x"\r\nOK\r\n', None, b'NO\r\n')
    dialogue(book, 'sieve', 'a literal of 4 GB', b'"SIEVE" {4294967295+}\r\n',
             flood(b'x' * 65536), **BREACH)
    dialogue(book, 'sieve', 'BYE', b'BYE "go away"\r\n')
    dialogue(book, 'nntp', 'no STARTTLS', b'200 news\r\n', None, b'500 what?\r\n', None,
             b'580 no\r\n')
    dialogue(book, 'nntp', 'a list without end', b'200 news\r\n', None,
             flood(b'101 list\r\n' + b'X\r\n' * 8192), **BREACH)
    dialogue(book, 'nntp', '400', b'400 not now\r\n')


def binary(book):
    huge = b'\x30\x84\xff\xff\xff\xff'
    dialogue(book, 'ldap', 'a length of 0x84ffffffff', None, huge, bytes(4096), **BREACH)
    dialogue(book, 'ldap', 'a length of 0x88 octets', None, b'\x30\x88' + b'\xff' * 8, **BREACH)
    dialogue(book, 'ldap', 'an indefinite length', None, b'\x30\x80\2\1\1', **BREACH)
    dialogue(book, 'ldap', 'protocolError', None,
             b'\x30\x0c\2\1\1\x78\x07\x0a\1\2\4\0\4\0')
    dialogue(book, 'ldap', 'the answer to another message', None,
             b'\x30\x0c\2\1\x77\x78\x07\x0a\1\0\4\0\4\0', kinds=('starttls', 'timeout'), chain=0)
    dialogue(book, 'ldap', 'a bind response', None, b'\x30\x0c\2\1\1\x61\x07\x0a\1\0\4\0\4\0')
    dialogue(book, 'postgres', "'N'", None, b'N')
    dialogue(book, 'postgres', "'E' and a message", None, b'E\0\0\0\x10SFATAL\0Mno\0\0')
    dialogue(book, 'postgres', "'E' of 4 GB", None, b'E\xff\xff\xff\xff' + bytes(65536), **BREACH)
    dialogue(book, 'postgres', "'S' with plain text behind it", None, b'SS\0\0\0\x04injected',
             kinds=('starttls', 'not-tls', 'timeout'), chain=0)
    dialogue(book, 'postgres', 'neither', None, b'?')

    def packet(body, sequence=0, size=None):
        return (len(body) if size is None else size).to_bytes(3, 'little') + bytes(
            [sequence]) + body
    greeting = b'\x0a8.0\0' + bytes(4) + b'12345678\0'
    dialogue(book, 'mysql', 'the protocol version 9', packet(b'\x095.0\0' + bytes(40)))
    dialogue(book, 'mysql', 'a short packet', packet(b'\x0a'), **BREACH)
    dialogue(book, 'mysql', 'an empty packet', packet(b''), **BREACH)
    dialogue(book, 'mysql', 'no capability of TLS',
             packet(greeting + b'\xff\xf7\x21\0\0' + bytes(40)))
    dialogue(book, 'mysql', 'a packet of 16 MB', packet(bytes(65536), size=0xffffff), **BREACH)
    dialogue(book, 'mysql', 'an error', packet(b'\xff\x69\x04Host is blocked'))
    dialogue(book, 'mysql', 'a version without an end', packet(b'\x0a' + b'x' * 60000), **BREACH)

    def tpkt(body, version=3, size=None):
        return bytes([version, 0]) + (len(body) + 4 if size is None else size).to_bytes(
            2, 'big') + body
    confirm = b'\x0e\xd0\0\0\0\0\0'
    dialogue(book, 'rdp', 'a negotiation failure', None,
             tpkt(confirm + b'\3\0\x08\0\2\0\0\0'))
    dialogue(book, 'rdp', 'RDP security chosen', None, tpkt(confirm + b'\2\0\x08\0\0\0\0\0'))
    dialogue(book, 'rdp', 'no negotiation at all', None, tpkt(b'\x06\xd0\0\0\0\0\0'))
    for size in (0, 3, 4, 7, 0xffff):
        dialogue(book, 'rdp', f'a TPKT of {size} bytes', None,
                 tpkt(confirm + b'\2\0\x08\0\1\0\0\0', size=size),
                 kinds=('starttls', 'limit', 'not-tls', 'timeout'), chain=0)
    dialogue(book, 'rdp', 'the TPKT version 4', None, tpkt(confirm, 4), **BREACH)
    for scheme in ('ldap', 'postgres', 'mysql', 'rdp', 'xmpp'):
        dialogue(book, scheme, 'garbage', noise(87, 4096), **BREACH)
        dialogue(book, scheme, 'a TLS alert', tls.alert(10), kinds=('starttls', 'not-tls'),
                 chain=0)


def xmpp(book):
    head = (b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' version='1.0' "
            b"xmlns:stream='http://etherx.jabber.org/streams'>")

    async def unclosed(peer):
        await peer.send(b'<stream:stream ')
        await peer.flood(b"a='" + b'x' * 65536)
    dialogue(book, 'xmpp', 'a tag that is never closed', None, unclosed, **ENDLESS)

    async def deep(peer):
        await peer.send(head)
        await peer.flood(b'<a>' * 16384)
    dialogue(book, 'xmpp', 'elements without end', None, deep, **ENDLESS)
    bomb = b'<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">' + b''.join(
        b'<!ENTITY %c "%s">' % (98 + i, b'&%c;' % (97 + i) * 10) for i in range(9))
    dialogue(book, 'xmpp', 'an entity bomb', None, b'<?xml version="1.0"?>' + bomb + b']>' + head +
             b'&j;', kinds=('starttls', 'limit', 'timeout'), chain=0)
    dialogue(book, 'xmpp', 'no STARTTLS', None, head + b'<stream:features/>')
    dialogue(book, 'xmpp', 'a stream error', None, head + b'<stream:error/></stream:stream>',
             kinds=('starttls', 'timeout'), chain=0)
    offer = b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
    dialogue(book, 'xmpp', 'failure', None, head + offer + b'</stream:features>', None,
             b"<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>")
