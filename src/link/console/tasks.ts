export { batchTask, checkFact, type FactPreparers } from './batch-task.ts';
