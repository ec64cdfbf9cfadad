// Every text of the page, in English. What index.html shows before a script has run are the same texts.

import { many, percent, shown, size, spell } from "./dom.js";

export const texts = {
  // The page.
  title: "Drop images, see what they become",
  lead: "Sandpress makes them small and keeps how they look. Drop files or folders anywhere, paste, or choose:",
  chooseFiles: "Choose images",
  chooseFolder: "Choose a folder",
  dropNow: "Drop to compress",
  results: "Results",
  downloadAll: "Download all (zip)",
  clear: "Clear list",
  accepted: (limits) => `${spell(limits.mediaTypes.map(texts.format))}; up to ${size(limits.maxBytes)} each`,
  format: (mediaType) => FORMATS[mediaType] ?? mediaType.replace(/^.*\/(x-)?/, "").toUpperCase(),
  unreachable: "The service does not answer. It is tried again until it does.",
  leftOut: (count) =>
    `${many(count, "file", "files")} in the folder cannot be compressed, and ${count === 1 ? "was" : "were"} left out.`,
  nothingThere: "There was no image in what was dropped.",

  // Totals.
  saved: (bytes, total) =>
    (bytes >= 0 ? `${size(bytes)} saved` : `${size(-bytes)} added`) +
    (bytes > 0 && total > 0 ? ` (${percent(bytes / total)})` : ""),
  count: (done, all, failed) =>
    `${done} of ${many(all, "image", "images")} done` +
    (failed > 0 ? `, ${many(failed, "needs", "need")} your attention` : ""),
  inTitle: (ended, all) => `(${ended}/${all}) Sandpress`,
  zipping: (at, all) => `Packing ${at} of ${all} …`,
  zipFailed: "The zip could not be made, since a download failed. Please try again.",

  // A card.
  bytes: size,
  queued: "Waiting for its turn",
  preparing: "Preparing the upload",
  uploading: (sent, all) => `Uploading: ${size(sent)} of ${size(all)}`,
  compressing: "Being compressed",
  compressingLong: "Being compressed. It takes longer than usual; it goes on as long as this page is open.",
  done: "Done",
  cancelled: "Cancelled. Nothing was kept.",
  offline: "No network. It goes on by itself when the network is back.",
  later: (seconds) => `The service did not answer. The next try is in ${many(seconds, "second", "seconds")}.`,
  tooMany: (seconds) => `Many uploads at once: this one goes on in ${many(seconds, "second", "seconds")}.`,
  cancel: "Cancel",
  retry: "Try again",
  remove: "Remove",
  compare: "Compare",
  download: "Download",
  actionOn: (action, name) => `${action}: ${shown(name)}`,
  uploadOf: (name) => `Upload of ${shown(name)}`,
  smaller: (from, to) =>
    to < from ? `${percent(1 - to / from)} smaller` : to > from ? `${percent(to / from - 1)} larger` : "same size",
  fromTo: (from, to) => `${from} → ${to}`,
  kept: "The picture stays as it was: it cannot be made smaller.",
  detail: "Details",
  dimensions: "Dimensions",
  formatLabel: "Format",
  time: "Ready after",
  encoder: "Encoder",
  rendition: "Rendition",
  sides: (width, height) => `${width} × ${height}`,
  seconds: (seconds) => `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`,

  // What is refused before it is sent, and what to do.
  tooLarge: (bytes, limit) =>
    `Too large: it has ${size(bytes)}, and ${size(limit)} is the most. Nothing was sent. Save it with fewer pixels, ` +
    "and drop it again.",
  wrongType:
    "Not an image of a kind that is read here. Nothing was sent. Save it as JPEG, PNG or WebP, and drop it again.",
  empty: "The file is empty. Nothing was sent. Look whether it was saved or copied completely.",
  unreadable: "The file could not be read: it was moved, changed or removed meanwhile. Drop it again.",

  // Rejected by the encoder: why, and what to do.
  rejected: {
    unsupported:
      "This is not an image of a kind that is read here, whatever its name says. Save it as JPEG, PNG or WebP, " +
      "and drop it again.",
    malformed:
      "The image is damaged, or only a part of it arrived. Save or copy it once more from where it comes from.",
    "over-limit":
      "The image has more pixels, or needs more memory or time, than is allowed. Save it with fewer pixels.",
    conflict: "Another upload has the place of this one. Give the file another name, and drop it again.",
  },
  expired: "It never arrived, or has been removed since. Try again.",

  // Failed: what may pass.
  failed: {
    network: "The service cannot be reached. Look at your network, and try again.",
    unavailable: "The service does not answer. Try again in a few minutes.",
    forbidden: "You are not, or no longer, signed in. Open the link to this page again.",
    store: (status) => `The store refused the upload (status ${status}). Try again.`,
    other: "Something went wrong. Try again.",
  },

  // Before and after.
  before: "Before",
  after: "After",
  side: (which, mediaType, bytes) => `${which} · ${texts.format(mediaType)} · ${size(bytes)}`,
  close: "Close",
  previous: "Previous image",
  next: "Next image",
  divider: "Divider between before and after",
  dividerAt: (value) => `${Math.round(value)}% before, ${100 - Math.round(value)}% after`,
  zoom: "Zoom",
  fit: "Fit",
  zoomTo: percent,
  stage: "Pictures: drag or use the arrow keys to move, plus and minus to zoom",
  loading: "Loading …",
  cannotShow: (mediaType) => `Your browser cannot show ${texts.format(mediaType)}.`,

  // For screen readers.
  added: (count) => `${many(count, "image", "images")} added.`,
  announceDone: (name, change) => `${shown(name)}: done, ${change}.`,
  announceFailed: (name, why) => `${shown(name)}: ${why}`,
  announceMany: (done, all, saved) => `${done} of ${all} done, ${saved}.`,
};

const FORMATS = {
  "image/jpeg": "JPEG",
  "image/png": "PNG",
  "image/webp": "WebP",
  "image/avif": "AVIF",
  "image/gif": "GIF",
  "image/jxl": "JPEG XL",
  "image/heic": "HEIC",
  "image/heif": "HEIF",
  "image/tiff": "TIFF",
  "image/bmp": "BMP",
  "image/qoi": "QOI",
};
