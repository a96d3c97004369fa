// Searches the text of all pages with the index that Pagefind made, where it was made; nothing of it is read before
// somebody asks for it. `search/text.json` tells where the index lies; where there is none the section stays hidden.
"use strict";
(() => {
  const STEP = 10;
  const english = document.documentElement.lang === "en";
  const say = (chinese, inEnglish) => (english ? inEnglish : chinese);
  const section = document.getElementById("text");
  const form = document.querySelector("form.search");
  const button = section.querySelector("button");
  const found = section.querySelector(".found");
  const results = section.querySelector(".results");
  const told = new URL(section.dataset.told, location.href);
  let address;
  let words = "";
  let asked = 0;

  let loading;
  const load = () => {
    loading ??= import(address).then(async (pagefind) => {
      await pagefind.options({ excerptLength: 40 });
      await pagefind.init();
      return pagefind;
    });
    return loading;
  };

  // An excerpt comes as HTML; only its text and its marks are taken over.
  const toExcerpt = (html) => {
    const told = document.createElement("p");
    for (const node of new DOMParser().parseFromString(html, "text/html").body.childNodes) {
      if (node.nodeName !== "MARK") { told.append(node.textContent); continue; }
      const mark = document.createElement("mark");
      mark.textContent = node.textContent;
      told.append(mark);
    }
    return told;
  };
  const toItem = ({ url, meta, excerpt }) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = url;
    link.textContent = meta.title || url;
    item.append(link, toExcerpt(excerpt));
    return item;
  };

  const show = async (hits, mine, from = 0) => {
    const pages = await Promise.all(hits.slice(from, from + STEP).map((hit) => hit.data()));
    if (mine !== asked) return;
    results.querySelector("button")?.closest("li").remove();
    results.append(...pages.map(toItem));
    if (from) results.children[from].querySelector("a").focus();
    if (hits.length <= from + STEP) return;
    const more = document.createElement("button");
    more.type = "button";
    more.className = "more";
    more.textContent = say("再列一些", "Show more");
    more.addEventListener("click", () => show(hits, mine, from + STEP).catch(fail));
    const item = document.createElement("li");
    item.append(more);
    results.append(item);
  };

  const find = async () => {
    const mine = ++asked;
    results.replaceChildren();
    found.textContent = say("正在查找……", "Searching …");
    const answer = await (await load()).search(words);
    if (mine !== asked) return;
    const count = answer.results.length;
    found.textContent = count ? say(`在${count}个网页中找到。`, `Found on ${count} page${count === 1 ? "" : "s"}.`)
      : say("全部网页中都没有这些字词。", "Nothing found. On English pages Chinese is found by whole names only: look among the names above.");
    await show(answer.results, mine);
  };
  const fail = () => { found.textContent = say("现在无法查找全文。", "The full text cannot be searched now."); };
  const begin = () => { if (words) find().catch(fail); };

  const offer = (text) => {
    asked++;
    words = text;
    button.textContent = words ? say(`在全部网页的文字中查找“${words}”`, `Search all pages for “${words}”`)
      : say("在全部网页的文字中查找", "Search all pages");
    button.disabled = !words;
    found.textContent = "";
    results.replaceChildren();
  };

  const start = async () => {
    if (location.protocol === "file:") return;
    const { index } = await (await fetch(told)).json();
    if (!index) return;
    address = new URL(index, told);
    offer(form.querySelector("input").value.trim());
    section.hidden = false;
    form.addEventListener("asked", (event) => offer(event.detail));
    form.addEventListener("unnamed", begin);
    button.addEventListener("click", begin);
  };
  start().catch(() => {});
})();
