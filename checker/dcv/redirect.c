/* SPDX-License-Identifier: MIT */
#include "checker/dcv/redirect.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "checker/base/text.h"

#define PORT_MAX 65535

static bool begins_with(const char *text, const char *lower)
{
	char head[16] = "";
	size_t len = strlen(lower);

	if (len >= sizeof head || strnlen(text, len) < len)
		return false;
	memcpy(head, text, len);
	head[len] = '\0';
	text_lower(head);
	return strcmp(head, lower) == 0;
}

/* HOST[:PORT] of LEN bytes. */
static bool take_host(const char *text, size_t len, struct redirect_place *place)
{
	char authority[LIMIT_HOST_BYTES + 16];
	uint64_t port;

	if (len == 0 || len >= sizeof authority)
		return false;
	memcpy(authority, text, len);
	authority[len] = '\0';
	char *host = authority, *end = authority[0] == '[' ? strchr(authority, ']') : NULL;
	char *colon = end ? (end[1] == ':' ? end + 1 : NULL) : strrchr(authority, ':');
	if (colon) {
		*colon = '\0';
		/* RFC 3986, 3.2.3: an empty port is the scheme's own. */
		if (colon[1] && (!text_to_uint(colon + 1, PORT_MAX, &port) || port == 0))
			return false;
		place->port = colon[1] ? (unsigned)port : place->port;
	}
	if (authority[0] == '[') {
		if (!end)
			return false;
		*end = '\0';
		host++;
	}
	size_t host_len = strlen(host);
	if (host_len > 1 && host[host_len - 1] == '.')
		host[--host_len] = '\0';
	if (host_len == 0 || host_len >= sizeof place->host)
		return false;
	memcpy(place->host, host, host_len + 1);
	text_lower(place->host);
	return true;
}

bool redirect_place(const char *url, struct redirect_place *ret_place)
{
	*ret_place = (struct redirect_place){ .https = begins_with(url, "https://") };
	if (!ret_place->https && !begins_with(url, "http://"))
		return false;
	ret_place->port = ret_place->https ? 443 : 80;
	const char *authority = strstr(url, "://") + 3;
	size_t len = strcspn(authority, "/?#\\");
	const char *at = NULL;
	for (size_t i = 0; i < len; i++)
		if (authority[i] == '@')
			at = authority + i + 1;
	ret_place->has_user = at;
	if (at) {
		len -= (size_t)(at - authority);
		authority = at;
	}
	return take_host(authority, len, ret_place);
}

static bool is_redirect(long status)
{
	return status == 301 || status == 302 || status == 307 || status == 308;
}

enum redirect redirect_judge(long status, const char *location)
{
	struct redirect_place place;

	if (status < 300 || status > 399)
		return REDIRECT_NONE;
	if (!is_redirect(status))
		return REDIRECT_STATUS;
	if (!location || !*location)
		return REDIRECT_NOWHERE;
	if (!begins_with(location, "http://") && !begins_with(location, "https://"))
		return REDIRECT_SCHEME;
	if (!redirect_place(location, &place))
		return REDIRECT_NOWHERE;
	if (place.has_user)
		return REDIRECT_USER;
	if (place.port == 22 || place.port == 25)
		return REDIRECT_ODD_PORT;
	return place.port == 80 || place.port == 443 ? REDIRECT_ALLOWED : REDIRECT_PORT;
}

bool redirect_leads_on(enum redirect redirect)
{
	return redirect == REDIRECT_ALLOWED || redirect == REDIRECT_ODD_PORT;
}
