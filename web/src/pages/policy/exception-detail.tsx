import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { cancelException, decideException, type Exception, listExceptions } from '#policy/contract.ts';
import { ask } from '../../api.ts';
import { counted } from '../../ui/format.ts';
import { ExceptionPane } from './exception-pane.tsx';
import { scopeInWords } from './words.ts';

/** An exception of a finding: what it names, who requested it and why, and how to decide it. */
export function ExceptionDetail({ exception }: { readonly exception: Exception }): ReactNode {
  const { id, advisory, package: component, appliesTo } = exception;
  const params = { id };
  return (
    <ExceptionPane
      exception={exception}
      named={advisory}
      again={`the finding counts again in ${counted(appliesTo, 'image')}`}
      decide={(decision, note) => ask(decideException, { params, body: { decision, note } })}
      cancel={() => ask(cancelException, { params })}
      list={listExceptions.path}
      scope={{ term: 'Scope', words: scopeInWords }}
    >
      <p className="breakable">
        in {component.name} <code>{component.version}</code> <span className="mark">{component.type}</span>
      </p>
      <p className="small soft">{does(exception)}</p>
      <p className="small">
        <Link to="/vulnerabilities" search={{ search: advisory }}>
          Findings of {advisory}
        </Link>
      </p>
    </ExceptionPane>
  );
}

function does({ state, appliesTo, wouldApplyTo }: Exception): string {
  switch (state) {
    case 'approved':
      return `Applies to ${counted(appliesTo, 'image')}.`;
    case 'requested':
      return wouldApplyTo === undefined ? 'Pending.' : `Pending; would apply to ${counted(wouldApplyTo, 'image')}.`;
    case 'denied':
    case 'cancelled':
    case 'expired':
      return 'Does not apply.';
  }
}
