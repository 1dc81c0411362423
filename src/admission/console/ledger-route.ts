import { AppError } from '#base/index.ts';
import { type Principal, type Route, route } from '#http/console/index.ts';
import { unpackBytes, type Queries, type Waits } from '#store/index.ts';
import { getLedger, type SignedLedger } from '../contract.ts';
import type { Dependencies } from './dependencies.ts';
import { publishLedgers } from './publish-ledgers.ts';
import { admissionSchema } from './schema.ts';

/** The ledger of the asking agent's host. It waits while the agent has the newest, and then gives that again. */
export function ledgerRoute(dependencies: Dependencies & { readonly waits: Waits<string> }): Route {
  return route(getLedger, async ({ body: { known = 0, wait }, principal, request }) => {
    const host = hostOf(principal);
    const patience = AbortSignal.any([request.signal, AbortSignal.timeout(wait * 1000)]);
    const newer = async (): Promise<number | undefined> => {
      const sequence = await sequenceInForce(dependencies, host, known);
      return sequence === known ? undefined : sequence;
    };
    await dependencies.waits.wait(host, newer, patience);
    return { signed: await readSigned(dependencies.store, host) };
  });
}

function hostOf(principal: Principal | undefined): string {
  if (principal?.kind === 'agent') return principal.name;
  throw new AppError('not-allowed', 'Only an agent with its certificate may do this.');
}

/**
 * More than a console gives out between a backup and its restore. Whoever says more makes it up, and would use up the numbers
 * of its host for the agent that joins there next.
 */
const longestLeap = 10_000_000;

/** Of the newest ledger. The first is made when it is asked for, as is the next when its time is over. */
async function sequenceInForce(dependencies: Dependencies, host: string, known: number): Promise<number> {
  const before = await readHead(dependencies.store, host);
  const isBehind = before === undefined || before.sequence < known || before.renew_at <= dependencies.clock();
  if (!isBehind) return before.sequence;
  if (known - (before?.sequence ?? 0) > longestLeap)
    throw new AppError(
      'bad-request',
      `The agent says that it has ledger ${known}, which this console never gave out.`,
      {
        next: 'Revoke the agent, and join the host again with an empty state folder.',
      },
    );
  // A store that came back from a backup has given less than the agent already has.
  const failed = await publishLedgers(dependencies, [host], { host, sequence: known });
  const after = await readHead(dependencies.store, host);
  if (after === undefined && failed.has(host)) throw failed.get(host);
  if (after === undefined) throw new AppError('not-found', `Nothing is known of the host ${host} yet.`);
  return after.sequence;
}

async function readHead(queries: Queries, host: string) {
  return await queries
    .query(admissionSchema)
    .selectFrom('ledger')
    .select(['sequence', 'renew_at'])
    .where('host', '=', host)
    .executeTakeFirst();
}

async function readSigned(queries: Queries, host: string): Promise<SignedLedger> {
  const row = await queries
    .query(admissionSchema)
    .selectFrom('ledger')
    .select(['ledger', 'certificate', 'signature'])
    .where('host', '=', host)
    .executeTakeFirstOrThrow();
  return {
    ledger: (await unpackBytes(row.ledger)).toString('utf8'),
    certificate: row.certificate,
    signature: row.signature,
  };
}
