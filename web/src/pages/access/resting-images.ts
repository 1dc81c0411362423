import { type ApiToken, type Role, rolePermissions } from '#access/contract.ts';
import { counted } from '../../ui/format.ts';

/** How many images rest on a token alone; `unknown` where the console does not say. */
export type Resting = { readonly kind: 'known'; readonly images: number } | { readonly kind: 'unknown' };

/** Asks how many images rest on these tokens, each by itself. A console that cannot say is taken to know nothing. */
export async function askResting(tokens: readonly string[], send: typeof fetch = fetch): Promise<Resting> {
  const answers = await Promise.all(tokens.map((token) => askOne(token, send)));
  return answers.reduce<Resting>(
    (sum, one) =>
      sum.kind === 'known' && one.kind === 'known' ? { ...sum, images: sum.images + one.images } : unknown,
    { kind: 'known', images: 0 },
  );
}

const unknown: Resting = { kind: 'unknown' };

async function askOne(token: string, send: typeof fetch): Promise<Resting> {
  try {
    const reply = await send(`/api/v1/tokens/${encodeURIComponent(token)}/resting-images`);
    if (!reply.ok) return unknown;
    const { count: images } = (await reply.json()) as { readonly count?: unknown };
    return typeof images === 'number' ? { kind: 'known', images } : unknown;
  } catch {
    return unknown;
  }
}

/** One sentence about it, before something takes the worth of `what` away. */
export function restingWords(resting: Resting, what: string): string {
  switch (resting.kind) {
    case 'unknown':
      return `How many images rest on ${what} alone is unknown: their verdicts may change.`;
    case 'known':
      return resting.images === 0
        ? `No image rests on ${what} alone.`
        : `${counted(resting.images, 'image rests', 'images rest')} on ${what} alone: from then on its scans count nowhere, and their verdicts fall back.`;
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
