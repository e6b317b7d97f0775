/* SPDX-License-Identifier: MIT */
#include "tests/lab/ledger.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "tests/lab/expected.h"
#include "tests/lab/fleet.h"
#include "tests/lab/stock.h"
#include "tests/lab/web.h"

#define FILE_BYTES (1u << 20)

static bool make_dir(const char *path, struct error *err)
{
	if (!mkdir(path, 0777) || errno == EEXIST)
		return true;
	return error_set_errno(err, errno, "%s", path);
}

static bool write_file(const char *dir, const char *name, const struct buf *text, struct error *err)
{
	char path[4096];

	if (text->failed)
		return error_set_memory(err);
	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *file = fopen(path, "w");
	if (!file)
		return error_set_errno(err, errno, "%s", path);
	bool whole = fwrite(text->data, 1, text->len, file) == text->len;
	if (fclose(file) || !whole)
		return error_set_errno(err, errno, "%s", path);
	return true;
}

static bool write_text(const char *dir, const char *name, const char *text, struct error *err)
{
	struct buf buf = BUF_INIT(FILE_BYTES);

	buf_add_text(&buf, text);
	bool done = write_file(dir, name, &buf, err);
	buf_release(&buf);
	return done;
}

static bool write_profiles(const struct ledger *ledger, struct stock *stock, struct error *err)
{
	for (size_t i = 0; web_variant(i); i++) {
		const char *variant = web_variant(i);
		char name[80], url[160];

		snprintf(name, sizeof name, "profile%s%s.yaml", *variant ? "-" : "",
			*variant ? variant + 1 : "");
		snprintf(url, sizeof url, "%s%s", ledger->base_url, variant);
		if (!write_text(ledger->dir, name, forge_pki_profile(&stock->pki, url), err))
			return false;
	}
	return true;
}

static bool write_stores(const struct ledger *ledger, struct stock *stock, struct error *err)
{
	struct forge *forge = &stock->pki.forge;
	const char *ours = forge_cert_pem(forge, forge_pki_find(&stock->pki, "root-ca-3"));
	const char *other = forge_cert_pem(forge, forge_pki_find(&stock->pki, "globalsign-r3"));
	struct buf both = BUF_INIT(FILE_BYTES);

	buf_add_text(&both, ours);
	buf_add_text(&both, other);
	bool done = write_file(ledger->dir, "current.pem", &both, err) &&
		    write_text(ledger->dir, "stock-java.pem", other, err) &&
		    write_text(ledger->dir, "legacy-devices.pem", other, err);
	buf_release(&both);
	return done;
}

static bool write_targets(const struct ledger *ledger, struct stock *stock, struct error *err)
{
	struct buf text = BUF_INIT(FILE_BYTES);
	char host[300];

	buf_add_text(&text, "host,port,protocol,address,platform,owner,state\n");
	for (size_t i = 0; i < fleet_count(); i++) {
		const struct state *state = fleet_state(i);

		if (!fleet_has(state, stock->pki.day))
			continue;
		fleet_host(state, host, sizeof host);
		buf_addf(&text, "%s,%u,%s,%s,%s,%s,%s\n", host, ledger->base_port + fleet_port(i),
			fleet_protocol(state), fleet_address(state),
			state->platform ? state->platform : "nginx",
			state->owner ? state->owner : "web team", state->name);
	}
	bool done = write_file(ledger->dir, "targets.csv", &text, err);
	buf_release(&text);
	return done;
}

/* The second certificate of a service that has two. */
static bool write_other(
	const char *dir, struct forge *forge, const struct stock_chain *other, struct error *err)
{
	struct buf chain = BUF_INIT(FILE_BYTES);

	if (other->count == 0)
		return true;
	for (size_t i = 0; i < other->count; i++)
		buf_add_text(&chain, forge_cert_pem(forge, other->certs[i]));
	bool done = write_file(dir, "other.pem", &chain, err) &&
		    write_text(
			    dir, "other-key.pem", forge_key_pem(forge, other->certs[0]->key), err);
	buf_release(&chain);
	return done;
}

static bool write_service(
	const char *dir, struct stock *stock, const struct stock_item *item, struct error *err)
{
	struct forge *forge = &stock->pki.forge;
	const char *leaf = forge_cert_pem(forge, item->certs[0]);
	struct buf rest = BUF_INIT(FILE_BYTES), chain = BUF_INIT(FILE_BYTES);

	buf_add_text(&chain, leaf);
	buf_add_text(&rest, "");
	for (size_t i = 1; i < item->count; i++) {
		buf_add_text(&rest, forge_cert_pem(forge, item->certs[i]));
		buf_add_text(&chain, forge_cert_pem(forge, item->certs[i]));
	}
	bool done = make_dir(dir, err) && write_text(dir, "leaf.pem", leaf, err) &&
		    write_file(dir, "rest.pem", &rest, err) &&
		    write_file(dir, "chain.pem", &chain, err) &&
		    write_text(dir, "key.pem", forge_key_pem(forge, item->key), err) &&
		    write_other(dir, forge, &item->other, err);
	buf_release(&rest);
	buf_release(&chain);
	return done;
}

static bool write_services(const struct ledger *ledger, struct stock *stock, struct error *err)
{
	char dir[2048], path[2200];

	snprintf(dir, sizeof dir, "%s/services", ledger->dir);
	if (!make_dir(dir, err))
		return false;
	for (size_t i = 0; i < fleet_count(); i++) {
		const struct stock_item *item = stock_item(stock, i);

		snprintf(path, sizeof path, "%s/%s", dir, fleet_state(i)->name);
		if (item->count > 0 && !write_service(path, stock, item, err))
			return false;
	}
	return true;
}

static bool write_expected(const struct ledger *ledger, struct stock *stock, struct error *err)
{
	struct buf text = BUF_INIT(FILE_BYTES);

	bool done = expected_text(&text, stock, ledger->base_port, ledger->base_url) &&
		    write_file(ledger->dir, "expected.json", &text, err);
	buf_release(&text);
	return done;
}

bool ledger_write(const struct ledger *ledger, struct stock *stock, struct error *err)
{
	return make_dir(ledger->dir, err) && write_profiles(ledger, stock, err) &&
	       write_stores(ledger, stock, err) && write_targets(ledger, stock, err) &&
	       write_services(ledger, stock, err) && write_expected(ledger, stock, err);
}
