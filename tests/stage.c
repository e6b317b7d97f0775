/* SPDX-License-Identifier: MIT */
#include "tests/stage.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert/cert_store.h"
#include "checker/observation.h"
#include "rules/profile/profile.h"
#include "rules/verdict.h"

static void add_store(struct stage *stage, const char *id, const char *const *anchors)
{
	size_t store = trust_add_store(stage->trust, id);

	forge_must(store < LIMIT_TRUST_STORES, "trust_add_store");
	for (; *anchors; anchors++)
		forge_must(trust_add_anchor(stage->trust, store,
				   forge_pki_cert(&stage->pki, *anchors), NULL),
			"trust_add_anchor");
}

static void load_profile(struct stage *stage, const struct buf *text)
{
	struct error err = { 0 };

	forge_must(!text->failed, "profile text");
	profile_free(stage->profile);
	stage->profile = profile_parse("stage.yaml", text, &err);
	forge_must(stage->profile != NULL, err.text);
}

static const char *profile_text(struct stage *stage)
{
	return forge_pki_profile(&stage->pki, "http://127.0.0.1:9");
}

void stage_edit_profile(struct stage *stage, const char *from, const char *to)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(LIMIT_PROFILE_BYTES);
	const char *whole = profile_text(stage), *at = strstr(whole, from);

	forge_must(at != NULL, from);
	(void)buf_add(&text, whole, (size_t)(at - whole));
	(void)buf_add_text(&text, to);
	(void)buf_add_text(&text, at + strlen(from));
	load_profile(stage, &text);
}

static void make_trust(struct stage *stage, bool with_pool)
{
	static const char *const both[] = { "root-ca-3", "globalsign-r3", NULL };
	static const char *const r3[] = { "globalsign-r3", NULL };

	stage->trust = trust_new();
	forge_must(stage->trust != NULL, "trust_new");
	add_store(stage, "current", both);
	add_store(stage, "stock-java", r3);
	add_store(stage, "legacy-devices", r3);
	for (size_t i = 0; with_pool && i < FORGE_PKI_CERTS; i++)
		if (strstr(stage->pki.ids[i], "root-ca-1") == NULL)
			forge_must(trust_add_known(stage->trust,
					   forge_pki_cert(&stage->pki, stage->pki.ids[i]), NULL),
				"trust_add_known");
	stage->context.trust = stage->trust;
}

void stage_init(struct stage *stage, const char *day, bool revoked)
{
	memset(stage, 0, sizeof *stage);
	forge_pki_init(&stage->pki, forge_day(day), FORGE_KEYS_FAST, NULL);
	CLEANUP(buf_release) struct buf text = BUF_INIT(LIMIT_PROFILE_BYTES);
	(void)buf_add_text(&text, profile_text(stage));
	load_profile(stage, &text);

	struct forge_bytes arl = forge_pki_arl(&stage->pki, revoked);
	stage->list = revoke_list_new(&(struct revoke_source){ .id = "root-ca-3-arl",
					      .bytes = arl.data,
					      .len = arl.len,
					      .scope = REVOKE_SCOPE_CA },
		forge_pki_cert(&stage->pki, "root-ca-3"), forge_day(day));
	forge_must(stage->list && revoke_list_state(stage->list) == REVOKE_LIST_GOOD, "arl");
	stage->certs = cert_store_new(NULL);
	forge_must(stage->certs != NULL, "cert_store_new");
	stage->context = (struct facts_context){
		.lists = (const struct revoke_list *const *)&stage->list,
		.list_count = 1,
		.now = forge_day(day),
		.certs = stage->certs,
	};
	make_trust(stage, true);
	stage->target = (struct target){
		.refs = 1, /* the stage's own, which it never gives back */
		.mates = 1,
		.host = text_copy("www.example.hk", 14),
		.sni = text_copy("www.example.hk", 14),
		.port = 443,
		.protocol = PROTOCOL_HTTPS,
	};
}

void stage_forget_keys(struct stage *stage)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(LIMIT_PROFILE_BYTES);
	const char *line = profile_text(stage);

	for (size_t len; *line; line += len) {
		static const char key[] = "    spki_sha256:";

		len = strcspn(line, "\n") + 1;
		if (strncmp(line, key, sizeof key - 1) != 0)
			(void)buf_add(&text, line, len);
	}
	load_profile(stage, &text);
	trust_free(stage->trust);
	make_trust(stage, false);
}

void stage_release(struct stage *stage)
{
	free(stage->target.host);
	free(stage->target.sni);
	revoke_list_free(stage->list);
	trust_free(stage->trust);
	cert_store_free(stage->certs);
	profile_free(stage->profile);
	forge_pki_release(&stage->pki);
}

struct observation *stage_observe(struct stage *stage, struct forge_cert *leaf, const char *chain)
{
	struct observation *seen = observation_new(&stage->target);

	forge_must(seen != NULL, "observation_new");
	seen->addresses = 1;
	(void)snprintf(seen->address, sizeof seen->address, "127.0.0.1");
	(void)snprintf(seen->version, sizeof seen->version, "TLSv1.3");
	while (*chain) {
		char id[64];
		size_t len = strcspn(chain, " ");

		(void)snprintf(id, sizeof id, "%.*s", (int)len, chain);
		chain += len + (chain[len] == ' ');
		const struct forge_cert *cert = strcmp(id, "leaf") == 0
							? leaf
							: forge_pki_find(&stage->pki, id);
		forge_must(observation_add_der(seen, cert->der, cert->der_len), id);
	}
	return seen;
}

struct verdict *stage_judge(struct stage *stage, struct forge_cert *leaf, const char *chain)
{
	struct observation *seen = stage_observe(stage, leaf, chain);
	struct verdict *verdict = verdict_new(seen, &stage->context, stage->profile, NULL);

	forge_must(verdict != NULL, "verdict_new");
	observation_free(seen);
	return verdict;
}

void stage_describe(const struct verdict *verdict, char *out, size_t size)
{
	static const char marks[ACTION_COUNT] = {
		[ACTION_INSTALL_CERTIFICATE] = '+',
		[ACTION_REMOVE_CERTIFICATE] = '-',
		[ACTION_REORDER_CHAIN] = '~',
		[ACTION_REQUEST_CERTIFICATE] = '?',
		[ACTION_REPLACE_LEAF] = '!',
		[ACTION_UPDATE_TLS] = '!',
	};
	struct buf text = BUF_INIT(4096);

	for (size_t i = 0; i < verdict->findings.all.count; i++) {
		const struct finding *finding = &verdict->findings.all.items[i];
		(void)buf_addf(&text, "%s%s %s", i ? "; " : "", severity_name(finding->severity),
			rule_at(finding->rule)->id);
		for (size_t k = 0; k < finding->action_count; k++)
			(void)buf_addf(&text, " %c%.40s", marks[finding->actions[k].kind],
				finding->actions[k].certificate);
	}
	(void)snprintf(out, size, "%s", buf_text(&text));
	buf_release(&text);
}
