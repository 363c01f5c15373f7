/**
 * Names and values as they were sent, none at first: nothing is inherited. What `Object.create(null)` makes would be a hash
 * table to V8, at several times the cost of an object's fields.
 */
export const Fields = function Fields() {} as unknown as new () => Record<string, string>;
Fields.prototype = Object.create(null) as object;
