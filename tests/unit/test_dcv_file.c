/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/dcv_stage.h"

static struct dcv_stage stage;

static void set_up(void)
{
	dcv_stage_init(&stage);
}

static void tear_down(void)
{
	dcv_stage_release(&stage);
}

TestSuite(dcv_file, .init = set_up, .fini = tear_down);

/* What a row does to all of a kind. */
static void every_body(struct dcv_seen *seen, const char *text)
{
	for (size_t i = 0; i < seen->visits.count; i++)
		dcv_stage_body(VISIT(i), text);
}

static void no_texts(struct dcv_seen *seen)
{
	for (size_t i = 0; i < seen->looks.count; i++)
		dcv_stage_no_text(LOOK(i));
}

static void well(struct dcv_seen *seen)
{
	(void)seen;
}

static void wrong_at_one(struct dcv_seen *seen)
{
	dcv_stage_body(VISIT(2), "another");
	no_texts(seen);
}

static void marked(struct dcv_seen *seen)
{
	every_body(seen, "\xef\xbb\xbf" DCV_CODE);
}

static void line_end(struct dcv_seen *seen)
{
	every_body(seen, DCV_CODE "\r\n");
}

static void page(struct dcv_seen *seen)
{
	every_body(seen, "<html>" DCV_CODE);
	(void)snprintf(VISIT(0)->type, sizeof VISIT(0)->type, "text/html; charset=utf-8");
}

static void typed(struct dcv_seen *seen)
{
	(void)snprintf(VISIT(0)->type, sizeof VISIT(0)->type, "text/html");
}

static void large(struct dcv_seen *seen)
{
	VISIT(0)->too_large = true;
}

static void packed(struct dcv_seen *seen)
{
	dcv_stage_body(VISIT(0), "\x1f\x8b");
	(void)snprintf(VISIT(0)->encoding, sizeof VISIT(0)->encoding, "gzip");
}

static void no_https(struct dcv_seen *seen)
{
	dcv_stage_end(VISIT(1), DCV_END_FAILED);
	dcv_stage_end(VISIT(3), DCV_END_FAILED);
}

static void no_six(struct dcv_seen *seen)
{
	dcv_stage_end(VISIT(2), DCV_END_FAILED);
	dcv_stage_end(VISIT(3), DCV_END_FAILED);
}

static void no_route(struct dcv_seen *seen)
{
	dcv_stage_end(VISIT(2), DCV_END_NO_ROUTE);
	dcv_stage_end(VISIT(3), DCV_END_NO_ROUTE);
}

static void no_address(struct dcv_seen *seen)
{
	seen->addresses.count = 0;
}

static void address_unknown(struct dcv_seen *seen)
{
	seen->addresses.count = 0;
	seen->addresses_why = "no answer";
}

static void within(struct dcv_seen *seen)
{
	seen->addresses.items[1].is_private = true;
}

static void redirected(struct dcv_seen *seen)
{
	struct dcv_visit *visit = VISIT(0);

	visit->hops.items[0].status = 301;
	visit->hops.items[0].location = strdup("https://" DCV_NAME "/x");
	(void)dcv_stage_hop(visit, "https://" DCV_NAME "/x", 200);
}

static void redirected_to_smtp(struct dcv_seen *seen)
{
	redirected(seen);
	free(VISIT(0)->hops.items[0].location);
	VISIT(0)->hops.items[0].location = strdup("http://" DCV_NAME ":25/x");
}

static void redirected_by_303(struct dcv_seen *seen)
{
	VISIT(0)->hops.items[0].status = 303;
	VISIT(0)->hops.items[0].location = strdup("https://" DCV_NAME "/x");
}

static void redirected_to_8080(struct dcv_seen *seen)
{
	redirected_by_303(seen);
	VISIT(0)->hops.items[0].status = 302;
	free(VISIT(0)->hops.items[0].location);
	VISIT(0)->hops.items[0].location = strdup("http://" DCV_NAME ":8080/x");
}

static void redirected_within(struct dcv_seen *seen)
{
	VISIT(0)->hops.items[0].status = 302;
	VISIT(0)->hops.items[0].location = strdup("http://a.example/x");
	VISIT(0)->end = DCV_END_PRIVATE;
}

static void redirected_for_ever(struct dcv_seen *seen)
{
	redirected_within(seen);
	VISIT(0)->end = DCV_END_MANY;
}

static void redirected_to_silence(struct dcv_seen *seen)
{
	redirected(seen);
	VISIT(0)->hops.items[1].status = 0;
	VISIT(0)->end = DCV_END_FAILED;
}

static void other_addresses(struct dcv_seen *seen)
{
	for (size_t i = 0; i < 2; i++) {
		cr_assert(vec_reserve(&LOOK(i)->addresses));
		LOOK(i)->addresses.items[LOOK(i)->addresses.count++] = strdup(i ? DCV_V4 : DCV_V6);
	}
}

static void self_signed(struct dcv_seen *seen)
{
	VISIT(1)->certificate = "self-signed";
}

static void more_addresses(struct dcv_seen *seen)
{
	seen->addresses_dropped = 1;
}

static const struct dcv_row rows[] = {
	{ "more addresses than are visited", more_addresses, DCV_PASS, DCV_OPEN, DCV_PASS,
		DCV_FAULT_FILE_ADDRESSES_CUT },
	{ "all well", well, DCV_PASS, DCV_PASS, DCV_PASS, DCV_NONE },
	{ "one address of two is wrong", wrong_at_one, DCV_FAIL, DCV_FAIL, DCV_FAIL,
		DCV_FAULT_FILE_DIFFERS },
	{ "... which the record makes good", no_https, DCV_PASS, DCV_PASS, DCV_PASS,
		DCV_FAULT_FILE_ONE_SCHEME },
	{ "a byte order mark", marked, DCV_PASS, DCV_FAIL, DCV_PASS, DCV_FAULT_FILE_DIFFERS },
	{ "a line end", line_end, DCV_PASS, DCV_PASS, DCV_PASS, DCV_FAULT_FILE_ENDS },
	{ "a page", page, DCV_PASS, DCV_FAIL, DCV_PASS, DCV_FAULT_FILE_MORE },
	{ "a type", typed, DCV_PASS, DCV_PASS, DCV_PASS, DCV_FAULT_FILE_TYPE },
	{ "too large", large, DCV_PASS, DCV_FAIL, DCV_PASS, DCV_FAULT_FILE_TOO_LARGE },
	{ "compressed", packed, DCV_PASS, DCV_FAIL, DCV_PASS, DCV_FAULT_FILE_DIFFERS },
	{ "no file", dcv_stage_without_file, DCV_PASS, DCV_FAIL, DCV_PASS, DCV_FAULT_FILE_STATUS },
	{ "one address is dead", no_six, DCV_PASS, DCV_FAIL, DCV_PASS, DCV_FAULT_FILE_UNREACHABLE },
	{ "one cannot be reached from here", no_route, DCV_PASS, DCV_OPEN, DCV_PASS,
		DCV_FAULT_FILE_NO_ROUTE },
	{ "no address", no_address, DCV_PASS, DCV_FAIL, DCV_PASS, DCV_FAULT_FILE_NO_ADDRESS },
	{ "unknown addresses", address_unknown, DCV_PASS, DCV_OPEN, DCV_PASS,
		DCV_FAULT_FILE_ADDRESS_UNKNOWN },
	{ "an address within", within, DCV_PASS, DCV_FAIL, DCV_PASS, DCV_FAULT_FILE_PRIVATE },
	{ "a redirect", redirected, DCV_PASS, DCV_PASS, DCV_PASS, DCV_NONE },
	{ "a redirect to port 25", redirected_to_smtp, DCV_PASS, DCV_PASS, DCV_PASS,
		DCV_FAULT_FILE_REDIRECT_PORT },
	{ "a redirect by 303", redirected_by_303, DCV_PASS, DCV_FAIL, DCV_PASS,
		DCV_FAULT_FILE_REDIRECT },
	{ "a redirect to port 8080", redirected_to_8080, DCV_PASS, DCV_FAIL, DCV_PASS,
		DCV_FAULT_FILE_REDIRECT },
	{ "a redirect within", redirected_within, DCV_PASS, DCV_FAIL, DCV_PASS,
		DCV_FAULT_FILE_REDIRECT_LOST },
	{ "redirects without an end", redirected_for_ever, DCV_PASS, DCV_FAIL, DCV_PASS,
		DCV_FAULT_FILE_REDIRECT_LOST },
	{ "a redirect to nobody", redirected_to_silence, DCV_PASS, DCV_FAIL, DCV_PASS,
		DCV_FAULT_FILE_REDIRECT_LOST },
	{ "resolvers with other addresses", other_addresses, DCV_PASS, DCV_PASS, DCV_PASS,
		DCV_FAULT_RESOLVERS_DIFFER },
	{ "a certificate that does not verify", self_signed, DCV_PASS, DCV_PASS, DCV_PASS,
		DCV_FAULT_FILE_CERTIFICATE },
};

Test(dcv_file, is_judged)
{
	dcv_stage_rows(&stage, rows, ARRAY_LEN(rows));
}
