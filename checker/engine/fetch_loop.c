/* SPDX-License-Identifier: MIT */
#include "checker/engine/fetch_loop.h"

#include <curl/curl.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"

#define NAP_MS 1000

static void tell_finished(CURLM *multi, void (*finished)(void *transfer, int code))
{
	void *transfer = NULL;
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(multi, &left))) {
		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
		finished(transfer, (int)message->data.result);
	}
}

bool fetch_loop(void *multi, uint64_t deadline, void (*finished)(void *transfer, int code),
	struct error *err)
{
	int running = 1;

	while (running > 0) {
		CURLMcode code = curl_multi_perform(multi, &running);
		uint64_t now = clock_monotonic_us();

		tell_finished(multi, finished);
		if (code != CURLM_OK)
			return error_set(
				err, ERROR_IO, "cannot fetch: %s", curl_multi_strerror(code));
		if (running == 0 || now >= deadline)
			return true;
		uint64_t left_ms = (deadline - now) / 1000 + 1;
		(void)curl_multi_poll(
			multi, NULL, 0, left_ms < NAP_MS ? (int)left_ms : NAP_MS, NULL);
	}
	return true;
}
