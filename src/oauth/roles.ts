/** What a person may do in an organization, from most to least. */
export const ROLES = ['admin', 'member', 'viewer'] as const;

export type Role = (typeof ROLES)[number];
