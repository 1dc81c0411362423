import { Link } from '@tanstack/react-router';
import type { ImportedResult, ImportedRule } from '#explorer/contract.ts';
import type { Column } from '../../ui/columns.ts';
import { When } from '../../ui/marks.tsx';
import { benchmarkName, outcomeWords, profileName } from '../compliance/imported-words.ts';
import { ScanAge } from '../compliance/imported-section.tsx';
import { subjectLink } from '../compliance/subject-link.ts';

/** Of what, how it came out, when it was scanned, and who imported it. */
export const importedColumns: readonly Column<ImportedResult>[] = [
  {
    id: 'profile',
    name: 'Profile',
    className: 'breakable',
    heads: 'row',
    cell: (result) => (
      <>
        <Link className="l1 strong" to="/compliance/imported/$id" params={{ id: result.id }}>
          {profileName(result)}
        </Link>
        <span className="l2">{benchmarkName(result)}</span>
      </>
    ),
  },
  { id: 'target', name: 'Target', className: 'breakable', cell: (result) => <TargetLink result={result} /> },
  { id: 'outcomes', name: 'Outcomes', className: 'breakable', cell: ({ counts }) => outcomeWords(counts) },
  { id: 'scan', name: 'Scan', className: '', cell: (result) => <ScanAge result={result} /> },
  {
    id: 'imported',
    name: 'Imported',
    className: 'soft',
    cell: ({ importedAt, importedBy }) => (
      <span>
        <When moment={importedAt} /> by {importedBy}
      </span>
    ),
  },
];

/** The host or image, on its page. */
export function TargetLink({ result: { target, name } }: { readonly result: ImportedResult }) {
  const key =
    target.kind === 'host'
      ? { kind: 'host', host: target.name, id: 'self' }
      : { kind: 'image', host: '-', id: target.digest };
  return (
    <Link {...subjectLink(key)}>
      {target.kind} {name}
    </Link>
  );
}

/** A rule as the file has it: its words, without marks of Seawall. */
export const ruleColumns: readonly Column<ImportedRule>[] = [
  {
    id: 'rule',
    name: 'Rule',
    className: 'breakable',
    heads: 'row',
    cell: ({ id, title }) => (
      <>
        <span className="l1 strong">{title ?? id}</span>
        {title !== undefined && <span className="l2">{id}</span>}
      </>
    ),
  },
  {
    id: 'outcome',
    name: 'Outcome',
    className: '',
    cell: ({ outcome, overriddenBy }) => (
      <>
        {outcome}
        {overriddenBy !== undefined && (
          <span className="l2">put there by {overriddenBy}, in the place of what was found</span>
        )}
      </>
    ),
  },
  { id: 'severity', name: 'Severity', className: 'soft', cell: ({ severity }) => severity },
  {
    id: 'idents',
    name: 'Other names',
    className: 'soft breakable',
    cell: ({ idents }) => idents.map(({ id }) => id).join(', '),
  },
];
