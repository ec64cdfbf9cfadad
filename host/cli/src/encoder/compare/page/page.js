"use strict";
// Between two pictures of the same place a slider is moved. Everything else is there without this.
for (const view of document.querySelectorAll(".view")) {
  const find = (selector) => view.querySelector(selector);
  const [left, right, slider, beside] = [".left", ".right", "input[type=range]", ".beside"].map(find);
  const has = (name) => find("figure." + name) !== null;
  for (const select of [left, right]) {
    for (const option of [...select.options]) {
      if (!has(option.value)) option.remove();
    }
  }
  if (!left.options.length || !right.options.length) continue;
  const pictures = find(".pictures");
  const draw = () => {
    view.classList.toggle("sliding", !beside.checked);
    for (const figure of pictures.children) {
      figure.classList.toggle("is-left", figure.classList.contains(left.value));
      figure.classList.toggle("is-right", figure.classList.contains(right.value));
    }
    const { width } = find(".is-right img").getBoundingClientRect();
    pictures.style.setProperty("--at", slider.value + "%");
    // The column may be wider than a small picture.
    pictures.style.setProperty("--line", (width * slider.value) / 100 + "px");
  };
  const move = (event) => {
    if (beside.checked || !(event.buttons & 1)) return;
    const box = find(".is-right img").getBoundingClientRect();
    slider.value = 100 * (event.clientX - box.left) / box.width;
    draw();
  };
  for (const control of [left, right, slider, beside]) control.addEventListener("input", draw);
  pictures.addEventListener("pointerdown", move);
  pictures.addEventListener("pointermove", move);
  for (const event of ["load", "resize"]) addEventListener(event, draw);
  find(".controls").hidden = false;
  draw();
}
