// Environment + config/*.json -> one frozen, typed Config. The only reader of process.env on the server.
// Every fault is collected and named at once; nothing else validates configuration.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { projectRoot } from './project-root.ts';

const limit = z.strictObject({ points: z.int().min(1), seconds: z.int().min(1) });

const requestLimit = z.strictObject({ points: z.int().min(0), seconds: z.int().min(1) });

/** `points` acts in `seconds`. */
export type Limit = z.infer<typeof limit>;

const settingsSchema = z.strictObject({
  accessToken: z.strictObject({ lifetimeSeconds: z.int().min(1).max(3600) }),
  session: z.strictObject({
    lifetimeDays: z.number().positive().max(90),
    /** How long the previous refresh token yields the same successor again; 0 = off. */
    refreshRetrySeconds: z.int().min(0).max(60),
  }),
  browserSession: z.strictObject({ lifetimeDays: z.number().positive().max(90) }),
  deviceAuthorization: z.strictObject({
    lifetimeSeconds: z.int().min(1).max(1800),
    pollIntervalSeconds: z.int().min(1).max(60),
  }),
  personalTokens: z.strictObject({
    /** null: "never expires" is allowed. */
    maxLifetimeDays: z.int().min(1).max(365).nullable(),
  }),
  /** How long audit records are kept; null: for ever. */
  audit: z.strictObject({ retentionDays: z.int().min(1).nullable() }),
  /** How long it is kept what credentials were used for. */
  usage: z.strictObject({ retentionDays: z.int().min(1).max(3650) }),
  /** Of one credential at the services that ask for it; 0 points: no limit. */
  requestLimits: z.strictObject({
    personalAccessToken: requestLimit,
    organizationToken: requestLimit,
    accessToken: requestLimit,
  }),
  limits: z.strictObject({
    tokenCreationPerPerson: limit,
    leakReportPerAddress: limit,
    deviceAuthorizationPerAddress: limit,
    deviceAuthorizationGlobal: limit,
    signInPerAddress: limit,
    signInPerEmailAndAddress: limit,
    signInPerEmail: limit,
    userCodePerPerson: limit,
    userCodePerAddress: limit,
    userCodeGlobal: limit,
    invitationPerOrganization: limit,
    invitationPerOrganizationAndEmail: limit,
    invitationPerAddress: limit,
  }),
});

const servicesSchema = z.record(z.string().regex(/^[a-z][a-z0-9-]{0,39}$/), z.string());

const clientsSchema = z.array(
  z.strictObject({
    client_id: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
    client_name: z.string().min(1).max(100),
    scope: z.string().min(1),
    grant_types: z.array(z.string()).min(1),
  }),
);

const demoSchema = z.strictObject({
  organization: z.strictObject({ id: z.string().startsWith('org_'), name: z.string().min(1) }),
  person: z.strictObject({
    email: z.email(),
    name: z.string().min(1),
    role: z.enum(['admin', 'member', 'viewer']),
  }),
});

/** A public OAuth client of the project's own, from config/clients.json. */
export type FirstPartyClient = z.infer<typeof clientsSchema>[number];
export type Settings = z.infer<typeof settingsSchema>;
type DemoData = z.infer<typeof demoSchema>;

export interface Config {
  readonly production: boolean;
  /** The issuer: scheme, host, port and path prefix, without a slash at the end. */
  readonly publicUrl: string;
  readonly host: string;
  readonly port: number;
  /** Processes that serve; more than one on Postgres only. */
  readonly workers: number;
  /** Where /metrics is; `undefined`: nowhere. */
  readonly metricsPort: number | undefined;
  /** `undefined`: the embedded database in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** `undefined`: counters live in this process. */
  readonly redisUrl: string | undefined;
  /** `undefined`: mails go to the log. */
  readonly smtp: { readonly url: string; readonly from: string } | undefined;
  /** 32 bytes; `undefined`: kept in a file of `dataDir`. */
  readonly encryptionKey: Buffer | undefined;
  /** CIDR ranges whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly settings: Settings;
  /** Services an organization's token can be limited to: name -> what it gives access to. */
  readonly services: Readonly<Record<string, string>>;
  readonly clients: readonly FirstPartyClient[];
  readonly demo: DemoData;
}

/** All that is wrong with the configuration, one line each. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration.
 * @param environment process.env unless a test gives its own
 * @throws ConfigurationError naming every fault
 */
export function loadConfig(environment: Environment = process.env): Config {
  const faults: string[] = [];
  const read = (name: string) => fromEnvironment(environment, name, faults);

  const nodeEnv = read('NODE_ENV') ?? 'development';
  if (!['production', 'development', 'test'].includes(nodeEnv)) {
    faults.push(`NODE_ENV must be production, development, test or unset, not ${JSON.stringify(nodeEnv)}`);
  }
  const production = nodeEnv === 'production';
  const port = parsePort('PORT', read('PORT'), faults) ?? 3000;
  const metricsPort = parsePort('METRICS_PORT', read('METRICS_PORT'), faults);
  if (metricsPort === port) faults.push('METRICS_PORT must be another port than PORT');
  const publicUrl = parsePublicUrl(read('PUBLIC_URL') ?? `http://127.0.0.1:${port}`, production, faults);
  const databaseUrl = parseUrl('DATABASE_URL', read('DATABASE_URL'), ['postgres:', 'postgresql:'], faults);
  const redisUrl = parseUrl('REDIS_URL', read('REDIS_URL'), ['redis:', 'rediss:'], faults);
  const workers = parseWorkers(read('WORKERS'), databaseUrl, faults);
  const encryptionKey = parseKey(read('ENCRYPTION_KEY'), faults);
  if (
    production &&
    databaseUrl !== undefined &&
    encryptionKey === undefined &&
    faults.every((f) => !f.includes('ENCRYPTION_KEY'))
  ) {
    faults.push(
      'ENCRYPTION_KEY is missing: in production on Postgres it must be set (make one with: openssl rand -base64 32)',
    );
  }
  const folder = resolve(projectRoot, read('CONFIG_DIR') ?? 'config');

  const config: Config = {
    production,
    publicUrl,
    host: read('HOST') ?? '127.0.0.1',
    port,
    workers,
    metricsPort,
    databaseUrl,
    dataDir: resolve(projectRoot, read('DATA_DIR') ?? 'data'),
    redisUrl,
    smtp: parseSmtp(read('SMTP_URL'), read('MAIL_FROM'), faults),
    encryptionKey,
    trustedProxies: parseProxies(read('TRUSTED_PROXIES'), faults),
    logLevel: parseLogLevel(read('LOG_LEVEL'), faults),
    settings: readJson(folder, 'settings.json', settingsSchema, faults),
    services: readJson(folder, 'services.json', servicesSchema, faults),
    clients: readJson(folder, 'clients.json', clientsSchema, faults),
    demo: readJson(folder, 'demo.json', demoSchema, faults),
  };
  if (faults.length > 0) throw new ConfigurationError(faults);
  return deepFreeze(config);
}

/** `NAME`, or the trimmed content of the file that `NAME_FILE` points to. An empty value counts as unset. */
function fromEnvironment(environment: Environment, name: string, faults: string[]): string | undefined {
  const direct = environment[name]?.trim() || undefined;
  const path = environment[`${name}_FILE`]?.trim() || undefined;
  if (path === undefined) return direct;
  if (direct !== undefined) {
    faults.push(`${name} and ${name}_FILE are both set: keep one of them`);
    return direct;
  }
  if (!existsSync(path)) {
    faults.push(`${name}_FILE points to ${path}, which does not exist`);
    return undefined;
  }
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch (error) {
    faults.push(`${name}_FILE: ${path} can't be read (${(error as NodeJS.ErrnoException).code})`);
    return undefined;
  }
}

function parsePort(name: string, text: string | undefined, faults: string[]): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  faults.push(`${name} must be a number from 1 to 65535, not ${JSON.stringify(text)}`);
  return undefined;
}

function parseWorkers(text: string | undefined, databaseUrl: string | undefined, faults: string[]): number {
  if (text === undefined) return 1;
  if (!/^[1-9]\d?$/.test(text)) {
    faults.push(`WORKERS must be a number from 1 to 99, not ${JSON.stringify(text)}`);
    return 1;
  }
  if (text !== '1' && databaseUrl === undefined && faults.every((fault) => !fault.startsWith('DATABASE_URL'))) {
    faults.push(`WORKERS=${text} needs DATABASE_URL: the embedded database serves one process`);
  }
  return Number(text);
}

function parsePublicUrl(text: string, production: boolean, faults: string[]): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    faults.push(`PUBLIC_URL must be an absolute http or https URL, not ${JSON.stringify(text)}`);
    return text;
  }
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.pathname !== '/') {
    faults.push(
      'PUBLIC_URL must be scheme, host and port only (RFC 8414 §2 issuer), without path, query, fragment or user',
    );
  }
  if (production && url.protocol !== 'https:' && !isLoopback(url.hostname)) {
    faults.push(`PUBLIC_URL must be https in production, not ${JSON.stringify(text)}`);
  }
  return url.origin;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function parseUrl(name: string, text: string | undefined, protocols: string[], faults: string[]): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url === null || !protocols.includes(url.protocol)) {
    faults.push(`${name} must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`);
  }
  return text;
}

function parseSmtp(url: string | undefined, from: string | undefined, faults: string[]): Config['smtp'] {
  if (url === undefined) return undefined;
  parseUrl('SMTP_URL', url, ['smtp:', 'smtps:'], faults);
  if (from === undefined) faults.push('MAIL_FROM is missing: the address that mails come from');
  return { url, from: from ?? '' };
}

function parseKey(text: string | undefined, faults: string[]): Buffer | undefined {
  if (text === undefined) return undefined;
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length === 32) return key;
  faults.push('ENCRYPTION_KEY must be 32 bytes in base64 or hex (make one with: openssl rand -base64 32)');
  return undefined;
}

function parseProxies(text: string | undefined, faults: string[]): string[] {
  const ranges = (text ?? '')
    .split(',')
    .map((r) => r.trim())
    .filter((r) => r !== '');
  for (const range of ranges) {
    if (!ipaddr.isValidCIDR(range) && !ipaddr.isValid(range)) {
      faults.push(`TRUSTED_PROXIES: ${JSON.stringify(range)} is neither an address nor a CIDR range`);
    }
  }
  return ranges;
}

function parseLogLevel(text: string | undefined, faults: string[]): Config['logLevel'] {
  const parsed = z.enum(['debug', 'info', 'warn', 'error', 'silent']).safeParse(text ?? 'info');
  if (parsed.success) return parsed.data;
  faults.push(`LOG_LEVEL must be debug, info, warn, error or silent, not ${JSON.stringify(text)}`);
  return 'info';
}

function readJson<T>(folder: string, file: string, schema: z.ZodType<T>, faults: string[]): T {
  const path = join(folder, file);
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues)
      faults.push(`${path}: ${issue.path.join('.') || 'the file'}: ${issue.message}`);
  } catch (error) {
    faults.push(`${path} can't be read: ${(error as Error).message}`);
  }
  return undefined as T; // never seen: a fault was recorded and loadConfig throws
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value)) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}
