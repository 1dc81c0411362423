import { createToken, createUser, listUsers, putCollection, type Role, updateUser } from '#access/contract.ts';
import { isAppError } from '#base/index.ts';
import { publishScan } from '#catalog/contract.ts';
import { getImage, listImages } from '#explorer/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Harbour } from './harbour.ts';
import { named } from './publishing.ts';

/** What becomes of a token with its owner, and what people see by publishing. */
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
  {
    id: 'A23',
    title: 'who sees one collection does not see the image of another team by publishing its digest',
    protectedBy: 'the collections of the token',
    async run({ armed, ask, cargo, piers, run, registry, scan }) {
      const target = cargo('mill', 'sound');
      await run(target, piers.prod);
      await until('the image', async () => (await ask(listImages, { query: { search: target.digest } })).total === 1, {
        seconds: 30,
      });
      const selects = { images: [`${registry}/shop/*`] };
      await ask(putCollection, { params: { id: 'shop' }, body: { name: 'Shop', description: '', selects } });
      const { secret } = await ask(createToken, {
        body: { name: 'scoped', role: 'operator', ...(armed && { collections: ['shop'] }) },
      });
      const forged = named(await scan(target), `${registry}/shop/forged:23`);
      await ask(publishScan, { body: forged as never }, secret).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 2000));
      const { total } = await ask(listImages, { query: { search: target.digest } }, secret);
      expectThat(total === 0, 'the image is in the list');
      const answer = await ask(getImage, { params: { subject: target.digest } }, secret).then(
        () => 'shown',
        (error: unknown) => (isAppError(error) ? error.code : 'failed'),
      );
      expectThat(answer === 'not-found', `its page is ${answer}`);
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
