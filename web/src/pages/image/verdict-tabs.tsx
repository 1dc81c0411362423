import type { ReactNode } from 'react';
import type { listImages } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { Tabs } from '../../app/tabs.tsx';
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
  return (
    <Tabs
      name="Verdict"
      field="verdict"
      search={search}
      tabs={[
        [undefined, 'All', all],
        ['fail', 'Fail', totals?.fail],
        ['cannot-judge', 'Cannot judge', totals?.cannotJudge],
        ['pending', 'Not judged yet', totals?.pending],
        ['pass', 'Pass', totals?.pass],
        ['unscanned', 'Not scanned', list?.unscanned.total],
      ]}
    />
  );
}
