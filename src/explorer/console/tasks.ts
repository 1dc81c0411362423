export { importTask } from './evidence/imported/import-task.ts';
export { packagePartTask, packageTask } from './evidence/package/package-task.ts';
