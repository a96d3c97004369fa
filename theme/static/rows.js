// What the pages that compare, filter and query share: figures that stay exact, the words for them, CSV, and saving a file.
// Figures are text throughout: as numbers, 0.500000 and a count of seventeen digits would not come back as they went in.
"use strict";
const rows = (() => {
  // A string, or a number outside of one.
  const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;

  const parse = (text) => JSON.parse(text.replace(TOKENS, (token) => (token[0] === '"' ? token : `"${token}"`)));

  const read = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw Object.assign(new Error(`${answer.status} ${address}`), { status: answer.status });
    return answer.text();
  };

  // Half to even, both not negative.
  const divide = (numerator, denominator) => {
    const whole = numerator / denominator;
    const rest = 2n * (numerator % denominator);
    return whole + (rest > denominator || (rest === denominator && whole % 2n) ? 1n : 0n);
  };

  const size = (number) => (number < 0n ? -number : number);

  const point = (number, places) => {
    const digits = String(number).padStart(places + 1, "0");
    return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  };

  // The rate of two counts as it is published: six decimals; null where there is none.
  const ratio = (numerator, denominator) => {
    if (numerator === null || denominator === null || Number(denominator) === 0) return null;
    const [over, under] = [BigInt(numerator), BigInt(denominator)];
    const millionths = divide(size(over) * 1000000n, size(under));
    return (over < 0n !== under < 0n && millionths ? "-" : "") + point(millionths, 6);
  };

  // A rate of six decimals as a percentage of one, as every page writes it; only exactly 0 and 1 are 0% and 100%.
  const percent = (rate) => {
    if (Number(rate) === 0 || Number(rate) === 1) return `${Number(rate) * 100}%`;
    const tenths = divide(BigInt(rate.replace("-", "").replace(".", "")), 1000n);
    return `${rate[0] === "-" ? "-" : ""}${point(tenths, 1)}%`;
  };

  // A figure as people read it: in groups of three from 10,000 on.
  const count = (figure) => {
    const [whole, fraction] = String(figure).split(".");
    const grouped = whole.replace("-", "").length > 4 ? whole.replace(/\B(?=(?:\d{3})+$)/g, ",") : whole;
    return fraction === undefined ? grouped : `${grouped}.${fraction}`;
  };

  // A sentence with its places filled in; of a pair, the first is for one of `n`.
  const say = (words, given = {}) => {
    const chosen = Array.isArray(words) ? words[String(given.n) === "1" ? 0 : 1] : words;
    return chosen.replace(/\{(\w+)\}/g, (place, name) => given[name] ?? place);
  };

  const quoted = (cell) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

  // The same CSV as that of the data package; null is an empty cell.
  const csv = (columns, lines) =>
    [columns, ...lines].map((line) => line.map((cell) => quoted(String(cell ?? ""))).join(",")).join("\n") + "\n";

  const save = (name, text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false; // a browser may refuse; the address bar holds the same
    }
  };

  // An element with attributes and children; text goes in as text.
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
    element.append(...children.filter((child) => child !== null));
    return element;
  };

  const bare = (text) => text.normalize("NFKC").toLowerCase().trim();

  // What the address says under a name, parted by commas, each once; what is not understood is collected, cut short.
  const listed = (asked, name, isGood, strange) => {
    const parts = [...new Set((asked.get(name) ?? "").split(",").filter(Boolean))];
    for (const part of parts) if (!isGood(part)) strange.push(part.length > 30 ? `${part.slice(0, 30)}…` : part);
    return parts.filter(isGood);
  };

  const words = () => JSON.parse(document.getElementById("words").textContent);

  return Object.freeze({ parse, read, ratio, percent, count, say, csv, save, copy, make, bare, listed, words });
})();
