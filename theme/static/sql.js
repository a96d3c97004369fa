// The SQL page: loads the database when asked to, runs queries in a worker, shows what they give.
// `#q=` in the address puts a query into the box; it is never run by itself.
"use strict";
(() => {
  const form = document.getElementById("sql");
  if (!form) return;
  const STEP = 200; // rows shown at a time
  const english = document.documentElement.lang === "en";
  const t = (chinese, inEnglish) => (english ? inEnglish : chinese);
  const part = (name) => form.querySelector(`[data-${name}]`);
  const [loadButton, stopButton, moreButton, csvButton] = ["load", "stop", "more", "csv"].map(part);
  const runButton = form.querySelector("[type=submit]");
  const query = form.querySelector("textarea");
  const progress = form.querySelector("progress");
  const status = form.querySelector("[role=status]");
  const table = form.querySelector("table");

  let worker; // has the database open
  let bytes; // the database, kept for the next worker when one is stopped
  let result;
  let shown = 0;

  const { count } = rows;
  const megabytes = (number) => `${(number / 1048576).toFixed(1)} MB`;
  const element = (name, text, className = "") => Object.assign(document.createElement(name), { textContent: text, className });
  const whole = (path) => new URL(path, location.href).href;

  // the database ----------------------------------------------------------------------------------------------------

  const tellLoading = (done) => {
    const all = Number(form.dataset.bytes);
    progress.value = Math.min(done / all, 1);
    status.textContent = t(`已下载${megabytes(done)}，共${megabytes(all)}`, `${megabytes(done)} of ${megabytes(all)} loaded`);
  };

  const download = async () => {
    const answer = await fetch(form.dataset.database);
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    const chunks = [];
    let done = 0;
    for (const reader = answer.body.getReader(); ; ) {
      const { value } = await reader.read();
      if (!value) break;
      chunks.push(value);
      tellLoading((done += value.length));
    }
    return new Blob(chunks).arrayBuffer();
  };

  // What the worker answers to one message. An answer to an earlier worker never comes.
  const ask = (message, transfer = []) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data.failed === undefined ? resolve(data) : reject(new Error(data.failed)));
      worker.onerror = (event) => reject(new Error(event.message || t("没能读到程序文件", "its files could not be read")));
      worker.postMessage(message, transfer);
    });

  const start = async () => {
    worker = new Worker(form.dataset.worker, { type: "module" });
    const copy = bytes.slice(0);
    await ask({ engine: whole(form.dataset.engine), bytes: copy }, [copy]);
    runButton.disabled = false;
  };

  const load = async () => {
    loadButton.disabled = true;
    progress.hidden = false;
    try {
      bytes ??= await download();
      status.textContent = t("正在打开数据库", "Opening the database");
      await start();
      loadButton.parentElement.hidden = true;
      status.textContent = t("数据库已打开，可以查询了。", "The database is open.");
      query.focus();
    } catch (error) {
      worker?.terminate();
      worker = bytes = undefined;
      progress.hidden = true;
      loadButton.disabled = false;
      status.textContent = t("没能打开数据库：", "The database could not be opened: ") + error.message;
    }
  };

  // a query ---------------------------------------------------------------------------------------------------------

  const hint = (message) => {
    if (/no such (table|column)|has no column/.test(message)) return t("。表和栏目的名称见下面的清单。", ". The names of tables and columns are listed below.");
    if (/readonly|read-only/.test(message)) return t("。这个数据库只能读，不能改。", ". The database can be read, not changed.");
    return "";
  };

  const setRunning = (running) => {
    runButton.disabled = running;
    stopButton.hidden = !running;
  };

  const run = async () => {
    const sql = query.value;
    if (runButton.disabled) {
      if (!worker) status.textContent = t("请先下载数据库。", "Load the database first.");
      return;
    }
    if (!sql.trim()) {
      status.textContent = t("查询框是空的。", "The query box is empty.");
      return;
    }
    history.replaceState(null, "", share());
    setRunning(true);
    part("result").hidden = true;
    status.textContent = t("正在查询", "Running");
    try {
      result = (await ask({ sql })).result;
      show();
    } catch (error) {
      status.textContent = t("SQLite没能执行这个查询：", "SQLite could not run this query: ");
      status.append(Object.assign(element("code", error.message), { lang: "en" }), hint(error.message));
    }
    setRunning(false);
  };

  const stop = async () => {
    worker.terminate();
    stopButton.hidden = true;
    status.textContent = t("查询已停止。", "The query was stopped.");
    query.focus();
    try {
      await start();
    } catch (error) {
      status.textContent = t("没能打开数据库：", "The database could not be opened: ") + error.message;
    }
  };

  // the result ------------------------------------------------------------------------------------------------------

  const text = (value) => (value instanceof Uint8Array ? [...value].map((one) => one.toString(16).padStart(2, "0")).join("") : String(value));
  const isNumber = (value) => typeof value === "number" || typeof value === "bigint";
  const cell = (value) => {
    if (value === null) return element("td", "NULL", "blank");
    if (isNumber(value)) return element("td", text(value), Number(value) === 0 ? "zero" : "some");
    return element("td", text(value), "words");
  };

  const showMore = () => {
    const more = result.rows.slice(shown, shown + STEP);
    table.tBodies[0].append(...more.map((row) => {
      const line = document.createElement("tr");
      line.append(...row.map(cell));
      return line;
    }));
    shown += more.length;
    moreButton.hidden = shown === result.rows.length;
    const all = (result.cut ? t("超过", "More than ") : "") + count(result.rows.length);
    const some = shown < result.rows.length ? t(`，显示前${count(shown)}行`, `, the first ${count(shown)} shown`) : "";
    table.caption.textContent = t(`${all}行`, result.rows.length === 1 ? "1 row" : `${all} rows`) + some;
  };

  const show = () => {
    const head = document.createElement("tr");
    head.append(...result.columns.map((name, place) => {
      const isText = result.rows.every((row) => !isNumber(row[place]));
      return Object.assign(element("th", name, isText ? "text" : ""), { scope: "col" });
    }));
    table.tHead.replaceChildren(head);
    table.tBodies[0].replaceChildren();
    shown = 0;
    const seconds = (result.took / 1000).toFixed(2);
    status.textContent = result.columns.length
      ? t(`查询完成，用时${seconds}秒。`, `Done in ${seconds} s.`)
      : t("查询没有给出结果。", "The query gives no result.");
    if (result.statements > 1) status.textContent += t("查询有几条语句，只显示第一个结果。", " There are several statements; the first result is shown.");
    part("result").hidden = !result.columns.length;
    if (result.columns.length) showMore();
  };

  const csv = () => {
    const lines = result.rows.map((row) => row.map((value) => (value === null ? null : text(value))));
    rows.save("gongkai-query.csv", rows.csv(result.columns, lines));
  };

  // the address -----------------------------------------------------------------------------------------------------

  const share = () => `#q=${encodeURIComponent(query.value)}`;
  const tellAddress = () => part("share").setAttribute("href", share());
  const take = () => {
    const asked = [location.hash.slice(1), location.search.slice(1)].map((one) => new URLSearchParams(one).get("q")).find(Boolean);
    if (!asked || asked === query.value) return false;
    query.value = asked;
    tellAddress();
    status.textContent = t("查询来自网址，还没有运行。", "The query comes from the address and has not been run.");
    return true;
  };

  // -----------------------------------------------------------------------------------------------------------------

  for (const button of document.querySelectorAll("[data-example]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      query.value = document.getElementById(button.dataset.example).textContent;
      tellAddress();
      query.focus();
      query.scrollIntoView({ block: "nearest" });
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  query.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run();
  });
  query.addEventListener("input", tellAddress);
  loadButton.addEventListener("click", load);
  stopButton.addEventListener("click", stop);
  moreButton.addEventListener("click", showMore);
  csvButton.addEventListener("click", csv);
  addEventListener("hashchange", take);
  if (!take()) query.value = document.querySelector("[id^=query-]")?.textContent ?? "";
  tellAddress();
  if (location.protocol === "file:") {
    loadButton.disabled = true;
    status.textContent = t("网页是从磁盘打开的，浏览器不许它读数据库。请用make serve打开网站。", "This page was opened from a disk, where a browser does not let it read the database. Open the site with make serve.");
  }
  form.hidden = false;
})();
