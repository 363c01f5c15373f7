import { expect, it } from 'vitest';
import { AUDIT_ACTIONS } from '../../../src/audit/audit-actions.ts';
import { messagesFor } from '../../../views/messages/messages-for.ts';

it.each(['en', 'cs'] as const)('every act has a name in %s', (locale) => {
  expect(Object.keys(messagesFor(locale).audit.actions).toSorted()).toEqual([...AUDIT_ACTIONS].toSorted());
});
