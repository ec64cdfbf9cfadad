// Elements, and how values are written. Texts become text nodes: nothing on this page is ever parsed as HTML.

/** An element with properties, or attributes where the name has a hyphen or is no property, and with children. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

export const byId = (id) => document.getElementById(id);

const LANGUAGE = "en";
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

/** A number of bytes, in decimal units and with three digits. */
export function size(bytes) {
  let unit = 0;
  let value = bytes;
  // 999.5 would be written as 1000.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const style = {
    style: "unit",
    unit: UNITS[unit],
    unitDisplay: unit === 0 ? "long" : "short",
    maximumSignificantDigits: 3,
  };
  return new Intl.NumberFormat(LANGUAGE, style).format(value);
}

/** A share of one. What is less than all is not shown as all. */
export function percent(share) {
  const shown = share < 1 && share > 0.99 ? 0.99 : share;
  return new Intl.NumberFormat(LANGUAGE, { style: "percent", maximumFractionDigits: 0 }).format(shown);
}

export const many = (count, one, more) => `${count} ${count === 1 ? one : more}`;

export const spell = (words) => new Intl.ListFormat(LANGUAGE).format([...new Set(words)]);

/**
 * A file's name as it may be shown. Controls go, and so do those that turn the direction of writing: with them a name
 * can look as if it ended in another way than it does.
 */
export const shown = (name) => name.replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, "\ufffd");
