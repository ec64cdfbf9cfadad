// Encodes pictures at a quality, as a service with sharp does, and prints a line of JSON for each: milliseconds and the file.
//
//   node encode.js FORMAT OPTIONS FOLDER PICTURE...      OPTIONS are sharp's, as JSON

import { writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import sharp from 'sharp';

sharp.concurrency(1);
sharp.cache(false);

const [format, options, folder, ...pictures] = process.argv.slice(2);
const encode = ({ data, info }) => sharp(data, { raw: info }).toFormat(format, JSON.parse(options)).toBuffer();

// What is done once in a process is not a part of any encoding.
const blank = { create: { width: 64, height: 64, channels: 3, background: 'grey' } };
await encode(await sharp(blank).raw().toBuffer({ resolveWithObject: true }));
for (const picture of pictures) {
  const pixels = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
  const began = process.hrtime.bigint();
  const made = await encode(pixels);
  const milliseconds = Number(process.hrtime.bigint() - began) / 1e6;
  const file = join(folder, `${basename(picture, extname(picture))}.${format}`);
  writeFileSync(file, made);
  console.log(JSON.stringify({ picture, milliseconds, file }));
}
