export { reportPeriod } from '../lease.ts';
export { followOrders } from './follow-orders.ts';
export { hostSubjects, type HostSubjectsOptions } from './host-subjects.ts';
export { type ReadDocument, type SubjectWatch, type WatchedSubjects, watchSubjects } from './watch-subjects.ts';
