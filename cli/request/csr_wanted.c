/* SPDX-License-Identifier: MIT */
#include "cli/request/csr_wanted.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/key/private_key.h"
#include "checker/target/name.h"
#include "cli/options/options.h"
#include "cli/request/csr_served.h"
#include "cli/request/known_keys.h"
#include "reports/request/quote.h"
#include "rules/profile/profile.h"
#include "rules/request/product.h"

#define NAMES_FILE_BYTES (1u << 20)

void csr_wanted_release(struct csr_wanted *wanted)
{
	for (size_t i = 0; i < wanted->names.count; i++)
		free(wanted->names.items[i]);
	free(wanted->names.items);
	free(wanted->organization);
	known_keys_free(wanted->known);
	profile_free(wanted->profile);
}

/* --- Names --- */

static bool has(const struct csr_wanted *wanted, const char *name)
{
	for (size_t i = 0; i < wanted->names.count; i++)
		if (strcmp(wanted->names.items[i], name) == 0)
			return true;
	return false;
}

static bool add(struct csr_wanted *wanted, const char *name, struct error *err)
{
	if (has(wanted, name))
		return true;
	if (wanted->names.count == REQUEST_NAMES)
		return error_set(err, ERROR_LIMIT, "there are more than %d names", REQUEST_NAMES);
	char *copy = text_copy(name, strlen(name));
	if (!copy || !vec_reserve(&wanted->names)) {
		free(copy);
		return error_set_memory(err);
	}
	wanted->names.items[wanted->names.count++] = copy;
	return true;
}

/* A name as somebody wrote it; an address is left for the review, which says what is wrong with it.
 */
static bool add_text(struct csr_wanted *wanted, const char *text, size_t len, struct error *err)
{
	struct error why = { .code = ERROR_NONE };
	char ascii[LIMIT_HOST_BYTES], shown[LIMIT_HOST_BYTES * 2];

	if (name_to_ascii(text, len, true, ascii, &why))
		return add(wanted, ascii, err);
	text_printable(text, len, shown, sizeof shown);
	if (why.code == ERROR_MEMORY)
		return error_set_memory(err);
	return error_set(err, ERROR_USAGE, "'%s' is no host name: %s", shown, why.said);
}

static bool add_line(struct csr_wanted *wanted, const char *path, size_t number,
	const struct buf *line, struct error *err)
{
	struct error why = { .code = ERROR_NONE };

	if (line->len == 0 || add_text(wanted, line->data, line->len, &why))
		return true;
	return error_set(err, why.code == ERROR_USAGE ? ERROR_SYNTAX : why.code, "%s:%zu: %s", path,
		number, why.said);
}

static bool add_file(struct csr_wanted *wanted, const char *path, struct error *err)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(NAMES_FILE_BYTES);
	CLEANUP(buf_release) struct buf line = BUF_INIT(NAMES_FILE_BYTES);
	size_t number = 1;

	if (!buf_read_file(&bytes, path, err))
		return false;
	const char *at = buf_text(&bytes);
	at += strncmp(at, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	for (; *at; number++) {
		size_t whole = strcspn(at, "\n"), len;

		at += strspn(at, " \t");
		len = strcspn(at, "#\r\n");
		while (len > 0 && (at[len - 1] == ' ' || at[len - 1] == '\t'))
			len--;
		buf_clear(&line);
		if (!buf_add(&line, at, len))
			return error_set_memory(err);
		if (!add_line(wanted, path, number, &line, err))
			return false;
		whole = strcspn(at, "\n");
		at += whole + (at[whole] == '\n');
	}
	return true;
}

/* "example.hk" right behind "*.example.hk": the CA puts it in, and a request may as well have it.
 */
static bool add_bare_names(struct csr_wanted *wanted, struct error *err)
{
	size_t count = wanted->names.count;

	for (size_t i = 0; i < count; i++) {
		const char *name = wanted->names.items[i];

		if (strncmp(name, "*.", 2) == 0 && !add(wanted, name + 2, err))
			return false;
	}
	return true;
}

/* The common name comes first. */
static void move_to_front(struct csr_wanted *wanted, const char *name)
{
	for (size_t i = 1; i < wanted->names.count; i++) {
		char *found = wanted->names.items[i];

		if (strcmp(found, name) != 0)
			continue;
		memmove(wanted->names.items + 1, wanted->names.items, i * sizeof(char *));
		wanted->names.items[0] = found;
		return;
	}
}

/* --- What is served now --- */

/* NULL when there is none, or has characters that can only be shown. */
static char *organization_of(const char *subject)
{
	char value[LIMIT_NAME_BYTES];

	cert_name_organization(subject, value, sizeof value);
	return value[0] ? text_copy(value, strlen(value)) : NULL;
}

static bool add_served(struct csr_wanted *wanted, const struct options *options, struct error *err)
{
	const char *name = wanted->name[0]           ? wanted->name
			   : wanted->names.count > 0 ? wanted->names.items[0]
						     : NULL;

	bool extended = false;

	if (options->csr.from.count == 0)
		return true;
	CLEANUP(cert_unrefp)
	const struct cert *leaf = csr_served(
		&options->csr.from, name, wanted->known, &extended, err);
	if (!leaf)
		return false;
	if (extended && !options->csr.product)
		console_warn(&options->console, "the served certificate is an EV one; --product "
						"says whether the new one is "
						"to be");
	/* Its common name first, as it is what the application has. */
	for (char **san = leaf->san; san && *san; san++)
		if (text_equal_nocase(*san, leaf->common_name) &&
			!add_text(wanted, *san, strlen(*san), err))
			return false;
	for (char **san = leaf->san; san && *san; san++) {
		if (name_is_address(*san, NULL) || strpbrk(*san, ":@/"))
			console_warn(&options->console,
				"'%s' of the served certificate is left out: it is no host name",
				*san);
		else if (!add_text(wanted, *san, strlen(*san), err))
			return false;
	}
	wanted->organization = organization_of(leaf->subject);
	return true;
}

static bool add_names(struct csr_wanted *wanted, const struct options *options, struct error *err)
{
	if (wanted->name[0] && !add(wanted, wanted->name, err))
		return false;
	for (size_t i = 0; i < options->args.count; i++)
		if (!add_text(wanted, options->args.items[i], strlen(options->args.items[i]), err))
			return false;
	for (size_t i = 0; i < options->inputs.count; i++)
		if (!add_file(wanted, options->inputs.items[i], err))
			return false;
	if (!add_served(wanted, options, err) || !add_bare_names(wanted, err))
		return false;
	if (wanted->names.count == 0)
		return error_set(err, ERROR_USAGE,
			"csr: for which names? As arguments, from a file (-i) or from results "
			"(--from)");
	if (wanted->name[0])
		move_to_front(wanted, wanted->name);
	return true;
}

/* --- The rest --- */

static bool choose_product(
	struct csr_wanted *wanted, const struct options *options, struct error *err)
{
	CLEANUP(buf_release) struct buf ids = BUF_INIT(1024);
	const char *id = options->csr.product;

	if (!id)
		return true;
	wanted->product = profile_product_by_id(wanted->profile, id);
	if (wanted->product)
		return true;
	for (size_t i = 0; i < wanted->profile->request.product_count; i++)
		(void)buf_addf(
			&ids, "%s%s", i > 0 ? ", " : "", wanted->profile->request.products[i].id);
	if (ids.len == 0)
		return error_set(err, ERROR_USAGE, "--product '%s': the profile '%s' has none", id,
			wanted->profile->id);
	return error_set(err, ERROR_USAGE, "--product '%s' is none of: %s", id, buf_text(&ids));
}

bool csr_wanted_terms(struct csr_wanted *wanted, const struct options *options, struct error *err)
{
	struct error why = { .code = ERROR_NONE };
	const char *name = options->name;

	wanted->profile = profile_load(options->profile, err);
	if (!wanted->profile || !choose_product(wanted, options, err))
		return false;
	if (name && !name_to_ascii(name, strlen(name), true, wanted->name, &why))
		return error_set(err, ERROR_USAGE, "--name '%s': %s", name, why.said);
	wanted->known = known_keys_new(err);
	for (size_t i = 0; wanted->known && i < options->csr.seen.count; i++)
		if (!known_keys_read(wanted->known, options->csr.seen.items[i], err))
			return false;
	for (size_t i = 0; wanted->known && i < options->csr.weak_keys.count; i++)
		if (!known_keys_read_list(wanted->known, options->csr.weak_keys.items[i], err))
			return false;
	return wanted->known;
}

static bool choose_key(struct csr_wanted *wanted, const struct options *options, struct error *err)
{
	const char *id = options->csr.key_type;

	wanted->request.key = id ? key_type_by_id(id)
				 : key_type_for(wanted->profile->request.key_kind,
					   wanted->profile->request.key_bits);
	if (wanted->request.key)
		return true;
	if (!id)
		return error_set(err, ERROR_USAGE,
			"the profile '%s' wants keys of a size that is not made here",
			wanted->profile->id);
	return error_set(err, ERROR_USAGE,
		"--key-type '%s' is none of: rsa-2048, rsa-3072, rsa-4096, p-256, p-384", id);
}

bool csr_wanted_fill(struct csr_wanted *wanted, const struct options *options, struct error *err)
{
	struct request *request = &wanted->request;

	if (options->csr.organization && !quote_is_plain(options->csr.organization))
		return error_set(err, ERROR_USAGE,
			"--organization has control characters in it, or is not UTF-8");
	if (!csr_wanted_terms(wanted, options, err) || !add_names(wanted, options, err) ||
		!choose_key(wanted, options, err))
		return false;
	const struct profile_request *profile = &wanted->profile->request;
	request->names = (const char *const *)wanted->names.items;
	request->count = wanted->names.count;
	if (strlen(request->names[0]) <= REQUEST_COMMON_NAME)
		request->common_name = request->names[0];
	request->country = profile->country;
	request->state = profile->state;
	request->locality = profile->locality;
	request->organization = options->csr.organization ? options->csr.organization
							  : wanted->organization;
	if (!wanted->product)
		wanted->product = product_for(wanted->profile, request->names, request->count);
	request->product = wanted->product ? wanted->product->id : NULL;
	return true;
}
