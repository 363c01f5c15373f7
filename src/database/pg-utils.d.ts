declare module 'pg/lib/utils.js' {
  const utils: {
    /** A parameter as pg sends it. */
    readonly prepareValue: (parameter: unknown) => Buffer | string | null;
  };
  export = utils;
}
