/* SPDX-License-Identifier: MIT */
#include "checker/target/target.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "checker/target/name.h"
#include "checker/target/target_reader.h"

static const struct protocol_info protocols[PROTOCOL_COUNT] = {
	[PROTOCOL_HTTPS] = { "https", 443, PROTOCOL_START_DIRECT },
	[PROTOCOL_TLS] = { "tls", 443, PROTOCOL_START_DIRECT },
	[PROTOCOL_SMTP] = { "smtp", 25, PROTOCOL_START_DIALOGUE },
	[PROTOCOL_SUBMISSION] = { "submission", 587, PROTOCOL_START_DIALOGUE },
	[PROTOCOL_SMTPS] = { "smtps", 465, PROTOCOL_START_DIRECT },
	[PROTOCOL_IMAP] = { "imap", 143, PROTOCOL_START_DIALOGUE },
	[PROTOCOL_IMAPS] = { "imaps", 993, PROTOCOL_START_DIRECT },
	[PROTOCOL_POP3] = { "pop3", 110, PROTOCOL_START_DIALOGUE },
	[PROTOCOL_POP3S] = { "pop3s", 995, PROTOCOL_START_DIRECT },
	[PROTOCOL_LDAP] = { "ldap", 389, PROTOCOL_START_DIALOGUE },
	[PROTOCOL_LDAPS] = { "ldaps", 636, PROTOCOL_START_DIRECT },
	[PROTOCOL_FTP] = { "ftp", 21, PROTOCOL_START_DIALOGUE },
	[PROTOCOL_FTPS] = { "ftps", 990, PROTOCOL_START_DIRECT },
	[PROTOCOL_POSTGRES] = { "postgres", 5432, PROTOCOL_START_DIALOGUE },
	[PROTOCOL_MYSQL] = { "mysql", 3306, PROTOCOL_START_DIALOGUE },
	[PROTOCOL_XMPP] = { "xmpp", 5222, PROTOCOL_START_DIALOGUE },
	[PROTOCOL_SIEVE] = { "sieve", 4190, PROTOCOL_START_DIALOGUE },
	[PROTOCOL_NNTP] = { "nntp", 119, PROTOCOL_START_DIALOGUE },
	[PROTOCOL_RDP] = { "rdp", 3389, PROTOCOL_START_DIALOGUE },
};

/* A target and its strings in one piece of memory: many of them come and go. */
struct body {
	struct target target;
	struct target_origin *origin;
	char text[];
};

const struct protocol_info *protocol_info(enum protocol protocol)
{
	assert(protocol < PROTOCOL_COUNT);
	return &protocols[protocol];
}

bool protocol_by_name(const char *name, enum protocol *ret_protocol)
{
	for (size_t i = 0; i < ARRAY_LEN(protocols); i++) {
		if (text_equal_nocase(name, protocols[i].name)) {
			*ret_protocol = (enum protocol)i;
			return true;
		}
	}
	return false;
}

const char *target_label(const struct target *target, const char *name)
{
	for (size_t i = 0; i < target->labels.count; i++)
		if (strcmp(target->labels.items[i].name, name) == 0)
			return target->labels.items[i].value;
	return NULL;
}

struct target_origin *target_origin_new(const char *name)
{
	size_t size = strlen(name) + 1;
	struct target_origin *origin = calloc(1, sizeof *origin + size);

	if (!origin)
		return NULL;
	memcpy(origin->name, name, size);
	atomic_init(&origin->refs, 1);
	return origin;
}

struct target_origin *target_origin_ref(struct target_origin *origin)
{
	atomic_fetch_add_explicit(&origin->refs, 1, memory_order_relaxed);
	return origin;
}

void target_origin_unref(struct target_origin *origin)
{
	if (origin && atomic_fetch_sub_explicit(&origin->refs, 1, memory_order_acq_rel) == 1)
		free(origin);
}

struct target *target_ref(const struct target *target)
{
	struct target *mine = (struct target *)(uintptr_t)target;

	atomic_fetch_add_explicit(&mine->refs, 1, memory_order_relaxed);
	return mine;
}

void target_unref(struct target *target)
{
	if (!target || atomic_fetch_sub_explicit(&target->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < target->labels.count; i++)
		free(target->labels.items[i].name);
	free(target->labels.items);
	target_origin_unref(((struct body *)target)->origin);
	free(target);
}

/* Room for TEXT bytes of strings. */
static struct body *body_new(size_t text, struct target_origin *origin, size_t line)
{
	struct body *body = calloc(1, sizeof *body + text);

	if (!body)
		return NULL;
	body->origin = target_origin_ref(origin);
	body->target.source = origin->name;
	body->target.line = line;
	body->target.mates = 1;
	atomic_init(&body->target.refs, 1);
	return body;
}

/* Copies TEXT to *AT, which moves on behind it; NULL for the empty one. */
static char *put(char **at, const char *text)
{
	char *copy = *at;
	size_t size = strlen(text) + 1;

	if (size == 1)
		return NULL;
	memcpy(copy, text, size);
	*at += size;
	return copy;
}

struct target *target_new(
	const struct target_draft *draft, struct target_origin *origin, size_t line)
{
	char unicode[4 * LIMIT_HOST_BYTES];

	assert(draft->prefix < 0);
	name_to_unicode(draft->host, unicode, sizeof unicode);
	if (strcmp(unicode, draft->host) == 0)
		unicode[0] = '\0';
	struct body *body = body_new(strlen(draft->host) + strlen(draft->address) +
					     strlen(draft->sni) + strlen(unicode) + 4,
		origin, line);
	if (!body)
		return NULL;

	char *at = body->text;
	struct target *target = &body->target;
	target->host = put(&at, draft->host);
	target->address = put(&at, draft->address);
	target->sni = put(&at, draft->sni);
	target->unicode = put(&at, unicode);
	target->port = draft->port;
	target->protocol = draft->protocol;
	return target;
}

struct target *target_new_faulty(
	const char *shown, const char *why, struct target_origin *origin, size_t line)
{
	struct body *body = body_new(strlen(shown) + strlen(why) + 2, origin, line);

	if (!body)
		return NULL;

	char *at = body->text;
	/* A line of nothing that can be seen is still a line. */
	body->target.host = shown[0] ? put(&at, shown) : at;
	at += !shown[0];
	body->target.fault = put(&at, why);
	return &body->target;
}

/* Room for TEXT at the end of a body. */
static size_t room_for(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

/* As put(), but what is there stays so although it is empty. */
static char *put_any(char **at, const char *text)
{
	char *copy = *at;

	if (!text)
		return NULL;
	memcpy(copy, text, strlen(text) + 1);
	*at += strlen(text) + 1;
	return copy;
}

static bool label_add(struct target *target, const struct target_mark *mark)
{
	size_t name = strlen(mark->name) + 1, value = strlen(mark->value) + 1;

	if (!vec_reserve(&target->labels))
		return false;
	/* Both in one piece, which is the name's. */
	char *text = malloc(name + value);
	if (!text)
		return false;
	memcpy(text, mark->name, name);
	memcpy(text + name, mark->value, value);
	target->labels.items[target->labels.count++] = (struct label){ .name = text,
		.value = text + name };
	return true;
}

bool target_add_labels(struct target *target, const struct target_mark *marks, size_t count,
	struct target_fault *fault)
{
	for (size_t i = 0; i < count; i++) {
		if (target_label(target, marks[i].name))
			continue;
		if (target->labels.count >= LIMIT_LABELS)
			return target_fault_set(fault, 0,
				"together with its earlier mention the target has more than %d "
				"labels",
				LIMIT_LABELS);
		if (!label_add(target, &marks[i]))
			return error_set_memory(&fault->why);
	}
	return true;
}

struct target *target_new_described(const struct target_description *from)
{
	size_t room = room_for(from->host) + room_for(from->unicode) + room_for(from->address) +
		      room_for(from->sni) + room_for(from->source) + room_for(from->fault);
	struct body *body = calloc(1, sizeof *body + room);

	if (!body)
		return NULL;
	char *at = body->text;
	CLEANUP(target_unrefp) struct target *target = &body->target;
	atomic_init(&target->refs, 1);
	target->mates = 1;
	target->host = put_any(&at, from->host);
	target->unicode = put_any(&at, from->unicode);
	target->address = put_any(&at, from->address);
	target->sni = put_any(&at, from->sni);
	target->source = put_any(&at, from->source);
	target->fault = put_any(&at, from->fault);
	target->port = from->port;
	target->protocol = from->protocol;
	target->line = from->line;
	for (size_t i = 0; i < from->label_count; i++) {
		struct target_mark mark = { from->labels[i].name, from->labels[i].value };

		if (!label_add(target, &mark))
			return NULL;
	}
	return TAKE(target);
}

struct target *target_new_like(
	const struct target *model, const struct target_draft *draft, uint32_t index)
{
	struct target_fault fault = TARGET_FAULT_INIT;
	struct target_mark marks[LIMIT_LABELS];
	struct target_draft one;
	size_t count = model->labels.count;

	target_draft_at(draft, index, &one);
	CLEANUP(target_unrefp)
	struct target *target = target_new(&one, ((const struct body *)model)->origin, model->line);
	for (size_t i = 0; i < count; i++)
		marks[i] = (struct target_mark){ .name = model->labels.items[i].name,
			.value = model->labels.items[i].value };
	return target && target_add_labels(target, marks, count, &fault) ? TAKE(target) : NULL;
}
