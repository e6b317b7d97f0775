/* SPDX-License-Identifier: MIT */
/*
 * profile_schema - a profile as it is written, field by field
 *
 * Private to rules/profile/.  libcyaml fills these structs by the tables in
 * profile_schema.c; profile_yaml.c holds a file against the same tables, so a
 * key stands in one place only.  What is absent is NULL, or 0 where 0 is no
 * value that could be written.  Nothing here is judged: ids may dangle and
 * fingerprints may be nonsense until profile_load.c has seen them.
 */
#ifndef RULES_PROFILE_PROFILE_SCHEMA_H
#define RULES_PROFILE_PROFILE_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "rules/rule.h"

struct buf;
struct cyaml_schema_value;
struct error;

#define PROFILE_SCHEMA "chainmend.profile/1"

#define PROFILE_EKU_MAX 16
#define PROFILE_SERVE_MAX 3 /* one row a role */
#define PROFILE_LISTS_MAX 64
#define PROFILE_EXPIRES_MAX 2 /* a warning, then critical */

enum written_covers { COVERS_CA = 1, COVERS_LEAF = 2 };

struct written_title {
	char *en, *zh_hant, *zh_hans;
};

struct written_reference {
	struct written_title title;
	char *url;
};

struct written_certificate {
	char *id, *name, *issuer, *replaced_by;
	int role, state;
	char *sha256, *sha1, *spki_sha256, *serial;
	char *not_before, *not_after, *since, *remove_by;
	char **eku;
	uint32_t eku_count;
	char *url;
};

struct written_serve {
	int role, need;
	char **serves;
	uint32_t serves_count;
};

struct written_store {
	char *id;
	char **anchors;
	uint32_t anchors_count;
	struct written_title title;
};

struct written_list {
	char *id, *issuer, *url;
	int covers;
	char **expect_revoked;
	uint32_t expect_revoked_count;
	char *expect_from;
};

struct written_validity {
	char *from;
	uint32_t max;
	uint32_t own; /* 0: absent */
};

struct written_keys {
	uint32_t *rsa_min_bits;
	char **curves;
	uint32_t curves_count;
};

struct written_leaf {
	char **authority;
	uint32_t authority_count;
	char *client_auth_until;
	struct written_validity *validity_days;
	uint32_t validity_days_count;
	struct written_keys keys;
	bool is_private, embeds_scts;
	uint32_t *expires_soon_days;
	uint32_t expires_soon_days_count;
};

enum written_key_type { WRITTEN_KEY_RSA = 1, WRITTEN_KEY_EC };

struct written_request_key {
	int type;
	uint32_t *bits;
};

enum written_dcv_method { WRITTEN_DCV_FILE = 1, WRITTEN_DCV_DNS = 2, WRITTEN_DCV_EMAIL = 4 };

struct written_product {
	char *id;
	uint32_t names;
	bool wildcard;
	uint32_t dcv; /* enum written_dcv_method, or 0 when the CA does not say */
};

/* What the CA wants in a signing request. */
struct written_request {
	char *country, *state, *locality;
	struct written_request_key key;
	struct written_product *products;
	uint32_t products_count;
};

/* How the CA has the control of a domain proved. */
struct written_dcv {
	char *from;
	uint32_t *days;
	char *file;
	uint32_t *txt_ttl;
	char **email;
	uint32_t email_count;
	char *email_discouraged, *email_until;
	bool one_method;
	char **caa;
	uint32_t caa_count;
	char **exempt;
	uint32_t exempt_count;
};

struct written_severity {
	int level[RULE_COUNT]; /* enum severity + 1, or 0 */
};

struct written_profile {
	char *schema, *id;
	struct written_title title;
	struct written_reference *references;
	uint32_t references_count;
	struct written_certificate *certificates;
	uint32_t certificates_count;
	struct written_serve *serve;
	uint32_t serve_count;
	struct written_store *trust_stores;
	uint32_t trust_stores_count;
	struct written_list *revocation_lists;
	uint32_t revocation_lists_count;
	struct written_leaf leaf;
	struct written_request *request;
	struct written_dcv *dcv;
	struct written_severity severity;
};

extern const struct cyaml_schema_value profile_schema;

/* Fills the structs; TEXT has passed profile_yaml_check() with `profile_schema`. */
MUST_USE struct written_profile *written_profile_new(
	const char *path, const struct buf *text, struct error *err);
void written_profile_free(struct written_profile *written);
DEFINE_CLEANUP(struct written_profile *, written_profile_free);

#endif
