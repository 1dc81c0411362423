import type { ReactNode } from 'react';
import type { ImageDetail } from '#explorer/contract.ts';
import { When } from '../../ui/marks.tsx';
import { VerdictMark } from '../../ui/state-mark.tsx';

interface ScansProps {
  readonly scans: ImageDetail['scans'];
  /** The scan that the page shows. */
  readonly current: string;
}

/** Every time this image was scanned; none is ever overwritten. */
export function Scans({ scans, current }: ScansProps): ReactNode {
  return (
    <table className="as-cards scans" aria-label="Scans">
      <thead>
        <tr>
          <th scope="col">Scanned</th>
          <th scope="col">Verdict</th>
          <th scope="col">Target</th>
          <th scope="col">Build</th>
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
            <td className="soft breakable">{scan.scanner}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
