// Makes an uncompressed picture that fits a box of each photo: what encoders are given, so that none of them has an advantage of decoding.
//
//   node reference.js SIDE FOLDER PHOTO...

import { basename, extname, join } from 'node:path';
import sharp from 'sharp';

const [side, folder, ...photos] = process.argv.slice(2);
const box = { width: Number(side), height: Number(side), fit: 'inside', withoutEnlargement: true };
for (const photo of photos) {
  const made = join(folder, `${basename(photo, extname(photo))}.tif`);
  await sharp(photo).rotate().resize(box).toColourspace('srgb').removeAlpha().tiff({ compression: 'none' }).toFile(made);
  console.log(made);
}
