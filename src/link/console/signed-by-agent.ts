import type { Queries } from '#store/index.ts';
import { checkAgentSignature, type ClaimedByAgent } from '../agent-signature.ts';
import { linkSchema } from './schema.ts';

/**
 * Whether an agent signed exactly these bytes by the key of a certificate that an authority of this console issued to that
 * very agent, and that was valid at that moment.
 */
export async function isSignedByAgent(queries: Queries, agent: string, claimed: ClaimedByAgent): Promise<boolean> {
  const checked = checkAgentSignature(claimed, await readAgentAuthorities(queries));
  return checked.state === 'signed' && checked.agent === agent;
}

/** Certificates of all authorities that ever issued certificates to agents, PEM. */
export async function readAgentAuthorities(queries: Queries): Promise<readonly string[]> {
  const rows = await queries.query(linkSchema).selectFrom('authority').select('certificate').execute();
  return rows.map(({ certificate }) => certificate);
}
