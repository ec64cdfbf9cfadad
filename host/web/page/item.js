// One image, from the moment it was dropped: what state it is in, and what moves it on.

import * as api from "./api.js";
import { Problem } from "./patience.js";
import { texts } from "./texts.js";
import { upload } from "./upload.js";

// More uploads at once are not faster, and take longer until the first is done.
const UPLOADS_AT_ONCE = 3;
const LONG_SECONDS = 60;
// Links are fetched anew while they are still good for a while.
const FRESH_SHARE = 0.8;

/** Runs what it is given in order, a few at once. */
class Queue {
  #running = 0;
  #waiting = [];

  constructor(most) {
    this.most = most;
  }

  /** What `task` results in; one whose signal is aborted does not begin. */
  async run(task, signal) {
    if (this.#running >= this.most) await new Promise((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      signal.throwIfAborted();
      return await task();
    } finally {
      // The place goes to the next, so that nobody gets in between.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

const uploads = new Queue(UPLOADS_AT_ONCE);

/**
 * States: refused (before anything was sent), queued, uploading, compressing, and at last done, rejected, failed or
 * cancelled. `why` is what to tell a person about it.
 */
export class Item extends EventTarget {
  #stop = new AbortController();
  #inParts = false;
  #linksFrom = 0;

  constructor(file, folder, limits) {
    super();
    this.file = file;
    this.folder = folder;
    this.limits = limits;
    this.id = null;
    this.sent = 0;
    this.seconds = null;
    this.renditions = [];
    this.source = null;
    const why = refusal(file, limits);
    this.state = why === null ? "queued" : "refused";
    this.why = why ?? "";
    this.detail = "";
  }

  get name() {
    return this.file.name;
  }

  get isUnderWay() {
    return ["queued", "uploading", "compressing"].includes(this.state);
  }

  /** Nothing more comes of it unless a person does something. */
  get needsAttention() {
    return ["refused", "rejected", "failed"].includes(this.state);
  }

  /** The rendition that stands for the upload: the policy's first. */
  get rendition() {
    return this.renditions[0];
  }

  /** Begins, or begins again. */
  async start() {
    const resume = this.state === "failed" && this.id !== null ? { id: this.id, inParts: this.#inParts } : null;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const waits = (what, seconds) =>
      this.#change({ why: what === null ? "" : what === "offline" ? texts.offline : texts[what](seconds) });
    this.#change({ state: "queued", why: "", detail: "", sent: 0, id: resume?.id ?? null });
    try {
      await uploads.run(() => this.#upload(resume, signal, waits), signal);
      await this.#follow(signal, waits);
    } catch (problem) {
      if (!signal.aborted) this.#change({ state: "failed", why: explained(problem) });
    }
  }

  /** Ends what is under way. */
  cancel() {
    if (!this.isUnderWay) return;
    this.#stop.abort();
    // What has arrived already cannot be called back; it expires.
    if (this.id !== null && this.state === "uploading") api.remove(this.id).catch(() => {});
    this.#change({ state: "cancelled", why: texts.cancelled });
  }

  /** Whether the links are good for a while. */
  get areFresh() {
    return Date.now() - this.#linksFrom < this.limits.validSeconds * FRESH_SHARE * 1000;
  }

  /** The renditions with links that are. */
  async links() {
    if (!this.areFresh) this.#take(await api.status(this.id));
    return this.renditions;
  }

  async #upload(resume, signal, waits) {
    this.#change({ state: "uploading", why: texts.preparing });
    // A file that was removed or changed looks like a network that broke.
    await this.file.slice(0, 1).arrayBuffer();
    await upload(this.file, {
      resume,
      signal,
      waits,
      begun: (id, inParts) => {
        this.#inParts = inParts;
        this.#change({ id, why: "" });
      },
      sent: (sent) => this.#change({ sent }),
    });
    this.#change({ state: "compressing", why: "" });
  }

  async #follow(signal, waits) {
    const begun = performance.now();
    const long = setTimeout(() => this.#change({ why: texts.compressingLong }), LONG_SECONDS * 1000);
    try {
      const last = await api.follow(this.id, { events: this.limits.events, signal, waits });
      this.#take(last);
      this.seconds = (performance.now() - begun) / 1000;
      if (last.state === "done") {
        this.#change({ state: "done", why: "" });
      } else if (last.state === "rejected") {
        this.#change({ state: "rejected", why: texts.rejected[last.reason] ?? last.message, detail: last.detail });
      } else {
        this.#change({ state: "failed", why: texts.expired });
      }
    } finally {
      clearTimeout(long);
    }
  }

  #take(status) {
    this.source = status.source ?? this.source;
    this.renditions = status.renditions ?? this.renditions;
    this.#linksFrom = Date.now();
  }

  #change(values) {
    Object.assign(this, values);
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * Whether a file is of a format that is read here, or may be: there are systems that know no type, and names without
 * an extension.
 */
export function isReadable(file, { mediaTypes, extensions }) {
  const extension = /\.([^.]+)$/.exec(file.name)?.[1].toLowerCase();
  return (
    mediaTypes.includes(file.type) || extensions.includes(extension) || (file.type === "" && extension === undefined)
  );
}

function refusal(file, limits) {
  if (!isReadable(file, limits)) return texts.wrongType;
  if (file.size > limits.maxBytes) return texts.tooLarge(file.size, limits.maxBytes);
  return file.size === 0 ? texts.empty : null;
}

/** What to tell a person about what went wrong. */
export function explained(problem) {
  const { failed } = texts;
  if (problem.name === "NotReadableError" || problem.name === "NotFoundError") return texts.unreadable;
  if (!(problem instanceof Problem)) return failed.other;
  if (problem.code === "store") return failed.store(problem.status);
  if (problem.status === 0) return failed.network;
  if (problem.status === 401 || problem.status === 403) return failed.forbidden;
  if (problem.status >= 500) return failed.unavailable;
  // The service's own words name the limit and what to do.
  return problem.detail || failed.other;
}
