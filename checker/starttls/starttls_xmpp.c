/* SPDX-License-Identifier: MIT */
#include "checker/base/phrase.h"
#include "checker/starttls/starttls_dialogue.h"

#include <stdio.h>
#include <string.h>

/*
 * The few tags that go before TLS (RFC 6120, 5.4), and not XML at large: comments, DTDs and
 * processing instructions are refused as RFC 6120, 11.1 has it, text is skipped without a look, so
 * no entity is ever expanded.  A tag's namespace is looked for in the tag itself, where all servers
 * declare it; end tags are counted, not compared.
 */

#define NS_STREAM "http://etherx.jabber.org/streams"
#define NS_TLS "urn:ietf:params:xml:ns:xmpp-tls"

/* A stretch of the tag. */
struct part {
	const char *at;
	size_t len;
};

struct tag {
	bool closes; /* </a> */
	bool empty;  /* <a/> */
	struct part prefix, local;
	struct part attributes; /* all that is behind the name */
};

/* What is open below the stream. */
enum open { OPEN_NOTHING, OPEN_FEATURES, OPEN_ERROR, OPEN_PROCEED };

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is(struct part part, const char *text)
{
	return part.len == strlen(text) && memcmp(part.at, text, part.len) == 0;
}

static void skip(struct part *part, size_t count)
{
	part->at += count;
	part->len -= count;
}

static void skip_blanks(struct part *part)
{
	while (part->len > 0 && is_blank(part->at[0]))
		skip(part, 1);
}

/* The part before the first of SET, or all of it. */
static struct part take_until(struct part *from, const char *set)
{
	struct part taken = { from->at, 0 };

	while (from->len > 0 && !(from->at[0] != '\0' && strchr(set, from->at[0])) &&
		!is_blank(from->at[0])) {
		taken.len++;
		skip(from, 1);
	}
	return taken;
}

/* NAME="VALUE"; false where there is none, and then nothing but blanks is taken. */
static bool take_attribute(struct part *from, struct part *ret_name, struct part *ret_value)
{
	skip_blanks(from);
	struct part left = *from;
	*ret_name = take_until(&left, "='\"");
	skip_blanks(&left);
	if (ret_name->len == 0 || left.len == 0 || left.at[0] != '=')
		return false;
	skip(&left, 1);
	skip_blanks(&left);
	if (left.len == 0 || (left.at[0] != '\'' && left.at[0] != '"'))
		return false;
	const char *end = memchr(left.at + 1, left.at[0], left.len - 1);
	if (!end)
		return false;
	*ret_value = (struct part){ left.at + 1, (size_t)(end - left.at) - 1 };
	skip(&left, ret_value->len + 2);
	*from = left;
	return true;
}

static bool tag_attribute(const struct tag *tag, const char *name, struct part *ret_value)
{
	struct part left = tag->attributes, found;

	while (take_attribute(&left, &found, ret_value))
		if (is(found, name))
			return true;
	return false;
}

/* Is it LOCAL in the namespace, as the tag itself declares it? */
static bool tag_is(const struct tag *tag, const char *local, const char *namespace)
{
	char declaration[64];
	struct part value;

	if (!is(tag->local, local) || tag->prefix.len > 40)
		return false;
	(void)snprintf(declaration, sizeof declaration, "xmlns%s%.*s", tag->prefix.len ? ":" : "",
		(int)tag->prefix.len, tag->prefix.at);
	return tag_attribute(tag, declaration, &value) && is(value, namespace);
}

/* Cuts "<...>" up; false when it has no name, or something else than attributes. */
static bool tag_parse(struct part text, struct tag *ret_tag)
{
	struct tag tag = { .closes = text.at[1] == '/' };
	struct part name, value;

	skip(&text, tag.closes ? 2 : 1);
	text.len--;
	if (!tag.closes && text.len > 0 && text.at[text.len - 1] == '/') {
		tag.empty = true;
		text.len--;
	}
	tag.local = take_until(&text, "/='\"");
	const char *colon = tag.local.len > 0 ? memchr(tag.local.at, ':', tag.local.len) : NULL;
	if (colon) {
		tag.prefix = (struct part){ tag.local.at, (size_t)(colon - tag.local.at) };
		skip(&tag.local, tag.prefix.len + 1);
	}
	tag.attributes = text;
	while (!tag.closes && take_attribute(&text, &name, &value))
		continue;
	skip_blanks(&text);
	*ret_tag = tag;
	return tag.local.len > 0 && text.len == 0;
}

static enum starttls_verdict not_xmpp(struct starttls *starttls, const char *said, size_t len)
{
	return starttls_leave(starttls, "not what XMPP has before TLS", said, len);
}

static bool is_declaration(const struct starttls *starttls, const char *bytes, size_t len)
{
	return starttls->step == 0 && starttls->reply_lines == 0 && len >= 8 &&
	       memcmp(bytes, "<?xml", 5) == 0 && is_blank(bytes[5]) && bytes[len - 2] == '?';
}

/* Keeps count of what is open.  False when the tag is none, or ends more than was begun. */
static bool tag_count(struct starttls *starttls, const char *bytes, size_t len, struct tag *ret_tag)
{
	if (!tag_parse((struct part){ bytes, len }, ret_tag))
		return false;
	if (ret_tag->closes && starttls->depth == 0)
		return false;
	if (ret_tag->closes)
		starttls->depth--;
	else if (!ret_tag->empty)
		starttls->depth++;
	return true;
}

static enum starttls_verdict hear_stream(struct starttls *starttls, const char *bytes, size_t len)
{
	struct tag tag;
	struct part version;

	if (is_declaration(starttls, bytes, len))
		return STARTTLS_HEAR_MORE;
	if (!tag_count(starttls, bytes, len, &tag) || !tag_is(&tag, "stream", NS_STREAM) ||
		tag.empty || tag.closes)
		return not_xmpp(starttls, bytes, len);
	/* RFC 6120, 4.7.5: without a version there are no features to come. */
	if (!tag_attribute(&tag, "version", &version) || version.len < 2 || version.at[0] == '0')
		return starttls_leave(
			starttls, "the server is older than XMPP 1.0 and its TLS", NULL, 0);
	return STARTTLS_HEARD;
}

/* RFC 6120, 4.9.3 */
static enum starttls_verdict stream_error(struct starttls *starttls, struct part condition)
{
	starttls->passing = is(condition, "resource-constraint") || is(condition, "reset") ||
			    is(condition, "system-shutdown") ||
			    is(condition, "internal-server-error");
	return starttls_leave(starttls, "the server ended the stream", condition.at, condition.len);
}

/*
 * What features and answers have in common.  HEARD when the tag is for the step itself to judge:
 * one that begins right in the stream, or right in what is open there.
 */
static enum starttls_verdict hear_tag(
	struct starttls *starttls, const char *bytes, size_t len, struct tag *ret_tag)
{
	if (!tag_count(starttls, bytes, len, ret_tag))
		return not_xmpp(starttls, bytes, len);
	if (starttls->depth == 0)
		return starttls_leave(starttls, "the server closed the stream", NULL, 0);
	if (ret_tag->closes)
		return starttls->depth == 1 ? STARTTLS_HEARD : STARTTLS_HEAR_MORE;
	bool outer = starttls->depth - !ret_tag->empty == 1;
	if (outer && is(ret_tag->local, "error")) {
		starttls->code = OPEN_ERROR;
		return ret_tag->empty ? stream_error(starttls, ret_tag->local) : STARTTLS_HEAR_MORE;
	}
	if (starttls->code == OPEN_ERROR)
		return stream_error(starttls, ret_tag->local);
	return STARTTLS_HEARD;
}

static enum starttls_verdict hear_features(struct starttls *starttls, const char *bytes, size_t len)
{
	struct tag tag;
	enum starttls_verdict verdict = hear_tag(starttls, bytes, len, &tag);

	if (verdict != STARTTLS_HEARD)
		return verdict;
	if (!tag.closes && starttls->code == OPEN_NOTHING) {
		if (!is(tag.local, "features"))
			return not_xmpp(starttls, bytes, len);
		starttls->code = OPEN_FEATURES;
		if (!tag.empty)
			return STARTTLS_HEAR_MORE;
	} else if (!tag.closes) {
		starttls->offered = starttls->offered || tag_is(&tag, "starttls", NS_TLS);
		return STARTTLS_HEAR_MORE;
	}
	starttls->code = OPEN_NOTHING;
	if (!starttls->offered)
		return starttls_leave(starttls, "the server does not offer STARTTLS", NULL, 0);
	return STARTTLS_HEARD;
}

static enum starttls_verdict hear_proceed(struct starttls *starttls, const char *bytes, size_t len)
{
	struct tag tag;
	enum starttls_verdict verdict = hear_tag(starttls, bytes, len, &tag);

	if (verdict != STARTTLS_HEARD)
		return verdict;
	/* TLS begins behind the last byte of the element, however it is written. */
	if (tag.closes)
		return STARTTLS_HEARD;
	if (starttls->code == OPEN_NOTHING && tag_is(&tag, "proceed", NS_TLS)) {
		starttls->code = OPEN_PROCEED;
		return tag.empty ? STARTTLS_HEARD : STARTTLS_HEAR_MORE;
	}
	if (starttls->code == OPEN_NOTHING && tag_is(&tag, "failure", NS_TLS))
		return starttls_leave(starttls, "STARTTLS was refused", NULL, 0);
	return not_xmpp(starttls, bytes, len);
}

/* Cuts what comes into tags; what is between them is skipped where it may stand. */
static void take_tag(struct starttls *starttls)
{
	struct buf *in = &starttls->in;
	char c = in->data[in->len - 1];

	if (starttls->depth == 0 && starttls_meets_tls(starttls))
		return;
	if (in->data[0] != '<') {
		if (starttls->depth < 2 && !is_blank(in->data[0]))
			(void)not_xmpp(starttls, in->data, in->len);
		buf_clear(in);
	} else if (starttls->quote != '\0') {
		starttls->quote = c == starttls->quote ? '\0' : starttls->quote;
	} else if (in->len == 2 && c == '!') {
		(void)starttls_leave(
			starttls, "sends what XMPP forbids (RFC 6120, 11.1)", in->data, in->len);
	} else if (c == '\'' || c == '"') {
		starttls->quote = c;
	} else if (c == '<' && in->len > 1) {
		(void)not_xmpp(starttls, in->data, in->len);
	} else if (c == '>') {
		starttls_hear(starttls, in->data, in->len);
		if (starttls->reply_bytes > 0)
			starttls->reply_lines++;
		buf_clear(in);
	}
}

/* RFC 6120, 4.7.2: `to` is the name that the client asks for. */
static void say_stream(struct starttls *starttls)
{
	(void)buf_addf(&starttls->out,
		"<?xml version='1.0'?><stream:stream to='%s' version='1.0' xmlns='jabber:client' "
		"xmlns:stream='" NS_STREAM "'>",
		starttls->name);
}

static const struct starttls_step xmpp_steps[] = {
	{ PHRASE("the stream"), { NULL, 0 }, say_stream, hear_stream },
	{ PHRASE("the features of the stream"), { NULL, 0 }, NULL, hear_features },
	{ PHRASE("the answer to starttls"), STARTTLS_WORDS("<starttls xmlns='" NS_TLS "'/>"), NULL,
		hear_proceed },
};

const struct starttls_dialogue starttls_xmpp = {
	.direct = "tls",
	.goodbye = STARTTLS_WORDS("</stream:stream>"),
	.take = take_tag,
	.steps = xmpp_steps,
	.count = ARRAY_LEN(xmpp_steps),
};
