/* SPDX-License-Identifier: MIT */
#include "reports/plan/plan_script.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "reports/plan/plan_quote.h"
#include "rules/profile/profile.h"

/* Where a head differs from one syntax to the next. */
struct head {
	const char *first;
	const char *before; /* the name of a variable */
	const char *between;
	void (*quote)(const char *text, struct buf *out);
	struct buf *out;
};

static const char notice[] =
	"# Made by chainmend plan. What is assigned here is all that the plan says; what comes\n"
	"# behind it is the same for every host.\n";

const char *plan_script_starttls(enum protocol protocol)
{
	switch (protocol) {
	case PROTOCOL_SMTP:
	case PROTOCOL_SUBMISSION:
		return "smtp";
	case PROTOCOL_IMAP:
		return "imap";
	case PROTOCOL_POP3:
		return "pop3";
	case PROTOCOL_LDAP:
		return "ldap";
	case PROTOCOL_FTP:
		return "ftp";
	case PROTOCOL_POSTGRES:
		return "postgres";
	case PROTOCOL_MYSQL:
		return "mysql";
	case PROTOCOL_XMPP:
		return "xmpp";
	case PROTOCOL_SIEVE:
		return "sieve";
	case PROTOCOL_NNTP:
		return "nntp";
	case PROTOCOL_RDP:
		return NULL;
	default:
		return "";
	}
}

static void put_address(const char *text, struct buf *out)
{
	(void)buf_addf(out, strchr(text, ':') ? "[%s]" : "%s", text);
}

void plan_script_target(
	const struct plan_host *host, const struct plan_piece *piece, struct buf *out)
{
	const struct target *target = host->target;
	const char *address = piece->work.address;

	if (target->protocol != PROTOCOL_HTTPS)
		(void)buf_addf(out, "%s://", protocol_info(target->protocol)->name);
	if (address[0] && strcmp(address, target->host) != 0) {
		put_address(target->host, out);
		(void)buf_add_char(out, '@');
		put_address(address, out);
	} else {
		put_address(target->host, out);
	}
	(void)buf_addf(out, ":%u", (unsigned)target->port);
}

static void put_value(const struct head *head, const char *name, const char *value)
{
	(void)buf_addf(head->out, "%s%s%s", head->before, name, head->between);
	head->quote(value ? value : "", head->out);
	(void)buf_add_char(head->out, '\n');
}

static void put_service(const struct head *head, const struct plan *plan,
	const struct plan_host *host, const struct plan_piece *piece)
{
	CLEANUP(buf_release) struct buf target = BUF_INIT(8192);
	const char *starttls = plan_script_starttls(host->target->protocol);
	bool sh = host->platform->family == PLAN_FAMILY_SH;
	char port[8];

	(void)snprintf(port, sizeof port, "%u", (unsigned)host->target->port);
	plan_script_target(host, piece, &target);
	put_value(head, sh ? "TARGET" : "Target", buf_text(&target));
	put_value(head, sh ? "HOST" : "HostName", host->target->host);
	put_value(head, sh ? "PORT" : "Port", port);
	put_value(head, sh ? "ADDRESS" : "Address",
		piece->work.address[0] ? piece->work.address : host->target->host);
	put_value(head, sh ? "SNI" : "Sni", piece->work.sni);
	put_value(head, sh ? "STARTTLS" : "StartTls", starttls ? starttls : "none");
	put_value(head, sh ? "LOOK" : "Look", look_name(piece->work.look));
	put_value(head, sh ? "PROFILE" : "Profile", plan->terms.profile_name);
}

/* --- sh --- */

enum field { FIELD_SHA256, FIELD_SHA1, FIELD_FILE, FIELD_URL };

/* One field of each, with blanks between them; "-" holds the place of what is not known. */
static void put_words(const struct head *head, const char *name,
	const struct work_certificates *list, enum field field)
{
	CLEANUP(buf_release) struct buf words = BUF_INIT(64u << 10);
	char file[100];

	for (size_t i = 0; i < list->all.count; i++) {
		const struct work_certificate *one = &list->all.items[i];
		const char *word = one->sha256;

		if (field == FIELD_SHA1) {
			word = one->sha1;
		} else if (field == FIELD_URL) {
			/* An URL has no blanks in it (RFC 3986, 2). */
			word = one->url && !strpbrk(one->url, " \t\r\n") ? one->url : "";
		} else if (field == FIELD_FILE) {
			plan_certificate_file(one, file, sizeof file);
			word = file;
		}
		(void)buf_addf(&words, "%s%s", i > 0 ? " " : "", word[0] ? word : "-");
	}
	put_value(head, name, buf_text(&words));
}

static const struct work_certificate *cross_of(const struct work *work)
{
	for (size_t i = 0; i < work->serve.all.count; i++)
		if (work->serve.all.items[i].known &&
			work->serve.all.items[i].known->role == PROFILE_ROLE_CROSS)
			return &work->serve.all.items[i];
	return NULL;
}

/* The list of the root that the chain leads to, for servers that keep it in their stores. */
static const struct profile_list *list_of(const struct plan *plan, const struct plan_host *host)
{
	const struct profile *profile = plan->terms.profile;

	for (size_t i = 0; host->platform->takes_list && i < profile->list_count; i++)
		if (profile->lists[i].covers_ca && profile->lists[i].url)
			return &profile->lists[i];
	return NULL;
}

/* The last part of an URL, where that is a plain name. */
static void put_list_name(const struct profile_list *list, char *out, size_t size)
{
	const char *slash = list ? strrchr(list->url, '/') : NULL;
	const char *name = slash ? slash + 1 : "";
	bool plain = name[0] && name[0] != '.';

	for (const char *c = name; *c; c++)
		plain = plain && (isalnum((unsigned char)*c) || strchr("._-", *c));
	(void)snprintf(out, size, "%s", !list ? "" : plain ? name : "list.crl");
}

static void put_sh(const struct head *head, const struct plan *plan, const struct plan_host *host,
	const struct plan_piece *piece)
{
	const struct work *work = &piece->work;
	const struct work_certificate *cross = cross_of(work);
	const struct profile_list *list = list_of(plan, host);
	char file[100] = "";

	put_value(head, "LEAF_SHA256", work->leaf_sha256);
	put_value(head, "CHAIN_FILE", piece->chain_file);
	if (cross)
		plan_certificate_file(cross, file, sizeof file);
	put_value(head, "CROSS_FILE", file);
	put_words(head, "OLD_SHA256", &work->remove, FIELD_SHA256);
	put_words(head, "OLD_SHA1", &work->remove, FIELD_SHA1);
	put_words(head, "NEW_SHA256", &work->serve, FIELD_SHA256);
	put_words(head, "NEW_SHA1", &work->serve, FIELD_SHA1);
	put_words(head, "NEW_FILES", &work->serve, FIELD_FILE);
	put_words(head, "NEW_URLS", &work->serve, FIELD_URL);
	put_list_name(list, file, sizeof file);
	put_value(head, "ARL_FILE", file);
	put_value(head, "ARL_URL", list ? list->url : "");
	put_value(head, "CERTIFICATE_FILE", host->file);
	put_value(head, "KEY_FILE", host->key_file);
	put_value(head, "SERVICE", host->service);
}

/* --- PowerShell --- */

static void put_member(const struct head *head, const char *name, const char *value)
{
	(void)buf_addf(head->out, "%s = ", name);
	head->quote(value ? value : "", head->out);
	(void)buf_add_text(head->out, "; ");
}

static void put_new(const struct head *head, const struct work_certificates *list)
{
	(void)buf_add_text(head->out, "$New = @(\n");
	for (size_t i = 0; i < list->all.count; i++) {
		const struct work_certificate *one = &list->all.items[i];
		char file[100];

		plan_certificate_file(one, file, sizeof file);
		(void)buf_add_text(head->out, "    @{ ");
		put_member(head, "File", file);
		put_member(head, "Url", one->url);
		put_member(head, "Sha1", one->sha1);
		put_member(head, "Sha256", one->sha256);
		(void)buf_add_text(head->out, "Store = 'CA' }");
		(void)buf_add_text(head->out, i + 1 < list->all.count ? ",\n" : "\n");
	}
	(void)buf_add_text(head->out, ")\n");
}

static void put_array(const struct head *head, const char *name,
	const struct work_certificates *list, bool serial)
{
	bool any = false;

	(void)buf_addf(head->out, "$%s = @(", name);
	for (size_t i = 0; i < list->all.count; i++) {
		const struct work_certificate *one = &list->all.items[i];
		const char *word = !serial                            ? one->sha1
				   : one->known && one->known->serial ? one->known->serial
								      : "";

		if (!word[0])
			continue;
		(void)buf_add_text(head->out, any ? ", " : "");
		head->quote(word, head->out);
		any = true;
	}
	(void)buf_add_text(head->out, ")\n");
}

static void put_powershell(const struct head *head, const struct plan *plan,
	const struct plan_host *host, const struct plan_piece *piece)
{
	const struct work *work = &piece->work;
	const struct profile_list *list = list_of(plan, host);
	char file[100];

	put_value(head, "LeafSha256", work->leaf_sha256);
	put_value(head, "LeafSha1", work->leaf_sha1);
	put_array(head, "OldSha1", &work->remove, false);
	put_array(head, "OldIssuerSerials", &work->remove, true);
	put_new(head, &work->serve);
	put_list_name(list, file, sizeof file);
	put_value(head, "ArlFile", file);
	put_value(head, "ArlUrl", list ? list->url : "");
	put_value(head, "Service", host->service);
}

/* --- Bodies --- */

/* A body is a script by itself and so has a first line for the kernel, which only the first line
 * of the whole may be. */
static bool add_body(const char *name, struct buf *out)
{
	size_t len;
	const char *text = plan_body(name, &len);
	const char *end;

	if (!text)
		return false;
	if (strncmp(text, "#!", 2) == 0 && (end = strchr(text, '\n'))) {
		len -= (size_t)(end + 1 - text);
		text = end + 1;
	}
	return buf_add_char(out, '\n') && buf_add(out, text, len);
}

bool plan_script_add(const struct plan *plan, const struct plan_host *host,
	const struct plan_piece *piece, struct buf *out)
{
	bool sh = host->platform->family == PLAN_FAMILY_SH;
	const struct head head = {
		.first = sh ? "#!/bin/sh\n" : "",
		.before = sh ? "" : "$",
		.between = sh ? "=" : " = ",
		.quote = sh ? plan_quote_sh : plan_quote_powershell,
		.out = out,
	};

	(void)buf_addf(out, "%s%s\n", head.first, notice);
	put_service(&head, plan, host, piece);
	(sh ? put_sh : put_powershell)(&head, plan, host, piece);
	for (size_t i = 0; i < PLAN_BODIES && host->platform->bodies[i]; i++)
		if (!add_body(host->platform->bodies[i], out))
			return false;
	return !out->failed;
}
