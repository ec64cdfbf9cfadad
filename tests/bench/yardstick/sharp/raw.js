// Decodes pictures, whoever made them: beside each, its 8-bit RGB in a file of the same name and `.rgb`. Prints a line of JSON for each.
//
//   node raw.js PICTURE...

import { writeFileSync } from 'node:fs';
import sharp from 'sharp';

for (const picture of process.argv.slice(2)) {
  const file = `${picture}.rgb`;
  const { data, info } = await sharp(picture).toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
  writeFileSync(file, data);
  console.log(JSON.stringify({ picture, file, width: info.width, height: info.height }));
}
