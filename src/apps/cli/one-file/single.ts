import { createRequire } from 'node:module';
import { getAsset, getRawAsset } from 'node:sea';
import { constants, Script } from 'node:vm';
import type { OneFile } from '#base/index.ts';
import { keepCode, keptCode, placeOfCode } from './kept-code.ts';
import { ownPath } from './own-path.ts';
import { partWord } from './part-word.ts';
import type { start } from './start.ts';

/**
 * Entry of the single executable: runs the program that it holds, with the code that V8 compiled for it before. Node’s own
 * code cache within the executable would differ in each build.
 */
const place = ownPath(process.execPath, process.env['PATH']);
const words = process.argv.slice(2);
const isPart = words[0] === partWord;
const kept = keptCode(isPart ? (words[2] ?? '') : placeOfCode(getAsset('id', 'utf8'), process.env));
const script = new Script(
  `(function (exports, require, module, __filename, __dirname) {${getAsset('program', 'utf8')}\n})`,
  {
    filename: 'seawall.cjs',
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(kept.code === undefined ? {} : { cachedData: kept.code }),
  },
);
const program: { exports: { readonly start?: typeof start } } = { exports: {} };
script.runInThisContext()(program.exports, createRequire(place), program, place, '/');

const file: OneFile = {
  startOf: (part, nodeOptions) => [place, `--node-options=${nodeOptions.join(' ')}`, partWord, part, kept.file],
  asset: (name) => new Uint8Array(getRawAsset(name)),
};
const ended = program.exports.start?.(file, words);
if (!isPart) void ended?.then(() => keepCode(script, kept, words[0] ?? ''));
