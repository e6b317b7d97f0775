/* SPDX-License-Identifier: MIT */
/*
 * fleet - the states a migrating fleet is really in, one row each
 *
 * A row says what a service serves, how it behaves, and what chainmend has to
 * say about it.  Everything else in the lab (certificates, listeners, the list
 * of targets, expected.json) is made from this table, so a new state is a row.
 *
 * Rules are words "rule:severity"; the severity "due" stands for what the
 * profile's remove_by makes of it on the lab's day.  Whatever a row neither
 * demands (`rules`) nor allows (`may`) must not be found.
 */
#ifndef TESTS_LAB_FLEET_H
#define TESTS_LAB_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/clock.h"

enum manner {
	MANNER_SERVES,        /* TLS 1.2 and 1.3, as it should be */
	MANNER_TLS10,         /* nothing but TLS 1.0 with CBC and RSA key exchange */
	MANNER_TLS12,         /* TLS 1.2 only */
	MANNER_RARE,          /* a cipher suite that only the legacy offer has */
	MANNER_DH,            /* a key agreement of 1024 bits */
	MANNER_NAMELESS,      /* knows no name at all, and says so */
	MANNER_CLIENT_CERT12, /* wants a client certificate, TLS 1.2 only */
	MANNER_CLIENT_CERT13, /* wants a client certificate, TLS 1.3 only */
	MANNER_BREAKS_OFF,    /* closes right after its Certificate message */
	MANNER_STALLS,        /* says nothing more after its Certificate message */
	MANNER_REFUSES,       /* nothing listens */
	MANNER_SILENT,        /* accepts and says nothing */
	MANNER_CLOSES,        /* accepts and closes */
	MANNER_HTTP,          /* speaks plain HTTP */
};

/* What is spoken before TLS. */
enum speech {
	SPEECH_NONE,
	SPEECH_SMTP,
	SPEECH_SMTP_SLOW,    /* a greeting of several lines, byte by byte */
	SPEECH_SMTP_PLAIN,   /* does not offer STARTTLS */
	SPEECH_SMTP_HOSTILE, /* escapes in its banner and in its refusal */
	SPEECH_IMAP,
	SPEECH_POP3,
};

struct state {
	const char *name;
	const char *host;     /* as in the target list; NULL: NAME.example.gov.hk */
	const char *a_label;  /* when `host` is a U-label */
	const char *protocol; /* NULL: "https" */
	const char *address;  /* NULL: 127.0.0.1 */
	const char *with;     /* the state whose host and port it shares */
	const char *platform; /* NULL: "nginx" */
	const char *owner;    /* NULL: "web team" */

	/* What it serves: "leaf", ids of the profile, or names of stock.c. */
	const char *serves;
	/* The leaf: */
	const char *issuer;  /* NULL: ssl-ca-3-17-2025 */
	const char *names;   /* NULL: the host */
	int from, to;        /* days from the lab's day; both 0: the usual */
	bool old;            /* of the last days before the CA dropped clientAuth */
	const char *key;     /* NULL: the usual */
	const char *eku;     /* NULL: serverAuth */
	const char *digest;  /* NULL: SHA256 */
	const char *subject; /* NULL: the usual */
	const char *san;     /* one more name, of whatever bytes (forge.h) */
	int more_names;      /* in its leaf, of the same domain */
	/* A second certificate with a key of another type, and what clients get that ask for no
	 * name, whose leaf is for default.example.gov.hk; words as in `serves`. */
	const char *other_key, *other_serves, *nameless;
	bool revoked; /* by the answer it staples */

	enum manner manner;
	enum speech speech;

	const char *status;    /* NULL: "ok" */
	const char *rules;     /* has to be found */
	const char *may;       /* may be found as well, at any severity */
	const char *actions;   /* "remove ID, install ID, reorder"; "*" for any */
	const char *error;     /* kind */
	const char *error_may; /* kind that may stand beside a chain that was read */
	bool listed;           /* serves what the revocation list has from its day on */
};

size_t fleet_count(void);
const struct state *fleet_state(size_t number);

/* False when no such service could exist on that day. */
bool fleet_has(const struct state *state, struct instant day);

/* The last day an old leaf is valid; and the day from which old intermediates are critical. */
struct instant fleet_old_leaf_end(void);
struct instant fleet_old_leaf_start(void);
bool fleet_overdue(struct instant day);

const char *fleet_address(const struct state *state);
const char *fleet_protocol(const struct state *state);
/* The host as listed, and as it is on the wire; OUT holds SIZE bytes. */
void fleet_host(const struct state *state, char *out, size_t size);
void fleet_wire_host(const struct state *state, char *out, size_t size);
/* Its port, counted from the web server's. */
unsigned fleet_port(size_t number);

/* NAME is in the comma-separated LIST, which may be NULL. */
bool fleet_named(const char *list, const char *name);

#endif
