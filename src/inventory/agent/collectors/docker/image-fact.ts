import { type SubjectId, oneLine } from '#base/index.ts';
import type { ImageFact } from '../../../contract.ts';
import { plainTexts } from '../../plain-text.ts';
import type { ListedImage } from './schema.ts';

/** An image of the engine as the fact that it becomes. */
export function imageFact(image: ListedImage, subject: SubjectId | undefined): ImageFact {
  return {
    id: oneLine(image.Id, 128),
    state: 'present',
    ...(subject && { subject }),
    names: plainTexts(named(image.RepoTags), { most: 1000, longest: 512 }),
    repoDigests: plainTexts(named(image.RepoDigests), { most: 1000, longest: 700 }),
  };
}

/** Engines write `<none>` where there is no name. */
function named(names: readonly string[] | null | undefined): string[] {
  return (names ?? []).filter((name) => !name.includes('<none>')).toSorted();
}
