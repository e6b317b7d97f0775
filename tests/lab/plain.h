/* SPDX-License-Identifier: MIT */
/*
 * plain - what a mail server says before TLS, from the server's side
 *
 * A strict one: a client that speaks before the greeting is over (RFC 5321,
 * 4.3.1), does not say EHLO first, or sends more before STARTTLS was answered,
 * is sent away.
 */
#ifndef TESTS_LAB_PLAIN_H
#define TESTS_LAB_PLAIN_H

#include <stdbool.h>

#include "tests/lab/fleet.h"

/* True when the next byte on FD is TLS. */
bool plain_talk(int fd, enum speech speech, const char *host);

/* All of TEXT; false when the peer is gone. */
bool plain_send(int fd, const char *text);

#endif
