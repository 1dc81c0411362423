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

const witnessWords: Readonly<Record<ImageDetail['scans'][number]['witness']['kind'], string>> = {
  console: 'pulled by the',
  user: 'user',
  token: 'token',
  agent: 'agent on',
};

/** Every time this image was scanned; none is ever overwritten, and one of them speaks for it. */
export function Scans({ scans, current }: ScansProps): ReactNode {
  return (
    <table className="as-cards scans" aria-label="Scans">
      <thead>
        <tr>
          <th scope="col">Scanned</th>
          <th scope="col">Verdict</th>
          <th scope="col">Target</th>
          <th scope="col">Build</th>
          <th scope="col">Witness</th>
          <th scope="col">Scanner</th>
        </tr>
      </thead>
      <tbody>
        {scans.map((scan) => (
          <tr key={scan.scan}>
            <th scope="row">
              <When moment={scan.scannedAt} /> {scan.speaks && <span className="mark">speaks for it</span>}{' '}
              {scan.scan === current && !scan.speaks && <span className="mark">shown</span>}
            </th>
            <td>
              <VerdictMark verdict={scan.verdict} />
            </td>
            <td className="breakable">{scan.target}</td>
            <td className="soft breakable">{scan.job?.name ?? 'none'}</td>
            <td className="breakable">
              {witnessWords[scan.witness.kind]} {scan.witness.name}{' '}
              {scan.witness.environment !== undefined && <EnvironmentMark environment={scan.witness.environment} />}
            </td>
            <td className="soft breakable">{scan.scanner}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
