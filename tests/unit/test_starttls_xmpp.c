/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "checker/base/buf.h"
#include "tests/talk.h"

#define ASK                                                                      \
	"<?xml version='1.0'?><stream:stream to='www.example.hk' version='1.0' " \
	"xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
#define GO "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
#define BYE "</stream:stream>"

#define STREAM                                                                            \
	"<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' version='1.0' " \
	"xmlns:stream='http://etherx.jabber.org/streams' from='www.example.hk'>"
#define OFFER "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"
#define FEATURES "<stream:features>" OFFER "</stream:features>"
#define PROCEED "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"

#define READY(descr_, says_, sent_) TALK_READY(descr_, PROTOCOL_XMPP, says_, sent_)
#define FAILED(descr_, says_, sent_, words_) \
	TALK_FAILED(descr_, PROTOCOL_XMPP, says_, sent_, words_)

static const struct talk talks[] = {
	READY("as it should be", STREAM FEATURES PROCEED, ASK GO),
	READY("without a declaration, other quotes, blanks wherever they may be",
		"\r\n <stream:stream\n\txmlns:stream = \"http://etherx.jabber.org/streams\"\r\n"
		"version\t=\"1.0\" from='a>b'  >\n<stream:features >\n <starttls "
		"xmlns='urn:ietf:params:xml:ns:xmpp-tls' />\n</stream:features\n>\n"
		"<proceed\nxmlns='urn:ietf:params:xml:ns:xmpp-tls' />",
		ASK GO),
	READY("an element of two tags",
		STREAM FEATURES "<proceed xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\"></proceed>",
		ASK GO),
	READY("other prefixes, other features",
		"<s:stream xmlns:s='http://etherx.jabber.org/streams' version='1.0'><s:features>"
		"<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN &amp; x"
		"</mechanism></mechanisms><t:starttls xmlns:t='urn:ietf:params:xml:ns:xmpp-tls'/>"
		"<register/></s:features><t:proceed xmlns:t='urn:ietf:params:xml:ns:xmpp-tls'/>",
		ASK GO),
	READY("words behind the go-ahead", STREAM FEATURES PROCEED "<message>x</message>", ASK GO),
	FAILED("nothing offered", STREAM "<stream:features/>", ASK BYE, "does not offer STARTTLS"),
	FAILED("the like of another namespace offered",
		STREAM "<stream:features><starttls xmlns='urn:x'/><a starttls='' "
		       "xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>",
		ASK BYE, "does not offer STARTTLS"),
	FAILED("no namespace", STREAM "<stream:features><starttls/></stream:features>", ASK BYE,
		"does not offer STARTTLS"),
	FAILED("refused", STREAM FEATURES "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" BYE,
		ASK GO BYE, "STARTTLS was refused"),
	FAILED("a go-ahead of another namespace", STREAM FEATURES "<proceed xmlns='urn:x'/>",
		ASK GO BYE, "not what XMPP has before TLS: <proceed xmlns='urn:x'/>"),
	FAILED("a stream of before 1.0",
		"<stream:stream xmlns:stream='http://etherx.jabber.org/streams'>", ASK BYE,
		"older than XMPP 1.0"),
	FAILED("a stream of another namespace", "<stream:stream xmlns:stream='x' version='1.0'>",
		ASK BYE, "not what XMPP has"),
	FAILED("another name", STREAM "<stream:error><host-unknown xmlns='urn:x'/></stream:error>",
		ASK BYE, "the server ended the stream: host-unknown"),
	TALK_LATER("not now", PROTOCOL_XMPP,
		STREAM "<stream:error><resource-constraint/></stream:error>", ASK BYE,
		"resource-constraint"),
	FAILED("an error without a name", STREAM "<stream:error/>", ASK BYE, "ended the stream"),
	FAILED("closed", STREAM BYE, ASK BYE, "the server closed the stream"),
	FAILED("closed instead of an answer", STREAM FEATURES BYE, ASK GO BYE,
		"the server closed the stream"),
	FAILED("a stanza for features", STREAM "<iq/>", ASK BYE, "not what XMPP has"),
	FAILED("a DTD, and entities on entities",
		"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'bb'><!ENTITY c '&b;&b;'>]>", ASK BYE,
		"what XMPP forbids (RFC 6120, 11.1): <!"),
	FAILED("a comment", STREAM "<!-- x -->", ASK BYE, "what XMPP forbids"),
	FAILED("a processing instruction", STREAM "<?xml version='1.0'?>", ASK BYE,
		"not what XMPP has"),
	FAILED("two declarations", "<?xml version='1.0'?><?xml version='1.0'?>", ASK BYE,
		"not what XMPP has"),
	FAILED("a tag in a tag", "<stream:stream <", ASK BYE, "not what XMPP has"),
	FAILED("a tag without a name", "<>", ASK BYE, "not what XMPP has"),
	FAILED("an end of nothing", "</a>", ASK BYE, "not what XMPP has"),
	FAILED("an end with an attribute", STREAM "</a b='c'>", ASK BYE, "not what XMPP has"),
	FAILED("an attribute without a value", STREAM "<stream:features a>", ASK BYE,
		"not what XMPP has"),
	FAILED("an attribute without quotes", STREAM "<stream:features a=b>", ASK BYE,
		"not what XMPP has"),
	FAILED("text in the stream", STREAM "x", ASK BYE, "not what XMPP has before TLS: x"),
	FAILED("no XMPP but HTTP", "HTTP/1.1 400 Bad Request\r\n", ASK BYE, "not what XMPP has"),
	FAILED("escapes", "<\x1b[31m\xff>", ASK BYE, "<\\u{001B}[31m\\xFF>"),
	FAILED("TLS", "\x15\x03\x01", ASK, "TLS from the first byte"),
	TALK("still waiting", PROTOCOL_XMPP, STREAM "<stream:features>" OFFER, ASK, STARTTLS_MORE,
		OUTCOME_SERVED, ""),
	TALK("an attribute that stays open", PROTOCOL_XMPP, "<stream:stream a='>", ASK,
		STARTTLS_MORE, OUTCOME_SERVED, ""),
};

Test(starttls_xmpp, speaks_however_it_is_cut)
{
	for (size_t i = 0; i < ARRAY_LEN(talks); i++)
		talk_hold(&talks[i]);
}

static const struct {
	const char *descr, *begins, *again; /* said without an end */
} floods[] = {
	{ "a tag that is never closed", "<stream:stream ", "a='b' " },
	{ "a value that is never closed", "<stream:stream a='", "x" },
	{ "blanks for ever", STREAM, " " },
	{ "features without an end", STREAM "<stream:features>", "<a/>" },
	{ "elements in elements", STREAM "<stream:features>", "<a>" },
	{ "text without an end", STREAM "<stream:features><a>", "&lt;" },
	{ "blanks instead of an answer", STREAM FEATURES, "\n" },
};

Test(starttls_xmpp, has_a_limit)
{
	for (size_t i = 0; i < ARRAY_LEN(floods); i++)
		talk_flood(floods[i].descr, PROTOCOL_XMPP, floods[i].begins, floods[i].again);
}

static const struct {
	const char *descr, *name, *to;
} names[] = {
	{ "a name", "chat.example.hk", "to='chat.example.hk' " },
	{ "an address", "2001:db8::1", "to='2001:db8::1' " },
	{ "none", NULL, "to='localhost' " },
	{ "an empty one", "", "to='localhost' " },
	{ "one that ends the attribute", "a'><x y='", "to='localhost' " },
};

Test(starttls_xmpp, asks_for_the_name)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct starttls starttls;

		starttls_init(&starttls, PROTOCOL_XMPP, "scan", names[i].name);
		cr_expect(strstr(buf_text(&starttls.out), names[i].to), "%s: %s", names[i].descr,
			buf_text(&starttls.out));
		starttls_release(&starttls);
	}
}
