/* SPDX-License-Identifier: MIT */
#include "rules/profile/profile_schema.h"

#include <cyaml/cyaml.h>
#include <stddef.h>

#include "checker/limits.h"
#include "rules/profile/profile.h"
#include "rules/profile/profile_yaml.h"

/* Bytes of one text: long enough for any real one, short enough for one line of a report. */
#define TEXT_MAX 400
#define URL_MAX 1024
#define ITEMS_MAX 64

#define OPTIONAL CYAML_FLAG_OPTIONAL
#define LIST CYAML_FLAG_POINTER
#define REQUIRED CYAML_FLAG_DEFAULT

#define TEXT(key, flags, type, member) CYAML_FIELD_STRING_PTR(key, flags, type, member, 1, TEXT_MAX)
#define URL(key, flags, type, member) CYAML_FIELD_STRING_PTR(key, flags, type, member, 1, URL_MAX)
#define TEXTS(key, flags, type, member, min, max) \
	CYAML_FIELD_SEQUENCE(key, LIST | (flags), type, member, &a_text, min, max)
#define CHOICE(key, flags, type, member, names) \
	CYAML_FIELD_ENUM(                       \
		key, CYAML_FLAG_STRICT | (flags), type, member, names, CYAML_ARRAY_LEN(names))

static const cyaml_schema_value_t a_text = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, TEXT_MAX),
};

static const cyaml_schema_value_t a_number = {
	CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, uint32_t),
};

static const cyaml_strval_t role_names[] = {
	{ "root", PROFILE_ROLE_ROOT },
	{ "issuing", PROFILE_ROLE_ISSUING },
	{ "cross", PROFILE_ROLE_CROSS },
};

static const cyaml_strval_t state_names[] = {
	{ "current", PROFILE_STATE_CURRENT },
	{ "retired", PROFILE_STATE_RETIRED },
};

static const cyaml_strval_t need_names[] = {
	{ "required", PROFILE_NEED_REQUIRED },
	{ "recommended", PROFILE_NEED_RECOMMENDED },
	{ "unwanted", PROFILE_NEED_UNWANTED },
};

/* As an issuing distribution point tells lists apart (RFC 5280, 5.2.5). */
static const cyaml_strval_t covers_names[] = {
	{ "ca-certificates", COVERS_CA },
	{ "leaf-certificates", COVERS_LEAF },
	{ "all", COVERS_CA | COVERS_LEAF },
};

static const cyaml_strval_t level_names[] = {
	{ "note", SEVERITY_NOTE + 1 },
	{ "warning", SEVERITY_WARNING + 1 },
	{ "critical", SEVERITY_CRITICAL + 1 },
};

static const cyaml_strval_t key_type_names[] = {
	{ "rsa", WRITTEN_KEY_RSA },
	{ "ec", WRITTEN_KEY_EC },
};

static const cyaml_strval_t dcv_method_names[] = {
	{ "file", WRITTEN_DCV_FILE },
	{ "dns", WRITTEN_DCV_DNS },
	{ "email", WRITTEN_DCV_EMAIL },
};

static const cyaml_schema_field_t title_fields[] = {
	TEXT("en", REQUIRED, struct written_title, en),
	TEXT("zh-Hant", OPTIONAL, struct written_title, zh_hant),
	TEXT("zh-Hans", OPTIONAL, struct written_title, zh_hans),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t reference_fields[] = {
	CYAML_FIELD_MAPPING("title", REQUIRED, struct written_reference, title, title_fields),
	URL("url", OPTIONAL, struct written_reference, url),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t certificate_fields[] = {
	TEXT("id", REQUIRED, struct written_certificate, id),
	CHOICE("role", REQUIRED, struct written_certificate, role, role_names),
	CHOICE("state", OPTIONAL, struct written_certificate, state, state_names),
	TEXT("replaced_by", OPTIONAL, struct written_certificate, replaced_by),
	TEXT("remove_by", OPTIONAL, struct written_certificate, remove_by),
	TEXT("name", REQUIRED, struct written_certificate, name),
	TEXT("issuer", OPTIONAL, struct written_certificate, issuer),
	TEXT("sha256", REQUIRED, struct written_certificate, sha256),
	TEXT("sha1", OPTIONAL, struct written_certificate, sha1),
	TEXT("spki_sha256", OPTIONAL, struct written_certificate, spki_sha256),
	TEXT("serial", OPTIONAL, struct written_certificate, serial),
	TEXT("not_before", OPTIONAL, struct written_certificate, not_before),
	TEXT("not_after", OPTIONAL, struct written_certificate, not_after),
	TEXT("since", OPTIONAL, struct written_certificate, since),
	TEXTS("eku", OPTIONAL, struct written_certificate, eku, 1, PROFILE_EKU_MAX),
	URL("url", OPTIONAL, struct written_certificate, url),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t serve_fields[] = {
	CHOICE("role", REQUIRED, struct written_serve, role, role_names),
	CHOICE("need", REQUIRED, struct written_serve, need, need_names),
	TEXTS("serves", OPTIONAL, struct written_serve, serves, 1, LIMIT_TRUST_STORES),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t store_fields[] = {
	TEXT("id", REQUIRED, struct written_store, id),
	TEXTS("anchors", REQUIRED, struct written_store, anchors, 1, LIMIT_POOL),
	CYAML_FIELD_MAPPING("title", REQUIRED, struct written_store, title, title_fields),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t list_fields[] = {
	TEXT("id", REQUIRED, struct written_list, id),
	TEXT("issuer", REQUIRED, struct written_list, issuer),
	URL("url", OPTIONAL, struct written_list, url),
	CHOICE("covers", REQUIRED, struct written_list, covers, covers_names),
	TEXTS("expect_revoked", OPTIONAL, struct written_list, expect_revoked, 1, LIMIT_POOL),
	TEXT("expect_from", OPTIONAL, struct written_list, expect_from),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t validity_fields[] = {
	TEXT("from", REQUIRED, struct written_validity, from),
	CYAML_FIELD_UINT("max", REQUIRED, struct written_validity, max),
	CYAML_FIELD_UINT("own", OPTIONAL, struct written_validity, own),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t keys_fields[] = {
	CYAML_FIELD_UINT_PTR("rsa_min_bits", OPTIONAL, struct written_keys, rsa_min_bits),
	TEXTS("curves", OPTIONAL, struct written_keys, curves, 1, ITEMS_MAX),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t a_validity = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct written_validity, validity_fields),
};

static const cyaml_schema_field_t leaf_fields[] = {
	TEXTS("authority", REQUIRED, struct written_leaf, authority, 1, LIMIT_POOL),
	TEXT("client_auth_until", OPTIONAL, struct written_leaf, client_auth_until),
	CYAML_FIELD_SEQUENCE("validity_days", LIST | OPTIONAL, struct written_leaf, validity_days,
		&a_validity, 1, ITEMS_MAX),
	CYAML_FIELD_MAPPING("keys", OPTIONAL, struct written_leaf, keys, keys_fields),
	CYAML_FIELD_BOOL("private", OPTIONAL, struct written_leaf, is_private),
	CYAML_FIELD_BOOL("embeds_scts", OPTIONAL, struct written_leaf, embeds_scts),
	CYAML_FIELD_SEQUENCE("expires_soon_days", LIST | OPTIONAL, struct written_leaf,
		expires_soon_days, &a_number, 1, PROFILE_EXPIRES_MAX),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t request_key_fields[] = {
	CHOICE("type", REQUIRED, struct written_request_key, type, key_type_names),
	CYAML_FIELD_UINT_PTR("bits", OPTIONAL, struct written_request_key, bits),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t product_fields[] = {
	TEXT("id", REQUIRED, struct written_product, id),
	CYAML_FIELD_UINT("names", REQUIRED, struct written_product, names),
	CYAML_FIELD_BOOL("wildcard", OPTIONAL, struct written_product, wildcard),
	CYAML_FIELD_FLAGS("dcv", CYAML_FLAG_STRICT | OPTIONAL, struct written_product, dcv,
		dcv_method_names, CYAML_ARRAY_LEN(dcv_method_names)),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t a_product = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct written_product, product_fields),
};

static const cyaml_schema_field_t request_fields[] = {
	TEXT("country", OPTIONAL, struct written_request, country),
	TEXT("state", OPTIONAL, struct written_request, state),
	TEXT("locality", OPTIONAL, struct written_request, locality),
	CYAML_FIELD_MAPPING("key", OPTIONAL, struct written_request, key, request_key_fields),
	CYAML_FIELD_SEQUENCE("products", LIST | OPTIONAL, struct written_request, products,
		&a_product, 1, ITEMS_MAX),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t dcv_fields[] = {
	TEXT("from", OPTIONAL, struct written_dcv, from),
	CYAML_FIELD_UINT_PTR("days", OPTIONAL, struct written_dcv, days),
	TEXT("file", OPTIONAL, struct written_dcv, file),
	CYAML_FIELD_UINT_PTR("txt_ttl", OPTIONAL, struct written_dcv, txt_ttl),
	TEXTS("email", OPTIONAL, struct written_dcv, email, 1, ITEMS_MAX),
	TEXT("email_discouraged", OPTIONAL, struct written_dcv, email_discouraged),
	TEXT("email_until", OPTIONAL, struct written_dcv, email_until),
	CYAML_FIELD_BOOL("one_method", OPTIONAL, struct written_dcv, one_method),
	TEXTS("caa", OPTIONAL, struct written_dcv, caa, 1, ITEMS_MAX),
	TEXTS("exempt", OPTIONAL, struct written_dcv, exempt, 1, ITEMS_MAX),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t severity_fields[] = {
#define RULE(symbol, id, ...) \
	CHOICE(id, OPTIONAL, struct written_severity, level[RULE_##symbol], level_names),
#include "rules/rules.def"
#undef RULE
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t a_reference = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct written_reference, reference_fields),
};
static const cyaml_schema_value_t a_certificate = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct written_certificate, certificate_fields),
};
static const cyaml_schema_value_t a_serve = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct written_serve, serve_fields),
};
static const cyaml_schema_value_t a_store = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct written_store, store_fields),
};
static const cyaml_schema_value_t a_list = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct written_list, list_fields),
};

#define SEQUENCE(key, flags, member, entry, min, max) \
	CYAML_FIELD_SEQUENCE(key, LIST | (flags), struct written_profile, member, entry, min, max)

static const cyaml_schema_field_t profile_fields[] = {
	TEXT("schema", REQUIRED, struct written_profile, schema),
	TEXT("id", REQUIRED, struct written_profile, id),
	CYAML_FIELD_MAPPING("title", REQUIRED, struct written_profile, title, title_fields),
	SEQUENCE("references", OPTIONAL, references, &a_reference, 0, ITEMS_MAX),
	SEQUENCE("certificates", REQUIRED, certificates, &a_certificate, 1, LIMIT_POOL),
	SEQUENCE("serve", REQUIRED, serve, &a_serve, 1, PROFILE_SERVE_MAX),
	SEQUENCE("trust_stores", REQUIRED, trust_stores, &a_store, 1, LIMIT_TRUST_STORES),
	SEQUENCE("revocation_lists", OPTIONAL, revocation_lists, &a_list, 0, PROFILE_LISTS_MAX),
	CYAML_FIELD_MAPPING("leaf", REQUIRED, struct written_profile, leaf, leaf_fields),
	CYAML_FIELD_MAPPING_PTR(
		"request", OPTIONAL, struct written_profile, request, request_fields),
	CYAML_FIELD_MAPPING_PTR("dcv", OPTIONAL, struct written_profile, dcv, dcv_fields),
	CYAML_FIELD_MAPPING(
		"severity", OPTIONAL, struct written_profile, severity, severity_fields),
	CYAML_FIELD_END,
};

const struct cyaml_schema_value profile_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct written_profile, profile_fields),
};

struct written_profile *written_profile_new(
	const char *path, const struct buf *text, struct error *err)
{
	return profile_yaml_fill(path, text, &profile_schema, err);
}

void written_profile_free(struct written_profile *written)
{
	profile_yaml_drop(&profile_schema, written);
}
