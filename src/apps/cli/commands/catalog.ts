import { hostname, setPriority } from 'node:os';
import { AppError, cacheFolder } from '#base/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { userId } from '../scan/database-here.ts';
import { dockerSocketOf, limitsOf, platformOf } from '../scan/options.ts';
import { registryAccessOf } from '../scan/registry-access.ts';
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

async function publicationOf(target: string, { options, env }: CommandCall): Promise<object> {
  const scannedAt = new Date().toISOString();
  const scanned = await scanTarget({
    target,
    platform: platformOf(options),
    isPlatformAsked: options['platform'] !== undefined,
    limits: limitsOf(options),
    dockerSocket: dockerSocketOf(env),
    registry: registryAccessOf(options, env),
    executables: 'hashed',
    malwareSet: text(options['malwareSet']),
    ...(options['cache'] === false ? {} : { cacheFolder: cacheFolder(env, userId()) }),
  });
  const scanner = { name: 'seawall', version, host: hostname() };
  return { ...scanned, target: text(options['name']) ?? target, scannedAt, scanner };
}
