/* SPDX-License-Identifier: MIT */
#include "rules/profile/profile_load.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "rules/profile/profile_anchors.h"

/* A hundred years: what is longer is a slip of the finger. */
#define DAYS_MAX 36525
#define RSA_BITS_MIN 512
#define RSA_BITS_MAX 65536

static struct profile_title title_of(const struct written_title *title)
{
	return (struct profile_title){ .text = {
					       [LANGUAGE_EN] = title->en,
					       [LANGUAGE_ZH_HANT] = title->zh_hant,
					       [LANGUAGE_ZH_HANS] = title->zh_hans,
				       } };
}

static bool load_references(const struct load *load)
{
	const struct written_profile *written = load->whole->written;
	char place[PROFILE_PLACE];

	for (size_t i = 0; i < written->references_count; i++) {
		profile_load_place(place, "references[%zu].url", i);
		if (!profile_load_url(load, place, written->references[i].url))
			return false;
	}
	return true;
}

/* An anchor is an id, or an id and the day on which it leaves. */
static bool load_anchors(struct load *load, size_t number, struct profile_store *store)
{
	struct written_store *from = &load->whole->written->trust_stores[number];
	struct profile_leaving *leaving = profile_load_keep(
		load, from->anchors_count, sizeof *leaving);
	char place[PROFILE_PLACE];

	if (!leaving)
		return false;
	for (size_t i = 0; i < from->anchors_count; i++) {
		const char *until = profile_anchor_cut(from->anchors[i]);

		profile_load_place(place, "trust_stores[%zu].anchors[%zu]", number, i);
		if (until && !profile_load_day(
				     load, place, until, &leaving[i].has_until, &leaving[i].until))
			return false;
	}
	store->leaving = leaving;
	store->anchor_count = from->anchors_count;
	profile_load_place(place, "trust_stores[%zu].anchors", number);
	return profile_load_several(
		load, place, from->anchors, from->anchors_count, &store->anchors);
}

static bool load_stores(struct load *load)
{
	const struct written_profile *written = load->whole->written;
	struct profile_store *stores = profile_load_keep(
		load, written->trust_stores_count, sizeof *stores);
	char place[PROFILE_PLACE];

	if (!stores)
		return false;
	for (size_t i = 0; i < written->trust_stores_count; i++) {
		const struct written_store *from = &written->trust_stores[i];

		profile_load_place(place, "trust_stores[%zu].id", i);
		if (!profile_load_id(load, place, from->id))
			return false;
		for (size_t j = 0; j < i; j++)
			if (strcmp(stores[j].id, from->id) == 0)
				return profile_yaml_fault(load->yaml, load->err, place,
					"the same as that of trust_stores[%zu]", j);
		stores[i].id = from->id;
		stores[i].title = title_of(&from->title);
		if (!load_anchors(load, i, &stores[i]))
			return false;
	}
	load->whole->profile.stores = stores;
	load->whole->profile.store_count = written->trust_stores_count;
	return true;
}

static bool find_store(
	const struct load *load, const char *place, const char *id, size_t *ret_number)
{
	const struct profile *profile = &load->whole->profile;
	char shown[120];

	for (size_t i = 0; i < profile->store_count; i++)
		if (strcmp(profile->stores[i].id, id) == 0) {
			*ret_number = i;
			return true;
		}
	text_printable(id, strlen(id), shown, sizeof shown);
	return profile_yaml_fault(
		load->yaml, load->err, place, "no trust store has the id \"%s\"", shown);
}

static bool load_serves(struct load *load, size_t number, const struct written_serve *from,
	struct profile_serve *to)
{
	size_t *serves = profile_load_keep(load, from->serves_count, sizeof *serves);
	char place[PROFILE_PLACE];

	profile_load_place(place, "serve[%zu].serves", number);
	if (!serves || !profile_load_words(load, place, from->serves, from->serves_count))
		return false;
	for (size_t i = 0; i < from->serves_count; i++) {
		profile_load_place(place, "serve[%zu].serves[%zu]", number, i);
		if (!find_store(load, place, from->serves[i], &serves[i]))
			return false;
	}
	to->serves = serves;
	to->serves_count = from->serves_count;
	return true;
}

static bool load_serve(struct load *load)
{
	const struct written_profile *written = load->whole->written;
	struct profile_serve *serve = profile_load_keep(load, written->serve_count, sizeof *serve);
	char place[PROFILE_PLACE];

	if (!serve)
		return false;
	for (size_t i = 0; i < written->serve_count; i++) {
		const struct written_serve *from = &written->serve[i];

		serve[i].role = (enum profile_role)from->role;
		serve[i].need = (enum profile_need)from->need;
		for (size_t j = 0; j < i; j++) {
			if (serve[j].role != serve[i].role)
				continue;
			profile_load_place(place, "serve[%zu].role", i);
			return profile_yaml_fault(load->yaml, load->err, place,
				"\"%s\" is listed twice", profile_role_name(serve[i].role));
		}
		if (!load_serves(load, i, from, &serve[i]))
			return false;
	}
	load->whole->profile.serve = serve;
	load->whole->profile.serve_count = written->serve_count;
	return true;
}

static bool load_list(
	struct load *load, size_t number, const struct written_list *from, struct profile_list *to)
{
	char place[PROFILE_PLACE];

	profile_load_place(place, "revocation_lists[%zu].id", number);
	if (!profile_load_id(load, place, from->id))
		return false;
	for (size_t i = 0; i < number; i++)
		if (strcmp(load->whole->written->revocation_lists[i].id, from->id) == 0)
			return profile_yaml_fault(load->yaml, load->err, place,
				"the same as that of revocation_lists[%zu]", i);
	to->id = from->id;
	to->url = from->url;
	to->covers_ca = (from->covers & COVERS_CA) != 0;
	to->covers_leaf = (from->covers & COVERS_LEAF) != 0;
	to->expect_count = from->expect_revoked_count;
	profile_load_place(place, "revocation_lists[%zu].issuer", number);
	if (!profile_load_one(load, place, from->issuer, &to->issuer))
		return false;
	profile_load_place(place, "revocation_lists[%zu].url", number);
	if (!profile_load_url(load, place, from->url))
		return false;
	profile_load_place(place, "revocation_lists[%zu].expect_revoked", number);
	if (!profile_load_several(load, place, from->expect_revoked, from->expect_revoked_count,
		    &to->expect_revoked))
		return false;
	profile_load_place(place, "revocation_lists[%zu].expect_from", number);
	return profile_load_day(
		load, place, from->expect_from, &to->has_expect_from, &to->expect_from);
}

static bool load_lists(struct load *load)
{
	const struct written_profile *written = load->whole->written;
	size_t count = written->revocation_lists_count;
	struct profile_list *lists = profile_load_keep(load, count, sizeof *lists);

	if (!lists)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!load_list(load, i, &written->revocation_lists[i], &lists[i]))
			return false;
	load->whole->profile.lists = lists;
	load->whole->profile.list_count = count;
	return true;
}

static bool load_validity(struct load *load)
{
	const struct written_leaf *from = &load->whole->written->leaf;
	struct profile_leaf *leaf = &load->whole->profile.leaf;
	struct profile_validity *rows = profile_load_keep(
		load, from->validity_days_count, sizeof *rows);
	char place[PROFILE_PLACE];
	bool has;

	if (!rows)
		return false;
	for (size_t i = 0; i < from->validity_days_count; i++) {
		const struct written_validity *row = &from->validity_days[i];

		profile_load_place(place, "leaf.validity_days[%zu].max", i);
		if (!profile_load_range(load, place, &row->max, 1, DAYS_MAX))
			return false;
		rows[i].max_days = row->max;
		profile_load_place(place, "leaf.validity_days[%zu].own", i);
		if (row->own && !profile_load_range(load, place, &row->own, 1, row->max))
			return false;
		rows[i].own_days = row->own;
		profile_load_place(place, "leaf.validity_days[%zu].from", i);
		if (!profile_load_day(load, place, row->from, &has, &rows[i].from))
			return false;
		if (i > 0 && rows[i].from.seconds <= rows[i - 1].from.seconds)
			return profile_yaml_fault(load->yaml, load->err, place,
				"%s is not after the day before it, %s", row->from,
				from->validity_days[i - 1].from);
	}
	leaf->validity = rows;
	leaf->validity_count = from->validity_days_count;
	return true;
}

static bool load_expires(struct load *load)
{
	const struct written_leaf *from = &load->whole->written->leaf;
	struct profile_leaf *leaf = &load->whole->profile.leaf;
	const uint32_t *days = from->expires_soon_days;
	char place[PROFILE_PLACE];

	for (size_t i = 0; i < from->expires_soon_days_count; i++) {
		profile_load_place(place, "leaf.expires_soon_days[%zu]", i);
		if (!profile_load_range(load, place, &days[i], 1, DAYS_MAX))
			return false;
		if (i > 0 && days[i] >= days[i - 1])
			return profile_yaml_fault(load->yaml, load->err, place,
				"%u is not less than the %u before it", (unsigned)days[i],
				(unsigned)days[i - 1]);
	}
	leaf->expires_warning_days = from->expires_soon_days_count > 0 ? days[0] : 0;
	leaf->expires_critical_days = from->expires_soon_days_count > 1 ? days[1] : 0;
	return true;
}

static bool load_leaf(struct load *load)
{
	const struct written_leaf *from = &load->whole->written->leaf;
	struct profile_leaf *leaf = &load->whole->profile.leaf;

	if (!profile_load_several(load, "leaf.authority", from->authority, from->authority_count,
		    &leaf->authority))
		return false;
	leaf->authority_count = from->authority_count;
	if (!profile_load_day(load, "leaf.client_auth_until", from->client_auth_until,
		    &leaf->has_client_auth_until, &leaf->client_auth_until))
		return false;
	if (!profile_load_range(load, "leaf.keys.rsa_min_bits", from->keys.rsa_min_bits,
		    RSA_BITS_MIN, RSA_BITS_MAX))
		return false;
	leaf->is_private = from->is_private;
	leaf->embeds_scts = from->embeds_scts;
	leaf->rsa_min_bits = from->keys.rsa_min_bits ? *from->keys.rsa_min_bits : 0;
	return profile_load_texts(load, "leaf.keys.curves", from->keys.curves,
		       from->keys.curves_count, &leaf->curves) &&
	       load_validity(load) && load_expires(load);
}

static void load_severity(const struct load *load)
{
	struct profile *profile = &load->whole->profile;

	for (size_t i = 0; i < RULE_COUNT; i++) {
		int level = load->whole->written->severity.level[i];
		profile->severity_set[i] = level != 0;
		profile->severity[i] = level ? (enum severity)(level - 1) : SEVERITY_NOTE;
	}
}

static bool load_all(struct load *load, const char *path)
{
	struct profile *profile = &load->whole->profile;
	size_t size = strlen(path) + 1;
	char *source = profile_load_keep(load, size, 1);

	if (!source || !profile_load_id(load, "id", load->whole->written->id))
		return false;
	memcpy(source, path, size);
	profile->id = load->whole->written->id;
	profile->source = source;
	profile->title = title_of(&load->whole->written->title);
	load_severity(load);
	return load_references(load) && profile_load_certificates(load) && load_stores(load) &&
	       load_serve(load) && load_lists(load) && load_leaf(load) &&
	       profile_load_request(load) && profile_load_dcv(load);
}

/* First of all: a profile of another version would be nothing but unknown keys. */
static bool check_version(const struct profile_yaml *yaml, struct error *err)
{
	const char *version = profile_yaml_text(yaml, "schema");
	char shown[120];

	if (!version || strcmp(version, PROFILE_SCHEMA) == 0)
		return true;
	text_printable(version, strlen(version), shown, sizeof shown);
	return profile_yaml_fault(
		yaml, err, "schema", "\"%s\" is not \"%s\"", shown, PROFILE_SCHEMA);
}

struct profile *profile_parse(const char *path, const struct buf *written, struct error *err)
{
	CLEANUP(buf_release) struct buf flat = BUF_INIT(LIMIT_PROFILE_BYTES);
	CLEANUP(profile_yaml_freep)
	struct profile_yaml *first = profile_yaml_new(path, written, err);
	const struct buf *text = &flat;

	if (!first || !profile_anchors_flatten(first, written, &flat, err))
		return NULL;
	CLEANUP(profile_yaml_freep) struct profile_yaml *own = profile_yaml_new(path, text, err);
	const struct profile_yaml *yaml = own;
	uint8_t sum[FINGERPRINT_BYTES];

	if (!yaml || !check_version(yaml, err) || !profile_yaml_check(yaml, &profile_schema, err))
		return NULL;

	struct profile_whole *whole = calloc(1, sizeof *whole);
	if (!whole) {
		error_set_memory(err);
		return NULL;
	}
	CLEANUP(profile_freep) struct profile *profile = &whole->profile;
	whole->yaml = TAKE(own);
	whole->written = written_profile_new(path, text, err);
	if (!whole->written)
		return NULL;

	struct load load = { .whole = whole, .certificates = NULL, .yaml = yaml, .err = err };
	if (!load_all(&load, path))
		return NULL;
	fingerprint_of((const uint8_t *)buf_text(text), text->len, sum);
	text_from_bytes(sum, sizeof sum, profile->sha256_text);
	return TAKE(profile);
}

size_t profile_line(const struct profile *profile, const char *place)
{
	return profile_yaml_line(((const struct profile_whole *)profile)->yaml, place);
}

void profile_free(struct profile *profile)
{
	struct profile_whole *whole = (struct profile_whole *)profile;

	if (!whole)
		return;
	for (size_t i = 0; i < whole->kept.count; i++)
		free(whole->kept.items[i]);
	free(whole->kept.items);
	written_profile_free(whole->written);
	profile_yaml_free(whole->yaml);
	free(whole);
}
