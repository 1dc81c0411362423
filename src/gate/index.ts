export { signedBytesOfTrials } from './signed-trials.ts';
