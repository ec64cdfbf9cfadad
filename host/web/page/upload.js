// One file's way into the store: in one form, or in parts. The bytes do not pass through the service.

import * as api from "./api.js";
import { Problem, persist } from "./patience.js";

// Of one file at once.
const PARTS_AT_ONCE = 2;
// No byte moved for so long: the connection is gone, whoever still believes in it.
const STALLED_SECONDS = 40;
// How often an upload may be begun anew because its links have expired or what was sent is gone.
const BEGINNINGS = 3;

/**
 * Uploads; the result is the upload's id. `begun` is told each id at once and whether it is in parts, `sent` the number
 * of bytes that are there. `resume` is what `begun` was told of one that failed: what has arrived of it is not sent
 * again.
 */
export async function upload(file, { resume, signal, begun, sent, waits }) {
  if (resume && (await persist(() => isReceived(resume.id, signal), { signal, waits }))) return resume.id;
  for (let beginning = 1; ; beginning += 1) {
    const made =
      resume?.inParts && beginning === 1
        ? { id: resume.id, upload: { kind: "parts", parts: null } }
        : await persist(() => api.create(file, signal), { signal, waits });
    begun(made.id, made.upload.kind === "parts");
    try {
      if (made.upload.kind === "form") {
        await persist(() => sendForm(made.upload, file, signal, sent), { signal, waits });
      } else {
        await sendParts(made.id, made.upload.parts, file, { signal, sent, waits });
      }
      return made.id;
    } catch (problem) {
      signal.throwIfAborted();
      // 403: the links have expired, which the store tells in no other way. 404: the upload in parts is no more.
      if (![403, 404].includes(problem.status) || beginning === BEGINNINGS) throw problem;
    }
  }
}

function sendForm({ url, fields }, file, signal, sent) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  // The store reads nothing behind the file, and of its name nothing at all.
  form.append("file", file, "file");
  sent(0);
  return send("POST", url, form, signal, (bytes) => sent(Math.min(bytes, file.size)));
}

/**
 * Sends what is missing until nothing is; after each failure the service is asked anew what that is, and for fresh
 * links.
 */
async function sendParts(id, first, file, { signal, sent, waits }) {
  let parts = first;
  let best = 0;
  let before = 0;
  const progress = (bytes) => {
    best = Math.max(best, bytes);
    sent(bytes);
  };
  const attempt = async () => {
    try {
      parts ??= (await api.parts(id, file.size, signal)).parts;
      await sendMissing(parts, file, signal, progress);
      await api.complete(id, file.size, signal);
    } catch (problem) {
      parts = null;
      // Links that expired are new the next time, and so is what is missing.
      if (problem.status === 403 || problem.status === 409) problem.passing = true;
      if (problem.status === 404 && (await isReceived(id, signal))) return;
      throw problem;
    }
  };
  const advanced = () => {
    const further = best > before;
    before = best;
    return further;
  };
  await persist(attempt, { signal, waits, advanced });
}

/** Whether all of it had arrived, and only the answer to that was lost. */
async function isReceived(id, signal) {
  const state = await api.status(id, signal);
  return state.state === "done" || state.state === "rejected" || state.received === true;
}

async function sendMissing(parts, file, signal, progress) {
  const moved = parts.map((part) => (part.isThere ? part.size : 0));
  const tell = () => progress(moved.reduce((sum, bytes) => sum + bytes, 0));
  const starts = parts.map((_, index) => parts.slice(0, index).reduce((sum, part) => sum + part.size, 0));
  const missing = parts.map((_, index) => index).filter((index) => !parts[index].isThere);
  // The first that fails ends the others.
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  tell();
  const worker = async () => {
    for (let index = missing.shift(); index !== undefined; index = missing.shift()) {
      const { url, size } = parts[index];
      await send("PUT", url, file.slice(starts[index], starts[index] + size), either, (bytes) => {
        moved[index] = Math.min(bytes, size);
        tell();
      });
    }
  };
  try {
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, worker));
  } catch (problem) {
    failed.abort(problem);
    throw problem;
  }
}

/** One request by XMLHttpRequest, which tells of progress, as fetch does not. */
function send(method, url, body, signal, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stalled;
    const moves = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALLED_SECONDS * 1000);
    };
    const abort = () => request.abort();
    const end = (problem) => {
      clearTimeout(stalled);
      signal.removeEventListener("abort", abort);
      if (problem) reject(problem);
      else resolve();
    };
    request.upload.addEventListener("progress", (event) => {
      moves();
      progress(event.loaded);
    });
    request.addEventListener("load", () =>
      end(request.status < 300 ? null : new Problem(request.status, { code: "store" })),
    );
    request.addEventListener("error", () => end(new Problem(0)));
    request.addEventListener("abort", () => end(signal.aborted ? signal.reason : new Problem(0)));
    signal.addEventListener("abort", abort);
    request.open(method, url);
    request.send(body);
    moves();
    if (signal.aborted) abort();
  });
}
