import { isSubjectId, type SubjectId } from '#base/index.ts';
import type { Subject } from '#image/index.ts';

/** The id under which a subject is stored and judged: an image's config digest, or the name of a file system. */
export function subjectIdOf(subject: Subject): SubjectId {
  const id: string = subject.kind === 'image' ? subject.digest : subject.id;
  if (!isSubjectId(id)) throw new Error(`Not the id of a subject: ${id.slice(0, 80)}`);
  return id;
}
