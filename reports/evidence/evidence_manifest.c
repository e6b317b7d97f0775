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

void evidence_list_release(struct evidence_list *list)
{
	free(list->url);
	free(list->how);
	free(list->sha256);
	free(list->why);
	free(list->issuer);
}

void evidence_manifest_release(struct evidence_manifest *manifest)
{
	for (size_t i = 0; i < manifest->stores.count; i++) {
		free(manifest->stores.items[i].id);
		free(manifest->stores.items[i].missing);
		texts_release(&manifest->stores.items[i].anchors);
	}
	for (size_t i = 0; i < manifest->lists.count; i++)
		evidence_list_release(&manifest->lists.items[i]);
	for (size_t i = 0; i < manifest->asked.count; i++)
		evidence_list_release(&manifest->asked.items[i]);
	free(manifest->stores.items);
	free(manifest->lists.items);
	free(manifest->asked.items);
	texts_release(&manifest->known);
	texts_release(&manifest->roots);
	free(manifest->version);
	free(manifest->command);
	free(manifest->profile);
	free(manifest->vantage.host);
	free(manifest->vantage.resolver);
	free(manifest->vantage.proxy);
	free(manifest->options.revocation);
	free(manifest->options.fetch);
	free(manifest->options.handshake);
	free(manifest->options.probe);
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

static void put_list(struct json *json, const struct evidence_list *list, bool is_asked)
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
	if (is_asked) {
		JSON_KEY(json, "issuer");
		json_put_string_or_null(json, list->issuer);
	}
	json_end_object(json);
}

static void put_text(struct json *json, const char *key, const char *text)
{
	json_key(json, key);
	json_put_string_or_null(json, text);
}

static void put_flag(struct json *json, const char *key, bool is)
{
	json_key(json, key);
	json_put_bool(json, is);
}

static void put_number(struct json *json, const char *key, size_t number)
{
	json_key(json, key);
	json_put_integer(json, (int64_t)number);
}

static void put_options(struct json *json, const struct evidence_options *options)
{
	JSON_KEY(json, "options");
	json_begin_object(json);
	put_text(json, "revocation", options->revocation);
	put_text(json, "fetch", options->fetch);
	put_flag(json, "offline", options->offline);
	put_text(json, "handshake", options->handshake);
	put_text(json, "probe", options->probe);
	put_number(json, "repeat", options->repeat);
	put_number(json, "retries", options->retries);
	JSON_KEY(json, "timeout_s");
	json_put_measure(json, options->timeout_s);
	put_flag(json, "first_address", options->first_address);
	put_flag(json, "caa", options->caa);
	put_flag(json, "identify", options->identify);
	put_flag(json, "explain", options->explain);
	put_flag(json, "ordered", options->ordered);
	json_end_object(json);
}

static void put_files(struct json *json, const struct evidence_manifest *manifest)
{
	JSON_KEY(json, "files");
	json_begin_object(json);
	for (enum evidence_file file = 0; file < EVIDENCE_FILES; file++)
		if (manifest->files[file][0])
			put_text(json, evidence_file_name(file), manifest->files[file]);
	json_end_object(json);
}

static void put_judgement(struct json *json, const struct evidence_manifest *manifest)
{
	JSON_KEY(json, "profile");
	json_begin_object(json);
	put_text(json, "id", manifest->profile);
	put_text(json, "sha256", manifest->files[EVIDENCE_PROFILE]);
	json_end_object(json);
	JSON_KEY(json, "trust_stores");
	json_begin_array(json);
	for (size_t i = 0; i < manifest->stores.count; i++)
		put_store(json, &manifest->stores.items[i]);
	json_end_array(json);
	put_texts(json, "known", &manifest->known);
	JSON_KEY(json, "lists");
	json_begin_array(json);
	for (size_t i = 0; i < manifest->lists.count; i++)
		put_list(json, &manifest->lists.items[i], false);
	json_end_array(json);
	JSON_KEY(json, "asked_lists");
	json_begin_array(json);
	for (size_t i = 0; i < manifest->asked.count; i++)
		put_list(json, &manifest->asked.items[i], true);
	json_end_array(json);
	put_texts(json, "roots", &manifest->roots);
}

static void put_counts(struct json *json, const struct evidence_manifest *manifest)
{
	JSON_KEY(json, "counts");
	json_begin_object(json);
	put_number(json, "targets", manifest->targets);
	put_number(json, "duplicates", manifest->duplicates);
	put_number(json, "observations", manifest->observations);
	for (enum evidence_kind kind = 0; kind < EVIDENCE_KINDS; kind++)
		put_number(json, evidence_place(kind)->folder, manifest->filed[kind]);
	json_end_object(json);
}

static void put_vantage(struct json *json, const struct evidence_vantage *vantage)
{
	JSON_KEY(json, "vantage");
	json_begin_object(json);
	put_text(json, "host", vantage->host);
	put_text(json, "resolver", vantage->resolver);
	put_text(json, "proxy", vantage->proxy);
	json_end_object(json);
}

bool evidence_manifest_put(struct buf *out, const struct evidence_manifest *manifest)
{
	struct json whole, *json = &whole;

	json_init(json, out);
	json_begin_object(json);
	put_text(json, "schema", EVIDENCE_SCHEMA);
	put_text(json, "version", manifest->version);
	put_text(json, "command", manifest->command);
	put_time(json, "began", manifest->began);
	put_time(json, "ended", manifest->ended);
	put_time(json, "as_of", manifest->as_of);
	put_flag(json, "interrupted", manifest->interrupted);
	put_vantage(json, &manifest->vantage);
	put_options(json, &manifest->options);
	put_files(json, manifest);
	put_judgement(json, manifest);
	put_counts(json, manifest);
	json_end_object(json);
	return json_end(json) && buf_add_char(out, '\n');
}
