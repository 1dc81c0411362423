import { sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import type { CheckState } from '#compliance/contract.ts';
import type { ControlTemplate } from '../../evidence/control.ts';
import { coverageOf, rateOf, stateOfControl } from '../../evidence/state.ts';
import { explorerSchema } from '../schema.ts';
import { countsFrom, questionStands } from './counts.ts';
import { everywhere, type Scope } from './scopes.ts';
import { readTemplates } from './templates-here.ts';

interface ScopedGroup extends Scope {
  readonly template: string;
  readonly control: string;
  readonly question: string;
  readonly state: CheckState;
  readonly subjects: number;
}

/**
 * Writes down how each control stands now as the end of this day, in all, in each environment and in each application.
 * What is as it was is not written again.
 */
export async function saveDays(transaction: Transaction, now: Date): Promise<void> {
  const database = transaction.query(explorerSchema);
  const { rows: groups } = await sql<ScopedGroup>`
    select environment, application, template, control, question, state, sum(subjects)::int as subjects
    from explorer.evidence_sum where environment = ${everywhere} or application = ${everywhere}
    group by environment, application, template, control, question, state`.execute(database);
  const { rows: ofConsole } = await sql<Omit<ScopedGroup, keyof Scope>>`
    select template, control, question, state, 1 as subjects from explorer.evidence_subject
    join explorer.evidence_state using (stance) where kind = 'console'`.execute(database);
  const templates = await readTemplates(transaction);
  const scopes = Map.groupBy(groups, ({ environment, application }) => JSON.stringify([environment, application]));
  const day = now.toISOString().slice(0, 10);
  const rows = [...scopes.values()].flatMap((own) =>
    daysOf(templates, [own, ofConsole]).map((one) => ({ ...one, day })),
  );
  await sql`
    insert into explorer.control_day (template, control, environment, application, day, state, rate, coverage)
    select template, control, environment, application, day, state, rate, coverage
    from json_to_recordset(${JSON.stringify(rows)}::json) as made (template text, control text, environment text,
      application text, day date, state text, rate double precision, coverage double precision)
    on conflict (template, environment, application, control, day) do update set state = excluded.state,
      rate = excluded.rate, coverage = excluded.coverage
      where (control_day.state, control_day.rate, control_day.coverage)
        is distinct from (excluded.state, excluded.rate, excluded.coverage)`.execute(database);
}

function daysOf(
  templates: readonly ControlTemplate[],
  [groups, ofConsole]: readonly [readonly ScopedGroup[], readonly Omit<ScopedGroup, keyof Scope>[]],
) {
  const [{ environment, application } = { environment: everywhere, application: everywhere }] = groups;
  return templates.flatMap(({ id: template, controls }) => {
    const counts = countsFrom([...groups, ...ofConsole].filter((one) => one.template === template));
    // What nothing assesses stands the same every day.
    return controls
      .filter(({ notAssessed }) => notAssessed === undefined)
      .map((control) => {
        const subjects = counts(control.id, '');
        const { state } = stateOfControl(questionStands(control, counts), subjects);
        const [rate = null, coverage = null] = [rateOf(subjects), coverageOf(subjects)];
        return { template, control: control.id, environment, application, state, rate, coverage };
      });
  });
}
