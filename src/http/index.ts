export { type CallOptions, call } from './call.ts';
export {
  type CallInput,
  type Endpoint,
  endpoint,
  type HandlerInput,
  type Permission,
  permissions,
  type ReplyOf,
} from './endpoint.ts';
