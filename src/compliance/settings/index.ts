export { nearlyAll, notAllowed, type Opening, openingsOf, sharedAmong, unfilteredBy } from './confinement.ts';
export { type FindMeeting, meetingWith, type MetMount, mountsMeeting } from './path-overlap.ts';
