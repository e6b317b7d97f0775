/* SPDX-License-Identifier: MIT */
/*
 * talk - what a server says before TLS, and what it should get for it
 *
 * A talk is held with a dialogue of starttls.h however its bytes are cut into reads: all at once,
 * byte by byte, and in every pair of pieces.
 */
#ifndef TESTS_TALK_H
#define TESTS_TALK_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/starttls/starttls.h"

/* SAYS is all that the server says, SENT all that it gets; WORDS are in the message. */
struct talk {
	const char *descr;
	enum protocol protocol;
	const char *says, *sent;
	enum starttls_progress progress;
	enum outcome outcome;
	const char *words;
	bool passing;
	size_t says_len, sent_len; /* there may be NULs */
};

#define TALK_PASSING(descr_, protocol_, says_, sent_, progress_, outcome_, words_, passing_)  \
	{                                                                                     \
		.descr = (descr_), .protocol = (protocol_), .says = (says_), .sent = (sent_), \
		.progress = (progress_), .outcome = (outcome_), .words = (words_),            \
		.passing = (passing_), .says_len = sizeof(says_) - 1,                         \
		.sent_len = sizeof(sent_) - 1                                                 \
	}
#define TALK(descr_, protocol_, says_, sent_, progress_, outcome_, words_) \
	TALK_PASSING(descr_, protocol_, says_, sent_, progress_, outcome_, words_, false)
#define TALK_READY(descr_, protocol_, says_, sent_) \
	TALK(descr_, protocol_, says_, sent_, STARTTLS_READY, OUTCOME_SERVED, "")
#define TALK_FAILED(descr_, protocol_, says_, sent_, words_) \
	TALK(descr_, protocol_, says_, sent_, STARTTLS_FAILED, OUTCOME_STARTTLS, words_)
/* Refused, but not for good. */
#define TALK_LATER(descr_, protocol_, says_, sent_, words_) \
	TALK_PASSING(                                       \
		descr_, protocol_, says_, sent_, STARTTLS_FAILED, OUTCOME_STARTTLS, words_, true)

/* Holds it in every way there is to cut it. */
void talk_hold(const struct talk *talk);

/* The server says BEGINS (may be empty) and then AGAIN without an end: that has to end it, within
 * bounds. */
void talk_flood(const char *descr, enum protocol protocol, const char *begins, const char *again);

#endif
