import type { ReactNode } from 'react';
import type { PolicyInPlace } from '#policy/contract.ts';
import { Notice } from '../../ui/blank.tsx';
import { When } from '../../ui/marks.tsx';
import { textOfPolicy } from './draft.ts';
import { TextDiff } from './text-diff.tsx';
import type { Draft } from './use-draft.ts';

interface Props {
  readonly draft: Draft;
  readonly base: PolicyInPlace;
  readonly newer: PolicyInPlace;
}

/** What another person saved while this one was changed, and the two ways on. */
export function CameBetween({ draft, base, newer }: Props): ReactNode {
  return (
    <Notice title={`Version ${newer.policy.version} was saved meanwhile`}>
      <p className="soft">
        {newer.savedBy} saved it <When moment={newer.savedAt} />. Yours is based on version {base.policy.version} and is
        kept here. What changed there:
      </p>
      <TextDiff
        name={`From version ${base.policy.version} to ${newer.policy.version}`}
        before={textOfPolicy(base.policy)}
        after={textOfPolicy(newer.policy)}
      />
      <div className="actions">
        <button type="button" className="btn" onClick={() => draft.adopt(newer)}>
          Use version {newer.policy.version}, discard mine
        </button>
        <button type="button" className="btn" onClick={() => draft.rebase(newer)}>
          Overwrite with mine
        </button>
      </div>
    </Notice>
  );
}
