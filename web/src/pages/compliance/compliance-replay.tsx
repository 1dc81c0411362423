import type { ReactNode } from 'react';
import { type ComplianceRuleText, replayComplianceRule } from '#compliance/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { ask } from '../../api.ts';
import { counted } from '../../ui/format.ts';
import { State } from '../../ui/state-mark.tsx';
import { mutable } from '../policy/use-replay.ts';
import { Trial, type TriedText } from '../rules/trial.tsx';

type Reply = ReplyOf<typeof replayComplianceRule>;

/** Subjects that the form lists. */
const mostExamples = 6;
/** Checks that are named of each. */
const mostChecks = 4;

/** What the rule would do to everything that is reported now, as it is written. */
export function ComplianceReplay({ id, text }: TriedText<ComplianceRuleText>): ReactNode {
  return (
    <Trial
      title="Replay over what is reported now and past builds"
      path={replayComplianceRule.path}
      id={id}
      text={text}
      ask={(tried, signal) => ask(replayComplianceRule, { body: { rule: mutable(tried), id } }, signal)}
    >
      {(reply) => (
        <>
          <p>
            {counted(reply.subjects, 'subject')} in scope: it would block <b>{reply.blocked}</b> and alert on{' '}
            <b>{reply.alerted}</b>.
          </p>
          {reply.stopped > 0 && (
            <p>
              <State state="fail">It would stop {counted(reply.stopped, 'running container')}.</State>
            </p>
          )}
          <p className="small">
            {reply.changed === 0
              ? 'Nothing is done otherwise than now.'
              : `For ${counted(reply.changed, 'subject')} something else is done than now.`}
          </p>
          <ul className="small soft">
            {reply.examples.slice(0, mostExamples).map((example) => (
              <Example key={`${example.host} ${example.kind} ${example.id}`} example={example} />
            ))}
          </ul>
          {reply.changed > mostExamples && (
            <p className="small quiet">and {counted(reply.changed - mostExamples, 'more', 'more')}.</p>
          )}
          <Builds builds={reply.builds} />
        </>
      )}
    </Trial>
  );
}

/** What it would have said of past builds. */
function Builds({ builds }: Pick<Reply, 'builds'>): ReactNode {
  const { days, replayed, failed, failedNow, unknown, more, examples } = builds;
  return (
    <>
      <p>
        {counted(replayed, 'build')} of the last {days} days in scope: it would have failed <b>{failed}</b>; the rules
        in force fail {failedNow}.
      </p>
      {unknown > 0 && <p className="small quiet">Of {counted(unknown, 'build')} no facts are kept: unknown.</p>}
      {more > 0 && <p className="small quiet">{counted(more, 'older build')} of these days left out.</p>}
      <ul className="small soft">
        {examples.slice(0, mostExamples).map(({ image, name, at, job, checks }) => (
          <li key={`${image} ${at}`} className="breakable">
            <b>{name}</b>
            <span className="quiet">
              {job !== undefined && ` of ${job}`}: {shortened(checks)}
            </span>
            .
          </li>
        ))}
      </ul>
    </>
  );
}

function shortened(checks: readonly string[]): string {
  const rest = checks.length - mostChecks;
  return `${checks.slice(0, mostChecks).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function Example({ example }: { readonly example: Reply['examples'][number] }): ReactNode {
  const { host, kind, name, was, would, checks } = example;
  return (
    <li className="breakable">
      <b>{name}</b> <span className="quiet">{kind === 'container' ? `on ${host}` : kind}</span>: {was}, now {would}
      {checks.length > 0 && <span className="quiet"> by {shortened(checks)}</span>}.
    </li>
  );
}
