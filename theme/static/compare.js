// Sets organs side by side. The address holds the choice; without this script the page says how else to compare.
"use strict";
(() => {
  const MOST_HITS = 20;
  const form = document.getElementById("choose");
  const words = rows.words();
  const find = (selector) => form.querySelector(selector);
  const [chosen, who, which, turned] = [".chosen", "#who", "#which", "#turned"].map(find);
  const boxes = [...form.querySelectorAll('input[name="f"]')];
  const years = [...form.querySelectorAll('input[name="y"]')];
  const most = Number(form.dataset.most);
  const mostFigures = Number(form.dataset.mostFigures);
  const english = document.documentElement.lang === "en";
  let choice;
  let shown = null;

  // what can be chosen ----------------------------------------------------------------------------------------------

  // A figure stands in the list once or twice; the first place has the shorter words.
  const figures = new Map();
  for (const box of boxes) {
    const row = box.closest("fieldset").querySelector("legend").textContent.trim();
    const own = box.parentElement.querySelector("span").textContent;
    const isAlone = Boolean(box.closest("fieldset").querySelector("legend .unseen"));
    if (!figures.has(box.value)) figures.set(box.value, {
      key: box.value,
      words: isAlone ? own : rows.say(words.joined, { row, column: own }),
      forms: box.dataset.forms.split(" "),
      isRate: "rate" in box.dataset,
      other: box.dataset.other ?? "",
    });
  }
  const order = new Map([...figures.keys()].map((key, place) => [key, place]));

  const usual = () => ({
    organs: [],
    years: years.slice(-5).map((box) => box.value),
    figures: form.dataset.usual.split(","),
    turned: false,
  });

  // the address -----------------------------------------------------------------------------------------------------

  const fromAddress = () => {
    const asked = new URLSearchParams(location.search);
    const strange = [...new Set([...asked.keys()].filter((name) => !["a", "y", "f", "t"].includes(name)))].map((name) => name.slice(0, 30));
    const offered = new Set(years.map((box) => box.value));
    const tests = { a: (id) => /^\d{6}-[a-z]+\d*$/.test(id) && id.length < 80, y: (year) => offered.has(year), f: (key) => figures.has(key) };
    const given = Object.fromEntries(Object.entries(tests).map(([name, isGood]) => [name, rows.listed(asked, name, isGood, strange)]));
    strange.push(...given.a.splice(most), ...given.f.splice(mostFigures));
    if (!["", "0", "1"].includes(asked.get("t") ?? "")) strange.push("t");
    return [{
      organs: given.a,
      years: asked.has("y") ? given.y.sort() : usual().years,
      figures: asked.has("f") ? given.f.sort((one, other) => order.get(one) - order.get(other)) : usual().figures,
      turned: asked.get("t") === "1",
    }, strange];
  };

  const toAddress = () => `?a=${choice.organs.join(",")}&y=${choice.years.join(",")}&f=${choice.figures.join(",")}${choice.turned ? "&t=1" : ""}`;

  const ignore = (strange) => {
    const line = document.getElementById("ignored");
    line.textContent = strange.length ? rows.say(words.ignored, { list: strange.slice(0, 5).join(words.between) + (strange.length > 5 ? "…" : "") }) : "";
    line.hidden = !strange.length;
  };

  // organs ----------------------------------------------------------------------------------------------------------

  const held = new Map();

  // The rows of an organ by year, read once; null where there is no such organ.
  const reports = (id) => {
    if (!held.has(id)) {
      const address = form.dataset.rows.replace("AGENCY", id);
      const promise = rows.read(address).then((text) => rows.parse(text), (error) => {
        if (error.status === 404) return null;
        held.delete(id); // a network that was away may be back
        throw error;
      });
      held.set(id, promise);
    }
    return held.get(id);
  };

  const names = organNames.open(form.dataset.names);

  // A name; on English pages its pinyin follows.
  const named = (name, pinyin) => [rows.make("span", { lang: "zh-Hans" }, name), english && pinyin ? rows.make("span", { class: "pinyin", lang: "zh-Latn" }, ` ${pinyin}`) : ""];

  const toHit = ({ id, name, pinyin, note }) => {
    const button = rows.make("button", { type: "button", "aria-label": `${words.add} ${name}` }, words.add);
    button.addEventListener("click", () => add(id));
    return rows.make("li", {}, button, " ", ...named(name, pinyin), " ", rows.make("small", {}, note));
  };

  let searched = Promise.resolve();

  const search = async () => {
    const typed = who.value;
    const hits = typed.trim() ? (await names.find(typed, MOST_HITS + 1)).filter(({ id }) => !choice.organs.includes(id)) : [];
    if (typed !== who.value) return;
    find(".who .results").replaceChildren(...hits.slice(0, MOST_HITS).map(toHit));
    find(".who .found").textContent = !typed.trim() ? "" : !hits.length ? words.none
      : rows.say(hits.length > MOST_HITS ? words.first : words.hits, { n: hits.length, most: MOST_HITS });
  };

  const add = (id) => {
    if (choice.organs.length >= most) {
      find(".who .found").textContent = rows.say(words.full, { most });
      return;
    }
    choice.organs.push(id);
    who.value = "";
    find(".who .results").replaceChildren();
    find(".who .found").textContent = "";
    who.focus();
    push();
  };

  const toChosen = ({ id, name, pinyin }) => {
    const button = rows.make("button", { type: "button", "aria-label": rows.say(words.remove, { name }) }, "×");
    button.addEventListener("click", () => {
      choice.organs = choice.organs.filter((one) => one !== id);
      who.focus();
      push();
    });
    return rows.make("li", {}, ...named(name, pinyin), " ", button);
  };

  // the figures -----------------------------------------------------------------------------------------------------

  const alike = (other) => [...figures.values()].filter((figure) => figure.other === other);

  // A report prints （六）其他处理 in one row or in three. Where all of it is blank, nothing tells in which.
  const prints = (report, figure) => {
    if (!figure.other) return "yes";
    const has = (other) => alike(other).some(({ key }) => report[key] !== null);
    if (has(figure.other)) return "yes";
    return has(figure.other === "single" ? "three" : "single") ? "no" : "unsure";
  };

  // What stands in a cell: `kind` missing, absent, unsure, blank, norate, or figure.
  const cellOf = (report, figure) => {
    if (!report) return { kind: "missing" };
    const value = report[figure.key] ?? null;
    const parts = figure.isRate ? [report[`${figure.key}_numerator`], report[`${figure.key}_denominator`]] : null;
    if (value !== null) return { kind: "figure", value, parts };
    if (!figure.forms.includes(report.form)) return { kind: "absent" };
    if (figure.isRate) return { kind: "norate", parts };
    return { kind: { yes: "blank", no: "absent", unsure: "unsure" }[prints(report, figure)] };
  };

  const told = (parts) => `${parts.map((part) => (part === null ? "—" : rows.count(part))).join("/")}`;

  const abbr = (text, title) => rows.make("abbr", { title }, text);

  const toBar = (cell, longest) => {
    const share = (100 * Number(cell.value)) / longest;
    if (!(share > 0)) return null;
    const bar = rows.make("i", { "aria-hidden": "true" });
    bar.style.setProperty("--share", Math.min(share, 100).toFixed(1));
    return bar;
  };

  const toCell = (report, figure, longest) => {
    const cell = cellOf(report, figure);
    const mark = report?.scope === "jurisdiction" && cell.kind === "figure" ? abbr("※", words.whole_title) : null;
    const small = cell.parts ? rows.make("small", {}, told(cell.parts)) : null;
    if (cell.kind === "missing") return rows.make("td", { class: "quiet" }, abbr(words.missing, words.missing_title));
    if (cell.kind === "absent") return rows.make("td", { class: "quiet absent" }, abbr(words.absent, words.absent_title));
    if (cell.kind === "unsure") return rows.make("td", { class: "blank" }, abbr("—？", words.blank_title));
    if (cell.kind === "blank") return rows.make("td", { class: "blank" }, abbr("—", words.blank_title));
    if (cell.kind === "norate") return rows.make("td", { class: "blank" }, abbr("—", words.norate_title), small);
    const text = figure.isRate ? rows.percent(cell.value) : rows.count(cell.value);
    const isZero = Number(cell.value) === 0;
    return rows.make("td", { class: isZero ? "zero" : "some" }, mark, text, small, toBar(cell, longest));
  };

  const toReport = (organ, year) => {
    const report = organ.reports.get(year);
    if (!report) return rows.make("td", { class: "quiet" }, abbr(words.missing, words.missing_title));
    const address = form.dataset.report.replace("AGENCY", organ.id).replace("YEAR", year);
    const isWhole = report.scope === "jurisdiction";
    return rows.make("td", {}, isWhole ? abbr("※", words.whole_title) : null, rows.make("a", { href: address }, words.report),
      rows.make("small", {}, rows.say(words.form, { form: report.form })));
  };

  // Where an organ's report has another form than the one before it: the first year after the change.
  const changed = (organ, year) => {
    const before = choice.years.filter((one) => one < year && organ.reports.has(one)).pop();
    const [one, other] = [organ.reports.get(year), organ.reports.get(before)];
    return Boolean(one && other && one.form !== other.form);
  };

  const toTable = (organs) => {
    const across = choice.turned ? organs : choice.years;
    const down = choice.turned ? choice.years : organs;
    const pair = (one, other) => (choice.turned ? [other, one] : [one, other]);
    const name = (organ) => rows.make("a", { href: form.dataset.agency.replace("AGENCY", organ.id) }, ...named(organ.name, organ.pinyin));
    const head = (one, scope) => rows.make("th", { scope }, typeof one === "string" ? one : name(one));
    const lines = (toOne) => down.map((one) => rows.make("tr", {}, head(one, "row"), ...across.map((other) => {
      const [organ, year] = pair(one, other);
      const cell = toOne(organ, year);
      if (changed(organ, year)) cell.classList.add("newform");
      return cell;
    })));
    const body = (title, toOne) => rows.make("tbody", {},
      rows.make("tr", {}, rows.make("th", { scope: "rowgroup", colspan: across.length + 1 }, rows.make("span", {}, title))), ...lines(toOne));
    const bodies = choice.figures.map((key) => {
      const figure = figures.get(key);
      const all = organs.flatMap((organ) => choice.years.map((year) => Number(organ.reports.get(year)?.[key] ?? 0)));
      const longest = Math.max(figure.isRate ? 1 : 0, ...all);
      return body(figure.words, (organ, year) => toCell(organ.reports.get(year), figure, longest));
    });
    const caption = rows.make("caption", { id: "t-compared" }, rows.say(words.caption, { organs: organs.length, years: choice.years.length, figures: choice.figures.length }));
    const heads = rows.make("tr", {}, rows.make("th", { scope: "col" }, choice.turned ? words.year : words.organ), ...across.map((one) => head(one, "col")));
    const table = document.querySelector("#compared table");
    table.classList.toggle("turned", choice.turned);
    table.replaceChildren(caption, rows.make("thead", {}, heads), body(words.report, toReport), ...bodies);
  };

  const toNotes = (organs) => {
    const cells = organs.flatMap((organ) => choice.years.map((year) => [organ, year, organ.reports.get(year)]));
    const isUnsure = (report) => choice.figures.some((key) => cellOf(report, figures.get(key)).kind === "unsure");
    const notes = [words.legend];
    if (cells.some(([, , report]) => report?.scope === "jurisdiction")) notes.push(words.whole_note);
    if (cells.some(([organ, year]) => changed(organ, year))) notes.push(words.form_note);
    if (cells.some(([, , report]) => isUnsure(report))) notes.push(words.unsure_note);
    document.querySelector("#compared .notes").replaceChildren(...notes.map((note) => rows.make("li", {}, note)));
  };

  // show ------------------------------------------------------------------------------------------------------------

  const tick = () => {
    for (const box of boxes) box.checked = choice.figures.includes(box.value);
    for (const box of years) box.checked = choice.years.includes(box.value);
    turned.checked = choice.turned;
    find(".picked").textContent = rows.say(words.picked, { n: choice.figures.length });
  };

  const toOrgan = (id, held, read) => {
    const name = held.at(-1).agency_name;
    return { id, name, pinyin: read.get(id)?.get(name), reports: new Map(held.map((row) => [row.year, row])) };
  };

  const show = async (strange) => {
    tick();
    const asked = choice;
    const ids = [...asked.organs];
    const answers = await Promise.allSettled(ids.map(reports));
    const read = english && ids.length ? await names.read(ids).catch(() => new Map()) : new Map();
    if (choice !== asked) return; // chosen on while it was reading
    const unread = ids.filter((id, place) => answers[place].status === "rejected");
    const unknown = ids.filter((id, place) => answers[place].status === "fulfilled" && !answers[place].value?.length);
    shown = ids.flatMap((id, place) => (answers[place].value?.length ? [toOrgan(id, answers[place].value, read)] : []));
    choice.organs = ids.filter((id) => !unknown.includes(id));
    ignore([...strange, ...unknown]);
    const named = new Map(shown.map((organ) => [organ.id, organ]));
    chosen.replaceChildren(...choice.organs.map((id) => toChosen(named.get(id) ?? { id, name: id })));
    const isEmpty = !choice.years.length || !choice.figures.length;
    document.getElementById("said").textContent = unread.length ? rows.say(words.unread, { list: unread.join(words.between) }) : isEmpty ? words.empty : "";
    document.getElementById("copied").textContent = "";
    if (shown.length) {
      toTable(shown);
      toNotes(shown);
    }
    document.getElementById("compared").hidden = !shown.length && !unread.length;
  };

  const push = () => {
    choice = { ...choice };
    if (toAddress() !== location.search) history.pushState(null, "", toAddress());
    show([]);
  };

  const reset = () => {
    const [asked, strange] = fromAddress();
    choice = asked;
    show(strange);
  };

  // take along ------------------------------------------------------------------------------------------------------

  const columnsOf = (key) => (figures.get(key).isRate ? [key, `${key}_numerator`, `${key}_denominator`] : [key]);

  const toLine = (organ, year) => {
    const report = organ.reports.get(year);
    const absent = choice.figures.filter((key) => cellOf(report, figures.get(key)).kind === "absent");
    const facts = [report?.report_id, organ.id, report?.agency_name ?? organ.name, year, report?.form, report?.scope, String(Boolean(report))];
    return [...facts, ...choice.figures.flatMap(columnsOf).map((column) => report?.[column]), absent.join(" ")];
  };

  const toCsv = () => rows.csv(
    ["report_id", "agency_id", "agency_name", "year", "form", "scope", "held", ...choice.figures.flatMap(columnsOf), "not_on_form"],
    shown.flatMap((organ) => choice.years.map((year) => toLine(organ, year))),
  );

  // the page --------------------------------------------------------------------------------------------------------

  const narrow = () => {
    const parts = rows.bare(which.value).split(/\s+/).filter(Boolean);
    let n = 0;
    for (const block of form.querySelectorAll(".block")) {
      for (const line of block.querySelectorAll("fieldset")) {
        const front = rows.bare(`${block.querySelector("h2").textContent} ${line.querySelector("legend").textContent}`);
        for (const label of line.querySelectorAll("label")) {
          const text = `${front} ${rows.bare(label.textContent)} ${label.querySelector("input").value}`;
          label.hidden = !parts.every((part) => text.includes(part));
          n += label.hidden ? 0 : 1;
        }
        line.hidden = !line.querySelector("label:not([hidden])");
      }
      block.hidden = !block.querySelector("fieldset:not([hidden])");
    }
    which.parentElement.querySelector(".found").textContent = parts.length ? rows.say(words.figures_found, { n }) : "";
  };

  const pick = (box) => {
    const kept = new Set(choice.figures);
    if (box.checked) kept.add(box.value);
    else kept.delete(box.value);
    if (kept.size > mostFigures) {
      tick();
      find(".picked").textContent = rows.say(words.full_figures, { most: mostFigures });
      return;
    }
    choice.figures = [...kept].sort((one, other) => order.get(one) - order.get(other));
    push();
  };

  form.addEventListener("change", ({ target }) => {
    if (target.name === "f") pick(target);
    if (target.name === "y") choice.years = years.filter((box) => box.checked).map((box) => box.value);
    if (target === turned) choice.turned = turned.checked;
    if (target.name === "y" || target === turned) push();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  who.addEventListener("keydown", async (event) => {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    await searched;
    find(".who .results button")?.click();
  });
  who.addEventListener("input", () => {
    searched = search().catch(() => { find(".who .found").textContent = words.unsearched; });
  });
  which.addEventListener("input", narrow);
  document.getElementById("save").addEventListener("click", () => rows.save("compare.csv", toCsv()));
  document.getElementById("copy").addEventListener("click", async () => {
    const done = await rows.copy(new URL(toAddress(), location.href).href);
    document.getElementById("copied").textContent = done ? words.copied : words.uncopied;
  });
  window.addEventListener("popstate", reset);

  if (location.protocol === "file:") {
    document.getElementById("from-disk").hidden = false;
  } else {
    form.hidden = false;
    reset();
  }
})();
