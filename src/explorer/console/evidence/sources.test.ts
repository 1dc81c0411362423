import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { controlTemplates } from '../../evidence/templates.ts';
import { explorerSchema } from '../schema.ts';
import { openTestEvidence } from './evidence.testing.ts';

test('sources give exactly the answers that questions ask for', async () => {
  const at = await openTestEvidence();
  try {
    await at.join('quay-1');
    await at.run('quay-1', 'shop');
    await at.look();
    const { rows } = await sql<{ answer: string }>`
      select distinct json_object_keys(answers) as answer from explorer.evidence_answer`.execute(
      at.store.query(explorerSchema),
    );
    const asked = controlTemplates.flatMap(({ controls }) =>
      controls.flatMap(({ questions }) => questions.flatMap(({ by }) => (by.kind === 'product' ? by.answer : []))),
    );
    expect(rows.map(({ answer }) => answer).toSorted()).toEqual([...new Set(asked)].toSorted());
  } finally {
    await at.close();
  }
});
