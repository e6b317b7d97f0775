/* SPDX-License-Identifier: MIT */
#include "tests/talk.h"

#include <criterion/criterion.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/limits.h"

/* Takes away what is to be sent. */
static void collect(struct starttls *starttls, struct buf *sent)
{
	buf_add(sent, buf_text(&starttls->out), starttls->out.len);
	buf_clear(&starttls->out);
}

static void expect(const struct talk *talk, const struct starttls *starttls, const struct buf *sent)
{
	size_t len = talk->sent_len;

	cr_expect_eq(starttls->progress, talk->progress, "%s: got %d, '%s'", talk->descr,
		(int)starttls->progress, starttls->message);
	cr_expect_eq(starttls->outcome, talk->outcome, "%s: got %d", talk->descr,
		(int)starttls->outcome);
	cr_expect_eq(starttls->passing, talk->passing, "%s", talk->descr);
	cr_expect(
		strstr(starttls->message, talk->words), "%s: '%s'", talk->descr, starttls->message);
	cr_expect(sent->len == len && memcmp(buf_text(sent), talk->sent, len) == 0,
		"%s: sent %zu: '%s'", talk->descr, sent->len, buf_text(sent));
}

/* Feeds what is said cut into pieces: the first FIRST bytes, then PIECE at a time. */
static void hold(const struct talk *talk, size_t len, size_t first, size_t piece)
{
	struct starttls starttls;
	struct buf sent = BUF_INIT(65536);
	size_t at = 0;

	starttls_init(&starttls, talk->protocol, "scan.example.hk", "www.example.hk");
	collect(&starttls, &sent);
	while (at < len) {
		size_t part = at == 0 && first > 0 ? first : piece;

		if (part > len - at)
			part = len - at;
		enum starttls_progress progress = starttls_feed(&starttls, talk->says + at, part);
		collect(&starttls, &sent);
		at += part;
		/* Nobody feeds a dialogue that is over: the rest belongs to TLS. */
		if (progress != STARTTLS_MORE)
			break;
	}
	expect(talk, &starttls, &sent);
	buf_release(&sent);
	starttls_release(&starttls);
}

void talk_hold(const struct talk *talk)
{
	size_t len = talk->says_len;

	hold(talk, len, 0, len);
	hold(talk, len, 0, 1);
	for (size_t first = 1; first < len; first++)
		hold(talk, len, first, len);
}

void talk_flood(const char *descr, enum protocol protocol, const char *begins, const char *again)
{
	struct starttls starttls;
	size_t said = 0;

	starttls_init(&starttls, protocol, "scan.example.hk", "www.example.hk");
	(void)starttls_feed(&starttls, begins, strlen(begins));
	while (starttls.progress == STARTTLS_MORE && said < 2 * LIMIT_GREETING_BYTES) {
		(void)starttls_feed(&starttls, again, strlen(again));
		said += strlen(again);
	}
	cr_expect_eq(starttls.progress, STARTTLS_FAILED, "%s", descr);
	cr_expect_eq(starttls.outcome, OUTCOME_LIMIT, "%s: %s", descr, starttls.message);
	cr_expect_leq(starttls.in.room, 2 * LIMIT_GREETING_BYTES, "%s", descr);
	starttls_release(&starttls);
}
