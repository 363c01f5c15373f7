// The frame of the settings pages, in English. Part of en.ts.
export const settings = {
  title: 'Settings',
  personal: 'Settings',
  organization: 'Organization Settings',
  sections: {
    apiKeys: 'API Keys',
    sessions: 'Sessions',
    password: 'Password',
    organizationTokens: 'Org Tokens',
    members: 'Members',
    organizationSessions: 'Sessions',
    credentials: 'Credentials',
    audit: 'Audit Log',
    policy: 'Policy',
  },
  adminsOnly: 'Only admins of the organization can see this page. Ask one of them, or go back to what you can see.',
};
