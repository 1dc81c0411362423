import { Role, rolePermissions } from '#access/contract.ts';
import { AppError, counted, stateFolder } from '#base/index.ts';
import { withHeldTokens } from '../../console/held-tokens.ts';
import { withLocalAccess } from '../../console/local-access.ts';
import { type CommandCall, type ExitCode, type Terminal, text, texts } from '../command.ts';
import { userId } from '../scan/database-here.ts';

/** `seawall token --confirm`: those that are held since a restore work again, once a person said so. */
async function confirmHeld({ options, env, terminal }: CommandCall): Promise<ExitCode> {
  const place = { stateFolder: stateFolder(env, userId()), env };
  const { tokens, joinTokens } = await withHeldTokens(place, async (held) => {
    const { tokens, joinTokens } = await held.list();
    for (const { name, role, createdAt, createdBy } of tokens)
      terminal.err(`  ${name}, ${role}, made ${createdAt} by ${createdBy}\n`);
    for (const { name, expiresAt } of joinTokens) terminal.err(`  ${name}, a join token until ${expiresAt}\n`);
    const count = tokens.length + joinTokens.length;
    if (count === 0 || !(await isAgreed(options, terminal, count))) return { tokens: 0, joinTokens: 0 };
    return await held.confirm();
  });
  terminal.out(`confirmed: ${counted(tokens, 'API token')}, ${counted(joinTokens, 'join token')}\n`);
  return 0;
}

async function isAgreed(options: CommandCall['options'], { ask }: Terminal, count: number): Promise<boolean> {
  if (options['yes'] === true) return true;
  if (ask === undefined)
    throw new AppError('usage', 'Nobody can be asked here.', {
      next: 'Revoke on the page Access what must not work, then add --yes.',
    });
  return await ask(`Have ${counted(count, 'token')} work again?`);
}

/** `seawall token NAME`: a token for the console that runs here, for who may read its state folder. */
export async function run({ arguments: [name = ''], options, env, terminal, program }: CommandCall): Promise<ExitCode> {
  if (options['confirm'] === true) return await confirmHeld({ arguments: [], options, env, terminal, program });
  if (name === '')
    throw new AppError('usage', 'The name of the token is missing.', { next: 'Name it after the build that uses it.' });
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
