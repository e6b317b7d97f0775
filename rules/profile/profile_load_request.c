/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "rules/profile/profile_load.h"

/* Longest that any CA of the public web may leave a random value open is 30 days (Baseline
 * Requirements, 3.2.2.4.7); other CAs may have other rules. */
#define DCV_DAYS_MAX 825
#define TTL_MAX 604800 /* a week, RFC 8767, 4 */
#define NAMES_MAX 10000
#define BITS_MIN 128
#define BITS_MAX 16384

static bool check_product(const struct load *load, size_t number)
{
	const struct written_product *products = load->whole->written->request->products;
	const struct written_product *product = &products[number];
	char place[PROFILE_PLACE];

	profile_load_place(place, "request.products[%zu].id", number);
	if (!profile_load_id(load, place, product->id))
		return false;
	for (size_t i = 0; i < number; i++)
		if (strcmp(products[i].id, product->id) == 0)
			return profile_yaml_fault(load->yaml, load->err, place,
				"the same as that of request.products[%zu]", i);
	profile_load_place(place, "request.products[%zu].names", number);
	return profile_load_range(load, place, &product->names, 1, NAMES_MAX);
}

bool profile_load_request(struct load *load)
{
	const struct written_request *request = load->whole->written->request;

	if (!request)
		return true;
	/* X.520, 6.3.1: an ISO 3166 alpha-2 code. */
	if (request->country &&
		(strlen(request->country) != 2 ||
			strspn(request->country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2))
		return profile_yaml_fault(load->yaml, load->err, "request.country",
			"\"%s\" is no country code of two capital letters", request->country);
	if (!profile_load_range(load, "request.key.bits", request->key.bits, BITS_MIN, BITS_MAX))
		return false;
	for (size_t i = 0; i < request->products_count; i++)
		if (!check_product(load, i))
			return false;
	return true;
}

bool profile_load_dcv(struct load *load)
{
	const struct written_dcv *dcv = load->whole->written->dcv;
	struct instant from;
	bool has_from;

	if (!dcv)
		return true;
	if (dcv->file && dcv->file[0] != '/')
		return profile_yaml_fault(load->yaml, load->err, "dcv.file",
			"\"%s\" is no path from \"/\"", dcv->file);
	load->whole->profile.dcv.caa = dcv->caa;
	load->whole->profile.dcv.caa_count = dcv->caa_count;
	return profile_load_day(load, "dcv.from", dcv->from, &has_from, &from) &&
	       profile_load_range(load, "dcv.days", dcv->days, 1, DCV_DAYS_MAX) &&
	       profile_load_range(load, "dcv.txt_ttl", dcv->txt_ttl, 1, TTL_MAX) &&
	       profile_load_words(load, "dcv.email", dcv->email, dcv->email_count) &&
	       profile_load_words(load, "dcv.caa", dcv->caa, dcv->caa_count);
}
