/* SPDX-License-Identifier: MIT */
/*
 * html_asset - the page's own style and script, built in (data/html/)
 *
 * The policy of the page lets run what has these hashes and nothing else, so they are made of the
 * very bytes when the program is built.
 */
#ifndef REPORTS_HTML_HTML_ASSET_H
#define REPORTS_HTML_HTML_ASSET_H

#include <stddef.h>

struct html_asset {
	const char *text;
	size_t len;
	const char *sha256; /* base64, as a policy has it (CSP 3, 2.3.1) */
};

extern const struct html_asset html_asset_style, html_asset_script;

#endif
