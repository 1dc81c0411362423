import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import {
  cancelCheckException,
  type CheckException,
  decideCheckException,
  listCheckExceptions,
} from '#compliance/contract.ts';
import { ask } from '../../api.ts';
import { counted } from '../../ui/format.ts';
import { ExceptionPane } from '../policy/exception-pane.tsx';
import { exceptionDoes, reachInWords } from './exception-words.ts';

interface DetailProps {
  readonly exception: CheckException;
  /** Of its check; missing: no check of this release. */
  readonly title: string | undefined;
}

/** An exception of a check: what it names, who requested it and why, and how to decide it. */
export function CheckExceptionDetail({ exception, title }: DetailProps): ReactNode {
  const { id, check, values, appliesTo } = exception;
  const params = { id };
  return (
    <ExceptionPane
      exception={exception}
      named={check}
      again={`the finding counts again for ${counted(appliesTo, 'subject')}`}
      decide={(decision, note) => ask(decideCheckException, { params, body: { decision, note } })}
      cancel={() => ask(cancelCheckException, { params })}
      list={listCheckExceptions.path}
      scope={{ term: 'Applies to', words: reachInWords }}
    >
      {title !== undefined && <p className="breakable">{title}</p>}
      <ul className="small" aria-label="Values">
        {values.map((value) => (
          <li key={value} className="breakable">
            <code>{value}</code>
          </li>
        ))}
      </ul>
      <p className="small soft">{exceptionDoes(exception)} Any other value counts.</p>
      <p className="small">
        <Link to="/compliance/checks" search={{ check }}>
          Findings of {check}
        </Link>
      </p>
    </ExceptionPane>
  );
}
