import type { ReactNode } from 'react';
import type { ImageDetail } from '#explorer/contract.ts';
import { Notice } from '../../ui/blank.tsx';
import type { Column } from '../../ui/columns.ts';
import { count, counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';

type Pair = ImageDetail['differences'][number];
type Side = Pair['scans'][number];

/** Publishers that found different things in this one digest: one of them is wrong, or was made to be. */
export function Differences({ detail }: { readonly detail: ImageDetail }): ReactNode {
  const { differences, verdicts } = detail;
  if (differences.length === 0) return null;
  const columns = columnsOf(new Set(verdicts.map(({ scan }) => scan)));
  const isSettled = differences.every(({ settledBy }) => settledBy === 'pull');
  return (
    <div id="differences">
      <Notice title="Publishers differ in what this image holds">
        <p className="soft">{isSettled ? settled : open}</p>
        <div className="differences">
          {differences.map((pair) => (
            <div key={pair.scans.map(({ scan }) => scan).join(' ')}>
              <PlainTable
                name="What each publisher found"
                rows={pair.scans}
                columns={columns}
                keyOf={({ scan }) => scan}
              />
              <Packages differs={pair.differs} />
            </div>
          ))}
        </div>
      </Notice>
    </div>
  );
}

const open =
  'A digest has one content, so one of these reports is wrong. The worst verdict of the scans that count holds. Have the console pull the image from a trusted registry: that settles it. Then revoke the agent or token that reported the other.';
const settled =
  'The console pulled the image itself from a trusted registry, so what it found holds and the other report is wrong. Find out why, and revoke the agent or token that reported it.';

/** `holding`: scans whose verdicts hold somewhere. */
function columnsOf(holding: ReadonlySet<string>): readonly Column<Side>[] {
  return [
    {
      id: 'publisher',
      name: 'Publisher',
      className: 'breakable',
      heads: 'row',
      cell: ({ scan, publisher }) => (
        <>
          <span className="strong">{publisher}</span>{' '}
          {holding.has(scan) && <span className="mark">its verdict holds</span>}
        </>
      ),
    },
    { id: 'at', name: 'Reported', className: 'soft', cell: ({ at }) => <When moment={at} /> },
    { id: 'packages', name: 'Packages', className: 'num', cell: ({ packages }) => count(packages) },
  ];
}

/** The console names the first of them. */
const mostNamed = 20;

function Packages({ differs }: Pick<Pair, 'differs'>): ReactNode {
  if (differs.length === 0) return null;
  return (
    <details>
      <summary>
        {differs.length < mostNamed ? '' : 'The first '}
        {counted(differs.length, 'package')} that only one of them has, or has otherwise
      </summary>
      <p className="mono small breakable">{differs.join(', ')}</p>
    </details>
  );
}
