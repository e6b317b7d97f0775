/* SPDX-License-Identifier: MIT */
/* Owner maps: what a file may say, which row counts, and that labels are only added. */
#include "checker/target/owner_map.h"

#include <string.h>

#include <criterion/criterion.h>

#include "checker/base/error.h"
#include "checker/target/target.h"

static const struct {
	const char *descr, *text, *message;
} faults[] = {
	{ "no header", "www.example.hk,mail team\n",
		"o.csv:1: no column \"host\": an owner map has a header line such as host,owner" },
	{ "a column of targets", "host,port,owner\n",
		"o.csv:1: a column \"port\" is for lists of targets; an owner map has patterns and "
		"labels only" },
	{ "a column twice", "host,owner,owner\n", "o.csv:1:12: a second column \"owner\"" },
	{ "no pattern", "host,owner\na.hk,x\nb.hk:99999,y\n", "o.csv:3:1: \"99999\" is no port" },
	{ "an owner of nothing", "host,owner\n,x\n", "o.csv:2:1: no host" },
	{ "a quote left open", "host,owner\na.hk,\"x\n", "o.csv:2:6: a quote that nothing closes" },
	{ "more cells than columns", "host,owner\na.hk,x,y\n",
		"o.csv:2:8: more cells than the 2 columns of the header" },
};

Test(owner_map, says_what_is_wrong_and_where)
{
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct error err = { .code = ERROR_NONE };
		CLEANUP(owner_map_freep)
		struct owner_map *map = owner_map_parse(
			"o.csv", faults[i].text, strlen(faults[i].text), &err);

		cr_expect_null(map, "%s", faults[i].descr);
		cr_expect_str_eq(
			err.text, faults[i].message, "%s:\n  %s", faults[i].descr, err.text);
	}
}

static const char table[] = "\xef\xbb\xbf# who looks after what\r\n"
			    "host,owner,site\r\n"
			    "www.example.hk:8443,tomcat team,\r\n"
			    "www.example.hk,\"web, team\",Kowloon\r\n"
			    "*.mail.example.hk,mail team,\r\n"
			    "192.0.2.7,printers,\r\n"
			    "192.0.2.0/26,net team,Central\r\n"
			    "\r\n"
			    "192.0.2.0/24,others,\r\n"
			    "2001:db8::/33,six,\r\n"
			    "*.example.hk,everybody,\r\n"
			    "香港.hk,registry,\r\n"
			    "./chains/a.pem,files,\r\n"
			    "www.example.hk,too late,\r\n";

static const struct {
	const char *descr, *host, *sni, *address;
	uint16_t port;
	const char *owner, *site; /* NULL: none */
} rows[] = {
	{ "a name", "www.example.hk", NULL, "", 443, "web, team", "Kowloon" },
	{ "a name at its port", "www.example.hk", NULL, "", 8443, "tomcat team", NULL },
	{ "the first row counts, not the narrowest", "a.mail.example.hk", NULL, "", 443,
		"mail team", NULL },
	{ "far below", "x.y.mail.example.hk", NULL, "", 443, "mail team", NULL },
	{ "not below itself", "mail.example.hk", NULL, "", 443, "everybody", NULL },
	{ "another name that ends so", "notexample.hk", NULL, "", 443, NULL, NULL },
	{ "an address", "other.hk", NULL, "192.0.2.7", 443, "printers", NULL },
	{ "a network", "other.hk", NULL, "192.0.2.63", 443, "net team", "Central" },
	{ "the one around it", "other.hk", NULL, "192.0.2.64", 443, "others", NULL },
	{ "outside of both", "other.hk", NULL, "192.0.3.1", 443, NULL, NULL },
	{ "an address as the host", "192.0.2.200", NULL, "", 443, "others", NULL },
	{ "a network before a name further down", "z.example.hk", NULL, "192.0.2.9", 443,
		"net team", "Central" },
	{ "a name before a network further down", "www.example.hk", NULL, "192.0.2.9", 443,
		"web, team", "Kowloon" },
	{ "the name that was asked for", "192.0.9.9", "www.example.hk", "192.0.9.9", 443,
		"web, team", "Kowloon" },
	{ "IPv6", "other.hk", NULL, "2001:db8:7fff::1", 443, "six", NULL },
	{ "IPv6 behind it", "other.hk", NULL, "2001:db8:8000::1", 443, NULL, NULL },
	{ "a name in Unicode", "xn--j6w193g.hk", NULL, "", 443, "registry", NULL },
	{ "a file", "./chains/a.pem", NULL, "", 0, "files", NULL },
	{ "no host is a file", "./chains/a.pem", NULL, "", 443, NULL, NULL },
};

static struct target *target_of(size_t row, const struct label *labels, size_t count)
{
	const struct target_description description = { .host = rows[row].host,
		.sni = rows[row].sni,
		.port = rows[row].port,
		.labels = labels,
		.label_count = count };
	struct target *target = target_new_described(&description);

	cr_assert_not_null(target);
	target->number = 17;
	target->mates = 3;
	return target;
}

static void expect_label(
	const struct target *target, const char *name, const char *value, const char *descr)
{
	const char *have = target_label(target, name);

	if (!value)
		cr_expect_null(have, "%s: %s is \"%s\"", descr, name, have);
	else
		cr_expect(have && strcmp(have, value) == 0, "%s: %s is \"%s\", not \"%s\"", descr,
			name, have ? have : "-", value);
}

Test(owner_map, the_first_row_that_fits_counts)
{
	struct error err = { .code = ERROR_NONE };
	CLEANUP(owner_map_freep)
	struct owner_map *map = owner_map_parse("o.csv", table, strlen(table), &err);

	cr_assert_not_null(map, "%s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(target_unrefp) struct target *target = target_of(i, NULL, 0);

		cr_assert(owner_map_label(map, &target, rows[i].address));
		expect_label(target, "owner", rows[i].owner, rows[i].descr);
		expect_label(target, "site", rows[i].site, rows[i].descr);
		cr_expect_str_eq(target->host, rows[i].host);
		cr_expect_eq(target->number, 17, "the place in the order is kept");
		cr_expect_eq(target->mates, 3);
	}
}

Test(owner_map, what_the_input_says_stays)
{
	char owner[] = "owner", mine[] = "my team", rack[] = "rack", twelve[] = "12";
	const struct label labels[] = { { owner, mine }, { rack, twelve } };
	CLEANUP(owner_map_freep)
	struct owner_map *map = owner_map_parse("o.csv", table, strlen(table), NULL);
	CLEANUP(target_unrefp) struct target *target = target_of(0, labels, 2);

	cr_assert_not_null(map);
	cr_assert(owner_map_label(map, &target, ""));
	expect_label(target, "owner", "my team", "given");
	expect_label(target, "rack", "12", "given");
	expect_label(target, "site", "Kowloon", "added");
}

Test(owner_map, no_map_and_an_empty_one_add_nothing)
{
	const char *text = "host,owner\n";
	CLEANUP(owner_map_freep)
	struct owner_map *map = owner_map_parse("o.csv", text, strlen(text), NULL);
	CLEANUP(target_unrefp) struct target *target = target_of(0, NULL, 0);
	struct target *before = target;

	cr_assert_not_null(map);
	cr_assert(owner_map_label(map, &target, "192.0.2.1"));
	cr_assert(owner_map_label(NULL, &target, "192.0.2.1"));
	cr_expect_eq(target, before);
}

Test(owner_map, another_table_has_another_hash)
{
	static const char *const texts[] = { "host,owner\na.hk,x\n", "host,owner\na.hk,y\n",
		"host,owner\nb.hk,x\n", "host,owners\na.hk,x\n" };
	uint8_t hashes[ARRAY_LEN(texts)][32];

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		CLEANUP(owner_map_freep)
		struct owner_map *map = owner_map_parse("o.csv", texts[i], strlen(texts[i]), NULL);

		cr_assert_not_null(map);
		owner_map_hash(map, hashes[i]);
		for (size_t k = 0; k < i; k++)
			cr_expect(memcmp(hashes[i], hashes[k], 32) != 0, "%zu %zu", i, k);
	}
}
