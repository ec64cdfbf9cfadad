// The service's own interface. Paths are relative to the page, so it may stand anywhere.

import { Problem, persist, pause } from "./patience.js";

const ANSWER_SECONDS = 30;
// EventSources keep a connection each, of which a browser has six for one host without HTTP/2.
const MOST_STREAMS = 3;
const FIRST_POLL_SECONDS = 0.5;
const LONGEST_POLL_SECONDS = 8;
const FINAL = new Set(["done", "rejected", "expired"]);

// A token comes after the `#`, which browsers do not send; it stays in memory and leaves the address.
const token = new URLSearchParams(location.hash.slice(1)).get("token");
if (token !== null) history.replaceState(null, "", location.pathname + location.search);

let streams = 0;

export const limits = () => call("GET", "api/limits");
export const create = (file, signal) =>
  call("POST", "api/uploads", { signal, body: { name: file.name, type: file.type, size: file.size } });
export const status = (id, signal) => call("GET", `api/uploads/${id}`, { signal });
export const parts = (id, size, signal) => call("GET", `api/uploads/${id}/parts?size=${size}`, { signal });
export const complete = (id, size, signal) => call("POST", `api/uploads/${id}/complete`, { signal, body: { size } });
// Also when the page is being closed.
export const remove = (id) => call("DELETE", `api/uploads/${id}`, { keepalive: true });

/** Follows an upload until its state is final, which is the result. */
export async function follow(id, { events, signal, waits }) {
  // An EventSource cannot send the token.
  if (events && token === null && streams < MOST_STREAMS) {
    const last = await stream(id, signal);
    if (last !== null) return last;
  }
  for (let seconds = FIRST_POLL_SECONDS; ; seconds = Math.min(LONGEST_POLL_SECONDS, seconds * 1.4)) {
    const state = await persist(() => status(id, signal), { signal, waits });
    if (FINAL.has(state.state)) return state;
    await pause(seconds, signal);
  }
}

/** The final state, or null if the service does not stream. The browser connects again by itself. */
async function stream(id, signal) {
  signal.throwIfAborted();
  streams += 1;
  const source = new EventSource(`api/uploads/${id}/events`);
  try {
    return await new Promise((resolve, reject) => {
      source.addEventListener("status", (event) => {
        const state = JSON.parse(event.data);
        if (FINAL.has(state.state)) resolve(state);
      });
      source.addEventListener("error", () => {
        if (source.readyState === EventSource.CLOSED) resolve(null);
      });
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  } finally {
    source.close();
    streams -= 1;
  }
}

async function call(method, path, { body, signal, keepalive } = {}) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  const patience = AbortSignal.timeout(ANSWER_SECONDS * 1000);
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: JSON.stringify(body),
      keepalive,
      cache: "no-store",
      signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
    });
    if (!response.ok) throw await problem(response);
    return response.status === 204 ? null : await response.json();
  } catch (error) {
    signal?.throwIfAborted();
    // Everything else is a network that ended, or an answer that came too late.
    throw error instanceof Problem ? error : new Problem(0);
  }
}

async function problem(response) {
  const said = await response.json().catch(() => ({}));
  const seconds = Number.parseInt(response.headers.get("Retry-After"), 10);
  return new Problem(response.status, {
    code: said.code,
    detail: said.detail,
    retryAfter: Number.isNaN(seconds) ? null : seconds,
  });
}
