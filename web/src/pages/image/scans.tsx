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
              <Counts counts={scan.counts} />
            </td>
            <td className="soft breakable">{scan.scanner}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A scan that counts nowhere is kept and shown, and changes no verdict. */
function Counts({ counts }: Pick<Scan, 'counts'>): ReactNode {
  if (counts.length === 0) return <span className="soft">nowhere</span>;
  return counts.map(({ environment, rank, why }) => (
    <div key={environment ?? ''}>
      {environment === undefined ? 'no environment' : <EnvironmentMark environment={environment} />}{' '}
      <span className="soft">
        {rankWords[rank]}
        {why === 'older' || why === 'differs' ? ', older analyzers' : ''}
      </span>
    </div>
  ));
}
