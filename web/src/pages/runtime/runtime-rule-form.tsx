import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import {
  deleteRuntimeRule,
  newRuntimeRule,
  putRuntimeRule,
  replayRuntimeRule,
  runtimeFields,
  type RuntimeRule,
  RuntimeRuleText,
  type Stops,
} from '#runtime/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { ask } from '../../api.ts';
import { wordOf } from '../../app/search-text.ts';
import { counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { mutable } from '../policy/use-replay.ts';
import { RuleForm } from '../rules/rule-form.tsx';
import type { OpenedRule } from '../rules/rules-page.tsx';
import { Trial, type TriedText } from '../rules/trial.tsx';
import { preventable } from './preventable.ts';
import { StopEvidence } from './stop-evidence.tsx';
import { StoppedRow } from './stopped-row.tsx';
import './model-page.css';

const route = getRouteApi('/inside/runtime-rules');

/** A rule to read or to edit, beside its replay over the last days. */
export function RuntimeRuleForm(opened: OpenedRule<RuntimeRule>): ReactNode {
  const { prevent, name } = route.useSearch();
  const field = wordOf(prevent, preventable);
  return (
    <RuleForm<RuntimeRuleText>
      {...opened}
      beginning={{ ...newRuntimeRule, ...(name && { name }), ...(field && { [field]: 'prevent' }) }}
      save={(id, text, { basedOn }) => ask(putRuntimeRule, { params: { id }, body: { rule: mutable(text), basedOn } })}
      tries={replayRuntimeRule.path}
      remove={(id) => ask(deleteRuntimeRule, { params: { id } })}
      afterwards="Its containers fall to the next matching rule."
      schema={RuntimeRuleText}
      texts={runtimeFields}
      trial={Replay}
    />
  );
}

/** What the rule would have done in the last 14 days, as it is written now. */
function Replay({ id, text }: TriedText<RuntimeRuleText>): ReactNode {
  return (
    <Trial
      title="Replay over the last 14 days"
      path={replayRuntimeRule.path}
      id={id}
      text={text}
      ask={(tried, signal) => ask(replayRuntimeRule, { body: { rule: mutable(tried), id } }, signal)}
    >
      {(reply) => (
        <>
          <p>
            <b>{reply.stopped}</b> prevented, <b>{reply.alerted}</b> alerted, <b>{reply.ignored}</b> ignored, in{' '}
            {counted(reply.containers, 'running container')} and those before them.
          </p>
          <ul className="small soft">
            {reply.examples.slice(0, 5).map(({ id: key, time, message, was, would }) => (
              <li key={key} className="breakable">
                <When moment={time} /> {message}{' '}
                <span className="quiet">{was === would ? was : `${was}, now ${would}`}</span>
              </li>
            ))}
          </ul>
          <WouldStop stops={reply.stops as Stops} />
          <Entries entries={reply.entries as RuleTrial['entries']} />
        </>
      )}
    </Trial>
  );
}

/** Entries that the form lists. */
const mostStopped = 6;

/** What it would have prevented, and where people decide about it. */
function WouldStop({ stops: { entries, total, evidence } }: { readonly stops: Stops }): ReactNode {
  return (
    <>
      {total > 0 && (
        <>
          <h4>Would have been prevented: {counted(total, 'entry', 'entries')}</h4>
          <ul className="queue stops">
            {entries.slice(0, mostStopped).map((entry) => (
              <StoppedRow
                key={`${entry.model} ${entry.key} ${entry.path} ${entry.caller} ${entry.file}`}
                entry={entry}
              />
            ))}
          </ul>
          <Models entries={entries} />
        </>
      )}
      <StopEvidence evidence={evidence} />
    </>
  );
}

/** Models on whose pages these entries are allowed or denied. */
function Models({ entries }: { readonly entries: Stops['entries'] }): ReactNode {
  const models = new Map(entries.flatMap(({ model, image }) => (model === undefined ? [] : [[model, image] as const])));
  return (
    <p className="small">
      Allow or deny entries on the page of the model:{' '}
      {[...models].slice(0, mostStopped).map(([model, image], index) => (
        <span key={model}>
          {index > 0 && ', '}
          <Link to="/runtime/$id" params={{ id: model }} hash="stops">
            {image}
          </Link>
        </span>
      ))}
      {models.size > mostStopped && ` and ${counted(models.size - mostStopped, 'more', 'more')}`}.
    </p>
  );
}

type RuleTrial = ReplyOf<typeof replayRuntimeRule>;

/** Entries of models that come or go because evidence of other environments counts otherwise. */
function Entries({ entries }: { readonly entries: RuleTrial['entries'] }): ReactNode {
  const { models, compared, added, removed, examples } = entries;
  if (models === 0) return null;
  return (
    <>
      <p>
        Evidence of other environments would add <b>{counted(added, 'entry', 'entries')}</b> and remove{' '}
        <b>{counted(removed, 'entry', 'entries')}</b> in {counted(models, 'model')}
        {compared < models && `, of which ${counted(compared, 'model')} were compared`}.
      </p>
      <ul className="small soft">
        {examples.slice(0, 10).map(({ model, environment, change, entry, seenIn }) => (
          <li key={`${model} ${change} ${entry}`} className="breakable">
            {change === 'added' ? '+' : '−'} <span className="mono">{entry}</span>{' '}
            <span className="quiet">
              in {environment ?? 'no environment'}
              {seenIn.length > 0 && `, seen in ${seenIn.join(', ')}`}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
