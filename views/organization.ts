// An organization as the pages show it.
import type { Messages } from './messages/en.ts';

export type Organization = { id: string; name: string; role: keyof Messages['common']['roles'] };
