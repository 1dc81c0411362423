import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type AuditEntry, listAudit } from '#access/contract.ts';
import { ask } from '../../api.ts';
import { type CsvColumn, csvOf } from '../../ui/csv.ts';
import { download } from '../../ui/download.ts';
import { Failure } from '../../ui/failure.tsx';
import { count } from '../../ui/format.ts';
import { auditQuery, type AuditSearch } from './audit-search.ts';
import { csvDifferences } from './audit-words.ts';

interface ExportProps {
  readonly search: AuditSearch;
  /** Entries that the filters leave. */
  readonly total: number | undefined;
  readonly print: (entries: readonly AuditEntry[]) => void;
}

type Form = 'csv' | 'json' | 'print';

/** Takes out every entry that the filters leave: as CSV, as JSON, or on paper. */
export function AuditExport({ search, total, print }: ExportProps): ReactNode {
  const taking = useMutation({
    mutationFn: async (form: Form) => ({ form, entries: await allEntries(search) }),
    onSuccess: ({ form, entries }) => {
      switch (form) {
        case 'csv':
          return download('audit-trail.csv', csvOf(csvColumns, entries), 'text/csv');
        case 'json':
          return download('audit-trail.json', `${JSON.stringify(entries, undefined, 2)}\n`, 'application/json');
        case 'print':
          return print(entries);
      }
    },
  });
  const disabled = taking.isPending || total === undefined || total === 0;
  return (
    <>
      {taking.isError && <Failure error={taking.error} />}
      {forms.map(([form, name]) => (
        <button
          key={form}
          type="button"
          className="btn plain"
          disabled={disabled}
          title={`${name}: all ${count(total ?? 0)} entries of this selection`}
          onClick={() => taking.mutate(form)}
        >
          {name}
        </button>
      ))}
    </>
  );
}

const forms: readonly (readonly [Form, string])[] = [
  ['csv', 'CSV'],
  ['json', 'JSON'],
  ['print', 'Print'],
];

/** Entries are fetched this many at a time. */
const pageLength = 500;

async function allEntries(search: AuditSearch): Promise<readonly AuditEntry[]> {
  const query = { ...auditQuery(search), before: undefined };
  const all: AuditEntry[] = [];
  for (let before: number | undefined; ; ) {
    const { entries } = await ask(listAudit, { query: { ...query, limit: pageLength, before } });
    all.push(...entries);
    before = entries.at(-1)?.sequence;
    if (before === undefined || entries.length < pageLength) return all;
  }
}

const csvColumns: readonly CsvColumn<AuditEntry>[] = [
  { name: 'Number', text: ({ sequence }) => sequence },
  { name: 'Time (UTC)', text: ({ at }) => at },
  { name: 'Person', text: ({ actor }) => actor.name },
  { name: 'Kind', text: ({ actor }) => actor.kind },
  { name: 'Address', text: ({ address }) => address },
  { name: 'Action', text: ({ action }) => action },
  { name: 'Target', text: ({ target }) => target && (target.name ?? target.id) },
  { name: 'Target kind', text: ({ target }) => target?.kind },
  { name: 'Changes', text: csvDifferences },
  { name: 'Detail', text: ({ detail }) => detail && JSON.stringify(detail) },
  { name: 'Hash', text: ({ hash }) => hash },
];
