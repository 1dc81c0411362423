import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { listImages } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { count } from '../../ui/format.ts';
import type { ImagesSearch } from './images-search.ts';

interface TabsProps {
  readonly search: ImagesSearch;
  /** Missing until it is there; the tabs stand from the start. */
  readonly list: ReplyOf<typeof listImages> | undefined;
}

/** The images by verdict; each number is the length of its list. */
export function VerdictTabs({ search, list }: TabsProps): ReactNode {
  const totals = list?.totals;
  const all = totals && totals.pass + totals.fail + totals.cannotJudge + totals.pending;
  const tabs = [
    [undefined, 'All', all],
    ['fail', 'Fail', totals?.fail],
    ['cannot-judge', 'Cannot judge', totals?.cannotJudge],
    ['pending', 'Not judged yet', totals?.pending],
    ['pass', 'Pass', totals?.pass],
    ['unscanned', 'Not scanned', list?.unscanned.total],
  ] as const;
  return (
    <nav className="tabs" aria-label="Verdict">
      {tabs.map(([verdict, name, number]) => (
        <Link
          key={name}
          to="/images"
          search={{ ...search, verdict }}
          resetScroll={false}
          activeOptions={{ includeSearch: true, explicitUndefined: true }}
        >
          {name}
          <b>{number === undefined ? '…' : count(number)}</b>
        </Link>
      ))}
    </nav>
  );
}
