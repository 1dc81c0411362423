import type { ReactNode } from 'react';
import type { ScopedRule } from '#rules/contract.ts';
import { Notice } from '../../ui/blank.tsx';
import { differencesIn } from '../access/audit-difference.ts';

interface Props {
  /** The version that was edited, and the one that stands now. */
  readonly base: ScopedRule;
  readonly newer: ScopedRule;
  readonly adopt: () => void;
  readonly overwrite: () => void;
}

/** What was saved while somebody edited, and the two ways on. */
export function CameBetween({ base, newer, adopt, overwrite }: Props): ReactNode {
  const differences = differencesIn({ before: base, after: newer });
  return (
    <Notice title={`Version ${newer.version} was saved meanwhile`}>
      <p className="soft">Yours is based on version {base.version} and is kept here. What changed there:</p>
      <ul className="small">
        {differences.map(({ path, before = 'nothing', after = 'nothing' }) => (
          <li key={path} className="breakable">
            {path}: <del>{before}</del> <ins>{after}</ins>
          </li>
        ))}
      </ul>
      <div className="actions">
        <button type="button" className="btn" onClick={adopt}>
          Use version {newer.version}, discard mine
        </button>
        <button type="button" className="btn" onClick={overwrite}>
          Overwrite with mine
        </button>
      </div>
    </Notice>
  );
}
