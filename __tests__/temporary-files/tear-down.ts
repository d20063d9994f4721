import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** What ts-node keeps for the next time. */
const CACHE = /^v8-compile-cache/;

/** Fails the run when a test has left anything: what a test creates is gone when it ends. */
export default function tearDown(): void {
  const left = readdirSync(tmpdir()).filter((name) => !CACHE.test(name));
  if (left.length > 0) throw new Error(`Tests left temporary files: ${left.join(', ')}`);
}
