import type { ReactNode } from 'react';
import type { ImageDetail } from '#explorer/contract.ts';
import { Notice } from '../../ui/blank.tsx';
import { count, counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';

/** Witnesses that reported different content of this one digest: one of them is wrong, or was made to be. */
export function Disagreements({ detail }: { readonly detail: ImageDetail }): ReactNode {
  const { disagreements, scans } = detail;
  if (disagreements.length === 0) return null;
  const speaking = scans.find((scan) => scan.speaks);
  return (
    <div id="disagreements">
      <Notice title="Witnesses disagree about what this image holds">
        <p className="soft">
          A digest has one content, so one of these reports is wrong.
          {speaking && ` The verdict rests on what ${speaking.witness.name} reported.`} Scan it again on a host that you
          trust, and revoke the token that reported the other.
        </p>
        <div className="disagree">
          {disagreements.map((one) => (
            <Disagreement key={one.scans.map(({ scan }) => scan).join(' ')} pair={one} speaking={speaking?.scan} />
          ))}
        </div>
      </Notice>
    </div>
  );
}

interface PairProps {
  readonly pair: ImageDetail['disagreements'][number];
  readonly speaking: string | undefined;
}

function Disagreement({ pair, speaking }: PairProps): ReactNode {
  return (
    <div>
      <table className="as-cards" aria-label="What each witness reported">
        <thead>
          <tr>
            <th scope="col">Witness</th>
            <th scope="col">Reported</th>
            <th scope="col" className="num">
              Packages
            </th>
          </tr>
        </thead>
        <tbody>
          {pair.scans.map((scan) => (
            <tr key={scan.scan}>
              <th scope="row" className="strong breakable">
                {scan.witness} {scan.scan === speaking && <span className="mark">speaks for it</span>}
              </th>
              <td className="soft">
                <When moment={scan.at} />
              </td>
              <td className="num">{counted(scan.packages, 'package')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {pair.differs.length > 0 && (
        <details>
          <summary>{count(pair.differs.length)} packages that only one of them reports</summary>
          <p className="mono small breakable">{pair.differs.join(', ')}</p>
        </details>
      )}
    </div>
  );
}
