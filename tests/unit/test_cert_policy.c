/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "checker/base/attr.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_policy.h"
#include "tests/forge.h"

static const struct {
	const char *descr, *policies, *name;
} validations[] = {
	{ "none", NULL, NULL },
	{ "a CA's own", "1.3.6.1.4.1.16030.1.7.21", NULL },
	{ "DV", "2.23.140.1.2.1", "dv" },
	{ "OV behind a CA's own", "1.3.6.1.4.1.16030.1.7.21,2.23.140.1.2.2", "ov" },
	{ "IV", "2.23.140.1.2.3", "iv" },
	{ "EV", "2.23.140.1.1", "ev" },
	{ "another number of the same arc", "2.23.140.1.2.4", NULL },
	{ "EV for code", "2.23.140.1.3", NULL },
	{ "two at once", "2.23.140.1.2.1,2.23.140.1.2.2", NULL },
};

Test(cert_policy, validation_stands_in_the_reserved_policies)
{
	struct forge forge;

	forge_init(&forge, FORGE_KEYS_FAST);
	for (size_t i = 0; i < ARRAY_LEN(validations); i++) {
		struct cert_policy policy;
		cert_policy_read(forge_as_cert(forge_cert(
					 &forge, &(struct forge_spec){ .subject = "CN=a.hk",
							 .not_before = forge_day("2026-01-01"),
							 .not_after = forge_day("2026-03-01"),
							 .policies = validations[i].policies })),
			&policy);
		const char *name = validation_name(policy.validation);
		cr_expect(policy.read, "%s", validations[i].descr);
		cr_expect_eq(name != NULL, validations[i].name != NULL, "%s", validations[i].descr);
		if (name && validations[i].name)
			cr_expect_str_eq(name, validations[i].name, "%s", validations[i].descr);
	}
	forge_release(&forge);
}

Test(cert_policy, what_cannot_be_read_has_no_answers)
{
	static const uint8_t bytes[] = { 0x30, 0x03, 0x02, 0x01, 0x00 };
	struct cert_policy policy;
	CLEANUP(cert_unrefp) const struct cert *cert = cert_new(bytes, sizeof bytes, NULL);

	cert_policy_read(cert, &policy);
	cr_expect_not(policy.read);
	cr_expect_null(validation_name(policy.validation));
}
