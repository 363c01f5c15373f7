// Members, invitations and the policy of an organization, in English. Part of en.ts.
export const members = {
  title: 'Members',
  invite: 'Invite',
  lead: 'The people of this organization, and what acts for it in their names.',
  viewersNote: 'Only admins see how members sign in, and change who belongs here.',
  columns: {
    name: 'Name',
    role: 'Role',
    joined: 'Joined',
    lastSignIn: 'Last sign-in',
    methods: 'Signs in by',
    access: 'Acts by',
    actions: 'Actions',
  },
  you: 'you',
  never: 'Never',
  methods: { password: 'Password' },
  noMethod: 'Can’t sign in yet',
  disabled: 'Disabled by the operator',
  sessions: (count: number) => (count === 1 ? '1 CLI login' : `${count} CLI logins`),
  tokens: (count: number) => (count === 1 ? '1 personal token' : `${count} personal tokens`),
  nothing: 'Nothing',
  changeRole: 'Change role',
  revoke: 'Revoke access',
  remove: 'Remove',
  leave: 'Leave',
  backToList: 'Back to the members',
  notices: {
    roleChanged: 'The role was changed. It applies from now on, everywhere.',
    removed: 'They were removed. Nothing of theirs acts for this organization any more.',
    revoked: 'Access was revoked. Nothing that existed acts for this organization in their name any more.',
    invited: 'The invitation is on its way.',
    resent: 'A new invitation is on its way. The link before it stopped working.',
    withdrawn: 'The invitation was withdrawn. Its link stopped working.',
    joined: 'Welcome! You belong to this organization now.',
  },
  roleForm: {
    title: 'Change role',
    legend: 'Role',
    notes: {
      admin: 'Everything, and who belongs here',
      member: 'Uses TeamDay, manages organization tokens',
      viewer: 'Sees, but changes nothing',
    },
    effect: 'The new role applies at once to everything that acts in their name, tokens included.',
    invitations: (count: number) =>
      count === 1
        ? 'They sent 1 invitation that waits for an answer. If they stop being an admin, it stops working.'
        : `They sent ${count} invitations that wait for an answer. If they stop being an admin, these stop working.`,
    submit: 'Change role',
    invalid: 'Choose one of these roles.',
  },
  removal: {
    title: 'Remove this member?',
    leaveTitle: 'Leave this organization?',
    ends: 'What ends at once',
    stays: 'What stays',
    membership: 'Membership and role here',
    invitations: (count: number) => (count === 1 ? '1 invitation they sent' : `${count} invitations they sent`),
    organizationTokens: (count: number) =>
      count === 1
        ? '1 organization token they made: review it, they may know its value'
        : `${count} organization tokens they made: review them, they may know their values`,
    account: 'The account, and what it has in other organizations',
    warning: 'Scripts and terminals that act for this organization in their name stop working. This can’t be undone.',
    leaveWarning:
      'Your terminals and scripts stop acting for this organization. You can come back only if an admin invites you.',
    submit: 'Remove member',
    leaveSubmit: 'Leave organization',
  },
  revocation: {
    title: 'Revoke this member’s access?',
    lead: 'They stay a member, and can sign in and create tokens again.',
    warning: 'Their scripts and terminals stop acting for this organization at once. This can’t be undone.',
    submit: 'Revoke access',
  },
  refusals: {
    unknown: {
      title: 'This person is not a member any more',
      detail: 'They have left or were removed, or the link is wrong. The list shows who is here.',
    },
    forbidden: {
      title: 'You can’t do this any more',
      detail: 'Only admins of the organization can. Your role was changed, or you were signed out meanwhile.',
    },
    last_admin: {
      title: 'An organization needs an admin',
      detail: 'You are the last one here. Make somebody else an admin first.',
    },
  },
};

export const invitations = {
  pending: 'Invitations',
  columns: { email: 'Email', role: 'Role', sent: 'Sent', expires: 'Expires', actions: 'Actions' },
  expired: 'Expired',
  resend: 'Send again',
  withdraw: 'Withdraw',
  form: {
    title: 'Invite somebody',
    lead: (organization: string) => `They get a mail with a link to join ${organization}. It works once, for 7 days.`,
    emailHint: 'The invitation is for this address only.',
    submit: 'Send invitation',
    problem: 'Nothing was sent yet. Please correct what is marked.',
    emailMalformed: 'Enter an email address such as ada@example.com.',
    already_member: 'This person is a member already.',
    already_invited: 'This person is invited already. Send that invitation again, or withdraw it.',
    limited: (when: string) =>
      `As many invitations were sent as are allowed within a day. The next one is possible ${when}.`,
    no_mail: 'This server sends no mail, so nobody can be invited. Ask its operator to set up mail.',
  },
  resendPage: {
    title: 'Send this invitation again?',
    warning: 'They get a new link, valid for 7 days. The link before it stops working.',
    submit: 'Send again',
  },
  withdrawPage: {
    title: 'Withdraw this invitation?',
    warning: 'The link in the mail stops working at once.',
    submit: 'Withdraw invitation',
  },
  gone: {
    title: 'This invitation doesn’t wait any more',
    detail: 'It was accepted, withdrawn or sent again. The list shows those that wait.',
  },
  accept: {
    title: (organization: string) => `Join ${organization}`,
    lead: (inviter: string) => `${inviter} invites you to this organization on TeamDay.`,
    for: 'For',
    role: 'Your role',
    until: 'Valid until',
    join: 'Join',
    signIn: 'Sign in to join',
    signInHint: 'There is an account with this email address. Sign in to it, then you can join.',
    otherPerson: (email: string) => `You are signed in as ${email}. This invitation is for somebody else.`,
    signOut: 'Sign out',
    newAccount: 'Create your account',
    name: 'Your name',
    passwordHint: 'At least 8 characters. A few unrelated words work well.',
    create: 'Create account and join',
    problem: 'Nothing was created yet. Please correct the marked fields.',
    problems: {
      required: 'Please fill this in.',
      nameUnfit: 'Use at most 100 characters, without control or direction marks.',
      passwordTooShort: 'This is too short.',
      passwordUnfit: 'This is too long, or has characters that nobody can type.',
    },
  },
  invalid: {
    title: 'This invitation doesn’t work',
    detail:
      'It was used, withdrawn or replaced by a newer one, or it is too old. Ask whoever invited you for a new one.',
    joined: 'If you have joined already, sign in.',
  },
};

export const policy = {
  title: 'Policy',
  lead: (organization: string) => `Rules of ${organization}, beyond those of the server’s operator.`,
  saved: 'The policy was saved. It applies from now on.',
  personalDays: 'Longest life of a personal access token, in days',
  personalDaysHint: (max: string) => `Leave it empty for the operator’s rule: ${max}.`,
  unlimited: 'no limit',
  personalDaysInvalid: (max: number) => `Type a whole number from 1 to ${max}, or nothing.`,
  expiry: 'Organization tokens',
  requireExpiry: 'must have an expiration',
  requireExpiryNote: '“Unlimited” isn’t offered any more',
  methods: 'Members may sign in by',
  method: { password: 'Password' },
  methodsHint: 'There is one way to sign in on this server so far.',
  methodsRequired: 'Choose at least one way to sign in.',
  existing: 'Tokens that exist already keep their expiration, even a longer one.',
  existingLink: 'See all credentials',
  submit: 'Save policy',
  problem: 'Nothing was saved yet. Please correct what is marked.',
};
