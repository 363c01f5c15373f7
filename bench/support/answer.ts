/** Of the size of an introspection's. */
export const ANSWER = JSON.stringify({ active: true, padding: 'x'.repeat(300) });
