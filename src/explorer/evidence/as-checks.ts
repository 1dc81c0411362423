import type { Template } from '#compliance/index.ts';
import type { ControlTemplate } from './control.ts';

/** A template as a choice of checks: where there is no console, nothing else of it can be answered. */
export function asChecks({ id, title, summary, standing, controls }: ControlTemplate): Template {
  return {
    id,
    title: standing === 'starting-point' ? `${title} (starting point, not reviewed)` : title,
    version: 1,
    summary,
    sections: controls.map((control) => ({ id: control.id, title: control.title })),
    sectionsOf: (check) =>
      controls
        .filter(({ questions }) => questions.some(({ by }) => by.kind === 'checks' && by.checks.includes(check.id)))
        .map((control) => control.id),
  };
}
