import { getOpenApi } from '../contract.ts';
import { type OpenApiDocument, openApiDocument } from '../openapi.ts';
import { type Route, route, type Stream } from './route.ts';

/** Tells what a server serves, itself included; the document is made when it is asked for first. */
export function openApiRoute(routes: readonly Route[], streams: readonly Stream[]): Route {
  let document: OpenApiDocument | undefined;
  return route(getOpenApi, async () => {
    document ??= openApiDocument({ endpoints: [...routes.map(({ endpoint }) => endpoint), getOpenApi], streams });
    return { ...document };
  });
}
