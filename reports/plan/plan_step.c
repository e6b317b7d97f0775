/* SPDX-License-Identifier: MIT */
#include "reports/plan/plan_step.h"

#include "checker/base/buf.h"
#include "reports/plan/plan.h"
#include "reports/plan/plan_quote.h"
#include "reports/plan/plan_script.h"

static const struct {
	const char *name, *text;
	const char *by_script; /* where the script does it; NULL: as text */
} steps[PLAN_STEP_COUNT] = {
	[PLAN_STEP_REQUEST] = { "request",
		N_("Request a new certificate from the CA now; it takes days, and nothing below "
		   "waits for it."),
		NULL },
	[PLAN_STEP_TRY] = { "try", N_("See what would be done; this changes nothing."), NULL },
	[PLAN_STEP_BACK_UP] = { "back-up",
		N_("Keep a copy of every file, store entry and setting before it is changed."),
		N_("Run the script. It keeps a copy of every file and store entry that it "
		   "changes.") },
	[PLAN_STEP_ADD] = { "add",
		N_("Bring the certificates that are to be served to the server, and check their "
		   "SHA-256."),
		N_("It checks the SHA-256 of the certificates that are to be served.") },
	[PLAN_STEP_SWITCH] = { "switch",
		N_("Let the server send its own certificate, then these, in this order."),
		N_("It puts them behind the server's own certificate, which stays as it is.") },
	[PLAN_STEP_RELOAD] = { "reload", N_("Check the configuration, then reload the server."),
		N_("It checks the configuration and reloads the server; a fault at any point is "
		   "rolled back.") },
	[PLAN_STEP_VERIFY] = { "verify", N_("Look from outside at what is sent now."),
		N_("It looks from outside at what is sent now.") },
	[PLAN_STEP_REMOVE] = { "remove",
		N_("Only then remove the retired certificates from the server's stores, by "
		   "thumbprint and never by name."),
		N_("Only then it removes the retired certificates from the server's stores, by "
		   "thumbprint.") },
	[PLAN_STEP_INSTALL] = { "install",
		N_("When the new certificate has come, install it with the certificates above it "
		   "as listed, and restart what does not notice by itself."),
		NULL },
	[PLAN_STEP_LEAF] = { "leaf",
		N_("Let the server send another certificate for this name: the one it sends is not "
		   "the one that is meant."),
		NULL },
	[PLAN_STEP_SETTING] = { "setting", N_("Enable TLS 1.2 or later on this service."), NULL },
	[PLAN_STEP_LOOK] = { "look",
		N_("Find out what is wrong, by what was found; there is no work that settles it "
		   "for sure."),
		NULL },
	[PLAN_STEP_SCAN] = { "scan", N_("Scan it again."), NULL },
	[PLAN_STEP_UNDO] = { "undo",
		N_("To take it back: restore what was kept, and reload the server."),
		N_("To take it back, run the script with its option for that.") },
};

const char *plan_step_name(enum plan_step step)
{
	return steps[step].name;
}

bool plan_step_is_of(
	enum plan_step step, const struct plan_host *host, const struct plan_piece *piece)
{
	const bool *needs = piece->work.needs;

	switch (step) {
	case PLAN_STEP_REQUEST:
	case PLAN_STEP_INSTALL:
		return needs[WORK_NEED_REQUEST];
	case PLAN_STEP_TRY:
		return piece->script[0];
	case PLAN_STEP_BACK_UP:
	case PLAN_STEP_ADD:
	case PLAN_STEP_SWITCH:
	case PLAN_STEP_RELOAD:
	case PLAN_STEP_VERIFY:
	case PLAN_STEP_UNDO:
		return needs[WORK_NEED_CHAIN];
	case PLAN_STEP_REMOVE:
		/* Files need no more: what is not in them any more is gone. */
		return needs[WORK_NEED_CHAIN] && host->platform->builds_chain &&
		       piece->work.remove.all.count > 0;
	case PLAN_STEP_LEAF:
		return needs[WORK_NEED_LEAF];
	case PLAN_STEP_SETTING:
		return needs[WORK_NEED_SETTING];
	case PLAN_STEP_LOOK:
		return needs[WORK_NEED_LOOK];
	case PLAN_STEP_SCAN:
		return true;
	case PLAN_STEP_COUNT:
		break;
	}
	return false;
}

const char *plan_step_text(
	enum plan_step step, const struct plan_piece *piece, enum language language)
{
	bool by_script = piece->script[0] && steps[step].by_script;

	return lang_text(language, by_script ? steps[step].by_script : steps[step].text);
}

static void put_script(const struct plan_host *host, const struct plan_piece *piece, const char *sh,
	const char *powershell, struct buf *out)
{
	/* The name is one of ours, in plain letters. */
	if (!piece->script[0])
		return;
	if (host->platform->family == PLAN_FAMILY_SH)
		(void)buf_addf(out, "sh %s%s", piece->script, sh);
	else
		(void)buf_addf(out, "powershell -ExecutionPolicy Bypass -File %s%s", piece->script,
			powershell);
}

static void put_scan(const struct plan_host *host, const struct plan_piece *piece, struct buf *out)
{
	CLEANUP(buf_release) struct buf target = BUF_INIT(8192);

	plan_script_target(host, piece, &target);
	(void)buf_add_text(out, "chainmend scan ");
	plan_quote_sh(buf_text(&target), out);
}

/* Where its input is not in the folder already: from names that are given. */
static void put_request(
	const struct plan_host *host, const struct plan_piece *piece, struct buf *out)
{
	if (piece->request_file[0])
		return;
	(void)buf_addf(out, "chainmend csr --emit %s:REQUEST%s ",
		recipe_name(host->platform->recipe), recipe_ending(host->platform->recipe));
	plan_quote_sh(host->target->host, out);
}

void plan_step_command(enum plan_step step, const struct plan_host *host,
	const struct plan_piece *piece, struct buf *out)
{
	if (step == PLAN_STEP_REQUEST)
		put_request(host, piece, out);
	else if (step == PLAN_STEP_TRY)
		put_script(host, piece, " --dry-run", " -WhatIf", out);
	else if (step == PLAN_STEP_BACK_UP)
		put_script(host, piece, "", "", out);
	else if (step == PLAN_STEP_VERIFY)
		put_script(host, piece, " --verify", " -Verify", out);
	else if (step == PLAN_STEP_UNDO)
		put_script(host, piece, " --undo", " -Undo", out);
	else if (step == PLAN_STEP_SCAN)
		put_scan(host, piece, out);
}
