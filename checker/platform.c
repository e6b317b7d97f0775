/* SPDX-License-Identifier: MIT */
#include "checker/platform.h"

#include <string.h>

#include "checker/base/attr.h"
#include "checker/base/text.h"

/* What has to be somewhere in the text, whatever its case; the first that fits counts. */
struct sign {
	const char *text;
	const char *platform;
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_at(const char *text, size_t len, const char *word)
{
	for (size_t i = 0; word[i]; i++)
		if (i == len || lower(text[i]) != lower(word[i]))
			return false;
	return true;
}

static bool contains(const char *text, size_t len, const char *word)
{
	for (size_t i = 0; i < len; i++)
		if (is_at(text + i, len - i, word))
			return true;
	return false;
}

static const char *find(const struct sign *signs, size_t count, const char *text, size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (contains(text, len, signs[i].text))
			return signs[i].platform;
	return NULL;
}

const char *platform_of_greeting(const char *line)
{
	static const struct sign signs[] = {
		{ "Postfix", "postfix" },
		{ "Dovecot", "dovecot" },
		/* Those of today do not say which they are. */
		{ "Exchange Server 2007", "exchange-2007" },
		{ "Exchange Server 2003", "exchange-2003" },
		{ "Microsoft Exchange", "exchange" },
		{ "Microsoft ESMTP MAIL Service", "exchange" },
		{ "Domino", "domino" },
		{ "Exim", "exim" },
		{ "Sendmail", "sendmail" },
		{ "Courier", "courier" },
		{ "Cyrus", "cyrus" },
		{ "vsFTPd", "vsftpd" },
		{ "ProFTPD", "proftpd" },
		{ "Pure-FTPd", "pure-ftpd" },
		{ "FileZilla", "filezilla" },
		{ "Microsoft FTP Service", "iis" },
	};

	return find(signs, ARRAY_LEN(signs), line, strlen(line));
}

/* One line of the head, without its end; the rest of it is in *HEAD. */
static bool next_line(const char **head, size_t *len, const char **ret_line, size_t *ret_len)
{
	if (*len == 0)
		return false;
	const char *end = memchr(*head, '\n', *len);
	size_t whole = end ? (size_t)(end - *head) + 1 : *len, used = end ? whole - 1 : whole;

	*ret_line = *head;
	*ret_len = used > 0 && (*head)[used - 1] == '\r' ? used - 1 : used;
	*head += whole;
	*len -= whole;
	return true;
}

/* The value behind "NAME:"; NULL when the line is of another field. */
static const char *value_of(const char *line, size_t len, const char *name, size_t *ret_len)
{
	size_t at = strlen(name);

	if (!is_at(line, len, name) || at >= len || line[at] != ':')
		return NULL;
	at++;
	while (at < len && (line[at] == ' ' || line[at] == '\t'))
		at++;
	*ret_len = len - at;
	return line + at;
}

/* X-OWA-Version is the build of Exchange: 14 is 2010, 15.0 2013, 15.1 2016, 15.2 2019 and SE. */
static const char *exchange_of(const char *version, size_t len)
{
	static const struct sign builds[] = {
		{ "8.", "exchange-2007" },
		{ "14.", "exchange-2010" },
		{ "15.0.", "exchange-2013" },
		{ "15.1.", "exchange-2016" },
		{ "15.2.", "exchange-2019" },
	};

	for (size_t i = 0; i < ARRAY_LEN(builds); i++)
		if (is_at(version, len, builds[i].text))
			return builds[i].platform;
	return "exchange";
}

static const char *by_server(const char *value, size_t len)
{
	static const struct sign signs[] = {
		{ "nginx", "nginx" },
		{ "openresty", "nginx" },
		{ "Apache-Coyote", "tomcat" },
		{ "Tomcat", "tomcat" },
		{ "IBM_HTTP_Server", "ibm-http-server" },
		{ "Oracle-HTTP-Server", "oracle-http-server" },
		{ "Apache", "apache" },
		{ "Microsoft-IIS", "iis" },
		{ "Microsoft-HTTPAPI", "windows" },
		{ "HAProxy", "haproxy" },
		{ "BigIP", "f5" },
		{ "BIG-IP", "f5" },
		{ "NetScaler", "netscaler" },
		{ "Domino", "domino" },
		{ "WebLogic", "weblogic" },
		{ "Jetty", "jetty" },
		{ "lighttpd", "lighttpd" },
		{ "LiteSpeed", "litespeed" },
		{ "Caddy", "caddy" },
		{ "envoy", "envoy" },
	};

	return find(signs, ARRAY_LEN(signs), value, len);
}

/* What stands before the server, and so has the certificate, puts its cookie into the answer. */
static const char *by_cookie(const char *value, size_t len)
{
	if (is_at(value, len, "BIGipServer"))
		return "f5";
	if (is_at(value, len, "NSC_") || is_at(value, len, "citrix_ns_id"))
		return "netscaler";
	return NULL;
}

const char *platform_of_http(const char *head, size_t len, char banner[static PLATFORM_BANNER])
{
	const char *line, *value, *server = NULL, *exchange = NULL, *cookie = NULL;
	size_t line_len, value_len;

	banner[0] = '\0';
	while (next_line(&head, &len, &line, &line_len) && line_len > 0) {
		if ((value = value_of(line, line_len, "Server", &value_len)) && !banner[0]) {
			text_printable(value, value_len, banner, PLATFORM_BANNER);
			server = by_server(value, value_len);
		}
		if (!exchange && (value = value_of(line, line_len, "X-OWA-Version", &value_len)))
			exchange = exchange_of(value, value_len);
		if (!exchange && value_of(line, line_len, "X-FEServer", &value_len))
			exchange = "exchange";
		if (!cookie && (value = value_of(line, line_len, "Set-Cookie", &value_len)))
			cookie = by_cookie(value, value_len);
	}
	if (cookie)
		return cookie;
	return exchange ? exchange : server;
}

const char *platform_of_answer(
	const char *said, size_t len, bool http, char banner[static PLATFORM_BANNER])
{
	size_t line = 0;

	if (http)
		return platform_of_http(said, len, banner);
	while (line < len && said[line] != '\r' && said[line] != '\n')
		line++;
	text_printable(said, line, banner, PLATFORM_BANNER);
	return platform_of_greeting(banner);
}

bool platform_is_whole(const char *said, bool http)
{
	if (http)
		return strstr(said, "\r\n\r\n") || strstr(said, "\n\n");
	return strchr(said, '\n');
}
