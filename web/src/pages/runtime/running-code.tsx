import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ReplyOf } from '#http/index.ts';
import { askCode, getCode, type MappedFile } from '#runtime/contract.ts';
import { ask, reading } from '../../api.ts';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { useNow } from '../../ui/clock.ts';
import { Failure } from '../../ui/failure.tsx';
import { counted } from '../../ui/format.ts';
import { Minute, When } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';
import { codeStates, fileWords, questionOf } from './running-code-words.ts';
import './running-code.css';

type Code = NonNullable<ReplyOf<typeof getCode>['code']>;

/** Milliseconds between two looks for the answer of a host that was asked. */
const lookEvery = 1000;

/** What code runs in a container, as its host signed it, and a way to have it asked again. */
export function RunningCode({ id }: { readonly id: string }): ReactNode {
  const asking = useMutation({ mutationFn: () => ask(askCode, { params: { name: id } }) });
  const { data, error, refetch } = useQuery({
    ...reading(getCode, { params: { name: id } }),
    refetchInterval: ({ state }) => (questionOf(state.data, Date.now()) === 'waiting' ? lookEvery : false),
  });
  const question = questionOf(data, useNow().getTime());
  const waits = asking.isPending || question === 'waiting';
  return (
    <section className="d-sec running-code">
      <h3>Running code</h3>
      {error !== null && data === undefined && <ErrorState error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton width={220} />}
      {data !== undefined && data.code === undefined && (
        <>
          <State state="unknown">Not known</State>
          <p className="soft small">Its host has not said yet what code runs in it.</p>
        </>
      )}
      {data?.code !== undefined && <Statement code={data.code} />}
      {data?.asked !== undefined && question === 'silent' && <Silent at={data.asked.at} host={data.container.host} />}
      {data !== undefined && (
        <p>
          <button
            type="button"
            className="btn"
            disabled={waits}
            onClick={() => asking.mutate(undefined, { onSuccess: () => void refetch() })}
          >
            {waits ? 'Asking the host…' : data.code === undefined ? 'Ask the host' : 'Ask again'}
          </button>
        </p>
      )}
      {asking.isError && <Failure error={asking.error} />}
    </section>
  );
}

/** The host was asked, and nobody answered. */
function Silent({ at, host }: { readonly at: string; readonly host: string }): ReactNode {
  return (
    <>
      <State state="unknown">No answer</State>
      <p className="soft small">
        Its host was asked <When moment={at} /> and has not answered. See whether agent and sensor are there:{' '}
        <Link to="/hosts" search={{ host }}>
          {host}
        </Link>
        .
      </p>
    </>
  );
}

function Statement({ code: { statement, verdict, signed } }: { readonly code: Code }): ReactNode {
  const { state, word } = codeStates[verdict.kind];
  const others = statement.files.filter(({ standing }) => standing !== 'image');
  const own = statement.files.filter(({ standing }) => standing === 'image');
  return (
    <>
      <State state={state}>{word}</State>
      <p className="soft small breakable">{verdict.sentence}</p>
      <dl className="kv">
        <dt>Said</dt>
        <dd>
          <Minute moment={statement.at} />, <When moment={statement.at} />
        </dd>
        <dt>Signed</dt>
        <dd>
          with the certificate of {statement.host},{' '}
          <span className="hash" title={signed.signature}>
            {signed.signature.slice(0, 12)}
          </span>
        </dd>
      </dl>
      {others.length > 0 && <Files files={others} />}
      {own.length > 0 && (
        <details>
          <summary>{counted(own.length, 'file')} of the image</summary>
          <Files files={own} />
        </details>
      )}
      {statement.omitted > 0 && (
        <p className="quiet small">
          {counted(statement.omitted, 'more file is', 'more files are')} counted and not listed.
        </p>
      )}
    </>
  );
}

function Files({ files }: { readonly files: readonly MappedFile[] }): ReactNode {
  return (
    <ul className="plain-list small">
      {files.map((file) => (
        <li key={`${file.standing} ${file.why ?? ''} ${file.path}`} className="breakable">
          <code>{file.path}</code> <span className="soft">{fileWords(file)}</span>
          {file.sha256 !== undefined && (
            <>
              {' '}
              <span className="hash" title={file.sha256}>
                {file.sha256.slice(0, 12)}
              </span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
