import { byChecks, byNothing } from './ask.ts';
import type { Control, Question } from './control.ts';
import { nist800190 } from './nist-800-190/index.ts';

/** What a requirement is called, and what is looked at for it. */
type About = Pick<Control, 'id' | 'title' | 'definition'>;

/** A requirement of a template that no specialist has reviewed: it names no controls of NIST SP 800-53. */
export function mapped(about: About, questions: readonly Question[]): Control {
  return { ...about, sp80053: [], questions };
}

/** Questions of NIST SP 800-190 that another template asks too, each by its control and its id: `4.1.1/verdict`. */
export function asked(...names: readonly string[]): readonly Question[] {
  return names.map((name) => {
    const [control = '', id = ''] = name.split('/');
    const own = nist800190.controls.find((one) => one.id === control)?.questions.find((one) => one.id === id);
    if (own === undefined) throw new Error(`NIST SP 800-190 has no question ${name}.`);
    return { ...own, id: `${control}-${id}` };
  });
}

/** A question of checks alone. */
export function checked(text: string, checks: readonly string[]): Question {
  return byChecks({ id: 'checks', text }, checks);
}

/** What a requirement asks besides. It keeps the requirement incomplete. */
export function beyond(reason: string): Question {
  return byNothing({ id: 'beyond', text: 'What the requirement asks beyond this is in place' }, reason);
}

/** Requirements of which Seawall assesses nothing, by their ids. `reason` says why, and what would assess them. */
export function outside(reason: string, titles: Readonly<Record<string, string>>): readonly Control[] {
  return Object.entries(titles).map(([id, title]) => ({
    ...mapped({ id, title, definition: `${title}.` }, []),
    notAssessed: reason,
  }));
}
