# SPDX-License-Identifier: MIT
"""suite.py - the numbered list of cases, and where more than one end of them is right

Where a case stands: cases_wire.py 1 to 27, cases_handshake.py 28 to 53, cases_message.py 54 to 69,
cases_fields.py 70 to 76, fleet.py 77 to 82, fetched.py 83 to 85, cases_starttls.py 86 to 88.

Two are served otherwise than their words say, since nothing can tell the difference:
13: when a connection is accepted is not seen by a client; what it sees is a late first word.
12: a ClientHello fits into the smallest buffer of a kernel, so what is never read is no more seen.
One cannot be read whole: 65,536 constraints on as many names (69) are larger than any message that
is taken; smaller products stand beside it.
"""

LIST = {
    1: 'nothing listens', 2: 'a connection that stays silent', 3: 'SYNs that nobody answers',
    4: 'closed at once', 5: 'reset at once', 6: 'closed after the ClientHello',
    7: 'reset after the ClientHello', 8: 'half a record header', 9: 'half a ServerHello',
    10: 'ten bytes a second', 11: 'one byte a second', 12: 'a server that never reads',
    13: 'a server that begins late', 14: 'a little garbage', 15: 'endless garbage',
    16: 'endless zeros', 17: 'records of impossible length', 18: 'endless empty records',
    19: 'records of one byte', 20: 'SSL 2.0', 21: 'SSL 3.0 or TLS 1.0 and nothing newer',
    22: 'HTTP where TLS should be', 23: 'HTTP that speaks first', 24: 'SSH', 25: 'SMTP',
    26: 'TLS where a plain greeting should be', 27: 'an alert where a plain greeting should be',
    28: 'an alert: handshake_failure', 29: 'an alert: unrecognized_name',
    30: 'endless warnings', 31: 'endless HelloRequests', 32: 'HelloRequests in a trickle',
    33: 'endless change_cipher_spec', 34: 'HelloRetryRequest, again and again',
    35: 'HelloRetryRequest for what was not offered', 36: 'HelloRetryRequest, a large cookie',
    37: 'a cipher suite that was not offered', 38: 'a version that was not offered',
    39: 'an extension that was not offered', 40: 'silence after the certificates',
    41: 'the end after the certificates', 42: 'a client certificate demanded in TLS 1.2',
    43: 'a client certificate demanded in TLS 1.3', 44: 'a demand with very many names',
    45: 'a key that is not proven', 46: 'Diffie-Hellman of absurd size', 47: 'heartbeats',
    48: 'renegotiation', 49: 'very many tickets', 50: 'endless KeyUpdates',
    51: 'endless application data', 52: 'the end without a word',
    53: 'stapled answers, huge or garbage', 54: 'no certificate at all',
    55: 'a certificate of no bytes', 56: 'lengths that lie', 57: 'bytes behind a certificate',
    58: 'a leaf that is none', 59: 'a second certificate that is none',
    60: '16 MB announced', 61: '16 MB sent', 62: 'a certificate of 15 MB',
    63: 'a leaf of very many names', 64: 'very long chains', 65: 'one leaf very many times',
    66: 'a graph of exponentially many paths', 67: 'loops', 68: 'many CAs of one name',
    69: 'constraints times names', 70: 'keys of every wrong kind',
    71: 'signatures of every wrong kind', 72: 'dates of every wrong kind',
    73: 'serial numbers of every wrong kind', 74: 'extensions and names of every wrong kind',
    75: 'names that attack their reader', 76: 'addresses and stars as names',
    77: 'another chain at each connection, node, name, version',
    78: 'a name of 10,000 addresses, or of one dead and one alive',
    79: 'every second connection reset', 80: 'a thousand hostile beside a thousand good',
    81: 'no descriptors left', 82: 'interrupted in the middle',
    83: 'hostile servers for certificates', 84: 'issuers without end',
    85: 'hostile servers for revocation lists', 86: 'SMTP before TLS',
    87: 'the other protocols before TLS', 88: 'ports that wait for a knock',
}

# error.kind where the list leaves it open: the most useful one first, then why others are as right.
OPEN = {
    15: 'handshake: garbage in a record breaks a rule; limit: it goes on',
    17: 'handshake (RFC 8446, 5.1); limit: no record may be so long',
    18: 'handshake (RFC 8446, 5.1, forbids them); limit when counted; timeout when they trickle',
    20: 'not-tls: no record of TLS; handshake: SSL 2.0 is what it says it is',
    21: 'none: the chain can be judged; handshake: a key that nothing proves',
    26: 'timeout: both wait; starttls: the dialogue did not begin',
    29: 'none: a warning may be ignored (RFC 6066, 3); handshake: it may end it',
    30: 'handshake: what is not expected; limit: too many',
    31: 'handshake: what is not expected; limit: too many',
    32: 'timeout: ignored (RFC 5246, 7.4.1.1); handshake: not expected while TLS 1.3 may come',
    33: 'handshake: what is not expected; limit: too many',
    34: 'handshake (RFC 8446, 4.1.4); reset: the server goes while it is answered',
    36: 'none: a cookie is echoed; limit or handshake: it is larger than any that is needed',
    38: 'none: the chain can be judged; handshake (RFC 8446, 4.1.3)',
    39: 'none: the chain can be judged; handshake (RFC 8446, 4.2)',
    46: 'none: the signature proves the key; handshake or limit: nobody would go on',
    47: 'handshake: what is not expected; limit: too many',
    53: 'none: the chain can be judged; handshake: a message that breaks its rule',
    55: 'none: the leaf is good; handshake: a list that breaks its rule (RFC 8446, 4.4.2)',
    57: 'none: the chain can be judged; handshake: a decoder refuses it',
    58: 'handshake: its key proves nothing; none: it is shown all the same',
    60: 'limit: the length says it; timeout: nothing came',
    70: 'none: the chain can be judged; handshake: a key that proves nothing',
    72: 'none: the chain can be judged; handshake: a decoder refuses it',
    73: 'none: the chain can be judged; handshake: a decoder refuses it',
    74: 'none: the chain can be judged; handshake: a decoder refuses it',
    75: 'none: the chain can be judged; handshake: a decoder refuses it',
    86: 'limit: it does not end; starttls: it is no reply; reset: the server went',
    87: 'starttls: no way to TLS; limit, timeout, not-tls: what was seen of it',
    88: 'timeout; starttls and not-tls where the one byte says enough',
}
