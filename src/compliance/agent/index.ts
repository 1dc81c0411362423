export { hostSubjects } from './host-subjects.ts';
export { registrySubjects } from './registry-subjects.ts';
export { registriesOf, type RunningContainer } from './running.ts';
export { watchSubjects } from './watch-subjects.ts';
