// The form of a new token: what a link may suggest, what was typed, and what is wrong with it. Pure.
import type { TokenProblems, TypedToken } from '../../views/token-new.tsx';
import type { TokenArea } from '../../views/tokens.ts';
import { normalizeName } from '../accounts/account.ts';
import type { OrganizationPolicy } from '../accounts/organization-policy.ts';
import {
  DEFAULT_EXPIRY_DAYS,
  isTooLong,
  MAX_EXPIRY_DAYS,
  maxDaysIn,
  OFFERED_DAYS,
  type TokenPolicy,
} from '../tokens/token-policy.ts';

export interface ExpiryRules {
  /** 0: never. */
  readonly offered: readonly number[];
  readonly maxDays: number;
}

/** @param maxDays what is allowed; null: for ever */
export function expiryRules(maxDays: number | null): ExpiryRules {
  return {
    offered: [...OFFERED_DAYS, 0].filter((days) => !isTooLong(days, maxDays)),
    maxDays: maxDays ?? MAX_EXPIRY_DAYS,
  };
}

/**
 * What is allowed in the organization that was chosen, or in whichever of the area's allows most.
 * @param policies by the organizations' ids
 */
export function maxDaysOf(
  area: TokenArea,
  chosen: string | undefined,
  policies: ReadonlyMap<string, OrganizationPolicy>,
  operatorMaxDays: number | null,
): number | null {
  const { organizations, organization } = area;
  const one = organization ?? organizations.find(({ id }) => id === chosen);
  const limits = (one === undefined ? organizations : [one]).map(({ id }) =>
    maxDaysIn(area.kind, policies.get(id), operatorMaxDays),
  );
  if (limits.length === 0) return area.kind === 'personal' ? operatorMaxDays : null;
  return limits.includes(null) ? null : Math.max(...limits.filter((days) => days !== null));
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
