// Finds places and organs by name, former name, pinyin and initials, and words on all pages where those were indexed.
// Without this script the box stays hidden and the lists lead to everything. What the index holds and how names are
// written in it is told in pipeline/pages/search.py.
"use strict";
(() => {
  const english = document.documentElement.lang === "en";
  const say = (chinese, inEnglish) => (english ? inEnglish : chinese);
  const element = (name, properties = {}, ...inside) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...inside);
    return made;
  };

  // letters ---------------------------------------------------------------------------------------------------------

  const HAN = /[\u3400-\u9fff\u{20000}-\u{3ffff}]/u;
  const KIND = /(?:特别行政区|自治[区州县旗]|地区|林区|特区|新区|矿区|[省市州盟县区旗])$/;
  const simplified = new Map();

  // One form for all ways to write the same: half width, small letters, simplified characters.
  const bare = (text) => Array.from(text.normalize("NFKC").toLowerCase(), (one) => simplified.get(one) ?? one).join("");
  // Pinyin as people type it: lü, lv and lyu are all lu. Inside a word “nyu” is the end of one syllable and another.
  const typed = (text) =>
    text.normalize("NFD").toLowerCase().replace(/[\u0300-\u036f'’]/g, "").replace(/([ln])v|(l|^n)yu/g, "$1$2u");

  // "Hong-tong Xian", "Xilin_Gol/xi-lin-guo-le Meng": words as they are written and as they are read; `own` are the
  // words of a spelling that the reading does not tell.
  const toWords = (marked) => marked.split(" ").filter(Boolean).map((word) => {
    const [shown, read = shown] = word.split("/");
    if (shown !== read) return { text: shown.replaceAll("_", " "), read: typed(read).split("-"), own: typed(shown).split("_") };
    return { text: shown.replace(/-(?=[aoe])/g, "'").replaceAll("-", ""), read: typed(read).split("-"), own: [] };
  });
  const spelt = (words) => words.map((word) => word.text).join(" ");

  // names -----------------------------------------------------------------------------------------------------------

  // One name of a place or an organ, in the places around it.
  const toForm = (name, around, words) => {
    const own = bare(name);
    const front = bare(around.map((place) => place.name).join(""));
    return { name, around, words, bare: own, front, full: front + own };
  };

  // The characters of a name behind those of the places around it, each with its syllable and whether a word begins.
  const unitsOf = (form) => {
    if (!form.syllables) {
      const words = [...form.around.flatMap((place) => place.words), ...form.words];
      const own = form.words.flatMap((word) => word.read);
      form.characters = Array.from(form.full).filter((one) => HAN.test(one));
      form.syllables = words.flatMap((word) => word.read);
      form.starts = words.flatMap((word) => word.read.map((_, place) => place === 0));
      form.letters = own.join("");
      form.initials = own.map((one) => one[0]).join("");
      form.spelling = typed(spelt(form.words)).replaceAll(" ", "");
      form.own = words.flatMap((word) => word.own);
    }
    return form;
  };

  // The name of a place without its kind, in characters and in both spellings: 洪洞, hongtong; 拉萨, lasa, lhasa.
  const stemOf = (form) => {
    form.stem ??= (() => {
      const text = form.bare.replace(KIND, "") || form.bare;
      const before = form.words.filter((_, at) => form.words.slice(0, at).flatMap((word) => word.read).length < text.length);
      const read = form.words.flatMap((word) => word.read).slice(0, text.length).join("");
      return { text, read, spelling: typed(spelt(before)).replaceAll(" ", "") };
    })();
    return form.stem;
  };

  // Whether a word of a query can be read along a name: characters as they stand, Latin letters as whole syllables or
  // their first letters, the last one as far as it is typed. Characters may be passed over only up to the beginning of
  // a word: 卫健局 is 卫生健康局.
  const runsAlong = (form, word) => {
    const { characters, syllables, starts } = form.starts ? form : unitsOf(form);
    const length = characters.length;
    const failed = new Set();
    const goes = (at, unit) => {
      if (at === word.length) return true;
      if (unit === length || failed.has(at * length + unit)) return false;
      if (takes(at, unit)) return true;
      failed.add(at * length + unit);
      return false;
    };
    const next = (at, unit) => {
      if (at === word.length || goes(at, unit)) return true;
      for (let later = unit + 1; later < length; later++) if (starts[later] && goes(at, later)) return true;
      return false;
    };
    const takes = (at, unit) => {
      if (word[at] === characters[unit] && next(at + 1, unit + 1)) return true;
      const syllable = syllables[unit] ?? "";
      let same = 0;
      while (same < syllable.length && word[at + same] === syllable[same]) same++;
      for (let taken = same; taken > 0; taken--) {
        const stands = taken === syllable.length || at + taken === word.length || taken === 1 || (taken === 2 && syllable[1] === "h");
        if (stands && next(at + taken, unit + 1)) return true;
      }
      return false;
    };
    for (let unit = 0; unit < length; unit++) if (starts[unit] && goes(0, unit)) return true;
    return false;
  };

  // queries ---------------------------------------------------------------------------------------------------------

  const toQuery = (text, meanings) => {
    const words = bare(text).split(/[^\p{L}\p{N}'’]+/u).filter(Boolean)
      .map((text) => ({
        text, typed: typed(text), plain: Array.from(typed(text)), latin: !HAN.test(text),
        han: Array.from(text).filter((one) => HAN.test(one)), means: meanings[text] ?? [],
      }));
    const joined = words.map((word) => word.text).join("");
    return { words, text: joined, typed: typed(joined), han: !words.some((word) => word.latin), latin: words.every((word) => word.latin) };
  };

  // Whether each word of a query has a place in a name, in any order.
  const holds = (entry, form, query) => query.words.every((word) =>
    form.full.includes(word.text)
    || (word.latin || word.han.every((one) => form.full.includes(one))) && runsAlong(form, word.plain)
    || word.latin && form.own.some((one) => one.startsWith(word.typed))
    || word.means.some((one) => (typeof one === "number" ? one === entry.sector : form.bare.includes(one))));

  const EXACT = 0, FORMER = 10, STEM = 20, BEGINS = 30, IN_ORDER = 40, CONTAINED = 50, LOOSE = 60;
  const NO = Infinity;

  // How exactly a query is a name: 0 the name alone, 1 behind some of the places around it, told in whatever way.
  const exactly = (form, name, query) => {
    if (query.text === name) return 0;
    return query.text.endsWith(name) && runsAlong(frontOf(form), Array.from(query.text.slice(0, -name.length))) ? 1 : NO;
  };
  const exactlyTyped = (form, name, query) => {
    if (query.typed === name) return 0;
    const before = query.words.slice(0, -1);
    return query.words.at(-1).typed === name && before.every((word) => runsAlong(frontOf(form), word.plain)) ? 1 : NO;
  };
  const part = (form, from, to) => {
    const { characters, syllables, starts } = unitsOf(form);
    return { characters: characters.slice(from, to), syllables: syllables.slice(from, to), starts: starts.slice(from, to) };
  };
  const lengthOfFront = (form) => Array.from(form.front).filter((one) => HAN.test(one)).length;
  const frontOf = (form) => part(form, 0, lengthOfFront(form));
  const ownOf = (form) => part(form, lengthOfFront(form));

  const gradeHan = (entry, form, query) => Math.min(
    EXACT + exactly(form, form.bare, query),
    entry.isPlace ? STEM + exactly(form, stemOf(form).text, query) : NO,
    form.bare.startsWith(query.text) ? BEGINS : NO,
  );
  const gradeLatin = (entry, form, query) => {
    const { letters, initials, spelling } = unitsOf(form);
    const { read, spelling: short } = stemOf(form);
    return Math.min(
      ...[letters, spelling].map((name) => EXACT + exactlyTyped(form, name, query)),
      ...(entry.isPlace ? [read, short].map((name) => STEM + exactlyTyped(form, name, query)) : []),
      initials === query.typed ? BEGINS - 1 : NO,
      letters.startsWith(query.typed) || spelling.startsWith(query.typed) ? BEGINS : NO,
      initials.startsWith(query.typed) ? BEGINS + 2 : NO,
    );
  };
  const grade = (entry, form, query) => {
    const found = query.han ? gradeHan(entry, form, query) : query.latin ? gradeLatin(entry, form, query) : NO;
    if (found < NO) return found;
    const places = query.words.map((word) => form.full.indexOf(word.text));
    if (places.every((place) => place >= 0)) {
      return places.every((place, at) => !at || place > places[at - 1]) ? IN_ORDER : CONTAINED;
    }
    return query.words.every((word) => runsAlong(ownOf(form), word.plain)) ? LOOSE : LOOSE + 1;
  };

  // How well an entry answers a query, the least the best; null where it does not. A former name comes after a name.
  const rank = (entry, query) => {
    let best = null;
    entry.forms.forEach((form, at) => {
      if (!holds(entry, form, query)) return;
      const found = grade(entry, form, query);
      const told = !at ? found : found < FORMER ? FORMER + found : found + 5;
      best = best === null ? told : Math.min(best, told);
    });
    return best;
  };
  const order = (one, other) => one.grade - other.grade || other.entry.isPlace - one.entry.isPlace
    || one.entry.forms[0].full.length - other.entry.forms[0].full.length || (one.entry.id < other.entry.id ? -1 : 1);

  // the index -------------------------------------------------------------------------------------------------------

  // What has been read so far. `entries` grows file by file; the places come first.
  const toIndex = (address) => {
    const index = { entries: [], places: new Map(), files: [], english: {}, waits: new Map(), read: new Set() };
    const read = async (url) => {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      return answer.json();
    };
    const chain = (code) => {
      const found = [];
      for (let place = index.places.get(code); place; place = place.parent) found.unshift(place);
      return found;
    };
    const addPlace = ([code, name, marked, former = []]) => {
      const above = [`${code.slice(0, 4)}00`, `${code.slice(0, 2)}0000`].find((one) => one !== code && index.places.has(one));
      const place = { code, name, words: toWords(marked), parent: index.places.get(above) };
      const around = above ? chain(above) : [];
      index.places.set(code, place);
      const forms = [toForm(name, around, place.words), ...former.map(([one, read]) => toForm(one, around, toWords(read)))];
      index.entries.push({ isPlace: true, id: code, forms, sector: -1 });
    };
    const addOrgans = ({ tails, organs }) => {
      const made = tails.map(([text, marked, sector]) => ({ text, words: toWords(marked), sector }));
      for (const [code, ...given] of organs) {
        const around = chain(code);
        for (const one of given) index.entries.push(toOrgan(code, around, [one].flat(), made));
      }
    };
    const toOrgan = (code, around, given, tails) => {
      const references = given.filter((one) => typeof one === "number");
      const tail = tails[Math.floor(references[0] / 4)];
      const letters = typeof given[0] === "string" ? given[0] : tail.words.flatMap((word) => word.read.map((one) => one[0])).join("");
      const forms = references.map((reference) => toOrganForm(reference, around, tails));
      return { isPlace: false, id: letters.includes("-") ? letters : `${code}-${letters}`, forms, sector: tail.sector };
    };
    const toOrganForm = (reference, around, tails) => {
      const tail = tails[Math.floor(reference / 4)];
      const inFront = around.slice(around.length - (reference % 4));
      const name = inFront.map((place) => place.name).join("") + tail.text;
      const words = [...inFront.flatMap((place) => place.words), ...tail.words];
      return toForm(name, around.slice(0, around.length - inFront.length), words);
    };
    const forget = (key, error) => { index.waits.delete(key); throw error; };
    const once = (key, make) => index.waits.get(key) ?? index.waits.set(key, make().catch((error) => forget(key, error))).get(key);

    index.readPlaces = () => once("places", async () => {
      const { files, english: meanings, traditional, places } = await read(address);
      const pairs = Array.from(traditional);
      for (let at = 0; at < pairs.length; at += 2) simplified.set(pairs[at], pairs[at + 1]);
      Object.assign(index, { files, english: meanings });
      places.forEach(addPlace);
    });
    index.readFile = (name) => once(name, async () => {
      addOrgans(await read(new URL(name, new URL(address, location.href))));
      index.read.add(name);
    });
    // What answers a query among the entries from one on, the best first.
    index.find = (query, from = 0) => {
      const found = [];
      for (let at = from; at < index.entries.length; at++) {
        const told = rank(index.entries[at], query);
        if (told !== null) found.push({ entry: index.entries[at], grade: told });
      }
      return found.sort(order);
    };
    // The files of organs that are still to be read, those of the provinces that a query names or finds places in first.
    index.filesFor = (query) => {
      if (index.read.size === index.files.length) return [];
      const named = new Set();
      for (const entry of index.entries.filter((one) => one.isPlace)) {
        const { text, read, spelling } = stemOf(entry.forms[0]);
        const said = text.length > 1 && query.text.includes(text)
          || query.words.some((word) => word.latin && [read, spelling].includes(word.typed));
        if (said || (rank(entry, query) ?? LOOSE) < LOOSE) named.add(entry.id.slice(0, 2));
      }
      const first = index.files.filter(([, provinces]) => provinces.some((one) => named.has(one)));
      return [...new Set([...first, ...index.files])].map(([name]) => name).filter((name) => !index.read.has(name));
    };
    return index;
  };

  // what is shown ---------------------------------------------------------------------------------------------------

  const named = (form) => english
    ? [element("span", { lang: "zh-Hans" }, form.name), " ", element("span", { className: "pinyin", lang: "zh-Latn" }, spelt(form.words))]
    : [form.name];
  const placed = (around) => english
    ? around.map((place) => spelt(place.words)).reverse().join(", ")
    : around.map((place) => place.name).join("");
  const noted = ({ isPlace, forms: [form, ...former] }) => [
    isPlace ? say("地区", "Place") : "",
    placed(form.around),
    former.length ? say("曾用名：", "formerly ") + former.map((one) => one.name).join(say("、", ", ")) : "",
  ].filter(Boolean).join(" · ");

  const attach = (form) => {
    const { places, agencies, regions } = form.dataset;
    const page = form.getAttribute("action");
    const step = Number(form.dataset.most);
    const onPage = "page" in form.dataset;
    const box = form.querySelector("input");
    const found = form.querySelector(".found");
    const results = form.querySelector(".results");
    const index = toIndex(new URL(places, location.href));
    let hits = [];
    let most = step;
    let asked = 0;
    let sure = Promise.resolve();
    let settle = () => {};

    const toItem = ({ entry }) => {
      const href = (entry.isPlace ? regions : agencies).replace(/(?:index\.html)?$/, (end) => `${encodeURIComponent(entry.id)}/${end}`);
      return element("li", {}, element("a", { href }, ...named(entry.forms[0])), " ", element("small", {}, noted(entry)));
    };
    const toMore = () => {
      if (!onPage) {
        const words = say(`全部${hits.length}条结果`, `All ${hits.length} results`);
        return element("li", {}, element("a", { href: `${page}?q=${encodeURIComponent(box.value.trim())}` }, words));
      }
      const more = element("button", { type: "button", className: "more" }, say("再列一些", "Show more"));
      more.addEventListener("click", () => {
        const at = most;
        most += step;
        show(true);
        results.querySelectorAll("a")[at].focus();
      });
      return element("li", {}, more);
    };
    const show = (whole) => {
      const none = say("没有叫这个名称的地区或机关。", "No place or organ of that name.");
      results.replaceChildren(...hits.slice(0, most).map(toItem), ...(hits.length > most ? [toMore()] : []));
      results.hidden = !hits.length;
      found.textContent = !whole ? say("正在查找……", "Searching …")
        : hits.length ? say(`找到${hits.length}条。`, `${hits.length} found.`) : none;
    };
    const clear = () => {
      hits = [];
      results.replaceChildren();
      results.hidden = true;
      found.textContent = "";
    };

    // Each file that comes adds to what is shown; whoever types on meanwhile sees only what was asked last.
    const find = async () => {
      const mine = ++asked;
      const text = box.value.trim();
      most = step;
      form.dispatchEvent(new CustomEvent("asked", { detail: text }));
      if (!text) return clear();
      found.textContent = say("正在查找……", "Searching …");
      await index.readPlaces();
      if (mine !== asked) return;
      const query = toQuery(text, index.english);
      if (!query.words.length) return clear();
      const files = index.filesFor(query);
      let seen = 0;
      hits = [];
      const update = (whole) => {
        hits = [...hits, ...index.find(query, seen)].sort(order);
        seen = index.entries.length;
        show(whole);
        if (hits[0]?.grade < BEGINS) settle();
      };
      for (const at of files.keys()) {
        for (const name of files.slice(at, at + 4)) index.readFile(name).catch(() => {});
        update(false);
        await index.readFile(files[at]);
        if (mine !== asked) return;
      }
      update(true);
    };
    const fail = () => {
      clear();
      found.textContent = say("现在无法按名称查找，请从机关列表或地区找起。", "Names cannot be searched now: begin with the lists of organs or places.");
    };
    // `sure` is when the first result is known: all files are read, or it is the very name.
    const begin = () => {
      const going = find().catch(fail);
      sure = Promise.race([going, new Promise((go) => { settle = go; })]);
    };

    // Enter leads to the first result; where no name fits, to the page that also searches the text of all pages.
    const follow = async (event) => {
      event.preventDefault();
      let waited;
      do await (waited = sure); while (waited !== sure);
      const first = results.querySelector("a");
      if (first) first.click();
      else if (onPage) form.dispatchEvent(new CustomEvent("unnamed"));
      else if (box.value.trim()) location.href = `${page}?q=${encodeURIComponent(box.value.trim())}`;
    };

    // Arrows go through the results and back to the box; Escape goes back, and in the box clears it.
    const steer = (event) => {
      const stops = [box, ...results.querySelectorAll("a, button")];
      const at = stops.indexOf(document.activeElement);
      const to = { ArrowDown: stops[at + 1], ArrowUp: stops[at - 1], Escape: at > 0 ? box : null }[event.key];
      if (event.isComposing || event.keyCode === 229) {
        if (event.key === "Enter") event.preventDefault();
      } else if (to && at >= 0) {
        event.preventDefault();
        to.focus();
      } else if (event.key === "Escape" && at === 0 && box.value) {
        event.preventDefault();
        box.value = "";
        begin();
      }
    };

    box.addEventListener("input", (event) => { if (!event.isComposing) begin(); });
    box.addEventListener("compositionend", begin);
    box.addEventListener("focus", () => { index.readPlaces().catch(() => {}); }, { once: true });
    form.addEventListener("keydown", steer);
    form.addEventListener("submit", follow);
    box.value = new URLSearchParams(location.search).get("q") ?? box.value;
    form.hidden = false;
    if (box.value) begin();
  };

  // What other pages ask of the index (compare.js, explore.js): the organs that answer a query, the best first, at least
  // `enough` of them where there are as many; and how the names of some organs are read, by id and then by name.
  globalThis.organNames = Object.freeze({
    open: (address) => {
      const index = toIndex(new URL(address, location.href));
      const toOrgan = ({ entry }) => ({ id: entry.id, name: entry.forms[0].name, pinyin: spelt(entry.forms[0].words), note: noted(entry) });
      const find = async (text, enough) => {
        await index.readPlaces();
        const query = toQuery(text, index.english);
        const hits = () => (query.words.length ? index.find(query).filter(({ entry }) => !entry.isPlace).map(toOrgan) : []);
        for (const name of query.words.length ? index.filesFor(query) : []) {
          if (hits().length >= enough) break;
          await index.readFile(name);
        }
        return hits();
      };
      const read = async (ids) => {
        await index.readPlaces();
        const asked = new Set(ids);
        const files = index.files.filter(([, provinces]) => ids.some((id) => provinces.includes(id.slice(0, 2))));
        await Promise.all(files.map(([name]) => index.readFile(name)));
        const held = index.entries.filter((entry) => asked.has(entry.id));
        return new Map(held.map((entry) => [entry.id, new Map(entry.forms.map((form) => [form.name, spelt(form.words)]))]));
      };
      return { find, read };
    },
  });

  // Opened from a disk, a page may read no other file: the lists, which are there without a script, have to do.
  if (location.protocol !== "file:") document.querySelectorAll("form.search").forEach(attach);
})();
