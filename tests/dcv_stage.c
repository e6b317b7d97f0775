/* SPDX-License-Identifier: MIT */
#include "tests/dcv_stage.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/lang.h"
#include "checker/base/phrase.h"
#include "rules/profile/profile.h"

struct instant dcv_stage_day(const char *text)
{
	struct instant instant;

	cr_assert(instant_parse(text, &instant));
	return instant;
}

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
	cr_assert(dcv_text_add(&look->texts, DCV_CODE, strlen(DCV_CODE), 3600));
	return look;
}

struct dcv_hop *dcv_stage_hop(struct dcv_visit *visit, const char *url, long status)
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
	(void)dcv_stage_hop(visit, https ? "https://" DCV_NAME "/x" : "http://" DCV_NAME "/x", 200);
	cr_assert(buf_add_text(&visit->body, DCV_CODE));
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

void dcv_stage_seen(struct dcv_seen *seen)
{
	*seen = (struct dcv_seen){ .name = DCV_NAME,
		.at = DCV_NAME,
		.zone = "example.hk",
		.keys = DCV_KEYS_NONE,
		.mail = DCV_MAIL_THERE };
	(void)add_look(seen, NULL, "192.0.2.53:53");
	(void)add_look(seen, NULL, "198.51.100.53:53");
	(void)add_look(seen, "ns1.example.hk", "203.0.113.1");
	(void)add_look(seen, "ns2.example.hk", "203.0.113.2");
	add_address(seen, DCV_V4);
	add_address(seen, DCV_V6);
}

void dcv_stage_text(struct dcv_look *look, const char *text)
{
	free(look->texts.items[0].bytes);
	cr_assert(dcv_text_set(&look->texts.items[0], text, strlen(text), 3600));
}

void dcv_stage_no_text(struct dcv_look *look)
{
	free(look->texts.items[0].bytes);
	look->texts.count = 0;
}

void dcv_stage_body(struct dcv_visit *visit, const char *text)
{
	buf_clear(&visit->body);
	cr_assert(buf_add_text(&visit->body, text));
}

void dcv_stage_end(struct dcv_visit *visit, enum dcv_end how)
{
	visit->end = how;
	visit->hops.items[0].status = 0;
	(void)snprintf(visit->why, sizeof visit->why, "refused");
}
void dcv_stage_without_file(struct dcv_seen *seen)
{
	for (size_t i = 0; i < seen->visits.count; i++)
		VISIT(i)->hops.items[0].status = 404;
}

void dcv_stage_caa(struct dcv_seen *seen, const char *tag, const char *value)
{
	struct caa_record *record = &seen->caa.records[seen->caa.count++];

	seen->caa.status = CAA_FOUND;
	(void)snprintf(seen->caa.domain, sizeof seen->caa.domain, "example.hk");
	(void)snprintf(record->tag, sizeof record->tag, "%s", tag);
	(void)snprintf(record->value, sizeof record->value, "%s", value);
}

bool dcv_stage_has(const struct dcv_verdict *verdict, enum dcv_fault fault)
{
	for (size_t i = 0; i < verdict->findings.count; i++)
		if (verdict->findings.items[i].fault == fault)
			return true;
	return false;
}

size_t dcv_stage_grave(const struct dcv_verdict *verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < verdict->findings.count; i++) {
		const struct dcv_fault_row *row = dcv_fault_row(verdict->findings.items[i].fault);
		count += row->method != DCV_EMAIL;
	}
	return count;
}

static void keeps_the_secret(const struct dcv_verdict *verdict, const char *descr)
{
	for (size_t i = 0; i < verdict->findings.count; i++) {
		char text[1000];

		phrase_render(verdict->findings.items[i].said, LANGUAGE_EN, text, sizeof text);
		cr_expect_null(strstr(text, DCV_CODE), "%s: %s", descr, text);
		cr_expect_null(strchr(text, '%'), "%s: %s", descr, text);
	}
}

static void judge(const struct dcv_stage *stage, const struct dcv_row *row)
{
	struct dcv_seen seen;
	struct dcv_verdict verdict;

	dcv_stage_seen(&seen);
	row->change(&seen);
	dcv_judge(&stage->request, &seen, &verdict);
	cr_expect_eq(verdict.outcome, row->outcome, "%s: %s", row->descr,
		dcv_outcome_name(verdict.outcome));
	cr_expect_eq(verdict.methods[DCV_FILE], row->file, "%s: file %s", row->descr,
		dcv_outcome_name(verdict.methods[DCV_FILE]));
	cr_expect_eq(verdict.methods[DCV_DNS], row->dns, "%s: dns %s", row->descr,
		dcv_outcome_name(verdict.methods[DCV_DNS]));
	if (row->fault == DCV_NONE)
		cr_expect_eq(dcv_stage_grave(&verdict), 0u, "%s: %s", row->descr,
			verdict.findings.items[0].said);
	else
		cr_expect(dcv_stage_has(&verdict, row->fault), "%s", row->descr);
	keeps_the_secret(&verdict, row->descr);
	dcv_verdict_release(&verdict);
	dcv_seen_release(&seen);
}

void dcv_stage_rows(const struct dcv_stage *stage, const struct dcv_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		judge(stage, &rows[i]);
}

void dcv_stage_init(struct dcv_stage *stage)
{
	struct error err = { .code = ERROR_NONE };

	*stage = (struct dcv_stage){ .profile = profile_load("hongkong-post", &err),
		.file = BUF_INIT(1000) };
	cr_assert_not_null(stage->profile, "%s", err.text);
	cr_assert(buf_add_text(&stage->file, DCV_CODE));
	stage->request = (struct dcv_request){ .profile = stage->profile,
		.product = profile_product_by_id(stage->profile, "server"),
		.names = 1,
		.code = { .file = &stage->file },
		.now = dcv_stage_day("2026-11-27") };
	dcv_code_of_file(&stage->request.code);
}

void dcv_stage_release(struct dcv_stage *stage)
{
	profile_free(stage->profile);
	buf_release(&stage->file);
}
