import type { ReactNode } from 'react';
import { When } from './marks.tsx';

/** Whether a process was seen with a file of a package: filled and hollow, with the word. */
export function InUse({ inUse }: { readonly inUse: boolean }): ReactNode {
  return (
    <span className={inUse ? 'in-use' : 'in-use quiet'}>
      <svg viewBox="0 0 10 10" aria-hidden="true">
        <path
          d="M2 1.200l6.500 3.800L2 8.800z"
          fill={inUse ? 'currentColor' : 'none'}
          stroke="currentColor"
          strokeLinejoin="round"
        />
      </svg>
      {inUse ? 'Loaded' : 'Not seen'}
    </span>
  );
}

/** The same with the time of it. */
export function InUseSince({ moment }: { readonly moment: string | undefined }): ReactNode {
  return (
    <>
      <span className="l1">
        <InUse inUse={moment !== undefined} />
      </span>
      {moment !== undefined && (
        <span className="l2">
          <When moment={moment} />
        </span>
      )}
    </>
  );
}
