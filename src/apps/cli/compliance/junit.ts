import { plain } from '../plain.ts';
import { type Element, write } from '../formats/junit/xml.ts';
import type { ComplianceFormat } from './compliance-format.ts';
import { type Answer, impliedLine, linesOf } from './report.ts';

/**
 * For test reports: a case for each check. What was not assessed is skipped, with the reason; so is what fails with another
 * check, and is counted with that one.
 */
export const junit: ComplianceFormat = {
  id: 'junit',
  render({ subject, template, at, answers }) {
    const name = `${subject.kind} ${plain(subject.name)}`;
    const cases = answers.map((answer) => caseOf(answer, { name, answers }));
    const counts = { tests: cases.length, failures: having(cases, 'failure'), errors: having(cases, 'error') };
    const suite: Element = {
      name: 'testsuite',
      attributes: {
        name: template === undefined ? name : `${name}, ${template.title}`,
        ...counts,
        skipped: having(cases, 'skipped'),
        time: 0,
        timestamp: at.toISOString().replace(/\.\d+Z$/, ''),
      },
      content: cases,
    };
    const suites: Element = {
      name: 'testsuites',
      attributes: { name: 'Seawall compliance', ...counts },
      content: [suite],
    };
    return `<?xml version="1.0" encoding="UTF-8"?>\n${write(suites)}`;
  },
};

interface Suite {
  readonly name: string;
  readonly answers: readonly Answer[];
}

function caseOf(answer: Answer, { name: subject, answers }: Suite): Element {
  const { id, title } = answer.check;
  const classname = `seawall.compliance.${subject.replaceAll(/[. ]/g, '_')}`;
  return {
    name: 'testcase',
    attributes: { classname, name: `${id} ${title}`, time: 0 },
    content: outcomeOf(answer, answers),
  };
}

function outcomeOf(answer: Answer, answers: readonly Answer[]): readonly Element[] {
  const { check, result } = answer;
  const implied = impliedLine(answer, answers);
  const text = [...linesOf(answer), ...(implied === undefined ? [] : [implied])].map(plain).join('\n');
  switch (result.state) {
    case 'pass':
      return [];
    case 'warn':
      return [{ name: 'system-out', attributes: {}, content: text }];
    case 'fail':
      if (result.foldedUnder !== undefined)
        return [{ name: 'skipped', attributes: { message: `Fails with ${result.foldedUnder}.` }, content: '' }];
      return [{ name: 'failure', attributes: { message: plain(check.title), type: check.severity }, content: text }];
    case 'error':
      return [{ name: 'error', attributes: { message: plain(result.reason), type: 'error' }, content: text }];
    case 'not-assessed':
    case 'not-applicable':
      return [{ name: 'skipped', attributes: { message: plain(result.reason) }, content: '' }];
    default:
      return result satisfies never;
  }
}

function having(cases: readonly Element[], name: string): number {
  return cases.filter(({ content }) => typeof content !== 'string' && content.some((child) => child.name === name))
    .length;
}
