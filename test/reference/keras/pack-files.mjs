#!/usr/bin/env node
// Packs model files of recurrent, attention and text layers with what real Keras predicted, for tests without Python:
//   node test/reference/keras/pack-files.mjs OUT.json.gz FOLDER NAME...
// (FOLDER: what recurrent_cases.py, attention_cases.py or preprocessing_cases.py left; NAME: `folder/name.extension`)
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const [out, folder, ...names] = process.argv.slice(2);
const files = names.map((file) => {
  const { cases, rtol } = JSON.parse(readFileSync(join(folder, file.replace(/\.\w+$/, '.json')), 'utf8'));
  return { file, rtol, bytes: readFileSync(join(folder, file)).toString('base64'), cases };
});
writeFileSync(out, gzipSync(JSON.stringify({ files }), { level: 9 }));
