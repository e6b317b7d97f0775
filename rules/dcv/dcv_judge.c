/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/dcv/dcv_seen.h"
#include "checker/target/domain.h"
#include "rules/dcv/dcv.h"
#include "rules/dcv/dcv_parts.h"
#include "rules/profile/profile.h"

/* A code that ends so soon is one that a weekend outlives. */
#define ENDS_SOON_DAYS 3

static const unsigned bits[DCV_METHODS] = {
	[DCV_FILE] = PROFILE_METHOD_FILE,
	[DCV_DNS] = PROFILE_METHOD_DNS,
	[DCV_EMAIL] = PROFILE_METHOD_EMAIL,
};

static void judge_product(
	const struct dcv_request *request, const struct dcv_seen *seen, struct dcv_verdict *verdict)
{
	const struct profile_product *product = request->product;

	if (!product)
		return;
	if (request->names > product->names)
		dcv_say(verdict, DCV_FAULT_PRODUCT_NAMES,
			"the product %s takes %u names at most, and these are %zu", product->id,
			product->names, request->names);
	if (seen->is_wildcard && !product->wildcard)
		dcv_say(verdict, DCV_FAULT_PRODUCT_WILDCARD, "the product %s takes no wildcard",
			product->id);
	if (product->dcv == 0)
		dcv_say(verdict, DCV_FAULT_METHODS_UNSAID,
			"the CA does not say by which methods names of the product %s are "
			"validated; all are looked at",
			product->id);
}

/* Baseline Requirements, 3.2.2.4.7 and others: a code is good for 30 days; the profile has the
 * CA's own number. */
static void judge_days(const struct dcv_request *request, struct dcv_verdict *verdict)
{
	struct instant last;
	char day[INSTANT_TEXT];

	if (!dcv_last_day(request, &last))
		return;
	int64_t left = instant_days_between(request->now, last);
	instant_format_day(last, day);
	if (instant_days_between(request->issued, request->now) < 0)
		dcv_say(verdict, DCV_FAULT_CODE_AHEAD, "the code is of a day that is yet to come");
	else if (left < 0)
		dcv_say(verdict, DCV_FAULT_CODE_EXPIRED, "the code was good for %u days, until %s",
			request->profile->dcv.days, day);
	else if (left <= ENDS_SOON_DAYS)
		dcv_say(verdict, DCV_FAULT_CODE_ENDS, "the code is good until %s only", day);
}

/* Nobody has answered, so nothing was seen and nothing can be said of the name. */
static bool is_blind(const struct dcv_seen *seen)
{
	for (size_t i = 0; i < seen->looks.count; i++)
		if (seen->looks.items[i].answered)
			return false;
	return true;
}

static void judge_name(
	const struct dcv_request *request, const struct dcv_seen *seen, struct dcv_verdict *verdict)
{
	/* Baseline Requirements, 3.2.2.6 and 7.1.4.2. */
	if (!domain_registered(seen->name))
		dcv_say(verdict, DCV_FAULT_NAME_SUFFIX,
			"nobody can own %s: it is a public suffix, or a name of one label",
			seen->name);
	judge_product(request, seen, verdict);
	if (is_blind(seen)) {
		dcv_say(verdict, DCV_FAULT_RESOLVERS_SILENT,
			"no resolver answers here, so nothing can be found out");
		return;
	}
	if (strcmp(seen->at, seen->name) != 0)
		dcv_say(verdict, DCV_FAULT_ALIAS,
			"%s is an alias (CNAME) of %s, so what is found is what stands there",
			seen->name, seen->at);
	dcv_judge_caa(request, seen, verdict);
	dcv_judge_dnssec(request, seen, verdict);
}

static enum dcv_level worst_of(const struct dcv_verdict *verdict, enum dcv_method method)
{
	enum dcv_level worst = DCV_LEVEL_NOTE;

	for (size_t i = 0; i < verdict->findings.count; i++) {
		const struct dcv_fault_row *row = dcv_fault_row(verdict->findings.items[i].fault);
		if (row->method == method && row->level > worst)
			worst = row->level;
	}
	return worst;
}

static enum dcv_outcome outcome_of(enum dcv_level level)
{
	return level == DCV_LEVEL_FATAL ? DCV_FAIL : level == DCV_LEVEL_OPEN ? DCV_OPEN : DCV_PASS;
}

/* One good method is enough; e-mail, of which nothing can be known, counts where it is chosen. */
static enum dcv_outcome best_method(
	const struct dcv_request *request, const struct dcv_verdict *verdict)
{
	enum dcv_outcome best = DCV_FAIL;

	for (enum dcv_method method = DCV_FILE; method < DCV_METHODS; method++) {
		enum dcv_outcome one = verdict->methods[method];

		if (method == DCV_EMAIL && dcv_methods(request) != PROFILE_METHOD_EMAIL)
			continue;
		if (one == DCV_PASS || (one == DCV_OPEN && best != DCV_PASS))
			best = one;
	}
	return best;
}

static enum dcv_outcome come_to(
	const struct dcv_request *request, const struct dcv_verdict *verdict, bool exempt)
{
	enum dcv_outcome all = outcome_of(worst_of(verdict, DCV_ALL));

	if (all == DCV_FAIL)
		return DCV_FAIL;
	if (exempt)
		return all == DCV_OPEN ? DCV_OPEN : DCV_EXEMPT;
	enum dcv_outcome best = best_method(request, verdict);
	return best == DCV_PASS ? all : best;
}

static int compare(const void *a, const void *b)
{
	const struct dcv_finding *left = a, *right = b;
	const struct dcv_fault_row *one = dcv_fault_row(left->fault),
				   *other = dcv_fault_row(right->fault);

	if (one->method != other->method)
		return one->method < other->method ? -1 : 1;
	if (one->level != other->level)
		return one->level > other->level ? -1 : 1;
	if (left->fault != right->fault)
		return left->fault < right->fault ? -1 : 1;
	return strcmp(left->said, right->said);
}

static void judge_methods(
	const struct dcv_request *request, const struct dcv_seen *seen, struct dcv_verdict *verdict)
{
	unsigned offered = dcv_methods(request);

	/* Baseline Requirements, 3.2.2.4.18. */
	if (seen->is_wildcard)
		offered &= ~(unsigned)PROFILE_METHOD_FILE;
	bool blind = is_blind(seen);

	if (!blind && (offered & PROFILE_METHOD_FILE))
		dcv_judge_file(request, seen, verdict);
	if (!blind && (offered & PROFILE_METHOD_DNS))
		dcv_judge_dns(request, seen, verdict);
	if (!blind && (offered & PROFILE_METHOD_EMAIL))
		dcv_judge_mail(request, seen, verdict);
	if (offered == 0)
		dcv_say(verdict, DCV_FAULT_METHOD_NOT_OFFERED,
			"names like this are not validated by the method that was chosen");
	for (enum dcv_method method = DCV_FILE; method < DCV_METHODS; method++) {
		enum dcv_outcome found = blind ? DCV_OPEN : outcome_of(worst_of(verdict, method));
		verdict->methods[method] = offered & bits[method] ? found : DCV_NOT_OFFERED;
	}
}

/* Has the name nothing to prove?  That is said. */
static bool is_exempt(
	const struct dcv_request *request, const struct dcv_seen *seen, struct dcv_verdict *verdict)
{
	const struct profile_dcv *dcv = &request->profile->dcv;
	const char *suffix = dcv_exempt_suffix(request, seen->name);
	char from[INSTANT_TEXT];

	if (suffix) {
		dcv_say(verdict, DCV_FAULT_EXEMPT,
			"the CA exempts those who have names under %s, and asks them for no proof",
			suffix);
		return true;
	}
	if (!dcv->has_from || request->now.seconds >= dcv->from.seconds)
		return false;
	instant_format_day(dcv->from, from);
	dcv_say(verdict, DCV_FAULT_EXEMPT, "before %s the CA asks nobody for a proof", from);
	return true;
}

void dcv_judge(const struct dcv_request *request, const struct dcv_seen *seen,
	struct dcv_verdict *ret_verdict)
{
	bool exempt;

	*ret_verdict = (struct dcv_verdict){ .failed = false };
	(void)snprintf(ret_verdict->name, sizeof ret_verdict->name, "%s%s",
		seen->is_wildcard ? "*." : "", seen->name);
	judge_name(request, seen, ret_verdict);
	exempt = is_exempt(request, seen, ret_verdict);
	if (exempt) {
		for (enum dcv_method method = DCV_FILE; method < DCV_METHODS; method++)
			ret_verdict->methods[method] = DCV_EXEMPT;
	} else {
		judge_days(request, ret_verdict);
		judge_methods(request, seen, ret_verdict);
	}
	ret_verdict->outcome = come_to(request, ret_verdict, exempt);
	/* What forbids everything forbids each. */
	for (enum dcv_method method = DCV_FILE;
		method < DCV_METHODS && worst_of(ret_verdict, DCV_ALL) == DCV_LEVEL_FATAL; method++)
		if (ret_verdict->methods[method] != DCV_NOT_OFFERED)
			ret_verdict->methods[method] = DCV_FAIL;
	if (ret_verdict->findings.count > 1)
		qsort(ret_verdict->findings.items, ret_verdict->findings.count,
			sizeof *ret_verdict->findings.items, compare);
}
