// Waiting, and trying again: networks of phones come and go, and services are asked to slow down.

const TRIES = 6;
const FIRST_SECONDS = 1;
const LONGEST_SECONDS = 30;

/** What went wrong, with a status of HTTP (0: no answer at all), and what the service says about it. */
export class Problem extends Error {
  constructor(status, { code = "", detail = "", retryAfter = null } = {}) {
    super(detail || `status ${status}`);
    Object.assign(this, { status, code, detail, retryAfter });
    // May pass by itself.
    this.passing = status === 0 || status === 408 || status === 429 || status >= 500;
  }
}

/** A promise that ends after some seconds, or when the network is back; it fails if the signal says so. */
export function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const settle = (how) => () => {
      clearTimeout(timer);
      removeEventListener("online", over);
      signal?.removeEventListener("abort", aborted);
      how();
    };
    const over = settle(resolve);
    const aborted = settle(() => reject(signal.reason));
    // Without a network only its return counts.
    const timer = Number.isFinite(seconds) ? setTimeout(over, seconds * 1000) : undefined;
    addEventListener("online", over);
    if (signal?.aborted) aborted();
    else signal?.addEventListener("abort", aborted);
  });
}

/**
 * Tries again what fails and may pass, later each time. Being offline, or being told when to come back, costs no try.
 * `waits` is told what is waited for ("offline", "later", "tooMany") and how many seconds, and null when it goes on.
 * `advanced` tells whether the failed attempt came further than the one before: then all tries are there again.
 */
export async function persist(attempt, { signal, tries = TRIES, waits = () => {}, advanced = () => false } = {}) {
  for (let failures = 0; ;) {
    try {
      return await attempt();
    } catch (problem) {
      signal?.throwIfAborted();
      if (!(problem instanceof Problem) || !problem.passing) throw problem;
      if (advanced()) failures = 0;
      if (navigator.onLine === false) {
        waits("offline");
        await pause(Infinity, signal);
      } else {
        if (problem.retryAfter === null) failures += 1;
        if (failures >= tries) throw problem;
        // Not all clients at the same moment.
        const seconds =
          problem.retryAfter ??
          Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);
        waits(problem.status === 429 ? "tooMany" : "later", Math.ceil(seconds));
        await pause(seconds, signal);
      }
      waits(null);
    }
  }
}
