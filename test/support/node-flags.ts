// Node's flags for processes of the tests that may hold an embedded database: V8's optimizing compiler would spend more
// time on its WebAssembly than such a short life ever wins back. What it computes is the same.
export const NODE_FLAGS = ['--liftoff-only'];
