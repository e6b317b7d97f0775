/* SPDX-License-Identifier: MIT */
#include "reports/renderer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "checker/cert/cert.h"

#define SETS 64
#define WAYS 4
#define TEXT_BYTES 4096 /* of one: a megabyte in all */

struct kept {
	char fingerprint[FINGERPRINT_TEXT];
	char *text;
	size_t len;
};

struct renderer {
	struct kept kept[SETS][WAYS];
	unsigned next[SETS]; /* the oldest of each set */
};

struct renderer *renderer_new(void)
{
	return calloc(1, sizeof(struct renderer));
}

void renderer_free(struct renderer *renderer)
{
	if (!renderer)
		return;
	for (size_t i = 0; i < SETS; i++)
		for (size_t k = 0; k < WAYS; k++)
			free(renderer->kept[i][k].text);
	free(renderer);
}

/* The first digits of a hash are as good as another one. */
static size_t set_of(const char *fingerprint)
{
	uint64_t first;

	memcpy(&first, fingerprint, sizeof first);
	return (size_t)(first * 0x9e3779b97f4a7c15u >> 32) % SETS;
}

const char *renderer_find(const struct renderer *renderer, const char *fingerprint, size_t *ret_len)
{
	const struct kept *set = renderer->kept[set_of(fingerprint)];

	for (size_t i = 0; i < WAYS; i++) {
		if (!set[i].text || memcmp(set[i].fingerprint, fingerprint, FINGERPRINT_TEXT) != 0)
			continue;
		*ret_len = set[i].len;
		return set[i].text;
	}
	return NULL;
}

void renderer_keep(struct renderer *renderer, const char *fingerprint, const char *text, size_t len)
{
	size_t set = set_of(fingerprint);
	char *copy = len > 0 && len <= TEXT_BYTES ? malloc(len) : NULL;

	/* Without memory it is only slower. */
	if (!copy)
		return;
	struct kept *slot = &renderer->kept[set][renderer->next[set]++ % WAYS];
	memcpy(copy, text, len);
	free(slot->text);
	slot->text = copy;
	slot->len = len;
	memcpy(slot->fingerprint, fingerprint, FINGERPRINT_TEXT);
}
