import { verifyAudit } from '#access/contract.ts';
import { accessSchema } from '#access/console/index.ts';
import { silentLog } from '#base/index.ts';
import { openStore } from '#store/index.ts';
import { sql } from 'kysely';
import { environmentOf } from '../../journeys/real-console.ts';
import { runSeawall } from '../../journeys/seawall.ts';
import { expectThat, type LabCase } from '../lab.ts';
import type { Estate } from './estate.ts';

/** Who may do what, and whether it can be proven afterwards. That every role may do what its table says is in the journeys. */
export const accessCases: readonly LabCase<Estate>[] = [
  {
    id: 'C1',
    title: 'one altered row of the audit trail is named by `audit verify`',
    protectedBy: 'the alteration itself',
    async run({ armed, ask, state }) {
      const intact = await ask(verifyAudit);
      expectThat(intact.state === 'intact', `the trail is ${intact.state} before anything was altered`);
      const row = Math.max(2, Math.floor(intact.entries / 2));
      if (armed) await alter(state, row, 'operator');
      const { code, stdout } = await runSeawall(['audit', 'verify'], { env: environmentOf(state) as never });
      if (armed) await alter(state, row, 'restore');
      expectThat(code === 1, `audit verify ended with ${code}`);
      expectThat(stdout.includes(`broken at entry ${row}`), `it says: ${stdout}`);
      return stdout.trim();
    },
  },
];

/** Writes another action into a row past the trigger that forbids it, or takes that back. */
async function alter(state: string, row: number, how: 'operator' | 'restore'): Promise<void> {
  const store = await openStore({ place: { kind: 'running', folder: state }, schemas: [], log: silentLog });
  try {
    const tables = store.query(accessSchema);
    await sql`alter table access.audit disable trigger user`.execute(tables);
    if (how === 'operator') {
      await sql`create table public.audit_kept as select * from access.audit where sequence = ${row}`.execute(tables);
      await sql`update access.audit set action = 'token-revoked-by-nobody' where sequence = ${row}`.execute(tables);
    } else {
      await sql`update access.audit set action = kept.action from public.audit_kept as kept
        where audit.sequence = kept.sequence`.execute(tables);
      await sql`drop table public.audit_kept`.execute(tables);
    }
    await sql`alter table access.audit enable trigger user`.execute(tables);
  } finally {
    await store.close();
  }
}
