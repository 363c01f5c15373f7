// The texts of the pages of sign-ins and of the password, in English. Part of en.ts.

export const sessions = {
  title: 'Sessions',
  lead: 'Where you are signed in: in browsers, and with the TeamDay command line. End what you don’t recognize.',
  organizationLead:
    'Command line logins that act for this organization at the moment. Whoever is ended here can sign in again as long as they are a member.',
  endOthers: 'Sign out everywhere else',
  endAll: 'End all sessions',
  endAllOf: (name: string) => `End all of ${name}`,
  person: 'Person',
  everyone: 'Everyone',
  show: 'Show',
  thisBrowser: 'This browser',
  browser: 'Browser',
  onSystem: (browser: string, system: string) => `${browser} on ${system}`,
  unnamedDevice: 'Unnamed device',
  columns: {
    where: 'Where',
    signedIn: 'Signed in',
    lastUsed: 'Last used',
    expires: 'Expires',
    actions: 'Actions',
  },
  end: 'End',
  signOutHere: 'Sign out',
  none: 'Nobody is signed in for this organization from a command line',
  noneOf: 'This person is not signed in for this organization from a command line',
  shown: (shown: string, total: string) => `Showing ${shown} of ${total}, newest first.`,
  older: 'Show older ones',
  newest: 'Back to the newest',
  ended: (count: string) => `Sessions ended: ${count}. Nothing accepts their tokens any more.`,
  endedNone: 'There was no session to end.',
  endOne: {
    title: 'End this session?',
    current: 'This is the browser you are using: you will be signed out here.',
    browser: 'That browser is signed out at once.',
    cli: 'That command line is signed out at once, and whatever is running there stops being let in.',
    submit: 'End session',
  },
  endMany: {
    othersTitle: 'Sign out everywhere else?',
    othersWarning:
      'Every other browser and every command line is signed out at once, and whatever is running there stops being let in. Only this browser stays signed in. Personal access tokens go on working.',
    others: 'Other sessions',
    allTitle: 'End all sessions of the organization?',
    allWarning:
      'Every command line that acts for this organization is signed out at once, yours among them, and whatever is running there stops being let in. Browsers stay signed in. Personal and organization tokens go on working.',
    personTitle: 'End all sessions of this person?',
    personWarning:
      'Every command line on which this person acts for this organization is signed out at once, and whatever is running there stops being let in. Their personal access tokens go on working.',
    number: 'Sessions',
    confirm: 'Name of the organization',
    confirmHint: (name: string) => `Type ${name} to confirm.`,
    confirmWrong: 'This is not the name of the organization. Nothing was ended.',
    submit: 'End all sessions',
  },
  refusals: {
    gone: {
      title: 'This session is not here any more',
      detail:
        'It has ended, or acts for another organization now, or the link is wrong. The list shows those that there are.',
    },
    forbidden: {
      title: 'You can’t do this any more',
      detail: 'You were signed out meanwhile, or are not an admin of this organization any more. Nothing was ended.',
    },
  },
  backToList: 'Back to the sessions',
};

export const password = {
  title: 'Password',
  lead: 'Changing it signs you out everywhere else: other browsers and command lines.',
  current: 'Current password',
  next: 'New password',
  nextHint: 'At least 8 characters. A few unrelated words work well.',
  submit: 'Change password',
  tokensNote: 'Personal access tokens don’t depend on your password and go on working.',
  tokensLink: 'Review your tokens',
  changed: 'Your password was changed, and you were signed out everywhere else.',
  changedTokens: 'If somebody else may have known the old one, revoke the tokens you don’t recognize, too.',
  problem: 'Your password was not changed. Please correct what is marked.',
  problems: {
    wrong: 'This is not your current password.',
    tooShort: 'This is too short: use at least 8 characters.',
    tooLong: 'This is too long: use at most 1,000 characters.',
    unfit: 'Use one line, without control characters.',
    same: 'This is your current password. Choose another one.',
  },
  tooMany: (when: string) => `Too many attempts. For your safety, please try again ${when}.`,
};
