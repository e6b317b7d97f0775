/* SPDX-License-Identifier: MIT */
/*
 * criterion - as much of Criterion as the tests of the engine use, for ThreadSanitizer
 *
 * Criterion's own arena lies where ThreadSanitizer keeps its shadow, so none of
 * its programs start under it.  This stands in its place in that one build:
 * each test runs in a child process, the report is TAP.
 */
#ifndef TESTS_THREADS_CRITERION_CRITERION_H
#define TESTS_THREADS_CRITERION_CRITERION_H

#include <stdbool.h>
#include <string.h>

struct inline_suite {
	void (*init)(void);
	void (*fini)(void);
};

struct inline_test {
	const char *suite;
	const char *name;
	const struct inline_suite *of;
	void (*run)(void);
	struct inline_test *next;
};

void inline_add(struct inline_test *test);

/* Notes a failure, unless HOLDS; one that is FATAL ends the test.  MESSAGE may be NULL. */
void inline_check(bool fatal, const char *file, int line, bool holds, const char *message, ...)
	__attribute__((format(printf, 5, 0)));

#define TestSuite(suite_, ...) \
	static const struct inline_suite inline_suite_##suite_ = { __VA_ARGS__ }

/* A test's suite has to stand above it. */
#define Test(suite_, name_)                                                                 \
	static void inline_##suite_##_##name_(void);                                        \
	__attribute__((constructor)) static void inline_add_##suite_##_##name_(void)        \
	{                                                                                   \
		static struct inline_test test = { #suite_, #name_, &inline_suite_##suite_, \
			inline_##suite_##_##name_, NULL };                                  \
		inline_add(&test);                                                          \
	}                                                                                   \
	static void inline_##suite_##_##name_(void)

/* What is compared, and the message that may follow. */
#define INLINE_FIRST(a, ...) (a)
#define INLINE_REST(a, ...) __VA_ARGS__
#define INLINE_CHECK(fatal, holds, ...) \
	inline_check(fatal, __FILE__, __LINE__, holds, INLINE_REST(__VA_ARGS__))
#define INLINE_IS(fatal, ...) INLINE_CHECK(fatal, !!INLINE_FIRST(__VA_ARGS__), __VA_ARGS__)
#define INLINE_PAIR(fatal, op, a, ...) \
	INLINE_CHECK(fatal, (a)op INLINE_FIRST(__VA_ARGS__), __VA_ARGS__)
#define INLINE_TEXT(fatal, op, a, ...) \
	INLINE_CHECK(fatal, strcmp(a, INLINE_FIRST(__VA_ARGS__)) op 0, __VA_ARGS__)
#define INLINE_BYTES(fatal, a, b, ...) \
	INLINE_CHECK(fatal, memcmp(a, b, INLINE_FIRST(__VA_ARGS__)) == 0, __VA_ARGS__)

#define cr_expect(...) INLINE_IS(false, __VA_ARGS__, NULL)
#define cr_expect_eq(...) INLINE_PAIR(false, ==, __VA_ARGS__, NULL)
#define cr_expect_neq(...) INLINE_PAIR(false, !=, __VA_ARGS__, NULL)
#define cr_expect_lt(...) INLINE_PAIR(false, <, __VA_ARGS__, NULL)
#define cr_expect_leq(...) INLINE_PAIR(false, <=, __VA_ARGS__, NULL)
#define cr_expect_gt(...) INLINE_PAIR(false, >, __VA_ARGS__, NULL)
#define cr_expect_geq(...) INLINE_PAIR(false, >=, __VA_ARGS__, NULL)
#define cr_expect_null(...) INLINE_PAIR(false, ==, NULL, __VA_ARGS__, NULL)
#define cr_expect_not_null(...) INLINE_PAIR(false, !=, NULL, __VA_ARGS__, NULL)
#define cr_expect_str_eq(...) INLINE_TEXT(false, ==, __VA_ARGS__, NULL)
#define cr_expect_str_neq(...) INLINE_TEXT(false, !=, __VA_ARGS__, NULL)
#define cr_expect_arr_eq(...) INLINE_BYTES(false, __VA_ARGS__, NULL)
#define cr_assert(...) INLINE_IS(true, __VA_ARGS__, NULL)
#define cr_assert_eq(...) INLINE_PAIR(true, ==, __VA_ARGS__, NULL)
#define cr_assert_neq(...) INLINE_PAIR(true, !=, __VA_ARGS__, NULL)
#define cr_assert_lt(...) INLINE_PAIR(true, <, __VA_ARGS__, NULL)
#define cr_assert_leq(...) INLINE_PAIR(true, <=, __VA_ARGS__, NULL)
#define cr_assert_gt(...) INLINE_PAIR(true, >, __VA_ARGS__, NULL)
#define cr_assert_geq(...) INLINE_PAIR(true, >=, __VA_ARGS__, NULL)
#define cr_assert_null(...) INLINE_PAIR(true, ==, NULL, __VA_ARGS__, NULL)
#define cr_assert_not_null(...) INLINE_PAIR(true, !=, NULL, __VA_ARGS__, NULL)
#define cr_assert_str_eq(...) INLINE_TEXT(true, ==, __VA_ARGS__, NULL)
#define cr_fail(...) inline_check(true, __FILE__, __LINE__, false, __VA_ARGS__)

#endif
