// Where files come from: dropped anywhere, pasted, or chosen; folders with all that is in them.

import { byId } from "./dom.js";

/**
 * Calls `receive` with `{ file, folder }` for each file; `folder` is "" for what was given by itself, else ends with
 * "/".
 */
export function listen(receive) {
  for (const input of [byId("files"), byId("folder")]) {
    const take = () => {
      if (input.files.length > 0) receive([...input.files].map((file) => ({ file, folder: folderOf(file) })));
      // The same file may be chosen again.
      input.value = "";
    };
    input.addEventListener("change", take);
    // What was chosen before this script had run.
    take();
  }
  addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
    event.preventDefault();
    receive(files.map((file) => ({ file, folder: "" })));
  });
  listenToDrops(receive);
}

function listenToDrops(receive) {
  const veil = byId("veil");
  const holdsFiles = (event) =>
    event.dataTransfer?.types.includes("Files") && document.querySelector("dialog[open]") === null;
  addEventListener("dragenter", (event) => {
    if (holdsFiles(event)) veil.hidden = false;
  });
  addEventListener("dragover", (event) => {
    // Without this the browser would open the file in place of the page.
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  addEventListener("dragleave", (event) => {
    // Only when it leaves the window, not when it goes from one element to another.
    if (event.relatedTarget === null) veil.hidden = true;
  });
  addEventListener("drop", async (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    veil.hidden = true;
    if (holdsFiles(event)) receive(await dropped(event.dataTransfer));
  });
}

async function dropped(transfer) {
  // All entries before the first wait: the transfer is empty after it.
  const given = [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry?.() ?? null, file: item.getAsFile() }));
  const found = [];
  for (const { entry, file } of given) {
    if (entry?.isDirectory) await walk(entry, "", found);
    else if (file !== null) found.push({ file, folder: "" });
  }
  return found;
}

async function walk(entry, folder, found) {
  try {
    if (entry.isFile) {
      found.push({ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), folder });
      return;
    }
    const reader = entry.createReader();
    // It gives a hundred at a time, and none when there are no more.
    for (;;) {
      const inner = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (inner.length === 0) return;
      for (const one of inner) await walk(one, `${folder}${entry.name}/`, found);
    }
  } catch {
    // What may not be read is not there for us.
  }
}

function folderOf(file) {
  return file.webkitRelativePath.slice(0, file.webkitRelativePath.lastIndexOf("/") + 1);
}
