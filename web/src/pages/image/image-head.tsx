import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { buildName } from '#catalog/contract.ts';
import type { ImageDetail } from '#explorer/contract.ts';
import { bytes, counted, date, subjectName } from '../../ui/format.ts';
import { Hash, When } from '../../ui/marks.tsx';
import { Fact, PageHead } from '../../ui/page-head.tsx';
import { stateOfVerdict } from '../../ui/state-mark.tsx';
import { ChangesInShort } from './changes.tsx';
import { shortReason } from '../vulnerability/plan.ts';

/** Names shown beside the first; the others are in the title. */
const shownNames = 3;

/** Verdict and reason, then who this image is and who says so. */
export function ImageHead({ detail }: { readonly detail: ImageDetail }): ReactNode {
  const { row } = detail;
  const name = subjectName(row.subject, row.names);
  return (
    <PageHead
      title={name}
      crumbs={
        <>
          <Link to="/images">Images</Link>
          <span>/</span>
          <span className="soft breakable">{name}</span>
        </>
      }
      state={stateOfVerdict(row.verdict)}
      verdict={<Sentence detail={detail} />}
      reason={
        (detail.verdict && shortReason(detail.verdict)) ??
        row.reason ??
        'The verdict follows as soon as findings are matched.'
      }
      facts={<Identity detail={detail} />}
    />
  );
}

function Sentence({ detail }: { readonly detail: ImageDetail }): ReactNode {
  const { verdict } = detail;
  if (verdict === undefined) return 'Not judged yet.';
  const violations = (
    <a href="#change">{counted(verdict.violations.filter((one) => one.effect !== 'alert').length, 'violation')}</a>
  );
  switch (verdict.kind) {
    case 'pass':
      return 'Passes.';
    case 'fail':
      return <>Fails: {violations}.</>;
    case 'cannot-judge':
      return <>Cannot be judged: {violations}.</>;
  }
}

function Identity({ detail }: { readonly detail: ImageDetail }): ReactNode {
  const { row, subject } = detail;
  return (
    <>
      {subject.kind === 'image' ? (
        <Fact name="Digest">
          <Hash digest={subject.digest} what="digest" />
        </Fact>
      ) : (
        <Fact name="Folder">
          <code>{subject.path}</code>
        </Fact>
      )}
      <Names names={row.names} />
      <Fact name="Distribution" unknown={row.distribution === undefined}>
        {row.distribution ?? 'not recognised'}
      </Fact>
      {row.platform !== undefined && <Fact name="Platform">{row.platform}</Fact>}
      {row.size > 0 && <Fact name="Size">{bytes(row.size)}</Fact>}
      {subject.kind === 'image' && subject.created !== undefined && <Fact name="Built">{date(subject.created)}</Fact>}
      <Applications names={row.applications} />
      <Fact name="Hosts">
        {row.hosts.length === 0 ? 'none that reports' : <Link to="/hosts">{row.hosts.join(', ')}</Link>}
      </Fact>
      <Fact name="Scanned">
        <When moment={row.scannedAt} /> by {detail.scanner.name} {detail.scanner.version} on {detail.scanner.host}
      </Fact>
      <JobFact job={detail.job} />
      <ChangesInShort detail={detail} />
      {detail.verdict && <Fact name="Policy">{detail.verdict.policy.name}</Fact>}
      {row.judgedAt !== undefined && (
        <Fact name="Judged">
          <When moment={row.judgedAt} />
        </Fact>
      )}
    </>
  );
}

function Names({ names }: { readonly names: readonly string[] }): ReactNode {
  if (names.length < 2) return null;
  const rest = names.length - 1 - shownNames;
  return (
    <Fact name="Also">
      <span title={names.join('\n')}>
        {names.slice(1, shownNames + 1).join(', ')}
        {rest > 0 ? ` and ${rest} more` : ''}
      </span>
    </Fact>
  );
}

function Applications({ names }: { readonly names: readonly string[] }): ReactNode {
  if (names.length === 0) return null;
  return (
    <Fact name="Application">
      <span>
        {names.map((name, index) => (
          <span key={name}>
            {index > 0 && ', '}
            <Link to="/applications/$name" params={{ name }}>
              {name}
            </Link>
          </span>
        ))}
      </span>
    </Fact>
  );
}

function JobFact({ job }: { readonly job: ImageDetail['job'] }): ReactNode {
  if (job === undefined) return null;
  const linked = job.url !== undefined && /^https?:\/\//.test(job.url);
  const name = buildName(job);
  return (
    <Fact name="Build">
      {linked ? (
        <a href={job.url} target="_blank" rel="noreferrer">
          {name}
        </a>
      ) : (
        name
      )}
    </Fact>
  );
}
