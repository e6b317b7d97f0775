/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "checker/target/name.h"
#include "checker/target/target_inventory.h"
#include "checker/target/target_json.h"
#include "checker/target/target_reader.h"

#define PORTS_MAX 64  /* services of one host */
#define WORD_BYTES 64 /* of a name in a reason */

/* What one host becomes. */
struct service {
	struct target_row row;
	struct target_json_pool pool;
	struct buf groups;
};

static void service_release(struct service *service)
{
	target_json_pool_release(&service->pool);
	buf_release(&service->groups);
}

/* The first of two names that is set, under its name. */
static json_t *either(const struct target_inventory *inventory, const struct target_host *host,
	const char **name, const char *other)
{
	json_t *value = target_inventory_variable(inventory, host, *name);

	if (value || !other)
		return value;
	*name = other;
	return target_inventory_variable(inventory, host, other);
}

static bool text_of(const struct target_inventory *inventory, const struct target_host *host,
	struct service *service, const char *const names[2], const char **ret_text,
	struct target_fault *fault)
{
	const char *name = names[0];
	json_t *value = either(inventory, host, &name, names[1]);

	*ret_text = NULL;
	if (!value)
		return true;
	if (json_is_boolean(value))
		return target_fault_set(fault, 0, "\"%s\" is not a text", name);
	if (!target_json_text(&service->pool, name, value, 0, ret_text, fault))
		return false;
	/* `ansible-inventory` prints variables as they were written. */
	if (*ret_text && strstr(*ret_text, "{{"))
		return target_fault_set(
			fault, 0, "\"%s\" is a template that only Ansible can fill in", name);
	return true;
}

static bool is_name(const char *text)
{
	char ascii[LIMIT_HOST_BYTES];
	struct error ignored = { .code = ERROR_NONE };

	return name_to_ascii(text, strlen(text), false, ascii, &ignored);
}

/* Which of the two names of a host is connected to, and which is asked for. */
static bool place(const struct target_host *host, const char *ansible_host, struct target_row *row,
	struct target_fault *fault)
{
	bool named = is_name(host->name), literal = name_is_address(host->name, NULL);

	if (!ansible_host && !named && !literal)
		return target_fault_set(
			fault, 0, "not a host name, and \"ansible_host\" is not set");
	if (!ansible_host) {
		row->host.text = host->name;
		return true;
	}
	if (name_is_address(ansible_host, NULL)) {
		row->host.text = named || literal ? host->name : NULL;
		row->address.text = ansible_host;
		return true;
	}
	if (!is_name(ansible_host))
		return target_fault_set(
			fault, 0, "\"ansible_host\" is neither a host name nor an address");
	row->host.text = ansible_host;
	/* A node that is reached by a name of its own still serves the name it is listed as. */
	if (!row->sni.text && named && strchr(host->name, '.'))
		row->sni.text = host->name;
	return true;
}

static bool mark(
	struct service *service, const char *name, const char *value, struct target_fault *fault)
{
	return !value || target_row_mark(&service->row, name, value, 0, fault);
}

static bool mark_groups(const struct target_inventory *inventory, struct service *service,
	struct target_fault *fault)
{
	struct buf *groups = &service->groups;

	for (size_t i = 0; i < inventory->around.count; i++) {
		const char *name = inventory->around.items[i]->name;

		if (strcmp(name, "all") == 0 || strcmp(name, "ungrouped") == 0)
			continue;
		if (groups->len + 1 + strlen(name) > groups->max)
			return target_fault_set(fault, 0, "the names of its groups are too long");
		if ((groups->len > 0 && !buf_add_char(groups, ',')) || !buf_add_text(groups, name))
			return error_set_memory(&fault->why);
	}
	return groups->len == 0 || mark(service, "groups", buf_text(groups), fault);
}

static bool describe(const struct target_inventory *inventory, const struct target_host *host,
	struct service *service, struct target_fault *fault)
{
	static const char *const address[2] = { "ansible_host", NULL },
				 *const sni[2] = { "chainmend_sni", "hkp_sni" },
				 *const protocol[2] = { "chainmend_protocol", NULL },
				 *const platform[2] = { "chainmend_platform", "hkp_platform" },
				 *const owner[2] = { "chainmend_owner", NULL };
	const char *where, *what, *who;
	struct target_row *row = &service->row;

	if (!text_of(inventory, host, service, address, &where, fault) ||
		!text_of(inventory, host, service, sni, &row->sni.text, fault) ||
		!text_of(inventory, host, service, protocol, &row->protocol.text, fault) ||
		!text_of(inventory, host, service, platform, &what, fault) ||
		!text_of(inventory, host, service, owner, &who, fault) ||
		!place(host, where, row, fault))
		return false;
	return mark(service, "platform", what, fault) && mark(service, "owner", who, fault) &&
	       mark_groups(inventory, service, fault) &&
	       ((row->host.text && strcmp(row->host.text, host->name) == 0) ||
		       mark(service, "inventory_hostname", host->name, fault));
}

/* The service at PORT, or at the protocol's own when there is none. */
static bool draft_at(struct service *service, const char *name, const json_t *port,
	struct target_draft *ret_draft, struct target_fault *fault)
{
	if (port &&
		!target_json_text(&service->pool, name, port, 0, &service->row.port.text, fault))
		return false;
	return target_row_parse(&service->row, ret_draft, fault);
}

static bool is_port_list(const json_t *port)
{
	size_t count = json_array_size(port);

	for (size_t i = 0; i < count; i++) {
		const json_t *one = json_array_get(port, i);

		if (!json_is_integer(one) && json_string_length(one) == 0)
			return false;
	}
	return count > 0 && count <= PORTS_MAX;
}

/* The services of one host: one, or one for each port of a list. */
static bool add_host(struct target_inventory *inventory, const struct target_host *host,
	struct service *service, struct target_reader *reader, struct target_fault *fault)
{
	struct target_draft drafts[PORTS_MAX];
	const char *name = "chainmend_port";

	if (!target_inventory_around(inventory, host, fault) ||
		!describe(inventory, host, service, fault))
		return false;
	const json_t *port = either(inventory, host, &name, "hkp_tls_port");
	if (json_is_array(port) && !is_port_list(port))
		return target_fault_set(
			fault, 0, "\"%s\" is not a list of 1 to %d ports", name, PORTS_MAX);
	size_t count = json_is_array(port) ? json_array_size(port) : 1;
	for (size_t i = 0; i < count; i++)
		if (!draft_at(service, name, json_is_array(port) ? json_array_get(port, i) : port,
			    &drafts[i], fault))
			return false;
	for (size_t i = 0; i < count; i++)
		if (!target_reader_add(
			    reader, &drafts[i], &service->row, inventory->line.line, fault))
			return false;
	return true;
}

/* Makes the line of byte AT the current one; hosts come nearly in the order of the document. */
static void find_line(struct target_inventory *inventory, size_t at)
{
	const struct target_piece *piece = inventory->piece;
	const char *begin = inventory->line.text, *end;
	size_t number = inventory->line.line, from = inventory->at;

	if (!begin || at < from) {
		begin = piece->text;
		number = piece->line;
		from = 0;
	}
	while ((end = memchr(piece->text + from, '\n', at - from))) {
		begin = end + 1;
		from = (size_t)(begin - piece->text);
		number++;
	}
	inventory->at = at;
	inventory->line = (struct target_piece){
		.text = begin, .len = piece->len - (size_t)(begin - piece->text), .line = number
	};
}

static bool read_host(struct target_inventory *inventory, const struct target_host *host,
	struct target_reader *reader)
{
	struct target_fault fault = TARGET_FAULT_INIT, named = TARGET_FAULT_INIT;
	CLEANUP(service_release) struct service service = { .groups = BUF_INIT(LIMIT_LINE_BYTES) };
	char word[WORD_BYTES];

	find_line(inventory, host->at);
	if (add_host(inventory, host, &service, reader, &fault))
		return true;
	text_printable(host->name, strlen(host->name), word, sizeof word);
	named.at = host->at - (size_t)(inventory->line.text - inventory->piece->text);
	(void)error_set(&named.why, fault.why.code, "host \"%s\": %s", word, fault.why.text);
	inventory->line.shown = host->name;
	return target_reader_reject(reader, &inventory->line, &named);
}

bool target_inventory_read(struct target_reader *reader, const struct target_piece *piece)
{
	static const struct target_options strict = { .skip_bad_input = false };
	struct target_fault fault = TARGET_FAULT_INIT;
	struct target_reader whole = *reader;
	CLEANUP(target_inventory_release) struct target_inventory inventory = { .piece = piece };
	struct target_host *host, *next;

	/* A document that is broken is no line that could be skipped. */
	whole.options = &strict;
	if (!target_inventory_load(&inventory, &fault))
		return target_reader_reject(&whole, piece, &fault);
	HASH_ITER(hh, inventory.hosts, host, next)
	{
		if (!read_host(&inventory, host, reader))
			return false;
	}
	return true;
}
