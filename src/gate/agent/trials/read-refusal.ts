/** By what a refusal shows that it is for the line that a trial breaks. */
export type Proof =
  /** The check is named, and none besides it but those. */
  | { readonly kind: 'check'; readonly id: string; readonly with: readonly string[] }
  /** A rule over settings, whose words name no check. */
  | { readonly kind: 'settings' }
  | { readonly kind: 'words'; readonly words: string };

/** One rule of the runtime wrapper stands for these three, and names one of them. */
const openHost: readonly string[] = ['CTR-042', 'CTR-043', 'CTR-066'];

/** Whether a refusal is for the line that was broken; a text says what it is for instead. */
export function readRefusal(text: string, proof: Proof): true | string {
  const other = `Another cause refuses it: ${text}`;
  switch (proof.kind) {
    case 'words':
      return text.includes(proof.words) ? true : other;
    case 'settings':
      return checksIn(text).length === 0 ? true : other;
    case 'check':
      return isFor(proof, text) ? true : other;
    default:
      return proof satisfies never;
  }
}

function isFor({ id, with: others }: Extract<Proof, { readonly kind: 'check' }>, text: string): boolean {
  const named = checksIn(text);
  const byWrapper = named.some((one) => text.includes(`${one}: `));
  const own = byWrapper && openHost.includes(id) ? openHost : [id];
  return named.some((one) => own.includes(one)) && named.every((one) => own.includes(one) || others.includes(one));
}

/** Checks that object: `CTR-001 “…”` by the agent, `CTR-001: …` by the wrapper, `CTR-001, CTR-002 not assessed`. */
function checksIn(text: string): readonly string[] {
  const objecting = [...text.matchAll(/\b([A-Z]+-\d+)(?= “|: )/g)].map(([, id = '']) => id);
  const open = [...text.matchAll(/\b((?:[A-Z]+-\d+, )*[A-Z]+-\d+) not assessed/g)].flatMap(([, ids = '']) =>
    // A refusal because something is not known is none of the line.
    ids.split(', ').map((id) => `${id} not assessed`),
  );
  return [...new Set([...objecting, ...open])];
}
