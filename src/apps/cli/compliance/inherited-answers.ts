import { inheritanceOf } from '#compliance/index.ts';
import type { Answer } from './report.ts';

/** Answers of an image with what of each comes from its base. */
export function withInherited(
  answers: readonly Answer[],
  { name, answers: ofBase }: { readonly name: string; readonly answers: readonly Answer[] },
): readonly Answer[] {
  const byId = new Map(ofBase.map(({ result }) => [result.id, result]));
  return answers.map((answer) => {
    const inheritance = inheritanceOf(answer.result, byId.get(answer.result.id));
    return inheritance.kind === 'own' ? answer : { ...answer, inherited: { ...inheritance, from: name } };
  });
}
