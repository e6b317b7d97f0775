/* SPDX-License-Identifier: MIT */
/*
 * plan_write - the files of a plan, one after the other
 */
#include "reports/plan/plan.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "reports/plan/plan_ansible.h"
#include "reports/plan/plan_json.h"
#include "reports/plan/plan_page.h"
#include "reports/plan/plan_request.h"
#include "reports/plan/plan_script.h"

#define FILE_BYTES (64u << 20) /* a host's own file: a thousand names in a certificate */
#define INDEX_BYTES (1u << 30) /* millions of hosts */

struct writing {
	const struct plan *plan;
	plan_sink *sink;
	void *arg;
	struct error *err;
};

static bool put(const struct writing *writing, const struct plan_host *host, const char *name,
	const struct buf *bytes)
{
	char path[2 * PLAN_FOLDER + 100];
	size_t len = strlen(name);
	bool executable = len > 3 && strcmp(name + len - 3, ".sh") == 0;

	if (bytes->failed)
		return error_set_memory(writing->err);
	(void)snprintf(
		path, sizeof path, "%s%s%s", host ? host->folder : "", host ? "/" : "", name);
	return writing->sink(writing->arg, path, bytes, executable, writing->err);
}

typedef bool host_writer(const struct plan *plan, const struct plan_host *host, struct buf *out);

static bool put_written(const struct writing *writing, const struct plan_host *host,
	const char *name, host_writer *writer)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(FILE_BYTES);

	if (!writer(writing->plan, host, &bytes))
		return error_set_memory(writing->err);
	return put(writing, host, name, &bytes);
}

/* Has an earlier piece of HOST written the certificate or the chain that is at PIECE, INDEX? */
static bool is_written(
	const struct plan_host *host, size_t piece, const struct work_certificate *one)
{
	for (size_t i = 0; i < piece; i++)
		if (work_certificates_have(&host->pieces.items[i].work.serve, one->sha256))
			return true;
	return false;
}

static bool put_certificates(
	const struct writing *writing, const struct plan_host *host, size_t number)
{
	const struct work_certificates *serve = &host->pieces.items[number].work.serve;
	char name[100];

	for (size_t i = 0; i < serve->all.count; i++) {
		const struct work_certificate *one = &serve->all.items[i];
		CLEANUP(buf_release) struct buf bytes = BUF_INIT(FILE_BYTES);

		if (!one->held || is_written(host, number, one))
			continue;
		plan_certificate_file(one, name, sizeof name);
		if (!cert_pem_add(one->held, &bytes))
			return error_set_memory(writing->err);
		if (!put(writing, host, name, &bytes))
			return false;
	}
	return true;
}

static bool put_chain(const struct writing *writing, const struct plan_host *host, size_t number)
{
	const struct plan_piece *piece = &host->pieces.items[number];
	const struct work_certificates *serve = &piece->work.serve;
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(FILE_BYTES);

	for (size_t i = 0; i < number; i++)
		if (strcmp(host->pieces.items[i].chain_file, piece->chain_file) == 0)
			return true;
	for (size_t i = 0; i < serve->all.count; i++)
		if (!cert_pem_add(serve->all.items[i].held, &bytes))
			return error_set_memory(writing->err);
	return put(writing, host, piece->chain_file, &bytes);
}

static bool put_request(const struct writing *writing, const struct plan_host *host, size_t number)
{
	const struct plan_piece *piece = &host->pieces.items[number];
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(PLAN_REQUEST_BYTES);

	for (size_t i = 0; i < number; i++)
		if (strcmp(host->pieces.items[i].request_file, piece->request_file) == 0)
			return true;
	if (!plan_request_add(writing->plan, host, piece, &bytes))
		return error_set_memory(writing->err); /* it could be made before */
	return put(writing, host, piece->request_file, &bytes);
}

static bool put_script(const struct writing *writing, const struct plan_host *host, size_t number)
{
	const struct plan_piece *piece = &host->pieces.items[number];
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(FILE_BYTES);

	if (!plan_script_add(writing->plan, host, piece, &bytes))
		return error_set_memory(writing->err);
	return put(writing, host, piece->script, &bytes);
}

static bool put_host(const struct writing *writing, const struct plan_host *host)
{
	if (!put_written(writing, host, "plan.md", plan_page_host) ||
		!put_written(writing, host, "plan.json", plan_json_host))
		return false;
	const struct buf *profile = writing->plan->terms.profile_text;
	if (profile && !put(writing, host, "profile.yaml", profile))
		return false;
	for (size_t i = 0; i < host->pieces.count; i++) {
		const struct plan_piece *piece = &host->pieces.items[i];
		bool needs = piece->work.needs[WORK_NEED_CHAIN] ||
			     piece->work.needs[WORK_NEED_REQUEST];

		if (needs && !put_certificates(writing, host, i))
			return false;
		if (piece->chain_file[0] && !put_chain(writing, host, i))
			return false;
		if (piece->request_file[0] && !put_request(writing, host, i))
			return false;
		if (piece->script[0] && !put_script(writing, host, i))
			return false;
	}
	return true;
}

static bool put_index(const struct writing *writing)
{
	CLEANUP(buf_release) struct buf page = BUF_INIT(INDEX_BYTES);
	CLEANUP(buf_release) struct buf data = BUF_INIT(INDEX_BYTES);

	if (!plan_page_index(writing->plan, &page) || !plan_json_index(writing->plan, &data))
		return error_set_memory(writing->err);
	return put(writing, NULL, "index.md", &page) && put(writing, NULL, "plan.json", &data);
}

static bool put_ansible(const struct writing *writing)
{
	CLEANUP(buf_release) struct buf inventory = BUF_INIT(INDEX_BYTES);
	const char *name, *body;

	if (!plan_ansible_inventory(writing->plan, &inventory))
		return error_set_memory(writing->err);
	for (size_t i = 0; (name = plan_ansible_file(i, &body)); i++) {
		CLEANUP(buf_release) struct buf bytes = BUF_INIT(FILE_BYTES);
		size_t len;
		const char *text = plan_body(body, &len);

		if (!text || !buf_add(&bytes, text, len))
			return error_set_memory(writing->err);
		if (!put(writing, NULL, name, &bytes))
			return false;
	}
	return put(writing, NULL, "ansible/inventory.yml", &inventory);
}

bool plan_write(const struct plan *plan, plan_sink *sink, void *arg, struct error *err)
{
	const struct writing writing = { plan, sink, arg, err };

	for (size_t i = 0; i < plan->hosts.count; i++)
		if (!put_host(&writing, plan->hosts.items[i]))
			return false;
	if (plan->terms.ansible && !put_ansible(&writing))
		return false;
	return put_index(&writing);
}
