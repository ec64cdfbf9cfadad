// The page: takes files in, keeps the list and its totals, and lets them be looked at and downloaded.

import * as api from "./api.js";
import { Card } from "./card.js";
import { Compare } from "./compare.js";
import { byId, element } from "./dom.js";
import { listen } from "./intake.js";
import { Item, explained, isReadable } from "./item.js";
import { Problem, persist } from "./patience.js";
import { texts } from "./texts.js";
import { uniqueNames, zip } from "./zip.js";

// A zip is put together in memory; and without its 64-bit extension it could not be larger than 4 GiB.
const ZIP_BYTES = 2 ** 30;
const ANNOUNCE_SECONDS = 1;

const cards = new Map();
const compare = new Compare(() => done(), download);
const act = { retry, remove, compare: (item, index) => compare.show(item, index), download };

const items = () => [...cards.keys()];
const done = () => items().filter((item) => item.state === "done");

for (const node of document.querySelectorAll("[data-text]")) node.textContent = texts[node.dataset.text];

// What is dropped before the limits are known waits for them.
const limits = persist(api.limits, {
  tries: Infinity,
  waits: (what) => note(what === null ? "" : texts.unreachable),
}).catch((problem) => {
  note(explained(problem));
  return null;
});
limits.then((known) => {
  if (known === null) return;
  byId("accepted").textContent = texts.accepted(known);
  byId("files").accept = [...known.mediaTypes, ...known.extensions.map((extension) => `.${extension}`)].join(",");
});

listen(receive);
byId("download-all").addEventListener("click", downloadAll);
byId("clear").addEventListener("click", clear);
addEventListener("beforeunload", (event) => {
  if (items().some((item) => ["queued", "uploading"].includes(item.state))) event.preventDefault();
});

async function receive(files) {
  const known = await limits;
  if (known === null) return;
  // Folders hold other things too; what was given by itself gets an answer by itself.
  const wanted = files.filter(
    ({ file, folder }) => folder === "" || (isReadable(file, known) && !file.name.startsWith(".")),
  );
  const leftOut = files.length - wanted.length;
  note(leftOut > 0 ? texts.leftOut(leftOut) : wanted.length === 0 ? texts.nothingThere : "");
  if (wanted.length === 0) return;
  byId("results").hidden = false;
  document.body.classList.add("busy");
  const made = wanted.map(({ file, folder }) => new Item(file, folder, known));
  for (const item of made) {
    const card = new Card(item, act);
    cards.set(item, card);
    item.addEventListener("change", () => changed(item));
  }
  byId("cards").append(...made.map((item) => cards.get(item).node));
  announce(texts.added(made.length));
  for (const item of made) {
    if (item.state === "queued") item.start();
    else changed(item);
  }
}

function changed(item) {
  if (cards.has(item)) totals();
  const told = cards.get(item)?.told;
  if (item.isUnderWay || told === item.state || !cards.has(item)) return;
  cards.get(item).told = item.state;
  if (item.state === "done")
    announce(texts.announceDone(item.name, texts.smaller(item.source.bytes, item.rendition.bytes)));
  else if (item.needsAttention) announce(texts.announceFailed(item.name, item.why));
}

let drawing = false;

/**
 * At most once for each frame, since progress comes often; by the clock, since the title counts while nobody looks at
 * the page too.
 */
function totals() {
  if (drawing) return;
  drawing = true;
  setTimeout(() => {
    drawing = false;
    const all = items();
    const attention = all.filter((item) => item.needsAttention).length;
    const under = all.filter((item) => item.isUnderWay).length;
    byId("saved").textContent = savedText();
    byId("progress").textContent = texts.count(done().length, all.length, attention);
    byId("download-all").disabled = done().length === 0 || zipping;
    byId("results").hidden = all.length === 0;
    document.body.classList.toggle("busy", all.length > 0);
    document.title = under > 0 ? texts.inTitle(all.length - under, all.length) : "Sandpress";
  }, 16);
}

function savedText() {
  if (done().length === 0) return "";
  const from = done().reduce((sum, item) => sum + item.source.bytes, 0);
  const to = done().reduce((sum, item) => sum + item.rendition.bytes, 0);
  return texts.saved(from - to, from);
}

function retry(item) {
  cards.get(item).told = null;
  item.start();
}

function remove(item) {
  const { node } = cards.get(item);
  const next = node.nextElementSibling ?? node.previousElementSibling;
  cards.delete(item);
  item.cancel();
  node.remove();
  totals();
  // Focus goes where the list goes on.
  (next?.querySelector("h3") ?? byId("files")).focus();
}

function clear() {
  for (const item of items()) {
    cards.delete(item);
    item.cancel();
  }
  byId("cards").replaceChildren();
  note("");
  totals();
  byId("files").focus();
}

/** Lets a link go on if it is still good, else fetches a new one first. */
async function download(event, item, index) {
  if (item.areFresh) return;
  event.preventDefault();
  const { downloadUrl, fileName } = (await item.links())[index];
  save(downloadUrl, fileName);
}

let zipping = false;

async function downloadAll() {
  zipping = true;
  const button = byId("download-all");
  button.disabled = true;
  try {
    const wanted = done().flatMap((item) => item.renditions.map((rendition, index) => ({ item, rendition, index })));
    const names = uniqueNames(wanted.map(({ item, rendition }) => item.folder + rendition.fileName));
    let entries = [];
    let bytes = 0;
    for (const [at, { item, rendition, index }] of wanted.entries()) {
      button.textContent = texts.zipping(at + 1, wanted.length);
      if (entries.length > 0 && bytes + rendition.bytes > ZIP_BYTES) {
        saveBlob(await zip(entries));
        [entries, bytes] = [[], 0];
      }
      const blob = await persist(async () => fetched((await item.links())[index].url));
      entries.push({ name: names[at], blob, modified: new Date(rendition.madeAt) });
      bytes += blob.size;
    }
    saveBlob(await zip(entries));
  } catch {
    note(texts.zipFailed);
  } finally {
    zipping = false;
    button.textContent = texts.downloadAll;
    totals();
  }
}

async function fetched(url) {
  // Not out of the cache, where the answer to an <img> may be: it has no leave for scripts.
  const response = await fetch(url, { cache: "no-store" }).catch(() => null);
  if (!response?.ok) throw new Problem(response?.status ?? 0);
  return response.blob();
}

function saveBlob(blob) {
  const url = URL.createObjectURL(blob);
  save(url, "sandpress.zip");
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function save(url, name) {
  element("a", { href: url, download: name }).click();
}

function note(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = text === "";
  if (text !== "") announce(text);
}

let announcements = [];

/** Says it to a screen reader: what comes within a second together, and the sum of it where that is much. */
function announce(text) {
  if (announcements.push(text) > 1) return;
  setTimeout(() => {
    const few = announcements.length <= 3;
    byId("live").textContent = few
      ? announcements.join(" ")
      : texts.announceMany(done().length, cards.size, savedText());
    announcements = [];
  }, ANNOUNCE_SECONDS * 1000);
}
