import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import {
  type CheckChoice,
  checkSeverities,
  complianceEffects,
  listChecks,
  type RuleLine,
} from '#compliance/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { reading } from '../../api.ts';
import { Skeleton } from '../../ui/blank.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Choice } from '../../ui/fields.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { ControlProps } from '../../ui/setting-fields.tsx';
import { severityWords } from '../../ui/severity.tsx';
import { choiceWords, deadLines } from './rule-words.ts';

type Catalogue = ReplyOf<typeof listChecks>;

const nameBy = [
  ['check', 'One check'],
  ['template', 'A template'],
  ['severity', 'A severity and above'],
] as const;
const effects = (['ignore', 'alert', 'block'] as const).map((effect) => [effect, complianceEffects[effect]] as const);

/** The lines of a rule: which checks, and what is done when one fails. The first that names a check decides. */
export function RuleLinesField({ text, value, change, problem }: ControlProps): ReactNode {
  const { data, error } = useQuery({ ...reading(listChecks), staleTime: Infinity });
  const lines = value as readonly RuleLine[];
  if (error !== null && data === undefined) return <Failure error={error} />;
  if (data === undefined) return <Skeleton width={280} />;
  const dead = deadLines(lines);
  return (
    <div className="setting-rows rule-lines" role="group" aria-label={text.label}>
      <p className="label">{text.label}</p>
      <ol>
        {lines.map((line, at) => (
          <li key={at}>
            <Line
              line={line}
              catalogue={data}
              put={(next) => change(lines.with(at, next))}
              problem={dead.has(at) ? 'A line above names the same, so this one never decides. Remove one.' : undefined}
            />
            <LineActions lines={lines} at={at} change={change} />
          </li>
        ))}
      </ol>
      {lines.length === 0 && <p className="quiet small">Without a line, what checks say is only recorded.</p>}
      {problem !== undefined && <p className="problem small">{problem}</p>}
      <button type="button" className="btn plain" onClick={() => change([...lines, newLine])}>
        <Icon name="plus" />
        Add a line
      </button>
      {text.help !== undefined && <p className="quiet small">{text.help}</p>}
    </div>
  );
}

const newLine: RuleLine = { checks: { by: 'severity', severity: 'critical' }, effect: 'alert' };

interface LineProps {
  readonly line: RuleLine;
  readonly catalogue: Catalogue;
  readonly put: (line: RuleLine) => void;
  readonly problem: string | undefined;
}

function Line({ line, catalogue, put, problem }: LineProps): ReactNode {
  const choose = (checks: CheckChoice): void => put({ ...line, checks });
  return (
    <div className="rule-line">
      <Choice label="Name by" value={line.checks.by} options={nameBy} choose={(by) => choose(firstOf(by, catalogue))} />
      <Named choice={line.checks} catalogue={catalogue} choose={choose} />
      <Choice
        label="When one fails"
        value={line.effect}
        options={effects}
        choose={(effect) => put({ ...line, effect })}
        problem={problem}
      />
    </div>
  );
}

interface NamedProps {
  readonly choice: CheckChoice;
  readonly catalogue: Catalogue;
  readonly choose: (choice: CheckChoice) => void;
}

function Named({ choice, catalogue: { checks, templates }, choose }: NamedProps): ReactNode {
  switch (choice.by) {
    case 'check':
      return (
        <Choice
          label="Check"
          value={choice.id}
          hint={checks.find(({ id }) => id === choice.id)?.title}
          options={titled(checks, choice.id)}
          choose={(id) => choose({ by: 'check', id })}
        />
      );
    case 'severity':
      return (
        <Choice
          label="Severity"
          value={choice.severity}
          options={checkSeverities.map((one) => [one, severityWords[one]] as const)}
          choose={(severity) => choose({ by: 'severity', severity })}
        />
      );
    case 'template': {
      const sections = templates.find(({ id }) => id === choice.template)?.sections ?? [];
      return (
        <>
          <Choice
            label="Template"
            value={choice.template}
            options={templates.map(({ id, title }) => [id, title] as const)}
            choose={(template) => choose({ by: 'template', template })}
          />
          <Choice
            label="Section"
            value={choice.section ?? ''}
            hint={sections.find(({ id }) => id === choice.section)?.title}
            options={[['', 'All of it'], ...titled(sections, choice.section)]}
            choose={(section) =>
              choose({ by: 'template', template: choice.template, ...(section !== '' && { section }) })
            }
          />
        </>
      );
    }
    default:
      return choice satisfies never;
  }
}

interface Titled {
  readonly id: string;
  readonly title: string;
}

/** With their titles in the list; that of the chosen one stands below the field, where it has room. */
function titled(all: readonly Titled[], chosen: string | undefined): readonly (readonly [string, string])[] {
  return all.map(({ id, title }) => [id, id === chosen ? id : `${id} ${title}`]);
}

function firstOf(by: CheckChoice['by'], { checks: [check], templates: [template] }: Catalogue): CheckChoice {
  switch (by) {
    case 'check':
      return { by, id: check?.id ?? '' };
    case 'template':
      return { by, template: template?.id ?? '' };
    case 'severity':
      return { by, severity: 'critical' };
    default:
      return by satisfies never;
  }
}

interface ActionsProps {
  readonly lines: readonly RuleLine[];
  readonly at: number;
  readonly change: (lines: readonly RuleLine[]) => void;
}

function LineActions({ lines, at, change }: ActionsProps): ReactNode {
  const line = lines[at];
  if (line === undefined) return null;
  const words = `line ${at + 1}, ${choiceWords(line.checks)}`;
  const others = lines.toSpliced(at, 1);
  return (
    <span className="actions">
      <button
        type="button"
        className="icon-btn"
        aria-label={`Move ${words} up`}
        disabled={at === 0}
        onClick={() => change(others.toSpliced(at - 1, 0, line))}
      >
        <Icon name="up" />
      </button>
      <button
        type="button"
        className="icon-btn"
        aria-label={`Move ${words} down`}
        disabled={at === lines.length - 1}
        onClick={() => change(others.toSpliced(at + 1, 0, line))}
      >
        <Icon name="down" />
      </button>
      <button type="button" className="icon-btn" aria-label={`Remove ${words}`} onClick={() => change(others)}>
        <Icon name="close" />
      </button>
    </span>
  );
}
