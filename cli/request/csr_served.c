/* SPDX-License-Identifier: MIT */
#include "cli/request/csr_served.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/target/name.h"
#include "checker/target/target.h"
#include "cli/options/options.h"
#include "cli/request/known_keys.h"
#include "reports/result/results.h"
#include "rules/verdict.h"

struct search {
	const char *name;
	const struct cert *best;            /* of those that fit */
	const struct cert *other;           /* the last one, whether it fits or not */
	bool several;                       /* certificates with different names */
	bool best_extended, other_extended; /* they are EV ones */
};

static bool is_named(const struct cert *leaf, const char *name)
{
	for (char **san = leaf->san; san && *san; san++)
		if (text_equal_nocase(*san, name) || name_matches(*san, name))
			return true;
	return false;
}

static bool fits(const struct search *search, const struct verdict *verdict)
{
	const struct target *target = verdict->target;
	const char *name = search->name;

	return !name || text_equal_nocase(target->host, name) ||
	       (target->sni && text_equal_nocase(target->sni, name)) ||
	       is_named(verdict_leaf(verdict), name);
}

static bool same_names(const struct cert *a, const struct cert *b)
{
	char **one = a->san, **other = b->san;

	if (!one || !other)
		return one == other;
	while (*one && *other && strcmp(*one, *other) == 0) {
		one++;
		other++;
	}
	return !*one && !*other;
}

static void keep(const struct cert **slot, const struct cert *cert)
{
	const struct cert *before = *slot;

	*slot = cert_ref(cert);
	cert_unref(before);
}

static bool look_at(struct search *search, const struct verdict *verdict, struct known_keys *known,
	struct error *err)
{
	const struct cert *leaf = verdict_leaf(verdict);
	char where[LIMIT_HOST_BYTES + 16];

	if (!leaf || !leaf->readable)
		return true;
	(void)snprintf(where, sizeof where, "%s:%u", verdict->target->host,
		(unsigned)verdict->target->port);
	if (!known_keys_add_cert(known, leaf, where, err))
		return false;
	if (search->other && !same_names(search->other, leaf))
		search->several = true;
	keep(&search->other, leaf);
	search->other_extended = verdict->validation == VALIDATION_EXTENDED;
	if (fits(search, verdict) &&
		(!search->best || leaf->not_before.seconds > search->best->not_before.seconds)) {
		keep(&search->best, leaf);
		search->best_extended = search->other_extended;
	}
	return true;
}

static bool look_at_all(struct search *search, const struct option_list *list,
	struct known_keys *known, struct error *err)
{
	CLEANUP(results_freep)
	struct results *results = results_new(list->items, list->count, err);
	struct error why = { .code = ERROR_NONE };
	struct verdict *verdict = NULL;
	bool good = results;

	while (good && (verdict = results_next(results, &why))) {
		good = look_at(search, verdict, known, err);
		verdict_free(verdict);
	}
	return good && (why.code == ERROR_NONE || error_set(err, why.code, "%s", why.said));
}

/* A name that no service has may be a further one of the only service there is. */
static bool settle(const struct search *search, struct error *err)
{
	if (!search->other)
		return error_set(err, ERROR_USAGE,
			"--from: there is no certificate of a server in the results");
	if (search->name && !search->best && search->several)
		return error_set(err, ERROR_USAGE,
			"--from: no service in the results is called '%s', nor has it in its "
			"certificate",
			search->name);
	if (!search->name && search->several)
		return error_set(err, ERROR_USAGE,
			"--from: the results are of several services; --name says which is meant");
	return true;
}

const struct cert *csr_served(const struct option_list *results, const char *name,
	struct known_keys *known, bool *ret_extended, struct error *err)
{
	struct search search = { .name = name };
	const struct cert *found = NULL;

	if (look_at_all(&search, results, known, err) && settle(&search, err))
		found = cert_ref(search.best ? search.best : search.other);
	*ret_extended = search.best ? search.best_extended : search.other_extended;
	cert_unref(search.best);
	cert_unref(search.other);
	return found;
}
