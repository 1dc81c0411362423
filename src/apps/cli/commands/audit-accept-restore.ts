import { AppError, stateFolder } from '#base/index.ts';
import { acknowledgeRestore } from '../../console/accept-restore.ts';
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
  const { trail, log } = await acknowledgeRestore(place, reason.slice(0, 1000));
  if (trail !== undefined)
    terminal.out(`acknowledged: what agents hold of entries ${trail.after + 1} to ${trail.through} is lost\n`);
  if (log !== undefined)
    terminal.out(`acknowledged: what agents hold of evidence batches ${log.after + 1} to ${log.through} is lost\n`);
  terminal.err('The trail tells of it, and `seawall audit verify` shows it from now on.\n');
  return 0;
}
