export { reportPeriod } from '../lease.ts';
export { followStopRequests } from './follow-stop-requests.ts';
export { hostSubjects } from './host-subjects.ts';
export { registrySubjects } from './registry-subjects.ts';
export { registriesOf, type RunningContainer } from './running.ts';
export { watchFiles } from './watch-files.ts';
export { watchSubjects } from './watch-subjects.ts';
