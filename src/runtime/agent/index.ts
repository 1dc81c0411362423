export { exemptContainer } from './exempt-container.ts';
export { endSensorOf } from './sensor/end-sensor.ts';
export { type Runtime, startRuntime } from './runtime.ts';
