import type { ReactNode } from 'react';
import type { ImageDetail } from '#explorer/contract.ts';
import { EnvironmentMark } from '../../ui/environment-mark.tsx';
import { When } from '../../ui/marks.tsx';
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

const rankWords = [
  'counted before the upgrade',
  'origin proven',
  'held by the host',
  "the console's own pull",
] as const;

/** Every time this image was scanned; none is ever overwritten. Those that count say where, and by what proof. */
export function Scans({ scans, current }: ScansProps): ReactNode {
  return (
    <table className="as-cards scans" aria-label="Scans">
      <thead>
        <tr>
          <th scope="col">Scanned</th>
          <th scope="col">Verdict</th>
          <th scope="col">Target</th>
          <th scope="col">Build</th>
          <th scope="col">Publisher</th>
          <th scope="col">Counts</th>
          <th scope="col">Scanner</th>
        </tr>
      </thead>
      <tbody>
        {scans.map((scan) => (
          <tr key={scan.scan}>
            <th scope="row">
              <When moment={scan.scannedAt} /> {scan.scan === current && <span className="mark">shown</span>}
            </th>
            <td>
              <VerdictMark verdict={scan.verdict} />
            </td>
            <td className="breakable">{scan.target}</td>
            <td className="soft breakable">{scan.job?.name ?? 'none'}</td>
            <td className="breakable">
              {publisherWords[scan.publisher.kind]} {scan.publisher.name}{' '}
              {scan.publisher.environment !== undefined && <EnvironmentMark environment={scan.publisher.environment} />}
            </td>
            <td>
              <Counts scan={scan} />
            </td>
            <td className="soft breakable">{scan.scanner}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
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
