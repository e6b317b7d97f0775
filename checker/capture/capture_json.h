/* SPDX-License-Identifier: MIT */
/*
 * capture_json - lines of JSON, as tlsx and zgrab2 write them
 *
 * For capture_tlsx.c and capture_zgrab2.c only.
 */
#ifndef CHECKER_CAPTURE_CAPTURE_JSON_H
#define CHECKER_CAPTURE_CAPTURE_JSON_H

#include <stdbool.h>

#include <jansson.h>

#include "checker/base/attr.h"
#include "checker/capture/capture_item.h"

static inline void capture_json_free(json_t *json)
{
	json_decref(json);
}
DEFINE_CLEANUP(json_t *, capture_json_free);

/*
 * The object of the next line that is not empty, which is the caller's.  A line that is no object
 * is an item with a fault, and NULL with *RET_IS_BAD.  NULL alone behind the last line, and with
 * ERR set for trouble.
 */
MUST_USE json_t *capture_json_next(
	struct capture_reading *reading, bool *ret_is_bad, struct error *err);

/* The text of a member; NULL when there is none, or an empty one. */
const char *capture_json_text(const json_t *object, const char *key);

/* The port, which tlsx writes as a text and zgrab2 as a number. */
void capture_json_port(struct capture_item *item, const json_t *object);

/* Version and cipher suite as OpenSSL calls them, where they are known. */
void capture_json_tls(struct capture_item *item, const char *version, const char *cipher);

#endif
