/* SPDX-License-Identifier: MIT */
#include "checker/dcv/dcv_seen.h"

#include <stdlib.h>

#include "checker/base/text.h"

bool dcv_text_set(struct dcv_text *text, const char *bytes, size_t len, uint32_t ttl)
{
	size_t kept = len < LIMIT_DCV_TEXT_BYTES ? len : LIMIT_DCV_TEXT_BYTES;

	*text = (struct dcv_text){ .bytes = text_copy(bytes, kept), .len = len, .ttl = ttl };
	return text->bytes;
}

static void texts_release(struct dcv_text *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(texts[i].bytes);
	free(texts);
}

static void look_release(struct dcv_look *look)
{
	texts_release(look->texts.items, look->texts.count);
	for (size_t i = 0; i < look->addresses.count; i++)
		free(look->addresses.items[i]);
	free(look->addresses.items);
}

static void visit_release(struct dcv_visit *visit)
{
	for (size_t i = 0; i < visit->hops.count; i++) {
		free(visit->hops.items[i].url);
		free(visit->hops.items[i].location);
	}
	free(visit->hops.items);
	buf_release(&visit->body);
}

void dcv_seen_release(struct dcv_seen *seen)
{
	for (size_t i = 0; i < seen->looks.count; i++)
		look_release(&seen->looks.items[i]);
	for (size_t i = 0; i < seen->others.count; i++)
		texts_release(seen->others.items[i].texts.items, seen->others.items[i].texts.count);
	for (size_t i = 0; i < seen->visits.count; i++)
		visit_release(&seen->visits.items[i]);
	free(seen->looks.items);
	free(seen->others.items);
	free(seen->visits.items);
	free(seen->addresses.items);
	*seen = (struct dcv_seen){ .name = "" };
}
