import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { AppError, counted, digestPattern, messageOf, oneLine } from '#base/index.ts';
import type { ImageDigest } from '#base/index.ts';
import { importResult, type ImportedResult, type ImportTarget, importedLimit } from '#explorer/contract.ts';
import { call } from '#http/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { consoleOf } from '../compliance/ask-console.ts';
import { plain } from '../plain.ts';

/**
 * `seawall compliance import FILE --host NAME | --image DIGEST`: keeps a result of OpenSCAP on the console, beside what Seawall
 * found itself.
 */
export async function run(given: CommandCall): Promise<ExitCode> {
  const { arguments: words, options, terminal } = given;
  const [file = ''] = words;
  const target = targetOf(text(options['host']), text(options['image']));
  const console = consoleOf(given);
  const content = read(file).toString('base64');
  const name = oneLine(basename(file), 255);
  const { result, removed } = await call(importResult, { body: { target, name, content } }, console);
  for (const line of linesOf(result, removed)) terminal.out(`${plain(line)}\n`);
  return 0;
}

function targetOf(host: string | undefined, image: string | undefined): ImportTarget {
  if ((host === undefined) === (image === undefined))
    throw new AppError('usage', 'Name what was scanned: --host NAME or --image DIGEST.');
  if (host !== undefined) return { kind: 'host', name: host };
  if (image !== undefined && digestPattern.test(image)) return { kind: 'image', digest: image as ImageDigest };
  throw new AppError('usage', `--image ${image} is no digest: write sha256: and 64 hexadecimal digits.`, {
    next: 'The page of the image shows its digest.',
  });
}

/** Its size is looked at before it is read. */
function read(file: string): Buffer {
  try {
    const { size } = statSync(file);
    if (size <= importedLimit) return readFileSync(file);
  } catch (cause) {
    throw new AppError('usage', `${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
  throw new AppError('usage', `${file} is larger than ${importedLimit / 1024 / 1024} MiB.`);
}

function linesOf(result: ImportedResult, removed: number): readonly string[] {
  const { benchmark, profile, targets, counts, endedAt, age, staleAt, file, target } = result;
  const found = Object.entries(counts).flatMap(([outcome, rules]) => (rules === 0 ? [] : [`${rules} ${outcome}`]));
  const where = target.kind === 'host' ? `host ${target.name}` : `image ${target.digest}`;
  return [
    `imported for ${where}: ${profile?.title ?? profile?.id ?? 'default profile'}, ${benchmark.title ?? benchmark.id}`,
    `${found.join(', ')}; target ${targets.join(', ')}, scanned ${endedAt}`,
    ...(age === 'stale' ? [`stale since ${staleAt}: scan again`] : []),
    ...(removed === 0 ? [] : [`${counted(removed, 'older result')} of this target and profile removed`]),
    `SHA-256 ${file.sha256}. It is what the file says: Seawall proved none of it, and no control counts it.`,
  ];
}
