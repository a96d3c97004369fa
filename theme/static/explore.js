// Filters and sorts all reports in the browser. The address holds the filters; without this script the page shows the
// latest reports and leads to the tables of all of them.
"use strict";
(() => {
  const PER_PAGE = 50;
  const MOST_CONDITIONS = 6;
  const form = document.getElementById("filters");
  const words = rows.words();
  const english = document.documentElement.lang === "en";
  const at = (id) => document.getElementById(id);
  const selects = Object.fromEntries([...form.querySelectorAll("select")].map((select) => [select.name, select]));
  const text = form.querySelector('input[name="q"]');
  const conditions = form.querySelector(".conditions > div");
  const names = organNames.open(form.dataset.names);
  const collator = new Intl.Collator("zh-Hans-CN");
  const USUAL = ["year", "requests_new_received_total", "requests_total_processed_total", "disclosure_rate", "findings", "published"];

  let index; // explore/index.json
  let columns; // by key, in the order in which they stand
  let state;
  let all = []; // every row that is loaded, in the order of the parts
  let found = new Uint32Array(); // the places in `all` of those that fit, sorted
  const parts = new Map();
  const allowed = new Set(); // parts that the visitor has agreed to load
  const at_column = {};

  // columns ---------------------------------------------------------------------------------------------------------

  const cell = (name) => (row) => row.cells[at_column[name]];

  const makeColumns = () => {
    index.columns.forEach((name, place) => { at_column[name] = place; });
    const option = (name) => new Map([...selects[name].options].map((one) => [one.value, one.textContent]));
    const named = Object.fromEntries(["level", "sector", "form", "scope"].map((name) => [name, option(name)]));
    const coded = (name) => ({ show: (row) => named[name].get(cell(name)(row) ?? "none") ?? cell(name)(row) });
    const facts = {
      organ: { show: cell("agency_name") },
      place: { show: (row) => row.place.slice(0, 3).filter(Boolean).join(" ") },
      year: { kind: "year", value: cell("year") },
      level: { ...coded("level"), rank: (row) => (cell("level")(row) === null ? NaN : index.levels.indexOf(cell("level")(row))) },
      sector: coded("sector"),
      form: { ...coded("form"), rank: (row) => Number(cell("form")(row)) },
      scope: coded("scope"),
      published: { kind: "day", show: (row) => day(cell("published")(row)), rank: (row) => Number((cell("published")(row) ?? "").replaceAll("-", "") || NaN) },
      findings: { kind: "count", value: cell("findings") },
      corrections: { kind: "count", value: cell("corrections") },
    };
    const at_language = english ? 1 : 0;
    const made = Object.entries(facts).map(([key, fact]) => ({ key, words: words[key], kind: "text", ...fact }));
    for (const [key, told] of Object.entries(index.rates)) {
      made.push({ key, words: told[at_language], kind: "rate", over: cell(told[2]), under: cell(told[3]) });
    }
    for (const [key, told] of Object.entries(index.figures)) {
      made.push({ key, words: told[at_language], kind: "count", value: cell(key) });
    }
    columns = new Map(made.map((column) => [column.key, column]));
  };

  const day = (told) => {
    if (!told) return "—";
    const [year, month, number] = told.split("-").map(Number);
    return english ? `${number} ${words.months[month - 1]} ${year}` : `${year}年${month}月${number}日`;
  };

  const isFigure = (key) => ["count", "rate"].includes(columns.get(key)?.kind);

  // What a column sorts and is narrowed by: a number for each row, NaN for none; worked out when first asked for.
  const keysOf = (column) => {
    if (column.of !== all) {
      column.keys = Float64Array.from(all, numberOf(column));
      column.of = all;
    }
    return column.keys;
  };

  const numberOf = (column) => {
    if (column.rank) return column.rank;
    const number = (value) => (value === null ? NaN : Number(value));
    if (column.value) return (row) => number(column.value(row));
    if (column.kind === "rate") return (row) => (number(column.under(row)) ? number(column.over(row)) / number(column.under(row)) : NaN);
    const distinct = [...new Set(all.map(column.show))].sort(collator.compare);
    const ranks = new Map(distinct.map((value, place) => [value, place]));
    return (row) => ranks.get(column.show(row));
  };

  // A rate as it is shown, in tenths of a per cent: what a range is compared with.
  const tenthsOf = (column) => {
    if (column.tenths_of !== all) {
      column.tenths = Float64Array.from(all, (row) => {
        const rate = rows.ratio(column.over(row), column.under(row));
        return rate === null ? NaN : Math.round(Number(rows.percent(rate).slice(0, -1)) * 10);
      });
      column.tenths_of = all;
    }
    return column.tenths;
  };

  // the address -----------------------------------------------------------------------------------------------------

  const CHOICES = ["year", "level", "sector", "form", "scope", "requests", "findings"];
  const EMPTY = { q: "", place: "", ...Object.fromEntries(CHOICES.map((name) => [name, ""])), ranges: [], sort: "-published", shown: USUAL, page: 1 };
  const NUMBER = /^(-?\d{1,15}(\.\d{1,4})?)?$/;

  const toRange = (told) => {
    const [key, from, to, ...more] = told.split(":");
    return isFigure(key) && !more.length && NUMBER.test(from ?? "x") && NUMBER.test(to ?? "x") ? { key, from, to } : null;
  };

  const fromAddress = () => {
    const asked = new URLSearchParams(location.search);
    const strange = [];
    const known = ["q", "place", ...CHOICES, "n", "sort", "c", "page"];
    const one = (name, isGood, otherwise = "") => {
      const given = asked.get(name) ?? "";
      if (given && !isGood(given)) strange.push(given.slice(0, 30));
      return given && isGood(given) ? given : otherwise;
    };
    for (const name of new Set(asked.keys())) if (!known.includes(name)) strange.push(name.slice(0, 30));
    const told = {
      q: (asked.get("q") ?? "").slice(0, 100),
      place: one("place", (code) => index.places.some(([one]) => one === code)),
      sort: one("sort", (key) => key === "organ" || columns.has(key.replace(/^-/, "")), EMPTY.sort),
      page: Number(one("page", (number) => /^[1-9]\d{0,5}$/.test(number), "1")),
      ranges: rows.listed(asked, "n", (range) => toRange(range) !== null, strange).slice(0, MOST_CONDITIONS).map(toRange),
      shown: asked.has("c") ? rows.listed(asked, "c", (key) => columns.has(key) && key !== "organ", strange) : USUAL,
    };
    for (const name of CHOICES) told[name] = one(name, (value) => [...selects[name].options].some((option) => option.value === value));
    return [{ ...EMPTY, ...told }, strange];
  };

  const limits = (ranges) => ranges.filter(({ from, to }) => from || to).map(({ key, from, to }) => `${key}:${from}:${to}`).join(",");

  const toAddress = () => {
    const told = ["q", "place", ...CHOICES].filter((name) => state[name]).map((name) => `${name}=${encodeURIComponent(state[name])}`);
    if (limits(state.ranges)) told.push(`n=${limits(state.ranges)}`);
    if (state.sort !== EMPTY.sort) told.push(`sort=${state.sort}`);
    if (state.shown.join() !== USUAL.join()) told.push(`c=${state.shown.join(",")}`);
    if (state.page > 1) told.push(`page=${state.page}`);
    return told.length ? `?${told.join("&")}` : location.pathname;
  };

  const ignore = (strange) => {
    at("ignored").textContent = strange.length ? rows.say(words.ignored, { list: strange.slice(0, 5).join(words.between) + (strange.length > 5 ? "…" : "") }) : "";
    at("ignored").hidden = !strange.length;
  };

  // the parts that the filters need -----------------------------------------------------------------------------------

  const needed = () => index.parts.filter((part) =>
    (!state.year || String(part.year) === state.year) && (!state.place || part.places.includes(state.place)));

  const readPart = async (part) => {
    const read = JSON.parse(await rows.read(new URL(part.file, new URL(form.dataset.index, location.href))));
    return read.rows.map((cells) => {
      const place = read.places[cells[at_column.region_code]];
      return { cells, place, received: received(cells[at_column.requests_new_received_total]), text: rows.bare(`${cells[at_column.agency_name]} ${place.slice(0, 3).join(" ")} ${cells[0]}`) };
    });
  };

  const load = async (wanted) => {
    const reading = wanted.map((part) => {
      if (!parts.has(part.file)) parts.set(part.file, readPart(part));
      return parts.get(part.file).then((read) => { part.read = read; }, (error) => { parts.delete(part.file); throw error; });
    });
    await Promise.all(reading);
    const loaded = index.parts.filter((part) => part.read);
    const size = loaded.reduce((sum, part) => sum + part.rows, 0);
    if (size !== all.length) all = loaded.flatMap((part) => part.read);
  };

  const megabytes = (bytes) => (bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);
  const sum = (list, name) => list.reduce((total, one) => total + one[name], 0);

  // filter and sort -------------------------------------------------------------------------------------------------

  const tests = () => {
    const made = [];
    const fact = (name) => { const wanted = state[name] === "none" ? null : state[name]; made.push((row) => row.cells[at_column[name]] === wanted); };
    if (state.year) made.push((row) => row.cells[at_column.year] === Number(state.year));
    for (const name of ["level", "sector", "form", "scope"]) if (state[name]) fact(name);
    if (state.place) made.push((row) => row.place[3].includes(state.place));
    if (state.findings) made.push((row) => row.cells[at_column.findings] > 0 === (state.findings === "some"));
    if (state.requests) made.push((row) => row.received === state.requests);
    const parts = rows.bare(state.q).split(/\s+/).filter(Boolean);
    if (parts.length) made.push((row) => parts.every((part) => row.text.includes(part)));
    for (const range of state.ranges) if (range.from || range.to) made.push(inRange(range));
    return made;
  };

  const received = (number) => (number === null ? "blank" : Number(number) === 0 ? "zero" : "some");

  const inRange = ({ key, from, to }) => {
    const column = columns.get(key);
    const isRate = column.kind === "rate";
    const numbers = isRate ? tenthsOf(column) : keysOf(column);
    const bound = (told, otherwise) => (told ? (isRate ? Math.round(Number(told) * 1e5) / 1e4 : Number(told)) : otherwise);
    const [low, high] = [bound(from, -Infinity), bound(to, Infinity)];
    return (row, place) => numbers[place] >= low && numbers[place] <= high; // NaN is neither: a blank is in no range
  };

  // The places of all rows in the order of a column. Ranks and places are packed into one number each, because numbers
  // sort ten times as fast without a function that compares them.
  const makeOrder = (column, isDown) => {
    const numbers = keysOf(column);
    const values = Float64Array.from(new Set(numbers)).sort().filter((value) => !Number.isNaN(value));
    const ranks = new Map([...values].map((value, rank) => [value, isDown ? values.length - 1 - rank : rank]));
    // What has no value stands last either way; equals stay in the order of years, places and organs.
    const packed = Float64Array.from(numbers, (value, place) => (ranks.get(value) ?? values.length) * all.length + place).sort();
    return Uint32Array.from(packed, (number) => number % all.length);
  };

  const orders = new Map(); // by what they are sorted by, for the rows as they are loaded now

  const orderBy = (sort) => {
    if (orders.get("of") !== all) orders.clear();
    orders.set("of", all);
    if (!orders.has(sort)) orders.set(sort, makeOrder(columns.get(sort.replace(/^-/, "")), sort[0] === "-"));
    return orders.get(sort);
  };

  const filter = () => {
    const wanted = tests();
    found = orderBy(state.sort).filter((place) => wanted.every((test) => test(all[place], place)));
  };

  // show ------------------------------------------------------------------------------------------------------------

  const abbr = (mark, title) => rows.make("abbr", { title }, mark);

  const toCell = (column, row) => {
    if (column.kind === "year") return rows.make("td", {}, String(column.value(row)));
    if (column.kind === "rate") {
      const [over, under] = [column.over(row), column.under(row)];
      const rate = rows.ratio(over, under);
      const parts = [over, under].map((part) => (part === null ? "—" : rows.count(part))).join("/");
      if (rate === null) return rows.make("td", { class: "blank" }, abbr("—", words.norate_title));
      return rows.make("td", { class: Number(over) ? "some" : "zero" }, rows.percent(rate), rows.make("small", {}, parts));
    }
    if (column.kind === "count") {
      const value = column.value(row);
      if (value === null) return rows.make("td", { class: "blank" }, abbr("—", words.blank_title));
      return rows.make("td", { class: Number(value) ? "some" : "zero" }, rows.count(value));
    }
    const isDay = column.kind === "day"; // a day stays on one line, other words may break
    return rows.make("td", { class: isDay ? "text" : "words", lang: column.key === "place" ? "zh-Hans" : null }, column.show(row) || "—");
  };

  const toRow = (place) => {
    const row = all[place];
    const address = form.dataset.report.replace("AGENCY", cell("agency_id")(row)).replace("YEAR", cell("year")(row));
    const name = rows.make("span", { lang: "zh-Hans" }, cell("agency_name")(row));
    const head = rows.make("th", { scope: "row", "data-id": cell("agency_id")(row) }, rows.make("a", { href: address }, name),
      cell("scope")(row) === "jurisdiction" ? abbr("※", words.whole_title) : null, " ",
      rows.make("small", { lang: "zh-Hans" }, columns.get("place").show(row)));
    return rows.make("tr", {}, head, ...state.shown.map((key) => toCell(columns.get(key), row)));
  };

  const toHead = (key) => {
    const column = columns.get(key);
    const [isSorted, isDown] = [state.sort.replace(/^-/, "") === key, state.sort[0] === "-"];
    const button = rows.make("button", { type: "button", "data-key": key }, column.words, rows.make("span", { "aria-hidden": "true" }, isSorted ? (isDown ? " ↓" : " ↑") : ""));
    button.addEventListener("click", () => {
      const begins = ["text"].includes(column.kind) ? "" : "-";
      const sort = isSorted ? `${isDown ? "" : "-"}${key}` : `${begins}${key}`;
      change({ sort, page: 1 });
    });
    return rows.make("th", { scope: "col", class: ["text", "day"].includes(column.kind) ? "text" : null, "aria-sort": isSorted ? (isDown ? "descending" : "ascending") : null }, button);
  };

  const draw = () => {
    const pages = Math.max(1, Math.ceil(found.length / PER_PAGE));
    state.page = Math.min(state.page, pages);
    const table = document.querySelector("table.explored");
    const focused = table.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    table.querySelector("caption").textContent = words.caption;
    table.querySelector("thead tr").replaceChildren(...["organ", ...state.shown].map(toHead));
    table.querySelector("tbody").replaceChildren(...[...found.slice((state.page - 1) * PER_PAGE, state.page * PER_PAGE)].map(toRow));
    if (english) spell(table.querySelector("tbody")).catch(() => {}); // the names themselves are there
    if (focused) table.querySelector(`thead [data-key="${focused}"]`)?.focus();
    at("found").textContent = sentence();
    const nav = at("pages");
    nav.hidden = pages === 1;
    nav.querySelector("span").textContent = rows.say(words.page, { page: state.page, pages: rows.count(pages) });
    for (const button of nav.querySelectorAll("button")) button.disabled = ["first", "before"].includes(button.value) ? state.page === 1 : state.page === pages;
    at("take").hidden = false;
  };

  // On English pages the pinyin of the names comes a moment later.
  const spell = async (body) => {
    const heads = [...body.querySelectorAll("th")];
    const read = await names.read(heads.map((head) => head.dataset.id));
    for (const head of heads) {
      const pinyin = read.get(head.dataset.id)?.get(head.querySelector("span").textContent);
      if (pinyin) head.querySelector("a").append(" ", rows.make("span", { class: "pinyin", lang: "zh-Latn" }, pinyin));
    }
  };

  const sentence = () => {
    if (!found.length) return words.none;
    let [without, blank] = [0, 0];
    for (const place of found) {
      if (all[place].received === "zero") without++;
      else if (all[place].received === "blank") blank++;
    }
    const pattern = blank ? words.found_blank : without ? words.found_without : words.found;
    return rows.say(pattern[found.length === 1 ? 0 : 1], { n: rows.count(found.length), without: rows.count(without), blank: rows.count(blank) });
  };

  // The filters as they stand in the form; not the fields that are being typed in.
  const fill = () => {
    if (document.activeElement !== text) text.value = state.q;
    for (const name of CHOICES) selects[name].value = state[name];
    fillPlaces();
    // A line that somebody is writing in stays the one it is.
    if (limits(rangesInForm()) !== limits(state.ranges)) conditions.replaceChildren(...state.ranges.map(toCondition));
    for (const box of form.querySelectorAll(".columns-shown input")) box.checked = state.shown.includes(box.value);
    if (["form", "scope", "requests", "findings"].some((name) => state[name]) || state.ranges.length) form.querySelector(".extra").open = true;
  };

  const fillPlaces = () => {
    const option = ([code, name, pinyin]) => rows.make("option", { value: code }, english && pinyin ? `${name} ${pinyin}` : name);
    const place = index.places.find(([code]) => code === state.place);
    const province = place ? place[3] || place[0] : "";
    const any = () => rows.make("option", { value: "" }, words.any);
    selects.province.replaceChildren(any(), ...index.places.filter((one) => !one[3]).map(option));
    selects.prefecture.replaceChildren(any(), ...index.places.filter((one) => one[3] && one[3] === province).map(option));
    selects.province.value = province;
    selects.prefecture.value = place?.[3] ? place[0] : "";
    selects.prefecture.disabled = selects.prefecture.options.length === 1;
  };

  let turn = 0;

  const show = async (strange = []) => {
    const mine = ++turn;
    ignore(strange);
    fill();
    const missing = needed().filter((part) => !part.read);
    const bytes = sum(missing, "bytes");
    const mustAsk = bytes > Number(form.dataset.askFrom) && missing.some((part) => !allowed.has(part.file));
    at("ask").hidden = !mustAsk;
    if (mustAsk) {
      at("ask").querySelector("p").textContent = rows.say(words.ask, { n: rows.count(sum(needed(), "rows")), size: megabytes(bytes) });
      at("found").textContent = "";
      document.querySelector("table.explored tbody").replaceChildren();
      at("take").hidden = at("pages").hidden = true;
      return;
    }
    if (missing.length) at("found").textContent = rows.say(words.reading, { size: megabytes(bytes) });
    try {
      await load(missing);
    } catch {
      if (mine === turn) at("found").textContent = words.unread;
      return;
    }
    if (mine !== turn) return; // narrowed on while it was loading
    filter();
    draw();
  };

  const change = (given, isTyped = false) => {
    state = { ...state, ...given };
    const address = toAddress();
    if (isTyped) history.replaceState(null, "", address);
    else if (address !== location.search) history.pushState(null, "", address);
    at("copied").textContent = "";
    return show();
  };

  // ranges ----------------------------------------------------------------------------------------------------------

  const toCondition = (range) => {
    const select = rows.make("select", { "aria-label": words.figure },
      ...[...columns.values()].filter((column) => isFigure(column.key)).map((column) => rows.make("option", { value: column.key }, column.kind === "rate" ? `${column.words}（%）` : column.words)));
    select.value = range.key;
    const field = (name) => rows.make("input", { inputmode: "decimal", size: 6, maxlength: 20, value: range[name], "aria-label": words[name], "data-end": name });
    const button = rows.make("button", { type: "button", "aria-label": `${words.remove} ${columns.get(range.key).words}` }, "×");
    const line = rows.make("p", {}, select, " ", rows.make("span", {}, words.from, " ", field("from")), " ", rows.make("span", {}, words.to, " ", field("to")), " ", button);
    button.addEventListener("click", () => {
      line.remove();
      at("more-conditions").focus();
      readConditions();
    });
    return line;
  };

  // What the lines say; a field that holds no number says nothing and is marked.
  const rangesInForm = () => [...conditions.children].map((line) => {
    const [from, to] = [...line.querySelectorAll("input")].map((input) => {
      const value = input.value.normalize("NFKC").replaceAll(",", "").replace(/%$/, "").trim();
      input.setAttribute("aria-invalid", String(!NUMBER.test(value)));
      return NUMBER.test(value) ? value : "";
    });
    return { key: line.querySelector("select").value, from, to };
  });

  const readConditions = () => change({ ranges: rangesInForm(), page: 1 }, true);

  // take along ------------------------------------------------------------------------------------------------------

  // The columns of reports.csv that can be told from the parts, in their order, with the same bytes.
  const toCsv = () => {
    const facts = { report_id: (row) => `${cell("agency_id")(row)}-${cell("year")(row)}` };
    for (const name of ["agency_id", "agency_name", "region_code"]) facts[name] = cell(name);
    ["province", "prefecture", "county"].forEach((name, place) => { facts[name] = (row) => row.place[place]; });
    for (const name of ["level", "sector", "year", "form", "scope", "published", "findings", "corrections"]) facts[name] = cell(name);
    for (const [name, [, , over, under]] of Object.entries(index.rates)) {
      facts[name] = (row) => rows.ratio(cell(over)(row), cell(under)(row));
      facts[`${name}_numerator`] = cell(over);
      facts[`${name}_denominator`] = cell(under);
    }
    for (const name of Object.keys(index.figures)) facts[name] ??= cell(name);
    const names = Object.keys(facts);
    return rows.csv(names, [...found].map((place) => names.map((name) => facts[name](all[place]))));
  };

  // the page --------------------------------------------------------------------------------------------------------

  const start = async () => {
    index = JSON.parse(await rows.read(form.dataset.index));
    makeColumns();
    const boxes = [...columns.values()].filter(({ key }) => key !== "organ")
      .map(({ key, words: name }) => rows.make("label", {}, rows.make("input", { type: "checkbox", value: key }), " ", name));
    form.querySelector(".columns-shown fieldset").append(...boxes);
    form.hidden = false;
    const reset = () => {
      const [asked, strange] = fromAddress();
      state = asked;
      return show(strange);
    };
    window.addEventListener("popstate", reset);
    return reset();
  };

  let pause;
  text.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => change({ q: text.value.slice(0, 100), page: 1 }, true), 120);
  });
  form.addEventListener("change", ({ target }) => {
    if (conditions.contains(target)) readConditions();
    else if (target.type === "checkbox") {
      const boxes = [...form.querySelectorAll(".columns-shown input:checked")];
      change({ shown: boxes.map((box) => box.value) });
    } else if (target.name === "province" || target.name === "prefecture") {
      change({ place: target.value || (target.name === "prefecture" ? selects.province.value : ""), page: 1 });
    } else if (CHOICES.includes(target.name)) change({ [target.name]: target.value, page: 1 });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  at("more-conditions").addEventListener("click", () => {
    if (conditions.children.length >= MOST_CONDITIONS) return;
    conditions.append(toCondition({ key: "requests_new_received_total", from: "", to: "" }));
    conditions.lastElementChild.querySelector("select").focus();
  });
  at("ask").querySelector("button").addEventListener("click", () => {
    for (const part of needed()) allowed.add(part.file);
    show();
  });
  at("pages").addEventListener("click", ({ target }) => {
    const last = Math.ceil(found.length / PER_PAGE);
    const to = { first: 1, before: state.page - 1, after: state.page + 1, last }[target.value];
    if (to) change({ page: to });
  });
  at("save").addEventListener("click", () => rows.save("reports-found.csv", toCsv()));
  at("clear").addEventListener("click", () => {
    text.value = "";
    conditions.replaceChildren();
    change({ ...EMPTY, shown: state.shown });
  });
  at("copy").addEventListener("click", async () => {
    at("copied").textContent = (await rows.copy(location.href)) ? words.copied : words.uncopied;
  });

  if (location.protocol === "file:") at("from-disk").hidden = false;
  else start().catch(() => { at("found").textContent = words.unread; });
})();
