/* SPDX-License-Identifier: MIT */
#include "reports/plan/plan_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/csr/request.h"
#include "checker/key/private_key.h"
#include "checker/target/name.h"
#include "reports/plan/plan.h"
#include "reports/request/quote.h"
#include "reports/request/recipe.h"
#include "rules/profile/profile.h"

struct wish {
	char names[REQUEST_NAMES][LIMIT_HOST_BYTES];
	const char *list[REQUEST_NAMES];
	char organization[LIMIT_NAME_BYTES];
	struct request request;
};

static void add_name(struct wish *wish, const char *text)
{
	struct error why = { .code = ERROR_NONE };
	size_t count = wish->request.count;

	if (count == REQUEST_NAMES || name_is_address(text, NULL) ||
		!name_to_ascii(text, strlen(text), true, wish->names[count], &why))
		return;
	for (size_t i = 0; i < count; i++)
		if (strcmp(wish->names[i], wish->names[count]) == 0)
			return;
	wish->list[count] = wish->names[count];
	wish->request.count++;
}

/* The common name first, as it was chosen to be; names that DNS does not have are left out. */
static bool set_names(const struct work *work, struct wish *wish)
{
	char common[LIMIT_NAME_BYTES];

	cert_name_common(work->leaf_subject, common, sizeof common);
	for (size_t i = 0; work->leaf_names && work->leaf_names[i]; i++)
		if (text_equal_nocase(work->leaf_names[i], common))
			add_name(wish, work->leaf_names[i]);
	for (size_t i = 0; work->leaf_names && work->leaf_names[i]; i++)
		add_name(wish, work->leaf_names[i]);
	return wish->request.count > 0;
}

static bool set_wish(const struct plan *plan, const struct plan_piece *piece, struct wish *wish)
{
	const struct profile_request *wanted = &plan->terms.profile->request;
	struct request *request = &wish->request;

	wish->request = (struct request){ .names = wish->list };
	if (!piece->work.needs[WORK_NEED_REQUEST] || !set_names(&piece->work, wish))
		return false;
	cert_name_organization(
		piece->work.leaf_subject, wish->organization, sizeof wish->organization);
	if (strlen(wish->names[0]) <= REQUEST_COMMON_NAME)
		request->common_name = wish->names[0];
	request->country = wanted->country;
	request->state = wanted->state;
	request->locality = wanted->locality;
	request->organization = wish->organization[0] && quote_is_plain(wish->organization)
					? wish->organization
					: NULL;
	request->key = key_type_for(wanted->key_kind, wanted->key_bits);
	return request->key;
}

void plan_request_name(
	const struct plan *plan, const struct plan_host *host, size_t piece, char *out, size_t size)
{
	const struct plan_piece *own = &host->pieces.items[piece];
	const char *ending = recipe_ending(host->platform->recipe);
	struct wish *wish = calloc(1, sizeof *wish);
	char stem[PLAN_FOLDER - 20] = "request";
	size_t number = 1;

	if (wish && set_wish(plan, own, wish))
		recipe_stem(&wish->request, stem, sizeof stem);
	free(wish);
	/* Scripts are called so. */
	if (strncmp(stem, "apply", 5) == 0)
		memcpy(stem, "request", sizeof "request");
	for (size_t i = 0; i < piece; i++) {
		const struct plan_piece *other = &host->pieces.items[i];

		if (!other->request_file[0])
			continue;
		if (strcmp(other->work.leaf_sha256, own->work.leaf_sha256) == 0) {
			(void)snprintf(out, size, "%s", other->request_file);
			return;
		}
		number++;
	}
	if (number == 1)
		(void)snprintf(out, size, "%s%s", stem, ending);
	else
		(void)snprintf(out, size, "%s-%zu%s", stem, number, ending);
}

bool plan_request_add(const struct plan *plan, const struct plan_host *host,
	const struct plan_piece *piece, struct buf *out)
{
	struct error why = { .code = ERROR_NONE };
	struct wish *wish = calloc(1, sizeof *wish);
	bool good = wish && set_wish(plan, piece, wish) &&
		    recipe_put(host->platform->recipe, &wish->request, out, &why);

	free(wish);
	return good;
}
