import { AppError } from '#base/index.ts';
import { type Author, audit } from '#access/console/index.ts';
import { endAgent, lockAgent } from './agents.ts';
import type { Dependencies } from './dependencies.ts';

/** From the commit on nothing is taken from the agent. Throws `AppError` `not-found`. */
export async function revoke({ store }: Pick<Dependencies, 'store'>, id: string, author: Author): Promise<void> {
  await store.transaction(async (transaction) => {
    const agent = await lockAgent(transaction, id);
    if (agent === undefined) throw new AppError('not-found', 'There is no such agent.');
    if (agent.state === 'revoked') return;
    await endAgent(transaction, agent, 'revoked');
    const target = { kind: 'agent', id, name: agent.name };
    await audit(transaction, { ...author, action: 'agent-revoked', target, detail: { before: agent.state } });
  });
}
