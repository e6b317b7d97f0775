/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/error.h"
#include "checker/limits.h"
#include "checker/target/name.h"
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

static bool keep_products(struct load *load)
{
	const struct written_request *request = load->whole->written->request;
	struct profile_product *products = profile_load_keep(
		load, request->products_count, sizeof *products);

	if (!products)
		return false;
	for (size_t i = 0; i < request->products_count; i++)
		products[i] = (struct profile_product){
			.id = request->products[i].id,
			.names = request->products[i].names,
			.wildcard = request->products[i].wildcard,
			.dcv = request->products[i].dcv,
		};
	load->whole->profile.request.products = products;
	load->whole->profile.request.product_count = request->products_count;
	return true;
}

static void keep_subject_and_key(struct load *load)
{
	const struct written_request *request = load->whole->written->request;
	struct profile_request *own = &load->whole->profile.request;

	own->country = request->country;
	own->state = request->state;
	own->locality = request->locality;
	own->key_kind = request->key.type == WRITTEN_KEY_RSA  ? KEY_RSA
			: request->key.type == WRITTEN_KEY_EC ? KEY_EC
							      : KEY_OTHER;
	own->key_bits = request->key.bits ? *request->key.bits : 0;
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
	keep_subject_and_key(load);
	return keep_products(load);
}

/* A suffix is one or more labels, "gov.hk": "." and "" would be all there is. */
static bool load_suffixes(const struct load *load, char *const *suffixes, size_t count)
{
	char ascii[LIMIT_HOST_BYTES], place[PROFILE_PLACE];
	struct error why = { .code = ERROR_NONE };

	for (size_t i = 0; i < count; i++) {
		profile_load_place(place, "dcv.exempt[%zu]", i);
		if (!name_to_ascii(suffixes[i], strlen(suffixes[i]), false, ascii, &why) ||
			strcmp(ascii, suffixes[i]) != 0)
			return profile_yaml_fault(load->yaml, load->err, place,
				"\"%s\" is no domain in A-labels and small letters", suffixes[i]);
	}
	return profile_load_words(load, "dcv.exempt", suffixes, count);
}

bool profile_load_dcv(struct load *load)
{
	const struct written_dcv *dcv = load->whole->written->dcv;
	struct profile_dcv *own = &load->whole->profile.dcv;

	if (!dcv)
		return true;
	if (dcv->file && dcv->file[0] != '/')
		return profile_yaml_fault(load->yaml, load->err, "dcv.file",
			"\"%s\" is no path from \"/\"", dcv->file);
	*own = (struct profile_dcv){
		.days = dcv->days ? *dcv->days : 0,
		.file = dcv->file,
		.txt_ttl = dcv->txt_ttl ? *dcv->txt_ttl : 0,
		.one_method = dcv->one_method,
		.email = dcv->email,
		.email_count = dcv->email_count,
		.caa = dcv->caa,
		.caa_count = dcv->caa_count,
		.exempt = dcv->exempt,
		.exempt_count = dcv->exempt_count,
	};
	return profile_load_day(load, "dcv.from", dcv->from, &own->has_from, &own->from) &&
	       profile_load_range(load, "dcv.days", dcv->days, 1, DCV_DAYS_MAX) &&
	       profile_load_range(load, "dcv.txt_ttl", dcv->txt_ttl, 1, TTL_MAX) &&
	       profile_load_words(load, "dcv.email", dcv->email, dcv->email_count) &&
	       profile_load_day(load, "dcv.email_discouraged", dcv->email_discouraged,
		       &own->has_email_discouraged, &own->email_discouraged) &&
	       profile_load_day(load, "dcv.email_until", dcv->email_until, &own->has_email_until,
		       &own->email_until) &&
	       profile_load_words(load, "dcv.caa", dcv->caa, dcv->caa_count) &&
	       load_suffixes(load, dcv->exempt, dcv->exempt_count);
}
