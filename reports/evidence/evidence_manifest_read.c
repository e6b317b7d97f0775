/* SPDX-License-Identifier: MIT */
#include "reports/evidence/evidence_manifest.h"

#include <string.h>

#include <jansson.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/limits.h"

/* Above what a profile can name, a machine trust, or certificates of a run name
 * (LIMIT_REMOTE_URLS). */
#define TEXTS_MOST (1u << 17)

static bool misfit(const json_error_t *why, struct error *err)
{
	return error_set(err, ERROR_SYNTAX, "%s", why->text);
}

static bool fault(const char *key, struct error *err)
{
	return error_set(err, ERROR_SYNTAX, "\"%s\" is not what it has to be", key);
}

/* NULL stays NULL. */
static bool copy(const char *text, char **ret_copy, struct error *err)
{
	*ret_copy = text ? text_copy(text, strlen(text)) : NULL;
	return *ret_copy || !text || error_set_memory(err);
}

static bool copy_print(const char *key, const char *text, char **ret_copy, struct error *err)
{
	uint8_t sum[FINGERPRINT_BYTES];

	if (text && !fingerprint_parse(text, sum))
		return fault(key, err);
	return copy(text, ret_copy, err);
}

static bool read_texts(struct evidence_texts *texts, const char *key, const json_t *array,
	bool prints, struct error *err)
{
	uint8_t sum[FINGERPRINT_BYTES];

	if (!json_is_array(array) || json_array_size(array) > TEXTS_MOST)
		return fault(key, err);
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *text = json_string_value(json_array_get(array, i));

		if (!text || (prints && !fingerprint_parse(text, sum)))
			return fault(key, err);
		if (!evidence_texts_add(texts, text))
			return error_set_memory(err);
	}
	return true;
}

static bool read_time(
	const char *key, const char *text, struct instant *ret_instant, struct error *err)
{
	return instant_parse(text, ret_instant) || fault(key, err);
}

static bool read_store(struct evidence_manifest *manifest, json_t *value, struct error *err)
{
	const char *id;
	json_t *missing = NULL, *anchors = NULL;
	json_error_t why;
	int whole;

	if (json_unpack_ex(value, &why, 0, "{s:s,s:b,s?:o,s:o}", "id", &id, "whole", &whole,
		    "missing", &missing, "anchors", &anchors) != 0)
		return misfit(&why, err);
	if (!vec_reserve(&manifest->stores))
		return error_set_memory(err);
	struct evidence_store *store = &manifest->stores.items[manifest->stores.count++];
	*store = (struct evidence_store){ .whole = whole };
	return copy(id, &store->id, err) &&
	       copy(json_string_value(missing), &store->missing, err) &&
	       read_texts(&store->anchors, "anchors", anchors, true, err);
}

static bool read_list(struct evidence_list *list, json_t *value, struct error *err)
{
	const char *url, *time;
	json_t *how = NULL, *sha256 = NULL, *reason = NULL, *issuer = NULL;
	json_error_t why;
	int refused;

	*list = (struct evidence_list){ .url = NULL };
	if (json_unpack_ex(value, &why, 0, "{s:s,s:s,s?:o,s:b,s?:o,s?:o,s?:o}", "url", &url, "time",
		    &time, "how", &how, "refused", &refused, "sha256", &sha256, "why", &reason,
		    "issuer", &issuer) != 0)
		return misfit(&why, err);
	list->refused = refused;
	return read_time("time", time, &list->time, err) && copy(url, &list->url, err) &&
	       copy(json_string_value(how), &list->how, err) &&
	       copy(json_string_value(reason), &list->why, err) &&
	       copy_print("issuer", json_string_value(issuer), &list->issuer, err) &&
	       copy_print("sha256", json_string_value(sha256), &list->sha256, err);
}

static bool read_profile_list(struct evidence_manifest *manifest, json_t *value, struct error *err)
{
	return vec_reserve(&manifest->lists)
		       ? read_list(&manifest->lists.items[manifest->lists.count++], value, err)
		       : error_set_memory(err);
}

static bool read_asked_list(struct evidence_manifest *manifest, json_t *value, struct error *err)
{
	return vec_reserve(&manifest->asked)
		       ? read_list(&manifest->asked.items[manifest->asked.count++], value, err)
		       : error_set_memory(err);
}

static bool read_each(struct evidence_manifest *manifest, const char *key, const json_t *array,
	bool (*read)(struct evidence_manifest *manifest, json_t *value, struct error *err),
	struct error *err)
{
	if (!json_is_array(array) || json_array_size(array) > TEXTS_MOST)
		return fault(key, err);
	for (size_t i = 0; i < json_array_size(array); i++)
		if (!read(manifest, json_array_get(array, i), err))
			return false;
	return true;
}

static bool read_counts(struct evidence_manifest *manifest, json_t *counts, struct error *err)
{
	json_int_t targets = 0, duplicates = 0, observations = 0;
	json_error_t why;

	if (!json_is_object(counts))
		return fault("counts", err);
	if (json_unpack_ex(counts, &why, 0, "{s:I,s:I,s:I}", "targets", &targets, "duplicates",
		    &duplicates, "observations", &observations) != 0)
		return misfit(&why, err);
	if (targets < 0 || duplicates < 0 || observations < 0)
		return fault("counts", err);
	manifest->targets = (size_t)targets;
	manifest->duplicates = (size_t)duplicates;
	manifest->observations = (size_t)observations;
	return true;
}

static bool read_files(struct evidence_manifest *manifest, const json_t *files, struct error *err)
{
	uint8_t sum[FINGERPRINT_BYTES];

	for (enum evidence_file file = 0; file < EVIDENCE_FILES; file++) {
		const char *text = json_string_value(
			json_object_get(files, evidence_file_name(file)));

		if (!text && file == EVIDENCE_WAIVERS)
			continue;
		if (!text || !fingerprint_parse(text, sum))
			return fault(evidence_file_name(file), err);
		text_from_bytes(sum, sizeof sum, manifest->files[file]);
	}
	return true;
}

static bool read_vantage(struct evidence_vantage *vantage, json_t *value, struct error *err)
{
	return copy(json_string_value(json_object_get(value, "host")), &vantage->host, err) &&
	       copy(json_string_value(json_object_get(value, "resolver")), &vantage->resolver,
		       err) &&
	       copy(json_string_value(json_object_get(value, "proxy")), &vantage->proxy, err);
}

static bool read_options(struct evidence_options *options, json_t *value, struct error *err)
{
	int offline, first_address, caa, identify, explain, ordered;
	const char *revocation, *fetch, *handshake, *probe;
	json_int_t repeat, retries;
	json_error_t why;

	if (!json_is_object(value))
		return fault("options", err);
	if (json_unpack_ex(value, &why, 0, "{s:s,s:s,s:s,s:s,s:I,s:I,s:F,s:b,s:b,s:b,s:b,s:b,s:b}",
		    "revocation", &revocation, "fetch", &fetch, "handshake", &handshake, "probe",
		    &probe, "repeat", &repeat, "retries", &retries, "timeout_s",
		    &options->timeout_s, "offline", &offline, "first_address", &first_address,
		    "caa", &caa, "identify", &identify, "explain", &explain, "ordered",
		    &ordered) != 0)
		return misfit(&why, err);
	if (repeat < 0 || retries < 0)
		return fault("options", err);
	options->repeat = (size_t)repeat;
	options->retries = (size_t)retries;
	options->offline = offline;
	options->first_address = first_address;
	options->caa = caa;
	options->identify = identify;
	options->explain = explain;
	options->ordered = ordered;
	return copy(revocation, &options->revocation, err) && copy(fetch, &options->fetch, err) &&
	       copy(handshake, &options->handshake, err) && copy(probe, &options->probe, err);
}

static bool read_head(struct evidence_manifest *manifest, json_t *whole, struct error *err)
{
	const char *schema = NULL, *version, *command, *began, *ended, *as_of, *id;
	int interrupted;
	json_error_t why;

	if (json_unpack_ex(whole, &why, 0, "{s:s}", "schema", &schema) != 0)
		return misfit(&why, err);
	if (strcmp(schema, EVIDENCE_SCHEMA) != 0)
		return error_set(err, ERROR_SYNTAX, "\"schema\" is not \"%s\"", EVIDENCE_SCHEMA);
	if (json_unpack_ex(whole, &why, 0, "{s:s,s:s,s:s,s:s,s:s,s:b,s:{s:s}}", "version", &version,
		    "command", &command, "began", &began, "ended", &ended, "as_of", &as_of,
		    "interrupted", &interrupted, "profile", "id", &id) != 0)
		return misfit(&why, err);
	manifest->interrupted = interrupted;
	return read_time("began", began, &manifest->began, err) &&
	       read_time("ended", ended, &manifest->ended, err) &&
	       read_time("as_of", as_of, &manifest->as_of, err) &&
	       copy(version, &manifest->version, err) && copy(command, &manifest->command, err) &&
	       copy(id, &manifest->profile, err) &&
	       read_files(manifest, json_object_get(whole, "files"), err) &&
	       read_vantage(&manifest->vantage, json_object_get(whole, "vantage"), err) &&
	       read_options(&manifest->options, json_object_get(whole, "options"), err);
}

static bool read_body(struct evidence_manifest *manifest, json_t *whole, struct error *err)
{
	return read_each(manifest, "trust_stores", json_object_get(whole, "trust_stores"),
		       read_store, err) &&
	       read_texts(&manifest->known, "known", json_object_get(whole, "known"), true, err) &&
	       read_each(manifest, "lists", json_object_get(whole, "lists"), read_profile_list,
		       err) &&
	       read_each(manifest, "asked_lists", json_object_get(whole, "asked_lists"),
		       read_asked_list, err) &&
	       read_texts(&manifest->roots, "roots", json_object_get(whole, "roots"), false, err) &&
	       read_counts(manifest, json_object_get(whole, "counts"), err);
}

bool evidence_manifest_read(
	struct evidence_manifest *manifest, const char *text, size_t len, struct error *err)
{
	json_error_t why;
	json_t *whole = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);

	if (!whole)
		return json_error_code(&why) == json_error_out_of_memory
			       ? error_set_memory(err)
			       : error_set(err, ERROR_SYNTAX, "not JSON: %s", why.text);
	bool good = read_head(manifest, whole, err) && read_body(manifest, whole, err);
	json_decref(whole);
	return good;
}
