export { type BodyInput, bodyTask, checked, parseSent, type SentBody } from './sent-body.ts';
export { serveTasks, task, type Task } from './task.ts';
