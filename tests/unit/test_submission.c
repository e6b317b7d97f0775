/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "checker/base/attr.h"
#include "cli/request/submission.h"

static const struct {
	const char *text;
	unsigned digits;
	bool fits;
} forms[] = {
	{ "123456789", SUBMISSION_REFERENCE, true },
	{ " 123 456\t789 ", SUBMISSION_REFERENCE, true },
	{ "12345678", SUBMISSION_REFERENCE, false },
	{ "1234567890", SUBMISSION_REFERENCE, false },
	{ "12345678a", SUBMISSION_REFERENCE, false },
	{ "123-456-789", SUBMISSION_REFERENCE, false },
	{ "１２３４５６７８９", SUBMISSION_REFERENCE, false },
	{ "", SUBMISSION_REFERENCE, false },
	{ "1234567890123456", SUBMISSION_PIN, true },
	{ "1234 5678 9012 3456", SUBMISSION_PIN, true },
	{ "123456789012345", SUBMISSION_PIN, false },
	{ "12345678901234567", SUBMISSION_PIN, false },
};

Test(submission, has_so_many_digits)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		cr_expect_eq(submission_fits(forms[i].text, forms[i].digits), forms[i].fits, "%s",
			forms[i].text);
}
