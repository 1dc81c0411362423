import { AppError, stateFolder } from '#base/index.ts';
import { withLocalAccess } from '../../console/local-access.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { userId } from '../scan/database-here.ts';

/** `seawall token NAME`: a token for the console that runs here, for who may read its state folder. */
export async function run({ arguments: [name = ''], options, env, terminal }: CommandCall): Promise<ExitCode> {
  const scope = text(options['scope']) ?? 'publish';
  if (scope !== 'publish' && scope !== 'read')
    throw new AppError('usage', `--scope ${scope} is neither publish nor read.`);
  const days = text(options['days']);
  if (days !== undefined && !/^[1-9]\d{0,3}$/.test(days))
    throw new AppError('usage', `--days ${days} is no number of days.`);
  const { secret } = await withLocalAccess({ stateFolder: stateFolder(env, userId()), env }, (access) =>
    access.createToken({ name, scope, ...(days === undefined ? {} : { days: Number(days) }) }),
  );
  terminal.out(`${secret}\n`);
  terminal.err('It is shown this once; the page Access revokes it.\n');
  return 0;
}
