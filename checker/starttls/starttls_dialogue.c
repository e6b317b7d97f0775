/* SPDX-License-Identifier: MIT */
#include "checker/starttls/starttls_dialogue.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"

enum starttls_verdict starttls_fail(struct starttls *starttls, enum outcome outcome,
	const char *what, const char *said, size_t len)
{
	char fault[sizeof starttls->said], heard[sizeof starttls->message];

	starttls->progress = STARTTLS_FAILED;
	starttls->outcome = outcome;
	if (phrase_is(what))
		phrase_say(fault, sizeof fault, "%s", what);
	else
		phrase_make(fault, sizeof fault, what, NULL, 0);
	text_printable(said ? said : "", said ? len : 0, heard, sizeof heard);
	phrase_say(starttls->said, sizeof starttls->said, said ? "%s: %s" : "%s", fault, heard);
	phrase_render(starttls->said, LANGUAGE_EN, starttls->message, sizeof starttls->message);
	return STARTTLS_REFUSED;
}

enum starttls_verdict starttls_leave(
	struct starttls *starttls, const char *what, const char *said, size_t len)
{
	const struct starttls_words *goodbye = &starttls->dialogue->goodbye;

	(void)buf_add(&starttls->out, goodbye->bytes, goodbye->len);
	return starttls_fail(starttls, OUTCOME_STARTTLS, what, said, len);
}

void starttls_say(struct starttls *starttls)
{
	const struct starttls_step *step = &starttls->dialogue->steps[starttls->step];

	(void)buf_add(&starttls->out, step->command.bytes, step->command.len);
	if (step->speak)
		step->speak(starttls);
}

/* The answer is whole: sends the next command, or is through. */
static void advance(struct starttls *starttls)
{
	starttls->reply_bytes = 0;
	starttls->reply_lines = 0;
	if (starttls->step + 1 == starttls->dialogue->count) {
		starttls->progress = STARTTLS_READY;
		return;
	}
	starttls->step++;
	starttls_say(starttls);
}

void starttls_hear(struct starttls *starttls, const char *bytes, size_t len)
{
	const struct starttls_step *step = &starttls->dialogue->steps[starttls->step];

	if (step->hear(starttls, bytes, len) == STARTTLS_HEARD)
		advance(starttls);
}

bool starttls_meets_tls(struct starttls *starttls)
{
	const struct buf *in = &starttls->in;
	char what[80];

	if (in->len > 2 || (in->data[0] != 0x16 && in->data[0] != 0x15))
		return false;
	if (in->len < 2)
		return true;
	if (in->data[1] != 3)
		return false;
	phrase_say(what, sizeof what, "speaks TLS from the first byte; use %s://",
		starttls->dialogue->direct);
	(void)starttls_fail(starttls, OUTCOME_STARTTLS, what, NULL, 0);
	return true;
}
