import type { ReactNode } from 'react';
import {
  deleteRuntimeRule,
  putRuntimeRule,
  replayRuntimeRule,
  type RuntimeRule,
  type RuntimeRuleText,
} from '#runtime/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { ask } from '../../api.ts';
import { Choice, TextField, wordsIn } from '../../ui/fields.tsx';
import { counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { mutable } from '../policy/use-replay.ts';
import { type FieldsProps, RuleForm } from '../rules/rule-form.tsx';
import type { OpenedRule } from '../rules/rules-page.tsx';
import { Trial, type TriedText } from '../rules/trial.tsx';
import { beginning, effectOptions } from './rule-words.ts';

/** A rule to read or to change, beside what it would have done. */
export function RuntimeRuleForm(opened: OpenedRule<RuntimeRule>): ReactNode {
  return (
    <RuleForm<RuntimeRuleText>
      {...opened}
      beginning={beginning}
      save={(id, text, basedOn) => ask(putRuntimeRule, { params: { id }, body: { rule: mutable(text), basedOn } })}
      remove={(id) => ask(deleteRuntimeRule, { params: { id } })}
      afterwards="Containers that it holds for go to the next rule that holds them."
      fields={Fields}
      trial={Replay}
    />
  );
}

function Fields({ text, write }: FieldsProps<RuntimeRuleText>): ReactNode {
  return (
    <>
      <Choice
        label="Programs that are not the image's, or changed"
        value={text.drift}
        options={effectOptions}
        choose={(drift) => write({ drift })}
      />
      <Choice
        label="New or changed code files: jars, JSPs, scripts, libraries"
        value={text.code}
        options={effectOptions}
        choose={(code) => write({ code })}
      />
      <Choice
        label="Programs that the model lacks"
        value={text.process}
        options={effectOptions}
        choose={(process) => write({ process })}
      />
      <Choice
        label="Prevent what the model lacks"
        value={text.preventFrom}
        options={[
          ['protect-ready', 'once the evidence suffices'],
          ['active', 'as soon as the model is active'],
        ]}
        choose={(preventFrom) => write({ preventFrom })}
      />
      <Choice
        label="Sessions of docker exec"
        value={text.execSessions}
        options={[
          ['record', 'are recorded'],
          ['judge', 'are judged by the model'],
        ]}
        choose={(execSessions) => write({ execSessions })}
      />
      <TextField
        label="Programs that are never learned, besides the built-in list"
        value={text.neverLearn.join(' ')}
        change={(words) => write({ neverLearn: [...(wordsIn(words) ?? [])] })}
      />
      <TextField
        label="Other environments whose evidence counts in the models, like dev test"
        value={(text.evidenceFrom ?? []).join(' ')}
        change={(words) => write({ evidenceFrom: [...(wordsIn(words) ?? [])] })}
      />
    </>
  );
}

/** What the rule would have done in the last 14 days, as it is written now. */
function Replay({ id, text }: TriedText<RuntimeRuleText>): ReactNode {
  return (
    <Trial
      title="In the last 14 days it would have"
      path={replayRuntimeRule.path}
      id={id}
      text={text}
      ask={(tried, signal) => ask(replayRuntimeRule, { body: { rule: mutable(tried), id } }, signal)}
    >
      {(reply) => (
        <>
          <p>
            stopped <b>{reply.stopped}</b>, told <b>{reply.alerted}</b>, ignored <b>{reply.ignored}</b>, in what{' '}
            {counted(reply.containers, 'running container')} and those before them did.
          </p>
          <ul className="small soft">
            {reply.examples.slice(0, 5).map(({ id: key, time, message, was, would }) => (
              <li key={key} className="breakable">
                <When moment={time} /> {message}{' '}
                <span className="quiet">{was === would ? was : `${was}, now ${would}`}</span>
              </li>
            ))}
          </ul>
          <Entries entries={reply.entries as RuleTrial['entries']} />
        </>
      )}
    </Trial>
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
