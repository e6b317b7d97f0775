/* SPDX-License-Identifier: MIT */
#include "checker/cert/sct.h"

#include <string.h>

static void note_log(struct sct_tally *tally, const uint8_t *id)
{
	for (size_t i = 0; i < tally->logs; i++)
		if (memcmp(tally->ids[i], id, SCT_LOG_BYTES) == 0)
			return;
	if (tally->logs < SCT_LOGS)
		memcpy(tally->ids[tally->logs++], id, SCT_LOG_BYTES);
}

static size_t two_octets(const uint8_t *at)
{
	return (size_t)at[0] << 8 | at[1];
}

/* Lengths of two octets; each timestamp begins with its version and its log's id. */
bool sct_read(struct sct_tally *tally, const uint8_t *list, size_t len)
{
	if (len < 2 || two_octets(list) != len - 2)
		return false;
	const uint8_t *at = list + 2, *end = list + len;
	while (at < end) {
		if (end - at < 2)
			return false;
		size_t one = two_octets(at);
		at += 2;
		if (one < 1 + SCT_LOG_BYTES || one > (size_t)(end - at))
			return false;
		tally->count++;
		note_log(tally, at + 1);
		at += one;
	}
	return true;
}

void sct_add(struct sct_tally *tally, const struct sct_tally *more)
{
	tally->count += more->count;
	for (size_t i = 0; i < more->logs; i++)
		note_log(tally, more->ids[i]);
}
