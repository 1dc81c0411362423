import { type ApiToken, type Role, rolePermissions } from '#access/contract.ts';
import { listDependentImages } from '#catalog/contract.ts';
import { call } from '#http/index.ts';
import { counted } from '../../ui/format.ts';

/** How many images of hosts depend on tokens alone; `unknown` where the console does not say. */
export type Dependents = { readonly kind: 'known'; readonly images: number } | { readonly kind: 'unknown' };

/** Asks how many images depend on these tokens together: an image that depends on two of them depends on neither alone. */
export async function countDependents(
  [id, ...others]: readonly string[],
  send: typeof fetch = fetch,
): Promise<Dependents> {
  if (id === undefined) return { kind: 'known', images: 0 };
  const query = others.length === 0 ? {} : { also: others.join(',') };
  try {
    const { count } = await call(listDependentImages, { params: { id }, query }, { baseUrl: '', fetch: send });
    return { kind: 'known', images: count };
  } catch {
    return { kind: 'unknown' };
  }
}

/** One sentence about it, before something takes the worth of `what` away. */
export function dependentsText(dependents: Dependents, what: string): string {
  switch (dependents.kind) {
    case 'unknown':
      return `How many images on hosts depend on ${what} alone is unknown: their verdicts may change.`;
    case 'known':
      return dependents.images === 0
        ? `No image on a host depends on ${what} alone.`
        : `${counted(dependents.images, 'image on hosts depends', 'images on hosts depend')} on ${what} alone: they have no verdict until a host or the console scans them.`;
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
