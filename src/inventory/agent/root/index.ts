export { isInContainer, whyNotHostRoot } from './host-root.ts';
export { engineProcess, mountSpaceOf } from './mount-space.ts';
