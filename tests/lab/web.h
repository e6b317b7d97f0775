/* SPDX-License-Identifier: MIT */
/*
 * web - the lab's HTTP server: certificates and revocation lists where the profile says
 *
 * The first folder of a path chooses a variant of the world:
 *	/...          as it should be
 *	/stale/...    the current intermediates' addresses serve the retired ones' bytes
 *	/mute/...     there is no list
 *	/lapsed/...   the list's nextUpdate is past
 *	/forged/...   the list is signed by another key of the same name
 */
#ifndef TESTS_LAB_WEB_H
#define TESTS_LAB_WEB_H

#include <stddef.h>

struct stock;

#define WEB_PAGES 128

struct web_page {
	char path[96];
	const void *bytes; /* the forge's */
	size_t len;
};

struct web {
	struct web_page pages[WEB_PAGES];
	size_t count;
};

/* Names of the variants, "" first; NULL past the last. */
const char *web_variant(size_t number);

void web_init(struct web *web, struct stock *stock);

/* One request and its answer on FD, which stays the caller's. */
void web_talk(const struct web *web, int fd);

#endif
