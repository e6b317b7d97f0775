/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert/cert_file.h"
#include "checker/limits.h"
#include "checker/observation.h"
#include "checker/target/target.h"
#include "cli/options/option_values.h"
#include "cli/options/options.h"
#include "cli/process/interrupt.h"
#include "cli/process/passphrase.h"
#include "cli/run/inquiry.h"
#include "cli/run/judging.h"
#include "cli/supply/crl_files.h"
#include "cli/supply/replay.h"
#include "cli/supply/setup.h"

/* Each file stands for a server that sends what is in it, in that order. */
struct checking {
	const struct options *options;
	char *name;                 /* that leafs have to cover, or NULL */
	struct passphrase password; /* for PKCS#12 */
	struct target *targets;
	struct observation **observations;
	size_t count, judged;
	struct interrupt *interrupt;
};

static void checking_release(struct checking *checking)
{
	for (size_t i = 0; i < checking->count; i++) {
		observation_free(checking->observations[i]);
		free(checking->targets[i].host);
		free(checking->targets[i].sni);
		free(checking->targets[i].source);
	}
	free(checking->observations);
	free(checking->targets);
	free(checking->name);
	passphrase_release(&checking->password);
}

static bool read_name(struct checking *checking, struct error *err)
{
	const char *text = checking->options->name;
	char name[LIMIT_HOST_BYTES];

	if (!text)
		return true;
	if (!value_server("--name", text, name, err))
		return false;
	checking->name = text_copy(name, strlen(name));
	return checking->name || error_set_memory(err);
}

static bool read_password(struct checking *checking, struct error *err)
{
	const char *path = checking->options->password_file;

	return !path || passphrase_read(path, &checking->password, err);
}

static bool add_der(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	return observation_add_der(arg, der, len) || error_set_memory(err);
}

static bool fill_target(
	const struct checking *checking, size_t number, struct target *target, struct error *err)
{
	const char *path = checking->options->args.items[number];
	char shown[LIMIT_NAME_BYTES];

	text_printable(path, strlen(path), shown, sizeof shown);
	target->host = text_copy(shown, strlen(shown));
	/* Our own reference, which is never given back. */
	atomic_init(&target->refs, 1);
	target->number = number;
	target->mates = 1;
	target->source = text_copy("command line", strlen("command line"));
	target->line = number + 1;
	target->protocol = PROTOCOL_TLS;
	if (checking->name)
		target->sni = text_copy(checking->name, strlen(checking->name));
	return (target->host && target->source && (target->sni || !checking->name)) ||
	       error_set_memory(err);
}

static bool read_chain(const struct checking *checking, size_t number, struct error *err)
{
	const char *path = checking->options->args.items[number];
	const char *title = strcmp(path, "-") == 0 ? "standard input" : path;
	struct observation *observation = checking->observations[number];
	struct buf bytes = BUF_INIT(LIMIT_CHAIN_FILE_BYTES);

	observation->outcome = OUTCOME_SERVED;
	observation->complete = true;
	observation->addresses = 1;
	observation->time = clock_now();
	bool ok = buf_read_file(&bytes, path, err) &&
		  cert_file_read(&(struct cert_file){ .path = title,
					 .bytes = (const uint8_t *)bytes.data,
					 .len = bytes.len,
					 .password = checking->options->password_file
							     ? checking->password.text
							     : NULL },
			  add_der, observation, err);
	buf_release(&bytes);
	return ok;
}

/* All of them before any is judged: a wrong name on the command line is not half a result. */
static bool read_files(struct checking *checking, struct error *err)
{
	size_t count = checking->options->args.count;

	if (count == 0)
		return error_set(err, ERROR_USAGE,
			"nothing to check: name a chain file, or - for standard input");
	checking->targets = calloc(count, sizeof *checking->targets);
	checking->observations = calloc(count, sizeof(struct observation *));
	if (!checking->targets || !checking->observations)
		return error_set_memory(err);
	checking->count = count;
	for (size_t i = 0; i < count; i++) {
		if (!fill_target(checking, i, &checking->targets[i], err))
			return false;
		checking->observations[i] = observation_new(&checking->targets[i]);
		if (!checking->observations[i])
			return error_set_memory(err);
		if (!read_chain(checking, i, err))
			return false;
	}
	return true;
}

static struct observation *next(void *arg, struct error *err)
{
	struct checking *checking = arg;

	(void)err;
	if (checking->judged == checking->count)
		return NULL;
	struct observation **slot = &checking->observations[checking->judged++];
	return TAKE(*slot);
}

/* --- Whom certificates name is asked about them, before anything is judged --- */

/* Back to its place; each observation has one of its own, whichever thread brings it. */
static void answered(void *arg, struct observation *observation)
{
	struct checking *checking = arg;

	checking->observations[observation->target->number] = observation;
}

static void noticed(void *arg, const char *what)
{
	const struct checking *checking = arg;

	console_warn(&checking->options->console, "%s", what);
}

static bool hurries(void *arg)
{
	const struct checking *checking = arg;

	return interrupt_came(checking->interrupt);
}

/* *RET_INQUIRY has to outlive the judgement; NULL when nobody is to be asked. */
static bool inquire(struct checking *checking, const struct setup *setup,
	struct inquiry **ret_inquiry, struct error *err)
{
	const struct options *options = checking->options;

	if (options->revocation != REVOCATION_FULL || options->offline)
		return true;
	*ret_inquiry = inquiry_new(setup, options,
		(struct inquiry_sink){ .answered = answered,
			.noticed = noticed,
			.hurries = hurries,
			.arg = checking },
		err);
	if (!*ret_inquiry)
		return false;
	for (size_t i = 0; i < checking->count; i++)
		inquiry_hand(*ret_inquiry, TAKE(checking->observations[i]));
	inquiry_finish(*ret_inquiry);
	return true;
}

/* Lists that are given as files; *RET_FILES has to outlive the judgement. */
static bool use_lists(struct checking *checking, const struct setup *setup,
	struct crl_files **ret_files, struct error *err)
{
	const struct options *options = checking->options;

	if (options->crls.count == 0)
		return true;
	*ret_files = crl_files_new(&options->crls, setup, err);
	if (!*ret_files)
		return false;
	for (size_t i = 0; i < checking->count; i++)
		if (!crl_files_answer(*ret_files, checking->observations[i], err))
			return false;
	crl_files_complain(*ret_files, &options->console);
	return true;
}

static int check_files(
	const struct options *options, struct interrupt *interrupt, struct error *err)
{
	CLEANUP(checking_release)
	struct checking checking = { .options = options, .interrupt = interrupt };
	CLEANUP(setup_release) struct setup setup = { .profile = NULL };
	CLEANUP(inquiry_freep) struct inquiry *inquiry = NULL;
	CLEANUP(crl_files_freep) struct crl_files *crls = NULL;

	if (!read_name(&checking, err) || !read_password(&checking, err) ||
		!setup_begin(&setup, options, NULL, err) || !read_files(&checking, err) ||
		!setup_anchors(&setup, options, err) ||
		!setup_supply(&setup, options, options->offline, err) ||
		!inquire(&checking, &setup, &inquiry, err) ||
		!use_lists(&checking, &setup, &crls, err))
		return EXIT_CODE_TROUBLE;
	const struct judging judging = { .options = options,
		.setup = &setup,
		.interrupt = interrupt,
		.targets = checking.count,
		.next = next,
		.arg = &checking };
	return judging_run(&judging, err);
}

/* A file is checked without a network, unless somebody asks for what is on it. */
static bool uses_network(const struct options *options)
{
	return (options->fetch_given && options->fetch != FETCH_NONE) ||
	       (options->revocation_given && options->revocation == REVOCATION_FULL);
}

/* Evidence has names and passwords of its own, and a run of its own to be compared within. */
static bool stands_alone(const struct options *options, const char *folder, struct error *err)
{
	if (options->args.count > 1)
		return error_set(err, ERROR_USAGE,
			"%s: is a folder, so it would be evidence, which is judged alone", folder);
	if (options->name || options->password_file || options->crls.count > 0)
		return error_set(err, ERROR_USAGE,
			"--name, --password-file and --crl are for chain files, and %s is a folder",
			folder);
	if (uses_network(options))
		return error_set(err, ERROR_USAGE,
			"%s: evidence is judged by what is in it, so there is nothing to fetch",
			folder);
	return true;
}

static int check_evidence(
	struct options *options, const char *folder, struct interrupt *interrupt, struct error *err)
{
	CLEANUP(replay_freep) struct replay *replay = NULL;
	CLEANUP(setup_release) struct setup setup = { .profile = NULL };

	if (!stands_alone(options, folder, err) || !(replay = replay_open(folder, options, err)) ||
		!setup_begin(&setup, options, replay, err) ||
		!setup_anchors(&setup, options, err) || !setup_supply(&setup, options, true, err))
		return EXIT_CODE_TROUBLE;
	return replay_judge(replay, &setup, options, interrupt, err);
}

int command_check(struct options *options, struct error *err)
{
	/* A reader that went away is an error of a write, so that files are not left behind. */
	(void)signal(SIGPIPE, SIG_IGN);
	options->offline |= !uses_network(options);
	CLEANUP(interrupt_freep) struct interrupt *interrupt = interrupt_new(err);
	if (!interrupt)
		return EXIT_CODE_TROUBLE;
	if (options->evidence) {
		(void)error_set(err, ERROR_USAGE,
			"--evidence keeps what a scan saw, and chain files are there already");
		return EXIT_CODE_TROUBLE;
	}
	for (size_t i = 0; i < options->args.count; i++)
		if (replay_is_meant(options->args.items[i]))
			return check_evidence(options, options->args.items[i], interrupt, err);
	return check_files(options, interrupt, err);
}
