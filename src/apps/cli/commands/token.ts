import { Role, rolePermissions } from '#access/contract.ts';
import { AppError, stateFolder } from '#base/index.ts';
import { withLocalAccess } from '../../console/local-access.ts';
import { type CommandCall, type ExitCode, text, texts } from '../command.ts';
import { userId } from '../scan/database-here.ts';

/** `seawall token NAME`: a token for the console that runs here, for who may read its state folder. */
export async function run({ arguments: [name = ''], options, env, terminal }: CommandCall): Promise<ExitCode> {
  const role = Role.safeParse(text(options['role']) ?? 'ci').data;
  if (role === undefined)
    throw new AppError('usage', `--role ${text(options['role'])} is none of ${Role.options.join(', ')}.`);
  const days = text(options['days']);
  if (days !== undefined && !/^[1-9]\d{0,3}$/.test(days))
    throw new AppError('usage', `--days ${days} is no number of days.`);
  const repositories = texts(options['repository']);
  const { secret } = await withLocalAccess({ stateFolder: stateFolder(env, userId()), env }, (access) =>
    access.createToken({
      name,
      role,
      ...(repositories.length === 0 ? {} : { repositories: [...repositories] }),
      ...(days === undefined ? {} : { days: Number(days) }),
    }),
  );
  terminal.out(`${secret}\n`);
  if (rolePermissions[role].includes('publish') && repositories.length === 0)
    terminal.err('It publishes nothing, because it names no repository. Make one with --repository to publish.\n');
  terminal.err('It is shown this once; the page Access revokes it.\n');
  return 0;
}
