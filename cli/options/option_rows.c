/* SPDX-License-Identifier: MIT */
#include "cli/options/option_rows.h"

#include <stddef.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/vec.h"
#include "cli/options/option_values.h"
#include "cli/options/options.h"

#define CONCURRENCY_MAX 1000000
#define THREADS_MAX 1024
#define RETRIES_MAX 10
#define TIMEOUT_MAX 3600
#define RATE_MAX 1000000
#define REPEAT_MAX 100
#define PORT_MAX 65535

enum kind {
	KIND_FLAG,    /* bool */
	KIND_TEXT,    /* const char *, not empty */
	KIND_ANY,     /* const char *, as it is */
	KIND_LIST,    /* struct option_list, one more each time */
	KIND_WHOLE,   /* unsigned */
	KIND_DECIMAL, /* double, above zero */
	KIND_LIMIT,   /* double, or 0 for no limit */
	KIND_CHOICE,  /* unsigned, the number of the word */
};

struct row {
	enum option option;
	enum kind kind;
	const char *name;
	size_t at;
	unsigned least, most;
	const char *what;           /* that an empty text would not name */
	const char *const *choices; /* up to NULL, in the order of the enum */
};

/* OPTION_id, its name, the member it goes to, and what its kind needs. */
#define ROW(id, name_, member, kind_, ...)                                  \
	{                                                                   \
		.option = OPTION_##id, .name = name_, .kind = KIND_##kind_, \
		.at = offsetof(struct options, member), __VA_ARGS__         \
	}
#define FLAG(id, name, member) ROW(id, name, member, FLAG, .what = NULL)
#define TEXT(id, name, member, what_) ROW(id, name, member, TEXT, .what = (what_))
#define ANY(id, name, member) ROW(id, name, member, ANY, .what = NULL)
#define LIST(id, name, member) ROW(id, name, member, LIST, .what = NULL)
#define NUMBER(kind, id, name, member, least_, most_) \
	ROW(id, name, member, kind, .least = (least_), .most = (most_))
#define CHOICE(id, name, member, words) ROW(id, name, member, CHOICE, .choices = (words))

static const char *const fail_on[] = { "warning", "critical", "never", NULL };
static const char *const compare_fail_on[] = { "warning", "critical", "never", "unreachable",
	NULL };
static const char *const colors[] = { "auto", "always", "never", NULL };
static const char *const csv_rows[] = { "findings", "hosts", NULL };
static const char *const forms[] = { "pem", "pkcs7", "pkcs12", "jks", NULL };
static const char *const handshakes[] = { "flight", "complete", NULL };
static const char *const fetches[] = { "profile", "any", "none", NULL };
static const char *const notify_on[] = { "problem", "always", NULL };
static const char *const readers[] = { "modern", "windows-2008", NULL };
static const char *const captures[] = { "tlsx", "zgrab2", "s_client", NULL };
static const char *const revocations[] = { "profile", "full", "none", NULL };

/* clang-format off */
static const struct row rows[] = {
	FLAG(ANSIBLE, "--ansible", ansible),
	FLAG(CAA, "--caa", caa),
	TEXT(CHECKPOINT, "--checkpoint", checkpoint, PHRASE("file")),
	CHOICE(COLOR, "--color", color, colors),
	CHOICE(COMPARE_FAIL_ON, "--fail-on", compare_fail_on, compare_fail_on),
	NUMBER(WHOLE, CONCURRENCY, "--concurrency", concurrency, 1, CONCURRENCY_MAX),
	CHOICE(CSV, "--csv", csv, csv_rows),
	FLAG(CSR_CHECK, "--check", csr.check),
	LIST(CSR_EMIT, "--emit", csr.emit),
	FLAG(CSR_ENCRYPT, "--encrypt", csr.encrypt),
	LIST(CSR_FROM, "--from", csr.from),
	TEXT(CSR_KEY, "--key", csr.key, PHRASE("file")),
	TEXT(CSR_KEY_TYPE, "--key-type", csr.key_type, PHRASE("kind of key")),
	FLAG(CSR_NEW_HEADER, "--new-header", csr.new_header),
	TEXT(CSR_NEW_KEY, "--new-key", csr.new_key, PHRASE("file")),
	TEXT(CSR_ORGANIZATION, "--organization", csr.organization, PHRASE("organization")),
	TEXT(CSR_PRODUCT, "--product", csr.product, PHRASE("product")),
	TEXT(CSR_REFERENCE, "--reference", csr.reference, PHRASE("file")),
	LIST(CSR_SEEN, "--seen", csr.seen),
	LIST(CSR_WEAK_KEYS, "--weak-keys", csr.weak_keys),
	FLAG(DCV_ALLOW_PRIVATE, "--allow-private", dcv.allow_private),
	TEXT(DCV_CODE_FILE, "--code-file", dcv.code_file, PHRASE("file")),
	NUMBER(WHOLE, DCV_DNS_PORT, "--dns-port", dcv.dns_port, 1, PORT_MAX),
	TEXT(DCV_FILE, "--file", dcv.file, PHRASE("file")),
	NUMBER(WHOLE, DCV_HTTP_PORT, "--http-port", dcv.http_port, 1, PORT_MAX),
	NUMBER(WHOLE, DCV_HTTPS_PORT, "--https-port", dcv.https_port, 1, PORT_MAX),
	LIST(DCV_METHOD, "--method", dcv.methods),
	TEXT(DCV_PRODUCT, "--product", dcv.product, PHRASE("product")),
	LIST(DCV_RESOLVER, "--resolver", dcv.resolvers),
	LIST(CRL, "--crl", crls),
	LIST(DRAFT_FROM, "--from", draft_from),
	TEXT(DRAFT_ID, "--id", draft_id, PHRASE("profile")),
	TEXT(DRAFT_OUTPUT, "--output", draft_output, PHRASE("file")),
	TEXT(EVIDENCE, "--evidence", evidence, PHRASE("folder")),
	FLAG(EXPLAIN, "--explain", explain),
	CHOICE(FAIL_ON, "--fail-on", fail_on, fail_on),
	CHOICE(FETCH, "--fetch", fetch, fetches),
	FLAG(FIRST_ADDRESS, "--first-address", first_address),
	CHOICE(HANDSHAKE, "--handshake", handshake, handshakes),
	FLAG(IDENTIFY, "--identify", probe.identify),
	CHOICE(IMPORT_FROM, "--from", import_from, captures),
	LIST(INPUT, "--input", inputs),
	TEXT(MADE_ALIAS, "--alias", made.alias, PHRASE("entry")),
	TEXT(MADE_CERTIFICATE, "--certificate", made.certificate, PHRASE("file")),
	CHOICE(MADE_FORM, "--to", made.form, forms),
	TEXT(MADE_KEY, "--key", made.key, PHRASE("file")),
	TEXT(MADE_OUTPUT, "--output", made.output, PHRASE("file")),
	TEXT(MADE_OUTPUT_PASSWORD, "--output-password-file", made.output_password, PHRASE("file")),
	CHOICE(MADE_READER, "--for", made.reader, readers),
	FLAG(MADE_WITH_KEY, "--with-key", made.with_key),
	FLAG(MADE_WITHOUT_LEAF, "--without-leaf", made.without_leaf),
	ANY(NAME, "--name", name),
	FLAG(NO_PROGRESS, "--no-progress", no_progress),
	LIST(NOTIFY, "--notify", notify),
	CHOICE(NOTIFY_ON, "--notify-on", notify_on, notify_on),
	FLAG(OFFLINE, "--offline", offline),
	FLAG(ORDERED, "--ordered", ordered),
	TEXT(OWNER_MAP, "--owner-map", owner_map, PHRASE("file")),
	ANY(PASSWORD_FILE, "--password-file", password_file),
	NUMBER(LIMIT, PER_ADDRESS, "--per-address", per_address, 0, RATE_MAX),
	NUMBER(LIMIT, PER_NETWORK, "--per-network", per_network, 0, RATE_MAX),
	TEXT(PLAN_FOLDER, "--output", plan_folder, PHRASE("folder")),
	TEXT(PLATFORM, "--platform", platform, PHRASE("platform")),
	ANY(PROFILE, "--profile", profile),
	FLAG(QUIET, "--quiet", console.quiet),
	NUMBER(DECIMAL, RATE, "--rate", rate, 0, RATE_MAX),
	NUMBER(WHOLE, REPEAT, "--repeat", probe.repeat, 1, REPEAT_MAX),
	TEXT(RESOLVER, "--resolver", resolver, PHRASE("name server")),
	FLAG(RESUME, "--resume", resume),
	CHOICE(REVOCATION, "--revocation", revocation, revocations),
	NUMBER(WHOLE, RETRIES, "--retries", retries, 0, RETRIES_MAX),
	FLAG(SKIP_BAD_INPUT, "--skip-bad-input", skip_bad_input),
	TEXT(STORE, "--store", store, PHRASE("file")),
	NUMBER(WHOLE, THREADS, "--threads", threads, 1, THREADS_MAX),
	FLAG(TIMELINE, "--timeline", timeline),
	NUMBER(DECIMAL, TIMEOUT, "--timeout", timeout_s, 0, TIMEOUT_MAX),
	FLAG(VERBOSE, "--verbose", console.verbose),
	TEXT(WAIVERS, "--waivers", waivers, PHRASE("file")),
	FLAG(WHOLE, "--whole", whole),
};
/* clang-format on */

static const struct row *row_of(enum option option)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].option == option)
			return &rows[i];
	return NULL;
}

bool option_rows_flag(struct options *options, enum option option)
{
	const struct row *row = row_of(option);

	if (!row || row->kind != KIND_FLAG)
		return false;
	*(bool *)(void *)((char *)options + row->at) = true;
	return true;
}

static bool read_text(const struct row *row, const char *text, const char **at, struct error *err)
{
	if (!*text && row->kind == KIND_TEXT)
		return error_set(err, ERROR_USAGE, "%s '' names no %s", row->name, row->what);
	*at = text;
	return true;
}

static bool read_list(struct option_list *list, const char *text, struct error *err)
{
	if (!vec_reserve(list))
		return error_set_memory(err);
	list->items[list->count++] = text;
	return true;
}

static bool read_choice(const struct row *row, const char *text, unsigned *at, struct error *err)
{
	size_t count = 0, choice;

	while (row->choices[count])
		count++;
	if (!value_choice(row->name, text, row->choices, count, &choice, err))
		return false;
	*at = (unsigned)choice;
	return true;
}

enum option_found option_rows_read(
	struct options *options, enum option option, const char *text, struct error *err)
{
	const struct row *row = row_of(option);
	bool good = false;

	if (!row)
		return OPTION_UNKNOWN;
	void *at = (char *)options + row->at;
	switch (row->kind) {
	case KIND_FLAG:
		return OPTION_UNKNOWN;
	case KIND_TEXT:
	case KIND_ANY:
		good = read_text(row, text, at, err);
		break;
	case KIND_LIST:
		good = read_list(at, text, err);
		break;
	case KIND_WHOLE:
		good = value_whole(row->name, text, row->least, row->most, at, err);
		break;
	case KIND_DECIMAL:
		good = value_decimal(row->name, text, row->most, at, err);
		break;
	case KIND_LIMIT:
		good = value_limit(row->name, text, row->most, at, err);
		break;
	case KIND_CHOICE:
		good = read_choice(row, text, at, err);
		break;
	}
	return good ? OPTION_FOUND : OPTION_WRONG;
}
