/* SPDX-License-Identifier: MIT */
/*
 * json_phrase - a phrase in a record, so that it can be read in another language
 *
 * Beside the English message stand the text it was made from and what fills its
 * places (docs/formats.md, "Messages").
 */
#ifndef REPORTS_JSON_PHRASE_H
#define REPORTS_JSON_PHRASE_H

struct json;

/* Members "template" and "arguments" of the object that is open; none for plain text. */
void json_phrase_put(struct json *json, const char *phrase);

#endif
