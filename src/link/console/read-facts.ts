import { AppError } from '#base/index.ts';
import type { ReportedFact } from './dependencies.ts';

/** A schema of the contract, as far as it is needed to read a fact's body. */
interface Schema<Body> {
  safeParse(body: unknown):
    | { readonly success: true; readonly data: Body }
    | {
        readonly success: false;
        readonly error: { readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[] };
      };
}

export interface ReadFact<Body> {
  /** By the console's clock. */
  readonly at: Date;
  readonly body: Body;
}

/** Reads the bodies of facts of one kind. Throws `bad-request` at the first that has another form. */
export function readFacts<Body>(facts: readonly ReportedFact[], schema: Schema<Body>): readonly ReadFact<Body>[] {
  return facts.map(({ at, body }) => {
    const parsed = schema.safeParse(body);
    if (parsed.success) return { at: new Date(at), body: parsed.data };
    const [issue] = parsed.error.issues;
    throw new AppError('bad-request', `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`);
  });
}

/** Those that are told for the first time, each once. `known` answers which of these ids are stored. */
export async function firstReported<Body extends { readonly id: string }>(
  reported: readonly ReadFact<Body>[],
  known: (ids: readonly string[]) => Promise<readonly { readonly id: string }[]>,
): Promise<readonly ReadFact<Body>[]> {
  const byId = new Map(reported.map((fact) => [fact.body.id, fact]));
  for (const { id } of await known([...byId.keys()])) byId.delete(id);
  return [...byId.values()];
}
