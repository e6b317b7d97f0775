/* SPDX-License-Identifier: MIT */
/*
 * weak_key - what of an RSA key gives its private part away
 *
 * The Baseline Requirements (6.1.1.3, 6.1.6) have CAs refuse such keys.  Everything is asked of
 * the public key alone, and every question ends: Fermat's method has a hundred rounds, small
 * factors are those below 2^16, and keys larger than limits.h allows are not asked at all.
 */
#ifndef CHECKER_KEY_WEAK_KEY_H
#define CHECKER_KEY_WEAK_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct weak_key {
	bool exponent_wrong; /* even, or 1 (RFC 8017, 3.1) */
	bool exponent_small; /* below 2^16 + 1 */
	unsigned factor;     /* a small prime that divides the modulus; 0: none */
	bool close_primes;   /* Fermat's method finds them */
	bool roca;           /* made as CVE-2017-15361 has it */
};

/* All of it false for keys other than RSA and for what is no key. */
void weak_key_look(const uint8_t *spki, size_t len, struct weak_key *ret_weak);

/* Have two different RSA moduli a factor in common?  Then both are open. */
bool weak_key_shares(const uint8_t *spki, size_t len, const uint8_t *other, size_t other_len);

/*
 * What Debian's list of keys that its OpenSSL made from 2006 to 2008 has of this one
 * (CVE-2008-0166): the last twenty digits of the SHA-1 of "Modulus=..." in capitals and a line's
 * end.  False for other keys.
 */
#define WEAK_KEY_DEBIAN 21
bool weak_key_debian(const uint8_t *spki, size_t len, char out[static WEAK_KEY_DEBIAN]);

#endif
