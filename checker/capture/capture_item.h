/* SPDX-License-Identifier: MIT */
/*
 * capture_item - one connection as a capture tells of it, and how readers hand them on
 *
 * A reader (capture_tlsx.c, capture_zgrab2.c, capture_s_client.c) goes through the lines of one
 * file.  It knows its format and nothing of targets; capture.c makes observations of items.  For
 * these files only.
 */
#ifndef CHECKER_CAPTURE_CAPTURE_ITEM_H
#define CHECKER_CAPTURE_CAPTURE_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/base/lines.h"
#include "checker/base/vec.h"
#include "checker/limits.h"
#include "checker/observation.h"
#include "checker/target/target.h"

struct capture_options;

struct capture_item {
	size_t line;                       /* where it begins */
	char host[LIMIT_HOST_BYTES];       /* canonical; "": the capture names none */
	char address[LIMIT_ADDRESS_BYTES]; /* that was connected to; "": not said */
	char sni[LIMIT_HOST_BYTES];        /* "": none, or not said */
	uint16_t port;                     /* 0: not said */
	enum protocol protocol;
	bool has_time;
	struct instant time;
	enum outcome outcome;
	char why[MESSAGE_TEXT]; /* printable, in the capture's own words; "" for none */
	char version[16], cipher[64];
	bool complete, client_cert_requested;
	VEC(struct der) chain;
	size_t chain_dropped;
	bool lists_more;               /* the capture has certificates above the leaf */
	char fault[MESSAGE_TEXT + 40]; /* a phrase: why it cannot be used; "": it can */
};

void capture_item_reset(struct capture_item *item);
void capture_item_release(struct capture_item *item);
DEFINE_CLEANUP(struct capture_item *, capture_item_release);

/* These note a fault when the text is no such thing; false only without memory. */
void capture_item_host(struct capture_item *item, const char *text);
void capture_item_address(struct capture_item *item, const char *text);
void capture_item_port(struct capture_item *item, const char *text);
void capture_item_time(struct capture_item *item, const char *text);
void capture_item_sni(struct capture_item *item, const char *text);
/* A certificate in PEM, or in base64 alone. */
MUST_USE bool capture_item_certificate(struct capture_item *item, const char *text, size_t len);

/* It came to no chain: how, as WORDS have it, or else OTHERWISE. */
void capture_item_end(struct capture_item *item, const char *words, enum outcome otherwise);

/* The first fault counts; FMT as phrase_say() has it. */
void capture_item_fault(struct capture_item *item, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* One file on its way through a reader. */
struct capture_reading {
	const struct capture_options *options;
	struct lines lines;
	VEC(struct capture_item) items; /* of one line, or of one connection; owned */
	struct s_client *state;         /* capture_s_client.c's */
	size_t found;                   /* items of the file so far */
};

/* Each puts the next items into `items`; false behind the last, and with ERR set for trouble. */
MUST_USE bool capture_tlsx_read(struct capture_reading *reading, struct error *err);
MUST_USE bool capture_zgrab2_read(struct capture_reading *reading, struct error *err);
MUST_USE bool capture_s_client_read(struct capture_reading *reading, struct error *err);

/* One more item of a reading, empty; NULL without memory. */
struct capture_item *capture_reading_add(struct capture_reading *reading);

void capture_s_client_free(struct s_client *state);

#endif
