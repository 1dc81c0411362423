import { hostname, setPriority } from 'node:os';
import { AppError, cacheFolder } from '#base/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { userId } from '../scan/database-here.ts';
import { dockerSocketOf, limitsOf, platformOf } from '../scan/options.ts';
import { scanTarget } from '../scan/scan-target.ts';
import { version } from '../version.ts';

/** What else runs on the host comes first. */
const niceness = 10;

/** `seawall catalog`: reads a target and writes what it found as a publication, one JSON object. Ends with its parent. */
export async function run({ arguments: words, options, env, terminal }: CommandCall): Promise<ExitCode> {
  const [target] = words;
  if (target === undefined) throw new AppError('usage', 'catalog needs a target.');
  if (options['untilInputEnds'] === true) process.stdin.once('close', () => process.exit(2)).resume();
  setPriority(niceness);
  const keep = options['cache'] === false ? {} : { cacheFolder: cacheFolder(env, userId()) };
  const scannedAt = new Date().toISOString();
  const scanned = await scanTarget({
    target,
    platform: platformOf(options),
    limits: limitsOf(options),
    dockerSocket: dockerSocketOf(env),
    ...keep,
  });
  const scanner = { name: 'seawall', version, host: hostname() };
  const publication = { ...scanned, target: text(options['name']) ?? target, scannedAt, scanner };
  terminal.out(JSON.stringify(publication));
  if (options['untilInputEnds'] === true) process.stdin.removeAllListeners('close').destroy();
  return 0;
}
