/**
 * Names and values as they were sent, none at first: nothing is inherited. To V8 it is an object with fields, where
 * `Object.create(null)` makes a hash table, which costs more to read.
 */
export const Fields = function Fields() {} as unknown as new () => Record<string, string>;
Fields.prototype = Object.freeze(Object.create(null) as object);
