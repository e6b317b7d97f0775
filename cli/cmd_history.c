/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/target/name.h"
#include "cli/options/options.h"
#include "cli/process/console.h"
#include "reports/history/history.h"
#include "reports/history/history_text.h"
#include "reports/output.h"
#include "reports/report.h"
#include "reports/text/page.h"

#define PAGE_BYTES (1u << 30) /* years of a large fleet */

/* "HOST", "HOST:PORT" or "[V6]:PORT" as the history has it; PORT 0: all. */
static bool read_host(
	const char *text, char host[static LIMIT_HOST_BYTES], unsigned *ret_port, struct error *err)
{
	const char *colon = strrchr(text, ':');
	bool bracketed = text[0] == '[';
	bool has_port = colon && (bracketed ? colon[-1] == ']' : strchr(text, ':') == colon);
	size_t len = has_port ? (size_t)(colon - text) : strlen(text);
	char bare[LIMIT_HOST_BYTES];
	long port = has_port ? strtol(colon + 1, NULL, 10) : 0;

	if (bracketed && len >= 2 && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (len == 0 || len >= sizeof bare || port < 0 || port > 65535 || (has_port && port == 0))
		return error_set(err, ERROR_USAGE, "'%s' is no HOST or HOST:PORT", text);
	memcpy(bare, text, len);
	bare[len] = '\0';
	*ret_port = (unsigned)port;
	return name_canonical_address(bare, host) || name_to_ascii(bare, len, false, host, err);
}

/* Where it goes: a page for people, or, where PAGE is NULL, records. */
struct telling {
	struct history *history;
	struct page *page;
	struct buf *records;
};

static bool tell_hosts(
	const struct telling *telling, const struct options *options, struct error *err)
{
	char host[LIMIT_HOST_BYTES];
	unsigned port = 0;

	for (size_t i = 0; i < options->args.count; i++) {
		if (!read_host(options->args.items[i], host, &port, err))
			return false;
		bool good = telling->page ? history_text_host(telling->history, host, port,
						    telling->page, err)
					  : history_json_host(telling->history, host, port,
						    telling->records, err);
		if (!good)
			return false;
	}
	return true;
}

static bool tell(const struct telling *telling, const struct options *options, struct error *err)
{
	if (options->args.count > 0)
		return tell_hosts(telling, options, err);
	if (telling->page)
		return history_text_runs(telling->history, telling->page, err);
	return history_json_runs(telling->history, telling->records, err);
}

static bool write_output(const struct options *options, const struct output_option *option,
	struct history *history, struct error *err)
{
	const char *format = report_format_name(option->format);
	bool standard = strcmp(option->path, "-") == 0;
	bool color = options->color == COLOR_ALWAYS || (options->color == COLOR_AUTO && standard &&
							       console_wants_color(STDOUT_FILENO));
	CLEANUP(buf_release) struct buf out = BUF_INIT(PAGE_BYTES);
	struct page page;
	struct telling telling = { .history = history, .page = &page, .records = &out };

	page_init(&page, &out, standard ? console_columns(STDOUT_FILENO) : 0, color);
	page.language = options->language;
	if (strcmp(format, "ndjson") == 0)
		telling.page = NULL;
	else if (strcmp(format, "text") != 0)
		return error_set(err, ERROR_USAGE,
			"history is written as text or ndjson, not in format '%s'", format);
	CLEANUP(output_freep) struct output *output = output_open(option->path, err);
	if (!output || !tell(&telling, options, err))
		return false;
	if (out.failed)
		return error_set_memory(err);
	return output_write(output, buf_text(&out), out.len, err) && output_commit(output, err);
}

int command_history(struct options *options, struct error *err)
{
	/* A reader that went away is an error of a write. */
	(void)signal(SIGPIPE, SIG_IGN);
	if (!options->store) {
		(void)error_set(err, ERROR_USAGE, "which history? --store FILE.db has to name it");
		return EXIT_CODE_TROUBLE;
	}
	CLEANUP(history_freep)
	struct history *history = history_open_to_read(options->store, err);
	for (size_t i = 0; history && i < options->outputs.count; i++)
		if (!write_output(options, &options->outputs.items[i], history, err))
			return EXIT_CODE_TROUBLE;
	return history ? EXIT_CODE_OK : EXIT_CODE_TROUBLE;
}
