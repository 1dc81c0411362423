import { createToken, createUser, listUsers, type Role, updateUser } from '#access/contract.ts';
import { isAppError } from '#base/index.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Harbour } from './harbour.ts';

/** What becomes of a token with its owner. */
export const peopleCases: readonly LabCase<Harbour>[] = [
  ...(['disabled', 'demoted'] as const).map(
    (fate, at): LabCase<Harbour> => ({
      id: `A2${at}`,
      title: `the token of an administrator who was ${fate} makes no administrator`,
      protectedBy: 'the check of the owner at each call',
      async run(harbour) {
        const { secret, owner } = await ownedToken(harbour, `owner-${fate}`);
        if (harbour.armed) await end(harbour, owner, fate);
        const answer = await harbour
          .ask(createUser, { body: { name: `made by ${fate}`, role: 'administrator' } }, secret)
          .then(
            () => 'made',
            (error: unknown) => (isAppError(error) ? error.code : 'failed'),
          );
        expectThat(answer !== 'made', 'an administrator was made');
        return answer;
      },
    }),
  ),
  {
    id: 'A22',
    title: 'what the token of a demoted owner had published counts nowhere from then on',
    protectedBy: 'the demotion',
    async run(harbour) {
      const { armed, cargo, image, publish, push, registry, scan } = harbour;
      const target = cargo('shop', 'sound');
      const { secret, owner } = await ownedToken(harbour, 'publisher', {
        role: 'ci',
        repositories: [`${registry}/shop/*`],
      });
      await publish(await scan(target), secret);
      await push(target);
      const counts = async (): Promise<boolean> =>
        (await image(target.digest)).scans.some(({ counts }) => counts.length > 0);
      await until('a counting scan', counts, { seconds: 20 });
      if (armed) await end(harbour, owner, 'demoted');
      await until('no counting scan', async () => !(await counts()), { seconds: 10 });
      return undefined;
    },
  },
];

/** A token made by a person of that name, who is an administrator. */
async function ownedToken(
  { ask, person }: Harbour,
  name: string,
  token: { readonly role: Role; readonly repositories?: string[] } = { role: 'administrator' },
): Promise<{ readonly secret: string; readonly owner: string }> {
  const call = await person(name, 'administrator');
  const { secret } = await call(createToken, { body: { name: `of ${name}`, ...token } });
  const owner = (await ask(listUsers)).users.find((user) => user.name === name);
  if (owner === undefined) throw new Error(`There is no user ${name}.`);
  return { secret, owner: owner.id };
}

async function end({ ask }: Harbour, id: string, fate: 'disabled' | 'demoted'): Promise<void> {
  const body = fate === 'disabled' ? { role: 'administrator', disabled: true } : { role: 'auditor', disabled: false };
  await ask(updateUser, { params: { id }, body: body as never });
}
