/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/lang.h"
#include "checker/base/phrase.h"
#include "checker/dcv/dcv_seen.h"
#include "checker/dns/dns_message.h"
#include "rules/dcv/dcv.h"
#include "rules/profile/profile.h"

#define CODE "4f1c9a7be02d"
#define NAME "www.example.hk"
#define V4 "203.0.113.7"
#define V6 "2001:db8::7"

static struct profile *profile;
static struct buf file = BUF_INIT(1000);

static void set_up(void)
{
	struct error err = { .code = ERROR_NONE };

	profile = profile_load("hongkong-post", &err);
	cr_assert_not_null(profile, "%s", err.text);
	cr_assert(buf_add_text(&file, CODE));
}

static void tear_down(void)
{
	profile_free(profile);
	buf_release(&file);
}

TestSuite(dcv, .init = set_up, .fini = tear_down);

static struct instant day(const char *text)
{
	struct instant instant;

	cr_assert(instant_parse(text, &instant));
	return instant;
}

/* --- Something seen, all well; what a row changes is its own --- */

static struct dcv_look *add_look(struct dcv_seen *seen, const char *host, const char *address)
{
	cr_assert(vec_reserve(&seen->looks));
	struct dcv_look *look = &seen->looks.items[seen->looks.count++];
	*look = (struct dcv_look){ .is_resolver = !host,
		.answered = true,
		.authoritative = host != NULL,
		.has_serial = host != NULL,
		.serial = 1 };
	(void)snprintf(look->host, sizeof look->host, "%s", host ? host : "");
	(void)snprintf(look->address, sizeof look->address, "%s", address);
	cr_assert(dcv_text_add(&look->texts, CODE, strlen(CODE), 3600));
	return look;
}

static struct dcv_hop *add_hop(struct dcv_visit *visit, const char *url, long status)
{
	cr_assert(vec_reserve(&visit->hops));
	struct dcv_hop *hop = &visit->hops.items[visit->hops.count++];
	*hop = (struct dcv_hop){ .url = strdup(url), .status = status };
	(void)snprintf(hop->address, sizeof hop->address, "%s", visit->address);
	return hop;
}

static void add_visit(struct dcv_seen *seen, const char *address, bool https)
{
	cr_assert(vec_reserve(&seen->visits));
	struct dcv_visit *visit = &seen->visits.items[seen->visits.count++];
	*visit = (struct dcv_visit){ .https = https, .body = BUF_INIT(1000) };
	(void)snprintf(visit->address, sizeof visit->address, "%s", address);
	(void)add_hop(visit, https ? "https://" NAME "/x" : "http://" NAME "/x", 200);
	cr_assert(buf_add_text(&visit->body, CODE));
}

static void add_address(struct dcv_seen *seen, const char *address)
{
	cr_assert(vec_reserve(&seen->addresses));
	struct dcv_address *one = &seen->addresses.items[seen->addresses.count++];
	*one = (struct dcv_address){ .is_private = false };
	(void)snprintf(one->text, sizeof one->text, "%s", address);
	add_visit(seen, address, false);
	add_visit(seen, address, true);
}

static void make_seen(struct dcv_seen *seen)
{
	*seen = (struct dcv_seen){ .name = NAME,
		.at = NAME,
		.zone = "example.hk",
		.keys = DCV_KEYS_NONE,
		.mail = DCV_MAIL_THERE };
	(void)add_look(seen, NULL, "192.0.2.53:53");
	(void)add_look(seen, NULL, "198.51.100.53:53");
	(void)add_look(seen, "ns1.example.hk", "203.0.113.1");
	(void)add_look(seen, "ns2.example.hk", "203.0.113.2");
	add_address(seen, V4);
	add_address(seen, V6);
}

static void set_text(struct dcv_look *look, const char *text)
{
	free(look->texts.items[0].bytes);
	cr_assert(dcv_text_set(&look->texts.items[0], text, strlen(text), 3600));
}

static void no_text(struct dcv_look *look)
{
	free(look->texts.items[0].bytes);
	look->texts.count = 0;
}

#define LOOK(number) (&seen->looks.items[number])
#define VISIT(number) (&seen->visits.items[number])

static void set_body(struct dcv_visit *visit, const char *text)
{
	buf_clear(&visit->body);
	cr_assert(buf_add_text(&visit->body, text));
}

static void end(struct dcv_visit *visit, enum dcv_end how)
{
	visit->end = how;
	visit->hops.items[0].status = 0;
	(void)snprintf(visit->why, sizeof visit->why, "refused");
}

/* What a row does to all of a kind. */
static void every_body(struct dcv_seen *seen, const char *text)
{
	for (size_t i = 0; i < seen->visits.count; i++)
		set_body(VISIT(i), text);
}

static void every_server(struct dcv_seen *seen, const char *text)
{
	for (size_t i = 0; i < seen->looks.count; i++)
		set_text(LOOK(i), text);
}

static void without_file(struct dcv_seen *seen)
{
	for (size_t i = 0; i < seen->visits.count; i++)
		VISIT(i)->hops.items[0].status = 404;
}

static void no_texts(struct dcv_seen *seen)
{
	for (size_t i = 0; i < seen->looks.count; i++)
		no_text(LOOK(i));
}

static void well(struct dcv_seen *seen)
{
	(void)seen;
}

static void wrong_at_one(struct dcv_seen *seen)
{
	set_body(VISIT(2), "another");
	no_texts(seen);
}

static void marked(struct dcv_seen *seen)
{
	every_body(seen, "\xef\xbb\xbf" CODE);
}

static void line_end(struct dcv_seen *seen)
{
	every_body(seen, CODE "\r\n");
}

static void page(struct dcv_seen *seen)
{
	every_body(seen, "<html>" CODE);
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
	set_body(VISIT(0), "\x1f\x8b");
	(void)snprintf(VISIT(0)->encoding, sizeof VISIT(0)->encoding, "gzip");
}

static void no_https(struct dcv_seen *seen)
{
	end(VISIT(1), DCV_END_FAILED);
	end(VISIT(3), DCV_END_FAILED);
}

static void no_six(struct dcv_seen *seen)
{
	end(VISIT(2), DCV_END_FAILED);
	end(VISIT(3), DCV_END_FAILED);
}

static void no_route(struct dcv_seen *seen)
{
	end(VISIT(2), DCV_END_NO_ROUTE);
	end(VISIT(3), DCV_END_NO_ROUTE);
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
	visit->hops.items[0].location = strdup("https://" NAME "/x");
	(void)add_hop(visit, "https://" NAME "/x", 200);
}

static void redirected_to_smtp(struct dcv_seen *seen)
{
	redirected(seen);
	free(VISIT(0)->hops.items[0].location);
	VISIT(0)->hops.items[0].location = strdup("http://" NAME ":25/x");
}

static void redirected_by_303(struct dcv_seen *seen)
{
	VISIT(0)->hops.items[0].status = 303;
	VISIT(0)->hops.items[0].location = strdup("https://" NAME "/x");
}

static void redirected_to_8080(struct dcv_seen *seen)
{
	redirected_by_303(seen);
	VISIT(0)->hops.items[0].status = 302;
	free(VISIT(0)->hops.items[0].location);
	VISIT(0)->hops.items[0].location = strdup("http://" NAME ":8080/x");
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
		LOOK(i)->addresses.items[LOOK(i)->addresses.count++] = strdup(i ? V4 : V6);
	}
}

static void self_signed(struct dcv_seen *seen)
{
	VISIT(1)->certificate = "self-signed";
}

static void one_server_without(struct dcv_seen *seen)
{
	without_file(seen);
	no_text(LOOK(3));
	LOOK(3)->serial = 2;
}

static void quoted(struct dcv_seen *seen)
{
	without_file(seen);
	every_server(seen, "\"" CODE "\"");
}

static void stale(struct dcv_seen *seen)
{
	without_file(seen);
	no_text(LOOK(0));
	LOOK(0)->negative_ttl = 300;
}

static void short_lived(struct dcv_seen *seen)
{
	without_file(seen);
	LOOK(2)->texts.items[0].ttl = 60;
	LOOK(3)->texts.items[0].ttl = 60;
}

static void lame(struct dcv_seen *seen)
{
	without_file(seen);
	LOOK(2)->authoritative = false;
	LOOK(3)->code = DNS_REFUSED;
	no_text(LOOK(3));
}

static void one_lame(struct dcv_seen *seen)
{
	without_file(seen);
	LOOK(3)->code = DNS_REFUSED;
	no_text(LOOK(3));
}

static void one_dead(struct dcv_seen *seen)
{
	without_file(seen);
	LOOK(3)->answered = false;
	no_text(LOOK(3));
}

static void too_many_texts(struct dcv_seen *seen)
{
	without_file(seen);
	every_server(seen, "v=spf1 -all");
	LOOK(2)->texts_dropped = 3;
}

static void above(struct dcv_seen *seen)
{
	without_file(seen);
	no_texts(seen);
	cr_assert(vec_reserve(&seen->parents));
	struct dcv_parent *parent = &seen->parents.items[seen->parents.count++];
	*parent = (struct dcv_parent){ .name = "example.hk" };
	cr_assert(dcv_text_add(&parent->texts, CODE, strlen(CODE), 3600));
}

static void aliased(struct dcv_seen *seen)
{
	(void)snprintf(seen->at, sizeof seen->at, "cdn.example");
}

static void with_caa(struct dcv_seen *seen, const char *tag, const char *value)
{
	struct caa_record *record = &seen->caa.records[seen->caa.count++];

	seen->caa.status = CAA_FOUND;
	(void)snprintf(seen->caa.domain, sizeof seen->caa.domain, "example.hk");
	(void)snprintf(record->tag, sizeof record->tag, "%s", tag);
	(void)snprintf(record->value, sizeof record->value, "%s", value);
}

static void other_ca(struct dcv_seen *seen)
{
	with_caa(seen, "issue", "letsencrypt.org");
}

static void this_ca(struct dcv_seen *seen)
{
	with_caa(seen, "issue", "HongkongPost.gov.hk");
	with_caa(seen, "issuewild", ";");
}

static void caa_unknown(struct dcv_seen *seen)
{
	seen->caa.status = CAA_UNKNOWN;
	seen->caa.why = "SERVFAIL";
}

static void caa_bogus(struct dcv_seen *seen)
{
	caa_unknown(seen);
	seen->caa_bogus = true;
}

static void bogus(struct dcv_seen *seen)
{
	seen->keys = DCV_KEYS_MATCH;
	LOOK(1)->bogus = true;
	no_text(LOOK(1));
}

static void other_keys(struct dcv_seen *seen)
{
	seen->keys = DCV_KEYS_DIFFER;
}

static void other_keys_but_checked(struct dcv_seen *seen)
{
	seen->keys = DCV_KEYS_DIFFER;
	LOOK(0)->authentic = true;
}

static void signed_until(struct dcv_seen *seen, const char *time)
{
	seen->keys = DCV_KEYS_MATCH;
	LOOK(2)->is_signed = true;
	LOOK(2)->signed_until = day(time);
}

static void signed_well(struct dcv_seen *seen)
{
	signed_until(seen, "2026-12-11");
	LOOK(0)->authentic = true;
}

static void signed_unchecked(struct dcv_seen *seen)
{
	signed_until(seen, "2026-12-11");
}

static void signed_soon(struct dcv_seen *seen)
{
	signed_until(seen, "2026-11-27T11:59:59Z");
}

static void signed_before(struct dcv_seen *seen)
{
	signed_until(seen, "2026-11-26T23:59:59Z");
}

static void signed_for_nobody(struct dcv_seen *seen)
{
	signed_until(seen, "2026-11-26");
	seen->keys = DCV_KEYS_NONE;
}

#define NONE DCV_FAULT_COUNT

static const struct {
	const char *descr;
	void (*change)(struct dcv_seen *seen);
	enum dcv_outcome outcome, file, dns;
	enum dcv_fault fault; /* that is found */
} rows[] = {
	{ "all well", well, DCV_PASS, DCV_PASS, DCV_PASS, NONE },
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
	{ "no file", without_file, DCV_PASS, DCV_FAIL, DCV_PASS, DCV_FAULT_FILE_STATUS },
	{ "one address is dead", no_six, DCV_PASS, DCV_FAIL, DCV_PASS, DCV_FAULT_FILE_UNREACHABLE },
	{ "one cannot be reached from here", no_route, DCV_PASS, DCV_OPEN, DCV_PASS,
		DCV_FAULT_FILE_NO_ROUTE },
	{ "no address", no_address, DCV_PASS, DCV_FAIL, DCV_PASS, DCV_FAULT_FILE_NO_ADDRESS },
	{ "unknown addresses", address_unknown, DCV_PASS, DCV_OPEN, DCV_PASS,
		DCV_FAULT_FILE_ADDRESS_UNKNOWN },
	{ "an address within", within, DCV_PASS, DCV_FAIL, DCV_PASS, DCV_FAULT_FILE_PRIVATE },
	{ "a redirect", redirected, DCV_PASS, DCV_PASS, DCV_PASS, NONE },
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
	{ "no record", above, DCV_FAIL, DCV_FAIL, DCV_FAIL, DCV_FAULT_TXT_MISSING },
	{ "a server without it", one_server_without, DCV_FAIL, DCV_FAIL, DCV_FAIL,
		DCV_FAULT_TXT_SERVERS },
	{ "... and another version", one_server_without, DCV_FAIL, DCV_FAIL, DCV_FAIL,
		DCV_FAULT_SERVER_SERIALS },
	{ "quotation marks", quoted, DCV_FAIL, DCV_FAIL, DCV_FAIL, DCV_FAULT_TXT_DIFFERS },
	{ "a resolver that remembers", stale, DCV_PASS, DCV_FAIL, DCV_PASS, DCV_FAULT_TXT_STALE },
	{ "a short time to live", short_lived, DCV_PASS, DCV_FAIL, DCV_PASS, DCV_FAULT_TXT_TTL },
	{ "one lame server", one_lame, DCV_PASS, DCV_FAIL, DCV_PASS, DCV_FAULT_SERVER_LAME },
	{ "one dead server", one_dead, DCV_PASS, DCV_FAIL, DCV_PASS, DCV_FAULT_SERVER_SILENT },
	{ "no server that speaks", lame, DCV_OPEN, DCV_FAIL, DCV_OPEN, DCV_FAULT_SERVERS_UNKNOWN },
	{ "too many records", too_many_texts, DCV_OPEN, DCV_FAIL, DCV_OPEN, DCV_FAULT_TXT_CUT },
	{ "an alias", aliased, DCV_PASS, DCV_PASS, DCV_PASS, DCV_FAULT_ALIAS },
	{ "another CA", other_ca, DCV_FAIL, DCV_FAIL, DCV_FAIL, DCV_FAULT_CAA_FORBIDS },
	{ "this CA", this_ca, DCV_PASS, DCV_PASS, DCV_PASS, NONE },
	{ "CAA that cannot be had", caa_unknown, DCV_OPEN, DCV_PASS, DCV_PASS,
		DCV_FAULT_CAA_UNKNOWN },
	{ "CAA that is bogus", caa_bogus, DCV_FAIL, DCV_FAIL, DCV_FAIL, DCV_FAULT_CAA_BOGUS },
	{ "bogus for one resolver", bogus, DCV_FAIL, DCV_FAIL, DCV_FAIL, DCV_FAULT_DNSSEC_BOGUS },
	{ "other keys", other_keys, DCV_FAIL, DCV_FAIL, DCV_FAIL, DCV_FAULT_DNSSEC_KEYS },
	{ "... though somebody validates", other_keys_but_checked, DCV_PASS, DCV_PASS, DCV_PASS,
		NONE },
	{ "signed", signed_well, DCV_PASS, DCV_PASS, DCV_PASS, NONE },
	{ "signed, unchecked", signed_unchecked, DCV_PASS, DCV_PASS, DCV_PASS,
		DCV_FAULT_DNSSEC_UNCHECKED },
	{ "signed for half a day", signed_soon, DCV_PASS, DCV_PASS, DCV_PASS,
		DCV_FAULT_DNSSEC_ENDS },
	{ "signed until yesterday", signed_before, DCV_FAIL, DCV_FAIL, DCV_FAIL,
		DCV_FAULT_DNSSEC_EXPIRED },
	{ "... which nobody is told to mind", signed_for_nobody, DCV_PASS, DCV_PASS, DCV_PASS,
		NONE },
};

static struct dcv_request ask(void)
{
	struct dcv_request request = { .profile = profile,
		.product = profile_product_by_id(profile, "server"),
		.names = 1,
		.code = { .file = &file },
		.now = day("2026-11-27") };

	dcv_code_of_file(&request.code);
	return request;
}

static bool has(const struct dcv_verdict *verdict, enum dcv_fault fault)
{
	for (size_t i = 0; i < verdict->findings.count; i++)
		if (verdict->findings.items[i].fault == fault)
			return true;
	return false;
}

/* More than the e-mail that nobody can look at. */
static size_t grave(const struct dcv_verdict *verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < verdict->findings.count; i++) {
		const struct dcv_fault_row *row = dcv_fault_row(verdict->findings.items[i].fault);
		count += row->method != DCV_EMAIL;
	}
	return count;
}

Test(dcv, judges_what_was_seen)
{
	const struct dcv_request request = ask();

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct dcv_seen seen;
		struct dcv_verdict verdict;

		make_seen(&seen);
		rows[i].change(&seen);
		dcv_judge(&request, &seen, &verdict);
		cr_expect_eq(verdict.outcome, rows[i].outcome, "%s: %s", rows[i].descr,
			dcv_outcome_name(verdict.outcome));
		cr_expect_eq(verdict.methods[DCV_FILE], rows[i].file, "%s: file %s", rows[i].descr,
			dcv_outcome_name(verdict.methods[DCV_FILE]));
		cr_expect_eq(verdict.methods[DCV_DNS], rows[i].dns, "%s: dns %s", rows[i].descr,
			dcv_outcome_name(verdict.methods[DCV_DNS]));
		if (rows[i].fault == NONE)
			cr_expect_eq(grave(&verdict), 0u, "%s: %s", rows[i].descr,
				verdict.findings.items[0].said);
		else
			cr_expect(has(&verdict, rows[i].fault), "%s", rows[i].descr);
		dcv_verdict_release(&verdict);
		dcv_seen_release(&seen);
	}
}

/* --- What the request and the profile say --- */

static const struct {
	const char *descr, *name, *product, *now, *issued;
	size_t names;
	bool wildcard;
	unsigned methods;
	enum dcv_outcome outcome;
	enum dcv_fault fault;
} requests[] = {
	{ "a wildcard", "example.hk", "wildcard", "2026-11-27", NULL, 1, true, 0, DCV_PASS, NONE },
	{ "a wildcard by a file", "example.hk", "wildcard", "2026-11-27", NULL, 1, true,
		PROFILE_METHOD_FILE, DCV_FAIL, DCV_FAULT_METHOD_NOT_OFFERED },
	{ "a wildcard of another product", "example.hk", "server", "2026-11-27", NULL, 1, true, 0,
		DCV_FAIL, DCV_FAULT_PRODUCT_WILDCARD },
	{ "two names for one", NAME, "server", "2026-11-27", NULL, 2, false, 0, DCV_FAIL,
		DCV_FAULT_PRODUCT_NAMES },
	{ "fifty for fifty", NAME, "multi-domain", "2026-11-27", NULL, 50, false, 0, DCV_PASS,
		NONE },
	{ "fifty-one", NAME, "multi-domain", "2026-11-27", NULL, 51, false, 0, DCV_FAIL,
		DCV_FAULT_PRODUCT_NAMES },
	{ "e-mail for many", NAME, "multi-domain", "2026-11-27", NULL, 2, false,
		PROFILE_METHOD_EMAIL, DCV_FAIL, DCV_FAULT_METHOD_NOT_OFFERED },
	{ "e-mail for one", NAME, "server", "2026-11-27", NULL, 1, false, PROFILE_METHOD_EMAIL,
		DCV_OPEN, DCV_FAULT_MAIL_UNREAD },
	{ "e-mail, before it was discouraged", NAME, "server", "2026-03-14", NULL, 1, false,
		PROFILE_METHOD_EMAIL, DCV_EXEMPT, DCV_FAULT_EXEMPT },
	{ "e-mail's last day", NAME, "server", "2028-03-14", NULL, 1, false, PROFILE_METHOD_EMAIL,
		DCV_OPEN, DCV_FAULT_MAIL_DISCOURAGED },
	{ "e-mail's end", NAME, "server", "2028-03-15", NULL, 1, false, PROFILE_METHOD_EMAIL,
		DCV_FAIL, DCV_FAULT_MAIL_ENDED },
	{ "EV, of which nothing is said", NAME, "ev", "2026-11-27", NULL, 1, false, 0, DCV_PASS,
		DCV_FAULT_METHODS_UNSAID },
	{ "the government", "www.example.gov.hk", "server", "2026-11-27", NULL, 1, false, 0,
		DCV_EXEMPT, DCV_FAULT_EXEMPT },
	{ "the government, in Chinese", "x.xn--mxtq1m.xn--j6w193g", "server", "2026-11-27", NULL, 1,
		false, 0, DCV_EXEMPT, DCV_FAULT_EXEMPT },
	{ "who only looks like it", "notgov.hk", "server", "2026-11-27", NULL, 1, false, 0,
		DCV_PASS, NONE },
	{ "a suffix", "com.hk", "server", "2026-11-27", NULL, 1, false, 0, DCV_FAIL,
		DCV_FAULT_NAME_SUFFIX },
	{ "one label", "intranet", "server", "2026-11-27", NULL, 1, false, 0, DCV_FAIL,
		DCV_FAULT_NAME_SUFFIX },
	{ "a code of today", NAME, "server", "2026-11-27", "2026-11-27", 1, false, 0, DCV_PASS,
		NONE },
	{ "a code with four days left", NAME, "server", "2026-11-27", "2026-11-01", 1, false, 0,
		DCV_PASS, NONE },
	{ "three", NAME, "server", "2026-11-27", "2026-10-31", 1, false, 0, DCV_PASS,
		DCV_FAULT_CODE_ENDS },
	{ "its last day", NAME, "server", "2026-11-27", "2026-10-28", 1, false, 0, DCV_PASS,
		DCV_FAULT_CODE_ENDS },
	{ "too late", NAME, "server", "2026-11-27", "2026-10-27", 1, false, 0, DCV_FAIL,
		DCV_FAULT_CODE_EXPIRED },
	{ "too early", NAME, "server", "2026-11-27", "2026-11-28", 1, false, 0, DCV_PASS,
		DCV_FAULT_CODE_AHEAD },
};

Test(dcv, judges_by_request_and_profile)
{
	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		struct dcv_request request = ask();
		struct dcv_seen seen;
		struct dcv_verdict verdict;

		make_seen(&seen);
		(void)snprintf(seen.name, sizeof seen.name, "%s", requests[i].name);
		(void)snprintf(seen.at, sizeof seen.at, "%s", requests[i].name);
		seen.is_wildcard = requests[i].wildcard;
		request.product = profile_product_by_id(profile, requests[i].product);
		request.names = requests[i].names;
		request.methods = requests[i].methods;
		request.now = day(requests[i].now);
		request.has_issued = requests[i].issued;
		if (requests[i].issued)
			request.issued = day(requests[i].issued);
		dcv_judge(&request, &seen, &verdict);
		cr_expect_eq(verdict.outcome, requests[i].outcome, "%s: %s", requests[i].descr,
			dcv_outcome_name(verdict.outcome));
		if (requests[i].fault == NONE)
			cr_expect_eq(grave(&verdict), 0u, "%s: %s", requests[i].descr,
				verdict.findings.items[0].said);
		else
			cr_expect(has(&verdict, requests[i].fault), "%s", requests[i].descr);
		dcv_verdict_release(&verdict);
		dcv_seen_release(&seen);
	}
}

Test(dcv, a_wildcard_has_a_tag_of_its_own)
{
	struct dcv_request request = ask();
	struct dcv_seen seen;
	struct dcv_verdict verdict;

	request.product = profile_product_by_id(profile, "wildcard");
	make_seen(&seen);
	seen.is_wildcard = true;
	this_ca(&seen);
	dcv_judge(&request, &seen, &verdict);
	cr_expect(has(&verdict, DCV_FAULT_CAA_FORBIDS));
	cr_expect_str_eq(verdict.name, "*." NAME);
	dcv_verdict_release(&verdict);
	dcv_seen_release(&seen);
}

Test(dcv, passes_by_nothing_that_was_not_compared)
{
	struct dcv_request request = ask();
	struct dcv_seen seen;
	struct dcv_verdict verdict;

	request.code = (struct dcv_code){ .file = NULL };
	make_seen(&seen);
	dcv_judge(&request, &seen, &verdict);
	cr_expect_eq(verdict.outcome, DCV_OPEN);
	cr_expect(has(&verdict, DCV_FAULT_FILE_NOT_COMPARED));
	cr_expect(has(&verdict, DCV_FAULT_TXT_NOT_COMPARED));
	dcv_verdict_release(&verdict);
	dcv_seen_release(&seen);
}

Test(dcv, has_one_method_for_all_names)
{
	const struct dcv_request request = ask();
	struct dcv_verdict both[2] = { { .outcome = DCV_PASS }, { .outcome = DCV_PASS } };

	both[0].methods[DCV_FILE] = DCV_PASS;
	both[0].methods[DCV_DNS] = DCV_FAIL;
	both[1].methods[DCV_FILE] = DCV_FAIL;
	both[1].methods[DCV_DNS] = DCV_PASS;
	both[0].methods[DCV_EMAIL] = both[1].methods[DCV_EMAIL] = DCV_NOT_OFFERED;
	cr_expect_eq(dcv_by_method(both, 2, DCV_FILE), DCV_FAIL);
	cr_expect_eq(dcv_whole(&request, both, 2), DCV_FAIL);
	both[0].methods[DCV_DNS] = DCV_PASS;
	cr_expect_eq(dcv_whole(&request, both, 2), DCV_PASS);
	both[1].outcome = DCV_OPEN;
	cr_expect_eq(dcv_whole(&request, both, 2), DCV_OPEN);
	both[0].outcome = DCV_EXEMPT;
	both[1] = both[0];
	cr_expect_eq(dcv_whole(&request, both, 2), DCV_EXEMPT);
}

Test(dcv, knows_how_many_look)
{
	static const struct {
		const char *day;
		unsigned count;
	} table[] = { { "2025-09-14", 0 }, { "2025-09-15", 2 }, { "2026-03-15", 3 },
		{ "2026-11-27", 4 }, { "2026-12-14", 4 }, { "2026-12-15", 5 } };

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		cr_expect_eq(
			dcv_perspectives(day(table[i].day)), table[i].count, "%s", table[i].day);
}

Test(dcv, never_says_the_code)
{
	const struct dcv_request request = ask();

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct dcv_seen seen;
		struct dcv_verdict verdict;

		make_seen(&seen);
		rows[i].change(&seen);
		dcv_judge(&request, &seen, &verdict);
		for (size_t f = 0; f < verdict.findings.count; f++) {
			char text[1000];

			phrase_render(
				verdict.findings.items[f].said, LANGUAGE_EN, text, sizeof text);
			cr_expect_null(strstr(text, CODE), "%s: %s", rows[i].descr, text);
			cr_expect_null(strstr(text, "%"), "%s: %s", rows[i].descr, text);
		}
		dcv_verdict_release(&verdict);
		dcv_seen_release(&seen);
	}
}
