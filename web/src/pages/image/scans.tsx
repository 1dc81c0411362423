import type { ReactNode } from 'react';
import { buildName } from '#catalog/contract.ts';
import type { ImageDetail } from '#explorer/contract.ts';
import type { Column } from '../../ui/columns.ts';
import { EnvironmentMark } from '../../ui/environment-mark.tsx';
import { When } from '../../ui/marks.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { VerdictMark } from '../../ui/state-mark.tsx';

interface ScansProps {
  readonly scans: ImageDetail['scans'];
  /** The scan that the page shows. */
  readonly current: string;
}

type Scan = ImageDetail['scans'][number];

const publisherWords: Readonly<Record<Scan['publisher']['kind'], string>> = {
  console: 'pulled by',
  user: 'user',
  token: 'token',
  agent: 'agent on',
};

const rankWords = ['counted before the upgrade', 'origin proven', 'held by the host', 'pulled by the console'] as const;

/** Every time this image was scanned; none is ever overwritten. Those that count say where, and by what proof. */
export function Scans({ scans, current }: ScansProps): ReactNode {
  return <PlainTable name="Scans" rows={scans} columns={columnsOf(current)} keyOf={({ scan }) => scan} />;
}

function columnsOf(current: string): readonly Column<Scan>[] {
  return [
    {
      id: 'scanned',
      name: 'Scanned',
      className: '',
      heads: 'row',
      cell: (scan) => (
        <>
          <When moment={scan.scannedAt} /> {scan.scan === current && <span className="mark">shown</span>}
        </>
      ),
    },
    { id: 'verdict', name: 'Verdict', className: '', cell: ({ verdict }) => <VerdictMark verdict={verdict} /> },
    { id: 'publisher', name: 'Publisher', className: 'breakable', cell: (scan) => <Publisher scan={scan} /> },
    { id: 'counts', name: 'Counts', className: '', cell: (scan) => <Counts scan={scan} /> },
    { id: 'target', name: 'Target', className: 'breakable', cell: ({ target }) => target },
    {
      id: 'build',
      name: 'Build',
      className: 'soft breakable',
      cell: ({ job }) => <Build name={job && buildName(job)} />,
    },
    { id: 'scanner', name: 'Scanner', className: 'soft breakable', cell: ({ scanner }) => scanner },
  ];
}

function Publisher({ scan: { publisher } }: { readonly scan: Scan }): ReactNode {
  return (
    <span>
      {publisherWords[publisher.kind]} {publisher.name}{' '}
      {publisher.environment !== undefined && <EnvironmentMark environment={publisher.environment} />}
    </span>
  );
}

function Build({ name }: { readonly name: string | undefined }): ReactNode {
  return name ?? <span className="nowrap">none</span>;
}

const silencedWords: Readonly<Record<NonNullable<Scan['silenced']>, string>> = {
  replaced: 'its publisher sent a newer one',
  'older-analyzers': 'its publisher has sent one by newer analyzers',
  'not-read': 'not every layer was read',
  'lacks-analyzers': 'analyzers are missing',
  recorded: 'nothing proves that its publisher has the image',
  'higher-rank': 'a better proven scan counts',
  'same-content': 'another scan found the same',
  agrees: 'a newer scan found the same',
};

/** A scan that counts nowhere is kept and shown, and changes no verdict. */
function Counts({ scan: { counts, silenced } }: { readonly scan: Scan }): ReactNode {
  if (counts.length === 0)
    return <span className="soft">nowhere{silenced === undefined ? '' : `: ${silencedWords[silenced]}`}</span>;
  const shown = counts.length > 1 ? counts.filter(({ coming }) => coming === undefined) : counts;
  return shown.map(({ environment, coming, rank, why }) => (
    <div key={`${environment ?? ''} ${coming ?? ''}`}>
      {environment !== undefined && <EnvironmentMark environment={environment} />}
      {environment === undefined && (coming === undefined ? 'no environment' : 'where it is to start')}{' '}
      <span className="soft">
        {rankWords[rank]}
        {why === 'older' || why === 'differs' ? ', older analyzers' : ''}
      </span>
    </div>
  ));
}
