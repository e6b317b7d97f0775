/* SPDX-License-Identifier: MIT */
/*
 * service - one listening service of the lab and its conversations
 *
 * Each conversation is a thread of its own with a bound on its time; a service
 * does not change once it is open, so threads share it.
 */
#ifndef TESTS_LAB_SERVICE_H
#define TESTS_LAB_SERVICE_H

#include <stdbool.h>

struct ssl_ctx_st;
struct state;
struct stock;
struct stock_item;

#define SERVICE_SECONDS 30 /* the longest conversation */

struct service {
	const struct state *state;
	const struct stock_item *item;
	struct ssl_ctx_st *ctx;      /* NULL: speaks no TLS */
	struct ssl_ctx_st *nameless; /* for who asks for no name; NULL: nobody may do that */
	char host[256];              /* asked for by SNI */
	int listener;                /* -1: does not listen */
};

/* Makes ready all but the listener. */
void service_init(struct service *service, struct stock *stock, const struct stock_item *item);
void service_release(struct service *service);

/* A listening socket; -1 with errno. */
int service_listen(const char *address, unsigned port);

/* The whole conversation on FD, which stays the caller's. */
void service_talk(const struct service *service, int fd);

#endif
