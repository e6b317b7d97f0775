/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/observation.h"
#include "checker/target/target.h"
#include "checker/trust/chain.h"
#include "rules/check/checks.h"

/* The first place at which CERTIFICATE is served. */
static size_t place_of(const struct scene *scene, const struct profile_certificate *certificate)
{
	size_t place = 0;

	while (place < chain_len(scene->facts->chain) && scene->known[place] != certificate)
		place++;
	return place;
}

static bool is_retired_here(const struct scene *scene, size_t place, enum profile_role role)
{
	const struct profile_certificate *known = scene->known[place];

	return scene->in_scope && known && known->state == PROFILE_STATE_RETIRED &&
	       known->role == role && place_of(scene, known) == place;
}

static void grade_retired(const struct scene *scene, struct finding *finding,
	const struct profile_certificate *retired)
{
	finding->severity = scene_retired_severity(scene, retired);
	finding->has_due = retired->has_remove_by;
	finding->due = retired->remove_by;
}

#define CLIENTS_BYTES 280

/* SAID, and by when RETIRED has to be gone, when the profile says so. */
static void say_deadline(const struct scene *scene, const struct profile_certificate *retired,
	struct finding *finding, const char *said)
{
	char day[INSTANT_TEXT];

	if (!retired->has_remove_by) {
		finding_say(finding, "%s", said);
		return;
	}
	instant_format_day(retired->remove_by, day);
	finding_say(finding,
		scene->today.seconds >= retired->remove_by.seconds
			? N_("%s; the retired one had to be gone by %s")
			: N_("%s; the retired one has to be gone by %s"),
		said, day);
}

static void say_retired(const struct scene *scene, const struct profile_certificate *retired,
	struct finding *finding)
{
	char day[INSTANT_TEXT];

	if (!retired->has_remove_by) {
		finding_say(finding, "the retired %s (%s) is served", retired->name, retired->id);
		return;
	}
	instant_format_day(retired->remove_by, day);
	finding_say(finding,
		scene->today.seconds >= retired->remove_by.seconds
			? N_("the retired %s (%s) is served, which had to be gone by %s")
			: N_("the retired %s (%s) is served, which has to be gone by %s"),
		retired->name, retired->id, day);
}

bool check_migration_retired_intermediate(const struct scene *scene, struct finding_list *list)
{
	for (size_t i = 0; i < chain_len(scene->facts->chain); i++) {
		if (!is_retired_here(scene, i, PROFILE_ROLE_ISSUING))
			continue;
		const struct profile_certificate *retired = scene->known[i];
		const struct profile_certificate *next = profile_replacement(retired);

		if (scene_serves(scene, next))
			continue;
		struct finding *finding = finding_list_add_about(list,
			RULE_migration_retired_intermediate, chain_cert(scene->facts->chain, i));
		if (!finding)
			return false;
		grade_retired(scene, finding, retired);
		say_retired(scene, retired, finding);
		/* Under a key of its own the leaf needs it until there is another one. */
		if (retired == scene->retired_key)
			finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
		/* An intermediate of another kind than the leaf's is only taken away. */
		if (next && (next == scene->issuing || scene->is_bundle))
			finding_act(finding, ACTION_INSTALL_CERTIFICATE, next->id);
		finding_act(finding, ACTION_REMOVE_CERTIFICATE, retired->id);
	}
	return true;
}

bool check_migration_retired_and_current(const struct scene *scene, struct finding_list *list)
{
	for (size_t i = 0; i < chain_len(scene->facts->chain); i++) {
		if (!is_retired_here(scene, i, PROFILE_ROLE_ISSUING))
			continue;
		const struct profile_certificate *retired = scene->known[i];
		const struct profile_certificate *next = profile_replacement(retired);
		char said[FINDING_TEXT];

		if (!scene_serves(scene, next))
			continue;
		struct finding *finding = finding_list_add_about(list,
			RULE_migration_retired_and_current, chain_cert(scene->facts->chain, i));
		if (!finding)
			return false;
		grade_retired(scene, finding, retired);
		phrase_say(said, sizeof said,
			i < place_of(scene, next)
				? N_("both %s and its retired twin (%s) are served, "
				     "the retired one first")
				: N_("both %s and its retired twin (%s) are served, "
				     "the current one first"),
			next->name, retired->id);
		say_deadline(scene, retired, finding, said);
		finding_act(finding, ACTION_REMOVE_CERTIFICATE, retired->id);
	}
	return true;
}

/* The retired issuing certificate that was served for this leaf, or NULL. */
static const struct profile_certificate *served_retired(const struct scene *scene)
{
	for (size_t i = 0; i < chain_len(scene->facts->chain); i++)
		if (is_retired_here(scene, i, PROFILE_ROLE_ISSUING) &&
			profile_replacement(scene->known[i]) == scene->issuing)
			return scene->known[i];
	return NULL;
}

bool check_migration_leaf_from_retired(const struct scene *scene, struct finding_list *list)
{
	const struct cert *leaf = scene->facts->leaf;
	const struct profile_certificate *retired = scene->retired_key;
	char issued[INSTANT_TEXT];

	instant_format_day(leaf->not_before, issued);
	if (retired) {
		struct finding *finding = finding_list_add_about(
			list, RULE_migration_leaf_from_retired, leaf);
		if (!finding)
			return false;
		grade_retired(scene, finding, retired);
		finding_say(finding,
			"the certificate was issued by %s (%s), which is retired and has no "
			"successor with the same key: a new certificate is needed",
			retired->name, retired->id);
		finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
		return true;
	}
	if (!served_retired(scene) || !scene->issuing->has_since ||
		leaf->not_before.seconds >= scene->issuing->since.seconds)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_migration_leaf_from_retired, leaf);
	if (!finding)
		return false;
	finding->severity = SEVERITY_NOTE;
	finding_say(finding,
		"the certificate of %s goes on being valid under %s, which has the same "
		"key: one file has to be swapped, no new certificate is needed",
		issued, scene->issuing->id);
	finding_act(finding, ACTION_INSTALL_CERTIFICATE, scene->issuing->id);
	return true;
}

bool check_migration_leaf_client_auth(const struct scene *scene, struct finding_list *list)
{
	const struct cert *leaf = scene->facts->leaf;
	const struct profile_leaf *rules = &scene->profile->leaf;
	char until[INSTANT_TEXT];

	if (!scene->in_scope || !leaf->eku_client || !rules->has_client_auth_until)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_migration_leaf_client_auth, leaf);
	if (!finding)
		return false;
	instant_format_day(rules->client_auth_until, until);
	if (instant_day(leaf->not_before).seconds <= rules->client_auth_until.seconds) {
		finding->severity = SEVERITY_NOTE;
		finding_say(finding,
			"the certificate may also be used by a TLS client; that use ends "
			"with an intermediate restricted to serverAuth and with the next "
			"certificate");
	} else {
		finding_say(finding,
			"the certificate has clientAuth although the CA gave it to none "
			"issued after %s",
			until);
		finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
	}
	return true;
}

/* The current cross certificate that leads on from the leaf's issuing certificate. */
static const struct profile_certificate *wanted_cross(const struct scene *scene)
{
	const struct profile_certificate *root = scene->issuing ? scene->issuing->issuer : NULL;
	const uint8_t *key = root ? scene_key(scene, root) : NULL;
	const struct profile_certificate *any = NULL;

	for (size_t i = 0; i < scene->profile->certificate_count; i++) {
		const struct profile_certificate *one = &scene->profile->certificates[i];
		if (one->role != PROFILE_ROLE_CROSS || one->state != PROFILE_STATE_CURRENT)
			continue;
		/* One that has ended helps nobody. */
		if (one->has_not_after && scene->today.seconds > one->not_after.seconds)
			continue;
		const uint8_t *own = scene_key(scene, one);
		if (key && own && memcmp(own, key, FINGERPRINT_BYTES) == 0)
			return one;
		if (!any && root && strcmp(one->name, root->name) == 0)
			any = one;
	}
	return any;
}

static bool serves_cross(const struct scene *scene)
{
	for (size_t i = 0; i < chain_len(scene->facts->chain); i++)
		if (scene->known[i] && scene->known[i]->role == PROFILE_ROLE_CROSS)
			return true;
	return false;
}

/* Windows sends the path its own stores build, whatever an administrator installs. */
static bool is_windows(const struct observation *seen)
{
	static const char *const prefixes[] = { "exchange", "iis", "windows" };
	const char *platform = target_label(seen->target, "platform");

	if (!platform)
		platform = seen->platform;

	for (size_t i = 0; platform && i < ARRAY_LEN(prefixes); i++) {
		char start[16];
		(void)snprintf(start, sizeof start, "%.*s", (int)strlen(prefixes[i]), platform);
		if (text_equal_nocase(start, prefixes[i]))
			return true;
	}
	return false;
}

/* The kinds of clients that need it, a phrase: a built-in profile's titles are in every language.
 */
static void say_who_fails(
	const struct scene *scene, const struct profile_serve *serve, char *out, size_t size)
{
	out[0] = '\0';
	for (size_t i = 0; i < serve->serves_count; i++) {
		const char *title = profile_title_in(
			&scene->profile->stores[serve->serves[i]].title, LANGUAGE_EN);
		char one[160], before[CLIENTS_BYTES];

		if (lang_knows(title))
			phrase_make(one, sizeof one, title, NULL, 0);
		else
			text_printable(title, strlen(title), one, sizeof one);
		(void)snprintf(before, sizeof before, "%s", out);
		if (i == 0)
			phrase_say(out, size, "%s", one);
		else
			phrase_say(out, size, "%s; %s", before, one);
	}
}

bool check_migration_cross_missing(const struct scene *scene, struct finding_list *list)
{
	const struct profile_serve *serve = NULL;

	for (size_t i = 0; i < scene->profile->serve_count; i++)
		if (scene->profile->serve[i].role == PROFILE_ROLE_CROSS &&
			scene->profile->serve[i].need != PROFILE_NEED_UNWANTED)
			serve = &scene->profile->serve[i];
	/* A retired one in its place is migration.cross-retired. */
	if (!scene->in_scope || !serve || serves_cross(scene))
		return true;
	const struct profile_certificate *cross = wanted_cross(scene);
	if (!cross)
		return true;
	struct finding *finding = finding_list_add(list, RULE_migration_cross_missing);
	if (!finding)
		return false;
	char clients[CLIENTS_BYTES], said[FINDING_TEXT];
	bool windows = is_windows(scene->facts->observation);
	say_who_fails(scene, serve, clients, sizeof clients);
	if (windows)
		finding->severity = SEVERITY_NOTE;
	if (clients[0])
		phrase_say(said, sizeof said,
			"the cross certificate (%s) is not served; needed by: %s", cross->id,
			clients);
	else
		phrase_say(
			said, sizeof said, "the cross certificate (%s) is not served", cross->id);
	finding_say(finding,
		windows ? N_("%s; Windows sends what its stores build, so this is advice") : "%s",
		said);
	finding_act(finding, ACTION_INSTALL_CERTIFICATE, cross->id);
	return true;
}

bool check_migration_cross_retired(const struct scene *scene, struct finding_list *list)
{
	for (size_t i = 0; i < chain_len(scene->facts->chain); i++) {
		if (!is_retired_here(scene, i, PROFILE_ROLE_CROSS))
			continue;
		const struct profile_certificate *retired = scene->known[i];
		const struct profile_certificate *next = profile_replacement(retired);
		const struct cert *cert = chain_cert(scene->facts->chain, i);
		struct finding *finding = finding_list_add_about(
			list, RULE_migration_cross_retired, cert);

		if (!finding)
			return false;
		grade_retired(scene, finding, retired);
		if (cert->readable && scene->facts->now.seconds > cert->not_after.seconds)
			finding->severity = SEVERITY_CRITICAL;
		finding_say(finding,
			scene->facts->now.seconds > cert->not_after.seconds
				? N_("the retired cross certificate %s by %s is served; it has "
				     "expired and leads nowhere")
				: N_("the retired cross certificate %s by %s is served"),
			retired->id,
			cert->readable ? cert->issuer_common_name : PHRASE("another root"));
		if (next && !scene_serves(scene, next))
			finding_act(finding, ACTION_INSTALL_CERTIFICATE, next->id);
		finding_act(finding, ACTION_REMOVE_CERTIFICATE, retired->id);
	}
	return true;
}

enum likeness { LIKE_NONE, LIKE_NAME, LIKE_OTHER_KEY, LIKE_SAME_KEY };

/* How the unlisted CERT resembles a certificate of the profile. */
static enum likeness compare(
	const struct scene *scene, const struct cert *cert, const struct profile_certificate *one)
{
	const uint8_t *key = scene_key(scene, one);

	if (strcmp(one->name, cert->common_name) != 0)
		return LIKE_NONE;
	if (!key)
		return LIKE_NAME;
	return memcmp(key, cert->spki_sha256, FINGERPRINT_BYTES) == 0 ? LIKE_SAME_KEY
								      : LIKE_OTHER_KEY;
}

/* The current certificate that the unlisted CERT reissues or pretends to be. */
static const struct profile_certificate *resembles(
	const struct scene *scene, const struct cert *cert, enum likeness *ret_likeness)
{
	const struct profile_certificate *most = NULL;

	*ret_likeness = LIKE_NONE;
	for (size_t i = 0; i < scene->profile->certificate_count; i++) {
		const struct profile_certificate *one = &scene->profile->certificates[i];
		/* A root is never what should be served in its place. */
		enum likeness likeness = one->role == PROFILE_ROLE_ROOT ? LIKE_NONE
									: compare(scene, cert, one);
		if (likeness > *ret_likeness && profile_replacement(one)) {
			*ret_likeness = likeness;
			most = profile_replacement(one);
		}
	}
	return most;
}

static void say_likeness(struct finding *finding, enum likeness likeness, const char *name)
{
	switch (likeness) {
	case LIKE_SAME_KEY:
		finding->severity = SEVERITY_WARNING;
		finding_say(finding,
			"a certificate with the name and key of %s is served, but the profile does "
			"not list this one",
			name);
		return;
	case LIKE_OTHER_KEY:
		finding_say(finding,
			"a certificate that calls itself %s is served, but with another key than "
			"that CA's",
			name);
		return;
	case LIKE_NAME:
	case LIKE_NONE:
		finding->severity = SEVERITY_WARNING;
		finding_say(finding,
			"a certificate that calls itself %s is served; the profile does not list "
			"it, and that CA's key is not at hand to compare",
			name);
	}
}

bool check_migration_unknown_intermediate(const struct scene *scene, struct finding_list *list)
{
	const struct chain *chain = scene->facts->chain;

	for (size_t i = 0; i < chain_len(chain); i++) {
		const struct cert *cert = chain_cert(chain, i);
		enum likeness likeness;

		if (scene->known[i] || !cert->readable || i == chain_leaf(chain) ||
			chain_link_at(chain, i) == CHAIN_LINK_DUPLICATE)
			continue;
		const struct profile_certificate *like = resembles(scene, cert, &likeness);
		if (!like)
			continue;
		struct finding *finding = finding_list_add_about(
			list, RULE_migration_unknown_intermediate, cert);
		if (!finding)
			return false;
		say_likeness(finding, likeness, like->name);
		/* What another key signed, the CA's own certificate does not mend. */
		if (likeness == LIKE_OTHER_KEY) {
			finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
			continue;
		}
		if (!scene_serves(scene, like))
			finding_act(finding, ACTION_INSTALL_CERTIFICATE, like->id);
		finding_act(finding, ACTION_REMOVE_CERTIFICATE, cert->sha256_text);
	}
	return true;
}

bool check_migration_renewal_due(const struct scene *scene, struct finding_list *list)
{
	const struct cert *leaf = scene->facts->leaf;
	unsigned warning = scene->profile->leaf.expires_warning_days;
	int64_t ahead = 2 * (int64_t)(warning ? warning : 30) * SECONDS_A_DAY;
	char end[INSTANT_TEXT];

	if (!scene->in_scope || scene->facts->now.seconds + ahead < leaf->not_after.seconds)
		return true;
	struct finding *finding = finding_list_add_about(list, RULE_migration_renewal_due, leaf);
	if (!finding)
		return false;
	finding->has_due = true;
	finding->due = instant_day(leaf->not_after);
	instant_format_day(leaf->not_after, end);
	finding_say(finding,
		"a new certificate has to be in place by %s; it comes from %s, to be "
		"installed with it",
		end, scene->issuing ? scene->issuing->id : PHRASE("the CA"));
	finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
	if (scene->issuing && !scene_serves(scene, scene->issuing))
		finding_act(finding, ACTION_INSTALL_CERTIFICATE, scene->issuing->id);
	return true;
}
