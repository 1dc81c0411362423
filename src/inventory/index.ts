export { type ApplicationSource, applicationOf } from './application.ts';
export { type ContainerContext, containerContext } from './container-context.ts';
export { compareEnvironments } from './environment-order.ts';
