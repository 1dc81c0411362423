import { AsyncLocalStorage } from 'node:async_hooks';

const requests = new AsyncLocalStorage<'request'>();

/** Runs what answers a request. Work for somebody who waits gets less time from the store than work in the background. */
export function inRequest<Value>(work: () => Value): Value {
  return requests.run('request', work);
}

/** Whether somebody waits for what runs now. */
export function isInRequest(): boolean {
  return requests.getStore() === 'request';
}
