// The form of a new token: what a link may suggest, what was typed, and what is wrong with it. Pure.
import type { TokenProblems, TypedToken } from '../../views/token-new.tsx';
import type { TokenArea, TokenKind } from '../../views/tokens.ts';
import { normalizeName } from '../accounts/account.ts';
import {
  DEFAULT_EXPIRY_DAYS,
  MAX_EXPIRY_DAYS,
  OFFERED_DAYS,
  personalExpiryProblem,
  type TokenPolicy,
} from '../tokens/token-policy.ts';

export interface ExpiryRules {
  /** 0: never. */
  readonly offered: readonly number[];
  readonly maxDays: number;
}

export function expiryRules(kind: TokenKind, policy: TokenPolicy): ExpiryRules {
  const allowed = (days: number) => kind === 'organization' || personalExpiryProblem(days, policy) === undefined;
  return {
    offered: [...OFFERED_DAYS, 0].filter(allowed),
    maxDays: kind === 'organization' ? MAX_EXPIRY_DAYS : (policy.personalMaxDays ?? MAX_EXPIRY_DAYS),
  };
}

/** The days that were chosen (0: never), or undefined when they can't be. */
export function daysOf({ expiresIn, customDays }: TypedExpiry, { offered, maxDays }: ExpiryRules): number | undefined {
  if (expiresIn !== 'custom') return offered.find((days) => String(days) === expiresIn);
  const days = /^\s*\d{1,3}\s*$/.test(customDays) ? Number(customDays) : 0;
  return days >= 1 && days <= maxDays ? days : undefined;
}

/** The form as it is opened, with what of `?name=…&expires_in=…` can be; `ignored` is the rest. */
export function prefilled(
  suggested: { name: string | undefined; expiresIn: string | undefined },
  area: TokenArea,
  rules: ExpiryRules,
): { typed: TypedToken; ignored: readonly ('nameIgnored' | 'expiryIgnored')[] } {
  const name = suggested.name === undefined ? '' : normalizeName(suggested.name);
  const expiry = suggested.expiresIn === undefined ? usualExpiry(rules) : asTyped(suggested.expiresIn, rules);
  return {
    typed: {
      name: name ?? '',
      ...(expiry ?? usualExpiry(rules)),
      organization: area.organizations[0]?.id ?? '',
      scopes: [],
    },
    ignored: [
      ...(name === undefined ? (['nameIgnored'] as const) : []),
      ...(expiry === undefined ? (['expiryIgnored'] as const) : []),
    ],
  };
}

export function typedIn(form: Readonly<Record<string, string>>, policy: TokenPolicy): TypedToken {
  return {
    name: form['name'] ?? '',
    expiresIn: form['expires_in'] ?? '',
    customDays: form['custom_days'] ?? '',
    organization: form['organization'] ?? '',
    scopes: ['all', ...policy.services].filter((scope) => form[`scope_${scope}`] !== undefined),
  };
}

export interface TokenRequest {
  readonly name: string;
  readonly expiresInDays: number;
  readonly organizationId: string;
  /** Of an organization's token. */
  readonly scopes: readonly string[];
}

/** What was asked for, or what keeps it from being done. */
export function checked(
  typed: TypedToken,
  area: TokenArea,
  rules: ExpiryRules,
): { readonly request: TokenRequest } | { readonly problems: TokenProblems } {
  const name = normalizeName(typed.name);
  const expiresInDays = daysOf(typed, rules);
  const organization = area.organization ?? area.organizations.find(({ id }) => id === typed.organization);
  const scopesMissing = area.kind === 'organization' && typed.scopes.length === 0;
  if (name === undefined || expiresInDays === undefined || organization === undefined || scopesMissing) {
    return {
      problems: {
        ...(name === undefined ? { name: typed.name.trim() === '' ? 'nameRequired' : 'nameUnfit' } : {}),
        ...(organization === undefined ? { organization: 'organizationGone' } : {}),
        ...(scopesMissing ? { scopes: 'scopesRequired' } : {}),
        ...(expiresInDays === undefined ? { expiry: 'expiryInvalid' } : {}),
      },
    };
  }
  const scopes = typed.scopes.includes('all') ? ['all'] : typed.scopes;
  return { request: { name, expiresInDays, organizationId: organization.id, scopes } };
}

type TypedExpiry = Pick<TypedToken, 'expiresIn' | 'customDays'>;

function usualExpiry({ offered, maxDays }: ExpiryRules): TypedExpiry {
  const usual = offered.filter((days) => days > 0 && days <= DEFAULT_EXPIRY_DAYS).at(-1);
  return usual === undefined
    ? { expiresIn: 'custom', customDays: String(maxDays) }
    : { expiresIn: String(usual), customDays: '' };
}

function asTyped(suggested: string, rules: ExpiryRules): TypedExpiry | undefined {
  const answers = [
    { expiresIn: suggested === 'never' ? '0' : suggested, customDays: '' },
    { expiresIn: 'custom', customDays: suggested },
  ];
  return answers.find((answer) => daysOf(answer, rules) !== undefined);
}
