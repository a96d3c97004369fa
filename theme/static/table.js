// Sorts and filters tables marked `data-sortable="NAME"`. Without this script a table stands whole in its given order.
//
// A column's head becomes a button: ascending, descending, the given order again. A cell sorts by its `data-value`, else
// by its text; “—” and 缺 are no value and stand last either way. `data-name` on a head names it in the address.
// A form `data-table="NAME"` narrows the table: a select keeps the rows that bear its value, in `data-of` at its place in
// the table's `data-keys` or in a `data-` of its own name; a field `q` keeps the rows in which every word stands.
// A table that shows only the first of its rows names the files of all of them in `data-parts` (CSV; a part is named by
// the code of its province); its heads then say which column they show (`data-column`) and how (`data-as`).
"use strict";
(() => {
  const NOTHING = new Set(["", "—", "缺"]);
  const MOST = 200;
  const collator = new Intl.Collator("zh-Hans-CN", { numeric: true });
  const english = document.documentElement.lang === "en";

  const bare = (text) => text.normalize("NFKC").toLowerCase();
  const tidy = (text) => text.replace(/\s+/g, " ").trim();
  const element = (name, properties = {}, ...inside) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...inside);
    return made;
  };
  const say = (words, figures) => words.replace(/\{(\w+)\}/g, (_, name) => figures[name]);

  // figures ---------------------------------------------------------------------------------------------------------

  const number = (text) => (/^[+−-]?[\d,]*\.?\d+%?$/.test(text) ? Number(text.replace(/[,%]/g, "").replace("−", "-")) : NaN);
  const grouped = (text) => (Math.abs(Number(text)) < 10000 ? text : text.replace(/\B(?=(\d{3})+$)/g, ","));
  // One decimal, half to even, as the pages are made.
  const percent = (text) => {
    const millionths = Math.round(Number(text) * 1e6);
    if (millionths === 0 || millionths === 1e6) return millionths ? "100%" : "0%";
    const below = Math.floor(millionths / 1000);
    const rest = millionths - below * 1000;
    const tenths = below + (rest > 500 || (rest === 500 && below % 2 !== 0) ? 1 : 0);
    return `${(tenths / 10).toFixed(1)}%`;
  };

  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
  const day = (text) => {
    const [year, month, date] = text.split("-").map(Number);
    return english ? `${date} ${MONTHS[month - 1]} ${year}` : `${year}年${month}月${date}日`;
  };

  // rows that are on the page, and rows of a file --------------------------------------------------------------------

  const rowOnPage = (node, keys) => ({
    key: (name) => (keys.includes(name) ? (node.dataset.of ?? "").split(" ")[keys.indexOf(name)] : node.dataset[name]),
    text: bare(node.textContent),
    value: (column) => {
      const cell = node.cells[column];
      return cell ? cell.dataset.value ?? tidy(cell.textContent) : "";
    },
    node: () => node,
  });

  // Every row of a CSV as an object by the names of its columns.
  const parse = (text) => {
    const lines = [[""]];
    let quoted = false;
    for (let place = 0; place < text.length; place++) {
      const line = lines[lines.length - 1];
      const sign = text[place];
      if (quoted && sign === '"' && text[place + 1] === '"') line[line.length - 1] += text[++place];
      else if (sign === '"') quoted = !quoted;
      else if (quoted) line[line.length - 1] += sign;
      else if (sign === ",") line.push("");
      else if (sign === "\n") lines.push([""]);
      else if (sign !== "\r") line[line.length - 1] += sign;
    }
    const [names = [], ...rows] = lines.filter((line) => line.length > 1);
    return rows.map((cells) => Object.fromEntries(names.map((name, place) => [name, cells[place] ?? ""])));
  };

  const key = (record, name) => (name === "province" ? `${record.region_code.slice(0, 2)}0000` : record[name]) || "-";

  const organ = (record, address) => {
    const link = element("a", { href: address });
    if (!english) link.append(record.agency_name);
    else link.append(element("span", { lang: "zh-Hans" }, record.agency_name));
    if (english && record.agency_pinyin) link.append(" ", element("span", { lang: "zh-Latn", className: "pinyin" }, record.agency_pinyin));
    return element("th", { scope: "row" }, link);
  };

  const cell = (shown, className) => element("td", { className }, shown);
  const figure = (text, shown) => cell(shown, text === "" ? "blank" : Number(text) === 0 ? "zero" : "some");
  const KINDS = {
    organ: (text, record, address) => organ(record, address),
    count: (text) => figure(text, text === "" ? "—" : grouped(text)),
    rate: (text) => figure(text, text === "" ? "—" : percent(text)),
    findings: (text, record, address) => {
      const found = figure(text, Number(text) ? element("a", { href: `${address}#findings` }, text) : text);
      if (Number(text)) found.className = "flagged";
      return found;
    },
    code: (text, record, address, words) => cell(words, "text"),
    day: (text) => (text === "" ? cell("—", "text blank") : cell(day(text), "text")),
    place: (text) => Object.assign(cell(text, "text"), english ? { lang: "zh-Hans" } : {}),
  };

  const rowOfFile = (table, record) => {
    const words = (column) => {
      const name = column.dataset.column;
      return table.words(name, key(record, name)) ?? record[name];
    };
    const value = (place) => {
      const column = table.columns[place];
      return column.dataset.as === "code" ? words(column) : record[column.dataset.column];
    };
    let node;
    const build = () => {
      const address = (table.node.dataset.link ?? "").replaceAll("AGENCY", record.agency_id);
      const cells = table.columns.map((column) => {
        const { column: name, as } = column.dataset;
        const shown = KINDS[as](record[name], record, address, as === "code" ? words(column) : "");
        if (as === "rate") shown.classList.toggle("weak", Number(record.denominator) < Number(table.node.dataset.few));
        return shown;
      });
      return element("tr", {}, ...cells);
    };
    return {
      key: (name) => key(record, name),
      text: bare(`${record.agency_name} ${record.agency_pinyin ?? ""} ${record.agency_id}`),
      value,
      node: () => (node ??= build()),
    };
  };

  // one table -------------------------------------------------------------------------------------------------------

  class Table {
    constructor(node, form, prefix) {
      this.node = node;
      this.form = form;
      this.prefix = prefix;
      this.keys = (node.dataset.keys ?? "").split(" ").filter(Boolean);
      this.columns = [...(node.tHead?.rows[node.tHead.rows.length - 1]?.cells ?? [])];
      this.bodies = [...node.tBodies].map((body) => this.body(body));
      this.parts = (node.dataset.parts ?? "").split(" ").filter(Boolean);
      this.loaded = new Map();
      this.shown = MOST;
      this.failed = false;
      this.sort = "";
      this.status = form?.querySelector("[role=status]");
      this.more = this.parts.length ? this.addMore() : null;
    }

    // A heading keeps its place above its rows, a sum its place below the rows that it adds up.
    body(body) {
      const rows = [...body.rows];
      const heads = rows.filter((row) => row.querySelector("[scope=rowgroup]"));
      const sums = rows.filter((row) => row.classList.contains("total"));
      const others = rows.filter((row) => !heads.includes(row) && !sums.includes(row));
      return { body, heads, sums, rows: others.map((row) => rowOnPage(row, this.keys)) };
    }

    words(name, value) {
      const options = this.form?.elements[name]?.options;
      return [...(options ?? [])].find((one) => one.value === value)?.textContent;
    }

    name(column) {
      return this.columns[column].dataset.name ?? String(column + 1);
    }

    start() {
      this.columns.forEach((head, column) => this.addButton(head, column));
      const asked = new URLSearchParams(location.search);
      for (const field of this.fields()) {
        field.value = asked.get(this.prefix + field.name) ?? "";
        if (field.selectedIndex < 0) field.selectedIndex = 0; // nothing here bears what the address asks for
      }
      const sort = asked.get(`${this.prefix}sort`) ?? "";
      this.sort = this.columns.some((_, column) => this.name(column) === sort.replace(/^-/, "")) ? sort : "";
      if (this.form) {
        this.form.hidden = false;
        this.form.addEventListener("submit", (event) => event.preventDefault());
        this.form.addEventListener("input", () => this.change());
        this.form.addEventListener("reset", () => setTimeout(() => this.change()));
      }
      if (this.sort || this.fields().some((field) => field.value)) this.show();
      else this.tell(this.total());
    }

    addButton(head, column) {
      if (head.dataset.sort === "none" || head.colSpan > 1 || !tidy(head.textContent)) return;
      const button = element("button", { type: "button", className: "sort" });
      button.append(...head.childNodes);
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const name = this.name(column);
        this.sort = this.sort === name ? `-${name}` : this.sort === `-${name}` ? "" : name;
        this.change();
      });
    }

    addMore() {
      const button = element("button", { type: "button", className: "more", hidden: true });
      button.addEventListener("click", () => {
        this.shown += MOST;
        this.show();
      });
      (this.node.closest(".scroll") ?? this.node).after(button);
      return button;
    }

    fields() {
      return this.form ? [...this.form.elements].filter((field) => field.name) : [];
    }

    total() {
      return Number(this.node.dataset.total ?? this.rows().length);
    }

    rows() {
      return this.bodies.flatMap((one) => one.rows);
    }

    change() {
      this.shown = MOST;
      const address = new URL(location.href);
      for (const field of this.fields()) this.note(address, field.name, field.value);
      this.note(address, "sort", this.sort);
      try {
        history.replaceState(null, "", address);
      } catch {
        // Opened from a disk, a page may not change its address.
      }
      this.show();
    }

    note(address, name, value) {
      if (value) address.searchParams.set(this.prefix + name, value);
      else address.searchParams.delete(this.prefix + name);
    }

    async show() {
      const turn = (this.turn = Symbol("turn"));
      await this.load();
      if (this.turn !== turn) return; // asked for something else while it was loading
      const column = this.columns.findIndex((_, place) => this.name(place) === this.sort.replace(/^-/, ""));
      const keep = this.filter();
      let found = 0;
      for (const { body, heads, sums, rows } of this.bodies) {
        const kept = this.sorted(rows.filter(keep), column);
        const shown = this.parts.length ? kept.slice(0, this.shown) : kept;
        body.replaceChildren(...heads, ...shown.map((row) => row.node()), ...sums);
        found += kept.length;
      }
      this.columns.forEach((head, place) => this.mark(head, place === column));
      this.tell(found);
    }

    mark(head, sorted) {
      if (sorted) head.setAttribute("aria-sort", this.sort.startsWith("-") ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }

    filter() {
      const wanted = this.fields().filter((field) => field.value && field.name !== "q").map((field) => [field.name, field.value]);
      const words = bare(this.form?.elements.q?.value ?? "").split(/\s+/).filter(Boolean);
      return (row) => wanted.every(([name, value]) => row.key(name) === value) && words.every((word) => row.text.includes(word));
    }

    sorted(rows, column) {
      if (column < 0) return rows;
      const given = rows.map((row) => [row, row.value(column)]);
      const some = given.filter(([, value]) => !NOTHING.has(value));
      const figures = some.every(([, value]) => !Number.isNaN(number(value)));
      const way = this.sort.startsWith("-") ? -1 : 1;
      const compare = figures ? (one, other) => number(one) - number(other) : collator.compare;
      some.sort(([, one], [, other]) => way * compare(one, other));
      return [...some, ...given.filter(([, value]) => NOTHING.has(value))].map(([row]) => row);
    }

    tell(found) {
      const total = this.total();
      if (this.status) {
        const { all = "", some = "", none = some } = this.status.dataset;
        const figures = { found: grouped(String(found)), total: grouped(String(total)) };
        this.status.textContent = say(found === total ? all : found ? some : none, figures);
      }
      if (this.more) {
        this.more.hidden = this.failed || found <= this.shown;
        this.more.textContent = say(this.node.dataset.more ?? "", { n: Math.min(MOST, found - this.shown) });
      }
    }

    // All rows, or those of the one province that is asked for; each part is read once.
    async load() {
      if (!this.parts.length || this.failed) return;
      const province = this.form?.elements.province?.value;
      const own = this.parts.filter((part) => province && part.endsWith(`${province}.csv`));
      const needed = own.length ? own : this.parts;
      if (this.status && needed.some((part) => !this.loaded.has(part))) this.status.textContent = this.status.dataset.loading ?? "";
      try {
        await Promise.all(needed.map((part) => this.loaded.get(part) ?? this.read(part)));
        const records = (await Promise.all(needed.map((part) => this.loaded.get(part)))).flat();
        this.bodies[0].rows = records;
      } catch {
        // Opened from a disk, a page may read no other file: the rows that are there have to do.
        this.failed = true;
        this.form?.querySelector(".failed")?.removeAttribute("hidden");
      }
    }

    // English pages show names in pinyin, too: the lists of the year's reports have it, province by province.
    async spell(records) {
      if (!english || !this.node.dataset.names) return records;
      const provinces = [...new Set(records.map((record) => key(record, "province")))];
      const lists = await Promise.all(provinces.map((code) => this.list(this.node.dataset.names.replace("PROVINCE", code))));
      const spelt = new Map(lists.flat().map((record) => [record.agency_id, record.agency_pinyin]));
      return records.map((record) => ({ ...record, agency_pinyin: spelt.get(record.agency_id) }));
    }

    // A name that cannot be spelt is shown in Chinese alone.
    list(address) {
      return fetch(address).then((answer) => (answer.ok ? answer.text() : "")).then(parse, () => []);
    }

    read(part) {
      const { only } = this.node.dataset;
      const rows = fetch(part)
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.status))))
        .then((text) => this.spell(parse(text).filter((record) => !only || record.status === only)))
        .then((records) => records.map((record) => rowOfFile(this, record)));
      this.loaded.set(part, rows);
      return rows;
    }
  }

  const tables = [...document.querySelectorAll("table[data-sortable]")];
  const formOf = (table) => [...document.forms].find((form) => form.dataset.table && form.dataset.table === table.dataset.sortable);
  // The first table with a form (else the first) has the plain names in the address, any other its own before them.
  const first = tables.find(formOf) ?? tables[0];
  for (const table of tables) new Table(table, formOf(table), table === first ? "" : `${table.dataset.sortable}.`).start();
})();
