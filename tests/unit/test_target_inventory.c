/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/target/target.h"
#include "checker/target/target_reader.h"
#include "tests/target_text.h"

static const struct target_options strict = { .skip_bad_input = false };

/* Around the variables of one host, on one line. */
#define HOST(name, vars) "{\"_meta\":{\"hostvars\":{\"" name "\":{" vars "}}}}"

static const struct {
	const char *descr, *bytes, *want; /* targets, or the error */
} cases[] = {
	{ "as ansible-inventory prints it",
		"{\n"
		"    \"_meta\": {\n"
		"        \"hostvars\": {\n"
		"            \"mail.example\": {\n"
		"                \"ansible_host\": \"192.0.2.1\",\n"
		"                \"ansible_password\": \"secret\",\n"
		"                \"ansible_port\": 2222,\n"
		"                \"chainmend_owner\": \"mail team\",\n"
		"                \"chainmend_platform\": \"exchange-2010\"\n"
		"            },\n"
		"            \"www.example\": {}\n"
		"        },\n"
		"        \"profile\": \"inventory_legacy\"\n"
		"    },\n"
		"    \"all\": {\"children\": [\"ungrouped\", \"windows\", \"web\"]},\n"
		"    \"ungrouped\": {\"hosts\": [\"alone.example\"]},\n"
		"    \"web\": {\n"
		"        \"hosts\": [\"www.example\", \"mail.example\"]},\n"
		"    \"windows\": {\"hosts\": [\"mail.example\"]}\n"
		"}\n",
		"4 https://mail.example@192.0.2.1:443?mail.example platform=exchange-2010 "
		"owner=mail team groups=web,windows\n"
		"11 https://www.example:443?www.example groups=web\n"
		"16 https://alone.example:443?alone.example" },
	{ "on one line, behind a comment and a mark",
		"\xef\xbb\xbf# fleet\n{\"_meta\":{\"hostvars\":{\"a\":{},\"b\":{}}}}\n",
		"2 https://a:443?a\n2 https://b:443?b" },
	{ "groups that are lists, and no _meta", "{\n\"web\": [\"a\",\n\"b\"],\n\"db\": [\"a\"]\n}",
		"2 https://a:443?a groups=db,web\n3 https://b:443?b groups=web" },
	{ "the groups before _meta",
		"{\"g\":{\"hosts\":[\"a\"]},\n\"_meta\":{\"hostvars\":{\n\"a\":{}}}}",
		"3 https://a:443?a groups=g" },
	{ "nobody", "{\"_meta\":{\"hostvars\":{}},\"all\":{\"children\":[\"ungrouped\"]}}", "" },
	{ "an empty group", "{\"_meta\":{\"hostvars\":{\"a\":{}}},\"ungrouped\":{}}",
		"1 https://a:443?a" },
	{ "variables of groups: the inner one, then the last by name",
		"{\"all\":{\"children\":[\"out\"],\"vars\":{\"chainmend_port\":1,\"chainmend_"
		"owner\":\"all\","
		"\"chainmend_platform\":\"p\"}},"
		"\"out\":{\"children\":[\"in\",\"in2\"],\"vars\":{\"chainmend_port\":2,\"chainmend_"
		"owner\":\"out\"}},"
		"\"in\":{\"hosts\":[\"a\"],\"vars\":{\"chainmend_port\":3}},"
		"\"in2\":{\"hosts\":[\"a\"],\"vars\":{\"chainmend_port\":4}},"
		"\"_meta\":{\"hostvars\":{\"a\":{},\"b\":{\"chainmend_port\":5}}}}",
		"1 https://a:4?a platform=p owner=out groups=in,in2,out\n"
		"1 https://b:5?b platform=p owner=all" },
	{ "protocol and its port", HOST("a", "\"chainmend_protocol\":\"smtp\""),
		"1 smtp://a:25?a" },
	{ "the port as text", HOST("a", "\"chainmend_port\":\"8443\""), "1 https://a:8443?a" },
	{ "other names of variables",
		HOST("a",
			"\"hkp_tls_port\":8443,\"hkp_sni\":\"b.example\",\"hkp_platform\":\"iis\""),
		"1 https://a:8443?b.example platform=iis" },
	{ "our names come first",
		HOST("a", "\"hkp_tls_port\":1,\"chainmend_port\":2,\"hkp_sni\":\"x\",\"chainmend_"
			  "sni\":\"y\","
			  "\"hkp_platform\":\"p\",\"chainmend_platform\":\"q\""),
		"1 https://a:2?y platform=q" },
	{ "several ports", HOST("a", "\"chainmend_port\":[443,\"8443\",443]"),
		"1 https://a:443?a\n1 https://a:8443?a" },
	{ "ansible_host is a name: an alias", HOST("web1", "\"ansible_host\":\"web1.example\""),
		"1 https://web1.example:443?web1.example inventory_hostname=web1" },
	{ "ansible_host is a name: a node",
		HOST("www.example", "\"ansible_host\":\"node1.internal\""),
		"1 https://node1.internal:443?www.example inventory_hostname=www.example" },
	{ "ansible_host is the same", HOST("a.example", "\"ansible_host\":\"a.example\""),
		"1 https://a.example:443?a.example" },
	{ "no host name, ansible_host a name", HOST("web 1", "\"ansible_host\":\"web1.example\""),
		"1 https://web1.example:443?web1.example inventory_hostname=web 1" },
	{ "no host name, ansible_host an address", HOST("web 1", "\"ansible_host\":\"192.0.2.1\""),
		"1 https://192.0.2.1@192.0.2.1:443 inventory_hostname=web 1" },
	{ "an address as inventory name", HOST("192.0.2.1", ""),
		"1 https://192.0.2.1@192.0.2.1:443" },
	{ "a Chinese name", HOST("例子.hk", "\"ansible_host\":\"::1\""),
		"1 https://xn--fsqu00a.hk(例子.hk)@::1:443?xn--fsqu00a.hk" },

	{ "no host name", HOST("192.0.2.0/24", ""),
		"list:1:23: host \"192.0.2.0/24\": not a host name, and \"ansible_host\" is not "
		"set" },
	{ "a target is no inventory name", HOST("tls://a@::1", ""),
		"list:1:23: host \"tls://a@::1\": not a host name, and \"ansible_host\" is not "
		"set" },
	{ "bad ansible_host", HOST("a", "\"ansible_host\":\"b c\""),
		"list:1:23: host \"a\": \"ansible_host\" is neither a host name nor an address" },
	{ "a template", HOST("a", "\"ansible_host\":\"{{ ip }}\""),
		"list:1:23: host \"a\": \"ansible_host\" is a template that only Ansible can fill "
		"in" },
	{ "not a text", HOST("a", "\"ansible_host\":true"),
		"list:1:23: host \"a\": \"ansible_host\" is not a text" },
	{ "bad port", HOST("a", "\"chainmend_port\":0"),
		"list:1:23: host \"a\": \"0\" is not a port, a number from 1 to 65535" },
	{ "bad port of several", HOST("a", "\"chainmend_port\":[443,70000]"),
		"list:1:23: host \"a\": \"70000\" is not a port, a number from 1 to 65535" },
	{ "no ports", HOST("a", "\"chainmend_port\":[]"),
		"list:1:23: host \"a\": \"chainmend_port\" is not a list of 1 to 64 ports" },
	{ "null among the ports", HOST("a", "\"chainmend_port\":[443,null]"),
		"list:1:23: host \"a\": \"chainmend_port\" is not a list of 1 to 64 ports" },
	{ "port that is an object", HOST("a", "\"chainmend_port\":{}"),
		"list:1:23: host \"a\": \"chainmend_port\" is an object, not a text, number or "
		"boolean" },
	{ "bad protocol", HOST("a", "\"chainmend_protocol\":\"gopher\""),
		"list:1:23: host \"a\": unknown protocol \"gopher\"; known are https, tls, smtp, "
		"submission, smtps, imap, imaps, pop3, pop3s, ldap, ldaps, ftp, ftps, postgres, "
		"mysql, xmpp, sieve, nntp, rdp" },
	{ "variables that are none", "{\"_meta\":{\"hostvars\":{\"a\":[]}}}",
		"list:1:27: \"a\" has variables that are no object" },
	{ "hostvars that are none", "{\"_meta\":{\"hostvars\":[]}}",
		"list:1:22: \"hostvars\" is not an object" },
	{ "a group that is none", "{\"_meta\":{},\n\"g\":7}",
		"list:2:5: \"g\" is neither a group nor a list of hosts" },
	{ "a group of something else", "{\"_meta\":{},\n\"g\":{\"x\":7}}",
		"list:2:5: \"g\" has neither hosts, children nor vars" },
	{ "hosts that are no list", "{\"_meta\":{},\n\"g\":{\"hosts\":{\"a\":{}}}}",
		"list:2:14: \"g\" has hosts or children that are no list" },
	{ "a host that is no name", "{\"_meta\":{},\n\"g\":{\"hosts\":[\"a\",7]}}",
		"list:2:19: \"g\" lists what is not a name" },
	{ "vars that are none", "{\"_meta\":{},\n\"g\":{\"vars\":[]}}",
		"list:2:13: \"g\" has vars that are no object" },
	{ "a loop", "{\"_meta\":{},\n\"g\":{\"children\":[\"h\"]},\"h\":{\"children\":[\"g\"]}}",
		"list:2:5: \"g\" is a group inside itself" },
	{ "a host twice", "{\n\"_meta\":{\"hostvars\":{\"a\":{},\"a\":{}}}}",
		"list:2:31: not JSON: duplicate object key near '\"a\"'" },
	{ "cut off", "{\n\"_meta\":{\"hostvars\":\n",
		"list:2:21: not JSON: unexpected token near end of file" },
};

Test(target_inventory, reads)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(target_list_freep) struct target_list *list = target_list_new();
		CLEANUP(buf_release) struct buf got = BUF_INIT(1u << 20);
		struct error err = { .code = ERROR_NONE };

		if (target_list_add_bytes(
			    list, "list", cases[i].bytes, strlen(cases[i].bytes), &strict, &err))
			target_text_all(list, &got);
		else
			(void)buf_add_text(&got, err.text);
		cr_expect_str_eq(buf_text(&got), cases[i].want, "%s: got '%s'", cases[i].descr,
			buf_text(&got));
	}
}

/* Groups inside groups, DEPTH of them, the innermost with a host. */
static void nested(size_t depth, struct buf *out)
{
	(void)buf_add_text(out, "{\"_meta\":{}");
	for (size_t i = 1; i < depth; i++)
		(void)buf_addf(out, ",\n\"g%zu\":{\"children\":[\"g%zu\"]}", i, i + 1);
	(void)buf_addf(out, ",\n\"g%zu\":{\"hosts\":[\"a\"]}}", depth);
}

Test(target_inventory, bounded_nesting)
{
	static const struct {
		size_t depth;
		bool good;
	} depths[] = { { 1, true }, { 64, true }, { 65, false }, { 5000, false } };

	for (size_t i = 0; i < ARRAY_LEN(depths); i++) {
		CLEANUP(target_list_freep) struct target_list *list = target_list_new();
		CLEANUP(buf_release) struct buf bytes = BUF_INIT(1u << 20);
		struct error err = { .code = ERROR_NONE };

		nested(depths[i].depth, &bytes);
		cr_expect_eq(
			target_list_add_bytes(list, "list", bytes.data, bytes.len, &strict, &err),
			depths[i].good, "%zu: %s", depths[i].depth, err.text);
		if (!depths[i].good)
			cr_expect(strstr(err.text, "is a group with too many groups around it"),
				"got '%s'", err.text);
	}
}

Test(target_inventory, many_hosts_on_one_line)
{
	CLEANUP(target_list_freep) struct target_list *list = target_list_new();
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(1u << 22);
	struct error err = { .code = ERROR_NONE };

	(void)buf_add_text(&bytes, "{\"_meta\":{\"hostvars\":{");
	for (size_t i = 0; i < 5000; i++)
		(void)buf_addf(
			&bytes, "%s\"h%zu.example\":{\"chainmend_owner\":\"o\"}", i ? "," : "", i);
	(void)buf_add_text(&bytes, "}}}");
	cr_assert(target_list_add_bytes(list, "list", bytes.data, bytes.len, &strict, &err), "%s",
		err.text);
	cr_expect_eq(target_list_count(list), (size_t)5000);
	cr_expect_str_eq(target_list_at(list, 4999)->host, "h4999.example");
}
