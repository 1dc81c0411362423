export { packagePartTask, packageTask } from './evidence/package/package-task.ts';
