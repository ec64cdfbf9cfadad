// What a person sees of one image in the list, and its buttons.

import { element, shown } from "./dom.js";
import { texts } from "./texts.js";

const THUMBNAIL = 192;
const NO_PROGRESS = ["done", "rejected", "refused", "failed", "cancelled"];

// Pictures are decoded one after the other: twenty at once would take gigabytes.
let decoding = Promise.resolve();

export class Card {
  #state = null;

  /** `act` has a function for each of retry, remove, compare and download. */
  constructor(item, act) {
    this.item = item;
    this.act = act;
    this.canvas = element("canvas", { width: THUMBNAIL, height: THUMBNAIL });
    const thumbnail = element("div", { className: "thumbnail", "aria-hidden": "true" }, this.canvas);
    thumbnail.dataset.label = shown(/[^.]{1,5}$/.exec(item.name)?.[0] ?? "");
    this.heading = element("h3", { title: shown(item.name), tabIndex: -1 }, element("bdi", {}, shown(item.name)));
    this.status = element("p", { className: "status" });
    this.progress = element("progress", { max: 1, value: 0, "aria-label": texts.uploadOf(item.name) });
    this.detail = element("details", { hidden: true }, element("summary", {}, texts.detail), element("p", {}));
    this.results = element("div", { className: "renditions" });
    this.actions = element("div", { className: "actions" });
    const body = element("div", { className: "body" }, this.heading, this.status, this.progress, this.detail);
    this.node = element("li", { className: "card" }, thumbnail, body, this.actions, this.results);
    thumbnail.addEventListener("click", () => {
      if (item.state === "done") act.compare(item, 0);
    });
    item.addEventListener("change", () => this.#update());
    this.#update();
    if (item.state !== "refused") this.#draw(() => createImageBitmap(item.file));
  }

  #update() {
    const { item } = this;
    const uploading = item.state === "uploading" && item.why === "";
    this.status.textContent = item.why || (uploading ? texts.uploading(item.sent, item.file.size) : texts[item.state]);
    this.progress.hidden = NO_PROGRESS.includes(item.state);
    // Without a value it only shows that something goes on.
    if (item.state === "compressing") this.progress.removeAttribute("value");
    else this.progress.value = item.sent / Math.max(1, item.file.size);
    if (item.state === this.#state) return;
    this.#state = item.state;
    this.node.dataset.state = item.state;
    this.detail.hidden = !item.detail;
    this.detail.lastChild.textContent = item.detail;
    const hadFocus = this.node.contains(document.activeElement);
    this.results.replaceChildren(...item.renditions.map((rendition, index) => this.#rendition(rendition, index)));
    this.actions.replaceChildren(...this.#actions());
    // Whoever pressed a button that is gone stays at its image.
    if (hadFocus && !this.node.contains(document.activeElement))
      (this.actions.querySelector("button") ?? this.heading).focus();
    if (item.state === "done" && !this.drawn) this.#draw(() => loaded(item.rendition.url));
  }

  #actions() {
    const { item, act } = this;
    if (item.state === "queued" || item.state === "uploading") return [this.#button(texts.cancel, () => item.cancel())];
    const remove = this.#button(texts.remove, () => act.remove(item), "quiet");
    return item.state === "failed" || item.state === "cancelled"
      ? [this.#button(texts.retry, () => act.retry(item)), remove]
      : [remove];
  }

  #rendition(rendition, index) {
    const { item, act } = this;
    const from = item.source.bytes;
    const to = rendition.bytes;
    const bar = element("div", { className: "bar", "aria-hidden": "true" }, element("span"));
    bar.firstChild.style.width = `${Math.min(100, (100 * to) / Math.max(from, to))}%`;
    const link = element(
      "a",
      {
        className: "button",
        href: rendition.downloadUrl,
        download: rendition.fileName,
        "aria-label": texts.actionOn(texts.download, rendition.fileName),
      },
      texts.download,
    );
    link.addEventListener("click", (event) => act.download(event, item, index));
    return element(
      "div",
      { className: "rendition" },
      element(
        "p",
        { className: "sizes" },
        element("span", {}, texts.fromTo(texts.bytes(from), texts.bytes(to))),
        element("strong", { className: to < from ? "badge good" : "badge" }, texts.smaller(from, to)),
      ),
      bar,
      rendition.kept ? element("p", { className: "hint" }, texts.kept) : null,
      element("dl", { className: "facts" }, ...this.#facts(rendition)),
      element(
        "div",
        { className: "actions" },
        this.#button(texts.compare, () => act.compare(item, index), "tonal"),
        link,
      ),
    );
  }

  #facts(rendition) {
    const { item } = this;
    const before = texts.format(item.source.mediaType);
    const after = texts.format(rendition.mediaType);
    const sides = rendition.width ? texts.sides(rendition.width, rendition.height) : null;
    const original = this.sides ? texts.sides(...this.sides) : sides;
    return [
      [texts.rendition, item.renditions.length > 1 ? rendition.name : null],
      [texts.dimensions, sides === original ? sides : sides && texts.fromTo(original, sides)],
      [texts.formatLabel, before === after ? after : texts.fromTo(before, after)],
      [texts.time, item.seconds === null ? null : texts.seconds(item.seconds)],
      [texts.encoder, rendition.encoder],
    ]
      .filter(([, value]) => value)
      .map(([label, value]) => element("div", {}, element("dt", {}, label), element("dd", {}, value)));
  }

  #button(label, action, style = "") {
    const button = element(
      "button",
      { type: "button", className: `button ${style}`, "aria-label": texts.actionOn(label, this.item.name) },
      label,
    );
    button.addEventListener("click", action);
    return button;
  }

  /** Draws what `open` results in as the thumbnail. A format that the browser does not know leaves it as it is. */
  #draw(open) {
    decoding = decoding.then(async () => {
      try {
        if (this.drawn) return;
        const picture = await open();
        this.drawn = true;
        this.sides ??= picture instanceof ImageBitmap ? [picture.width, picture.height] : null;
        const scale = THUMBNAIL / Math.min(picture.width, picture.height);
        const [width, height] = [picture.width * scale, picture.height * scale];
        const context = this.canvas.getContext("2d");
        context.imageSmoothingQuality = "high";
        context.drawImage(picture, (THUMBNAIL - width) / 2, (THUMBNAIL - height) / 2, width, height);
        this.node.classList.add("drawn");
        picture.close?.();
      } catch {
        // The empty thumbnail stays.
      }
    });
  }
}

async function loaded(url) {
  const picture = new Image();
  picture.src = url;
  await picture.decode();
  return picture;
}
