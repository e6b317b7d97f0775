/* SPDX-License-Identifier: MIT */
#include "rules/dcv/dcv.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/lang.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "rules/profile/profile.h"

const char *dcv_method_name(enum dcv_method method)
{
	static const char *const names[] = { "file", "dns", "email", "all" };

	return names[method];
}

const char *dcv_outcome_name(enum dcv_outcome outcome)
{
	static const char *const names[DCV_OUTCOMES] = {
		[DCV_PASS] = "pass",
		[DCV_FAIL] = "fail",
		[DCV_OPEN] = "open",
		[DCV_NOT_OFFERED] = "not-offered",
		[DCV_EXEMPT] = "exempt",
	};

	return names[outcome];
}

const struct dcv_fault_row *dcv_fault_row(enum dcv_fault fault)
{
	static const struct dcv_fault_row rows[DCV_FAULT_COUNT] = {
#define DCV_FAULT(symbol, id_, method_, level_, fix_)                                            \
	[DCV_FAULT_##symbol] = {                                                                 \
		.id = (id_), .method = DCV_##method_, .level = DCV_LEVEL_##level_, .fix = (fix_) \
	},
#include "rules/dcv/faults.def"
#undef DCV_FAULT
	};

	return &rows[fault];
}

void dcv_say(struct dcv_verdict *verdict, enum dcv_fault fault, const char *fmt, ...)
{
	va_list args;

	if (!vec_reserve(&verdict->findings)) {
		verdict->failed = true;
		return;
	}
	struct dcv_finding *finding = &verdict->findings.items[verdict->findings.count++];
	finding->fault = fault;
	va_start(args, fmt);
	phrase_vsay(finding->said, sizeof finding->said, fmt, args);
	va_end(args);
}

void dcv_verdict_release(struct dcv_verdict *verdict)
{
	free(verdict->findings.items);
	*verdict = (struct dcv_verdict){ .name = "" };
}

unsigned dcv_methods(const struct dcv_request *request)
{
	static const unsigned all = PROFILE_METHOD_FILE | PROFILE_METHOD_DNS | PROFILE_METHOD_EMAIL;
	const struct profile_dcv *dcv = &request->profile->dcv;
	unsigned methods = request->product && request->product->dcv ? request->product->dcv : all;

	/* What the profile does not say how to do is done by nobody. */
	if (!dcv->file)
		methods &= ~(unsigned)PROFILE_METHOD_FILE;
	if (dcv->email_count == 0)
		methods &= ~(unsigned)PROFILE_METHOD_EMAIL;
	/* Baseline Requirements, 3.2.2.4.18: not suitable for wildcards. */
	if (request->product && request->product->wildcard)
		methods &= ~(unsigned)PROFILE_METHOD_FILE;
	return request->methods ? methods & request->methods : methods;
}

const char *dcv_exempt_suffix(const struct dcv_request *request, const char *name)
{
	const struct profile_dcv *dcv = &request->profile->dcv;
	size_t len = strlen(name);

	for (size_t i = 0; i < dcv->exempt_count; i++) {
		size_t suffix = strlen(dcv->exempt[i]);

		if (len >= suffix && text_equal_nocase(name + len - suffix, dcv->exempt[i]) &&
			(len == suffix || name[len - suffix - 1] == '.'))
			return dcv->exempt[i];
	}
	return NULL;
}

bool dcv_last_day(const struct dcv_request *request, struct instant *ret_day)
{
	if (!request->has_issued || request->profile->dcv.days == 0)
		return false;
	ret_day->seconds = instant_day(request->issued).seconds +
			   (int64_t)request->profile->dcv.days * SECONDS_A_DAY;
	return true;
}

unsigned dcv_perspectives(struct instant now)
{
	static const struct {
		const char *from;
		unsigned count;
	} table[] = { { "2025-09-15", 2 }, { "2026-03-15", 3 }, { "2026-06-15", 4 },
		{ "2026-12-15", 5 } };
	unsigned count = 0;

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct instant from;
		if (instant_parse(table[i].from, &from) && from.seconds <= now.seconds)
			count = table[i].count;
	}
	return count;
}

/* Worse outcomes hide better ones. */
static enum dcv_outcome worse(enum dcv_outcome a, enum dcv_outcome b)
{
	static const unsigned ranks[DCV_OUTCOMES] = {
		[DCV_EXEMPT] = 0,
		[DCV_PASS] = 1,
		[DCV_OPEN] = 2,
		[DCV_NOT_OFFERED] = 3,
		[DCV_FAIL] = 4,
	};

	return ranks[a] >= ranks[b] ? a : b;
}

enum dcv_outcome dcv_by_method(
	const struct dcv_verdict *verdicts, size_t count, enum dcv_method method)
{
	enum dcv_outcome outcome = DCV_EXEMPT;

	for (size_t i = 0; i < count; i++)
		outcome = worse(outcome, verdicts[i].methods[method]);
	return outcome;
}

enum dcv_outcome dcv_whole(
	const struct dcv_request *request, const struct dcv_verdict *verdicts, size_t count)
{
	enum dcv_outcome names = DCV_EXEMPT, best = DCV_FAIL;

	for (size_t i = 0; i < count; i++)
		names = worse(names, verdicts[i].outcome);
	if (names != DCV_PASS || !request->profile->dcv.one_method)
		return names;
	for (enum dcv_method method = DCV_FILE; method < DCV_METHODS; method++) {
		enum dcv_outcome one = dcv_by_method(verdicts, count, method);
		if (one == DCV_PASS || (one == DCV_OPEN && best != DCV_PASS))
			best = one;
	}
	return best;
}
