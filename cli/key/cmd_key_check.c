/* SPDX-License-Identifier: MIT */
#include "cli/key/cmd_key.h"

#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/key/key_file.h"
#include "cli/key/pile.h"
#include "cli/key/sighting.h"
#include "cli/options/options.h"
#include "cli/process/console.h"
#include "cli/process/exit_code.h"
#include "cli/supply/setup.h"
#include "rules/profile/profile.h"

#define REPORT_BYTES (1u << 20)
#define LINE_BYTES 1000

struct checking {
	const struct options *options;
	struct setup setup;
	struct pile pile; /* the backup, and behind it the certificate to compare with */
	struct sightings sightings;
	const struct cert *leaf;
	struct buf report;
	bool failed, unexamined;
};

static void checking_release(struct checking *checking)
{
	sightings_release(&checking->sightings);
	pile_release(&checking->pile);
	setup_release(&checking->setup);
	buf_release(&checking->report);
}

/* A line of the report; the first word says how it went. */
enum check_mark { MARK_GOOD, MARK_BAD, MARK_UNKNOWN, MARK_NOTE };

static void put(struct checking *checking, enum check_mark mark, const char *said)
{
	enum language language = checking->options->language;
	struct buf *report = &checking->report;

	switch (mark) {
	case MARK_GOOD:
		phrase_add(report, language, "good: %s", said);
		break;
	case MARK_BAD:
		checking->failed = true;
		phrase_add(report, language, "BAD: %s", said);
		break;
	case MARK_UNKNOWN:
		checking->unexamined = true;
		phrase_add(report, language, "not known: %s", said);
		break;
	case MARK_NOTE:
		phrase_add(report, language, "note: %s", said);
		break;
	}
	(void)buf_add_char(report, '\n');
}

static void backup_say(struct checking *checking, enum check_mark mark, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

static void backup_say(struct checking *checking, enum check_mark mark, const char *fmt, ...)
{
	char said[LINE_BYTES];
	va_list args;

	va_start(args, fmt);
	phrase_vsay(said, sizeof said, fmt, args);
	va_end(args);
	put(checking, mark, said);
}

/* --- The backup by itself --- */

static void check_leaf(struct checking *checking)
{
	const struct cert *leaf = checking->leaf;
	struct instant now = checking->setup.context.now;
	char day[INSTANT_TEXT];

	instant_format_day(leaf->not_after, day);
	backup_say(checking, MARK_GOOD, "its certificate is %.100s, to %s (SHA-256 %.16s)",
		leaf->common_name, day, leaf->sha256_text);
	if (leaf->not_after.seconds < now.seconds)
		backup_say(checking, MARK_NOTE, "the certificate has expired");
}

/* Windows puts what is in a backup into its stores: an old issuing certificate comes back so. */
static void check_others(struct checking *checking)
{
	for (size_t i = 0; i < checking->pile.items.count; i++) {
		const struct pile_item *item = &checking->pile.items.items[i];
		const struct profile_certificate *known = profile_by_fingerprint(
			checking->setup.profile, item->cert->sha256);
		if (item->file == 0 && known && known->state == PROFILE_STATE_RETIRED)
			backup_say(checking, MARK_NOTE,
				"it holds %s, which the CA has retired and importing it brings "
				"back; make it anew",
				known->id);
	}
}

static void check_backup(struct checking *checking)
{
	const struct private_key *key = checking->pile.key;

	backup_say(checking, MARK_GOOD, "it opens");
	if (!key) {
		backup_say(checking, MARK_BAD, "there is no private key in it");
		return;
	}
	if (!key_file_whole(key))
		backup_say(checking, MARK_BAD,
			"the private key is damaged: its own two halves do not fit");
	else
		backup_say(checking, MARK_GOOD, "it holds a private key");
	if (!checking->leaf || !key_file_fits(key, checking->leaf)) {
		backup_say(checking, MARK_BAD, "the private key is that of no certificate in it");
		return;
	}
	check_leaf(checking);
	check_others(checking);
}

/* --- The backup beside others --- */

static void check_certificate(struct checking *checking)
{
	const struct cert *other = pile_leaf(&checking->pile, 1);
	const char *path = checking->options->made.certificate;

	if (other && checking->leaf && cert_equal(other, checking->leaf))
		backup_say(checking, MARK_GOOD, "it is the certificate in %.200s", path);
	else if (other && checking->pile.key && key_file_fits(checking->pile.key, other))
		backup_say(checking, MARK_BAD,
			"the private key is that of the certificate in %.200s, but the backup "
			"holds "
			"another of that key: make it anew",
			path);
	else
		backup_say(checking, MARK_BAD, "the certificate in %.200s has another key", path);
}

static void put_sighting(struct checking *checking, const struct sighting *one)
{
	switch (one->kind) {
	case SIGHTING_SAME:
		backup_say(checking, MARK_GOOD, "%s serves it", one->where);
		break;
	case SIGHTING_KEY:
		backup_say(checking, MARK_BAD,
			"%s serves another certificate of the same key, so the backup is to be "
			"made "
			"anew: %s",
			one->where, one->said);
		break;
	case SIGHTING_OTHER:
		backup_say(checking, MARK_BAD, "%s serves a certificate of another key: %s",
			one->where, one->said);
		break;
	case SIGHTING_NONE:
		backup_say(checking, MARK_UNKNOWN, "%s: %s", one->where, one->said);
		break;
	}
}

static bool is_file(const char *argument)
{
	struct stat about;

	return strcmp(argument, "-") == 0 ||
	       (stat(argument, &about) == 0 && S_ISREG(about.st_mode));
}

/* What is a file is saved results, anything else is a target. */
static bool check_services(struct checking *checking, struct error *err)
{
	const struct options *options = checking->options;
	struct sightings *sightings = &checking->sightings;
	bool good = true;

	sightings->wanted = checking->leaf;
	for (size_t i = 2; i < options->args.count && good; i++) {
		size_t before = sightings->all.count;
		const char *const *argument = &options->args.items[i];
		good = is_file(*argument) ? sightings_read(sightings, argument, 1, err)
					  : sightings_look(sightings, options, argument, 1, err);
		if (good && sightings->all.count == before)
			backup_say(checking, MARK_UNKNOWN,
				"%.200s: no service in it has a name of this certificate",
				*argument);
	}
	for (size_t i = 0; i < sightings->all.count && good; i++)
		put_sighting(checking, &sightings->all.items[i]);
	return good;
}

/* --- All together --- */

static int finish(struct checking *checking)
{
	int code = checking->failed       ? EXIT_CODE_FAILED
		   : checking->unexamined ? EXIT_CODE_UNEXAMINED
					  : EXIT_CODE_OK;

	console_print(buf_text(&checking->report));
	return console_finish(&checking->options->console, code);
}

static bool begin(struct checking *checking, struct error *err)
{
	const struct options *options = checking->options;

	if (options->args.count < 2)
		return error_set(err, ERROR_USAGE, "key check: which backup?");
	return setup_begin(&checking->setup, options, NULL, err);
}

int cmd_key_check(const struct options *options, struct error *err)
{
	CLEANUP(checking_release)
	struct checking checking = {
		.options = options, .pile = { .options = options }, .report = BUF_INIT(REPORT_BYTES)
	};

	if (!begin(&checking, err))
		return EXIT_CODE_TROUBLE;
	if (!pile_add(&checking.pile, options->args.items[1], PILE_BOTH, err)) {
		if (!checking.pile.shut)
			return EXIT_CODE_TROUBLE;
		/* It was read, and is no good. */
		put(&checking, MARK_BAD, err->said);
		*err = (struct error){ .code = ERROR_NONE };
		return finish(&checking);
	}
	checking.leaf = pile_leaf(&checking.pile, 0);
	check_backup(&checking);
	if (options->made.certificate) {
		if (!pile_add(&checking.pile, options->made.certificate, PILE_CERTIFICATES, err))
			return EXIT_CODE_TROUBLE;
		check_certificate(&checking);
	}
	if (checking.leaf && checking.pile.key && !check_services(&checking, err))
		return EXIT_CODE_TROUBLE;
	return finish(&checking);
}
