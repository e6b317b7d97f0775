/* SPDX-License-Identifier: MIT */
#include "reports/evidence/evidence_manifest.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "reports/json.h"

bool evidence_texts_add(struct evidence_texts *texts, const char *text)
{
	char *copy;

	if (!vec_reserve(texts) || !(copy = text_copy(text, strlen(text))))
		return false;
	texts->items[texts->count++] = copy;
	return true;
}

static void texts_release(struct evidence_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->items[i]);
	free(texts->items);
}

void evidence_manifest_release(struct evidence_manifest *manifest)
{
	for (size_t i = 0; i < manifest->stores.count; i++) {
		free(manifest->stores.items[i].id);
		free(manifest->stores.items[i].missing);
		texts_release(&manifest->stores.items[i].anchors);
	}
	for (size_t i = 0; i < manifest->lists.count; i++) {
		free(manifest->lists.items[i].url);
		free(manifest->lists.items[i].how);
		free(manifest->lists.items[i].sha256);
		free(manifest->lists.items[i].why);
	}
	free(manifest->stores.items);
	free(manifest->lists.items);
	texts_release(&manifest->known);
	texts_release(&manifest->roots);
	free(manifest->version);
	free(manifest->vantage);
	free(manifest->profile);
	free(manifest->profile_sha256);
	*manifest = (struct evidence_manifest){ .version = NULL };
}

static void put_time(struct json *json, const char *key, struct instant instant)
{
	char text[INSTANT_TEXT];

	instant_format(instant, text);
	json_key(json, key);
	json_put_string(json, text);
}

static void put_texts(struct json *json, const char *key, const struct evidence_texts *texts)
{
	json_key(json, key);
	json_begin_array(json);
	for (size_t i = 0; i < texts->count; i++)
		json_put_string(json, texts->items[i]);
	json_end_array(json);
}

static void put_store(struct json *json, const struct evidence_store *store)
{
	json_begin_object(json);
	JSON_KEY(json, "id");
	json_put_string(json, store->id);
	JSON_KEY(json, "whole");
	json_put_bool(json, store->whole);
	JSON_KEY(json, "missing");
	json_put_string_or_null(json, store->missing);
	put_texts(json, "anchors", &store->anchors);
	json_end_object(json);
}

static void put_list(struct json *json, const struct evidence_list *list)
{
	json_begin_object(json);
	JSON_KEY(json, "url");
	json_put_string(json, list->url);
	put_time(json, "time", list->time);
	JSON_KEY(json, "how");
	json_put_string_or_null(json, list->how);
	JSON_KEY(json, "refused");
	json_put_bool(json, list->refused);
	JSON_KEY(json, "sha256");
	json_put_string_or_null(json, list->sha256);
	JSON_KEY(json, "why");
	json_put_string_or_null(json, list->why);
	json_end_object(json);
}

static void put_judgement(struct json *json, const struct evidence_manifest *manifest)
{
	JSON_KEY(json, "profile");
	json_begin_object(json);
	JSON_KEY(json, "id");
	json_put_string(json, manifest->profile);
	JSON_KEY(json, "sha256");
	json_put_string(json, manifest->profile_sha256);
	json_end_object(json);
	JSON_KEY(json, "waivers");
	json_put_bool(json, manifest->has_waivers);
	JSON_KEY(json, "trust_stores");
	json_begin_array(json);
	for (size_t i = 0; i < manifest->stores.count; i++)
		put_store(json, &manifest->stores.items[i]);
	json_end_array(json);
	put_texts(json, "known", &manifest->known);
	JSON_KEY(json, "lists");
	json_begin_array(json);
	for (size_t i = 0; i < manifest->lists.count; i++)
		put_list(json, &manifest->lists.items[i]);
	json_end_array(json);
	put_texts(json, "roots", &manifest->roots);
}

static void put_counts(struct json *json, const struct evidence_manifest *manifest)
{
	JSON_KEY(json, "counts");
	json_begin_object(json);
	JSON_KEY(json, "targets");
	json_put_integer(json, (int64_t)manifest->targets);
	JSON_KEY(json, "duplicates");
	json_put_integer(json, (int64_t)manifest->duplicates);
	JSON_KEY(json, "observations");
	json_put_integer(json, (int64_t)manifest->observations);
	for (enum evidence_kind kind = 0; kind < EVIDENCE_KINDS; kind++) {
		json_key(json, evidence_place(kind)->folder);
		json_put_integer(json, (int64_t)manifest->filed[kind]);
	}
	json_end_object(json);
}

bool evidence_manifest_put(struct buf *out, const struct evidence_manifest *manifest)
{
	struct json whole, *json = &whole;

	json_init(json, out);
	json_begin_object(json);
	JSON_KEY(json, "schema");
	json_put_string(json, EVIDENCE_SCHEMA);
	JSON_KEY(json, "version");
	json_put_string(json, manifest->version);
	JSON_KEY(json, "vantage");
	json_put_string(json, manifest->vantage);
	put_time(json, "began", manifest->began);
	put_time(json, "ended", manifest->ended);
	put_time(json, "as_of", manifest->as_of);
	JSON_KEY(json, "interrupted");
	json_put_bool(json, manifest->interrupted);
	put_judgement(json, manifest);
	put_counts(json, manifest);
	json_end_object(json);
	return json_end(json) && buf_add_char(out, '\n');
}
