export { importTask } from './evidence/imported/import-task.ts';
export { readOwnTemplateTask } from './evidence/own-template-task.ts';
export { packagePartTask, packageTask } from './evidence/package/package-task.ts';
