import type { ReactNode } from 'react';
import type { ImageDetail } from '#explorer/contract.ts';
import { Notice } from '../../ui/blank.tsx';
import { count, counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';

/** Publishers that found different things in this one digest: one of them is wrong, or was made to be. */
export function Differences({ detail }: { readonly detail: ImageDetail }): ReactNode {
  const { differences, verdicts } = detail;
  if (differences.length === 0) return null;
  const holding = new Set(verdicts.map(({ scan }) => scan));
  return (
    <div id="differences">
      <Notice title="Publishers differ in what this image holds">
        <p className="soft">
          A digest has one content, so one of these reports is wrong. The worst verdict of the scans that count holds.
          Have the console pull the image from a trusted registry: that settles it. Then revoke the agent or token that
          reported the other.
        </p>
        <div className="differences">
          {differences.map((one) => (
            <PublisherDifference key={one.scans.map(({ scan }) => scan).join(' ')} pair={one} holding={holding} />
          ))}
        </div>
      </Notice>
    </div>
  );
}

interface PairProps {
  readonly pair: ImageDetail['differences'][number];
  /** Scans whose verdicts hold somewhere. */
  readonly holding: ReadonlySet<string>;
}

function PublisherDifference({ pair, holding }: PairProps): ReactNode {
  return (
    <div>
      <table className="as-cards" aria-label="What each publisher found">
        <thead>
          <tr>
            <th scope="col">Publisher</th>
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
                {scan.publisher} {holding.has(scan.scan) && <span className="mark">its verdict holds</span>}
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
          <summary>{count(pair.differs.length)} packages that only one of them has, or has otherwise</summary>
          <p className="mono small breakable">{pair.differs.join(', ')}</p>
        </details>
      )}
    </div>
  );
}
