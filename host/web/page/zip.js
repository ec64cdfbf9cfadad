// A zip file that stores: images do not get smaller by packing. PKWARE's APPNOTE.TXT, 4.3.

const UTF8_NAMES = 0x0800;
const VERSION = 20;

/** A Blob of entries `{ name, blob, modified }`; names must be unique. */
export async function zip(entries) {
  const files = [];
  const directory = [];
  let offset = 0;
  for (const { name, blob, modified } of entries) {
    const encoded = new TextEncoder().encode(name);
    const about = description(crc32(new Uint8Array(await blob.arrayBuffer())), blob.size, encoded.length, modified);
    const head = fields([[4, 0x04034b50], [2, VERSION], ...about, [2, 0]]);
    files.push(head, encoded, blob);
    // Its last fields: comment, disk, attributes, where the file begins.
    directory.push(fields([[4, 0x02014b50], [2, VERSION], [2, VERSION], ...about, [2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]), encoded);
    offset += head.length + encoded.length + blob.size;
  }
  const length = directory.reduce((sum, piece) => sum + piece.length, 0);
  const count = entries.length;
  const end = fields([[4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, length], [4, offset], [2, 0]]);
  return new Blob([...files, ...directory, end], { type: "application/zip" });
}

/** Names that a zip may have: no way out of its folder, nothing that a system refuses, and none twice where case does not count. */
export function uniqueNames(paths) {
  const taken = new Set();
  return paths.map((path) => {
    const clean = path.split(/[/\\]/).map(cleaned).filter((part) => part !== "").join("/") || "image";
    const [, stem, extension] = /^(.*?)(\.[^./]*)?$/s.exec(clean);
    let name = clean;
    for (let count = 2; taken.has(name.toLowerCase()); count += 1) name = `${stem} (${count})${extension ?? ""}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

const cleaned = (part) => part.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069<>:"|?*]/gu, "_").replace(/^\.+|[. ]+$/g, "");

function description(crc, size, nameLength, modified) {
  const time = (modified.getHours() << 11) | (modified.getMinutes() << 5) | (modified.getSeconds() >> 1);
  const date = ((modified.getFullYear() - 1980) << 9) | ((modified.getMonth() + 1) << 5) | modified.getDate();
  // Flags, method (stored), time, date, checksum, size twice.
  return [[2, UTF8_NAMES], [2, 0], [2, time], [2, date], [4, crc], [4, size], [4, size], [2, nameLength]];
}

/** Numbers of 2 or 4 bytes, little-endian. */
function fields(list) {
  const bytes = new Uint8Array(list.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of list) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return bytes;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
