/* SPDX-License-Identifier: MIT */
#include "checker/cert/der.h"

#define TAG_NUMBER 0x1f /* all ones: the number follows in more bytes */
#define LENGTH_LONG 0x80
#define LENGTH_BYTES 4

/* The length octets (X.690, 8.1.3 and 10.1) at *AT, which moves behind them. */
static bool read_length(const uint8_t **at, const uint8_t *end, size_t *ret_len)
{
	const uint8_t *byte = *at;
	size_t len = 0;

	if (byte == end)
		return false;
	unsigned first = *byte++;
	if (first < LENGTH_LONG) {
		*ret_len = first;
		*at = byte;
		return true;
	}
	size_t count = first - LENGTH_LONG;
	if (count == 0 || count > LENGTH_BYTES || count > (size_t)(end - byte) || *byte == 0)
		return false;
	for (size_t i = 0; i < count; i++)
		len = len << 8 | *byte++;
	if (len < LENGTH_LONG)
		return false;
	*ret_len = len;
	*at = byte;
	return true;
}

bool der_next(struct der_cursor *cursor, struct der_item *ret_item)
{
	const uint8_t *at = cursor->at;
	struct der_item item = { .whole = at };

	if (at == cursor->end)
		return false;
	item.tag = *at++;
	if ((item.tag & TAG_NUMBER) == TAG_NUMBER || !read_length(&at, cursor->end, &item.len) ||
		item.len > (size_t)(cursor->end - at))
		return false;
	item.content = at;
	cursor->at = at + item.len;
	*ret_item = item;
	return true;
}

bool der_take(struct der_cursor *cursor, unsigned tag, struct der_item *ret_item)
{
	return der_has(cursor, tag) && der_next(cursor, ret_item);
}

bool der_only(const uint8_t *bytes, size_t len, unsigned tag, struct der_item *ret_item)
{
	struct der_cursor cursor = der_cursor(bytes, len);

	return der_take(&cursor, tag, ret_item) && der_is_done(&cursor);
}

bool der_is_integer(const uint8_t *content, size_t len)
{
	if (len == 0)
		return false;
	return len == 1 || !((content[0] == 0 && content[1] < 0x80) ||
				   (content[0] == 0xff && content[1] >= 0x80));
}

bool der_is_oid(const uint8_t *content, size_t len)
{
	bool begins = true;

	if (len == 0 || content[len - 1] >= 0x80)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (begins && content[i] == 0x80)
			return false;
		begins = content[i] < 0x80;
	}
	return true;
}

bool der_algorithm(
	const struct der_item *sequence, struct der_item *ret_oid, struct der_item *ret_parameters)
{
	struct der_cursor inside = der_inside(sequence);

	*ret_parameters = (struct der_item){ 0 };
	if (!der_take(&inside, DER_OID, ret_oid) || !der_is_oid(ret_oid->content, ret_oid->len))
		return false;
	return der_is_done(&inside) || (der_next(&inside, ret_parameters) && der_is_done(&inside));
}
