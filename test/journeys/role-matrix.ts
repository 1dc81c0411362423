import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonSchema, OpenApiDocument } from '#http/index.ts';
import { operationsOf, type PlacedOperation, validatorOf } from './open-api-rules.ts';
import { send } from './raw-request.ts';
import { repository } from './seawall.ts';

/** Somebody who calls: how the test names him, and what he sends along. */
export interface Caller {
  readonly name: string;
  /** Role, where he has one that holds. */
  readonly role?: string;
  /** Role of who a token stands for, where it is another: it bounds what the token may. */
  readonly owner?: string;
  readonly kind: 'nobody' | 'session' | 'token';
  /** Whether he is scoped to collections; he sees everything where it is not said. */
  readonly sees?: 'a part';
  readonly headers: Readonly<Record<string, string>>;
}

/** Who may call what, as the reference says. */
export interface Table {
  readonly operations: readonly string[];
  /** 401, 403, or nothing where the call is let through. */
  refusal(operation: string, caller: Caller): 401 | 403 | undefined;
}

const ending = 'DELETE /api/v1/session';

/** Reads the table of operations in `docs/reference/access.md`. */
export function readTable(): Table {
  const text = readFileSync(join(repository, 'docs/reference/access.md'), 'utf8');
  const lines = text.slice(text.indexOf('## Operations')).split('\n');
  const cells = lines.filter((line) => line.startsWith('| ')).map((line) => line.slice(2, -2).split(' | '));
  const [[, , , ...roles] = [], ...rows] = cells;
  const byOperation = new Map(rows.map(([operation = '', ...rest]) => [operation.replaceAll('`', ''), rest]));
  return {
    operations: [...byOperation.keys()],
    refusal: (operation, { role, owner, kind, sees }) => {
      const [needs, scoped, ...answers] = byOperation.get(operation) ?? [];
      if (needs === 'public') return undefined;
      if (kind === 'nobody' || role === undefined) return 401;
      if (sees === 'a part' && scoped === 'no') return 403;
      const allowed = (one: string): boolean => {
        const answer = answers[roles.indexOf(one)];
        return answer === 'yes' || (answer === 'session' && kind === 'session');
      };
      return allowed(role) && allowed(owner ?? role) ? undefined : 403;
    },
  };
}

/** Operations as the table names them, those that end a session last. */
export function tableNames(document: OpenApiDocument): readonly (PlacedOperation & { readonly name: string })[] {
  const named = operationsOf(document).map((operation) => ({
    ...operation,
    name: `${operation.method} ${operation.path.replaceAll(/\{([^}]+)\}/g, ':$1')}`,
  }));
  return [...named.filter(({ name }) => name !== ending), ...named.filter(({ name }) => name === ending)];
}

/**
 * Calls an operation with parameters of the right form that name nothing, and an empty body. Each caller calls from an
 * address of his own, as different people do: limits of an address are another test's matter.
 */
export async function tryOperation(
  { port, document }: { readonly port: number; readonly document: OpenApiDocument },
  operation: PlacedOperation,
  caller: Caller & { readonly from: string },
): Promise<{ readonly status: number; readonly text: string }> {
  const reply = await send(port, {
    method: operation.method,
    path: addressOf(operation, document),
    headers: caller.headers,
    from: caller.from,
    ...(operation.requestBody === undefined ? {} : { body: {} }),
  });
  if (reply.status !== 429) return reply;
  await new Promise((resolve) => setTimeout(resolve, 1000 * Number(reply.headers['retry-after'] ?? 1)));
  return await tryOperation({ port, document }, operation, caller);
}

const samples = ['00000000-0000-4000-8000-000000000000', `sha256:${'0'.repeat(64)}`, 'nothing', 'CVE-2000-0001', '1'];

/** Of each schema asked for: a validator reads the whole document, and the same few schemas are asked for many thousand times. */
const fitting = new WeakMap<JsonSchema, string>();

/** A value of the right form that names nothing. */
export function sampleOf(schema: JsonSchema, document: OpenApiDocument): string {
  const known = fitting.get(schema);
  if (known !== undefined) return known;
  const validator = validatorOf(schema, document);
  const found = samples.find((sample) => validator.safeParse(sample).success) ?? 'nothing';
  fitting.set(schema, found);
  return found;
}

function addressOf({ path, parameters }: PlacedOperation, document: OpenApiDocument): string {
  const query = new URLSearchParams();
  let filled = path;
  for (const { name, in: place, required, schema } of parameters) {
    const sample = sampleOf(schema, document);
    if (place === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(sample));
    else if (required) query.set(name, sample);
  }
  return query.size === 0 ? filled : `${filled}?${query}`;
}
