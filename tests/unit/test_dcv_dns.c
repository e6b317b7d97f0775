/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/dns/dns_message.h"
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

TestSuite(dcv_dns, .init = set_up, .fini = tear_down);

static void every_server(struct dcv_seen *seen, const char *text)
{
	for (size_t i = 0; i < seen->looks.count; i++)
		dcv_stage_text(LOOK(i), text);
}

static void no_texts(struct dcv_seen *seen)
{
	for (size_t i = 0; i < seen->looks.count; i++)
		dcv_stage_no_text(LOOK(i));
}

static void one_server_without(struct dcv_seen *seen)
{
	dcv_stage_without_file(seen);
	dcv_stage_no_text(LOOK(3));
	LOOK(3)->serial = 2;
}

static void quoted(struct dcv_seen *seen)
{
	dcv_stage_without_file(seen);
	every_server(seen, "\"" DCV_CODE "\"");
}

static void stale(struct dcv_seen *seen)
{
	dcv_stage_without_file(seen);
	dcv_stage_no_text(LOOK(0));
	LOOK(0)->negative_ttl = 300;
}

static void short_lived(struct dcv_seen *seen)
{
	dcv_stage_without_file(seen);
	LOOK(2)->texts.items[0].ttl = 60;
	LOOK(3)->texts.items[0].ttl = 60;
}

static void lame(struct dcv_seen *seen)
{
	dcv_stage_without_file(seen);
	LOOK(2)->authoritative = false;
	LOOK(3)->code = DNS_REFUSED;
	dcv_stage_no_text(LOOK(3));
}

static void one_lame(struct dcv_seen *seen)
{
	dcv_stage_without_file(seen);
	LOOK(3)->code = DNS_REFUSED;
	dcv_stage_no_text(LOOK(3));
}

static void one_dead(struct dcv_seen *seen)
{
	dcv_stage_without_file(seen);
	LOOK(3)->answered = false;
	dcv_stage_no_text(LOOK(3));
}

static void too_many_texts(struct dcv_seen *seen)
{
	dcv_stage_without_file(seen);
	every_server(seen, "v=spf1 -all");
	LOOK(2)->texts_dropped = 3;
}

static void above(struct dcv_seen *seen)
{
	dcv_stage_without_file(seen);
	no_texts(seen);
	cr_assert(vec_reserve(&seen->others));
	struct dcv_other *other = &seen->others.items[seen->others.count++];
	*other = (struct dcv_other){ .name = "example.hk" };
	cr_assert(dcv_text_add(&other->texts, DCV_CODE, strlen(DCV_CODE), 3600));
}

static void aliased(struct dcv_seen *seen)
{
	(void)snprintf(seen->at, sizeof seen->at, "cdn.example");
}

static void other_ca(struct dcv_seen *seen)
{
	dcv_stage_caa(seen, "issue", "letsencrypt.org");
}

static void this_ca(struct dcv_seen *seen)
{
	dcv_stage_caa(seen, "issue", "HongkongPost.gov.hk");
	dcv_stage_caa(seen, "issuewild", ";");
}

static void caa_unknown(struct dcv_seen *seen)
{
	seen->caa.status = CAA_UNKNOWN;
	seen->caa.why = "SERVFAIL";
	(void)snprintf(seen->caa.domain, sizeof seen->caa.domain, "example.hk");
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
	dcv_stage_no_text(LOOK(1));
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
	LOOK(2)->signed_until = dcv_stage_day(time);
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

static void blind(struct dcv_seen *seen)
{
	for (size_t i = 0; i < seen->looks.count; i++) {
		LOOK(i)->answered = false;
		dcv_stage_no_text(LOOK(i));
	}
	seen->caa.status = CAA_UNKNOWN;
}

static void caa_unknown_above(struct dcv_seen *seen)
{
	caa_unknown(seen);
	(void)snprintf(seen->caa.domain, sizeof seen->caa.domain, "hk");
}

static void too_much_caa(struct dcv_seen *seen)
{
	dcv_stage_caa(seen, "issue", "a.example");
	seen->caa.dropped = 1;
}

static void server_within(struct dcv_seen *seen)
{
	dcv_stage_without_file(seen);
	LOOK(3)->is_private = true;
	LOOK(3)->answered = false;
	dcv_stage_no_text(LOOK(3));
}

static void more_servers(struct dcv_seen *seen)
{
	seen->servers_dropped = 2;
}

static void one_resolver_silent(struct dcv_seen *seen)
{
	LOOK(0)->answered = false;
	dcv_stage_no_text(LOOK(0));
}

static void one_resolver_refuses(struct dcv_seen *seen)
{
	LOOK(1)->code = DNS_REFUSED;
	dcv_stage_no_text(LOOK(1));
}

static const struct dcv_row rows[] = {
	{ "CAA of a suffix that cannot be had", caa_unknown_above, DCV_PASS, DCV_PASS, DCV_PASS,
		DCV_FAULT_CAA_ABOVE },
	{ "more CAA records than are kept", too_much_caa, DCV_OPEN, DCV_PASS, DCV_PASS,
		DCV_FAULT_CAA_MANY },
	{ "a name server within", server_within, DCV_PASS, DCV_FAIL, DCV_PASS,
		DCV_FAULT_SERVER_PRIVATE },
	{ "more name servers than are asked", more_servers, DCV_PASS, DCV_PASS, DCV_PASS,
		DCV_FAULT_SERVERS_CUT },
	{ "one silent resolver", one_resolver_silent, DCV_PASS, DCV_PASS, DCV_PASS,
		DCV_FAULT_RESOLVER_SILENT },
	{ "one that refuses", one_resolver_refuses, DCV_PASS, DCV_PASS, DCV_PASS,
		DCV_FAULT_RESOLVER_SILENT },
	{ "nobody answers", blind, DCV_OPEN, DCV_OPEN, DCV_OPEN, DCV_FAULT_RESOLVERS_SILENT },
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
	{ "this CA", this_ca, DCV_PASS, DCV_PASS, DCV_PASS, DCV_NONE },
	{ "CAA that cannot be had", caa_unknown, DCV_OPEN, DCV_PASS, DCV_PASS,
		DCV_FAULT_CAA_UNKNOWN },
	{ "CAA that is bogus", caa_bogus, DCV_FAIL, DCV_FAIL, DCV_FAIL, DCV_FAULT_CAA_BOGUS },
	{ "bogus for one resolver", bogus, DCV_FAIL, DCV_FAIL, DCV_FAIL, DCV_FAULT_DNSSEC_BOGUS },
	{ "other keys", other_keys, DCV_FAIL, DCV_FAIL, DCV_FAIL, DCV_FAULT_DNSSEC_KEYS },
	{ "... though somebody validates", other_keys_but_checked, DCV_PASS, DCV_PASS, DCV_PASS,
		DCV_NONE },
	{ "signed", signed_well, DCV_PASS, DCV_PASS, DCV_PASS, DCV_NONE },
	{ "signed, unchecked", signed_unchecked, DCV_PASS, DCV_PASS, DCV_PASS,
		DCV_FAULT_DNSSEC_UNCHECKED },
	{ "signed for half a day", signed_soon, DCV_PASS, DCV_PASS, DCV_PASS,
		DCV_FAULT_DNSSEC_ENDS },
	{ "signed until yesterday", signed_before, DCV_FAIL, DCV_FAIL, DCV_FAIL,
		DCV_FAULT_DNSSEC_EXPIRED },
	{ "... which nobody is told to mind", signed_for_nobody, DCV_PASS, DCV_PASS, DCV_PASS,
		DCV_NONE },
};

Test(dcv_dns, is_judged)
{
	dcv_stage_rows(&stage, rows, ARRAY_LEN(rows));
}
