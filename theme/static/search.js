// Finds organs by name, former name or place. Without this script the box stays hidden and the lists lead to everything.
"use strict";
(() => {
  const MOST = 30;
  const form = document.querySelector("form.search");
  const box = form.querySelector("input");
  const found = form.querySelector(".found");
  const results = form.querySelector(".results");
  let organs;

  const bare = (text) => text.normalize("NFKC").toLowerCase();

  const load = () => {
    organs ??= fetch(form.dataset.names)
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.status))))
      .then((text) => text.split("\n").filter(Boolean).map((line) => [bare(line), ...line.split("\t")]));
    return organs;
  };

  const toItem = ([, id, name, former, place]) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const note = document.createElement("small");
    link.href = form.dataset.agency.replace("AGENCY", id);
    link.textContent = name;
    note.textContent = [former && `曾用名：${former}`, place].filter(Boolean).join(" · ");
    item.append(link, " ", note);
    return item;
  };

  // Every word has to stand somewhere in the line; the words may stand in any order.
  const show = async () => {
    const words = bare(box.value).split(/\s+/).filter(Boolean);
    const lines = words.length ? await load() : [];
    if (words.join() !== bare(box.value).split(/\s+/).filter(Boolean).join()) return; // typed on while it was loading
    const hits = lines.filter(([line]) => words.every((word) => line.includes(word)));
    results.replaceChildren(...hits.slice(0, MOST).map(toItem));
    found.textContent = !words.length ? "" : !hits.length ? "没有找到，可以换一个字词，或看机关列表。"
      : hits.length > MOST ? `找到${hits.length}个机关，列出前${MOST}个。` : `找到${hits.length}个机关。`;
  };

  // Opened from a disk, a page may read no other file: the list of organs, which is there without a script, has to do.
  const fail = () => { form.hidden = true; };

  box.addEventListener("input", () => show().catch(fail));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const only = results.querySelectorAll("a");
    if (only.length === 1) only[0].click();
  });
  box.value = new URLSearchParams(location.search).get("q") ?? "";
  if (location.protocol !== "file:") {
    form.hidden = false;
    show().catch(fail);
  }
})();
