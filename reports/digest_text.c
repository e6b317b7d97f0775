/* SPDX-License-Identifier: MIT */
#include "reports/digest_text.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/target/target.h"

char *digest_text(const char *text)
{
	char out[480];

	text_printable(text, strlen(text), out, sizeof out);
	return text_copy(out, strlen(out));
}

char *digest_text_said(enum language language, const char *said, const char *english)
{
	char out[480];

	phrase_render(said[0] ? said : english, language, out, sizeof out);
	return text_copy(out, strlen(out));
}

/* "www.example.hk:443", "[2001:db8::1]:443", "www.example.hk@192.0.2.1:443" */
static size_t add_endpoint(const struct target *target, char *out, size_t size)
{
	bool v6 = strchr(target->host, ':') != NULL;
	bool elsewhere = target->address && strcmp(target->address, target->host) != 0;
	int len = snprintf(out, size, "%s%.900s%s%s%.100s:%u", v6 ? "[" : "",
		target->unicode ? target->unicode : target->host, v6 ? "]" : "",
		elsewhere ? "@" : "", elsewhere ? target->address : "", (unsigned)target->port);

	return len < 0 ? 0 : (size_t)len;
}

/* "192.0.2.1:443 as www.example.hk" */
static char *join_name(const char *service, const char *sni, enum language language)
{
	char said[4096];

	phrase_say(said, sizeof said, "%s as %s", service, sni);
	return digest_text_said(language, said, "");
}

char *digest_text_service(const struct target *target, enum language language)
{
	char raw[4096];
	size_t used = 0;

	if (target->fault)
		return digest_text(target->host);
	if (target->port == 0)
		used = (size_t)snprintf(raw, sizeof raw, "%.900s",
			strcmp(target->host, "-") == 0 ? lang_text(language, "standard input")
						       : target->host);
	else
		used = add_endpoint(target, raw, sizeof raw);
	if (target->port != 0 && target->protocol != PROTOCOL_HTTPS)
		used += (size_t)snprintf(raw + used, sizeof raw - used, " %s",
			protocol_info(target->protocol)->name);
	if (target->port != 0 && target->unicode)
		used += (size_t)snprintf(raw + used, sizeof raw - used, " (%.900s)", target->host);
	if (target->sni && strcmp(target->sni, target->host) != 0)
		return join_name(raw, target->sni, language);
	return digest_text(raw);
}
