/* SPDX-License-Identifier: MIT */
/*
 * The HTML report with a script: the whole table, quickly, and a section for every host.
 *
 * All there is to show stands in the page already: the data, and for each kind of section a
 * <template> with holes.  Text only ever becomes text: nothing here makes markup of a string, and
 * the page's policy would not let it.
 */
(() => {
	"use strict";

	const STATUS = 0, SERVICE = 1, ADDRESS = 2, OWNER = 3, RULES = 4, DUE = 5, UNTIL = 6, ISSUER = 7,
		VERSION = 8, BLOCK = 9, MOLD = 10, TEXTS = 11;
	const ROWS = 100; /* of a page of the table */
	const PRINTED_ROWS = 1000, PRINTED_SECTIONS = 100;
	const OWNERS = 2000; /* in the list of owners; more are found by typing */
	const PAUSE = 120; /* milliseconds after the last letter */
	const DAY = 86400000;

	const byId = (id) => document.getElementById(id);
	const data = JSON.parse(byId("data").textContent);
	const rows = data.rows, words = data.words;
	const number = new Intl.NumberFormat(document.documentElement.lang);

	const say = (key, ...parts) => words[key].replace(/%s/g, () => parts.shift());

	function make(tag, classes, text) {
		const element = document.createElement(tag);
		if (classes)
			element.className = classes;
		if (text !== undefined)
			element.textContent = text;
		return element;
	}

	/* What is the same as in the row before, or in the one before with this mould, is 0. */
	function unfold() {
		const last = [], texts = new Map();
		for (const row of rows) {
			for (const column of [OWNER, ISSUER, VERSION]) {
				if (row[column] === 0)
					row[column] = last[column];
				last[column] = row[column];
			}
			const before = texts.get(row[MOLD]);
			for (let i = 0; i < row[TEXTS].length; i++)
				if (row[TEXTS][i] === 0)
					row[TEXTS][i] = before[i];
			texts.set(row[MOLD], row[TEXTS]);
		}
	}

	const dayText = (day) => day === null ? "" : new Date(day * DAY).toISOString().slice(0, 10);

	/* The network of "192.0.2.0/24", "10.1", "2001:db8::/32": its bytes and how many bits count. */
	function parseFour(text) {
		const parts = text.split(".");
		if (parts.length > 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255))
			return null;
		return parts.map(Number);
	}

	function parseSix(text) {
		const halves = text.toLowerCase().split("%")[0].split("::");
		if (halves.length > 2 || !/^[0-9a-f:.]*$/.test(halves.join("")))
			return null;
		const sides = halves.map((half) => half === "" ? [] : half.split(":"));
		for (const side of sides) {
			const four = side.length && side[side.length - 1].includes(".") ? parseFour(side.pop()) : [];
			if (four === null || (four.length !== 0 && four.length !== 4))
				return null;
			for (let i = 0; i < four.length; i += 2)
				side.push((four[i] * 256 + four[i + 1]).toString(16));
		}
		const missing = 8 - sides.reduce((sum, side) => sum + side.length, 0);
		if (missing < 0 || (halves.length === 1 && missing !== 0))
			return null;
		const groups = halves.length === 1 ? sides[0] :
			[...sides[0], ...Array(missing).fill("0"), ...sides[1]];
		if (groups.some((group) => !/^[0-9a-f]{1,4}$/.test(group)))
			return null;
		return groups.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]);
	}

	function parseNetwork(text) {
		const [address, prefix, ...rest] = text.trim().split("/");
		const six = address.includes(":");
		const bytes = six ? parseSix(address) : parseFour(address.replace(/\.$/, ""));
		if (!bytes || rest.length || (prefix !== undefined && !/^\d{1,3}$/.test(prefix)))
			return null;
		const bits = prefix === undefined ? bytes.length * 8 : Number(prefix);
		while (!six && bytes.length < 4)
			bytes.push(0);
		return bits > bytes.length * 8 ? null : { bytes, bits };
	}

	function within(bytes, network) {
		if (!bytes || bytes.length !== network.bytes.length)
			return false;
		for (let bit = 0; bit < network.bits; bit += 8) {
			const mask = network.bits - bit >= 8 ? 255 : 256 - (1 << 8 - (network.bits - bit));
			if (((bytes[bit / 8] ^ network.bytes[bit / 8]) & mask) !== 0)
				return false;
		}
		return true;
	}

	/* Made when they are first asked for: of a row, what it is searched in, and its address. */
	const haystacks = [], addresses = [];

	function haystack(index) {
		if (haystacks[index] === undefined) {
			const row = rows[index];
			haystacks[index] = [row[SERVICE], row[ADDRESS], row[OWNER], row[ISSUER], ...row[TEXTS]]
				.join("\n").toLowerCase();
		}
		return haystacks[index];
	}

	function addressOf(index) {
		if (addresses[index] === undefined) {
			const text = rows[index][ADDRESS];
			const four = text.includes(":") ? null : parseFour(text);
			addresses[index] = text.includes(":") ? parseSix(text) :
				four && four.length === 4 ? four : null;
		}
		return addresses[index];
	}

	/* The table */

	const filter = { text: "", status: "", rule: "", owner: "", network: null, block: null };
	const order = { column: null, down: false };
	const body = byId("table").tBodies[0], caption = byId("found"), pager = byId("pager");
	let found = [], page = 0;

	function fits(index, terms) {
		const row = rows[index];
		return (filter.block === null || row[BLOCK] === filter.block) &&
			(filter.status === "" || row[STATUS] === Number(filter.status)) &&
			(filter.rule === "" || row[RULES].includes(Number(filter.rule))) &&
			(filter.owner === "" || row[OWNER] === filter.owner.slice(1)) &&
			(filter.network === null || within(addressOf(index), filter.network)) &&
			terms.every((term) => haystack(index).includes(term));
	}

	const keys = {
		status: (row) => row[STATUS],
		service: (row) => row[SERVICE],
		address: (row) => row[ADDRESS],
		owner: (row) => row[OWNER],
		rules: (row) => row[RULES].map((rule) => data.rules[rule]).join(" "),
		due: (row) => row[DUE],
		until: (row) => row[UNTIL],
		issuer: (row) => row[ISSUER],
		version: (row) => row[VERSION],
	};

	/* What has nothing in the column comes last, whichever way it is sorted. */
	function sort() {
		if (order.column === null)
			return;
		const key = keys[order.column], values = new Map();
		for (const index of found)
			values.set(index, key(rows[index]));
		const empty = (value) => value === "" || value === null;
		found.sort((left, right) => {
			const a = values.get(left), b = values.get(right);
			if (empty(a) || empty(b))
				return empty(a) - empty(b) || left - right;
			if (a === b)
				return left - right;
			return (a < b) === order.down ? 1 : -1;
		});
	}

	function badge(status) {
		const [classes, sign, name] = data.statuses[status];
		return make("span", `badge ${classes}`, `${sign} ${name}`);
	}

	function ruleLink(rule) {
		const link = make("a", "rule", data.rules[rule]);
		link.href = `#rule-${data.rules[rule]}`;
		return link;
	}

	function hostLink(index) {
		const link = make("a", "own service", rows[index][SERVICE]);
		link.href = `#host-${index + 1}`;
		return link;
	}

	/* By column, before the heads become buttons. */
	const labels = new Map([...document.querySelectorAll("th[data-sort]")]
		.map((head) => [head.dataset.sort, head.textContent]));

	function cell(column, text) {
		const made = make("td", "own", text);
		made.dataset.label = labels.get(column);
		return made;
	}

	function makeRow(index) {
		const row = rows[index], line = make("tr"), service = make("th"), rules = make("td", "rules");
		const status = make("td");
		status.append(badge(row[STATUS]));
		service.scope = "row";
		service.append(hostLink(index));
		for (const rule of row[RULES])
			rules.append(ruleLink(rule), " ");
		line.append(status, service, cell("address", row[ADDRESS]), cell("owner", row[OWNER]), rules,
			cell("due", dayText(row[DUE])), cell("until", dayText(row[UNTIL])),
			cell("issuer", row[ISSUER]), cell("version", row[VERSION]));
		return line;
	}

	function fill(from, count) {
		body.replaceChildren(...found.slice(from, from + count).map(makeRow));
	}

	function count() {
		if (found.length === rows.length)
			return say("all", number.format(rows.length));
		if (found.length === 0)
			return say("none");
		const text = say("some", number.format(found.length), number.format(rows.length));
		return filter.block === null ? text : `${text}. ${say("problem")}`;
	}

	function turn(to, focus) {
		const pages = Math.max(1, Math.ceil(found.length / ROWS));
		page = Math.min(Math.max(to, 0), pages - 1);
		fill(page * ROWS, ROWS);
		const [previous, where, next] = pager.children;
		previous.disabled = page === 0;
		next.disabled = page === pages - 1;
		where.textContent = say("page", number.format(page + 1), number.format(pages));
		pager.hidden = pages === 1;
		if (focus)
			byId("fleet").scrollIntoView();
	}

	function update() {
		const terms = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
		found = [];
		for (let index = 0; index < rows.length; index++)
			if (fits(index, terms))
				found.push(index);
		sort();
		caption.textContent = count();
		turn(0, false);
	}

	function sortBy(head) {
		const column = head.dataset.sort;
		order.down = order.column === column && !order.down;
		order.column = column;
		for (const other of head.parentElement.children)
			other.removeAttribute("aria-sort");
		head.setAttribute("aria-sort", order.down ? "descending" : "ascending");
		update();
	}

	function prepareHeads() {
		for (const head of document.querySelectorAll("th[data-sort]")) {
			const button = make("button", "sort", head.textContent);
			button.type = "button";
			button.addEventListener("click", () => sortBy(head));
			head.replaceChildren(button);
		}
	}

	function preparePager() {
		const previous = make("button", "", say("previous")), next = make("button", "", say("next"));
		previous.type = next.type = "button";
		previous.addEventListener("click", () => turn(page - 1, true));
		next.addEventListener("click", () => turn(page + 1, true));
		pager.append(previous, make("span"), next);
	}

	function addOptions(select, options) {
		for (const [value, text] of options) {
			const option = make("option", "own", text);
			option.value = value;
			select.append(option);
		}
	}

	function prepareChoices() {
		const used = new Set(), owners = new Set(), statuses = new Set();
		for (const row of rows) {
			statuses.add(row[STATUS]);
			owners.add(row[OWNER]);
			row[RULES].forEach((rule) => used.add(rule));
		}
		addOptions(byId("by-status"), [...statuses].sort((a, b) => a - b)
			.map((status) => [status, data.statuses[status][2]]));
		addOptions(byId("by-rule"), [...used].sort((a, b) => a - b).map((rule) => [rule, data.rules[rule]]));
		addOptions(byId("by-owner"), [...owners].sort().slice(0, OWNERS)
			.map((owner) => [`=${owner}`, owner || say("unowned")]));
		byId("by-owner").parentElement.hidden = owners.size < 2;
	}

	function readFilters() {
		const network = byId("by-network"), asked = network.value.trim();
		filter.text = byId("find").value;
		filter.status = byId("by-status").value;
		filter.rule = byId("by-rule").value;
		filter.owner = byId("by-owner").value;
		filter.network = asked === "" ? null : parseNetwork(asked);
		const wrong = asked !== "" && filter.network === null;
		network.setAttribute("aria-invalid", wrong);
		network.setCustomValidity(wrong ? say("network") : "");
		network.title = wrong ? say("network") : "";
		update();
	}

	function prepareFilters() {
		const form = document.querySelector(".filters");
		let waiting = 0;
		form.addEventListener("input", () => {
			clearTimeout(waiting);
			waiting = setTimeout(readFilters, PAUSE);
		});
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			readFilters();
		});
		form.addEventListener("reset", () => {
			filter.block = null;
			setTimeout(readFilters, 0);
		});
	}

	/* A count is a filter: those, and again all. */
	function prepareTiles() {
		for (const tile of document.querySelectorAll(".tile[data-status]:not(.none)")) {
			const status = data.statuses.findIndex((known) => known[0] === tile.dataset.status);
			const button = make("button");
			button.type = "button";
			button.setAttribute("aria-label",
				`${data.statuses[status][2]}: ${tile.querySelector(".count").textContent}`);
			button.addEventListener("click", () => {
				byId("by-status").value = status;
				readFilters();
				byId("fleet").scrollIntoView();
			});
			tile.querySelector("dt").append(button);
		}
	}

	/* So is an owner, as far as the list of owners has that name. */
	function prepareOwners() {
		const choice = byId("by-owner"), known = new Set([...choice.options].map((option) => option.value));
		for (const cell of document.querySelectorAll("th[data-owner]")) {
			const value = `=${cell.dataset.owner}`, button = make("button", "plain own", cell.textContent);
			if (!known.has(value))
				continue;
			button.type = "button";
			button.addEventListener("click", () => {
				choice.value = value;
				readFilters();
				byId("fleet").scrollIntoView();
			});
			cell.replaceChildren(button);
		}
	}

	/* Sections of hosts */

	function cast(index) {
		const row = rows[index], article = make("article");
		article.append(byId(`mold-${row[MOLD]}`).content.cloneNode(true));
		article.querySelectorAll("[data-s]").forEach((hole, i) => {
			hole.textContent = row[TEXTS][i];
		});
		return article;
	}

	function makeSection(index) {
		const row = rows[index], section = make("details", `host ${data.statuses[row[STATUS]][0]}`);
		const summary = make("summary");
		summary.append(badge(row[STATUS]), " ", make("h3", "own", row[SERVICE]), " ",
			make("span", "own address", row[ADDRESS]));
		section.id = `host-${index + 1}`;
		section.append(summary, cast(index));
		const after = [...byId("sections").children].find((other) => Number(other.id.slice(5)) > index + 1);
		byId("sections").insertBefore(section, after || null);
		return section;
	}

	function openHost(index) {
		const section = byId(`host-${index + 1}`) || makeSection(index);
		section.open = true;
		return section;
	}

	function hostOf(hash) {
		const match = /^#host-(\d+)$/.exec(hash);
		return match && Number(match[1]) >= 1 && Number(match[1]) <= rows.length ? Number(match[1]) - 1 : null;
	}

	/* Before the browser goes there, so that it finds the section. */
	function prepareHosts() {
		for (const name of document.querySelectorAll("[data-host]")) {
			const link = hostLink(Number(name.dataset.host) - 1);
			name.replaceWith(link);
		}
		document.addEventListener("click", (event) => {
			const link = event.target.closest("a[href^='#host-']");
			const index = link ? hostOf(link.hash) : null;
			if (index === null)
				return;
			const summary = openHost(index).querySelector("summary");
			/* Going there takes the focus away, so afterwards. */
			setTimeout(() => summary.focus({ preventScroll: true }), 0);
		});
		const arrive = () => {
			const index = hostOf(location.hash);
			if (index !== null)
				openHost(index).scrollIntoView();
		};
		window.addEventListener("hashchange", arrive);
		arrive();
	}

	/* Copying */

	function tell(text) {
		const toast = byId("toast");
		toast.textContent = text;
		toast.classList.add("shown");
		clearTimeout(tell.waiting);
		tell.waiting = setTimeout(() => toast.classList.remove("shown"), 2500);
	}

	/* For a page that a browser does not give the clipboard. */
	function copyOld(text) {
		const area = make("textarea");
		area.value = text;
		document.body.append(area);
		area.select();
		const done = document.execCommand("copy");
		area.remove();
		return done;
	}

	async function copy(text, button) {
		let done;
		try {
			await navigator.clipboard.writeText(text);
			done = true;
		} catch {
			done = copyOld(text);
			button.focus();
		}
		tell(say(done ? "copied" : "notCopied"));
	}

	/* Heading, findings and steps as plain lines. */
	function workOrder(whole) {
		const lines = [];
		for (const part of whole.querySelectorAll("h3, .findings > li, .steps > li, .careful")) {
			const bare = part.cloneNode(true);
			bare.querySelectorAll("button").forEach((button) => button.remove());
			bare.querySelectorAll("p, .source").forEach((block) => block.prepend("\n  "));
			const place = [...part.parentElement.children].indexOf(part) + 1;
			const mark = part.closest(".steps") ? `${place}. ` : part.closest(".findings") ? "- " : "";
			lines.push(mark + bare.textContent.replace(/[ \t]+/g, " ").replace(/ ?\n ?/g, "\n  ").trim());
		}
		return `${lines.join("\n")}\n`;
	}

	function namesOf(block) {
		const names = new Set();
		for (const row of rows)
			if (row[BLOCK] === block)
				names.add(row[SERVICE]);
		return `${[...names].join("\n")}\n`;
	}

	function showBlock(block) {
		document.querySelector(".filters").reset();
		filter.block = block;
		setTimeout(() => byId("fleet").scrollIntoView(), 0);
	}

	function prepareButtons() {
		document.addEventListener("click", (event) => {
			const button = event.target.closest("button");
			if (!button)
				return;
			const { copy: what, names, show } = button.dataset;
			if (what === "before")
				copy(button.previousElementSibling.textContent, button);
			else if (what === "work")
				copy(workOrder(button.closest(".problem, .host")), button);
			else if (names !== undefined)
				copy(namesOf(Number(names)), button);
			else if (show !== undefined)
				showBlock(Number(show));
		});
		document.addEventListener("keydown", (event) => {
			if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey ||
					event.target.closest("input, select, textarea"))
				return;
			event.preventDefault();
			byId("find").focus();
		});
	}

	/* Paper has no pages to turn and nothing to unfold.  With a filter, those it leaves. */
	function preparePrinting() {
		let folded = [], hidden = [];
		window.addEventListener("beforeprint", () => {
			fill(0, PRINTED_ROWS);
			if (found.length > PRINTED_ROWS)
				caption.textContent = say("printed", number.format(PRINTED_ROWS), number.format(found.length));
			if (found.length < rows.length) {
				const wanted = new Set(found.slice(0, PRINTED_SECTIONS).map((index) => openHost(index).id));
				hidden = [...byId("sections").children].filter((section) => !wanted.has(section.id));
				hidden.forEach((section) => section.setAttribute("hidden", ""));
			}
			folded = [...document.querySelectorAll("details:not([open])")];
			folded.forEach((details) => details.setAttribute("open", ""));
		});
		window.addEventListener("afterprint", () => {
			hidden.forEach((section) => section.removeAttribute("hidden"));
			folded.forEach((details) => details.removeAttribute("open"));
			hidden = folded = [];
			caption.textContent = count();
			turn(page, false);
		});
	}

	unfold();
	prepareHeads();
	preparePager();
	prepareChoices();
	prepareFilters();
	prepareTiles();
	prepareOwners();
	prepareButtons();
	preparePrinting();
	document.documentElement.classList.add("scripted");
	readFilters();
	prepareHosts();
})();
