/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <signal.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "cli/arl.h"
#include "cli/options/options.h"
#include "cli/supply/setup.h"
#include "reports/output.h"
#include "reports/report.h"
#include "rules/profile/profile.h"

/* Some hundred lists of some kilobytes of text each. */
#define REPORT_BYTES (1u << 20)

/* Windows asks memory, disk cache and its own store before the network, in this order. */
static const char *const on_windows = N_(
	"On Windows a list that was imported stays in the store and is used until its next "
	"update, even when\nthe CA has a newer one that revokes more. On each server:");
static const struct {
	const char *command, *about;
} windows_commands[] = {
	{ "certutil -store CA", N_("lists, with their SHA-1") },
	{ "certutil -delstore CA SHA-1-OF-THE-OLD-LIST", N_("not by name, which fits others") },
	{ "certutil -addstore CA NEW-LIST.crl", N_("or none: it is fetched then") },
	{ "certutil -setreg chain\\ChainCacheResyncFiletime @now", N_("what processes remember") },
	{ "certutil -urlcache crl delete", N_("what is kept on disk") },
};

static void put_windows(enum language language, struct buf *out)
{
	(void)buf_addf(out, "\n%s\n", lang_text(language, on_windows));
	for (size_t i = 0; i < ARRAY_LEN(windows_commands); i++) {
		(void)buf_addf(out, "  %-54s ", windows_commands[i].command);
		phrase_add(out, language, "(%s)", lang_text(language, windows_commands[i].about));
		(void)buf_add_char(out, '\n');
	}
}

enum form { FORM_TEXT, FORM_NDJSON, FORM_JSON };

/* What the exit code is made of. */
struct tally {
	bool critical, warning, unreachable;
};

static bool form_of(const struct report_format *format, enum form *ret_form, struct error *err)
{
	static const char *const names[] = { "text", "ndjson", "json" };
	const char *name = report_format_name(format);

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(names[i], name) == 0) {
			*ret_form = (enum form)i;
			return true;
		}
	}
	return error_set(err, ERROR_USAGE,
		"arl does not write format '%s'; there are: text, ndjson, json", name);
}

static void put_one(const struct arl *arl, const struct setup *setup, enum language language,
	enum form form, struct buf *out)
{
	struct buf object = BUF_INIT(REPORT_BYTES);

	if (form == FORM_TEXT) {
		if (out->len > 0)
			(void)buf_add_char(out, '\n');
		arl_put_text(arl, language, out);
		return;
	}
	if (form == FORM_JSON)
		(void)buf_add_text(out, out->len > 0 ? ",\n" : "[\n");
	if (arl_put_json(arl, setup, &object))
		(void)buf_add(out, buf_text(&object), object.len);
	else
		out->failed = true;
	buf_release(&object);
	if (form == FORM_NDJSON)
		(void)buf_add_char(out, '\n');
}

static bool put_all(const struct setup *setup, enum language language, enum form form,
	struct buf *out, struct tally *ret_tally, struct error *err)
{
	*ret_tally = (struct tally){ .critical = false };
	for (size_t i = 0; i < setup->list_count; i++) {
		struct arl arl;
		bool made = arl_make(setup, i, &arl);

		if (made)
			put_one(&arl, setup, language, form, out);
		ret_tally->critical |= arl.status == ARL_CRITICAL;
		ret_tally->warning |= arl.status == ARL_WARNING;
		ret_tally->unreachable |= arl.status == ARL_UNREACHABLE;
		arl_release(&arl);
		if (!made)
			return error_set_memory(err);
	}
	if (form == FORM_JSON)
		(void)buf_add_text(out, out->len > 0 ? "\n]\n" : "[]\n");
	else if (form == FORM_TEXT && setup->list_count > 0)
		put_windows(language, out);
	else if (form == FORM_TEXT)
		(void)buf_addf(out, "%s\n", lang_text(language, "the profile names no list"));
	return !out->failed || error_set_memory(err);
}

static bool write_to(const char *path, const struct buf *text, struct error *err)
{
	CLEANUP(output_freep) struct output *output = output_open(path, err);

	return output && output_write(output, buf_text(text), text->len, err) &&
	       output_commit(output, err);
}

static int exit_code(const struct options *options, const struct tally *tally)
{
	if (options->fail_on != FAIL_ON_NEVER && tally->critical)
		return EXIT_CODE_FAILED;
	if (options->fail_on == FAIL_ON_WARNING && tally->warning)
		return EXIT_CODE_FAILED;
	return tally->unreachable ? EXIT_CODE_UNEXAMINED : EXIT_CODE_OK;
}

static bool report(const struct options *options, const struct setup *setup,
	struct tally *ret_tally, struct error *err)
{
	bool good = true;

	for (size_t i = 0; i < options->outputs.count && good; i++) {
		struct buf text = BUF_INIT(REPORT_BYTES);
		enum form form = FORM_TEXT;

		good = form_of(options->outputs.items[i].format, &form, err) &&
		       put_all(setup, options->language, form, &text, ret_tally, err) &&
		       write_to(options->outputs.items[i].path, &text, err);
		buf_release(&text);
	}
	return good;
}

int command_arl(struct options *options, struct error *err)
{
	CLEANUP(setup_release) struct setup setup = { .profile = NULL };
	struct tally tally = { .critical = false };

	(void)signal(SIGPIPE, SIG_IGN);
	if (options->args.count > 0)
		return console_usage(
			&options->console, "arl takes no argument; --profile names the profile");
	for (size_t i = 0; i < options->outputs.count; i++) {
		enum form form;
		if (!form_of(options->outputs.items[i].format, &form, err))
			return EXIT_CODE_TROUBLE;
	}
	/* What is amiss stands in the report. */
	if (!setup_begin(&setup, options, NULL, err) || !setup_anchors(&setup, options, err) ||
		!setup_supply(&setup, options, true, err) || !report(options, &setup, &tally, err))
		return EXIT_CODE_TROUBLE;
	return exit_code(options, &tally);
}
