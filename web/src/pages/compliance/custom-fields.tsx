import type { ReactNode } from 'react';
import {
  CheckSubjectKind,
  checkSeverities,
  type CustomCheckText,
  type ExpressionText,
  longestScript,
  remedyFor,
  type RemedyFor,
} from '#compliance/contract.ts';
import { Choice, TextField } from '../../ui/fields.tsx';
import { WordList } from '../../ui/list-fields.tsx';
import { Pointed } from '../../ui/pointed.tsx';
import { severityWords } from '../../ui/severity.tsx';
import { askerOf, remedyWords, subjectKindWords } from './check-words.ts';
import { byMeans, customMeans, meansOf } from './custom-words.ts';

interface FieldsProps {
  readonly text: CustomCheckText;
  /** What is wrong with the expression, with its place. */
  readonly problem: string | undefined;
  /** Names of the facts that the expression may ask for. */
  readonly facts: readonly string[];
  /** Administrators alone write scripts. */
  readonly mayScript: boolean;
  readonly write: (text: CustomCheckText) => void;
}

/** What a person writes of a check. */
export function CustomFields({ text, problem, facts, mayScript, write }: FieldsProps): ReactNode {
  return (
    <>
      <TextField
        label="Title"
        hint="What is so when it passes: Only approved users run"
        longest={200}
        value={text.title}
        change={(title) => write({ ...text, title })}
      />
      {(mayScript || text.script !== undefined) && (
        <Choice
          label="Answers by"
          value={meansOf(text)}
          options={customMeans}
          choose={(means) => means !== meansOf(text) && write(byMeans(text, means))}
        />
      )}
      {text.script === undefined ? (
        <ExpressionFields text={text} problem={problem} facts={facts} write={write} />
      ) : (
        <TextField
          label="Script"
          hint="For sh, with the tools of busybox. The image’s files lie below $ROOT. It ends with 0 where all is well, with 1 where it is not; what it says is shown."
          mono="yes"
          lines={8}
          longest={longestScript}
          value={text.script}
          change={(script) => write({ ...text, script })}
        />
      )}
      <Choice
        label="Severity"
        value={text.severity}
        options={checkSeverities.map((one) => [one, severityWords[one]] as const)}
        choose={(severity) => write({ ...text, severity })}
      />
      <TextField
        label="Why it matters"
        longest={1000}
        lines={2}
        value={text.why}
        change={(why) => write({ ...text, why })}
      />
      <Remedies text={text} write={write} />
      <WordList
        label="Sections of NIST SP 800-190"
        hint="None, or some: 4.4.3 4.1.2"
        value={text.nist}
        change={(nist) => write({ ...text, nist })}
      />
    </>
  );
}

interface ExpressionProps extends Pick<FieldsProps, 'problem' | 'facts' | 'write'> {
  readonly text: ExpressionText;
}

function ExpressionFields({ text, problem, facts, write }: ExpressionProps): ReactNode {
  return (
    <>
      <Choice
        label="Judges each"
        value={text.subject}
        options={CheckSubjectKind.options.map((kind) => [kind, subjectKindWords[kind]] as const)}
        choose={(subject) => write({ ...text, subject })}
      />
      <TextField
        label="Expression"
        hint="In CEL: true where all is well, or a list of texts, each of which tells of something that should not be."
        mono="yes"
        lines={4}
        longest={4000}
        value={text.expression}
        problem={problem}
        change={(expression) => write({ ...text, expression })}
      />
      <Pointed expression={text.expression} problem={problem ?? ''} />
      <Facts names={facts} />
    </>
  );
}

function Facts({ names }: { readonly names: readonly string[] }): ReactNode {
  return (
    <details className="small">
      <summary>Facts that it may ask for</summary>
      <p className="breakable mono">{names.join(', ')}</p>
      <p className="quiet">
        A fact that is not known makes the check not assessed, never a pass. A loop cannot stand inside another one.
      </p>
    </details>
  );
}

/** One field for who usually changes such a subject, one for each other that something was written for. */
function Remedies({ text, write }: Pick<FieldsProps, 'text' | 'write'>): ReactNode {
  const { subject, remedy } = text;
  const put = (who: RemedyFor, what: string): void => {
    const { [who]: _before, ...others } = remedy;
    write({ ...text, remedy: what === '' ? others : { ...others, [who]: what } });
  };
  const shown = remedyFor.filter((who) => who === askerOf[subject] || remedy[who] !== undefined);
  const others = remedyFor.filter((who) => !shown.includes(who));
  return (
    <>
      {shown.map((who) => (
        <TextField
          key={who}
          label={`What to change: ${remedyWords[who]}`}
          longest={1000}
          lines={2}
          value={remedy[who] ?? ''}
          change={(what) => put(who, what)}
        />
      ))}
      {others.length > 0 && (
        <Choice
          label="Say it for another one"
          value=""
          options={[['', 'Choose…'], ...others.map((who) => [who, remedyWords[who]] as const)]}
          choose={(who) => who !== '' && put(who, ' ')}
        />
      )}
    </>
  );
}
