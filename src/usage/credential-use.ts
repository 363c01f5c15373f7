// One use of a credential, as the service or gateway that was shown it tells it.
import { isIP } from 'node:net';

/** `undefined`: not told. */
export interface CredentialUse {
  /** Vouched for by whoever calls: a service that the asker may speak for, or its client id. */
  readonly service: string;
  readonly method: string | undefined;
  /** A pattern such as /api/v1/agents/:id, never the query. */
  readonly route: string | undefined;
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
}

/** A use whose texts may be stored: '' for what was not told. */
export interface CleanUse {
  readonly service: string;
  readonly method: string;
  readonly route: string;
  readonly address: string;
}

/** Stands for the ways of using a credential that are too many to be kept apart. */
export const OTHER = '(other)';

/** A gateway may not say for which service it asks. */
const UNNAMED = '(not told)';

const MAX_SERVICE = 64;
const MAX_ROUTE = 200;
const MAX_USER_AGENT = 256;

export function cleanUse({ service, method, route, address }: CredentialUse): CleanUse {
  return {
    service: textOf(service, MAX_SERVICE) || UNNAMED,
    method: method !== undefined && /^[A-Za-z]{1,16}$/.test(method) ? method.toUpperCase() : '',
    route: textOf(route?.split(/[?#]/, 1)[0], MAX_ROUTE), // a query may hold anything, secrets too
    address: addressText(address),
  };
}

/** Empty for what is none. Without the zone of an IPv6 address, which may be any text of any length. */
export function addressText(address: string | undefined): string {
  return address !== undefined && isIP(address) !== 0 ? address.replace(/%.*/s, '') : '';
}

export function userAgentText(userAgent: string | undefined): string {
  return textOf(userAgent, MAX_USER_AGENT);
}

/** Without control and format characters and halves of characters, which the database has no text for. */
function textOf(text: string | undefined, limit: number): string {
  return text?.slice(0, limit).replaceAll(/\p{C}/gu, '').trim() ?? '';
}
