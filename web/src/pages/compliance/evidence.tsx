import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import {
  documentWord,
  type getCompliance,
  getDocument,
  otherwiseWords,
  type RemedyFor,
  type StoredResult,
} from '#compliance/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { reading } from '../../api.ts';
import { Skeleton } from '../../ui/blank.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { download } from '../../ui/download.ts';
import { Failure } from '../../ui/failure.tsx';
import { count } from '../../ui/format.ts';
import { Moment } from '../../ui/marks.tsx';
import { isWrong, numberWords, remediesFor, remedyWords } from './check-words.ts';
import { RequestException } from './exception-request.tsx';
import type { AnsweredCheck } from './status.ts';

/** The subject whose answers are shown, and for whom. */
export interface Opened extends Pick<ReplyOf<typeof getCompliance>, 'documents'> {
  readonly subject: NonNullable<ReplyOf<typeof getCompliance>['subject']>;
  readonly asker: RemedyFor;
}

interface EvidenceProps {
  readonly judged: AnsweredCheck;
  readonly opened: Opened;
}

/** Why a check matters, what others would change, what was judged and where it was read, and the documents that decided. */
export function Evidence({ judged, opened }: EvidenceProps): ReactNode {
  const { check, result } = judged;
  const documents = [result.document, ...(result.otherwise ?? []).map(({ document }) => document)];
  const contradiction = otherwiseWords(result);
  return (
    <div className="evidence small">
      {check !== undefined && <p className="soft breakable">{check.why}</p>}
      {check !== undefined &&
        remediesFor(check.remedy, opened.asker)
          .slice(isWrong(result) ? 1 : 0)
          .map(([who, what]) => <RemedyLine key={who} who={who} what={what} />)}
      <Values result={result} />
      {contradiction !== undefined && <p className="soft">{contradiction}. The worse answer holds.</p>}
      {opened.documents
        .filter(({ kind }) => documents.includes(kind))
        .map((document) => (
          <DocumentLine key={document.kind} document={document} opened={opened} />
        ))}
      {check !== undefined && <Belongs check={check} version={result.version} />}
      {result.until !== undefined && (
        <p className="soft">
          Excepted until <Moment moment={result.until} />, then it counts again:{' '}
          {(result.exceptions ?? []).map((id) => (
            <Link key={id} to="/compliance/checks" search={{ view: 'exceptions', open: id }}>
              the exception
            </Link>
          ))}
        </p>
      )}
      {result.values !== undefined && result.values.length > 0 && (
        <RequestException asked={{ check: result.id, values: result.values, name: opened.subject.name }} />
      )}
    </div>
  );
}

/** What to change, and where. */
export function RemedyLine({ who, what }: { readonly who: RemedyFor; readonly what: string }): ReactNode {
  return (
    <p className="small breakable">
      <span className="soft">{remedyWords[who]}: </span>
      {withOptions(what)}
    </p>
  );
}

/** Options are set apart and not broken at their dashes: `--cap-add` is one word. */
function withOptions(what: string): ReactNode {
  return what.split(/(?<=^|[\s(])(--[a-z][\w-]*)/).map((part, at) =>
    at % 2 === 0 ? (
      part
    ) : (
      <code key={at} className="option">
        {part}
      </code>
    ),
  );
}

const defaultWords: Readonly<Record<NonNullable<StoredResult['evidence'][number]['default']>, string>> = {
  engine: 'not set, the engine’s default',
  image: 'not set, the image’s',
  kernel: 'not set, the kernel’s default',
};

function Values({ result: { evidence } }: Pick<AnsweredCheck, 'result'>): ReactNode {
  if (evidence.length === 0) return <p className="quiet">No value was judged.</p>;
  return (
    <dl className="evidence-values">
      {evidence.map(({ at, value, default: whose }) => (
        <div key={`${at} ${value}`}>
          <dt className="mono breakable">{at}</dt>
          <dd className="breakable">
            <code>{value}</code> {whose !== undefined && <span className="quiet">{defaultWords[whose]}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Belongs(props: { readonly check: NonNullable<AnsweredCheck['check']>; readonly version: number }): ReactNode {
  const { nist, cis, alsoKnownAs, version } = props.check;
  const places = [
    ...(nist.length > 0 ? [`NIST SP 800-190 ${nist.join(', ')}`] : []),
    ...(cis.length > 0 ? [`CIS ${cis.join(', ')}`] : []),
    ...(alsoKnownAs.length > 0 ? [`elsewhere ${numberWords(alsoKnownAs)}`] : []),
    props.version === version ? `version ${count(version)}` : `answered by version ${count(props.version)}`,
  ];
  return <p className="quiet">{places.join('; ')}</p>;
}

interface DocumentProps {
  readonly document: Opened['documents'][number];
  readonly opened: Opened;
}

/** A document with its hash, and the whole of it for who asks. */
function DocumentLine({ document: { kind, hash }, opened }: DocumentProps): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <div>
      <p>
        <span className="soft">Document: </span>
        {documentWord(kind)}, SHA-256{' '}
        <span className="hash" title={hash}>
          {hash.slice(0, 12)}
        </span>
        <CopyButton text={hash} what={`SHA-256 of the document ${documentWord(kind)}`} />
      </p>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          The whole document<span className="sr">: {documentWord(kind)}</span>
        </summary>
        {open && <WholeDocument kind={kind} hash={hash} opened={opened} />}
      </details>
    </div>
  );
}

/** UTF-16 units of a document that are shown; the file has all. */
const longestShown = 60_000;

function WholeDocument(props: { readonly kind: string; readonly hash: string; readonly opened: Opened }): ReactNode {
  const { kind, hash, opened } = props;
  const { host, kind: of, id } = opened.subject;
  const { data, error } = useQuery({
    ...reading(getDocument, { params: { host, kind: of, id, hash } }),
    staleTime: Infinity,
  });
  if (error !== null && data === undefined) return <Failure error={error} />;
  if (data === undefined) return <Skeleton width={220} />;
  const text = readable(data.text);
  const name = `${of}-${id.slice(0, 12)}-${kind}-${hash.slice(0, 12)}.json`;
  return (
    <>
      <pre className="code document" tabIndex={0} role="group" aria-label={`Document ${documentWord(kind)}`}>
        {text.slice(0, longestShown)}
      </pre>
      {text.length > longestShown && <p className="quiet">Cut here; the file has all of it.</p>}
      <p>
        <button type="button" className="btn" onClick={() => download(name, data.text, 'application/json')}>
          Save as file
        </button>
      </p>
      <p className="quiet">The file is the text that was judged; its SHA-256 is the one above.</p>
    </>
  );
}

/** One line for each value; what is hashed has none of these breaks. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
