export { packFact, packTask } from './pack-task.ts';
