// RFC 9728: what a client may know of this service before it has a token, and where it is found.

export interface ProtectedResource {
  /** Where the document is served: `/.well-known/oauth-protected-resource` and the path of `resource`. */
  readonly path: string;
  /** The same with scheme and host, as challenges name it. */
  readonly url: string;
  readonly document: {
    readonly resource: string;
    readonly authorization_servers: readonly string[];
    readonly bearer_methods_supported: readonly ['header'];
    readonly scopes_supported?: readonly string[];
    readonly resource_name?: string;
  };
}

export interface ProtectedResourceOptions {
  /** The service's own public address, by which clients ask for tokens: `https://agents.teamday.ai/api/v1`. */
  readonly resource: string;
  /** Its name for people. */
  readonly resourceName?: string;
  /** Scopes that a client may ask for. */
  readonly scopesSupported?: readonly string[];
}

export function describeResource(options: ProtectedResourceOptions, issuer: string): ProtectedResource {
  const { resource, resourceName, scopesSupported } = options;
  const { origin, pathname, search } = new URL(resource);
  const path = `/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`; // §3.1
  return {
    path,
    url: `${origin}${path}${search}`,
    document: {
      resource,
      authorization_servers: [issuer],
      bearer_methods_supported: ['header'],
      ...(scopesSupported === undefined ? {} : { scopes_supported: scopesSupported }),
      ...(resourceName === undefined ? {} : { resource_name: resourceName }),
    },
  };
}

/** The answer to a request for the document; undefined for any other request. */
export function metadataAnswer(
  resource: ProtectedResource | undefined,
  method: string | undefined,
  target: string | undefined,
): { readonly headers: Readonly<Record<string, string>>; readonly body: string } | undefined {
  if (resource === undefined || (method !== 'GET' && method !== 'HEAD')) return undefined;
  if (target?.split('?')[0] !== resource.path) return undefined;
  return {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'public, max-age=3600',
      'access-control-allow-origin': '*', // clients that run in a browser read it too
    },
    body: JSON.stringify(resource.document),
  };
}
