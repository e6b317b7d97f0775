/* SPDX-License-Identifier: MIT */
#include "reports/plan/plan_ansible.h"

#include <string.h>

#include "checker/base/buf.h"
#include "reports/plan/plan_quote.h"

static const struct {
	const char *name, *body;
} files[] = {
	{ "ansible/playbook.yml", "ansible-playbook.yml" },
	{ "ansible/files.yml", "ansible-files.yml" },
	{ "ansible/stores.yml", "ansible-stores.yml" },
	{ "ansible/.ansible-lint", "ansible-lint.yml" },
};

const char *plan_ansible_file(size_t number, const char **ret_body)
{
	if (number >= ARRAY_LEN(files))
		return NULL;
	*ret_body = files[number].body;
	return files[number].name;
}

enum way { WAY_NONE, WAY_FILES, WAY_STORES };

/* How Ansible does the work at PIECE.  Exchange has services to restart, and old versions no
 * Windows that Ansible can manage: its script is run by hand. */
static enum way way_of(const struct plan_host *host, const struct plan_piece *piece)
{
	const struct plan_platform *platform = host->platform;

	if (!piece->script[0])
		return WAY_NONE;
	if (platform->family == PLAN_FAMILY_POWERSHELL)
		return strcmp(platform->id, "iis") == 0 && piece->chain_file[0] ? WAY_STORES
										: WAY_NONE;
	if (platform == plan_platform_generic() && !(host->file && host->file[0]))
		return WAY_NONE;
	return WAY_FILES;
}

static void put_text(struct buf *out, const char *name, const char *value)
{
	(void)buf_addf(out, "              %s: ", name);
	plan_quote_yaml(value, out);
	(void)buf_add_char(out, '\n');
}

static void put_item(struct buf *out, const char *value)
{
	(void)buf_add_text(out, "                - ");
	plan_quote_yaml(value, out);
	(void)buf_add_char(out, '\n');
}

static void put_content(const struct plan *plan, const struct plan_piece *piece, struct buf *out)
{
	char file[100];

	put_text(out, "chainmend_script", piece->script);
	(void)buf_add_text(out, "              chainmend_content:\n");
	put_item(out, piece->script);
	if (piece->chain_file[0])
		put_item(out, piece->chain_file);
	if (plan->terms.profile_text)
		put_item(out, "profile.yaml");
	for (size_t i = 0; i < piece->work.serve.all.count; i++) {
		if (piece->chain_file[0] || !piece->work.serve.all.items[i].held)
			continue;
		plan_certificate_file(&piece->work.serve.all.items[i], file, sizeof file);
		put_item(out, file);
	}
}

static void put_stores(const struct plan_piece *piece, struct buf *out)
{
	const struct work *work = &piece->work;
	bool any = false;
	char file[100];

	(void)buf_add_text(out, "              chainmend_new:\n");
	for (size_t i = 0; i < work->serve.all.count; i++) {
		plan_certificate_file(&work->serve.all.items[i], file, sizeof file);
		(void)buf_add_text(out, "                - file: ");
		plan_quote_yaml(file, out);
		(void)buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < work->remove.all.count; i++)
		any |= work->remove.all.items[i].sha1[0] != '\0';
	(void)buf_addf(out, "              chainmend_old:%s\n", any ? "" : " []");
	for (size_t i = 0; i < work->remove.all.count; i++)
		if (work->remove.all.items[i].sha1[0])
			put_item(out, work->remove.all.items[i].sha1);
}

/* The alias is made of plain letters: the folder, and which piece of it where there are several. */
static void put_piece(const struct plan *plan, const struct plan_host *host, size_t number,
	enum way way, struct buf *out)
{
	const struct plan_piece *piece = &host->pieces.items[number];

	(void)buf_addf(out, "            \"%s", host->folder);
	if (number > 0)
		(void)buf_addf(out, "_%zu", number + 1);
	(void)buf_add_text(out, "\":\n");
	put_text(out, "ansible_host",
		piece->work.address[0] ? piece->work.address : host->target->host);
	put_text(out, "chainmend_folder", host->folder);
	if (way == WAY_FILES)
		put_content(plan, piece, out);
	else
		put_stores(piece, out);
}

/* "chainmend_apache_2_2": letters, digits and underscores, as Ansible wants its groups. */
static void put_group(const struct plan_platform *platform, struct buf *out)
{
	(void)buf_add_text(out, "        chainmend_");
	for (const char *c = platform->id; *c; c++)
		(void)buf_add_char(out, *c == '-' || *c == '.' ? '_' : *c);
	(void)buf_add_text(out, ":\n          hosts:\n");
}

/* All of one platform; true when there are any. */
static bool put_platform(const struct plan *plan, const struct plan_platform *platform,
	enum way way, struct buf *out)
{
	bool any = false;

	for (size_t i = 0; i < plan->hosts.count; i++) {
		const struct plan_host *host = plan->hosts.items[i];

		for (size_t k = 0; host->platform == platform && k < host->pieces.count; k++) {
			if (way_of(host, &host->pieces.items[k]) != way)
				continue;
			if (!any)
				put_group(platform, out);
			any = true;
			put_piece(plan, host, k, way, out);
		}
	}
	return any;
}

static void put_way(const struct plan *plan, enum way way, const char *name, struct buf *out)
{
	CLEANUP(buf_release) struct buf groups = BUF_INIT(1u << 30);
	bool any = false;

	for (size_t i = 0; i < plan_platform_count(); i++)
		any |= put_platform(plan, plan_platform_at(i), way, &groups);
	(void)buf_addf(out, "    %s:\n      children:%s\n", name, any ? "" : " {}");
	(void)buf_add(out, buf_text(&groups), groups.len);
	out->failed = out->failed || groups.failed;
}

bool plan_ansible_inventory(const struct plan *plan, struct buf *out)
{
	(void)buf_add_text(out, "---\n# Made by chainmend plan. Every text in here stands for "
				"itself and is no template.\n"
				"all:\n  children:\n");
	put_way(plan, WAY_FILES, "chainmend_files", out);
	put_way(plan, WAY_STORES, "chainmend_stores", out);
	return !out->failed;
}
