/* SPDX-License-Identifier: MIT */
#include "tests/suite/suite_lists.h"

#include <stdlib.h>
#include <string.h>

#include "checker/cert/cert.h"
#include "checker/revoke/revoke.h"
#include "tests/forge.h"

#define MOST 64

struct suite_lists {
	bool leaf_only; /* the case has a list for its leaf alone */
	struct instant now;
	size_t count;
	struct revoke_list *lists[MOST];
};

struct suite_lists *suite_lists_new(const json_t *crls, const struct cert *const *certs,
	size_t cert_count, struct instant now, bool leaf_only)
{
	struct suite_lists *all = calloc(1, sizeof *all);
	size_t index;
	json_t *pem;

	forge_must(all != NULL, "memory");
	all->leaf_only = leaf_only;
	all->now = now;
	json_array_foreach(crls, index, pem)
	{
		struct revoke_source source = { .id = "list",
			.bytes = (const uint8_t *)json_string_value(pem),
			.len = json_string_length(pem),
			.scope = REVOKE_SCOPE_ALL };

		/* Whose list it is shows in whose key fits. */
		for (size_t i = 0; i < cert_count && all->count < MOST; i++) {
			struct revoke_list *list = revoke_list_new(&source, certs[i], now);

			forge_must(list != NULL, "memory");
			if (revoke_list_state(list) == REVOKE_LIST_INVALID ||
				revoke_list_state(list) == REVOKE_LIST_UNAVAILABLE)
				revoke_list_free(list);
			else
				all->lists[all->count++] = list;
		}
	}
	return all;
}

void suite_lists_free(struct suite_lists *lists)
{
	for (size_t i = 0; lists && i < lists->count; i++)
		revoke_list_free(lists->lists[i]);
	free(lists);
}

static bool is_clear(const struct suite_lists *all, const struct cert *cert)
{
	bool clear = false;

	for (size_t i = 0; i < all->count; i++) {
		struct revoke_answer answer = revoke_list_look_up(all->lists[i], cert);

		if (answer.status == REVOKE_REVOKED)
			return false;
		clear |= answer.status == REVOKE_NOT_REVOKED;
	}
	return clear;
}

bool suite_lists_clear(const struct suite_lists *lists, const struct cert *const *path, size_t len)
{
	size_t until = lists->leaf_only ? 1 : len - 1;

	for (size_t i = 0; i < until && i + 1 < len; i++)
		if (!is_clear(lists, path[i]))
			return false;
	return true;
}
