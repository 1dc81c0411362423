import { type Insertable, sql } from 'kysely';
import type { Selectable } from '#access/index.ts';
import { readContainersOnHost, readHostEnvironments } from '#inventory/console/index.ts';
import { type FactHandler, firstReported, type ReadFact, readFacts } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { Decision } from '../contract.ts';
import { numberPlaces } from './decision-places.ts';
import { decisionsChanged, startUnarmed } from './facts.ts';
import { type AdmissionTables, admissionSchema } from './schema.ts';
import { storable } from './search.ts';

/** A decision with the columns that it is found by, and its place as text. */
type DecisionRow = Omit<Insertable<AdmissionTables['decision']>, 'place'> & { readonly place: string };

/** Fact `decision`: each is stored once, whatever is told again. */
export const reportDecisions: FactHandler = async (transaction, { name: host }, facts) => {
  await transaction.lock(`decisions ${host}`);
  const fresh = await firstReported(readFacts(facts, Decision), (ids) => knownOf(transaction, host, ids));
  if (fresh.length === 0) return;
  await storeDecisions(transaction, await placed(transaction, host, fresh));
  await transaction.announce(decisionsChanged, { host });
  await transaction.announceAll(
    startUnarmed,
    fresh.filter(({ body }) => isUnarmed(body)).map(({ body }) => ({ host, decision: body.id })),
  );
};

/** Stores decisions that are not stored yet. */
export async function storeDecisions(transaction: Transaction, rows: readonly DecisionRow[]): Promise<void> {
  const numberOf = await numberPlaces(
    transaction,
    rows.map(({ place }) => place),
  );
  // One statement takes 65,535 values.
  const atOnce = 2000;
  for (let at = 0; at < rows.length; at += atOnce)
    await transaction
      .query(admissionSchema)
      .insertInto('decision')
      .values(rows.slice(at, at + atOnce).map((row) => ({ ...row, place: numberOf(row.place) })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

/** A decision with the columns that it is found by. */
export function decisionRow(
  decision: Decision,
  { host, receivedAt, place }: { readonly host: string; readonly receivedAt: Date; readonly place: Selectable },
): DecisionRow {
  const { id, gate, answer, effect, rule, digest, principal, action, subject, container, reason } = decision;
  const words = [host, subject, principal, action, container, digest, rule?.name, reason];
  return {
    host,
    id,
    // A host's clock may be ahead of what the console makes of it.
    time: new Date(Math.min(Date.parse(decision.time), receivedAt.getTime())),
    received_at: receivedAt,
    gate,
    answer,
    effect,
    rule: ruleColumn(decision),
    digest: digest ?? null,
    environment: place.environment ?? null,
    search: storable(words.join('\n').toLowerCase()),
    place: storable(JSON.stringify(place)),
    decision: JSON.stringify(decision),
  };
}

/** Rules of the two lists may have one id. */
function ruleColumn({ cause, rule }: Decision): string | null {
  if (rule === undefined) return null;
  return cause === 'compliance' || cause === 'settings' ? `compliance:${rule.id}` : rule.id;
}

function isUnarmed({ answer, armed }: Decision): boolean {
  return answer === 'allow' && armed?.state === 'late';
}

/** Which of these ids are stored. */
function knownOf(
  transaction: Transaction,
  host: string,
  ids: readonly string[],
): Promise<readonly { readonly id: string }[]> {
  return transaction
    .query(admissionSchema)
    .selectFrom('decision')
    .select('id')
    .where('host', '=', host)
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .execute();
}

async function placed(
  transaction: Transaction,
  host: string,
  reported: readonly ReadFact<Decision>[],
): Promise<readonly DecisionRow[]> {
  const ids = reported.flatMap(({ body }) => body.container ?? []);
  const containers = await readContainersOnHost(transaction, host, ids);
  const starts = await readHostEnvironments(transaction, host);
  return reported.map(({ at, body }) => {
    const container = body.container === undefined ? undefined : containers.get(body.container);
    const place = container === undefined ? placeOnHost(host, body, starts) : container.place;
    return decisionRow(body, { host, receivedAt: at, place });
  });
}

/** What is not known stands where its host does, or where its labels were allowed to bring it. */
function placeOnHost(
  host: string,
  { subject, environment: reported }: Decision,
  starts: { readonly environment?: string; readonly allowed: readonly string[] } | undefined,
): Selectable {
  const environment =
    reported !== undefined && starts?.allowed.includes(reported) === true ? reported : starts?.environment;
  return { host, images: [subject], labels: {}, ...(environment === undefined ? {} : { environment }) };
}
