/* SPDX-License-Identifier: MIT */
#include "cli/process/console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "checker/base/heap.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "cli/commands.h"
#include "reports/machine/nagios.h"
#include "reports/text/page.h"

/* A line of chat: paths and reasons may be long, more than this is no use to anybody. */
#define LINE_BYTES 2048

/* Widths outside of these are a mistake of somebody's, not a terminal. */
#define COLUMNS_MIN 20
#define COLUMNS_MAX 1000

/* How grave a line is, as syslog counts (RFC 5424, 6.2.1). */
enum level { LEVEL_ERROR = 3, LEVEL_WARNING = 4, LEVEL_INFO = 6 };

/* Does standard error go to the journal? It says which stream is its own (systemd.exec(5)). */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat about;
	char own[64];

	if (!stream || fstat(STDERR_FILENO, &about) != 0)
		return false;
	(void)snprintf(own, sizeof own, "%llu:%llu", (unsigned long long)about.st_dev,
		(unsigned long long)about.st_ino);
	return strcmp(stream, own) == 0;
}

/* KIND has a place for what is said. */
static void say(const struct console *console, enum level level, const char *kind, const char *fmt,
	va_list args) PRINTF_LIKE(4, 0);

static void say(const struct console *console, enum level level, const char *kind, const char *fmt,
	va_list args)
{
	char said[LINE_BYTES], line[LINE_BYTES];
	const char *whole[] = { said };

	phrase_vsay(said, sizeof said, fmt, args);
	phrase_make(line, sizeof line, kind, whole, 1);
	phrase_render(line, console->language, said, sizeof said);
	/* The journal takes the level from the front of a line (sd-daemon(3)). */
	if (is_journal())
		(void)fprintf(stderr, "<%d>chainmend: %s\n", (int)level, said);
	else
		(void)fprintf(stderr, "chainmend: %s\n", said);
}

bool console_hold_descriptors(void)
{
	static const int wrong_way[] = { O_WRONLY, O_RDONLY, O_RDONLY };

	/* The lowest free number is taken (POSIX, open()), so the one that was missed. */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", wrong_way[fd]) != fd)
			return false;
	return true;
}

void console_transient(const struct console *console, const char *text)
{
	if (!console->transient)
		return;
	(void)fprintf(stderr, "\r%s\033[K", text);
	(void)fflush(stderr);
}

void console_say(const struct console *console, const char *fmt, ...)
{
	va_list args;

	if (!console->verbose)
		return;
	va_start(args, fmt);
	say(console, LEVEL_INFO, "%s", fmt, args);
	va_end(args);
}

void console_tell(const struct console *console, const char *fmt, ...)
{
	va_list args;

	if (console->quiet)
		return;
	va_start(args, fmt);
	say(console, LEVEL_INFO, "%s", fmt, args);
	va_end(args);
}

void console_warn(const struct console *console, const char *fmt, ...)
{
	va_list args;

	if (console->quiet)
		return;
	va_start(args, fmt);
	say(console, LEVEL_WARNING, N_("warning: %s"), fmt, args);
	va_end(args);
}

int console_fail(const struct console *console, const struct error *err)
{
	/* Whatever it is that went wrong then, this may be why. */
	if (heap_ran_out() && err->code != ERROR_MEMORY)
		return console_usage(console, "out of memory");
	return console_usage(console, "%s",
		err->code == ERROR_NONE ? PHRASE("failed without a reason") : err->said);
}

/* What ends a plug-in's run, as its first line; "|" would begin figures. */
static void say_unknown(const char *fmt, va_list args) PRINTF_LIKE(1, 0);

static void say_unknown(const char *fmt, va_list args)
{
	char said[LINE_BYTES], line[LINE_BYTES];

	phrase_vsay(said, sizeof said, fmt, args);
	phrase_render(said, LANGUAGE_EN, line, sizeof line);
	for (char *c = line; (c = strchr(c, '|'));)
		*c = '/';
	(void)printf("CHAINMEND UNKNOWN - %s\n", line);
	(void)fflush(stdout);
}

int console_usage(const struct console *console, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(console, LEVEL_ERROR, "%s", fmt, args);
	va_end(args);
	if (console->plugin == PLUGIN_NO)
		return EXIT_CODE_TROUBLE;
	va_start(args, fmt);
	if (console->plugin == PLUGIN_SAYS)
		say_unknown(fmt, args);
	va_end(args);
	return (int)NAGIOS_UNKNOWN;
}

unsigned console_columns(int fd)
{
	const char *set = getenv("COLUMNS");
	struct winsize size;
	uint64_t columns;

	if (!isatty(fd))
		return 0;
	if (!set || !text_to_uint(set, COLUMNS_MAX, &columns))
		columns = ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
	if (columns < COLUMNS_MIN || columns > COLUMNS_MAX)
		return 0;
	return (unsigned)columns;
}

static bool takes_codes(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

bool console_wants_color(int fd)
{
	const char *no_color = getenv("NO_COLOR");

	return !(no_color && *no_color) && takes_codes(fd);
}

bool console_can_rewrite(void)
{
	return takes_codes(STDERR_FILENO);
}

static void print_piece(const char *text, size_t len)
{
	char piece[256];

	/* In portions, so that none is cut: none of its 24 to 27 bytes takes more than ten
	 * characters ("\u{10FFFF}"). */
	while (len > 0) {
		size_t part = 0;
		while (part < len && part < 24) {
			uint32_t point;
			size_t step = text_utf8_next(text + part, len - part, &point);
			part += step ? step : 1;
		}
		text_printable(text, part, piece, sizeof piece);
		(void)fputs(piece, stdout);
		text += part;
		len -= part;
	}
}

void console_print(const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\t\r\n");
		print_piece(text, len);
		text += len;
		if (text[0] == '\r' && text[1] == '\n')
			text++;
		if (*text == '\r')
			print_piece(text, 1);
		else if (*text)
			(void)fputc(*text, stdout);
		if (*text)
			text++;
	}
}

/* A paragraph without line ends, printable. */
static void wrap_paragraph(const char *text, unsigned indent, unsigned width)
{
	do {
		size_t next = 0, len = *text ? page_line(text, width, &next) : 0;

		if (len > 0)
			(void)printf("%*s%.*s", (int)indent, "", (int)len, text);
		(void)fputc('\n', stdout);
		text += next;
	} while (*text);
}

void console_wrap(const char *text, unsigned indent, unsigned columns)
{
	unsigned width = columns > indent + COLUMNS_MIN ? columns - indent : COLUMNS_MIN;
	char line[LINE_BYTES];

	do {
		text += strspn(text, " ");
		size_t len = strcspn(text, "\n");

		text_printable(text, len, line, sizeof line);
		wrap_paragraph(line, indent, width);
		text += len;
		if (*text == '\n')
			text++;
	} while (*text);
}

int console_finish(const struct console *console, int code)
{
	struct error err = { .code = ERROR_NONE };

	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	/* A write that failed before the last one has left no reason. */
	if (errno == 0)
		return console_usage(console, "standard output: cannot be written");
	(void)error_set_errno(&err, errno, "standard output: cannot be written");
	return console_fail(console, &err);
}
