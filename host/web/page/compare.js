// Before and after in one place, to the pixel: a divider between them, zoom, and moving about.

import { byId, element, shown } from "./dom.js";
import { texts } from "./texts.js";

const ZOOMS = [1, 2, 4, 8];
const MOST = 16;
const STEP = 1.25;
// So near to the divider it is the divider that is dragged.
const REACH = 28;
const MOVE = 60;

/**
 * The dialog. `list` gives the items that can be compared, in order; `download` is called when a rendition's link is
 * followed.
 */
export class Compare {
  #item = null;
  #index = 0;
  #shown = 0;
  // Where the divider stands, as a share of the stage.
  #split = 0.5;
  // Device's pixels for each of the picture's, or null: as much as fits.
  #zoom = null;
  // What of the picture is in the middle of the stage, as shares of it.
  #middle = { x: 0.5, y: 0.5 };
  #natural = { width: 1, height: 1 };
  #pointers = new Map();
  #drag = null;

  constructor(list, download) {
    this.list = list;
    this.follow = download;
    this.dialog = byId("compare");
    this.#build();
    this.#listen();
  }

  async show(item, index) {
    this.#item = item;
    this.#index = index;
    this.#zoom = null;
    this.#middle = { x: 0.5, y: 0.5 };
    this.#split = 0.5;
    this.#label();
    if (!this.dialog.open) {
      this.dialog.showModal();
      this.range.focus();
    }
    await this.#load();
  }

  #build() {
    const button = (label, action, properties = {}) => {
      const made = element("button", { type: "button", className: "button", ...properties }, label);
      made.addEventListener("click", action);
      return made;
    };
    this.name = element("h2", { id: "compare-name" });
    this.previous = button("←", () => this.#go(-1), { "aria-label": texts.previous });
    this.next = button("→", () => this.#go(1), { "aria-label": texts.next });
    this.choice = element("select", { "aria-label": texts.rendition });
    this.choice.addEventListener("change", () => this.show(this.#item, this.choice.selectedIndex));
    this.close = button("✕", () => this.dialog.close(), { "aria-label": texts.close });

    this.stage = element("div", { className: "stage", tabIndex: 0, role: "group", "aria-label": texts.stage });
    // What shows through where a picture is transparent.
    this.stage.append(element("div", { className: "paper" }));
    this.sides = [texts.before, texts.after].map((which, side) => {
      const picture = element("img", { alt: which, draggable: false, decoding: "async" });
      const note = element("p", { className: "note" });
      const pane = element("div", { className: `pane ${side === 0 ? "before" : "after"}` }, picture, note);
      const caption = element("p", { className: `caption ${side === 0 ? "before" : "after"}` });
      this.stage.append(pane, caption);
      return { picture, note, caption };
    });
    this.stage.append(element("div", { className: "divider", "aria-hidden": "true" }, element("span")));

    this.range = element("input", { type: "range", min: 0, max: 100, step: 0.1, "aria-label": texts.divider });
    this.readout = element("output", { className: "hint" });
    this.zooms = [null, ...ZOOMS].map((zoom) => ({
      zoom,
      button: button(zoom === null ? texts.fit : texts.zoomTo(zoom), () => this.#zoomTo(zoom), {
        "aria-pressed": "false",
      }),
    }));
    this.download = element("a", { className: "button primary" }, texts.download);
    this.dialog.append(
      element("div", { className: "bar-top" }, this.name, this.choice, this.previous, this.next, this.close),
      this.stage,
      element("div", { className: "slide" }, this.range),
      element(
        "div",
        { className: "bar-bottom" },
        element(
          "div",
          { className: "zooms", role: "group", "aria-label": texts.zoom },
          ...this.zooms.map((one) => one.button),
          this.readout,
        ),
        this.download,
      ),
    );
  }

  #label() {
    const item = this.#item;
    const rendition = item.renditions[this.#index];
    this.name.replaceChildren(element("bdi", {}, shown(item.name)));
    this.name.title = shown(item.name);
    this.choice.hidden = item.renditions.length < 2;
    this.choice.replaceChildren(
      ...item.renditions.map((one, index) => element("option", { selected: index === this.#index }, one.name)),
    );
    const items = this.list();
    for (const one of [this.previous, this.next]) one.hidden = items.length < 2;
    const [before, after] = this.sides;
    before.caption.textContent = texts.side(texts.before, item.source.mediaType, item.source.bytes);
    const smaller = texts.smaller(item.source.bytes, rendition.bytes);
    after.caption.textContent = `${texts.side(texts.after, rendition.mediaType, rendition.bytes)} · ${smaller}`;
    this.download.href = rendition.downloadUrl;
    this.download.download = rendition.fileName;
    this.download.setAttribute("aria-label", texts.actionOn(texts.download, rendition.fileName));
  }

  /** The source out of the file itself, which is here; the rendition out of the bucket. */
  async #load() {
    const ticket = (this.#shown += 1);
    const item = this.#item;
    for (const { note } of this.sides) note.textContent = texts.loading;
    for (const { picture } of this.sides) {
      if (picture.src.startsWith("blob:")) URL.revokeObjectURL(picture.src);
      picture.removeAttribute("src");
    }
    const rendition = (await item.links().catch(() => item.renditions))[this.#index];
    if (ticket !== this.#shown) return;
    this.#label();
    const [before, after] = this.sides;
    await Promise.all([
      this.#open(before, URL.createObjectURL(item.file), item.source.mediaType, ticket),
      this.#open(after, rendition.url, rendition.mediaType, ticket),
    ]);
    if (ticket !== this.#shown) return;
    // Both are laid over each other in the size of the source, or of what can be shown.
    const shows = before.picture.naturalWidth > 0 ? before.picture : after.picture;
    this.#natural = { width: shows.naturalWidth || 1, height: shows.naturalHeight || 1 };
    this.#draw();
    this.dialog.dataset.ready = String(ticket);
  }

  async #open({ picture, note }, url, mediaType, ticket) {
    picture.src = url;
    const said = await picture.decode().then(
      () => "",
      () => texts.cannotShow(mediaType),
    );
    if (ticket !== this.#shown) return;
    note.textContent = said;
    picture.hidden = said !== "";
  }

  #go(step) {
    const items = this.list();
    const at = items.indexOf(this.#item);
    this.show(items[(at + step + items.length) % items.length], 0);
  }

  /** The scale in pixels of CSS for each of the picture's. One device's pixel for each is 100 %. */
  get #scale() {
    const { clientWidth, clientHeight } = this.stage;
    const fit = Math.min(clientWidth / this.#natural.width, clientHeight / this.#natural.height, 1 / devicePixelRatio);
    return this.#zoom === null ? fit : this.#zoom / devicePixelRatio;
  }

  #zoomTo(zoom, at) {
    const { clientWidth, clientHeight } = this.stage;
    const point = at ?? { x: clientWidth / 2, y: clientHeight / 2 };
    const before = this.#scale;
    this.#zoom = zoom === null ? null : Math.min(MOST, Math.max(1 / MOST, zoom));
    // What is under the pointer stays there.
    const by = 1 / before - 1 / this.#scale;
    this.#middle.x += ((point.x - clientWidth / 2) * by) / this.#natural.width;
    this.#middle.y += ((point.y - clientHeight / 2) * by) / this.#natural.height;
    this.#draw();
  }

  #zoomBy(factor, at) {
    this.#zoomTo(this.#scale * devicePixelRatio * factor, at);
  }

  #moveBy(x, y) {
    this.#middle.x -= x / (this.#natural.width * this.#scale);
    this.#middle.y -= y / (this.#natural.height * this.#scale);
    this.#draw();
  }

  #splitAt(share) {
    this.#split = Math.min(1, Math.max(0, share));
    this.#draw();
  }

  #draw() {
    const { style, clientWidth, clientHeight } = this.stage;
    const scale = this.#scale;
    const width = this.#natural.width * scale;
    const height = this.#natural.height * scale;
    const place = (length, room, middle) => {
      // What fits is in the middle; of what does not, no edge comes inside the stage.
      const inside = length <= room ? 0.5 : Math.min(1 - room / length / 2, Math.max(room / length / 2, middle));
      return [inside, room / 2 - inside * length];
    };
    const [x, left] = place(width, clientWidth, this.#middle.x);
    const [y, top] = place(height, clientHeight, this.#middle.y);
    this.#middle = { x, y };
    style.setProperty("--width", `${width}px`);
    style.setProperty("--height", `${height}px`);
    // To the device's pixel, or every pixel of the picture would be mixed of two.
    style.setProperty("--left", `${Math.round(left * devicePixelRatio) / devicePixelRatio}px`);
    style.setProperty("--top", `${Math.round(top * devicePixelRatio) / devicePixelRatio}px`);
    style.setProperty("--split", `${this.#split * 100}%`);
    this.stage.classList.toggle("pixels", scale * devicePixelRatio >= 2);
    this.stage.classList.toggle("movable", width > clientWidth + 1 || height > clientHeight + 1);
    this.range.value = this.#split * 100;
    this.range.setAttribute("aria-valuetext", texts.dividerAt(this.#split * 100));
    this.readout.textContent = texts.zoomTo(scale * devicePixelRatio);
    for (const { zoom, button } of this.zooms) button.setAttribute("aria-pressed", String(zoom === this.#zoom));
  }

  #listen() {
    new ResizeObserver(() => this.#draw()).observe(this.stage);
    this.range.addEventListener("input", () => this.#splitAt(this.range.valueAsNumber / 100));
    this.range.addEventListener("keydown", (event) => this.#rangeKey(event));
    this.stage.addEventListener("keydown", (event) => this.#stageKey(event));
    this.dialog.addEventListener("keydown", (event) => this.#zoomKey(event));
    this.stage.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        this.#zoomBy(STEP ** (-Math.sign(event.deltaY) * Math.min(1, Math.abs(event.deltaY) / 50)), this.#at(event));
      },
      { passive: false },
    );
    this.stage.addEventListener("dblclick", (event) => this.#zoomTo(this.#zoom === null ? 1 : null, this.#at(event)));
    this.stage.addEventListener("pointerdown", (event) => this.#press(event));
    this.stage.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"])
      this.stage.addEventListener(end, (event) => this.#pointers.delete(event.pointerId));
    this.download.addEventListener("click", (event) => this.follow(event, this.#item, this.#index));
    this.dialog.addEventListener("close", () => {
      this.#shown += 1;
      for (const { picture } of this.sides) {
        if (picture.src.startsWith("blob:")) URL.revokeObjectURL(picture.src);
        picture.removeAttribute("src");
      }
      delete this.dialog.dataset.ready;
    });
  }

  #at(event) {
    const { left, top } = this.stage.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  #press(event) {
    if (event.button !== 0) return;
    this.stage.setPointerCapture(event.pointerId);
    const at = this.#at(event);
    this.#pointers.set(event.pointerId, at);
    const near = Math.abs(at.x - this.#split * this.stage.clientWidth) < REACH;
    // What fits cannot be moved: then the divider comes to the pointer.
    this.#drag = near || !this.stage.classList.contains("movable") ? "divider" : "picture";
    if (this.#drag === "divider" && this.#pointers.size === 1) this.#splitAt(at.x / this.stage.clientWidth);
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (before === undefined) return;
    const at = this.#at(event);
    if (this.#pointers.size === 2) {
      const other = [...this.#pointers].find(([id]) => id !== event.pointerId)[1];
      const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
      this.#zoomBy(distance(at, other) / Math.max(1, distance(before, other)), middle);
      this.#moveBy((at.x - before.x) / 2, (at.y - before.y) / 2);
    } else if (this.#drag === "divider") {
      this.#splitAt(at.x / this.stage.clientWidth);
    } else {
      this.#moveBy(at.x - before.x, at.y - before.y);
    }
    this.#pointers.set(event.pointerId, at);
  }

  /** Whole percents by the keys: the range's own step is fine, for the pointer. */
  #rangeKey(event) {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    this.#splitAt(this.#split + (by * (event.shiftKey ? 10 : 1)) / 100);
  }

  #stageKey(event) {
    const by = { ArrowLeft: [MOVE, 0], ArrowRight: [-MOVE, 0], ArrowUp: [0, MOVE], ArrowDown: [0, -MOVE] }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    this.#moveBy(...by);
  }

  #zoomKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      "+": () => this.#zoomBy(STEP),
      "=": () => this.#zoomBy(STEP),
      "-": () => this.#zoomBy(1 / STEP),
      0: () => this.#zoomTo(null),
      1: () => this.#zoomTo(1),
    }[event.key];
    act?.();
  }
}

const distance = (one, other) => Math.hypot(one.x - other.x, one.y - other.y);
