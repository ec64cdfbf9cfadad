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
    const head = Uint8Array.of(...u32(0x04034b50), ...u16(VERSION), ...about, ...u16(0));
    files.push(head, encoded, blob);
    // Behind what the head says too: no comment, the first disk, no attributes, and where the file begins.
    const tail = [...u16(0, 0, 0, 0), ...u32(0, offset)];
    directory.push(Uint8Array.of(...u32(0x02014b50), ...u16(VERSION, VERSION), ...about, ...tail), encoded);
    offset += head.length + encoded.length + blob.size;
  }
  const length = directory.reduce((sum, piece) => sum + piece.length, 0);
  const count = entries.length;
  const end = Uint8Array.of(...u32(0x06054b50), ...u16(0, 0, count, count), ...u32(length, offset), ...u16(0));
  return new Blob([...files, ...directory, end], { type: "application/zip" });
}

/**
 * Names that a zip may have: no way out of its folder, nothing that a system refuses, and none twice where case does
 * not count.
 */
export function uniqueNames(paths) {
  const taken = new Set();
  return paths.map((path) => {
    const clean =
      path
        .split(/[/\\]/)
        .map(cleaned)
        .filter((part) => part !== "")
        .join("/") || "image";
    const [, stem, extension] = /^(.*?)(\.[^./]*)?$/s.exec(clean);
    let name = clean;
    for (let count = 2; taken.has(name.toLowerCase()); count += 1) name = `${stem} (${count})${extension ?? ""}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

const cleaned = (part) => part.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069<>:"|?*]/gu, "_").replace(/^\.+|[. ]+$/g, "");

/** What a file's head and its entry in the directory have in common. */
function description(crc, size, nameLength, modified) {
  const time = (modified.getHours() << 11) | (modified.getMinutes() << 5) | (modified.getSeconds() >> 1);
  const date = ((modified.getFullYear() - 1980) << 9) | ((modified.getMonth() + 1) << 5) | modified.getDate();
  // Stored: the method is 0, and both sizes are the same.
  return [...u16(UTF8_NAMES, 0, time, date), ...u32(crc, size, size), ...u16(nameLength)];
}

/** Numbers as bytes, little-endian. */
const u16 = (...values) => values.flatMap((value) => [value & 255, (value >> 8) & 255]);
const u32 = (...values) => values.flatMap((value) => u16(value & 0xffff, value >>> 16));

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
