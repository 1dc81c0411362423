export { type CallOptions, call, download } from './call.ts';
export {
  type CallInput,
  type Endpoint,
  endpoint,
  type HandlerInput,
  type Permission,
  permissions,
  type ReplyOf,
  needsWholeView,
  wholePermissions,
} from './endpoint.ts';
export type { OpenApiDocument, Operation } from './openapi.ts';
export type { JsonSchema } from './openapi-schemas.ts';
