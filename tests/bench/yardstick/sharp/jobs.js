// Makes a JPEG that fits a box of each photo, as a service with sharp does, and prints a line of JSON for each: milliseconds, bytes, and
// the most memory that the process has had.
//
//   node jobs.js SIDE PHOTO...

import { readFileSync } from 'node:fs';
import sharp from 'sharp';

sharp.concurrency(1);
sharp.cache(false);

const [side, ...photos] = process.argv.slice(2);
const box = { width: Number(side), height: Number(side), fit: 'inside', withoutEnlargement: true };
const job = (photo) => sharp(photo).rotate().resize(box).jpeg({ quality: 80, mozjpeg: true }).toBuffer();

// What is done once in a process is not a part of any job.
const blank = sharp({ create: { width: 64, height: 64, channels: 3, background: 'grey' } });
await job(await blank.jpeg().toBuffer());
const idle = process.resourceUsage().maxRSS;
for (const path of photos) {
  const photo = readFileSync(path);
  const began = process.hrtime.bigint();
  const made = await job(photo);
  const milliseconds = Number(process.hrtime.bigint() - began) / 1e6;
  const mebibytes = (process.resourceUsage().maxRSS - idle) / 1024;
  console.log(JSON.stringify({ path, milliseconds, bytes: made.length, mebibytes }));
}
