import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useState } from 'react';
import { getRetention, putRetention, type Retention } from '#access/contract.ts';
import { getOpenApi } from '#http/contract.ts';
import { listLogHeads } from '#compliance/contract.ts';
import { getLink } from '#link/contract.ts';
import { ask, reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { PlainHttp } from '../../app/strips.tsx';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { count, counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { Fact, PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { HealthSection, useHealth } from './health-section.tsx';
import './system-page.css';

const title = 'System';

/** Version and health, how long things are kept, and where programs reach this console. */
export function SystemPage(): ReactNode {
  const me = useMe();
  const mayRead = me?.permissions.includes('read-audit') === true;
  const measured = useHealth();
  if (me === undefined) return <WaitingHead title={title} />;
  return (
    <>
      <PlainHttp where="inside" />
      <SystemHead measured={measured} />
      <HealthSection measured={measured} />
      <div className="split system-split">
        {mayRead && <RetentionSection change={me.permissions.includes('administer') ? 'allowed' : 'refused'} />}
        <Interfaces />
      </div>
    </>
  );
}

/** The worst part first: what is unknown is never called well. */
function SystemHead({ measured }: { readonly measured: ReturnType<typeof useHealth> }): ReactNode {
  const { health, parts } = measured;
  if (parts === undefined) return <WaitingHead title={title} />;
  const unwell = parts.filter(({ state }) => state !== 'pass');
  const [worst] = unwell;
  return (
    <PageHead
      title={title}
      state={worst?.state ?? 'pass'}
      verdict={worst === undefined ? `All ${count(parts.length)} parts work.` : `${worst.name}: ${worst.words}`}
      reason={unwell.length > 1 && `${counted(unwell.length - 1, 'more part needs', 'more parts need')} a look.`}
      facts={
        <>
          <Fact name="Version" unknown={health === undefined}>
            {health?.version ?? 'not known'}
          </Fact>
          {health && (
            <Fact name="Running since">
              <When moment={health.startedAt} />
            </Fact>
          )}
        </>
      }
    />
  );
}

const fields: readonly (readonly [keyof Retention, string, string, number])[] = [
  ['containerDays', 'Containers that ended', 'Records of containers, after they ended.', 1],
  ['scanDays', 'Scans and verdicts', 'Those of images that no host holds.', 1],
  ['trendDays', 'Trends', 'Points of the trend charts.', 7],
  ['auditDays', 'Audit trail', 'Older entries are deleted; the rest still verifies.', 30],
];

function RetentionSection({ change }: { readonly change: 'allowed' | 'refused' }): ReactNode {
  const { data, error, refetch } = useQuery(reading(getRetention));
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  return (
    <section className="section">
      <header>
        <h2>How long things are kept</h2>
        <span className="quiet small">data about existing images is never deleted</span>
      </header>
      {data === undefined ? (
        <p aria-busy="true">
          <Skeleton width={240} />
        </p>
      ) : (
        <RetentionForm kept={data} change={change} />
      )}
    </section>
  );
}

interface FormProps {
  readonly kept: Retention;
  readonly change: 'allowed' | 'refused';
}

function RetentionForm({ kept, change }: FormProps): ReactNode {
  const queries = useQueryClient();
  /** What was typed, until it is saved. */
  const [typed, setTyped] = useState<Partial<Readonly<Record<keyof Retention, string>>>>({});
  const wanted = { ...textsOf(kept), ...typed };
  const saving = useMutation({
    mutationFn: () => ask(putRetention, { body: numbersOf(wanted) }),
    onSuccess: (saved) => {
      queries.setQueryData(reading(getRetention).queryKey, saved);
      setTyped({});
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saving.mutate();
  };
  const shortened = fields.filter(([field]) => Number(wanted[field]) < kept[field]);
  const changed = fields.some(([field]) => wanted[field] !== String(kept[field]));
  return (
    <form className="form retention" onSubmit={submit}>
      {fields.map(([field, name, meaning, least]) => (
        <label key={field} className="days">
          <span>
            {name}
            <span className="small quiet"> {meaning}</span>
          </span>
          <span>
            <input
              type="number"
              required
              min={least}
              max={3650}
              value={wanted[field]}
              disabled={change === 'refused'}
              onChange={(event) => setTyped({ ...typed, [field]: event.currentTarget.value })}
            />{' '}
            days
          </span>
        </label>
      ))}
      {shortened.length > 0 && (
        <p className="small soft">
          {shortened.map(([, name]) => name).join(', ')}: what is older goes within the hour, and does not come back.
        </p>
      )}
      {saving.isError && <Failure error={saving.error} />}
      {change === 'allowed' ? (
        <button type="submit" className="btn primary" disabled={saving.isPending || !changed}>
          Save
        </button>
      ) : (
        <p className="small quiet">An administrator changes these.</p>
      )}
      <p role="status" className="small">
        {saving.isSuccess && !changed && 'Saved.'}
      </p>
    </form>
  );
}

function textsOf(kept: Retention): Readonly<Record<keyof Retention, string>> {
  return {
    containerDays: String(kept.containerDays),
    scanDays: String(kept.scanDays),
    trendDays: String(kept.trendDays),
    auditDays: String(kept.auditDays),
  };
}

function numbersOf(wanted: Readonly<Record<keyof Retention, string>>): Retention {
  return {
    containerDays: Number(wanted.containerDays),
    scanDays: Number(wanted.scanDays),
    trendDays: Number(wanted.trendDays),
    auditDays: Number(wanted.auditDays),
  };
}

function Interfaces(): ReactNode {
  const link = useQuery(reading(getLink)).data;
  return (
    <section className="section">
      <header>
        <h2>Interfaces</h2>
      </header>
      <dl className="kv">
        <dt>API</dt>
        <dd>
          <a href={getOpenApi.path} target="_blank" rel="noreferrer">
            Description as OpenAPI 3.1
          </a>
          , all that these pages use
        </dd>
        <dt>Agents</dt>
        <dd>
          {link === undefined
            ? '…'
            : `dial port ${link.port}, TLS 1.3 with certificates on both sides, protocol ${link.protocol}`}
          {', '}
          <Link to="/agents">all agents</Link>
        </dd>
        <dt>Evidence key</dt>
        <dd>
          <EvidenceKey />
        </dd>
        <dt>Feeds</dt>
        <dd>
          <Link to="/feeds">how old they are</Link>
        </dd>
      </dl>
    </section>
  );
}

/** By its fingerprint auditors verify packages of evidence; it has to reach them on another way than the packages. */
function EvidenceKey(): ReactNode {
  const { data, error } = useQuery(reading(listLogHeads, { query: { limit: 1 } }));
  if (error !== null && data === undefined) return <Failure error={error} />;
  if (data === undefined) return <Skeleton width={240} />;
  const [key] = data.keys;
  if (key === undefined) return <>none yet: it is made when the first evidence is sealed</>;
  return (
    <>
      <span className="hash">{key.fingerprint}</span>
      <CopyButton text={key.fingerprint} what="fingerprint of the evidence key" />
      {', give it to auditors apart from packages'}
    </>
  );
}
