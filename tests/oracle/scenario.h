/* SPDX-License-Identifier: MIT */
/*
 * scenario - how one TLS server of the oracle is set up, drawn from its number
 *
 * The same number is the same server on every machine, in every run; keys and random bytes of the
 * handshake aside.  Drawn so that most servers and our readers have something in common, and some
 * do not.  Pure.
 */
#ifndef TESTS_ORACLE_SCENARIO_H
#define TESTS_ORACLE_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keys of leafs. */
enum key {
	KEY_RSA_1024,
	KEY_RSA_2048,
	KEY_RSA_3072,
	KEY_RSA_4096,
	KEY_RSA_PSS,        /* id-RSASSA-PSS, for any hash (RFC 4055) */
	KEY_RSA_PSS_SHA256, /* for that one alone */
	KEY_P256,
	KEY_P384,
	KEY_P521,
	KEY_SECP256K1,
	KEY_BRAINPOOL_256,
	KEY_BRAINPOOL_384,
	KEY_BRAINPOOL_512,
	KEY_ED25519,
	KEY_ED448,
	KEY_DSA_1024,
	KEY_DSA_2048,
	KEY_COUNT,
	KEY_NONE = KEY_COUNT,
};

enum key_family { FAMILY_RSA, FAMILY_RSA_PSS, FAMILY_EC, FAMILY_EDWARDS, FAMILY_DSA };

const char *key_name(enum key key);
enum key_family key_family(enum key key);

/* Certificates that stand behind the leaf. */
enum stone {
	STONE_SMALL,  /* P-256 */
	STONE_USUAL,  /* RSA 2048 */
	STONE_LARGE,  /* 8 KiB of names */
	STONE_HUGE,   /* 60 KiB of names */
	STONE_BROKEN, /* whole for whoever walks over it, malformed inside for whoever decodes it */
	STONE_COUNT,
};

enum name_policy {
	NAME_IGNORED,
	NAME_KNOWN,
	NAME_REFUSED,  /* the fatal alert unrecognized_name */
	NAME_WARNED,   /* the warning, then goes on (RFC 6066, 3; TLS 1.2 and older) */
	NAME_SWITCHES, /* another certificate for those that ask for the name */
	NAME_POLICIES,
};

enum asking { ASKS_NOT, ASKS_MAYBE, ASKS_MUST };
enum flaw { FLAW_NONE, FLAW_OTHER_KEY, FLAW_MALFORMED };
enum reads { READS_ALL, READS_BYTES, READS_SMALL, READS_MIXED, READS_COUNT };

#define SCENARIO_STONES 20
#define SCENARIO_WORDS 8

struct scenario {
	unsigned number;
	int oldest, newest; /* versions, as OpenSSL has them */

	/* OpenSSL's names; none: its default. */
	const char *suites13[SCENARIO_WORDS];
	const char *suites[SCENARIO_WORDS];
	const char *groups[SCENARIO_WORDS];
	const char *schemes[SCENARIO_WORDS];
	bool server_prefers;
	int dh; /* bits of a group of its own; 0: OpenSSL chooses; -1: none */

	enum key key, second_key; /* KEY_NONE: one leaf */
	enum flaw flaw;           /* of the leafs */
	enum stone stones[SCENARIO_STONES];
	size_t stone_count;

	enum asking asking;
	size_t asking_names; /* of CAs in the request */
	size_t staple_len;
	bool tickets;
	bool with_name; /* we ask for one */
	enum name_policy name;
	bool compat, cookie, no_encrypt_then_mac, no_extended_secret;

	size_t fragment; /* SSL_set_max_send_fragment(); 0: whole records */
	size_t piece;    /* records in clear are cut again; 0: not */
	size_t padding;  /* of sealed records */
	enum reads reads;
	size_t ends_after;  /* so many bytes; 0: not before its end */
	size_t changed_at;  /* the byte on the way that is changed; 0: none */
	uint8_t changed_by; /* bits that are turned over */
	uint64_t random;    /* for what is drawn later */
};

/* A number below BELOW, and the next state of *RANDOM. */
uint64_t scenario_random(uint64_t *random, uint64_t below);

void scenario_draw(struct scenario *scenario, unsigned number);

/* In one line. */
void scenario_describe(const struct scenario *scenario, char *out, size_t size);

#endif
