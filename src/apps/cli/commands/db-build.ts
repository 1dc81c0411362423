import { AppError, isAppError, systemClock } from '#base/index.ts';
import {
  buildDatabase,
  findFeeds,
  localSigningKey,
  openDatabase,
  readTrustedKeys,
  type RefusedFeed,
  type VulnerabilityDatabase,
} from '#vulnerability/index.ts';
import { type CommandCall, type ExitCode, text, texts } from '../command.ts';
import { bar, progressLine } from '../progress.ts';
import { databasePath, keyFolder } from '../scan/database-here.ts';
import { checkoutFolder } from '../checkout.ts';
import { describeTallies } from '../describe-tallies.ts';
import { leftOutFile } from '../left-out-file.ts';

/** `seawall db build`: one signed database file from a folder of feeds. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { options, env } = call;
  const feeds = text(options['feeds']) ?? findFeeds(env, checkoutFolder());
  if (feeds === undefined) {
    throw new AppError('feeds-unavailable', 'No folder of feeds is named.', {
      next: 'Name one with --feeds or SEAWALL_FEEDS, or run `seawall db update` to fetch the public feeds.',
    });
  }
  return build(call, feeds, text(options['out']) ?? databasePath({}, env));
}

/** Builds from a folder and says what came out. */
export async function build({ options, terminal, env }: CommandCall, feeds: string, out: string): Promise<ExitCode> {
  const line = progressLine(terminal);
  const started = performance.now();
  const dropped = text(options['dropped']);
  const list = dropped === undefined ? undefined : leftOutFile(dropped);
  const before = databaseBefore(out, env);
  const refused: RefusedFeed[] = [];
  try {
    const info = await buildDatabase({
      feeds,
      out,
      ...(before !== undefined && { before }),
      acceptSmaller: texts(options['acceptSmaller']),
      onRefused: (one) => refused.push(one),
      clock: systemClock,
      signingKey: localSigningKey(keyFolder(env)),
      ...(list !== undefined && { onLeftOut: (one) => list.add(one) }),
      onProgress: (progress) =>
        options['news'] === true
          ? terminal.out(`${JSON.stringify(progress)}\n`)
          : line.show(`Reading feeds ${bar(progress.done / Math.max(1, progress.total))} ${progress.current}`),
    });
    line.end();
    terminal.err(
      `${out}: ${info.advisories} advisories of ${info.sources.length} sources in ${((performance.now() - started) / 1000).toFixed(1)} s\n`,
    );
    for (const one of refused) terminal.err(refusal(one));
    terminal.err(`\n${describeTallies(info.tallies)}`);
    if (dropped !== undefined) terminal.err(`\n${dropped}: what is not kept, or not whole, one a line\n`);
    return 0;
  } finally {
    line.end();
    list?.close();
    before?.close();
  }
}

/** The database that is to be replaced, where it is one that is trusted here. */
function databaseBefore(path: string, env: CommandCall['env']): VulnerabilityDatabase | undefined {
  try {
    return openDatabase(path, {
      trustedKeys: readTrustedKeys({ folder: keyFolder(env), files: [] }),
      allowUnsigned: false,
    });
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}

function refusal({ file, kind, reason }: RefusedFeed): string {
  const next = kind === 'damaged' ? 'Fetch it again.' : `If it is right, say so with --accept-smaller '${file}'.`;
  return `${file} was not taken: ${reason}. What the database before holds of it is kept. ${next}\n`;
}
