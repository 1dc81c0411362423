import { checks, templates } from '#compliance/index.ts';
import { byChecks } from './ask.ts';
import type { Control, ControlTemplate } from './control.ts';

const published = templates.find(({ id }) => id === 'cis-docker');

/** A section of CIS Docker is a control with one question: all checks of that section. */
export const cisDocker: ControlTemplate = {
  id: 'cis-docker',
  title: published?.title ?? 'CIS Docker',
  summary: published?.summary ?? '',
  standing: 'reviewed',
  controls: (published?.sections ?? []).map(({ id, title }): Control => {
    const own = Object.values(checks)
      .flat()
      .filter((check) => published?.sectionsOf(check).includes(id));
    return {
      id,
      title,
      definition: `The ${own.length} checks of section ${id} pass for everything that they apply to.`,
      sp80053: [],
      questions: [
        byChecks(
          { id: 'checks', text: 'Each check of the section passes' },
          own.map((check) => check.id),
        ),
      ],
    };
  }),
};
