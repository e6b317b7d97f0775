/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/profile/profile.h"
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

TestSuite(dcv, .init = set_up, .fini = tear_down);

/* --- What the request and the profile say --- */

static const struct {
	const char *descr, *name, *product, *now, *issued;
	size_t names;
	bool wildcard;
	unsigned methods;
	enum dcv_outcome outcome;
	enum dcv_fault fault;
} requests[] = {
	{ "a wildcard", "example.hk", "wildcard", "2026-11-27", NULL, 1, true, 0, DCV_PASS,
		DCV_NONE },
	{ "a wildcard by a file", "example.hk", "wildcard", "2026-11-27", NULL, 1, true,
		PROFILE_METHOD_FILE, DCV_FAIL, DCV_FAULT_METHOD_NOT_OFFERED },
	{ "a wildcard of another product", "example.hk", "server", "2026-11-27", NULL, 1, true, 0,
		DCV_FAIL, DCV_FAULT_PRODUCT_WILDCARD },
	{ "two names for one", DCV_NAME, "server", "2026-11-27", NULL, 2, false, 0, DCV_FAIL,
		DCV_FAULT_PRODUCT_NAMES },
	{ "fifty for fifty", DCV_NAME, "multi-domain", "2026-11-27", NULL, 50, false, 0, DCV_PASS,
		DCV_NONE },
	{ "fifty-one", DCV_NAME, "multi-domain", "2026-11-27", NULL, 51, false, 0, DCV_FAIL,
		DCV_FAULT_PRODUCT_NAMES },
	{ "e-mail for many", DCV_NAME, "multi-domain", "2026-11-27", NULL, 2, false,
		PROFILE_METHOD_EMAIL, DCV_FAIL, DCV_FAULT_METHOD_NOT_OFFERED },
	{ "e-mail for one", DCV_NAME, "server", "2026-11-27", NULL, 1, false, PROFILE_METHOD_EMAIL,
		DCV_OPEN, DCV_FAULT_MAIL_UNREAD },
	{ "e-mail, before it was discouraged", DCV_NAME, "server", "2026-03-14", NULL, 1, false,
		PROFILE_METHOD_EMAIL, DCV_EXEMPT, DCV_FAULT_EXEMPT },
	{ "e-mail's last day", DCV_NAME, "server", "2028-03-14", NULL, 1, false,
		PROFILE_METHOD_EMAIL, DCV_OPEN, DCV_FAULT_MAIL_DISCOURAGED },
	{ "e-mail's end", DCV_NAME, "server", "2028-03-15", NULL, 1, false, PROFILE_METHOD_EMAIL,
		DCV_FAIL, DCV_FAULT_MAIL_ENDED },
	{ "EV, of which nothing is said", DCV_NAME, "ev", "2026-11-27", NULL, 1, false, 0, DCV_PASS,
		DCV_FAULT_METHODS_UNSAID },
	{ "the government", "www.example.gov.hk", "server", "2026-11-27", NULL, 1, false, 0,
		DCV_EXEMPT, DCV_FAULT_EXEMPT },
	{ "the government, in Chinese", "x.xn--mxtq1m.xn--j6w193g", "server", "2026-11-27", NULL, 1,
		false, 0, DCV_EXEMPT, DCV_FAULT_EXEMPT },
	{ "who only looks like it", "notgov.hk", "server", "2026-11-27", NULL, 1, false, 0,
		DCV_PASS, DCV_NONE },
	{ "a suffix", "com.hk", "server", "2026-11-27", NULL, 1, false, 0, DCV_FAIL,
		DCV_FAULT_NAME_SUFFIX },
	{ "one label", "intranet", "server", "2026-11-27", NULL, 1, false, 0, DCV_FAIL,
		DCV_FAULT_NAME_SUFFIX },
	{ "a code of today", DCV_NAME, "server", "2026-11-27", "2026-11-27", 1, false, 0, DCV_PASS,
		DCV_NONE },
	{ "a code with four days left", DCV_NAME, "server", "2026-11-27", "2026-11-01", 1, false, 0,
		DCV_PASS, DCV_NONE },
	{ "three", DCV_NAME, "server", "2026-11-27", "2026-10-31", 1, false, 0, DCV_PASS,
		DCV_FAULT_CODE_ENDS },
	{ "its last day", DCV_NAME, "server", "2026-11-27", "2026-10-28", 1, false, 0, DCV_PASS,
		DCV_FAULT_CODE_ENDS },
	{ "too late", DCV_NAME, "server", "2026-11-27", "2026-10-27", 1, false, 0, DCV_FAIL,
		DCV_FAULT_CODE_EXPIRED },
	{ "too early", DCV_NAME, "server", "2026-11-27", "2026-11-28", 1, false, 0, DCV_PASS,
		DCV_FAULT_CODE_AHEAD },
};

Test(dcv, judges_by_request_and_profile)
{
	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		struct dcv_request request = stage.request;
		struct dcv_seen seen;
		struct dcv_verdict verdict;

		dcv_stage_seen(&seen);
		(void)snprintf(seen.name, sizeof seen.name, "%s", requests[i].name);
		(void)snprintf(seen.at, sizeof seen.at, "%s", requests[i].name);
		seen.is_wildcard = requests[i].wildcard;
		request.product = profile_product_by_id(stage.profile, requests[i].product);
		request.names = requests[i].names;
		request.methods = requests[i].methods;
		request.now = dcv_stage_day(requests[i].now);
		request.has_issued = requests[i].issued;
		if (requests[i].issued)
			request.issued = dcv_stage_day(requests[i].issued);
		dcv_judge(&request, &seen, &verdict);
		cr_expect_eq(verdict.outcome, requests[i].outcome, "%s: %s", requests[i].descr,
			dcv_outcome_name(verdict.outcome));
		if (requests[i].fault == DCV_NONE)
			cr_expect_eq(dcv_stage_grave(&verdict), 0u, "%s: %s", requests[i].descr,
				verdict.findings.items[0].said);
		else
			cr_expect(dcv_stage_has(&verdict, requests[i].fault), "%s",
				requests[i].descr);
		dcv_verdict_release(&verdict);
		dcv_seen_release(&seen);
	}
}

static const struct {
	enum dcv_mail mail;
	enum dcv_outcome outcome;
	enum dcv_fault fault;
} mails[] = {
	{ DCV_MAIL_THERE, DCV_OPEN, DCV_FAULT_MAIL_UNREAD },
	{ DCV_MAIL_ADDRESS, DCV_OPEN, DCV_FAULT_MAIL_UNREAD },
	{ DCV_MAIL_NULL, DCV_FAIL, DCV_FAULT_MAIL_NONE },
	{ DCV_MAIL_NONE, DCV_FAIL, DCV_FAULT_MAIL_NONE },
	{ DCV_MAIL_UNKNOWN, DCV_OPEN, DCV_FAULT_MAIL_UNKNOWN },
};

Test(dcv, cannot_read_mail)
{
	for (size_t i = 0; i < ARRAY_LEN(mails); i++) {
		struct dcv_request request = stage.request;
		struct dcv_seen seen;
		struct dcv_verdict verdict;

		request.methods = PROFILE_METHOD_EMAIL;
		dcv_stage_seen(&seen);
		seen.mail = mails[i].mail;
		dcv_judge(&request, &seen, &verdict);
		cr_expect_eq(verdict.outcome, mails[i].outcome, "%zu", i);
		cr_expect_eq(verdict.methods[DCV_FILE], DCV_NOT_OFFERED, "%zu", i);
		cr_expect(dcv_stage_has(&verdict, mails[i].fault), "%zu", i);
		dcv_verdict_release(&verdict);
		dcv_seen_release(&seen);
	}
}

Test(dcv, a_wildcard_has_a_tag_of_its_own)
{
	struct dcv_request request = stage.request;
	struct dcv_seen seen;
	struct dcv_verdict verdict;

	request.product = profile_product_by_id(stage.profile, "wildcard");
	dcv_stage_seen(&seen);
	seen.is_wildcard = true;
	dcv_stage_caa(&seen, "issue", "ecert.gov.hk");
	dcv_stage_caa(&seen, "issuewild", ";");
	dcv_judge(&request, &seen, &verdict);
	cr_expect(dcv_stage_has(&verdict, DCV_FAULT_CAA_FORBIDS));
	cr_expect_str_eq(verdict.name, "*." DCV_NAME);
	dcv_verdict_release(&verdict);
	dcv_seen_release(&seen);
}

Test(dcv, passes_by_nothing_that_was_not_compared)
{
	struct dcv_request request = stage.request;
	struct dcv_seen seen;
	struct dcv_verdict verdict;

	request.code = (struct dcv_code){ .file = NULL };
	dcv_stage_seen(&seen);
	dcv_judge(&request, &seen, &verdict);
	cr_expect_eq(verdict.outcome, DCV_OPEN);
	cr_expect(dcv_stage_has(&verdict, DCV_FAULT_FILE_NOT_COMPARED));
	cr_expect(dcv_stage_has(&verdict, DCV_FAULT_TXT_NOT_COMPARED));
	dcv_verdict_release(&verdict);
	dcv_seen_release(&seen);
}

Test(dcv, has_one_method_for_all_names)
{
	const struct dcv_request request = stage.request;
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
		cr_expect_eq(dcv_perspectives(dcv_stage_day(table[i].day)), table[i].count, "%s",
			table[i].day);
}
