import { connect, type TLSSocket } from 'node:tls';
import { sql } from 'kysely';
import { z } from 'zod';
import { AppError } from '#base/index.ts';
import type { DomainSchema } from '#store/index.ts';
import type { Identity } from '../agent/index.ts';
import { linkServerName } from '../contract.ts';
import { ClaimRefused } from './claim.ts';
import type { FactHandler, ReportingAgent } from './dependencies.ts';

const Count = z.object({ n: z.int(), text: z.string().optional() });
/** What `count` writes down. */
export const seenSchema: DomainSchema<{
  seen: {
    readonly id: number;
    readonly host: string;
    readonly n: number;
    readonly at: Date;
    readonly text: string | null;
  };
}> = {
  name: 'seen',
  migrations: {
    '1': {
      up: async (db) => {
        await sql`create table seen (id bigint generated always as identity, host text, n integer, at timestamptz, text text)`.execute(
          db,
        );
      },
    },
  },
};

/** Whom handlers were called for. */
export const reporters: ReportingAgent[] = [];

/** Writes each fact down. */
export const count: FactHandler = async (transaction, agent, facts) => {
  const { name } = agent;
  reporters.push(agent);
  const rows = facts.map(({ at, body }) => {
    const parsed = Count.safeParse(body);
    if (!parsed.success) throw new AppError('bad-request', 'n: is no number');
    return { host: name, at: new Date(at), n: parsed.data.n, text: parsed.data.text ?? null };
  });
  await transaction
    .query(seenSchema)
    .insertInto('seen')
    .values(rows as never)
    .execute();
};

/** So slow that batches sent at once meet. */
export const slow: FactHandler = async (transaction, agent, facts) => {
  await sql`select pg_sleep(0.1)`.execute(transaction.query(seenSchema));
  await count(transaction, agent, facts);
};

/** Claims what is not the host's. */
export const claim: FactHandler = async (_, { name }) => {
  throw new ClaimRefused(`${name} holds no such image.`, 'sha256:1');
};

/** An idle connection with the agent's certificate. */
export async function connected({ key, certificate, authority }: Identity, url: string): Promise<TLSSocket> {
  const { hostname: address, port } = new URL(url);
  const socket = connect({
    host: address,
    port: Number(port),
    key,
    cert: certificate,
    ca: authority,
    servername: linkServerName,
  });
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  // TLS 1.3 clients are done before the server has seen their certificate; an answer says that it has.
  socket.write(`GET /nothing HTTP/1.1\r\nHost: ${linkServerName}\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  return socket;
}
