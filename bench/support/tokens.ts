// Values of tokens, as they are asked about.
import { randomBytes } from 'node:crypto';
import { formatToken } from '../../src/oauth/token-format.ts';

export const newToken = () => formatToken('td_', randomBytes(28));
export const mistyped = (token: string) => `${token.slice(0, 20)}${token[20] === 'x' ? 'y' : 'x'}${token.slice(21)}`;
