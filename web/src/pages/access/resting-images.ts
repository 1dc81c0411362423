import { type ApiToken, type Role, rolePermissions } from '#access/contract.ts';
import { listRestingImages } from '#catalog/contract.ts';
import { call } from '#http/index.ts';
import { counted } from '../../ui/format.ts';

/** How many images of hosts rest on tokens alone; `unknown` where the console does not say. */
export type Resting = { readonly kind: 'known'; readonly images: number } | { readonly kind: 'unknown' };

/** Asks how many images rest on these tokens together: one that two of them hold up rests on neither alone. */
export async function askResting([id, ...others]: readonly string[], send: typeof fetch = fetch): Promise<Resting> {
  if (id === undefined) return { kind: 'known', images: 0 };
  const query = others.length === 0 ? {} : { also: others.join(',') };
  try {
    const { count } = await call(listRestingImages, { params: { id }, query }, { baseUrl: '', fetch: send });
    return { kind: 'known', images: count };
  } catch {
    return { kind: 'unknown' };
  }
}

/** One sentence about it, before something takes the worth of `what` away. */
export function restingWords(resting: Resting, what: string): string {
  switch (resting.kind) {
    case 'unknown':
      return `How many images on hosts rest on ${what} alone is unknown: their verdicts may change.`;
    case 'known':
      return resting.images === 0
        ? `No image on a host rests on ${what} alone.`
        : `${counted(resting.images, 'image on hosts rests', 'images on hosts rest')} on ${what} alone: from then on its scans count nowhere, and nobody can judge them until a host or the console scans them.`;
  }
}

/** Tokens that stand for a user. */
export function tokensOf(user: string, tokens: readonly ApiToken[]): readonly string[] {
  return tokens.flatMap(({ id, owner }) => (owner.kind === 'user' && owner.id === user ? [id] : []));
}

/** Whether a user may publish, so that what his tokens published counts. */
export function mayPublish({ role, disabled }: { readonly role: Role; readonly disabled: boolean }): boolean {
  return !disabled && rolePermissions[role].includes('publish');
}
