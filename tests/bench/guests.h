/* SPDX-License-Identifier: MIT */
/*
 * guests - the connections that one process of a farm has at the moment
 *
 * Each is a handshake, then perhaps a request, which is answered, and the end.  Whoever says
 * nothing more is shown out after GUEST_SECONDS.  One process, one thread.
 */
#ifndef TESTS_BENCH_GUESTS_H
#define TESTS_BENCH_GUESTS_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct doors;
struct guest;
struct guests;

#define GUEST_SECONDS 20

/* POLL is an epoll descriptor: it gives back the guest in data.ptr. */
MUST_USE struct guests *guests_new(struct doors *doors, int poll);
void guests_free(struct guests *guests);

/* Takes FD, which came in by door NUMBER, whatever happens. */
void guests_let_in(struct guests *guests, int fd, size_t number);

/* Something can be read or written. */
void guests_attend(struct guests *guests, struct guest *guest);

void guests_show_out(struct guests *guests);

#endif
