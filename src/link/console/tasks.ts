export { batchTask, checkFact, type FactPreparers, type PreparedBatch } from './batch-task.ts';
