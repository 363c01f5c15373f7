/** Where TeamDay runs for everybody: what the `teamday` command talks to unless told otherwise. */
export const PUBLISHED_SERVER = 'https://cc.teamday.ai';
