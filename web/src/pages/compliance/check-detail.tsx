import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import { type CheckStatus, listComplianceRules, type ListedCheck } from '#compliance/contract.ts';
import { reading } from '../../api.ts';
import { keyOf } from '../../app/search-text.ts';
import { count } from '../../ui/format.ts';
import { SeverityMark } from '../../ui/severity.tsx';
import { StateGlyph } from '../../ui/state-mark.tsx';
import type { CheckRow } from './check-rows.ts';
import { askerOf, numberWords, remediesFor, statusMarks, subjectKindWords } from './check-words.ts';
import { CheckSubjects } from './check-subjects.tsx';
import { RemedyLine } from './evidence.tsx';
import { sameRules } from './same-rules.ts';

const statuses = Object.keys(statusMarks) as readonly CheckStatus[];

interface DetailProps {
  readonly row: CheckRow;
  /** As the address has it; missing or nonsense: the worst that there is. */
  readonly status: string | undefined;
}

/** One check: what it asks and why, what to change, and its subjects with what was seen. */
export function CheckDetail({ row, status }: DetailProps): ReactNode {
  const { check, findings } = row;
  const there = statuses.filter((one) => findings.subjects[one] > 0);
  const chosen = keyOf(status, statusMarks) ?? there[0];
  return (
    <>
      <div className="d-head check-head">
        <div className="d-title">
          <h2>{check.title}</h2>
        </div>
        <p className="answer-marks">
          <SeverityMark severity={check.severity} />
          <span className="quiet">
            {subjectKindWords[check.subject]} <span className="mono">{check.id}</span>
          </span>
        </p>
        <p className="soft">{check.why}</p>
        <section className="remedies" aria-label="What to change">
          {remediesFor(check.remedy, askerOf[check.subject]).map(([who, what]) => (
            <RemedyLine key={who} who={who} what={what} />
          ))}
        </section>
        <Belongs check={check} />
      </div>
      <section className="d-sec compliance" aria-label="Subjects">
        <h3>Subjects</h3>
        {there.length === 0 && <p className="soft">Nothing of this kind was reported, so nothing is known of it.</p>}
        <ul className="statuses">
          {there.map((one) => (
            <li key={one}>
              <Link
                to="/compliance/checks"
                search={(before: object) => ({ ...before, status: one })}
                resetScroll={false}
                replace
                {...(one === chosen && { 'aria-current': 'true' as const })}
              >
                <StateGlyph state={statusMarks[one].state} />
                {statusMarks[one].word} <b>{count(findings.subjects[one])}</b>
              </Link>
            </li>
          ))}
        </ul>
        {chosen !== undefined && there.length > 0 && (
          <CheckSubjects key={`${check.id} ${chosen}`} check={check} status={chosen} />
        )}
      </section>
    </>
  );
}

function Belongs({ check: { id, nist, cis, alsoKnownAs, impliedBy } }: { readonly check: ListedCheck }): ReactNode {
  return (
    <dl className="kv">
      {nist.length > 0 && (
        <>
          <dt>NIST SP 800-190</dt>
          <dd>{nist.join(', ')}</dd>
        </>
      )}
      {cis.length > 0 && (
        <>
          <dt>CIS</dt>
          <dd>{cis.join(', ')}</dd>
        </>
      )}
      {alsoKnownAs.length > 0 && (
        <>
          <dt>Elsewhere</dt>
          <dd>{numberWords(alsoKnownAs)}</dd>
        </>
      )}
      {impliedBy !== undefined && (
        <>
          <dt>Fails with</dt>
          <dd className="mono">{impliedBy}</dd>
        </>
      )}
      <SameRules check={id} />
    </dl>
  );
}

/** Compliance rules that judge the same at a start by the settings. */
function SameRules({ check }: { readonly check: string }): ReactNode {
  const { data } = useQuery(reading(listComplianceRules));
  const rules = sameRules(
    check,
    (data?.rules ?? []).map(({ rule }) => rule),
  );
  if (rules.length === 0) return null;
  return (
    <>
      <dt>Rules at a start</dt>
      <dd>
        {rules.map(({ id, name, does }, at) => (
          <Fragment key={id}>
            {at > 0 && ', '}
            <Link to="/compliance-rules" search={{ rule: id }}>
              {name}
            </Link>
            : {does}
          </Fragment>
        ))}
      </dd>
    </>
  );
}
