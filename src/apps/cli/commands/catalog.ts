import { hostname, setPriority } from 'node:os';
import { AppError } from '#base/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { requestOf } from '../scan/scan-request.ts';
import { scanTarget } from '../scan/scan-target.ts';
import { untilInputEnds } from '../until-input-ends.ts';
import { version } from '../version.ts';

/** What else runs on the host comes first. */
const niceness = 10;

/** `seawall catalog`: reads a target and writes what it found as a publication, one JSON object. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { arguments: words, options, terminal } = call;
  const [target] = words;
  if (target === undefined) throw new AppError('usage', 'catalog needs a target.');
  const stopListening = untilInputEnds(options['untilInputEnds'], () => process.exit(2));
  setPriority(niceness);
  try {
    terminal.out(JSON.stringify(await publicationOf(target, call)));
  } finally {
    stopListening();
  }
  return 0;
}

async function publicationOf(target: string, call: CommandCall): Promise<object> {
  const scannedAt = new Date().toISOString();
  const scanned = await scanTarget(requestOf(target, call));
  const scanner = { name: 'seawall', version, host: hostname() };
  return { ...scanned, target: text(call.options['name']) ?? target, scannedAt, scanner };
}
