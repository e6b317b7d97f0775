/* SPDX-License-Identifier: MIT */
#include "cli/request/cmd_csr.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/heap.h"
#include "checker/base/text.h"
#include "checker/csr/csr.h"
#include "checker/csr/csr_maker.h"
#include "checker/key/private_key.h"
#include "checker/limits.h"
#include "cli/commands.h"
#include "cli/options/options.h"
#include "cli/process/passphrase.h"
#include "cli/request/csr_wanted.h"
#include "cli/request/known_keys.h"
#include "reports/output.h"
#include "reports/report.h"
#include "reports/request/recipe.h"
#include "reports/request/reviewed.h"
#include "rules/request/review.h"

#define KEY_FILE_BYTES (1u << 20)
#define PATH_BYTES 4096

struct making {
	const struct options *options;
	struct csr_wanted wanted;
	struct private_key *key;
	struct buf der, key_text;
	struct review review;
	struct csr *csr; /* what was made, read back */
	char request_path[PATH_BYTES], key_path[PATH_BYTES];
};

static void making_release(struct making *making)
{
	private_key_free(making->key);
	private_key_wipe(&making->key_text);
	buf_release(&making->der);
	review_release(&making->review);
	csr_free(making->csr);
	csr_wanted_release(&making->wanted);
}

static struct review_terms terms_of(const struct making *making)
{
	return (struct review_terms){
		.profile = making->wanted.profile,
		.product = making->wanted.product,
		.name = making->wanted.name[0] ? making->wanted.name : NULL,
	};
}

/* Where the ending of the file's name is; "" at its end when it has none, or when its name is the
 * server's. */
static char *ending_of(const struct making *making, char *path)
{
	char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char *dot = strrchr(name, '.');

	for (size_t i = 0; i < making->wanted.names.count; i++)
		if (strcmp(name, making->wanted.names.items[i]) == 0)
			return name + strlen(name);
	return dot && dot != name ? dot : name + strlen(name);
}

/* Are both one file, however they are called?  No for what is not there yet. */
static bool same_file(const char *a, const char *b)
{
	struct stat one, other;

	return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}

/* The key that is used must not be lost for what is made with it. */
static bool spare_key(const struct making *making, const char *path, struct error *err)
{
	const char *key = making->options->csr.key;

	return !key || !same_file(key, path) ||
	       error_set(err, ERROR_USAGE, "%s: is the key, and is not written over", path);
}

/* --- Recipes --- */

/* "S:FILE" or "S"; the path is "-" for the latter. */
static bool read_emit(
	const char *text, enum recipe *ret_recipe, const char **ret_path, struct error *err)
{
	const char *colon = strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);

	for (size_t i = 0; recipe_name(i); i++) {
		if (strlen(recipe_name(i)) != len || strncmp(recipe_name(i), text, len) != 0)
			continue;
		*ret_recipe = (enum recipe)i;
		*ret_path = colon ? colon + 1 : "-";
		return **ret_path || error_set(err, ERROR_USAGE, "--emit '%s' names no file", text);
	}
	return error_set(err, ERROR_USAGE,
		"--emit '%s' is none of: openssl, certreq, exchange, exchange-2010, keytool", text);
}

static bool write_text(const char *path, const struct buf *text, struct error *err)
{
	CLEANUP(output_freep) struct output *output = output_open(path, err);

	return output && output_write(output, buf_text(text), text->len, err) &&
	       output_commit(output, err);
}

static bool emit_one(const struct making *making, const char *text, struct error *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4u << 20);
	enum recipe recipe = RECIPE_OPENSSL;
	const char *path = NULL;

	return read_emit(text, &recipe, &path, err) && spare_key(making, path, err) &&
	       recipe_put(recipe, &making->wanted.request, &out, err) &&
	       write_text(path, &out, err);
}

/* --- The key --- */

static bool take_passphrase(const struct making *making, const char *question, bool is_new,
	struct passphrase *passphrase, struct error *err)
{
	const struct options *options = making->options;

	if (options->password_file)
		return passphrase_read(options->password_file, passphrase, err);
	return is_new ? passphrase_ask_new(options->language, question, passphrase, err)
		      : passphrase_ask(question, passphrase, err);
}

static bool read_key(struct making *making, struct error *err)
{
	const char *path = making->options->csr.key;
	enum language language = making->options->language;
	CLEANUP(private_key_wipe) struct buf bytes = BUF_INIT(KEY_FILE_BYTES);
	CLEANUP(passphrase_release) struct passphrase passphrase = { "" };
	char question[PATH_BYTES + 100], shown[PATH_BYTES];

	if (!buf_read_file(&bytes, path, err))
		return false;
	enum private_key_found found = private_key_read(path, &bytes, NULL, &making->key, err);
	if (found != PRIVATE_KEY_LOCKED)
		return found == PRIVATE_KEY_READ;
	text_printable(path, strlen(path), shown, sizeof shown);
	(void)snprintf(question, sizeof question, lang_text(language, "Passphrase of %s:"), shown);
	return take_passphrase(making, question, false, &passphrase, err) &&
	       private_key_read(path, &bytes, passphrase.text, &making->key, err) ==
		       PRIVATE_KEY_READ;
}

static bool make_key(struct making *making, struct error *err)
{
	enum language language = making->options->language;
	CLEANUP(passphrase_release) struct passphrase passphrase = { "" };
	bool encrypt = making->options->csr.encrypt;

	if (encrypt && !take_passphrase(making, lang_text(language, "Passphrase for the new key:"),
			       true, &passphrase, err))
		return false;
	making->key = private_key_new(making->wanted.request.key, err);
	return making->key && private_key_write(making->key, encrypt ? passphrase.text : NULL,
				      &making->key_text, err);
}

/* --- Files --- */

static bool set_path(
	char path[static PATH_BYTES], const char *from, const char *ending, struct error *err)
{
	if ((size_t)snprintf(path, PATH_BYTES, "%s%s", from, ending) < PATH_BYTES)
		return true;
	return error_set(err, ERROR_USAGE, "%s: the path is too long", from);
}

/* FILE with the ending .key instead of its own, if it has one. */
static bool set_key_path(struct making *making, struct error *err)
{
	char stem[PATH_BYTES];

	if (making->options->csr.new_key)
		return set_path(making->key_path, making->options->csr.new_key, "", err);
	if (strcmp(making->request_path, "-") == 0)
		return error_set(err, ERROR_USAGE,
			"csr: where does the key go? --new-key FILE has to say, as the request "
			"goes "
			"to standard output");
	(void)snprintf(stem, sizeof stem, "%s", making->request_path);
	*ending_of(making, stem) = '\0';
	return set_path(making->key_path, stem, ".key", err);
}

static bool set_paths(struct making *making, struct error *err)
{
	const struct options *options = making->options;
	char stem[LIMIT_HOST_BYTES + 16];

	recipe_stem(&making->wanted.request, stem, sizeof stem);
	if (options->output_given
			? !set_path(making->request_path, options->outputs.items[0].path, "", err)
			: !set_path(making->request_path, stem, ".req", err))
		return false;
	if (!spare_key(making, making->request_path, err) ||
		(!options->csr.key && !set_key_path(making, err)))
		return false;
	if (strcmp(making->request_path, making->key_path) == 0)
		return error_set(err, ERROR_USAGE, "the request and its key both go to '%s'",
			making->key_path);
	return true;
}

/* Both are whole in temporary files before the first gets its name. */
static bool write_files(const struct making *making, struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(2 * LIMIT_CSR_BYTES);
	CLEANUP(output_freep) struct output *key = NULL;

	if (!csr_armor(&making->der, making->options->csr.new_header, &text, err))
		return false;
	CLEANUP(output_freep) struct output *request = output_open(making->request_path, err);
	if (!request)
		return false;
	if (!making->options->csr.key) {
		key = output_open_secret(making->key_path, err);
		if (!key ||
			!output_write(key, buf_text(&making->key_text), making->key_text.len, err))
			return false;
	}
	if (key && !output_commit(key, err))
		return false;
	if (output_write(request, buf_text(&text), text.len, err) && output_commit(request, err))
		return true;
	if (key)
		(void)unlink(making->key_path);
	return false;
}

/* --- The request --- */

/* Nothing is written that would be refused. */
static bool say_refused(const struct making *making, struct error *err)
{
	const struct review *review = &making->review;

	if (review_weight(review) == REVIEW_ADVICE)
		return true;
	for (size_t i = 1; i < review->reasons.count; i++)
		if (review_fault_weight(review->reasons.items[i].fault) != REVIEW_ADVICE)
			(void)console_usage(
				&making->options->console, "%s", review->reasons.items[i].said);
	return error_set(err, ERROR_USAGE, "%s", review->reasons.items[0].said);
}

/* What was made is read back and judged as anybody else's. */
static bool review_made(struct making *making, struct error *err)
{
	struct review_terms terms = terms_of(making);

	making->csr = csr_new((const uint8_t *)making->der.data, making->der.len, err);
	if (!making->csr || !review_csr(&making->review, making->csr, &terms, err))
		return false;
	known_keys_review(making->wanted.known, making->csr, &making->review);
	review_sort(&making->review);
	return say_refused(making, err);
}

/* Where standard output is the request's or a recipe's, what is said of it goes to standard error.
 */
static bool report(const struct making *making, const struct reviewed *reviewed, struct error *err)
{
	const struct options *options = making->options;
	bool taken = strcmp(making->request_path, "-") == 0;

	for (size_t i = 0; i < options->csr.emit.count; i++)
		taken = taken || !strchr(options->csr.emit.items[i], ':') ||
			strcmp(strchr(options->csr.emit.items[i], ':'), ":-") == 0;
	return options->console.quiet ||
	       csr_report(options, report_format_name(options->outputs.items[0].format),
		       taken ? "/dev/stderr" : "-", reviewed, 1, err);
}

/* Of what another program is going to make. */
static bool report_wish(const struct making *making, struct error *err)
{
	const struct reviewed reviewed = { .wish = &making->wanted.request,
		.review = &making->review };

	return report(making, &reviewed, err);
}

static bool report_made(const struct making *making, struct error *err)
{
	const struct options *options = making->options;
	const struct reviewed reviewed = {
		.csr = making->csr,
		.review = &making->review,
		.request_file = making->request_path,
		.key_file = options->csr.key ? options->csr.key : making->key_path,
		.new_key = !options->csr.key,
		.encrypted = options->csr.encrypt,
	};

	return report(making, &reviewed, err);
}

static bool make_request(struct making *making, struct error *err)
{
	return set_paths(making, err) &&
	       (making->options->csr.key ? read_key(making, err) : make_key(making, err)) &&
	       csr_make(&making->wanted.request, making->key, &making->der, err) &&
	       review_made(making, err) && write_files(making, err) && report_made(making, err);
}

static bool make_all(struct making *making, struct error *err)
{
	const struct options *options = making->options;
	struct review_terms terms;

	if (!csr_wanted_fill(&making->wanted, options, err))
		return false;
	terms = terms_of(making);
	if (!review_request(&making->review, &making->wanted.request, &terms, err) ||
		!say_refused(making, err))
		return false;
	for (size_t i = 0; i < options->csr.emit.count; i++)
		if (!emit_one(making, options->csr.emit.items[i], err))
			return false;
	/* What another program makes is not made here, unless it is asked for, too. */
	if (options->csr.emit.count > 0 && !options->output_given && !options->csr.key &&
		!options->csr.new_key)
		return report_wish(making, err);
	return make_request(making, err);
}

static bool check_usage(const struct options *options, struct error *err)
{
	if (options->csr.key &&
		(options->csr.new_key || options->csr.encrypt || options->csr.key_type))
		return error_set(err, ERROR_USAGE,
			"--key takes a key that is there: --new-key, --key-type and --encrypt are "
			"for a new one");
	if (options->csr.reference)
		return error_set(err, ERROR_USAGE, "--reference goes with --check");
	if (options->outputs.count > 1)
		return error_set(err, ERROR_USAGE, "csr writes one request: one --output only");
	return true;
}

static int csr_make_command(const struct options *options, struct error *err)
{
	CLEANUP(making_release)
	struct making making = {
		.options = options,
		.der = BUF_INIT(LIMIT_CSR_BYTES),
		.key_text = BUF_INIT(KEY_FILE_BYTES),
	};

	return check_usage(options, err) && make_all(&making, err)
		       ? console_finish(&options->console, EXIT_CODE_OK)
		       : EXIT_CODE_TROUBLE;
}

int command_csr(struct options *options, struct error *err)
{
	/* A reader that went away is an error of a write, so that files are not left behind. */
	(void)signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < options->outputs.count; i++)
		if (!csr_report_knows(report_format_name(options->outputs.items[i].format), err))
			return EXIT_CODE_TROUBLE;
	int code = options->csr.check ? csr_check(options, err) : csr_make_command(options, err);

	if (heap_ran_out())
		(void)error_set_memory(err);
	return code;
}
