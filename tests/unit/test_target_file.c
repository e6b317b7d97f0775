/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "checker/target/target.h"
#include "checker/target/target_reader.h"
#include "tests/target_text.h"

#define BOM "\xef\xbb\xbf"

static const struct target_options strict = { .skip_bad_input = false };
static const struct target_options lenient = { .skip_bad_input = true };

struct row {
	const char *descr, *bytes, *want; /* targets, or the error */
};

/* Reads BYTES as "list" and gives the targets, or the error. */
static void read_bytes(
	const char *bytes, size_t len, const struct target_options *options, struct buf *out)
{
	CLEANUP(target_list_freep) struct target_list *list = target_list_new();
	struct error err = { .code = ERROR_NONE };

	if (target_list_add_bytes(list, "list", bytes, len, options, &err))
		target_text_all(list, out);
	else
		(void)buf_add_text(out, err.text);
}

static void check(const struct row *rows, size_t count, const struct target_options *options)
{
	for (size_t i = 0; i < count; i++) {
		CLEANUP(buf_release) struct buf got = BUF_INIT(1u << 20);

		read_bytes(rows[i].bytes, strlen(rows[i].bytes), options, &got);
		cr_expect_str_eq(buf_text(&got), rows[i].want, "%s: got '%s'", rows[i].descr,
			buf_text(&got));
	}
}

static const struct row texts[] = {
	{ "nothing", "", "" },
	{ "a mark alone", BOM, "" },
	{ "blank lines and comments", "\n  \t\n# one\n   # two\r\n", "" },
	{ "a line", "a.example\n", "1 https://a.example:443?a.example" },
	{ "no final newline", "a.example", "1 https://a.example:443?a.example" },
	{ "mark and CR LF", BOM "a.example\r\n\r\nb.example:1\r\n",
		"1 https://a.example:443?a.example\n3 https://b.example:1?b.example" },
	{ "comments", "# fleet\na.example # the first\n\tb.example\t#second\n",
		"2 https://a.example:443?a.example\n3 https://b.example:443?b.example" },
	{ "a host called host2", "host2\nhost\n",
		"1 https://host2:443?host2\n2 https://host:443?host" },
	{ "IPv6 in brackets first", "[::1]:443\n", "1 https://::1@::1:443" },
	{ "the same twice", "a\nb\nA.\n", "1 https://a:443?a\n2 https://b:443?b" },

	{ "bad port", "a\nb:99999\n",
		"list:2:3: \"99999\" is not a port, a number from 1 to 65535" },
	{ "columns are characters", "# x\n  例子.hk:x",
		"list:2:9: \"x\" is not a port, a number from 1 to 65535" },
	{ "column behind a mark", BOM "a:x",
		"list:1:3: \"x\" is not a port, a number from 1 to 65535" },
	{ "the host", "smtp://-a", "list:1:8: the label \"-a\" begins or ends with \"-\"" },
	{ "the address", "a@b", "list:1:3: \"b\" is not an IPv4 or IPv6 address" },
	{ "the prefix", "tls://10.0.0.0/8",
		"list:1:16: the range has 2^24 addresses, more than the 2^20 that one target may "
		"have" },
	{ "text behind a target", "a.example platform=x\n",
		"list:1:11: only a comment, which begins with \"#\", can follow a target" },
	{ "comment without a blank", "a.example#x\n",
		"list:1:1: the character \"#\" is not allowed in a host name" },
	{ "CSV without a header", "a.example,443\n",
		"list:1:10: a comma is not allowed in a host name (a CSV file begins with a line "
		"of "
		"column names, one of them \"host\")" },
	{ "CR alone", "a.example\rb.example\n",
		"list:1:1: the character \"\\u{000D}\" is not allowed in a host name" },
	{ "invalid UTF-8", "a\nb # \xe9t\xe9\n", "list:2:5: not valid UTF-8" },
	{ "UTF-16",
		"\xff\xfe"
		"a",
		"list:1:1: the file is UTF-16; save it as UTF-8" },
	{ "UTF-16, other order", "\xfe\xff", "list:1:1: the file is UTF-16; save it as UTF-8" },
};

Test(target_file, text)
{
	check(texts, ARRAY_LEN(texts), &strict);
}

static const struct row skipped[] = {
	{ "every bad line, in its place", "a:0\nb\na:0\n\ngopher://c\n",
		"1 BAD a:0 (list:1:3: \"0\" is not a port, a number from 1 to 65535)\n"
		"2 https://b:443?b\n"
		"3 BAD a:0 (list:3:3: \"0\" is not a port, a number from 1 to 65535)\n"
		"5 BAD gopher://c (list:5:1: unknown protocol \"gopher\"; known are https, tls, "
		"smtp, submission, smtps, imap, imaps, pop3, pop3s, ldap, ldaps, ftp, ftps, "
		"postgres, mysql, xmpp, sieve, nntp, rdp)" },
	{ "hostile", "a\x1b[2J\n",
		"1 BAD a\\u{001B}[2J (list:1:1: the character \"\\u{001B}\" is not "
		"allowed in a host name)" },
	{ "CSV", "host,port\na,0\nb\nc,1,2\n\"d\ne,5\n",
		"2 BAD a,0 (list:2:3: \"0\" is not a port, a number from 1 to 65535)\n"
		"3 https://b:443?b\n"
		"4 BAD c,1,2 (list:4:5: more cells than the 2 columns of the header)\n"
		"5 BAD \"d (list:5:1: a quote that nothing closes)\n"
		"6 https://e:5?e" },
	{ "the header of a CSV is needed", "host,host\na,b\n",
		"list:1:6: a second column \"host\"" },
	{ "NDJSON", "{\"host\":\"a\"}\n{\"host\":\"b\"\n{\"host\":\"c\"}\n",
		"1 https://a:443?a\n"
		"2 BAD {\"host\":\"b\" (list:2:11: not JSON: '}' expected near end of file)\n"
		"3 https://c:443?c" },
	{ "NDJSON that begins badly", "{\"host\":\"b\"\n{\"host\":\"c\"}\n",
		"1 BAD {\"host\":\"b\" (list:1:11: not JSON: '}' expected near end of file)\n"
		"2 https://c:443?c" },
	{ "a broken document is one error", "{\n\"_meta\": {\"hostvars\": {]\n",
		"list:2:24: not JSON: string or '}' expected near ']'" },
	{ "inventory",
		"{\"_meta\":{\"hostvars\":{\"a b\":{},\n\"c\":{},\n "
		"\"d\":{\"chainmend_port\":0}}}}",
		"1 BAD a b (list:1:23: host \"a b\": not a host name, and \"ansible_host\" is not "
		"set)\n2 https://c:443?c\n3 BAD d (list:3:2: host \"d\": \"0\" is not a port, a "
		"number "
		"from 1 to 65535)" },
	{ "UTF-16 stays an error", "\xff\xfe", "list:1:1: the file is UTF-16; save it as UTF-8" },
};

Test(target_file, skips_bad_lines)
{
	check(skipped, ARRAY_LEN(skipped), &lenient);
}

static const struct row csvs[] = {
	{ "all columns",
		"host,port,protocol,address,sni,platform,owner,site\n"
		"mail.example,2525,smtp,192.0.2.1,mx.example,exchange-2010,mail team,HK 1\n",
		"2 smtp://mail.example@192.0.2.1:2525?mx.example platform=exchange-2010 "
		"owner=mail team site=HK 1" },
	{ "host alone", "host\na.example\n", "2 https://a.example:443?a.example" },
	{ "address and a label", "address,owner\n192.0.2.1,x\n::1,\n",
		"2 https://192.0.2.1@192.0.2.1:443 owner=x\n3 https://::1@::1:443" },
	{ "case and blanks of the header", BOM "# c\n\n Owner , HOST ,Site\r\nx, a.example ,\r\n",
		"4 https://a.example:443?a.example owner=x" },
	{ "quotes", "\"host\",\"owner\"\n\"a.example\",\"He said \"\"no\"\", twice\"\n",
		"2 https://a.example:443?a.example owner=He said \"no\", twice" },
	{ "a line end in quotes", "host,owner\na,\"one\ntwo\"\nb,x\n",
		"2 https://a:443?a owner=one\ntwo\n4 https://b:443?b owner=x" },
	{ "blank and comment lines", "host,owner\n\n  \n# c\n,\na,x\n",
		"6 https://a:443?a owner=x" },
	{ "fewer cells", "host,port,owner\na\nb,1\n", "2 https://a:443?a\n3 https://b:1?b" },
	{ "a whole target in a cell",
		"host,owner\nsmtp://m.example@192.0.2.1:2525,x\n192.0.2.0/31,y\n",
		"2 smtp://m.example@192.0.2.1:2525?m.example owner=x\n"
		"3 https://192.0.2.0@192.0.2.0:443 owner=y\n"
		"3 https://192.0.2.1@192.0.2.1:443 owner=y" },
	{ "said twice, the same",
		"host,port,protocol,address\ntls://a@192.0.2.1:1,1,TLS,192.0.2.1\n",
		"2 tls://a@192.0.2.1:1?a" },
	{ "the port of the column's protocol", "host,protocol\na,imap\n", "2 imap://a:143?a" },
	{ "address in brackets", "host,address\na,[::1]\n", "2 https://a@::1:443?a" },
	{ "address at another address", "host,address,sni\n192.0.2.1,192.0.2.2,A.example\n",
		"2 https://192.0.2.1@192.0.2.2:443?a.example" },
	{ "labels of later mentions", "host,owner,site\na,x,\na,y,z\n",
		"2 https://a:443?a owner=x site=z" },

	{ "a second column", "host,Owner,owner\n", "list:1:12: a second column \"owner\"" },
	{ "a column without a name", "host,,owner\n", "list:1:6: column 2 has no name" },
	{ "too many cells", "host,port\na,1,\n",
		"list:2:5: more cells than the 2 columns of the header" },
	{ "neither host nor address", "host,owner\n,x\n",
		"list:2:1: neither a host nor an address" },
	{ "bad host", "owner,host\nx, \"a b\"\n",
		"list:2:5: the character \" \" is not allowed in a host name" },
	{ "bad port inside a cell", "owner,host\n例子,a:x\n",
		"list:2:6: \"x\" is not a port, a number from 1 to 65535" },
	{ "bad protocol", "host,protocol\na,gopher\n",
		"list:2:3: unknown protocol \"gopher\"; known are https, tls, smtp, submission, "
		"smtps, imap, imaps, pop3, pop3s, ldap, ldaps, ftp, ftps, postgres, mysql, xmpp, "
		"sieve, nntp, rdp" },
	{ "bad address", "host,address\na,b\n", "list:2:3: \"b\" is not an IPv4 or IPv6 address" },
	{ "bad SNI", "host,sni\na,b..c\n", "list:2:3: the host name has an empty label" },
	{ "an address as SNI", "host,sni\na,192.0.2.1\n",
		"list:2:3: \"192.0.2.1\" is an address; SNI is a name (RFC 6066, 3)" },
	{ "another port", "host,port\na:1,2\n", "list:2:5: the port 2 contradicts 1 in the host" },
	{ "another protocol", "host,protocol\ntls://a,https\n",
		"list:2:9: the protocol \"https\" contradicts \"tls\" in the host" },
	{ "another address", "host,address\na@::1,::2\n",
		"list:2:7: the address ::2 contradicts ::1 in the host" },
	{ "address of a range", "host,address\n192.0.2.0/31,192.0.2.0\n",
		"list:2:14: an address contradicts the range in the host" },
	{ "quote inside", "host,owner\na,b\"c\"\n",
		"list:2:4: a quote inside a cell that does not begin with one" },
	{ "text behind a quote", "host,owner\na,\"b\" c\n",
		"list:2:7: text behind a closing quote" },
	{ "open quote", "host,owner\na,x\nb, \"c\n\nd,e\n",
		"list:3:4: a quote that nothing closes" },
	{ "a fault behind a line end in quotes", "owner,host\n\"x\ny\",a:0\n",
		"list:3:6: \"0\" is not a port, a number from 1 to 65535" },
};

Test(target_file, csv)
{
	check(csvs, ARRAY_LEN(csvs), &strict);
}

static const struct row ndjsons[] = {
	{ "all keys",
		"{\"host\":\"mail.example\",\"port\":2525,\"protocol\":\"smtp\",\"address\":\"192."
		"0.2.1\","
		"\"sni\":\"mx.example\",\"platform\":\"postfix\",\"owner\":\"mail "
		"team\",\"rack\":7,"
		"\"live\":true,\"load\":0.5,\"none\":null,\"empty\":\"\","
		"\"labels\":{\"site\":\"HK\",\"floor\":3}}",
		"1 smtp://mail.example@192.0.2.1:2525?mx.example platform=postfix owner=mail team "
		"rack=7 live=true load=0.5 site=HK floor=3" },
	{ "lines", BOM "{\"host\":\"a\"}\r\n\r\n# comment\r\n {\"host\":\"b\",\"port\":\"1\"}",
		"1 https://a:443?a\n4 https://b:1?b" },
	{ "address alone", "{\"address\":\"2001:db8::1\",\"port\":null}",
		"1 https://2001:db8::1@2001:db8::1:443" },
	{ "escapes", "{\"host\":\"\\u4f8b\\u5b50.hk\",\"o\":\"\\u001b\"}",
		"1 https://xn--fsqu00a.hk(例子.hk):443?xn--fsqu00a.hk o=\033" },
	{ "no labels", "{\"host\":\"a\",\"labels\":null}", "1 https://a:443?a" },

	{ "no host", "{\"port\":443}", "list:1:1: neither a host nor an address" },
	{ "nothing in it", "{}", "list:1:1: neither a host nor an address" },
	{ "not JSON", "{\"host\":\"a\"}\n{\"host\" \"b\"}",
		"list:2:11: not JSON: ':' expected near '\"b\"'" },
	{ "text among records", "{\"host\":\"a\"}\nb.example\n",
		"list:2:1: not JSON: '[' or '{' expected near 'b'" },
	{ "a list", "{\"host\":\"a\"}\n[1]\n", "list:2:1: not a JSON object" },
	{ "two on a line", "{\"host\":\"a\"} {\"host\":\"b\"}\n",
		"list:1:14: not JSON: end of file expected near '{'" },
	{ "a key twice", "{\"host\":\"a\",\"host\":\"b\"}",
		"list:1:18: not JSON: duplicate object key near '\"host\"'" },
	{ "not a text", "{\"host\":7}", "list:1:9: \"host\" is not a text" },
	{ "a boolean is no name", "{\"host\": true}", "list:1:10: \"host\" is not a text" },
	{ "bad port", "{\"host\":\"a\",\"port\":65536}",
		"list:1:20: \"65536\" is not a port, a number from 1 to 65535" },
	{ "negative port", "{\"host\":\"a\",\"port\":-1}",
		"list:1:20: \"-1\" is not a port, a number from 1 to 65535" },
	{ "fractional port", "{\"host\":\"a\",\"port\":443.0}",
		"list:1:20: \"port\" is not a whole number" },
	{ "bad host", "{\"owner\":\"例\",\"host\":\"a..b\"}",
		"list:1:21: the host name has an empty label" },
	{ "nested", "{\"host\":\"a\", \"tags\":[\"x\"]}",
		"list:1:21: \"tags\" is a list, not a text, number or boolean" },
	{ "nested label", "{\"host\":\"a\",\"labels\":{\"x\":1,\"y\":{}}}",
		"list:1:33: \"y\" is an object, not a text, number or boolean" },
	{ "labels that are none", "{\"host\":\"a\",\"labels\":\"x\"}",
		"list:1:22: \"labels\" is not an object" },
	{ "a label twice", "{\"host\":\"a\",\"x\":1,\"labels\":{\"x\":2}}",
		"list:1:29: the label \"x\" is given twice" },
	{ "a label without a name", "{\"host\":\"a\",\"\":1}",
		"list:1:13: a label without a name" },
};

Test(target_file, ndjson)
{
	check(ndjsons, ARRAY_LEN(ndjsons), &strict);
}

Test(target_file, nul_and_long_lines)
{
	static const char nul[] = "a\nb\0c\n";
	CLEANUP(buf_release) struct buf got = BUF_INIT(1u << 20), line = BUF_INIT(1u << 20);

	read_bytes(nul, sizeof nul - 1, &strict, &got);
	cr_expect_str_eq(buf_text(&got), "list:2:2: a NUL byte", "got '%s'", buf_text(&got));

	cr_assert(buf_add_text(&line, "a #"));
	while (line.len < LIMIT_LINE_BYTES)
		cr_assert(buf_add_char(&line, 'x'));
	buf_clear(&got);
	read_bytes(buf_text(&line), line.len, &strict, &got);
	cr_expect_str_eq(buf_text(&got), "1 https://a:443?a");

	cr_assert(buf_add_text(&line, "x\nb\n"));
	buf_clear(&got);
	read_bytes(buf_text(&line), line.len, &strict, &got);
	cr_expect_str_eq(buf_text(&got), "list:1:1: the line is longer than 65536 bytes");

	buf_clear(&got);
	read_bytes(buf_text(&line), line.len, &lenient, &got);
	cr_expect(strstr(buf_text(&got), "\n2 https://b:443?b"), "got '%s'", buf_text(&got));
}

/* A CSV file of COUNT labels for host a, named from PREFIX. */
static void labels_csv(size_t count, char prefix, struct buf *out)
{
	(void)buf_add_text(out, "host");
	for (size_t i = 0; i < count; i++)
		(void)buf_addf(out, ",%c%zu", prefix, i);
	(void)buf_add_text(out, "\na");
	for (size_t i = 0; i < count; i++)
		(void)buf_add_text(out, ",v");
}

Test(target_file, bounded_labels)
{
	CLEANUP(buf_release) struct buf most = BUF_INIT(1u << 16), more = BUF_INIT(1u << 16);
	CLEANUP(buf_release) struct buf other = BUF_INIT(1u << 16);
	CLEANUP(target_list_freep) struct target_list *list = target_list_new();
	struct error err = { .code = ERROR_NONE };

	labels_csv(LIMIT_LABELS, 'x', &most);
	labels_csv(LIMIT_LABELS + 1, 'x', &more);
	labels_csv(1, 'y', &other);
	cr_expect(target_list_add_bytes(list, "most", most.data, most.len, &strict, &err));
	cr_expect_eq(target_list_at(list, 0)->labels.count, (size_t)LIMIT_LABELS);
	cr_expect_str_eq(target_label(target_list_at(list, 0), "x63"), "v");
	cr_expect_null(target_label(target_list_at(list, 0), "y0"));

	cr_expect_not(target_list_add_bytes(list, "other", other.data, other.len, &strict, &err));
	cr_expect_str_eq(err.text, "other:2:1: together with its earlier mention the target has "
				   "more than 64 labels");
	err.code = ERROR_NONE;
	cr_expect_not(target_list_add_bytes(list, "more", more.data, more.len, &strict, &err));
	cr_expect_str_eq(err.text, "more:2:131: more than 64 labels", "got '%s'", err.text);
}

/* A temporary file of BYTES; its name is put into PATH. */
static void write_file(const char *bytes, size_t len, char path[static 64])
{
	(void)snprintf(path, 64, "/tmp/chainmend-target-XXXXXX");
	int fd = mkstemp(path);

	cr_assert(fd >= 0);
	cr_assert_eq(write(fd, bytes, len), (ssize_t)len);
	cr_assert_eq(close(fd), 0);
}

Test(target_file, files)
{
	static const char bytes[] = BOM "host,port\r\na.example,8443\r\n";
	CLEANUP(target_list_freep) struct target_list *list = target_list_new();
	struct error err = { .code = ERROR_NONE };
	char path[64], want[256];

	write_file(bytes, sizeof bytes - 1, path);
	cr_assert(target_list_add_file(list, path, &strict, &err), "%s", err.text);
	cr_assert_eq(target_list_count(list), (size_t)1);
	cr_expect_str_eq(target_list_at(list, 0)->source, path);
	cr_expect_eq(target_list_at(list, 0)->port, 8443);
	(void)unlink(path);

	cr_expect_not(target_list_add_file(list, path, &lenient, &err));
	(void)snprintf(want, sizeof want, "%s: cannot be opened: No such file or directory", path);
	cr_expect_str_eq(err.text, want, "got '%s'", err.text);
	cr_expect_eq(err.code, ERROR_IO);

	err.code = ERROR_NONE;
	cr_expect_not(target_list_add_file(list, "/", &lenient, &err));
	cr_expect_str_eq(err.text, "/: is a directory", "got '%s'", err.text);

	err.code = ERROR_NONE;
	write_file("\n x:0", 5, path);
	cr_expect_not(target_list_add_file(list, path, &strict, &err));
	(void)snprintf(
		want, sizeof want, "%s:2:4: \"0\" is not a port, a number from 1 to 65535", path);
	cr_expect_str_eq(err.text, want, "got '%s'", err.text);
	(void)unlink(path);
}

Test(target_file, standard_input)
{
	CLEANUP(target_list_freep) struct target_list *list = target_list_new();
	struct error err = { .code = ERROR_NONE };
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(write(ends[1], "a\nb:0\n", 6), 6);
	cr_assert_eq(close(ends[1]), 0);
	cr_assert(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
	cr_expect_not(target_list_add_file(list, "-", &strict, &err));
	cr_expect_str_eq(err.text, "-:2:3: \"0\" is not a port, a number from 1 to 65535",
		"got '%s'", err.text);
}

Test(target_file, long_names_leave_room_for_the_reason)
{
	CLEANUP(target_list_freep) struct target_list *list = target_list_new();
	struct error err = { .code = ERROR_NONE };
	char name[1024];

	memset(name, 'n', sizeof name);
	memcpy(name + sizeof name - 5, ".txt", 5);
	cr_expect_not(target_list_add_bytes(list, name, "a:0", 3, &strict, &err));
	cr_expect_eq(strncmp(err.text, "...nnn", 6), 0);
	cr_expect(strstr(err.text, "n.txt:1:3: \"0\" is not a port, a number from 1 to 65535"),
		"got '%s'", err.text);
}
