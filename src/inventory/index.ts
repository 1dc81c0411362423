export { compareEnvironments } from './environment-order.ts';
