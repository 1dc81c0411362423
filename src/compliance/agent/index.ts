export { type ReadDocument, type SubjectWatch, type WatchedSubjects, watchSubjects } from './watch-subjects.ts';
