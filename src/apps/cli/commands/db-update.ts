import { AppError, cacheFolder } from '#base/index.ts';
import { downloadFeeds } from '#vulnerability/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { inOwnCache } from '../own-folder.ts';
import { bar, progressLine } from '../progress.ts';
import { databasePath, userId } from '../scan/database-here.ts';
import { build } from './db-build.ts';

/** `seawall db update`: fetch what changed in the public feeds, then build. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { options, env, terminal } = call;
  const folder = inOwnCache(env, userId(), 'feeds');
  if (folder === undefined)
    throw new AppError('usage', `Somebody else may write to ${cacheFolder(env, userId())}, or you may not.`, {
      next: 'Name a folder that is yours alone with XDG_CACHE_HOME: the feeds in it are believed.',
    });
  const line = progressLine(terminal);
  let failed: Awaited<ReturnType<typeof downloadFeeds>>['failed'] = [];
  try {
    ({ failed } = await downloadFeeds({
      folder,
      fetch,
      onProgress: ({ done, total, current }) =>
        line.show(`Fetching feeds ${bar(done / Math.max(1, total))} ${current}`),
    }));
  } finally {
    line.end();
  }
  for (const { path, reason } of failed)
    terminal.err(`${path} was not fetched: ${reason} What was fetched of it before is used, if anything was.\n`);
  return build(call, folder, text(options['out']) ?? databasePath({}, env));
}
