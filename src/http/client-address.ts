import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

/** A request, as far as it tells who sent it. */
interface Sent {
  readonly headers: Readonly<Partial<Record<string, string | readonly string[]>>>;
  readonly socket: Pick<Socket, 'remoteAddress'>;
}

/** How to know whether an address is one of the proxies named in the configuration. */
function createTrust(trustedProxies: readonly string[]): (address: string) => boolean {
  const ranges = trustedProxies.map((range) =>
    ipaddr.parseCIDR(range.includes('/') ? range : `${range}/${ipaddr.parse(range).kind() === 'ipv4' ? 32 : 128}`),
  );
  return (address) => {
    if (ranges.length === 0) return false;
    const parsed = ipaddr.process(address);
    return ranges.some((range) => parsed.kind() === range[0].kind() && parsed.match(range));
  };
}

/** How to know whether a request comes straight from a trusted proxy, whose word on what it forwards is believed. */
export function createProxyCheck(trustedProxies: readonly string[]): (request: Sent) => boolean {
  const isTrusted = createTrust(trustedProxies);
  return ({ socket }) => isTrusted(normalize(socket.remoteAddress ?? '') ?? NOWHERE);
}

/**
 * How to know the address of who sent a request. X-Forwarded-For is believed only from the proxies named in the
 * configuration, and of it only the last address that is not one of theirs: all before it could be made up.
 */
export function createClientAddress(trustedProxies: readonly string[]): (request: Sent) => string {
  const isTrusted = createTrust(trustedProxies);
  return (request) => {
    let address = normalize(request.socket.remoteAddress ?? '') ?? NOWHERE;
    if (!isTrusted(address)) return address;
    const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    while (isTrusted(address)) {
      const before = normalize((forwarded.pop() ?? '').trim());
      if (before === undefined) break;
      address = before;
    }
    return address;
  };
}

const NOWHERE = '0.0.0.0';

/** Reading an address costs more than looking it up, and the same ones come again and again. */
const MAX_REMEMBERED = 64;
const normalized = new LRUCache<string, string>({ max: 10_000 });

/** `::ffff:127.0.0.1` and `127.0.0.1` are one address. */
function normalize(text: string): string | undefined {
  const known = normalized.get(text);
  if (known !== undefined) return known;
  if (!ipaddr.isValid(text)) return undefined;
  const address = ipaddr.process(text).toString();
  if (text.length <= MAX_REMEMBERED) normalized.set(text, address);
  return address;
}

/**
 * Whom a limit per address counts together: an IPv4 address, or the /64 that one IPv6 subscriber has at least.
 * @param address as createClientAddress gives it
 */
export function addressGroup(address: string): string {
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv4') return address;
  return `${ipaddr.fromByteArray([...parsed.toByteArray().slice(0, 8), 0, 0, 0, 0, 0, 0, 0, 0]).toString()}/64`;
}
