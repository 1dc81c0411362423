export { type BodyInput, bodyTask, checked, parseSent } from './sent-body.ts';
export { serveTasks, task, type Task } from './task.ts';
