import { AppError } from '#base/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { placeOf } from '../doctor/place.ts';
import type { Part } from '../doctor/part.ts';
import { probes } from '../doctor/probes/index.ts';
import { type Answered, exitOf, jsonOf, textOf } from '../doctor/report.ts';

const parts: readonly string[] = ['cli', 'console', 'agent'] satisfies readonly Part[];

/** `seawall doctor`: usual trouble of this machine, each with its fix. Changes nothing. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { arguments: words, options, terminal } = call;
  const format = text(options['format']) ?? 'table';
  if (format !== 'table' && format !== 'json')
    throw new AppError('usage', `--format ${format} is neither table nor json.`);
  const wrong = words.find((word) => !isPart(word));
  if (wrong !== undefined)
    throw new AppError('usage', `There is no part ${wrong}.`, { next: `Parts are ${parts.join(', ')}.` });
  const place = placeOf(call, words.filter(isPart));
  const asked = probes.filter((probe) => probe.parts.some((part) => place.parts.has(part)));
  const answered: Answered[] = [];
  // One after the other: each has the machine to itself, and a clock is compared at rest.
  for (const { id, title, ask } of asked) answered.push({ id, title, answer: await ask(place) });
  terminal.out(format === 'json' ? jsonOf(answered, place.parts) : textOf(answered, terminal));
  return exitOf(answered);
}

function isPart(word: string): word is Part {
  return parts.includes(word);
}
