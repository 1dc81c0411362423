import { type OneFile, type Part, runAsOneFile } from '#base/index.ts';
import { commands } from '../commands/index.ts';
import { runProgram } from '../program.ts';
import { processTerminal } from '../terminal.ts';
import { version } from '../version.ts';
import { commandsHere } from './commands-here.ts';
import { partWord } from './part-word.ts';

const parts: Readonly<Record<Part, () => Promise<unknown>>> = {
  'layer-worker': async () => await import('#catalog/layer-worker.ts'),
};

/** Runs what the words say: a command, or a part of the program for the process that started this one. */
export async function start(file: OneFile, words: readonly string[]): Promise<void> {
  runAsOneFile(file);
  const [first, name = ''] = words;
  if (first === partWord) {
    if (isPart(name)) await parts[name]();
    return;
  }
  process.exitCode = await runProgram(words, commandsHere(commands), {
    terminal: processTerminal(process),
    env: process.env,
    version,
  });
}

function isPart(name: string): name is Part {
  return Object.hasOwn(parts, name);
}
