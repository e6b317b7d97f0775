/* SPDX-License-Identifier: MIT */
#include "reports/machine/prometheus_owners.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "reports/census.h"

#define LABEL_BYTES 128 /* longer names are cut, and those that then are the same are one */

struct series {
	char label[LABEL_BYTES];
	size_t results[STATUS_COUNT];
};

/* The last is that of all others. */
struct owners {
	struct series all[PROMETHEUS_OWNERS + 1];
	size_t count;
};

static struct series *series_of(struct owners *owners, const char *label)
{
	struct series *rest = &owners->all[PROMETHEUS_OWNERS];

	if (strcmp(label, rest->label) == 0)
		return rest;
	for (size_t i = 0; i < owners->count; i++)
		if (strcmp(label, owners->all[i].label) == 0)
			return &owners->all[i];
	if (owners->count == PROMETHEUS_OWNERS)
		return rest;
	memcpy(owners->all[owners->count].label, label, strlen(label) + 1);
	return &owners->all[owners->count++];
}

static void count(void *arg, const struct census_owner *owner)
{
	const char *name = owner->name[0] ? owner->name : "none";
	char label[LABEL_BYTES];

	text_printable(name, strlen(name), label, sizeof label);
	struct series *series = series_of(arg, label);
	for (size_t i = 0; i < STATUS_COUNT; i++)
		series->results[i] += owner->results[i];
}

/* The text format of Prometheus: these three are escaped in the value of a label. */
static void put_label(struct buf *out, const char *label)
{
	for (; *label; label++) {
		if (*label == '\\' || *label == '"')
			(void)buf_add_char(out, '\\');
		if (*label == '\n')
			(void)buf_add_text(out, "\\n");
		else
			(void)buf_add_char(out, *label);
	}
}

static void put_series(struct buf *out, const char *name, const struct series *series)
{
	for (enum status status = STATUS_OK; status < STATUS_COUNT; status++) {
		(void)buf_addf(out, "%s{owner=\"", name);
		put_label(out, series->label);
		(void)buf_addf(out, "\",status=\"%s\"} %zu\n", status_name(status),
			series->results[status]);
	}
}

bool prometheus_owners_put(struct buf *out, const char *name, const struct census *census)
{
	static const char other[] = "other";
	struct owners *owners = calloc(1, sizeof *owners);
	bool any = false;

	if (!owners)
		return false;
	memcpy(owners->all[PROMETHEUS_OWNERS].label, other, sizeof other);
	bool good = census_owners(census, count, owners);
	for (size_t i = 0; i < owners->count; i++)
		put_series(out, name, &owners->all[i]);
	for (size_t i = 0; i < STATUS_COUNT; i++)
		any |= owners->all[PROMETHEUS_OWNERS].results[i] > 0;
	if (any)
		put_series(out, name, &owners->all[PROMETHEUS_OWNERS]);
	free(owners);
	return good;
}
