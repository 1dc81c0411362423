export { hostSubjects, type HostSubjectsOptions } from './host-subjects.ts';
export { type ReadDocument, type SubjectWatch, type WatchedSubjects, watchSubjects } from './watch-subjects.ts';
