import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { OneFile } from '#base/index.ts';
import { partWord } from './part-word.ts';
import { start } from './start.ts';

/** Entry of `seawall.cjs`, which the Node of a machine runs. What it holds beside its code are comments on its last lines. */
const file: OneFile = {
  startOf: (part, nodeOptions) => [process.execPath, ...nodeOptions, import.meta.filename, partWord, part],
  asset(name) {
    const mark = `\n// ${name} `;
    const text = readFileSync(import.meta.filename, 'latin1');
    const at = text.lastIndexOf(mark);
    if (at === -1) throw new Error(`${import.meta.filename} holds no ${name}.`);
    const end = text.indexOf('\n', at + mark.length);
    return gunzipSync(Buffer.from(text.slice(at + mark.length, end), 'base64'));
  },
};

void start(file, process.argv.slice(2));
