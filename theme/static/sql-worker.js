// Keeps the database and runs one query at a time, away from the page, which ends this worker to stop a query.
const MOST = 100000; // rows of one result

// In memory only: nothing is stored in the browser, and no further file is asked for.
const STORES = ["kvvfs", "opfs", "opfs-vfs", "opfs-wl", "opfs-sahpool"];
globalThis.sqlite3ApiConfig = {
  disable: { vfs: Object.fromEntries(STORES.map((name) => [name, true])) },
  warn: () => {}, // what goes wrong is told on the page
};

let database;

const open = async (engine, bytes) => {
  const { default: start } = await import(engine);
  const sqlite3 = await start();
  const { capi, wasm, oo1 } = sqlite3;
  database = new oo1.DB();
  const size = bytes.byteLength;
  const place = wasm.allocFromTypedArray(new Uint8Array(bytes));
  const how = capi.SQLITE_DESERIALIZE_FREEONCLOSE | capi.SQLITE_DESERIALIZE_READONLY;
  database.checkRc(capi.sqlite3_deserialize(database.pointer, "main", place, size, size, how));
  database.exec("SELECT count(*) FROM sqlite_schema"); // a file that is no database says so now
};

const run = (sql) => {
  const columns = [];
  const rows = [];
  const statements = [];
  const since = performance.now();
  const take = (row) => {
    rows.push(row);
    return rows.length > MOST ? false : undefined;
  };
  database.exec({ sql, rowMode: "array", columnNames: columns, callback: take, saveSql: statements });
  const cut = rows.length > MOST;
  if (cut) rows.pop();
  return { columns, rows, cut, statements: statements.length, took: performance.now() - since };
};

const words = (error) => String(error?.message ?? error).replace(/^SQLITE_\w+: sqlite3 result code \d+: /, "");

addEventListener("message", async ({ data }) => {
  try {
    if (data.bytes) await open(data.engine, data.bytes);
    postMessage(data.bytes ? { opened: true } : { result: run(data.sql) });
  } catch (error) {
    postMessage({ failed: words(error) });
  }
});
