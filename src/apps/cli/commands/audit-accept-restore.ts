import { AppError, stateFolder } from '#base/index.ts';
import { withLocalAccess } from '../../console/local-access.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { userId } from '../scan/database-here.ts';

/** `seawall audit accept-restore`: acknowledges the gap that a restored copy of the data leaves in the trail. */
export async function run({ options, env, terminal }: CommandCall): Promise<ExitCode> {
  const reason = text(options['reason']) ?? '';
  if (reason === '')
    throw new AppError('usage', 'The reason is missing.', {
      next: 'Say with --reason why an older copy was restored.',
    });
  const place = { stateFolder: stateFolder(env, userId()), env };
  const { after, through } = await withLocalAccess(place, (access) => access.acceptRestore(reason.slice(0, 1000)));
  terminal.out(`acknowledged: what agents hold of entries ${after + 1} to ${through} is lost\n`);
  terminal.err('The trail tells of it, and `seawall audit verify` shows it from now on.\n');
  return 0;
}
