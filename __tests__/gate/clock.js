/** Preloaded by a gate under test: time goes by when it sleeps, and then at once. */
const timers = require('node:timers/promises');

let now = Date.now();
Date.now = () => now;
timers.setTimeout = (milliseconds) => {
  now += milliseconds;
  return timers.setImmediate();
};
