import { failIfAny, notApplicable } from '../../judgement.ts';
import { imageCheck } from './image-check.ts';

const about = { nist: ['4.1.2'], version: 1 } as const;

/** Programs with which nobody gets a session. */
const noLogin: ReadonlySet<string> = new Set(['nologin', 'false', 'true', 'sync', 'shutdown', 'halt']);

/** Who is who in the image. */
export const accountChecks = [
  imageCheck({
    ...about,
    id: 'IMG-047',
    title: 'No account that can log in has an empty password',
    why: 'Any process of the container can become that user without a password.',
    remedy: { dockerfile: 'Lock the account: RUN passwd --lock NAME' },
    severity: 'high',
    needs: ['accounts', 'emptyPasswords'],
    judge: ({ accounts, emptyPasswords }) => {
      const empty = new Set(emptyPasswords);
      return failIfAny(accounts.filter(({ name, shell }) => empty.has(name) && isLogin(shell)).map(({ name }) => name));
    },
  }),
  imageCheck({
    ...about,
    id: 'IMG-048',
    title: 'Only root has uid 0, and no two accounts share an id',
    why: 'The kernel only knows numbers: accounts with one number own the same files and can end each other’s processes.',
    remedy: {
      dockerfile: 'Give the account its own number: RUN usermod --uid 10001 NAME, or groupmod --gid 10001 NAME',
    },
    severity: 'medium',
    needs: ['accounts', 'groups'],
    judge: ({ accounts, groups }) => {
      if (accounts.length === 0 && groups.length === 0) return notApplicable('The image has no accounts.');
      const roots = accounts
        .filter(({ name, uid }) => uid === 0 && name !== 'root')
        .map(({ name }) => `${name} has user id 0`);
      const users = shared(accounts.map(({ name, uid }) => ({ name, id: uid })).filter(({ id }) => id !== 0));
      const teams = shared(groups.map(({ name, gid }) => ({ name, id: gid })));
      return failIfAny([
        ...roots,
        ...users.map(({ id, names }) => `user id ${id}: ${names}`),
        ...teams.map(({ id, names }) => `group id ${id}: ${names}`),
      ]);
    },
  }),
] as const;

/** Without a shell in its line an account gets /bin/sh. */
function isLogin(shell: string): boolean {
  return !noLogin.has(shell.split('/').at(-1) ?? '');
}

function shared(
  all: readonly { readonly name: string; readonly id: number }[],
): readonly { readonly id: number; readonly names: string }[] {
  const byId = Map.groupBy(all, ({ id }) => id);
  return [...byId].flatMap(([id, members]) => {
    const names = [...new Set(members.map(({ name }) => name))];
    return names.length > 1 ? [{ id, names: names.join(', ') }] : [];
  });
}
