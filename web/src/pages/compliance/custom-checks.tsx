import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listCustomChecks } from '#compliance/contract.ts';
import { reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { EmptyState, ErrorState } from '../../ui/blank.tsx';
import { Icon } from '../../ui/icon.tsx';
import { When } from '../../ui/marks.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SeverityMark } from '../../ui/severity.tsx';
import { subjectKindWords } from './check-words.ts';
import { CustomForm } from './custom-form.tsx';
import { type CustomInPlace, headOfCustom } from './custom-words.ts';
import { rulesTitle, WaitingRules } from './waiting-rules.tsx';

interface ViewProps {
  /** Id of the check whose form is open, `new` for a new one. */
  readonly opened: string;
  readonly tabs: ReactNode;
}

/** Checks that were written here, and the form of the one that is open. */
export function CustomChecksView({ opened, tabs }: ViewProps): ReactNode {
  const { data, error, refetch } = useQuery(reading(listCustomChecks));
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
  const navigate = useNavigate();
  const open = (check: string): void =>
    void navigate({ to: '/compliance-rules', search: { check }, resetScroll: false });
  if (error !== null && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined) return <WaitingRules />;
  const { checks, facts } = data;
  const edited = checks.find(({ check }) => check.id === opened);
  const isOpen = edited !== undefined || (opened === 'new' && mayWrite);
  const { state, word, sentence } = headOfCustom(checks);
  return (
    <>
      <PageHead
        title={rulesTitle}
        state={state}
        verdict={word}
        reason={sentence}
        actions={
          mayWrite && (
            <button type="button" className="btn primary" onClick={() => open('new')}>
              <Icon name="plus" />
              New check
            </button>
          )
        }
      />
      {tabs}
      <div className={isOpen ? 'split rules opened' : 'split rules'}>
        <section className="section bare">
          <CheckList checks={checks} opened={opened} />
        </section>
        {isOpen && (
          <CustomForm
            key={opened}
            saved={edited}
            taken={checks.map(({ check }) => check.id)}
            facts={facts}
            changed={refetch}
            close={() => open('all')}
          />
        )}
      </div>
    </>
  );
}

interface ListProps {
  readonly checks: readonly CustomInPlace[];
  readonly opened: string;
}

function CheckList({ checks, opened }: ListProps): ReactNode {
  if (checks.length === 0) {
    return (
      <EmptyState icon="tick" title="No own checks yet">
        A check of your own asks one question of every image, container, host or other subject, in CEL, or of an image’s
        files by a script.
      </EmptyState>
    );
  }
  return (
    <ul className="rule-list operator-lists" aria-label="Own checks">
      {checks.map((one) => (
        <CheckRow key={one.check.id} {...one} opened={one.check.id === opened} />
      ))}
    </ul>
  );
}

function CheckRow({ check, savedAt, savedBy, opened }: CustomInPlace & { readonly opened: boolean }): ReactNode {
  return (
    <li aria-current={opened || undefined}>
      <div>
        <h2>
          <Link className="link" to="/compliance-rules" search={{ check: check.id }} resetScroll={false}>
            {check.title}
          </Link>
          <SeverityMark severity={check.severity} />
        </h2>
        <p className="small soft breakable">
          {subjectKindWords[check.subject]}: <code>{check.expression ?? check.script}</code>
        </p>
        <p className="small quiet">
          <span className="mono">{check.id}</span>, version {check.version}, saved by {savedBy}{' '}
          <When moment={savedAt} />
        </p>
      </div>
    </li>
  );
}
