import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Protection, ProtectionPart } from '#inventory/contract.ts';
import { Minute, When } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';
import { partMark, partWords, protectionMark, protectionWords } from './protection-words.ts';
import './sensor-detail.css';

/** How one container is protected: what its rule asks for, since when it is in force, and by which mechanism. */
export function ContainerProtection({ protection }: { readonly protection: Protection }): ReactNode {
  const { state, rule, since, reason, parts } = protection;
  return (
    <section className="d-sec">
      <h3>Protection</h3>
      <State state={protectionMark(state)}>{protectionWords[state]}</State>
      <p className="soft small breakable">{reason}</p>
      <dl className="kv">
        <dt>Rule</dt>
        <dd>
          {rule === undefined ? (
            'none applies'
          ) : (
            <>
              <Link to="/runtime-rules" search={{ rule: rule.id }}>
                {rule.name}
              </Link>
              , version {rule.version}
              {!rule.prevents && ', prevents nothing'}
            </>
          )}
        </dd>
        {since !== undefined && (
          <>
            <dt>{state === 'unprotected' ? 'So since' : 'In force since'}</dt>
            <dd>
              <Minute moment={since} />, <When moment={since} />
            </dd>
          </>
        )}
      </dl>
      <ul className="mechanisms">
        {parts.map((part) => (
          <li key={part.what}>
            <PartMark state={part.state} />
            <span className="breakable">
              {part.what}
              {part.by.length > 0 && <span className="l2 breakable">{part.by.join(', ')}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function PartMark({ state }: Pick<ProtectionPart, 'state'>): ReactNode {
  const mark = partMark(state);
  if (mark === undefined) return <span className="quiet">{partWords[state]}</span>;
  return <State state={mark}>{partWords[state]}</State>;
}

/** In a row: the word, with the reason behind it. */
export function ProtectionMark({ protection }: { readonly protection: Protection | undefined }): ReactNode {
  if (protection === undefined) return null;
  const { state, reason } = protection;
  return (
    <span className="l2" title={reason}>
      <State state={protectionMark(state)}>{protectionWords[state]}</State>
    </span>
  );
}
