import { isDeepStrictEqual } from 'node:util';
import { claimRefused, type FactHandler, readFacts } from '#link/console/index.ts';
import { HostFact } from '../contract.ts';
import { hostChanged } from './facts.ts';
import { hostOf, settleHost } from './host-environment.ts';
import { inventorySchema } from './schema.ts';

/** Fact `host`. What a label may choose may be another, so containers may stand elsewhere. */
export const reportHost: FactHandler = async (transaction, agent, facts) => {
  const fact = readFacts(facts, HostFact).at(-1)?.body;
  if (fact === undefined) return;
  const { row } = await hostOf(transaction, agent);
  const text = JSON.stringify(fact);
  if (JSON.stringify(row.fact) === text) return;
  await transaction
    .query(inventorySchema)
    .updateTable('host')
    .set({ fact: text })
    .where('name', '=', row.name)
    .execute();
  const same = isDeepStrictEqual(row.fact?.allowEnvironments ?? [], fact.allowEnvironments);
  if (!same) await settleHost(transaction, { ...row, fact });
  const beyond = same ? [] : fact.allowEnvironments.filter((name) => !agent.environments.includes(name));
  if (beyond.length > 0) {
    const reason = `The agent lets labels choose ${beyond.join(', ')}; its join token does not allow that.`;
    await transaction.announce(claimRefused, { host: row.name, reason });
  }
  await transaction.announce(hostChanged, { host: row.name });
};
