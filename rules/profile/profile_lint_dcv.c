/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "rules/profile/profile_lint.h"

#define complain profile_lint_complain

/* A method that a product has, and what the CA would need for it. */
static void lint_product(struct lint *lint, size_t number)
{
	const struct profile_product *product = &lint->profile->request.products[number];
	const struct profile_dcv *dcv = &lint->profile->dcv;
	char place[PROFILE_LINT_PLACE];

	(void)snprintf(place, sizeof place, "request.products[%zu].dcv", number);
	if ((product->dcv & PROFILE_METHOD_FILE) && !dcv->file)
		complain(lint, place, "%s: proves by a file, but dcv.file does not say where",
			product->id);
	if ((product->dcv & PROFILE_METHOD_EMAIL) && dcv->email_count == 0)
		complain(lint, place, "%s: proves by e-mail, but dcv.email does not say to whom",
			product->id);
	/* Baseline Requirements, 3.2.2.4.18: not suitable for wildcards. */
	if ((product->dcv & PROFILE_METHOD_FILE) && product->wildcard)
		complain(lint, place, "%s: a file proves nothing for a wildcard", product->id);
}

static void lint_request(struct lint *lint)
{
	const struct profile_request *request = &lint->profile->request;
	const struct profile_leaf *leaf = &lint->profile->leaf;

	if (request->product_count > 0 && !request->country)
		complain(lint, "request", "request: no country, so any country passes");
	if (request->key_kind == KEY_RSA && request->key_bits > 0 &&
		request->key_bits < leaf->rsa_min_bits)
		complain(lint, "request.key.bits",
			"request: asks for RSA keys of %u bits, and leaf.keys takes no less than "
			"%u",
			request->key_bits, leaf->rsa_min_bits);
}

void profile_lint_dcv(struct lint *lint)
{
	const struct profile_dcv *dcv = &lint->profile->dcv;

	lint_request(lint);
	for (size_t i = 0; i < lint->profile->request.product_count; i++)
		lint_product(lint, i);
	if (dcv->has_email_until && dcv->has_email_discouraged &&
		dcv->email_until.seconds < dcv->email_discouraged.seconds)
		complain(lint, "dcv.email_until",
			"dcv: email_until is before email_discouraged, so nobody is told in time");
}
