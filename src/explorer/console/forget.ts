import type { SubjectId } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import { explorerSchema } from './schema.ts';
import type { ImageNumber } from './tables.ts';
import { dropFindings } from './score.ts';

/** Leaves nothing of an image that no scan speaks for any more, but its number and when it was first known. */
export async function forgetImage(transaction: Transaction, number: ImageNumber): Promise<void> {
  const database = transaction.query(explorerSchema);
  await dropFindings(transaction, { image: number, notIn: [] });
  await database
    .insertInto('dirty_upgrade')
    .columns(['upgrade'])
    .expression((is) => is.selectFrom('upgrade_row').select('upgrade').where('image', '=', number))
    .execute();
  const tables = [
    'image_environment',
    'finding_count',
    'package_row',
    'used_package',
    'use_read',
    'upgrade_row',
    'component_environment',
  ];
  for (const table of [...tables, 'finding_seen'] as const) {
    await database
      .deleteFrom(table as 'image_environment')
      .where('image', '=', number)
      .execute();
  }
  await database.deleteFrom('image_row').where('number', '=', number).execute();
}

/** Leaves nothing of a subject that was never scanned and lies nowhere. */
export async function forgetSubject(transaction: Transaction, subject: SubjectId): Promise<void> {
  const database = transaction.query(explorerSchema);
  for (const table of ['subject_selectable', 'collection_subject', 'application_row'] as const) {
    await database.deleteFrom(table).where('subject', '=', subject).execute();
  }
}
